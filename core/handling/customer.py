"""What a customer wrote: relayed, answered, or handed to a human. The decision falls before any model is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core import wording
from core.access.vips import Vips
from core.answering.answer import Answer, AnswerKind, Question
from core.answering.answerer import Answerer
from core.clock import Clock
from core.conversation import ASIDE, Conversation, Mode, Turn, standing
from core.desk.card import card_id
from core.gaps import GapKind, gap_json
from core.handling.relays import Way, relay
from core.handling.replies import HUMAN, Replies
from core.handling.typing import TypingSign
from core.handoff.change import Change, timer
from core.handoff.machine import SYSTEM, Details
from core.handoff.manager import HandoffManager
from core.handoff.table import Event
from core.messages import IncomingMessage, Person
from core.posts import Post, Speaker
from core.routing.route import Action, Cause, Decision, Routing, RoutingContext, VipStatus
from core.store.conversations import Step
from core.text import ends, has_words
from knowledge.search.smalltalk import SmallTalk, small_talk

READ = 4000
"""Characters of a message that are looked at; of a longer one, its beginning and its end."""
OFFERING = {"offer", "unknown", "unavailable"}
"""Kinds of bot turns that offer a human: "yes please" takes the offer."""


class CustomerMessages:
    """Handles messages of customers."""

    def __init__(
        self, router: Routing, answerer: Answerer, handoffs: HandoffManager, vips: Vips, replies: Replies,
        typing: TypingSign, clock: Clock, text_limit: Callable[[str], int],
    ) -> None:  # fmt: skip
        self._router, self._answerer, self._handoffs = router, answerer, handoffs
        self._vips, self._replies, self._typing, self._clock = vips, replies, typing, clock
        self._limit = text_limit

    async def handle(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        """The step that settles a message. Raises StoreUnavailable."""
        now = self._clock.now()
        said = Turn(
            at=now, speaker=Speaker.CUSTOMER, name=message.author.name or message.author.id, text=message.text,
            id=message.message_id, files=tuple(file.name for file in message.files),
        )  # fmt: skip
        bystander = state.customer is not None and state.customer.key != message.author.key
        named = message.text.startswith("@") and state.mode is not Mode.HUMAN
        if not message.addressed and (bystander or named):
            # People talking among themselves in the thread.
            return Step(conversation=state.address, now=now, token=token, turns=(replace(said, kind=ASIDE),))
        if state.customer is None or message.sent_at > state.heard:
            heard = max(state.heard, message.sent_at)
            state = replace(state, customer=state.customer or message.author, heard=heard)
        if state.mode is Mode.HUMAN:
            return await self._relay(message, state, turns, said, token)
        text = ends(message.text, READ)
        vip = await self._vips.status(message.author, state.vip)
        if (vip is not None) != bool(state.vip):
            state = replace(state, vip=vip.why if vip else "")
        decision = self._router.route(text, self._context(state, vip, turns))
        if decision.pages and not self._just_polite(decision, state, text):
            return await self._page(message, state, turns, said, decision, vip, token)
        if _among_people(message, state, turns) and decision.action is not Action.STILL_WAITING:
            # Who waits for a colleague is read at the desk all the same.
            relays, refs = self._relays(message, state) if state.handoff is not None else ([], {})
            return Step(
                conversation=state.address, now=now, token=token, turns=(replace(said, kind=ASIDE),),
                posts=tuple(relays), refs=refs,
            )  # fmt: skip
        return await self._reply(message, state, turns, said, decision, token)

    def _context(self, state: Conversation, vip: VipStatus | None, turns: Sequence[Turn]) -> RoutingContext:
        recent = [turn for turn in standing(turns, state.boundary) if turn.kind != ASIDE]
        return RoutingContext(
            owned_by_human=state.mode is Mode.HUMAN,
            waiting=state.mode is Mode.WAITING,
            vip=vip,
            low_confidence_streak=state.misses,
            recent_customer_texts=tuple(turn.text for turn in recent if turn.speaker is Speaker.CUSTOMER)[-6:],
            offer_open=bool(recent) and recent[-1].kind in OFFERING,
        )

    def _just_polite(self, decision: Decision, state: Conversation, text: str) -> bool:
        """A VIP's "thank you" after a colleague helped is no new request."""
        if decision.cause is not Cause.VIP or state.ended is None:
            return False
        return small_talk(text) in {SmallTalk.THANKS, SmallTalk.GOODBYE}

    async def page(
        self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], reason: str, token: int
    ) -> Step:
        """Ask for a human without words: a button did. Raises StoreUnavailable."""
        state = state if state.customer is not None else replace(state, customer=message.author)
        vip = await self._vips.status(message.author, state.vip)
        decision = Decision(Action.PAGE, Cause.ASKED, reason)
        asked = next((turn.text for turn in reversed(standing(turns)) if turn.speaker is Speaker.CUSTOMER), "")
        return await self._page(replace(message, text=asked), state, turns, None, decision, vip, token)

    async def pick(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], token: int) -> Step:
        """Answer with a suggestion that was chosen. Raises StoreUnavailable."""
        now = self._clock.now()
        waiting = state.mode is Mode.WAITING
        answer = await self._answerer.pick(message.value, "vip" if state.vip else "everyone")
        state = _after(state, answer, answer.sources[0].title if answer.sources else "")
        posts, turn = self._replies.answer(message, state, answer, waiting=waiting, offer="", now=now)
        return Step(conversation=state.address, now=now, state=state, token=token, posts=tuple(posts), turns=(turn,))

    async def _page(
        self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], said: Turn | None,
        decision: Decision, vip: VipStatus | None, token: int,
    ) -> Step:  # fmt: skip
        preface = wording.offer(decision.wording) if decision.topic else ""
        change = await self._handoffs.request(
            state, (*turns, said) if said else turns, message.author, decision.reason, message.text,
            vip=vip.why if vip else "", urgent=bool(decision.topic), entries=_tried(state, turns), preface=preface,
        )  # fmt: skip
        self._draft_later(change)
        spoken = [said] if said else []
        spoken += [_notice(post, self._clock.now()) for post in change.posts if post.to == state.address]
        if decision.action is Action.ANSWER_AND_PAGE:
            answer = await self._answer(message, state, turns)
            posts, turn = self._replies.answer(
                message, change.state, answer, waiting=True, offer="", now=self._clock.now()
            )
            change.posts += posts
            spoken.append(turn)
        step = change.step(self._clock.now(), spoken, token, message.event_id)
        if decision.cause is Cause.VIP or not state.asked:
            return step
        # A human was needed although the FAQ had answered, or had tried to.
        return replace(step, gap=gap_json(self._clock.now(), state.asked, GapKind.HUMAN, by=message.author))

    def _draft_later(self, change: Change) -> None:
        """What the FAQ would say goes onto the card after it is posted: looking it up never delays a page."""
        if change.state.handoff is not None:
            change.timers[timer("draft", change.state.handoff)] = self._clock.now()

    async def _reply(
        self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], said: Turn, decision: Decision,
        token: int,
    ) -> Step:  # fmt: skip
        waiting = state.mode is Mode.WAITING
        now = self._clock.now()
        if decision.action is Action.STILL_WAITING and state.handoff is not None:
            place = await self._handoffs.place(state.handoff)
            text = f"{wording.STILL_WAITING} {wording.place_now(place, None)}"
            posts, turn = self._replies.say(message, state, text, kind="notice", speaker=Speaker.SYSTEM, now=now)
        elif not has_words(message.text):
            text = wording.FILES_ONLY if message.files else wording.NO_WORDS if message.text.strip() else wording.EMPTY
            posts, turn = self._replies.say(
                message, state, text, kind="notice", buttons=() if waiting else (HUMAN,), now=now
            )
        elif decision.action is Action.SAY_BOT:
            posts, turn = self._replies.say(
                message, state, wording.I_AM_A_BOT, kind="offer", buttons=() if waiting else (HUMAN,), now=now
            )
        else:
            answer = await self._answer(message, state, turns)
            offer = wording.offer(decision.wording) if decision.action is Action.OFFER and not waiting else ""
            state = _after(state, answer, message.text)
            posts, turn = self._replies.answer(
                message, state, answer, waiting=waiting, offer=offer, now=self._clock.now()
            )
        gap = _gap(turn, message.text, self._clock.now(), message.author)
        refs: dict[str, str] = {}
        if waiting and state.handoff is not None:
            relays, refs = self._relays(message, state)
            posts = [*relays, *posts]
        return Step(
            conversation=state.address, now=self._clock.now(), state=state, token=token, turns=(said, turn),
            posts=tuple(posts), refs=refs, gap=gap,
        )  # fmt: skip

    async def _answer(self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn]) -> Answer:
        question = Question(
            text=ends(message.text, READ),
            history=standing(turns, state.boundary),
            audience="vip" if state.vip else "everyone",
        )
        async with self._typing.shown(state.address):
            return await self._answerer.answer(question)

    async def _relay(
        self, message: IncomingMessage, state: Conversation, turns: Sequence[Turn], said: Turn, token: int
    ) -> Step:
        """To the colleague who owns the conversation, out of a snooze too; the bot says nothing."""
        handoff, now = state.handoff, self._clock.now()
        assert handoff is not None
        posts, refs = self._relays(message, state)
        timers: dict[str, float | None] = {timer(kind, handoff): None for kind in ("remind", "expire")}
        if handoff.replied_at and not handoff.unanswered_since:
            timers[timer("unanswered", handoff)] = now + self._handoffs.first_reply
            state = replace(state, handoff=replace(handoff, unanswered_since=now))
        if not handoff.snoozed_until:
            return Step(
                conversation=state.address, now=now, state=state, token=token, turns=(said,), posts=tuple(posts),
                timers=timers, refs=refs,
            )  # fmt: skip
        change = await self._handoffs.change(
            state, Event.WAKE, SYSTEM, Details(), (*turns, said), wording.WOKEN_BY_CUSTOMER
        )
        change.posts[:0] = posts
        change.timers |= timers
        change.refs |= refs
        return change.step(now, (said,), token)

    def _relays(self, message: IncomingMessage, state: Conversation) -> tuple[list[Post], dict[str, str]]:
        handoff = state.handoff
        assert handoff is not None
        posts: list[Post] = []
        refs: dict[str, str] = {}
        for desk in self._handoffs.threads(handoff):
            under = card_id(handoff.id, desk.platform)
            passed_on, known = relay(
                message, message.text, Way(desk, Speaker.CUSTOMER, self._limit(desk.platform), under)
            )
            posts += passed_on
            refs |= known
        return posts, refs


