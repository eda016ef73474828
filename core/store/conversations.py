"""Reading and changing conversations. Every change is one `Step`, applied whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

from pydantic_core import to_json

from core.conversation import Conversation, RecordLine, Turn
from core.errors import Conflict, LeaseLost
from core.messages import Address
from core.posts import Post, Speaker
from core.store import scripts
from core.store.codec import CONVERSATION, POST, RECORD, TURN, dump
from core.store.keys import WAKE, Shard, handoff_shard, shard, shards
from core.store.redis import Client, Script, call

POST_LEASE = 10.0
"""Seconds a post is held for one attempt; on a bot post this is the permit that a claim waits out."""
RETENTION = 30 * 24 * 3600.0
"""Seconds that an idle conversation, its turns and its message ids are kept."""
KEPT_GAPS = 2000
"""Gaps that each shard keeps."""
KEPT_TURNS = 200
"""How many turns of a conversation are kept."""

_APPLY = Script(scripts.APPLY)
_HANDOFF_ID = Script(scripts.HANDOFF_ID)


@dataclass(frozen=True, slots=True)
class Step:
    """Everything that happens at once."""

    conversation: Address
    """Whose step it is."""
    now: float
    """Seconds since the epoch."""
    state: Conversation | None = None
    """The new state, with the version that it was made from; None leaves it."""
    token: int | None = None
    """Fencing token, when the step settles the first message of the lane."""
    turns: tuple[Turn, ...] = ()
    """What was said."""
    amended: tuple[tuple[Turn, Turn], ...] = ()
    """What was said before, and how it reads now."""
    posts: tuple[Post, ...] = ()
    """What to deliver, in this order."""
    timers: Mapping[str, float | None] = field(default_factory=dict)
    """Timers to set (seconds since the epoch) or clear (None), by name."""
    queue: float | bool | None = None
    """Order in the queue of open handoffs; False leaves the queue; None changes nothing."""
    handoff_id: str = ""
    """Handoff whose history gets `record`."""
    record: tuple[RecordLine, ...] = ()
    """Lines for its history."""
    refs: Mapping[str, str] = field(default_factory=dict)
    """Event id -> id of the post that relays it, so that edits and deletions find it."""
    dead: tuple[str, str] | None = None
    """Event id and JSON of a message to set aside."""
    gap: str = ""
    """A question that the FAQ did not settle, JSON (`core/gaps.py`)."""
    silence: str = ""
    """A claim: platform of the customer, whose bot post in flight is waited for."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a step found."""

    version: int
    """The version of the conversation now."""
    more: bool
    """The lane has another message."""
    permit: float
    """Until when (seconds since the epoch) a bot post in flight may still be sent; 0 when there is none."""


def post_item(post: Post) -> str:
    """A post as it lies in an outgoing lane: what OUT_TAKE decides by, then JSON."""
    epoch = f"p{post.epoch}" if post.page else str(post.epoch) if post.content.speaker is Speaker.BOT else "-"
    return f"{epoch} {post.of or '-'} {post.under or '-'} {dump(POST, post)}"


class Senders(Protocol):
    """Who delivers posts in this process."""

    async def reserve(self, platform: str) -> bool:
        """Keep a hand free until `begin` or `release`; False when there is none for this platform."""

    def release(self, platform: str) -> None:
        """It is not needed."""

    def begin(self, lane: Sequence[Any], now: float) -> None:
        """Deliver this outgoing lane's first post with it; the lane is leased since `now`."""


def _step_json(step: Step, home: Shard, hand: str) -> bytes:
    body: dict[str, object] = {
        "conversation": step.conversation.key,
        "now": int(step.now * 1000),
        "shard": home.number,
        "life": int(RETENTION * 1000),
        "keep": KEPT_TURNS,
    }
    if step.token is not None:
        body["token"] = step.token
    if step.state is not None:
        state = step.state
        body |= {"version": state.version, "epoch": state.epoch, "floor": state.floor, "doc": dump(CONVERSATION, state)}
    if step.turns:
        body["turns"] = [dump(TURN, turn) for turn in step.turns]
    if step.amended:
        body["amended"] = [[dump(TURN, before), dump(TURN, after)] for before, after in step.amended]
    if step.posts:
        body["posts"] = [
            {"platform": post.to.platform, "item": post_item(post), "urgent": post.urgent} for post in step.posts
        ]
    if step.timers:
        body["timers"] = {name: False if due is None else int(due * 1000) for name, due in step.timers.items()}
    if step.queue is not None:
        body["queue"] = step.queue
    if step.handoff_id:
        body |= {"handoff": step.handoff_id, "record": [dump(RECORD, line) for line in step.record]}
    if step.refs:
        body["refs"] = step.refs
    if step.dead:
        body["dead"] = step.dead
    if step.gap:
        body |= {"gap": step.gap, "gaps": KEPT_GAPS}
    if step.silence:
        body["silence"] = step.silence
    if hand:
        body |= {"hand": hand, "hold": int(POST_LEASE * 1000)}
    return to_json(body)


