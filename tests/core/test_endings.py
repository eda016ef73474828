"""Tasks that lose a cancellation end all the same."""

from __future__ import annotations

import asyncio

from core.endings import end


async def test_a_task_that_loses_a_cancellation_ends() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end([task])
    assert task.cancelled()
    assert lost == 2


async def test_a_task_that_failed_before_raises_nothing() -> None:
    async def failing() -> None:
        raise ZeroDivisionError

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await end([task])
    assert isinstance(task.exception(), ZeroDivisionError)
