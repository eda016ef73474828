"""Edits and deletions: what was relayed is changed or taken back on the other side, however many pieces it came in."""

from __future__ import annotations

from collections.abc import Callable

from core import wording
from core.access.roles import Access
from core.conversation import Conversation
from core.desk.card import card_id
from core.handling.relays import Way, correct, remembered, sides
from core.handoff.manager import HandoffManager
from core.messages import IncomingMessage, MessageKind
from core.posts import Content, Post, Speaker
from core.store.conversations import Conversations, Step

RETRIED = "retried:"
"""Before the id of a refused post: the conversation remembers the post in its place."""


class Corrections:
    """Handles edited and deleted messages, of customers and staff alike."""

    def __init__(
        self, access: Access, conversations: Conversations, handoffs: HandoffManager, text_limit: Callable[[str], int]
    ) -> None:
        self._access, self._conversations, self._handoffs, self._limit = access, conversations, handoffs, text_limit

    async def handle(self, message: IncomingMessage, state: Conversation, token: int, now: float) -> Step:
        """The step that settles a correction; it changes nothing where nothing was relayed. Raises StoreUnavailable."""
        nothing = Step(conversation=state.address, now=now, token=token)
        of_staff, gone = message.via is not None, message.kind is MessageKind.DELETED
        if of_staff and not gone and not await self._access.is_staff(message.author):
            # Who is staff no longer changes nothing that customers read; taking a message back harms nobody.
            return nothing
        text, inside = sides(message.text) if of_staff else (message.text, "")
        if not gone and message.files and not text and not inside:
            return nothing  # files without words, as before
        posts: list[Post] = []
        refs: dict[str, str] = {}
        for way in self._ways(state, of_staff):
            known = remembered(await self._conversations.ref(state.address, way.ref(message)))
            if known:
                current = [await self._conversations.ref(state.address, RETRIED + of) or of for of in known]
                corrections, again = correct(message, "" if gone else text, current, way)
                posts += corrections
                refs |= again
            elif message.via is not None and text and not gone:  # it was a note, or written without owning it
                hint = Content(text=wording.EDIT_STAYS_INSIDE, speaker=Speaker.SYSTEM)
                posts.append(Post(id=f"{message.event_id}>hint", to=message.via, content=hint, urgent=True))
        return Step(conversation=state.address, now=now, token=token, posts=tuple(posts), refs=refs)

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
