"""The routing decision: a pure function, made before any model is called.

The order is fixed: owned by a human, VIP, asks for a human, policy (topics, repeated failure, anger), else answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

from core.routing.human_request import HumanRequestDetector, Kind, Verdict
from core.routing.phrases import Phrases
from core.routing.signals import Sign, Signal, SignalDetector, repeats
from core.routing.topics import Topic, TopicAction, TopicDetector, TopicFound, default_topics

REMEMBERED: Final = 1024
"""Texts whose signs a router remembers; of 4,000 characters at most, as callers pass them."""


class Action(StrEnum):
    """What happens to a message."""

    RELAY = "relay"
    """Goes to the colleague who owns the conversation; the bot says nothing."""
    PAGE = "page"
    """A person is called; nothing is answered."""
    ANSWER_AND_PAGE = "answer_and_page"
    """A person is called, and the FAQ answers meanwhile."""
    STILL_WAITING = "still_waiting"
    """A person was called before and is called no second time: tell where it stands."""
    OFFER = "offer"
    """Answer from the FAQ, and offer a person with one tap."""
    SAY_BOT = "say_bot"
    """Tell the truth: this is software, and a person is one tap away."""
    ANSWER = "answer"
    """Answer from the FAQ."""


class Cause(StrEnum):
    """Why, for programs; `Decision.reason` says it in words."""

    OWNED = "owned"
    VIP = "vip"
    ASKED = "asked"
    REFUSED_BOT = "refused_bot"
    ACCEPTED_OFFER = "accepted_offer"
    TOPIC = "topic"
    LOW_CONFIDENCE = "low_confidence"
    REPHRASING = "rephrasing"
    ANGER = "anger"
    USELESS = "useless"
    COMPLAINT = "complaint"
    LEAVING = "leaving"
    ASKED_IF_HUMAN = "asked_if_human"
    PERHAPS_ASKED = "perhaps_asked"
    NONE = "none"


class VipPolicy(StrEnum):
    """What being a VIP means; set per group."""

    PAGE = "page"
    OFFER = "offer"
    ANSWER_AND_PAGE = "answer_and_page"


@dataclass(frozen=True, slots=True)
class VipStatus:
    """Why the customer counts as VIP. Comes from configuration and the platform, never from the message."""

    why: str
    """In words for staff: `group gold`, `listed`."""
    policy: VipPolicy = VipPolicy.PAGE
    """What follows from it."""


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """What operators decide about the policy step."""

    page_on: frozenset[Cause] = frozenset()
    """Causes of the policy step (anger, useless, complaint, leaving, low confidence, rephrasing) that page
    rather than offer."""
    low_confidence_limit: int = 2
    """So many answers below the gate in a row bring an offer; 0 turns it off."""
    repeats_limit: int = 2
    """So often asked the same before brings an offer; 0 turns it off."""


@dataclass(frozen=True, slots=True)
class RoutingContext:
    """What the decision needs to know of the conversation. Holds nothing from before its last resolve."""

    owned_by_human: bool = False
    """A colleague has claimed it."""
    waiting: bool = False
    """A person was paged and nobody has claimed yet."""
    vip: VipStatus | None = None
    """The customer's VIP status, if any."""
    low_confidence_streak: int = 0
    """Answers below the confidence gate in a row, up to now."""
    recent_customer_texts: tuple[str, ...] = ()
    """The customer's earlier messages since the last resolve, oldest first, without this one."""
    offer_open: bool = False
    """The bot's last message offered a person; "yes please" then takes it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to the message, and why."""

    action: Action
    """What happens."""
    cause: Cause
    """Why, for programs."""
    reason: str
    """Why, in words for staff: `asked for a human: 'put me through'`. "" when there is nothing to say."""
    evidence: str = ""
    """The customer's words that decided, if words did."""
    topic: str = ""
    """Name of the sensitive topic, if one decided."""
    wording: str = ""
    """Key of the sentence that fits, where one is special to the cause; "" for the action's usual one."""
    verdict: Verdict = field(default_factory=lambda: Verdict(Kind.NONE, 0.0))
    """What the detector of human requests found."""

    @property
    def pages(self) -> bool:
        """Whether a person is to be called now."""
        return self.action in {Action.PAGE, Action.ANSWER_AND_PAGE}


class Routing(Protocol):
    """What decides."""

    def route(self, text: str, context: RoutingContext) -> Decision:
        """As `Router.route`."""


