"""Staff actions on who is at the desk: `/handoffs here`, `/handoffs away`, `/handoffs present`."""

from __future__ import annotations

from collections.abc import Mapping

from core import wording
from core.desk.actions import Handler
from core.handoff.assignment import Assignment
from core.handoff.machine import Actor
from core.handoff.presence import Presence
from core.messages import Action
from core.platform import ActionOutcome
from core.posts import Content, Speaker


class PresenceActions:
    """Say that you are there, or not; see who is."""

    def __init__(self, presence: Presence, assignment: Assignment) -> None:
        self._presence, self._assignment = presence, assignment

    def handlers(self) -> Mapping[str, Handler]:
        """By action name."""
        return {"handoffs_here": self.here, "handoffs_away": self.away, "handoffs_present": self.present}

    async def here(self, action: Action, actor: Actor) -> ActionOutcome:
        """From now on, for some hours."""
        await self._presence.here(action.person)
        return ActionOutcome(text=wording.HERE)

    async def away(self, action: Action, actor: Actor) -> ActionOutcome:
        """From now on, for some hours."""
        await self._presence.away(action.person)
        return ActionOutcome(text=wording.AWAY)

    async def present(self, action: Action, actor: Actor) -> ActionOutcome:
        """Everybody who is present, with what they have."""
        loads = await self._assignment.loads()
        lines = [
            wording.present_line(person.name or person.key, loads[person.key])
            for person in await self._presence.present()
        ]
        return ActionOutcome(content=Content(text="\n".join(lines) or wording.NOBODY_PRESENT, speaker=Speaker.SYSTEM))
