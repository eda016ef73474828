"""The sign that a reply is being written; best effort."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from core.messages import Address
from core.platform import Platform


class TypingSign:
    """Shows it when a reply takes longer than a moment: a quick answer needs no sign, and no call."""

    def __init__(self, platforms: Mapping[str, Platform], after: float = 0.4) -> None:
        self._platforms, self._after = platforms, after

    @asynccontextmanager
    async def shown(self, where: Address) -> AsyncIterator[None]:
        """While the block runs."""
        platform = self._platforms.get(where.platform)
        if platform is None:
            yield
            return
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()

        def show() -> None:
            task = loop.create_task(platform.typing(where))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        later = loop.call_later(self._after, show)
        try:
            yield
        finally:
            later.cancel()
            for task in tasks:
                task.cancel()
