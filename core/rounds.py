"""When to look for work: when somebody says that there is some, and every so often in any case."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Rounds:
    """The rounds of one loop."""

    def __init__(self, every: float) -> None:
        """every: seconds after which everything is looked at, however often somebody woke the loop meanwhile."""
        self._every = every
        self._due = 0.0
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def next(self) -> bool:
        """Wait for the next round; returns whether everything is to be looked at."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._due):
                await self._woken.wait()
        self._woken.clear()
        return self.due()

    def due(self) -> bool:
        """Whether everything is to be looked at; it is not until the next round then. For who never gets to wait."""
        now = asyncio.get_running_loop().time()
        if now < self._due:
            return False
        self._due = now + self._every
        return True
