"""Delivering what lies in the outbox, on every platform that this process can reach."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from core.clock import Clock
from core.errors import (
    Ambiguous,
    DeliveryError,
    LeaseLost,
    PlatformUnavailable,
    RateLimited,
    Rejected,
    StoreUnavailable,
)
from core.outbox.outbox import Outbox, Parcel, parcel_of
from core.outbox.pacing import ChannelGate
from core.platform import Platform
from core.posts import Post, PostKind
from core.rounds import Rounds
from core.store.keys import shard_of, shards

log = logging.getLogger(__name__)

MARGIN = 1.0
"""Seconds before the end of a lease after which nothing is sent any more."""
SLOWEST_RETRY = 60.0
"""Seconds between two attempts at most."""

MOST_FAILURES = 40
"""Attempts at a post that fail while its platform takes others, after which it is given up: about half an hour."""


def backoff(tries: int) -> float:
    """Seconds to wait after the given number of failed attempts: doubling, with jitter, bounded."""
    return float(min(SLOWEST_RETRY, 0.25 * 2 ** min(tries, 10)) * random.uniform(0.5, 1.0))


class Deliverer:
    """Takes parcels and hands them to their platform; settles the ambiguous by looking before sending again."""

    def __init__(
        self,
        outbox: Outbox,
        platforms: Mapping[str, Platform],
        clock: Clock,
        on_failure: Callable[[str, Post, str], Awaitable[None]],
        instead: Callable[[str, Post], Post | None],
        concurrency: int = 32,
        poll: float = 0.5,
    ) -> None:
        """`on_failure(conversation, post, why)` hears of posts that a platform will never take.

        `instead(conversation, post)` is delivered in place of one, in the same step, so that nothing can come between.
        """
        self._outbox, self._platforms, self._clock = outbox, platforms, clock
        self._on_failure, self._instead = on_failure, instead
        self._gate = ChannelGate(clock)
        self._slots = {name: asyncio.Semaphore(concurrency) for name in platforms}
        self._hints: set[tuple[int, str]] = set()
        self._rounds = Rounds(poll)
        self._poll = poll
        self._held_up: set[tuple[int, str]] = set()
        self._took: dict[str, float] = {}
        """When each platform last took a post."""
        self._failing: dict[str, tuple[int, float]] = {}
        """By post id: how many attempts failed while the platform took other posts, and when the last one did."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._serving = self._stopping = False

    def hint(self, number: int, platform: str) -> None:
        """A post of this shard and platform may be due."""
        if platform in self._platforms:
            self._hints.add((number, platform))
            self._rounds.wake()

    async def reserve(self, platform: str) -> bool:
        """Keep a hand free for `begin` or `release`, if this platform has one. Does not wait."""
        slots = self._slots.get(platform)
        if not self._serving or slots is None or slots.locked():
            return False
        await slots.acquire()
        return True

    def release(self, platform: str) -> None:
        """A hand of the platform is free."""
        self._slots[platform].release()
        for held in [held for held in self._held_up if held[1] == platform]:
            self._held_up.discard(held)
            self.hint(*held)

    def begin(self, lane: Sequence[Any], now: float) -> None:
        """Deliver from a lane that was lent outright, since `now`, with the hand that was reserved for it."""
        self._start(parcel_of(lane, now))

    async def run(self) -> None:
        """Deliver until `stop`."""
        self._serving = True
        while not self._stopping:
            if await self._rounds.next():
                self._look_everywhere()
            try:
                await self._drain()
            except StoreUnavailable as error:
                log.warning("%s; trying again", error)
                await asyncio.sleep(self._poll)

    def _look_everywhere(self) -> None:
        self._hints.update((home.number, name) for home in shards() for name in self._platforms)

    async def _drain(self) -> None:
        while self._hints and not self._stopping:
            if self._rounds.due():  # in a flood this never ends
                self._look_everywhere()
            number, name = self._hints.pop()
            slots = self._slots[name]
            if slots.locked():  # a platform that hangs must not hold up the others
                self._held_up.add((number, name))
                continue
            await slots.acquire()
            parcel = None
            try:
                parcel = await self._outbox.take(shards()[number], name)
            finally:
                if parcel is None:
                    slots.release()
            if parcel is None:
                continue
            if parcel.others:
                self._hints.add((number, name))
            self._start(parcel)

    def _start(self, parcel: Parcel) -> None:
        task = asyncio.create_task(self._run(parcel), name=f"post {parcel.post.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, parcel: Parcel) -> None:
        name = parcel.post.to.platform
        try:
            if await self.deliver(parcel):
                self.hint(shard_of(parcel.conversation), name)
        except LeaseLost:
            log.warning("post %s took longer than its lease; another worker looks after it", parcel.post.id)
        except StoreUnavailable as error:
            log.warning("%s; post %s is looked at again when its lease runs out", error, parcel.post.id)
        finally:
            self.release(name)

    async def deliver(self, parcel: Parcel) -> bool:
        """One attempt; returns whether the lane has another post. Raises LeaseLost, StoreUnavailable."""
        post = parcel.post
        if post.under and not post.to.thread:
            return await self._give_up(parcel, f"the post {post.under}, under which it belongs, was never delivered")
        if (wait := self._gate.delay(post.to)) > 0:
            return await self._again(parcel, wait, parcel.tries - 1)
        platform = self._platforms[post.to.platform]
        budget = min(platform.limits.send_timeout, parcel.until - MARGIN - self._clock.now())
        if budget <= 0:
            return await self._again(parcel, 0.0, parcel.tries - 1)
        try:
            async with asyncio.timeout(budget):
                message_id = await self._attempt(platform, parcel)
        except RateLimited as error:
            self._gate.hold(post.to, error.retry_after)
            return await self._again(parcel, error.retry_after, parcel.tries - 1)
        except (PlatformUnavailable, Ambiguous, TimeoutError) as error:
            # After an ambiguous attempt the next one looks whether the post arrived before it sends again.
            log.info("post %s is tried again: %s", post.id, error or "no answer in time")
            if self._hopeless(post):
                return await self._give_up(parcel, f"it kept failing while others were taken ({error})")
            return await self._again(parcel, backoff(parcel.tries), parcel.tries)
        except (Rejected, DeliveryError) as error:
            return await self._give_up(parcel, str(error))
        self._took[post.to.platform] = self._clock.now()
        self._failing.pop(post.id, None)
        return await self._outbox.settle(parcel, message_id)

    def _hopeless(self, post: Post) -> bool:
        """Whether the fault must be the post's: it would hold up its conversation for ever."""
        now = self._clock.now()
        failures, last = self._failing.get(post.id, (0, now))
        failures += self._took.get(post.to.platform, 0.0) >= last
        self._failing[post.id] = (failures, now)
        return failures >= MOST_FAILURES

    async def _attempt(self, platform: Platform, parcel: Parcel) -> str:
        post = parcel.post
        if post.kind is PostKind.SEND:
            if parcel.tries > 1 and (found := await platform.find(post)):
                return found
            return await platform.send(post)
        if not parcel.message_id:
            return ""  # what it would change never arrived
        if post.kind is PostKind.EDIT:
            await platform.edit(post, parcel.message_id)
        else:
            await platform.delete(post, parcel.message_id)
        return ""

    async def _again(self, parcel: Parcel, after: float, tries: int) -> bool:
        await self._outbox.give_back(parcel, after, max(0, tries))
        number = shard_of(parcel.conversation)
        asyncio.get_running_loop().call_later(after + 0.01, self.hint, number, parcel.post.to.platform)
        return False

    async def _give_up(self, parcel: Parcel, why: str) -> bool:
        self._failing.pop(parcel.post.id, None)
        log.error("post %s to %s was refused: %s", parcel.post.id, parcel.post.to.key, why)
        instead = self._instead(parcel.conversation, parcel.post)
        more = await self._outbox.settle(parcel, failed=why, instead=instead)
        await self._on_failure(parcel.conversation, parcel.post, why)
        return more

    @property
    def busy(self) -> int:
        """How many posts are being delivered."""
        return len(self._tasks)

    async def stop(self, grace: float) -> None:
        """Start nothing more; give `grace` seconds to what is under way. What is left stays in the outbox."""
        self._serving, self._stopping = False, True
        self._rounds.wake()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=grace)
        for task in list(self._tasks):
            task.cancel()
