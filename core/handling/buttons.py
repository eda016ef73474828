"""What a customer's buttons do. They travel through the lane like words, so that their order holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core import wording
from core.access.roles import Role
from core.clock import Clock
from core.conversation import Conversation, Mode, RecordLine, Turn
from core.errors import Refused
from core.gaps import GapKind, gap_json
from core.handling.customer import CustomerMessages
from core.handling.replies import HUMAN, Replies
from core.handoff.machine import Actor, Details
from core.handoff.manager import HandoffManager
from core.handoff.table import Event
from core.inbox.inbox import OVER_LIMIT
from core.messages import IncomingMessage
from core.posts import Button, Speaker
from core.store.conversations import Step

PRESSED = "pressed 'Talk to a human'"
"""The reason of a handoff that a button asked for."""


class CustomerButtons:
    """Handles pressed buttons, and the stand-in for messages above the rate limit."""

    def __init__(self, handoffs: HandoffManager, replies: Replies, customers: CustomerMessages, clock: Clock) -> None:
        self._handoffs, self._replies, self._customers, self._clock = handoffs, replies, customers, clock

    async def handle(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        """The step that settles a button. Raises StoreUnavailable."""
        match message.action:
            case "human":
                return await self._human(message, state, turns, token)
            case "cancel_wait":
                return await self._cancel(message, state, turns, token)
            case "rate":
                return self._rate(message, state, token)
            case "pick":
                return await self._customers.pick(message, state, turns, token)
            case "helpful":
                return self._say(message, state, wording.HELPFUL, token)
            case "not_helpful":
                buttons = (HUMAN,) if state.mode is Mode.BOT else ()
                worse = replace(state, misses=state.misses + 1)
                step = self._say(message, worse, wording.NOT_HELPFUL, token, buttons, kind="offer")
                asked = state.asked or message.value
                gap = gap_json(self._clock.now(), asked, GapKind.UNHELPFUL, message.value, by=message.author)
                return replace(step, gap=gap)
            case name if name == OVER_LIMIT:
                return self._say(message, state, wording.SLOW_DOWN, token, (HUMAN,))
            case _:
                return self._say(message, state, wording.NEVER_MIND_BUTTONS, token)

    async def _human(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        if state.mode is Mode.HUMAN:
            return self._say(message, state, wording.HUMAN_ALREADY, token)
        if state.mode is Mode.WAITING:
            return self._say(message, state, wording.STILL_WAITING, token)
        return await self._customers.page(message, state, turns, PRESSED, token)

    async def _cancel(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        actor = Actor(message.author, frozenset({Role.CUSTOMER}))
        try:
            change = await self._handoffs.change(state, Event.CANCEL, actor, Details(), turns)
        except Refused:
            return self._say(message, state, wording.NOTHING_TO_CANCEL, token)
        return change.step(self._clock.now(), (), token, message.event_id)

    def _rate(self, message: IncomingMessage, state: Conversation, token: int) -> Step:
        handoff_id, _, stars = message.value.partition(":")
        ended = state.ended
        if ended is None or ended.id != handoff_id or ended.rated or stars not in wording.RATINGS:
            return self._say(message, state, wording.NEVER_MIND_BUTTONS, token)
        step = self._say(message, replace(state, ended=replace(ended, rated=True)), wording.RATED, token)
        line = RecordLine(at=self._clock.now(), who=message.author.key, what="rate", why=stars)
        return replace(step, handoff_id=handoff_id, record=(line,))

    def _say(
        self, message: IncomingMessage, state: Conversation, text: str, token: int, buttons: Sequence[Button] = (),
        kind: str = "notice",
    ) -> Step:  # fmt: skip
        now = self._clock.now()
        posts, turn = self._replies.say(
            message, state, text, kind=kind, buttons=buttons, speaker=Speaker.SYSTEM, now=now
        )
        return Step(conversation=state.address, now=now, state=state, token=token, posts=tuple(posts), turns=(turn,))
