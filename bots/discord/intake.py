"""Hands events to the front door: each channel's in order, channels side by side, none dropped while the store is away.

Discord knows no acknowledgement, so what the store can't take waits here, up to a bound; beyond it the sender is told.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable

from core.errors import PlatformUnavailable, RateLimited, StoreUnavailable
from core.messages import IncomingMessage
from core.platform import FrontDoor

log = logging.getLogger(__name__)

Translate = Callable[[], Awaitable[IncomingMessage | None]]
"""Makes the message of an event; None when it is not for us. May ask Discord, so it may fail and is then repeated."""
Tell = Callable[[], Awaitable[None]]
"""Tells the sender that the message was not kept; never raises."""

BOUND = 1000
"""Events kept in memory while the store is away."""
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between tries; they double."""


class Intake:
    """The way of events to the door, for one gateway process."""

    def __init__(self, door: FrontDoor, *, bound: int = BOUND) -> None:
        self._door = door
        self._bound = bound
        self._lanes: dict[int, deque[Translate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._told: set[int] = set()
        self._all_held = False
        self._held: set[int] = set()
        self._moved = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Events not yet accepted."""
        return self._waiting

    def put(self, channel: int, translate: Translate, tell: Tell | None = None) -> None:
        """Take an event of a channel. `tell` is called when there is no room, once per channel until there is again."""
        if self._waiting >= self._bound:
            log.error("an event of Discord channel %s is not kept: %d wait for the store already", channel, self._bound)
            if tell is not None and channel not in self._told:
                self._told.add(channel)
                self._start(tell())
            return
        self._waiting += 1
        lane = self._lanes.get(channel)
        if lane is None:
            lane = self._lanes[channel] = deque()
            self._start(self._drain(channel, lane))
        lane.append(translate)

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
        """Stop. What is still waiting is fetched from the history at the next start."""
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

    async def _drain(self, channel: int, lane: deque[Translate]) -> None:
        while lane:
            while self._all_held or channel in self._held:
                await self._moved.wait()
            translate = lane[0]
            try:
                await self._hand_in(translate)
            except Exception:
                log.exception("an event of Discord channel %s could not be handed in", channel)
            lane.popleft()
            self._waiting -= 1
            if self._told:
                self._told.clear()
        del self._lanes[channel]

    async def _hand_in(self, translate: Translate) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                message = await translate()
                if message is not None:
                    await self._door.receive(message)
                return
            except (StoreUnavailable, PlatformUnavailable, RateLimited) as error:
                log.warning("an event of Discord waits: %s", error)
                await asyncio.sleep(wait * random.uniform(0.5, 1.0))
                wait = min(2 * wait, LONGEST_WAIT)
