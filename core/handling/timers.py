"""Timers that came due: the ladder, the wait, the first reply, silence. Each arrives once, as a message of its lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.answering.answer import Question
from core.answering.answerer import Answerer
from core.clock import Clock
from core.conversation import Conversation, Handoff, Mode, Turn
from core.desk.card import card, card_id, state_of
from core.errors import Refused
from core.handoff.change import timer
from core.handoff.effects import TOLD_EVERY
from core.handoff.machine import SYSTEM, Details
from core.handoff.manager import HandoffManager
from core.handoff.table import Event
from core.messages import IncomingMessage
from core.policy import Policy
from core.posts import Post, PostKind, Speaker
from core.store.conversations import Step

_EVENTS = {
    "offer": Event.OFFER_PASSED,
    "rung": Event.CLIMB,
    "nudge": Event.NUDGE,
    "claim-expire": Event.CLAIM_EXPIRED,
    "wake": Event.WAKE,
    "remind": Event.REMIND,
    "expire": Event.EXPIRE,
    "wait-expire": Event.EXPIRE,
}


class Timers:
    """Handles timers."""

    def __init__(self, handoffs: HandoffManager, answerer: Answerer, clock: Clock, policy: Policy) -> None:
        self._handoffs, self._answerer, self._clock, self._policy = handoffs, answerer, clock, policy

    async def handle(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        """The step that settles a timer; one that is out of date changes nothing. Raises StoreUnavailable."""
        now = self._clock.now()
        nothing = Step(conversation=state.address, now=now, token=token)
        kind, _, handoff_id = message.action.partition(":")
        handoff = state.handoff
        if handoff is None or handoff.id != handoff_id:
            return nothing
        if kind == "draft":
            return await self._draft(state, handoff, turns, token)
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

    async def _draft(self, state: Conversation, handoff: Handoff, turns: Sequence[Turn], token: int) -> Step:
        """Put onto the card what the FAQ would say."""
        now = self._clock.now()
        history = tuple(turn for turn in turns if turn.at > state.boundary and turn.text != handoff.question)
        found = await self._answerer.draft(Question(handoff.question, history))
        entries = found.entries or handoff.entries
        drafted = replace(handoff, draft=found.text, entries=entries[:5])
        content = card(drafted, state_of(drafted, state.mode), turns, self._policy.hours.timezone)
        posts = tuple(
            Post(
                id=f"{handoff.id}:draft:{desk.platform}", to=desk, content=content, kind=PostKind.EDIT,
                of=card_id(handoff.id, desk.platform),
            )
            for desk in handoff.desks
        )  # fmt: skip
        return Step(
            conversation=state.address, now=now, state=replace(state, handoff=drafted), token=token, posts=posts
        )


def _said(post: Post, now: float) -> Turn:
    return Turn(at=now, speaker=Speaker.SYSTEM, name="", text=post.content.text, id=post.id, kind="notice")
