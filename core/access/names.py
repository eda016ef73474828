"""What people are called whom somebody names by id only."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from core.errors import DeliveryError
from core.handoff.presence import Presence
from core.messages import Person
from core.platform import Platform

log = logging.getLogger(__name__)


class Names:
    """Asks the platform; failing that, goes by what the desk has seen."""

    def __init__(self, platforms: Mapping[str, Platform], presence: Presence) -> None:
        self._platforms, self._presence = platforms, presence

    async def of(self, person: Person) -> Person:
        """The person with a display name where one is known. Raises StoreUnavailable."""
        if person.name:
            return person
        name, platform = "", self._platforms.get(person.platform)
        if platform is not None:
            try:
                name = await platform.name_of(person.id)
            except DeliveryError as error:
                log.info("the name of %s is not known: %s", person.key, error)
        return replace(person, name=name or await self._presence.name_of(person.key))
