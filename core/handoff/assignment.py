"""Whom a handoff is offered to before it is everyone's. An offer is no assignment: anybody on the desk may claim."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection

from core.access.roles import Access
from core.handoff.presence import Presence
from core.messages import Address, Person
from core.store.conversations import Conversations

ANYONE, ROUND_ROBIN, LEAST_LOADED = "anyone", "round_robin", "least_loaded"
"""Values of `desk.assignment`."""


class Assignment:
    """Chooses by the policy."""

    def __init__(
        self, presence: Presence, conversations: Conversations, access: Access, policy: str, desks: Collection[Address]
    ) -> None:
        """`policy` is `anyone`, `round_robin` or `least_loaded`; only who is at a desk is offered anything."""
        self._presence, self._conversations, self._access = presence, conversations, access
        self._policy, self._platforms = policy, {desk.platform for desk in desks}

    async def first(self, former: Person | None = None, without: Person | None = None) -> Person | None:
        """Who is asked first, or None for everyone at once. Raises StoreUnavailable.

        `former` looked after the customer before and comes first, unless they said that they are away; `without` has
        just had it.
        """
        if former is not None and await self._may(former) and not await self._presence.said_away(former):
            return former
        if self._policy == ANYONE:
            return None
        candidates = [person for person in await self._presence.present() if await self._may(person)]
        loads = dict.fromkeys((one.key for one in candidates if without is None or one.key != without.key), 0)
        if not loads:
            return None
        if self._policy == LEAST_LOADED:
            busy = await self.loads()
            loads = {person: busy[person] for person in loads}
        return await self._presence.choose(loads)

    async def loads(self) -> Counter[str]:
        """How many open handoffs each person (key) has, offers included. Raises StoreUnavailable."""
        addresses = await self._conversations.queue()
        states = await asyncio.gather(*(self._conversations.load(address) for address in addresses))
        holders = [state.handoff.owner or state.handoff.offered for state in states if state.handoff is not None]
        return Counter(person.key for person in holders if person is not None)

    async def _may(self, person: Person) -> bool:
        return person.platform in self._platforms and await self._access.is_staff(person)
