"""Edits and deletions: what was relayed is changed or taken back on the other side, however many pieces it came in, and
what repeats it follows."""

from __future__ import annotations

from collections.abc import Callable

from core import wording
from core.access.roles import Access
from core.conversation import Conversation
from core.desk.card import card_id
from core.handling.relays import Way, correct, remembered, sides
from core.handling.retelling import retold
from core.handoff.effects import CLOSED_CASE
from core.handoff.manager import HandoffManager
from core.messages import IncomingMessage, MessageKind
from core.policy import Policy
from core.posts import Content, Post, Speaker
from core.store.codec import CONVERSATION
from core.store.conversations import Conversations, Step

RETRIED = "retried:"
"""Before the id of a refused post: the conversation remembers the post in its place."""


class Corrections:
    """Handles edited and deleted messages, of customers and staff alike."""

    def __init__(
        self, access: Access, conversations: Conversations, handoffs: HandoffManager, policy: Policy,
        text_limit: Callable[[str], int],
    ) -> None:  # fmt: skip
        self._access, self._conversations, self._handoffs = access, conversations, handoffs
        self._zone, self._limit = policy.hours.timezone, text_limit

    async def handle(self, message: IncomingMessage, state: Conversation, token: int, now: float) -> Step:
        """The step that settles a correction. Raises StoreUnavailable."""
        nothing = Step(conversation=state.address, now=now, token=token)
        of_staff, gone = message.via is not None, message.kind is MessageKind.DELETED
        if of_staff and not gone and not await self._access.is_staff(message.author):
            # Who is staff no longer changes nothing that customers read; taking a message back harms nobody.
            return nothing
        text, inside = sides(message.text) if of_staff else (message.text, "")
        text = "" if gone else text
        if not gone and message.files and not text and not inside:
            return nothing  # files without words, as before
        posts: list[Post] = []
        refs: dict[str, str] = {}
        for way in self._ways(state, of_staff):
            known = remembered(await self._conversations.ref(state.address, way.ref(message)))
            if known:
                current = [await self._conversations.ref(state.address, RETRIED + of) or of for of in known]
                corrections, again = correct(message, text, current, way)
                posts += corrections
                refs |= again
            elif message.via is not None and text:  # it was a note, or written without owning it
                hint = Content(text=wording.EDIT_STAYS_INSIDE, speaker=Speaker.SYSTEM)
                posts.append(Post(id=f"{message.event_id}>hint", to=message.via, content=hint, urgent=True))
        step = Step(conversation=state.address, now=now, token=token, posts=tuple(posts), refs=refs)
        case = await self._conversations.ref(state.address, CLOSED_CASE)
        closed = CONVERSATION.validate_json(case) if case else None
        turns = await self._conversations.turns(state.address)
        return retold(step, message, text, state, closed, turns, self._zone)

    def _ways(self, state: Conversation, of_staff: bool) -> list[Way]:
        """Everywhere it may have been relayed to; where it was not, nothing is remembered."""
        if of_staff:
            return [Way(state.address, Speaker.COLLEAGUE, self._limit(state.address.platform))]
        about = state.handoff or state.ended
        if about is None:
            return []
        return [
            Way(desk, Speaker.CUSTOMER, self._limit(desk.platform), under=card_id(about.id, desk.platform))
            for desk in self._handoffs.desks
        ]
