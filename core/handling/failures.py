"""Posts that a platform will never take: whoever relies on them is told."""

from __future__ import annotations

import logging
from dataclasses import replace
from hashlib import sha1

from core import wording
from core.clock import Clock
from core.conversation import RecordLine
from core.desk.card import card_id
from core.handling.replies import HUMAN
from core.handoff.machine import SYSTEM
from core.handoff.manager import HandoffManager
from core.handoff.sayer import PAGER
from core.messages import Address
from core.policy import Policy
from core.posts import Button, Content, Post, PostKind, Speaker
from core.store.conversations import Conversations, Step

log = logging.getLogger(__name__)


def short_name(post_id: str) -> str:
    """A post id short enough for a button."""
    return sha1(post_id.encode(), usedforsecurity=False).hexdigest()[:12]


def explanation(conversation: str, post: Post) -> Post | None:
    """What the customer reads in place of a refused post of Concierge's own; None where others are told instead."""
    own = post.content.speaker in {Speaker.BOT, Speaker.SYSTEM} and post.to == Address.parse(conversation)
    if not own or post.kind is not PostKind.SEND or post.id.endswith("!"):
        return None
    content = Content(text=wording.NOT_SHOWN, speaker=post.content.speaker, buttons=(HUMAN,))
    return replace(post, id=f"{post.id}!", content=content)


class DeliveryFailures:
    """Decides what follows from a refused post. What it posts itself has ids that end in `!`, and stops there."""

    def __init__(self, conversations: Conversations, handoffs: HandoffManager, clock: Clock, policy: Policy) -> None:
        self._conversations, self._handoffs, self._clock, self._policy = conversations, handoffs, clock, policy

    async def handle(self, conversation: str, post: Post, why: str) -> None:
        """A platform refused `post` of a conversation for good. Raises StoreUnavailable."""
        if post.id.endswith("!") or post.kind is not PostKind.SEND:
            return
        address = Address.parse(conversation)
        state = await self._conversations.load(address)
        handoff = state.handoff
        if handoff is None:
            return
        posts: list[Post] = []
        record: list[RecordLine] = []
        if post.page:
            record.append(RecordLine(self._clock.now(), SYSTEM.key, "page_failed", why, post.to.key))
            for desk in self._handoffs.threads(handoff):
                posts.append(
                    Post(
                        id=f"{post.id}:{desk.platform}!", to=desk, urgent=True,
                        content=Content(text=wording.page_failed(why), speaker=Speaker.SYSTEM),
                        under=card_id(handoff.id, desk.platform),
                    )
                )  # fmt: skip
        elif post.content.speaker is Speaker.COLLEAGUE:
            for desk in self._handoffs.threads(handoff):
                posts.append(
                    Post(
                        id=f"{post.id}:{desk.platform}!", to=desk, urgent=True,
                        content=Content(
                            text=wording.relay_failed(why), speaker=Speaker.SYSTEM,
                            buttons=(Button("retry_relay", wording.RETRY, f"{handoff.id} {short_name(post.id)}"),),
                        ),
                        under=card_id(handoff.id, desk.platform),
                    )
                )  # fmt: skip
        elif post.content.card is not None or post.content.speaker is Speaker.CUSTOMER:
            log.error("handoff %s could not be shown at the desk %s: %s", handoff.id, post.to.key, why)
            text = f"{handoff.customer.name or handoff.customer.id}: {handoff.reason} ({why})"
            posts.append(
                Post(
                    id=f"{post.id}:pager!", to=Address(PAGER, "urls"), urgent=True,
                    content=Content(text=text, speaker=Speaker.SYSTEM),
                )
            )  # fmt: skip
            if len(handoff.desks) <= 1:  # nobody can see it: the customer is told the truth
                posts.append(
                    Post(
                        id=f"{post.id}:customer!", to=address, urgent=True,
                        content=Content(text=wording.nobody_came(self._policy.fallback), speaker=Speaker.SYSTEM),
                    )
                )  # fmt: skip
        if posts or record:
            await self._conversations.apply(
                Step(
                    conversation=address, now=self._clock.now(), posts=tuple(posts),
                    handoff_id=handoff.id if record else "", record=tuple(record),
                )
            )  # fmt: skip
