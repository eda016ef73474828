"""What staff write in a desk thread: to the customer when they own the conversation, else it stays inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core import wording
from core.access.roles import Access, Role
from core.clock import Clock
from core.conversation import Conversation, Mode, RecordLine, Turn
from core.handling.relays import Way, relay, sides
from core.handoff.machine import Actor, Details
from core.handoff.manager import HandoffManager
from core.handoff.presence import Presence
from core.handoff.table import Event
from core.messages import IncomingMessage
from core.posts import Content, Post, Speaker
from core.store.conversations import Step


class StaffMessages:
    """Handles what is written in desk threads."""

    def __init__(
        self, access: Access, handoffs: HandoffManager, presence: Presence, clock: Clock,
        text_limit: Callable[[str], int],
    ) -> None:  # fmt: skip
        self._access, self._handoffs, self._presence = access, handoffs, presence
        self._clock, self._limit = clock, text_limit

    async def handle(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        """The step that settles a message. Raises StoreUnavailable."""
        now, handoff = self._clock.now(), state.handoff
        roles = await self._access.roles_of(message.author)
        if Role.STAFF not in roles:
            return self._hint(message, state, wording.NOT_STAFF, token)
        await self._presence.acted(message.author)
        if handoff is None:
            return self._hint(message, state, wording.already_over(_outcome(state)), token)
        outside, inside = sides(message.text)
        notes = (RecordLine(at=now, who=message.author.key, what="note", why=inside),) if inside else ()
        if not outside and (inside or not message.files):  # what is attached to a note stays inside with it
            return Step(conversation=state.address, now=now, token=token, handoff_id=handoff.id, record=notes)
        if state.mode is Mode.WAITING or handoff.owner is None:
            return self._hint(message, state, wording.CLAIM_TO_ANSWER, token)
        if handoff.owner.key != message.author.key:
            name = handoff.owner.name or handoff.owner.id
            return self._hint(message, state, wording.does_not_reach(name), token)
        actor = Actor(message.author, roles)
        change = await self._handoffs.change(state, Event.REPLIED, actor, Details(), turns)
        change.record += notes
        way = Way(state.address, Speaker.COLLEAGUE, self._limit(state.address.platform))
        posts, refs = relay(message, outside, way)
        change.posts += posts
        said = Turn(
            at=now, speaker=Speaker.COLLEAGUE, name=message.author.name or message.author.id, text=outside,
            id=message.message_id, files=tuple(file.name for file in message.files),
        )  # fmt: skip
        change.refs |= refs
        return change.step(now, (said,), token)

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


def _outcome(state: Conversation) -> str:
    return state.ended.outcome.value if state.ended else ""
