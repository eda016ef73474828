"""Roles, and how a person comes to have them: by configuration and platform groups, never by what they write."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.clock import Clock
from core.errors import DeliveryError
from core.messages import Person
from core.platform import Platform

log = logging.getLogger(__name__)


class Role(StrEnum):
    """What a person is to us."""

    CUSTOMER = "customer"
    """Everybody who writes."""
    STAFF = "staff"
    """May claim and answer."""
    LEAD = "lead"
    """May act for other staff, and say who is a VIP."""
    OPS = "ops"
    """May reload the knowledge base and look after the inbox."""
    SYSTEM = "system"
    """Concierge itself: timers, policy."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who has which role, by configuration. Keys are `platform:id`."""

    staff: frozenset[str] = frozenset()
    """Persons."""
    staff_groups: frozenset[str] = frozenset()
    """Groups and platform roles."""
    leads: frozenset[str] = frozenset()
    """Persons."""
    ops: frozenset[str] = frozenset()
    """Persons."""


@dataclass(slots=True)
class _Known:
    groups: frozenset[str] = field(default_factory=frozenset)
    until: float = 0.0


class Groups:
    """The groups that a platform puts a person in, remembered for a minute."""

    def __init__(self, platforms: Mapping[str, Platform], clock: Clock, memory: float = 60.0) -> None:
        self._platforms, self._clock, self._memory = platforms, clock, memory
        self._known: dict[str, _Known] = {}

    async def of(self, person: Person) -> frozenset[str] | None:
        """Group keys (`platform:id`); None when the platform can't tell now and nothing is remembered."""
        now = self._clock.now()
        known = self._known.get(person.key)
        if known is not None and now < known.until:
            return known.groups
        platform = self._platforms.get(person.platform)
        if platform is None:
            return frozenset()
        try:
            found = await platform.groups_of(person)
        except DeliveryError as error:
            log.warning("groups of %s: %s", person.key, error)
            return known.groups if known is not None else None
        if len(self._known) > 10_000:
            self._known.clear()
        groups = frozenset(f"{person.platform}:{group}" for group in found)
        self._known[person.key] = _Known(groups, now + self._memory)
        return groups


class Access:
    """Decides who somebody is."""

    def __init__(self, roster: Roster, groups: Groups) -> None:
        self._roster, self._groups = roster, groups

    async def roles_of(self, person: Person) -> frozenset[Role]:
        """Every role of a person. An unreachable platform grants nothing."""
        roster, key = self._roster, person.key
        roles = {Role.CUSTOMER}
        if key in roster.ops:
            roles.add(Role.OPS)
        if key in roster.leads:
            roles |= {Role.LEAD, Role.STAFF}
        if key in roster.staff or await self._in_staff_group(person):
            roles.add(Role.STAFF)
        return frozenset(roles)

    async def _in_staff_group(self, person: Person) -> bool:
        groups = self._roster.staff_groups
        return bool(groups and (await self._groups.of(person) or frozenset()) & groups)

    async def is_staff(self, person: Person) -> bool:
        """Whether the person may work on handoffs."""
        return Role.STAFF in await self.roles_of(person)
