"""What an adapter reads back after downtime: which conversations, and since which message of each."""

from __future__ import annotations

from dataclasses import replace

from core.clock import Clock
from core.desk.card import card_id
from core.inbox.inbox import MEMORY
from core.messages import Address
from core.store.conversations import Conversations
from core.store.keys import catching_up, last_of, shard, shards
from core.store.redis import Client, call

RECENT = 7 * 24 * 3600.0
"""Seconds since its last message after which a conversation without an open handoff is read back no more."""
MOST = 1000
"""Conversations that are read back, the latest first."""


class CatchUp:
    """Reading back, of every platform."""

    def __init__(
        self, client: Client, clock: Clock, conversations: Conversations, desks: tuple[Address, ...] = ()
    ) -> None:
        self._redis, self._clock, self._conversations, self._desks = client, clock, conversations, desks

    async def begin(self, platform: str) -> list[tuple[Address, str]]:
        """Where to read: conversations with an open handoff and its desk threads, then recent ones, latest first.

        Each with the id of the last message accepted there. Where reading back was broken off before, what came live
        meanwhile may hide what was not read: then "" stands for all, and the inbox drops what it has. Raises
        StoreUnavailable.
        """
        mark = self._redis.set(catching_up(platform), "1", nx=True, px=int(MEMORY * 1000))
        whole = bool(await call(mark))
        places: dict[Address, Address] = {}  # where to read -> whose conversation that is
        for conversation in await self._conversations.queue():
            places |= dict.fromkeys(await self._desk_threads(conversation), conversation)
            places[conversation] = conversation
        places |= {conversation: conversation for conversation in await self._recent(platform)}
        found = []
        for place, conversation in places.items():
            if place.platform == platform:
                found.append((place, await self._last(place, conversation) if whole else ""))
        return found

    async def done(self, platform: str) -> None:
        """Everything was read back. Raises StoreUnavailable."""
        await call(self._redis.delete(catching_up(platform)))

    async def _recent(self, platform: str) -> list[Address]:
        since = int((self._clock.now() - RECENT) * 1000)
        found: list[tuple[float, bytes]] = []
        for home in shards():
            names = await call(self._redis.zrangebyscore(home.open, since, "+inf", withscores=True))
            found += [(at, name) for name, at in names if name.startswith(f"{platform}/".encode())]
        return [Address.parse(name.decode()) for _, name in sorted(found, reverse=True)[:MOST]]

    async def _desk_threads(self, conversation: Address) -> list[Address]:
        state = await self._conversations.load(conversation)
        if state.handoff is None:
            return []
        threads = [
            replace(desk, thread=await self._conversations.ref(conversation, card_id(state.handoff.id, desk.platform)))
            for desk in self._desks
        ]
        return [thread for thread in threads if thread.thread]

    async def _last(self, place: Address, conversation: Address) -> str:
        name = conversation.key
        field = last_of(None if place == conversation else place)
        value = await call(self._redis.hget(shard(name).conversation(name), field))
        return value.decode() if value else ""
