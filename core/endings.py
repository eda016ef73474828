"""Ending background tasks for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until each has ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which redis-py sends with, can lose a cancellation that
    comes in the moment in which it is done (python/cpython#86296), and a loop around it goes on.
    """
    every = list(tasks)
    running = {task for task in every if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.2)
    for task in every:
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains that nobody did
