"""A router that follows the operators' `phrases.yaml` while it works."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from core.routing.phrases import FILE_NAME, Phrases, PhrasesError, load_phrases
from core.routing.route import Decision, Router, RoutingContext

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks at the file. It is read once two looks in a row see the same: it may still be written."""

_Stamp = tuple[int, int, int] | None
"""When it was written, its size and its inode; None without a file."""


class FollowedRouter:
    """Routes by the phrases that were right last."""

    def __init__(self, folder: Path, build: Callable[[Phrases], Router]) -> None:
        """`folder` may hold a `phrases.yaml`. Raises PhrasesError when it is wrong at the start."""
        self._folder, self._build = folder, build
        self._read = self._seen = self._stamp()
        self._router = build(load_phrases(folder))

    def route(self, text: str, context: RoutingContext) -> Decision:
        """As `Router.route`."""
        return self._router.route(text, context)

    async def follow(self, tell: Callable[[str], Awaitable[None]], every: float = EVERY) -> None:
        """Look every so many seconds until cancelled; `tell` what is wrong with a changed file."""
        while True:
            await asyncio.sleep(every)
            if problem := await self.look():
                log.warning("%s", problem)
                await tell(problem)

    async def look(self) -> str:
        """Take what the file says, if it changed and is whole; else say what is wrong with it, once."""
        before, self._seen = self._seen, await asyncio.to_thread(self._stamp)
        if self._seen != before or self._seen == self._read:
            return ""
        self._read = self._seen
        try:
            self._router = await asyncio.to_thread(self._anew)
        except PhrasesError as error:
            return str(error)
        log.info("%s was read again", self._folder / FILE_NAME)
        return ""

    def _anew(self) -> Router:
        return self._build(load_phrases(self._folder))

    def _stamp(self) -> _Stamp:
        try:
            found = (self._folder / FILE_NAME).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
