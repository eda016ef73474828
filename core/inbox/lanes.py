"""Taking messages: one conversation in order, different conversations at once, in any number of processes.

A worker leases a lane, renews the lease while it works, and settles it in the step that commits its work. Whoever
stalls longer than its lease finds at the commit that its token is no longer good, and nothing of it is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from core.clock import Clock
from core.conversation import Conversation, Turn
from core.endings import end
from core.errors import LeaseLost, StoreUnavailable
from core.messages import Address, IncomingMessage, MessageKind, Person
from core.rounds import Rounds
from core.store import scripts
from core.store.codec import MESSAGE
from core.store.conversations import decode_conversation, decode_turns
from core.store.keys import WAKE, Shard, shard, shard_of, shards
from core.store.redis import Client, Script, call

log = logging.getLogger(__name__)

LEASE = 6.0
"""Seconds a lane is held without a sign of life: a dead worker's lanes are taken over after this."""
SHARE = 16
"""Lanes that a process takes outright while other workers could take them too."""
TURNS = 24
"""How many turns are read along with a message."""

_TAKE = Script(scripts.TAKE)
_RENEW = Script(scripts.RENEW)
_GIVE_BACK = Script(scripts.GIVE_BACK)

TIMER_AUTHOR = Person(platform="concierge", id="timer")
"""Who "writes" a timer that came due."""


@dataclass(frozen=True, slots=True)
class Work:
    """A leased lane with its first message."""

    message: IncomingMessage
    """What to handle."""
    conversation: Conversation
    """The state it was taken in."""
    turns: tuple[Turn, ...]
    """The last turns, oldest first."""
    token: int
    """Fencing token: goes into the step that settles the message."""
    tries: int
    """How often this message was taken, this time included."""
    others: bool = True
    """Whether other lanes of the shard wait too."""


