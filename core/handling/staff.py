"""What staff write in a desk thread: to the customer when they own the conversation, else it stays inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core import wording
from core.access.roles import Access, Role
from core.clock import Clock
from core.conversation import Conversation, Mode, RecordLine, Turn
from core.handling.replies import relay_to_customer
from core.handoff.machine import Actor, Details
from core.handoff.manager import HandoffManager
from core.handoff.table import Event
from core.messages import IncomingMessage
from core.posts import Content, Post, Speaker
from core.store.conversations import Step
from core.text import split

INSIDE = "//"
"""Lines that begin with this stay inside."""


class StaffMessages:
    """Handles what is written in desk threads."""

    def __init__(
        self, access: Access, handoffs: HandoffManager, clock: Clock, text_limit: Callable[[str], int]
    ) -> None:
        self._access, self._handoffs, self._clock, self._limit = access, handoffs, clock, text_limit

    async def handle(self, message: IncomingMessage, state: Conversation, token: int) -> Step:
        """The step that settles a message. Raises StoreUnavailable."""
        now, handoff = self._clock.now(), state.handoff
        roles = await self._access.roles_of(message.author)
        if Role.STAFF not in roles:
            return self._hint(message, state, wording.NOT_STAFF, token)
        if handoff is None:
            return self._hint(message, state, wording.already_over(_outcome(state)), token)
        outside, inside = _parts(message.text)
        notes = (RecordLine(at=now, who=message.author.key, what="note", why=inside),) if inside else ()
        if not outside and not message.files:
            return Step(conversation=state.address, now=now, token=token, handoff_id=handoff.id, record=notes)
        if state.mode is Mode.WAITING or handoff.owner is None:
            return self._hint(message, state, wording.CLAIM_TO_ANSWER, token)
        if handoff.owner.key != message.author.key:
            name = handoff.owner.name or handoff.owner.id
            return self._hint(message, state, wording.does_not_reach(name), token)
        actor = Actor(message.author, roles)
        change = await self._handoffs.change(state, Event.REPLIED, actor, Details())
        change.record[:] = notes
        # Writing changes no card: the edits that a transition brings along are left out.
        change.posts[:] = [
            relay_to_customer(message, state.address, piece, piece=number)
            for number, piece in enumerate(split(outside, self._limit(state.address.platform)))
        ]
        said = Turn(
            at=now, speaker=Speaker.COLLEAGUE, name=message.author.name or message.author.id, text=outside,
            id=message.event_id, files=tuple(file.name for file in message.files),
        )  # fmt: skip
        step = change.step(now, (said,), token)
        if not message.message_id:
            return step
        return replace(step, refs={f"relay:{message.message_id}:{state.address.platform}": change.posts[0].id})

    def _hint(self, message: IncomingMessage, state: Conversation, text: str, token: int) -> Step:
        assert message.via is not None
        post = Post(
            id=f"{message.event_id}>hint",
            to=message.via,
            content=Content(text=text, speaker=Speaker.SYSTEM),
            reply_to=message.event_id,
            urgent=True,
        )
        return Step(conversation=state.address, now=self._clock.now(), token=token, posts=(post,))


def _parts(text: str) -> tuple[str, str]:
    """What goes to the customer, and what stays inside."""
    outside: list[str] = []
    inside: list[str] = []
    for line in text.split("\n"):
        if line.lstrip().startswith(INSIDE):
            inside.append(line.lstrip().removeprefix(INSIDE).strip())
        else:
            outside.append(line)
    return "\n".join(outside).strip(), "\n".join(inside).strip()


def _outcome(state: Conversation) -> str:
    return state.ended.outcome.value if state.ended else ""
