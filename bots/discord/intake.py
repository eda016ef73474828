"""Hands events to the front door: each channel's in order, channels side by side, none dropped while the store is away.

Discord knows no acknowledgement, so what the store can't take waits here, up to a bound; beyond it the sender is told.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable

from bots.discord.wording import NOT_KEPT, NOT_READ
from core.errors import PlatformUnavailable, RateLimited, Rejected, StoreUnavailable
from core.messages import IncomingMessage
from core.platform import FrontDoor

log = logging.getLogger(__name__)

Translate = Callable[[], Awaitable[IncomingMessage | None]]
"""Makes the message of an event; None when it is not for us. May ask Discord, so it may fail and is then repeated."""
Tell = Callable[[str], Awaitable[None]]
"""Tells the sender a sentence: what became of the message. Never raises."""

BOUND = 1000
"""Events kept in memory while the store is away."""
TRIES = 5
"""Times that an event is tried whose failure nobody expected; then its sender is told, and the channel goes on."""
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between tries; they double."""


class Intake:
    """The way of events to the door, for one gateway process."""

    def __init__(self, door: FrontDoor, *, bound: int = BOUND, tries: int = TRIES) -> None:
        self._door = door
        self._bound = bound
        self._tries = tries
        self._lanes: dict[int, deque[tuple[Translate, Tell | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._told: set[int] = set()
        self._all_held = False
        self._held: set[int] = set()
        self._moved = asyncio.Event()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Events not yet accepted."""
        return self._waiting

    def put(self, channel: int, translate: Translate, tell: Tell | None = None) -> None:
        """Take an event of a channel. `tell` is called when there is no room, once per channel until there is again,
        and when the event can't be handed in for a reason that does not pass."""
        if self._closed:
            return  # it is fetched at the next start
        if self._waiting >= self._bound:
            log.error("an event of Discord channel %s is not kept: %d wait for the store already", channel, self._bound)
            if tell is not None and channel not in self._told:
                self._told.add(channel)
                self._start(tell(NOT_KEPT))
            return
        self._waiting += 1
        lane = self._lanes.get(channel)
        if lane is None:
            lane = self._lanes[channel] = deque()
            self._start(self._drain(channel, lane))
        lane.append((translate, tell))

    def hold_all(self) -> None:
        """Accept nothing more until `hold` says which channels only: something older is still being fetched."""
        self._all_held = True

    def hold(self, channels: set[int]) -> None:
        """Hold these channels only, until each is released."""
        self._held = channels
        self._all_held = False
        self._move()

    def release(self, channel: int) -> None:
        """Let a channel's events pass again."""
        self._held.discard(channel)
        self._move()

    async def aclose(self) -> None:
        """Stop. What is still waiting is fetched from the history at the next start, and nothing passes it from now on:
        what is newer would hide it."""
        self._closed = True
        if self._waiting:
            log.warning("%d events of Discord were not accepted; they are fetched at the next start", self._waiting)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _drain(self, channel: int, lane: deque[tuple[Translate, Tell | None]]) -> None:
        while lane:
            while self._all_held or channel in self._held:
                await self._moved.wait()
            await self.hand_in(*lane[0])
            lane.popleft()
            self._waiting -= 1
            if self._told:
                self._told.clear()
        del self._lanes[channel]

    async def hand_in(self, translate: Translate, tell: Tell | None = None) -> None:
        """Hand in one event at once, as often as it takes; one that fails for no known reason a few times only."""
        wait, tries = FIRST_WAIT, self._tries
        while True:
            try:
                message = await translate()
                if message is not None:
                    await self._door.receive(message)
                return
            except (StoreUnavailable, PlatformUnavailable, RateLimited) as error:
                log.warning("an event of Discord waits: %s", error)
            except Rejected as error:
                log.warning("an event of Discord can't be read: %s", error)
                return
            except Exception:
                tries -= 1
                log.exception("an event of Discord could not be handed in; tries left: %d", tries)
                if tries <= 0:
                    if tell is not None:
                        await tell(NOT_READ)
                    return
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(2 * wait, LONGEST_WAIT)