def _among_people(message: IncomingMessage, state: Conversation, turns: Sequence[Turn]) -> bool:
    """Whether somebody else has joined in since the bot last spoke, so that this is likely meant for them."""
    if message.addressed:
        return False
    spoken = [turn for turn in standing(turns, state.boundary) if turn.speaker is not Speaker.SYSTEM]
    return bool(spoken) and spoken[-1].kind == ASIDE


def _tried(state: Conversation, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Ids of the entries that the bot answered with or suggested, the latest first."""
    recent = reversed(standing(turns, state.boundary))
    return tuple(dict.fromkeys(entry for turn in recent for entry in turn.entries))[:5]


def _after(state: Conversation, answer: Answer, question: str) -> Conversation:
    """Count answers of low confidence; remember what was answered."""
    if answer.kind is AnswerKind.ANSWER:
        return replace(state, misses=0, asked=question[:500])
    if answer.kind in {AnswerKind.UNKNOWN, AnswerKind.SUGGEST}:
        return replace(state, misses=state.misses + 1)
    return state


def _gap(reply: Turn, question: str, now: float, by: Person) -> str:
    """What to note when the reply settled nothing."""
    kinds = {AnswerKind.UNKNOWN.value: GapKind.UNKNOWN, AnswerKind.SUGGEST.value: GapKind.UNSURE}
    if reply.kind not in kinds:
        return ""
    return gap_json(now, question, kinds[reply.kind], reply.entries[0] if reply.entries else "", by)


def _notice(post: Post, now: float) -> Turn:
    return Turn(at=now, speaker=post.content.speaker, name="", text=post.content.text, id=post.id, kind="notice")