class Router:
    """Detectors and policy, put together once; `route` is then a pure function of its arguments."""

    def __init__(
        self,
        *,
        phrases: Phrases | None = None,
        topics: Iterable[Topic] | None = None,
        policy: RoutingPolicy | None = None,
    ) -> None:
        """
        Args:
            phrases: operators' own phrases for requests and topics.
            topics: sensitive topics; the package's own by default.
            policy: what pages and what offers.
        """
        own = phrases or Phrases()
        self._signals = SignalDetector()
        topic = TopicDetector(own.applied_to(default_topics() if topics is None else topics)).find
        # What a text says by itself is found once: in support the same few questions come again and again.
        self._verdict = lru_cache(REMEMBERED)(HumanRequestDetector(own).detect)
        self._topic = lru_cache(REMEMBERED)(topic)
        self._sign = lru_cache(REMEMBERED)(self._signals.find)
        self._policy = policy or RoutingPolicy()

    def route(self, text: str, context: RoutingContext) -> Decision:
        """Decide what happens to one message.

        Args:
            text: the customer's message. What it says about rules, roles or VIPs is never obeyed: the only thing that
                words can do is ask for a person.
            context: the conversation, from its last resolve on.
        """
        if context.owned_by_human:
            return Decision(Action.RELAY, Cause.OWNED, "owned by a human")
        verdict = self._verdict(text)
        vip = context.vip
        if vip is not None and vip.policy is not VipPolicy.OFFER and not context.waiting:
            action = Action.PAGE if vip.policy is VipPolicy.PAGE else Action.ANSWER_AND_PAGE
            return Decision(action, Cause.VIP, f"VIP: {vip.why}", verdict=verdict)
        if (asked := self._asked(text, context, verdict)) is not None:
            return asked
        topic = self._topic(text)
        if topic is not None and topic.topic.action is TopicAction.PAGE:
            return _of_topic(topic, context, verdict)
        if verdict.kind is Kind.ASKS_IF_HUMAN:
            return Decision(
                Action.SAY_BOT, Cause.ASKED_IF_HUMAN, f"asked whether this is a human: {verdict.evidence!r}",
                verdict.evidence, verdict=verdict,
            )  # fmt: skip
        if topic is not None:
            return _of_topic(topic, context, verdict)
        return self._by_policy(text, context, verdict)

    def _asked(self, text: str, context: RoutingContext, verdict: Verdict) -> Decision | None:
        if verdict.kind is Kind.ASK:
            cause, reason = Cause.ASKED, f"asked for a human: {verdict.evidence!r}"
        elif verdict.kind is Kind.REFUSE_BOT:
            cause, reason = Cause.REFUSED_BOT, f"refused the bot: {verdict.evidence!r}"
        elif context.offer_open and self._signals.accepts(text):
            said = " ".join(text.split())[:200]
            cause, reason = Cause.ACCEPTED_OFFER, f"accepted the offer of a human: {said!r}"
            return Decision(_page(context), cause, reason, said, verdict=verdict)
        else:
            return None
        return Decision(_page(context), cause, reason, verdict.evidence, verdict=verdict)

    def _by_policy(self, text: str, context: RoutingContext, verdict: Verdict) -> Decision:
        cause, reason, evidence = self._sign_of_failure(text, context, verdict)
        if cause is Cause.NONE or verdict.kind is Kind.DECLINE:
            if context.vip is not None and context.vip.policy is VipPolicy.OFFER and not context.waiting:
                return Decision(_offer(context), Cause.VIP, f"VIP: {context.vip.why}", verdict=verdict)
            return Decision(Action.ANSWER, Cause.NONE, "", verdict=verdict)
        action = _page(context) if cause in self._policy.page_on else _offer(context)
        return Decision(action, cause, reason, evidence, wording=f"offer_{cause.value}", verdict=verdict)

    def _sign_of_failure(self, text: str, context: RoutingContext, verdict: Verdict) -> tuple[Cause, str, str]:
        limit = self._policy.low_confidence_limit
        if limit and context.low_confidence_streak >= limit:
            count = context.low_confidence_streak
            return Cause.LOW_CONFIDENCE, f"{count} questions in a row without a sure answer", ""
        if verdict.kind is Kind.PERHAPS:
            return Cause.PERHAPS_ASKED, f"perhaps asked for a human: {verdict.evidence!r}", verdict.evidence
        if (sign := self._sign(text)) is not None:
            return Cause(sign.signal.value), _in_words(sign), sign.evidence
        asked_before = repeats(text, context.recent_customer_texts)
        enough = self._policy.repeats_limit
        if enough and asked_before and asked_before + context.low_confidence_streak >= enough:
            return Cause.REPHRASING, f"asked the same again ({asked_before + 1} times)", ""
        return Cause.NONE, "", ""


def _page(context: RoutingContext) -> Action:
    return Action.STILL_WAITING if context.waiting else Action.PAGE


def _offer(context: RoutingContext) -> Action:
    # Somebody is on the way already: there is nothing to offer.
    return Action.ANSWER if context.waiting else Action.OFFER


def _of_topic(found: TopicFound, context: RoutingContext, verdict: Verdict) -> Decision:
    pages = found.topic.action is TopicAction.PAGE
    return Decision(
        _page(context) if pages else _offer(context), Cause.TOPIC, f"topic {found.topic.title}: {found.evidence!r}",
        found.evidence, found.topic.name, found.topic.wording, verdict,
    )  # fmt: skip


_SIGNS = {
    Signal.ANGER: "angry",
    Signal.USELESS: "says that the bot does not help",
    Signal.COMPLAINT: "complains",
    Signal.LEAVING: "threatens to leave",
    Signal.REPHRASING: "asked the same again",
}


def _in_words(sign: Sign) -> str:
    return f"{_SIGNS[sign.signal]}: {sign.evidence!r}"
