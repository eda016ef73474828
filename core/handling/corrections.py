"""Edits and deletions: what was relayed is changed or taken back on the other side."""

from __future__ import annotations

from collections.abc import Callable

from core.access.roles import Access
from core.conversation import Conversation
from core.handling.staff import INSIDE
from core.handoff.manager import HandoffManager
from core.messages import Address, IncomingMessage, MessageKind
from core.posts import Content, Post, PostKind, Speaker
from core.store.conversations import Conversations, Step
from core.text import shorten


class Corrections:
    """Handles edited and deleted messages, of customers and staff alike."""

    def __init__(
        self, access: Access, conversations: Conversations, handoffs: HandoffManager, text_limit: Callable[[str], int]
    ) -> None:
        self._access, self._conversations, self._handoffs, self._limit = access, conversations, handoffs, text_limit

    async def handle(self, message: IncomingMessage, state: Conversation, token: int, now: float) -> Step:
        """The step that settles a correction; it says nothing where nothing was relayed. Raises StoreUnavailable."""
        posts: list[Post] = []
        of_staff = message.via is not None
        if of_staff and message.kind is MessageKind.EDITED and not await self._access.is_staff(message.author):
            # Who is staff no longer changes nothing that customers read; taking a message back harms nobody.
            return Step(conversation=state.address, now=now, token=token)
        for to in self._targets(state, of_staff):
            of = await self._conversations.ref(state.address, f"relay:{message.message_id}:{to.platform}")
            if of:
                posts.append(self._correct(message, to, of, of_staff))
        return Step(conversation=state.address, now=now, token=token, posts=tuple(posts))

    def _targets(self, state: Conversation, of_staff: bool) -> tuple[Address, ...]:
        if of_staff:
            return (state.address,)
        return self._handoffs.threads(state.handoff) if state.handoff else ()

    def _correct(self, message: IncomingMessage, to: Address, of: str, of_staff: bool) -> Post:
        gone = message.kind is MessageKind.DELETED or (of_staff and message.text.lstrip().startswith(INSIDE))
        content = Content(
            text="" if gone else message.text[: self._limit(to.platform)],
            speaker=Speaker.COLLEAGUE if of_staff else Speaker.CUSTOMER,
            author=shorten(message.author.name or message.author.id, 80),
        )
        return Post(
            id=f"{message.event_id}>correction:{to.platform}",
            to=to,
            content=content,
            kind=PostKind.DELETE if gone else PostKind.EDIT,
            of=of,
            urgent=True,
        )
