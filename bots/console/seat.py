"""One person in one browser window: what they write and press, and what they are told when it did not work."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from bots.console.platform import ConsolePlatform
from core.errors import StoreUnavailable
from core.messages import Address, Attachment, Person
from core.platform import ActionOutcome
from core.posts import Button

NOT_KEPT = "That could not be delivered just now, because the message store does not answer. Please try again shortly."
"""Shown beside a text that is still in its box."""

NOT_DONE = "That did not work just now, because the message store does not answer. Please try again shortly."
"""Shown after a button that did nothing."""


class Seat:
    """A person's hands. A text that is tried again keeps its event id, so it can't arrive twice."""

    def __init__(self, platform: ConsolePlatform, person: Person) -> None:
        self.person = person
        """Who sits here."""
        self._platform = platform
        self._pending: dict[tuple[Address, str], str] = {}

    async def say(self, where: Address, text: str, files: tuple[Attachment, ...] = ()) -> str:
        """Write; returns "" when it was kept, else what to tell the person, whose text should stay in the box."""
        event_id = self._pending.setdefault((where, text), f"console-{uuid4().hex}")
        try:
            await self._platform.say(self.person, where, text, files=files, event_id=event_id)
        except StoreUnavailable:
            return NOT_KEPT
        self._pending.pop((where, text), None)
        return ""

    async def revise(self, where: Address, message_id: str, text: str | None) -> str:
        """Change what was written, or take it back (None); returns "" when that was kept, else what to tell."""
        try:
            await self._platform.revise(self.person, where, message_id, text)
        except StoreUnavailable:
            return NOT_DONE
        return ""

    async def press(
        self, where: Address, button: Button, *, message_id: str = "", fields: Mapping[str, str] | None = None
    ) -> ActionOutcome:
        """Press a button or submit a form; what does not work is told in the outcome."""
        try:
            return await self._platform.press(self.person, where, button, message_id=message_id, fields=fields)
        except StoreUnavailable:
            return ActionOutcome(text=NOT_DONE, ok=False)
