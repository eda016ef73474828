"""Who is a VIP: by list, by group, by look-up. Nothing that a customer writes or sets counts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from core.access.roles import Groups
from core.clock import Clock
from core.messages import Person
from core.policy import VipRules
from core.routing.route import VipPolicy, VipStatus
from core.store.redis import Client, call

log = logging.getLogger(__name__)

KEY = "concierge:vips"
"""Hash: person key -> why, as staff set it."""

MEMORY = 2.0
"""Seconds for which a process keeps the list."""

Lookup = Callable[[Person], Awaitable[str | None]]
"""Asks another system: why the person is a VIP, or None. Raises OSError or TimeoutError when it can't tell."""


class VipList:
    """The list that staff keep with `concierge vip` and `/vip`."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._redis, self._clock = client, clock
        self._known: dict[str, str] = {}
        self._until = 0.0

    async def all(self) -> dict[str, str]:
        """Person key -> why."""
        return {key.decode(): why.decode() for key, why in (await call(self._redis.hgetall(KEY))).items()}

    async def why(self, person: str) -> str | None:
        """Why a person is on the list; None when not. At most MEMORY seconds behind other processes."""
        if (now := self._clock.now()) >= self._until:
            self._known, self._until = await self.all(), now + MEMORY
        return self._known.get(person)

    async def add(self, person: str, why: str) -> None:
        """Put a person on the list."""
        await call(self._redis.hset(KEY, person, why))
        self._until = 0.0

    async def remove(self, person: str) -> bool:
        """Take a person off it; False when they were not on it."""
        self._until = 0.0
        return bool(await call(self._redis.hdel(KEY, person)))


class Vips:
    """Decides whether a customer is a VIP, and what follows."""

    def __init__(
        self, listed: VipList, users: frozenset[str], user_groups: frozenset[str], groups: Groups, rules: VipRules,
        clock: Clock, lookup: Lookup | None = None,
    ) -> None:  # fmt: skip
        self._listed, self._users, self._user_groups = listed, users, user_groups
        self._groups, self._rules, self._clock, self._lookup = groups, rules, clock, lookup
        self._looked_up: dict[str, tuple[float, str | None]] = {}

    async def status(self, person: Person, known: str) -> VipStatus | None:
        """The status of a customer; `known` is why they were a VIP when last asked, "" when they were not.

        A look-up that fails counts as VIP for a customer who was one before. Raises StoreUnavailable.
        """
        default = self._rules.default
        if person.key in self._users:
            return VipStatus("listed", default)
        if (why := await self._listed.why(person.key)) is not None:
            return VipStatus(why or "listed", default)
        unsure = False
        wanted = self._user_groups | self._rules.groups.keys()
        if wanted:
            groups = await self._groups.of(person)
            unsure = groups is None
            for group in sorted((groups or frozenset()) & wanted, key=self._strength):
                return VipStatus(f"group {group.partition(':')[2]}", self._rules.groups.get(group, default))
        if self._lookup is not None:
            try:
                found = await self._ask(person)
            except (TimeoutError, OSError) as error:
                log.warning("VIP look-up of %s failed: %s", person.key, error)
                unsure = True
            else:
                if found:
                    return VipStatus(found, default)
        if unsure and known:
            return VipStatus(f"{known} (as last known)", default)
        if unsure and self._rules.unknown_pages:
            return VipStatus("not known, counted as VIP", default)
        return None

    def _strength(self, group: str) -> int:
        order = (VipPolicy.PAGE, VipPolicy.ANSWER_AND_PAGE, VipPolicy.OFFER)
        return order.index(self._rules.groups.get(group, self._rules.default))

    async def _ask(self, person: Person) -> str | None:
        assert self._lookup is not None
        now = self._clock.now()
        until, found = self._looked_up.get(person.key, (0.0, None))
        if now < until:
            return found
        async with asyncio.timeout(self._rules.lookup_timeout):
            found = await self._lookup(person)
        if len(self._looked_up) > 10_000:
            self._looked_up.clear()
        self._looked_up[person.key] = now + self._rules.lookup_cache, found
        return found
