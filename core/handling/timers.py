"""Timers that came due: the ladder, the wait, the first reply, silence. Each arrives once, as a message of its lane."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.clock import Clock
from core.conversation import Conversation, Handoff, Mode, Turn, standing
from core.desk.card import card, card_id, state_of
from core.errors import Refused
from core.handling.briefing import BRIEF, Briefings
from core.handoff.change import timer
from core.handoff.effects import TOLD_EVERY
from core.handoff.machine import SYSTEM, Details
from core.handoff.manager import HandoffManager
from core.handoff.table import Event
from core.messages import IncomingMessage
from core.policy import Policy
from core.posts import Post, PostKind, Speaker
from core.store.conversations import Step

BRIEFED_AFTER = 60.0
"""Seconds after which what was not written for a card is tried again."""
_EVENTS = {
    "offer": Event.OFFER_PASSED,
    "rung": Event.CLIMB,
    "nudge": Event.NUDGE,
    "claim-expire": Event.CLAIM_EXPIRED,
    "wake": Event.WAKE,
    "unanswered": Event.UNANSWERED,
    "left": Event.LEFT,
    "remind": Event.REMIND,
    "expire": Event.EXPIRE,
    "wait-expire": Event.EXPIRE,
}


class Timers:
    """Handles timers."""

    def __init__(self, handoffs: HandoffManager, briefings: Briefings, clock: Clock, policy: Policy) -> None:
        self._handoffs, self._briefings, self._clock, self._policy = handoffs, briefings, clock, policy

    async def handle(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        """The step that settles a timer; one that is out of date changes nothing. Raises StoreUnavailable."""
        now = self._clock.now()
        nothing = Step(conversation=state.address, now=now, token=token)
        kind, _, handoff_id = message.action.partition(":")
        handoff = state.handoff
        if handoff is None or handoff.id != handoff_id:
            return nothing
        if kind == "draft":
            return self._brief_later(state, handoff, turns, token)
        if kind == BRIEF:
            return self._briefed(message, state, handoff, turns, token)
        if kind == "place":
            return await self._place(state, handoff, turns, token)
        details, preface = Details(), ""
        if kind == "nobody":
            event, preface = Event.TOLD, wording.nobody_came(self._policy.fallback)
            details = Details(told=handoff.told, why="the ladder ended and nobody came")
        else:
            event = _EVENTS[kind]
        try:
            change = await self._handoffs.change(state, event, SYSTEM, details, turns, preface)
        except Refused:
            return nothing
        return change.step(now, [_said(post, now) for post in change.posts if post.to == state.address], token)

    async def _place(self, state: Conversation, handoff: Handoff, turns: Sequence[Turn], token: int) -> Step:
        """Tell the place in the queue when it has changed for the better by a good deal, and look again later."""
        now = self._clock.now()
        place = await self._handoffs.place(handoff)
        again = {timer("place", handoff): now + TOLD_EVERY}
        known = handoff.told or place
        if state.mode is not Mode.WAITING:
            return Step(conversation=state.address, now=now, token=token)
        if place < known and (place == 1 or place <= known / 2):
            change = await self._handoffs.change(state, Event.TOLD, SYSTEM, Details(told=place), turns)
            change.timers |= again
            return change.step(now, [_said(post, now) for post in change.posts if post.to == state.address], token)
        told = replace(state, handoff=replace(handoff, told=known))
        return Step(conversation=state.address, now=now, state=told, token=token, timers=again)

    def _brief_later(self, state: Conversation, handoff: Handoff, turns: Sequence[Turn], token: int) -> Step:
        """Have a draft and a summary written; should this process die over it, another one begins anew."""
        now = self._clock.now()
        self._briefings.begin(state.address, handoff, standing(turns, state.boundary))
        again = now + BRIEFED_AFTER if now - handoff.requested_at < 10 * BRIEFED_AFTER else None
        return Step(conversation=state.address, now=now, token=token, timers={timer("draft", handoff): again})

    def _briefed(
        self, message: IncomingMessage, state: Conversation, handoff: Handoff, turns: Sequence[Turn], token: int
    ) -> Step:
        """Put onto the card what was written."""
        now, written = self._clock.now(), json.loads(message.text)
        if message.value == "draft":
            entries = handoff.entries or tuple(written["entries"])
            new, timers = replace(handoff, draft=written["draft"], entries=entries), {}
        else:
            new, timers = replace(handoff, summary=written["summary"]), {timer("draft", handoff): None}
        content = card(new, state_of(new, state.mode), turns, self._policy.hours.timezone)
        posts = tuple(
            Post(
                id=f"{message.event_id}:{desk.platform}", to=desk, content=content, kind=PostKind.EDIT,
                of=card_id(handoff.id, desk.platform),
            )
            for desk in handoff.desks
        )  # fmt: skip
        return Step(
            conversation=state.address, now=now, state=replace(state, handoff=new), token=token,
            posts=posts if new != handoff else (), timers=timers,
        )  # fmt: skip


def _said(post: Post, now: float) -> Turn:
    return Turn(at=now, speaker=Speaker.SYSTEM, name="", text=post.content.text, id=post.id, kind="notice")