class Lanes:
    """Leases on the lanes in one Redis."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._redis, self._clock = client, clock

    async def take(self, home: Shard) -> Work | None:
        """The longest waiting lane of a shard, or None. Raises StoreUnavailable."""
        found = await _TAKE(
            self._redis, [home.ready, home.leased, home.lease, home.timers],
            home.prefix, int(self._clock.now() * 1000), int(LEASE * 1000), TURNS,
        )  # fmt: skip
        return None if found is None else work_of(found)

    async def shared(self) -> bool:
        """Whether other processes take lanes too, as far as can be told. Raises StoreUnavailable."""
        if not isinstance(self._redis, Redis):
            return True  # Redis Cluster, whose client offers no subscriptions
        return any(listening > 1 for _, listening in await call(self._redis.pubsub_numsub(WAKE)))

    async def renew(self, work: Work) -> None:
        """Hold the lane for another LEASE seconds. Raises LeaseLost, StoreUnavailable."""
        name = work.conversation.address.key
        home = shard(name)
        until = int((self._clock.now() + LEASE) * 1000)
        if not await _RENEW(self._redis, [home.leased, home.lease], name, work.token, until):
            raise LeaseLost(name)

    async def give_back(self, work: Work, after: float = 0.0, tries: int | None = None) -> None:
        """Return the lane unsettled, to be taken again in `after` seconds at the earliest. Raises StoreUnavailable."""
        name = work.conversation.address.key
        home = shard(name)
        due = int((self._clock.now() + after) * 1000)
        await _GIVE_BACK(
            self._redis, [home.ready, home.leased, home.lease, home.tries],
            name, work.token, due, "" if tries is None else tries,
        )  # fmt: skip


def work_of(lane: Sequence[Any]) -> Work:
    """A lane as the scripts lend it."""
    name, token, tries, raw, version, epoch, floor, doc, turns, ready = lane
    address = Address.parse(name.decode())
    return Work(
        message=_decode(address, raw),
        conversation=decode_conversation(address, version, epoch, floor, doc),
        turns=decode_turns(turns),
        token=int(token),
        tries=int(tries),
        others=bool(ready),
    )


def _decode(address: Address, raw: bytes) -> IncomingMessage:
    """A message from its JSON, or a timer from `timer:<name>:<due>`."""
    if raw.startswith(b"timer:"):
        name, due = raw.decode().removeprefix("timer:").rsplit(":", 1)
        return IncomingMessage(
            event_id=f"{address.key}/timer:{name}:{due}",
            conversation=address,
            author=TIMER_AUTHOR,
            kind=MessageKind.TIMER,
            action=name,
            sent_at=float(due) / 1000,
        )
    return MESSAGE.validate_json(raw)


class LaneRunner:
    """Keeps up to `concurrency` lanes going in this process."""

    def __init__(
        self, lanes: Lanes, handle: Callable[[Work], Awaitable[bool]], concurrency: int = 64, poll: float = 0.5,
        renew_every: float = LEASE / 3,
    ) -> None:  # fmt: skip
        """`handle` settles the message and returns whether its lane has another one."""
        self._lanes, self._handle, self._renew_every = lanes, handle, renew_every
        self._slots = asyncio.Semaphore(concurrency)
        self._turn = asyncio.Lock()
        self._shared = True
        self._hints: set[int] = set()
        self._rounds = Rounds(poll)
        self._poll = poll
        self._running: dict[tuple[str, int], tuple[Work, asyncio.Task[None]]] = {}  # by lane and token
        self._tasks: set[asyncio.Task[None]] = set()
        self._interrupted: set[tuple[str, int]] = set()
        self._serving = self._stopping = False

    def hint(self, number: int) -> None:
        """A lane of this shard may be ready."""
        self._hints.add(number)
        self._rounds.wake()

    async def reserve(self) -> bool:
        """Keep a hand free for `begin` or `release`, if there is one. Does not wait."""
        if not self._serving or self._slots.locked() or (self._shared and len(self._tasks) >= SHARE):
            return False
        await self._slots.acquire()
        return True

    def release(self) -> None:
        """The hand that was reserved is not needed."""
        self._slots.release()

    def begin(self, lane: Sequence[Any]) -> None:
        """Handle a lane that was lent outright, with the hand that was reserved for it."""
        self._start(work_of(lane), self._turn)

    def interrupt(self, conversation: str) -> None:
        """Who answers this conversation has changed: drop what is being written for it, and look at it anew."""
        for key, (_, task) in self._running.items():
            if key[0] == conversation and key not in self._interrupted:  # a second cancel would hit the giving back
                self._interrupted.add(key)
                task.cancel()

    async def run(self) -> None:
        """Take and handle until `stop`."""
        keeper = asyncio.create_task(self._keep_leases(), name="leases")
        self._serving = True
        try:
            while not self._stopping:
                if await self._rounds.next():
                    self._look_everywhere()
                try:
                    await self._drain()
                except StoreUnavailable as error:
                    log.warning("%s; trying again", error)
                    await asyncio.sleep(self._poll)
        finally:
            self._serving = False
            await end([keeper])

    def _look_everywhere(self) -> None:
        self._hints.update(home.number for home in shards())

    async def _drain(self) -> None:
        while self._hints and not self._stopping:
            if self._rounds.due():  # in a flood this never ends
                self._look_everywhere()
            number = self._hints.pop()
            await self._slots.acquire()
            work = None
            try:
                work = await self._lanes.take(shards()[number])
            finally:
                if work is None:
                    self._slots.release()
            if work is None:
                continue
            if work.others:
                self._hints.add(number)
            self._start(work)

    def _start(self, work: Work, turn: asyncio.Lock | None = None) -> None:
        task = asyncio.create_task(self._run(work, turn), name=f"lane {work.conversation.address.key}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, work: Work, turn: asyncio.Lock | None) -> None:
        if turn is not None:
            async with turn:  # one in a round of the loop: what comes in meanwhile is acknowledged first
                await asyncio.sleep(0)
        key = name, _ = _key(work)
        number = shard_of(name)
        # Only what has begun may be cancelled: a task cancelled before its first step would never clean up.
        self._running[key] = work, _current()
        try:
            if await self._handle(work):
                self.hint(number)
        except asyncio.CancelledError:
            if key in self._interrupted or self._stopping:
                await self._lanes.give_back(work, tries=work.tries - 1)
                self.hint(number)
            # else the lease was lost: another worker has the lane
        except LeaseLost:
            log.warning("lost the lease of %s; another worker has it", name)
        except StoreUnavailable as error:
            log.warning("%s; %s will be taken again when its lease runs out", error, name)
        finally:
            self._interrupted.discard(key)
            del self._running[key]
            self._slots.release()

    async def _keep_leases(self) -> None:
        """Renew what has been running for a while; cancel what is no longer ours; look who else is there."""
        known: set[tuple[str, int]] = set()
        while self._serving:
            with suppress(StoreUnavailable):
                self._shared = await self._lanes.shared()
            await asyncio.sleep(self._renew_every)
            for key in known & self._running.keys():
                if key not in self._running:
                    continue  # finished while another one was renewed
                work, task = self._running[key]
                try:
                    await self._lanes.renew(work)
                except LeaseLost:
                    task.cancel()
                except StoreUnavailable:
                    break  # the leases may outlive the outage; the commits will tell
            known = set(self._running)

    @property
    def busy(self) -> int:
        """How many messages are being handled."""
        return len(self._running)

    async def stop(self, grace: float) -> None:
        """Take nothing more; give `grace` seconds to what is under way, then give it back."""
        self._serving, self._stopping = False, True
        self._rounds.wake()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=grace)
        for _, task in list(self._running.values()):
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=2)


def _key(work: Work) -> tuple[str, int]:
    """What tells leases apart: tokens count up per shard."""
    return work.conversation.address.key, work.token


def _current() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task
