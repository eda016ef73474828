"""Handing in what was missed: of each conversation before anything newer of it, so that order holds.

Slack repeats what nobody acknowledged, but minutes later, and not for ever. So the history is read back at the start
and after a lost connection; a conversation in which something new is written meanwhile comes first.
"""

from __future__ import annotations

import asyncio
import logging

from bots.slack.history import History
from bots.slack.incoming import PLATFORM, Translator, is_direct
from core.errors import PlatformUnavailable, StoreUnavailable
from core.messages import Address
from core.platform import FrontDoor

PATIENCE = 2.0
"""Seconds that something new waits for what is older: Slack wants its acknowledgement within three."""
PAUSE = 1.0
"""Seconds until something that failed is tried again."""
PACE = 1.5
"""Seconds from one conversation to the next once Slack has asked for patience: it allows some 50 calls a minute, and a
few of them are for what is new."""

log = logging.getLogger(__name__)


class CatchUp:
    """Reads back for one process."""

    def __init__(self, history: History, door: FrontDoor, translator: Translator) -> None:
        self._history, self._door, self._translator = history, door, translator
        self._since: dict[Address, str] = {}
        self._reading: dict[Address, asyncio.Task[None]] = {}
        self._failed = False
        """Whether something could not be handed in: then this catch-up is never said to be done."""
        self._listed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Read back in the background, unless that is under way."""
        if self._running is None or self._running.done():
            self._since, self._reading, self._failed = {}, {}, False
            self._listed.clear()
            self._running = asyncio.create_task(self._run(), name="catching up with Slack")

    async def before(self, where: Address) -> None:
        """Wait until what was missed in a conversation is accepted; no longer than PATIENCE."""
        if self._running is None or self._running.done():
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._listed.wait()
                if where in self._since or is_direct(where.channel):
                    await asyncio.shield(self._read(where))
        except TimeoutError:
            log.warning("what was missed in %s can't be read yet; something newer passes it", where.key)

    async def finished(self) -> None:
        """Wait until everything is read back."""
        if self._running is not None:
            await asyncio.wait({self._running})

    async def aclose(self) -> None:
        """Stop; what was not read back is, at the next start."""
        tasks = [task for task in (self._running, *self._reading.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        self._since = {where: last for where, last in await self._list() if where.platform == PLATFORM}
        self._listed.set()
        for where in self._since:
            await self._in_turn(where)
        for channel in await self._history.direct():
            await self._in_turn(Address(PLATFORM, channel))
        if not self._failed:
            await self._say_done()
        log.debug("read back %d conversations", len(self._reading))
        self._reading = {}

    async def _in_turn(self, where: Address) -> None:
        if where not in self._reading and self._history.limited:
            await asyncio.sleep(PACE)
        await asyncio.wait({self._read(where)})

    async def _list(self) -> list[tuple[Address, str]]:
        while True:
            try:
                return list(await self._door.open_conversations(PLATFORM))
            except StoreUnavailable as error:
                log.warning("reading back waits: %s", error)
                await asyncio.sleep(PAUSE)

    async def _say_done(self) -> None:
        try:
            await self._door.caught_up(PLATFORM)
        except StoreUnavailable as error:
            log.warning("the next start reads back more than it had to: %s", error)

    def _read(self, where: Address) -> asyncio.Task[None]:
        if where not in self._reading:
            self._reading[where] = asyncio.create_task(self._hand_in(where), name=f"reading back {where.key}")
        return self._reading[where]

    async def _hand_in(self, where: Address) -> None:
        while True:
            try:
                async for message in self._history.after(where, self._since.get(where, ""), self._translator):
                    await self._door.receive(message)
                return
            except (StoreUnavailable, PlatformUnavailable) as error:
                log.warning("reading back %s waits: %s", where.key, error)
            except Exception:
                log.exception("what was missed in %s could not be read back; the next start tries again", where.key)
                self._failed = True
                return
            await asyncio.sleep(PAUSE)
