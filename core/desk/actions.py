"""What staff and operations can do. Every handler is named in the registry, and is reached only through `Desk.act`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from core import wording
from core.access.actions import REGISTRY, ActionSpec, resolve
from core.access.audit import Audit
from core.access.roles import Access, Role
from core.clock import Clock
from core.conversation import RecordLine
from core.errors import ConciergeError, Conflict, NoSuchHandoff, Refused, StoreUnavailable
from core.handoff.machine import Actor
from core.handoff.presence import Presence
from core.messages import Action
from core.platform import ActionOutcome
from core.store.conversations import Conversations

log = logging.getLogger(__name__)

Handler = Callable[[Action, Actor], Awaitable[ActionOutcome]]
"""Carries out an action for an actor who may. Raises ConciergeError with a message for the person."""


class Desk:
    """Decides whether a person may, carries it out, and keeps the trail."""

    def __init__(
        self, access: Access, audit: Audit, conversations: Conversations, clock: Clock, presence: Presence,
        handlers: Mapping[str, Handler],
    ) -> None:  # fmt: skip
        """`handlers` by action name; a name that is not in the registry is refused at once."""
        if unknown := set(handlers) - set(REGISTRY):
            raise ValueError(f"not in the registry of actions: {', '.join(sorted(unknown))}")
        self._access, self._audit, self._conversations, self._clock = access, audit, conversations, clock
        self._presence, self._handlers = presence, dict(handlers)

    @property
    def names(self) -> frozenset[str]:
        """Names of the actions that can be carried out here."""
        return frozenset(self._handlers)

    async def act(self, action: Action, granted: frozenset[Role] = frozenset()) -> ActionOutcome:
        """Carry out an action; `granted` are roles that the way in vouches for (a shell on the machine).

        Raises StoreUnavailable; everything else that goes wrong is told in the outcome.
        """
        name, rest = resolve(action.name, action.value)
        spec, handler = REGISTRY.get(name), self._handlers.get(name)
        if spec is not None and spec.of_handoff:  # ids are written H3-1, typed as people like
            handoff_id, space, more = rest.strip().partition(" ")
            rest = handoff_id.capitalize() + space + more
        roles = await self._access.roles_of(action.person) | granted
        if spec is None or handler is None:
            await self._write(action, name, "unknown action", allowed=False)
            return ActionOutcome(text=wording.unknown_command(name), ok=False)
        if not roles & spec.roles:
            text = wording.NOT_STAFF if Role.STAFF in spec.roles else wording.NOT_ALLOWED
            await self.refused(action, spec, rest)
            return ActionOutcome(text=text, ok=False)
        actor = Actor(action.person, roles)
        if Role.STAFF in spec.roles and not granted:
            await self._presence.acted(action.person)
        try:
            outcome = await handler(_with_value(action, name, rest), actor)
        except StoreUnavailable:
            raise
        except (Refused, NoSuchHandoff, Conflict) as error:
            return ActionOutcome(text=str(error), ok=False)
        except ConciergeError as error:
            log.warning("%s by %s: %s", name, action.person.key, error)
            return ActionOutcome(text=str(error), ok=False)
        if not spec.of_handoff and outcome.form is None:
            await self._write(action, name, rest, allowed=True)
        return outcome

    async def refused(self, action: Action, spec: ActionSpec, value: str) -> None:
        """Write down that somebody may not: into the handoff's history, else into the audit trail."""
        log.warning("refused %s to %s", spec.name, action.person.key)
        line = RecordLine(at=self._clock.now(), who=action.person.key, what=spec.name, why="not allowed", allowed=False)
        handoff_id = value.strip().partition(" ")[0]
        if spec.of_handoff and await self._conversations.of_handoff(handoff_id) is not None:
            await self._conversations.note(handoff_id, line)
        else:
            await self._audit.write(replace(line, detail=value[:100]))

    async def _write(self, action: Action, name: str, why: str, *, allowed: bool) -> None:
        await self._audit.write(
            RecordLine(at=self._clock.now(), who=action.person.key, what=name, why=why, allowed=allowed)
        )


def _with_value(action: Action, name: str, value: str) -> Action:
    return Action(
        event_id=action.event_id, name=name, person=action.person, conversation=action.conversation, value=value,
        fields=action.fields, message_id=action.message_id,
    )  # fmt: skip