class Conversations:
    """The conversations in one Redis."""

    def __init__(self, client: Client) -> None:
        self._redis = client
        self._senders: Senders | None = None

    def hand_to(self, senders: Senders) -> None:
        """From now on the posts of a step, when nothing else is due before them, are delivered here at once."""
        self._senders = senders

    async def apply(self, step: Step) -> Applied:
        """Apply a step. Raises Conflict (read the conversation again), LeaseLost, StoreUnavailable."""
        first = step.posts[0].to.platform if step.posts else ""
        senders = self._senders if first and self._senders is not None and await self._senders.reserve(first) else None
        lane: list[Any] = []
        try:
            applied, lane = await self._apply(step, first if senders else "")
        finally:
            if senders is not None:
                senders.begin(lane[0], step.now) if lane else senders.release(first)
        return applied

    async def _apply(self, step: Step, hand: str) -> tuple[Applied, list[Any]]:
        """What the step found, and the outgoing lane that was lent, if one was (else nothing)."""
        name = step.conversation.key
        home = shard(name)
        keys = [
            home.conversation(name), home.lane(name), home.ready, home.leased, home.lease, home.tries, home.turns(name),
            home.queue, home.timers, home.handoffs, home.dead, home.refs(name), home.gaps,
        ]  # fmt: skip
        status, version, more, permit, *lane = await _APPLY(
            self._redis, keys, home.prefix, WAKE, _step_json(step, home, hand)
        )
        if status == b"lost":
            raise LeaseLost(name)
        if status == b"conflict":
            raise Conflict(name)
        return Applied(version=int(version), more=bool(more), permit=permit / 1000), lane

    async def load(self, address: Address) -> Conversation:
        """The conversation at an address; a fresh one when nothing is known. Raises StoreUnavailable."""
        name = address.key
        fields = await call(self._redis.hmget(shard(name).conversation(name), ["version", "epoch", "floor", "doc"]))
        return decode_conversation(address, *fields)

    async def turns(self, address: Address, last: int = KEPT_TURNS) -> list[Turn]:
        """The last turns, oldest first."""
        name = address.key
        return list(decode_turns(await call(self._redis.lrange(shard(name).turns(name), -last, -1))))

    async def new_handoff_id(self, address: Address) -> str:
        """An id that tells its shard."""
        home = shard(address.key)
        return str((await _HANDOFF_ID(self._redis, [home.serial], f"{home.number:x}")).decode())

    async def of_handoff(self, handoff_id: str) -> Address | None:
        """The conversation of a handoff, open or ended; None for an id that was never given out."""
        try:
            home = handoff_shard(handoff_id)
        except ValueError:
            return None
        name = await call(self._redis.hget(home.handoffs, handoff_id))
        return Address.parse(name.decode()) if name else None

    async def record(self, handoff_id: str) -> list[RecordLine]:
        """The history of a handoff, oldest first; empty for an unknown id."""
        try:
            home = handoff_shard(handoff_id)
        except ValueError:
            return []
        raw = await call(self._redis.lrange(home.record(handoff_id), 0, -1))
        return [RECORD.validate_json(item) for item in raw]

    async def note(self, handoff_id: str, line: RecordLine) -> None:
        """Add a line to a handoff's history without changing its conversation."""
        address = await self.of_handoff(handoff_id)
        if address is not None:
            await self.apply(Step(conversation=address, now=line.at, handoff_id=handoff_id, record=(line,)))

    async def queue(self) -> list[Address]:
        """Conversations with an open handoff, VIPs first, then by age."""
        found: list[tuple[bytes, float]] = []
        for home in shards():
            found += await call(self._redis.zrange(home.queue, 0, -1, withscores=True))
        return [Address.parse(name.decode()) for name, _ in sorted(found, key=lambda pair: (pair[1], pair[0]))]

    async def forget(self, person: str) -> int:
        """Erase every conversation of a customer (a person key), open ones included; returns how many."""
        count = 0
        for home in shards():
            for name, _ in await call(self._redis.zrange(home.open, 0, -1, withscores=True)):
                key = name.decode()
                state = await self.load(Address.parse(key))
                if state.customer is None or state.customer.key != person:
                    continue
                ids = [part.id for part in (state.handoff, state.ended) if part is not None]
                await call(
                    self._redis.delete(
                        home.conversation(key), home.turns(key), home.refs(key), home.lane(key),
                        *(home.record(handoff_id) for handoff_id in ids),
                    )
                )  # fmt: skip
                await call(self._redis.zrem(home.open, key))
                await call(self._redis.zrem(home.queue, key))
                count += 1
        return count

    async def known(self, address: Address) -> bool:
        """Whether anything was ever accepted at this address."""
        home = shard(address.key)
        return await call(self._redis.zscore(home.open, address.key)) is not None

    async def ref(self, address: Address, name: str) -> str:
        """What is remembered under an event id or post id of a conversation; "" when nothing is."""
        value = await call(self._redis.hget(shard(address.key).refs(address.key), name))
        return value.decode() if value else ""


def decode_conversation(
    address: Address, version: bytes | None, epoch: bytes | None, floor: bytes | None, doc: bytes | None
) -> Conversation:
    """A conversation from the fields of its hash."""
    state = CONVERSATION.validate_json(doc) if doc else Conversation(address=address)
    return replace(state, version=int(version or 0), epoch=int(epoch or 0), floor=int(floor or 0))


def decode_turns(raw: Sequence[bytes]) -> tuple[Turn, ...]:
    """Turns from their JSON. The same ones come with every message of a conversation: the last few are remembered."""
    return tuple(map(_turn, raw))


@lru_cache(maxsize=4096)
def _turn(raw: bytes) -> Turn:
    return TURN.validate_json(raw)
