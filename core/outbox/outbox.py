"""Leases on outgoing lanes: one per conversation and platform, so that one platform's outage holds up no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.clock import Clock
from core.errors import LeaseLost
from core.inbox.inbox import SetAside, set_aside_json
from core.messages import Address
from core.posts import Post
from core.store import scripts
from core.store.codec import POST, dump
from core.store.conversations import POST_LEASE, RETENTION, post_item
from core.store.keys import Shard, desk_thread, shard
from core.store.redis import Client, Script, call

_TAKE = Script(scripts.OUT_TAKE)
_SETTLE = Script(scripts.OUT_SETTLE)
_GIVE_BACK = Script(scripts.GIVE_BACK)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased outgoing lane with its first post."""

    conversation: str
    """Key of the conversation."""
    post: Post
    """What to deliver; its thread is filled in when `under` is out."""
    message_id: str
    """Platform message id of the post that is edited or deleted; "" for SEND, or when that one never arrived."""
    token: int
    """Fencing token."""
    tries: int
    """How often it was taken, this time included; above 1 an earlier attempt may have arrived."""
    others: bool
    """Whether other lanes of the shard and platform are due too."""
    until: float
    """When the lease ends, seconds since the epoch: nothing may be sent after it."""


def parcel_of(lane: Sequence[Any], now: float) -> Parcel:
    """An outgoing lane as the scripts lend it, since `now`."""
    name, token, tries, raw, of, under, ready = lane
    post = POST.validate_json(raw)
    if under:
        post = replace(post, to=replace(post.to, thread=under.decode()))
    return Parcel(
        conversation=name.decode(),
        post=post,
        message_id=of.decode(),
        token=int(token),
        tries=int(tries),
        others=bool(ready),
        until=now + POST_LEASE,
    )


class Outbox:
    """The outbox in one Redis."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._redis, self._clock = client, clock

    async def take(self, home: Shard, platform: str) -> Parcel | None:
        """The outgoing lane of a shard that is due first, or None. Raises StoreUnavailable."""
        now = self._clock.now()
        found = await _TAKE(
            self._redis,
            [home.out_ready(platform), home.out_leased(platform), home.out_lease(platform)],
            home.prefix, platform, int(now * 1000), int(POST_LEASE * 1000),
        )  # fmt: skip
        return None if found is None else parcel_of(found, now)

    async def settle(self, parcel: Parcel, message_id: str = "", failed: str = "", instead: Post | None = None) -> bool:
        """Done with it: delivered as `message_id`, or given up because `failed`; returns whether the lane has more.

        `instead` is delivered next, in its place. Raises LeaseLost, StoreUnavailable.
        """
        post, name = parcel.post, parcel.conversation
        home = shard(name)
        if message_id and post.content.card is not None:
            await self.remember_desk_thread(replace(post.to, thread=message_id), name)
        now = self._clock.now()
        dead = ""
        if failed:
            kept = SetAside(post.id, name, "post", failed, now, dump(POST, post))
            dead = set_aside_json(kept)
        platform = post.to.platform
        status, more = await _SETTLE(
            self._redis,
            [home.out(platform, name), home.out_ready(platform), home.out_leased(platform), home.out_lease(platform),
             home.out_tries(platform), home.refs(name), home.dead],
            name, parcel.token, int(now * 1000), post.id, message_id, int(RETENTION * 1000), dead,
            post_item(instead) if instead else "",
        )  # fmt: skip
        if not status:
            raise LeaseLost(name)
        return bool(more)

    async def give_back(self, parcel: Parcel, after: float, tries: int) -> None:
        """Try again in `after` seconds; `tries` 0 says that no attempt can have arrived. Raises StoreUnavailable."""
        name, platform = parcel.conversation, parcel.post.to.platform
        home = shard(name)
        await _GIVE_BACK(
            self._redis,
            [home.out_ready(platform), home.out_leased(platform), home.out_lease(platform), home.out_tries(platform)],
            name, parcel.token, int((self._clock.now() + after) * 1000), tries,
        )  # fmt: skip

    async def holds(self, conversation: Address) -> bool:
        """Whether a post of this conversation to its own platform is being sent right now."""
        name = conversation.key
        return bool(await call(self._redis.hexists(shard(name).out_lease(conversation.platform), name)))

    async def remember_desk_thread(self, thread: Address, conversation: str) -> None:
        """From now on what is written in this desk thread belongs to the conversation."""
        key = desk_thread(thread.platform, thread.channel, thread.thread)
        await call(self._redis.set(key, conversation, px=int(RETENTION * 1000)))

    async def served_from(self, thread: Address) -> Address | None:
        """The conversation that is served from a desk thread, or None."""
        name = await call(self._redis.get(desk_thread(thread.platform, thread.channel, thread.thread)))
        return Address.parse(name.decode()) if name else None
