"""Accepting messages: one atomic step that stores a message and drops what was seen before."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core.clock import Clock
from core.inbox.lanes import LEASE, TURNS
from core.messages import IncomingMessage, MessageKind
from core.platform import Receipt
from core.store import scripts
from core.store.codec import MESSAGE, dump
from core.store.conversations import RETENTION
from core.store.keys import WAKE, last_of, shard, shards
from core.store.redis import Client, Script, call

MEMORY = 26 * 3600.0
"""Seconds for which event ids are remembered: platforms redeliver for up to 24 hours."""

_ACCEPT = Script(scripts.ACCEPT)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How much one conversation may write before it is asked to slow down."""

    messages: int = 60
    """Messages in a window; 0 for no limit."""
    window: float = 60.0
    """Seconds."""


OVER_LIMIT = "over-limit"
"""`IncomingMessage.action` of the message that stands for everything above the limit in a window."""


class Hands(Protocol):
    """Who handles lanes in this process."""

    async def reserve(self) -> bool:
        """Keep a hand free until `begin` or `release`; False when there is none."""

    def release(self) -> None:
        """It is not needed."""

    def begin(self, lane: Sequence[Any]) -> None:
        """Handle this lane with it, which is leased already."""


class Inbox:
    """The inbox in one Redis."""

    def __init__(self, client: Client, clock: Clock, limit: RateLimit) -> None:
        self._redis, self._clock, self._limit = client, clock, limit
        self._hands: Hands | None = None

    def hand_to(self, hands: Hands) -> None:
        """From now on what is accepted here, and has nothing to wait for, is handled here at once."""
        self._hands = hands

    async def accept(self, message: IncomingMessage) -> Receipt:
        """Store a message durably. Raises StoreUnavailable when it could not be stored; nothing was then.

        Beyond the rate limit a window's first message is kept as a reminder to slow down, and the rest is dropped:
        the sender is told once.
        """
        hands = self._hands if self._hands is not None and await self._hands.reserve() else None
        try:
            status, *lane = await self._accept(message, LEASE if hands else 0.0)
        except BaseException:
            if hands is not None:
                hands.release()  # should the lane be lent all the same, it is taken when the lease runs out
            raise
        if hands is not None:
            hands.begin(lane[0]) if lane else hands.release()
        return Receipt.DUPLICATE if status == 0 else Receipt.ACCEPTED

    async def _accept(self, message: IncomingMessage, lease: float) -> Any:
        name = message.conversation.key
        home = shard(name)
        limited = message.kind is MessageKind.TEXT and self._limit.messages > 0
        now = self._clock.now()
        in_place = ""
        if limited:
            in_place = dump(MESSAGE, replace(message, kind=MessageKind.ACTION, action=OVER_LIMIT, text="", files=()))
        return await _ACCEPT(
            self._redis,
            [
                home.seen(message.event_id), home.lane(name), home.ready, home.leased, home.rate(name), home.open,
                home.conversation(name), home.timers,
            ],
            dump(MESSAGE, message),
            name,
            int(now * 1000),
            int(MEMORY * 1000),
            self._limit.messages if limited else 0,
            int(self._limit.window * 1000),
            in_place,
            WAKE,
            f"in {home.number}",
            message.message_id if message.kind is MessageKind.TEXT else "",
            last_of(message.via),
            int((now - RETENTION) * 1000),
            home.prefix,
            int(lease * 1000),
            TURNS,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message or a post that could not be handled, kept for `concierge inbox`."""

    event_id: str
    """Event id of the message, or id of the post."""
    conversation: str
    """Key of its conversation."""
    what: str
    """`message` or `post`."""
    why: str
    """The last error."""
    at: float
    """Seconds since the epoch."""
    payload: str
    """The message or post, JSON."""


def set_aside_json(item: SetAside) -> str:
    """What is kept in Redis for a message that was set aside."""
    return json.dumps(
        {"conversation": item.conversation, "what": item.what, "why": item.why, "at": item.at, "payload": item.payload},
        ensure_ascii=False,
    )


class SetAsides:
    """What was set aside, for operations to look at, retry or drop."""

    def __init__(self, client: Client, inbox: Inbox) -> None:
        self._redis, self._inbox = client, inbox

    async def list(self) -> AsyncIterator[SetAside]:
        """Everything, in no particular order."""
        for home in shards():
            for event_id, raw in (await call(self._redis.hgetall(home.dead))).items():
                yield SetAside(event_id=event_id.decode(), **json.loads(raw))

    async def get(self, event_id: str) -> SetAside | None:
        """One of them."""
        async for item in self.list():
            if item.event_id == event_id:
                return item
        return None

    async def retry(self, event_id: str) -> bool:
        """Put a message back into its lane, as new; False when there is no such message."""
        item = await self.get(event_id)
        if item is None or item.what != "message":
            return False
        message = MESSAGE.validate_json(item.payload)
        again = replace(message, event_id=f"{event_id}#retry-{int(item.at)}")
        await self._inbox.accept(again)
        return await self.drop(event_id)

    async def drop(self, event_id: str) -> bool:
        """Forget one; False when there is no such message."""
        item = await self.get(event_id)
        if item is None:
            return False
        return bool(await call(self._redis.hdel(shard(item.conversation).dead, event_id)))
