"""Anger, complaints, threats to leave, sensitive topics: what brings an offer, in several languages."""

from __future__ import annotations

import pytest

from core.routing.signals import Signal, SignalDetector, repeats
from core.routing.topics import Topic, TopicAction, TopicDetector, default_topics

SIGNALS = SignalDetector()
TOPICS = TopicDetector()


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("This is RIDICULOUS", Signal.ANGER),
        ("ich bin stinksauer auf euch", Signal.ANGER),
        ("c'est une honte", Signal.ANGER),
        ("you're no help at all", Signal.USELESS),
        ("esto no me sirve", Signal.USELESS),
        ("Das hilft mir nicht", Signal.USELESS),
        ("işe yaramıyor bu", Signal.USELESS),
        ("I want to file a complaint", Signal.COMPLAINT),
        ("ik wil een klacht indienen", Signal.COMPLAINT),
        ("jag vill lämna ett klagomål", Signal.COMPLAINT),
        ("I'm taking my business elsewhere", Signal.LEAVING),
        ("dann gehe ich zur Konkurrenz", Signal.LEAVING),
        ("I will never order from you again", Signal.LEAVING),
    ],
)
def test_signs(text: str, signal: Signal) -> None:
    found = SIGNALS.find(text)
    assert found is not None
    assert found.signal is signal


@pytest.mark.parametrize(
    "text",
    [
        "where is my parcel",
        "how many times can I withdraw",
        "switch to another account",
        "thank you, that helped",
        "",
        "wie hoch ist die Gebühr?",
    ],
)
def test_calm_messages_carry_no_sign(text: str) -> None:
    assert SIGNALS.find(text) is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I think I've been scammed by a fake shop", "fraud"),
        ("there are transactions that I didn't make", "fraud"),
        ("me hackearon la cuenta", "fraud"),
        ("I lost my debit card yesterday", "lost_card"),
        ("meine Karte wurde gestohlen", "lost_card"),
        ("I will talk to my lawyer about this", "legal"),
        ("my ex keeps threatening me through payment notes", "harassment"),
        ("please delete all my data under GDPR", "data_protection"),
        ("I want to end my life", "self_harm"),
        ("je n'ai plus envie de mourir mais presque, envie de mourir", "self_harm"),
    ],
)
def test_topics(text: str, topic: str) -> None:
    found = TOPICS.find(text)
    assert found is not None
    assert found.topic.name == topic


def test_a_topic_that_pages_goes_before_one_that_offers() -> None:
    found = TOPICS.find("I lost my card and I want to end my life")
    assert found is not None
    assert (found.topic.name, found.evidence) == ("self_harm", "end my life")


def test_a_gap_does_not_reach_into_the_next_sentence() -> None:
    topics = TopicDetector([Topic("t", TopicAction.OFFER, "w", ("lost ... card",))])
    assert topics.find("lost my new blue card") is not None
    assert topics.find("lost my very new blue card") is None
    assert topics.find("I lost. My card is fine") is None


def test_quoted_words_touch_no_topic() -> None:
    assert TOPICS.find("`fraud on my`") is None


def test_every_default_topic_has_a_wording_and_words() -> None:
    assert {t.name for t in default_topics()} == {
        "self_harm", "fraud", "lost_card", "legal", "harassment", "data_protection",
    }  # fmt: skip
    assert all(t.wording == f"topic_{t.name}" and t.phrases for t in default_topics())


@pytest.mark.parametrize(
    "text", ["yes", "Yes please!", "sí, por favor", "ok", "oui merci", "evet lütfen", "tak, proszę"]
)
def test_a_plain_yes_accepts(text: str) -> None:
    assert SIGNALS.accepts(text)


@pytest.mark.parametrize(
    "text", ["no", "yes but when does it arrive", "yes yes yes yes yes yes yes yes", "", "thanks, where?"]
)
def test_more_or_less_than_a_yes_does_not(text: str) -> None:
    assert not SIGNALS.accepts(text)


def test_repeats_counts_the_same_question_only() -> None:
    earlier = ["when will my refund arrive", "what does shipping cost", "hi", "my refund: when will it arrive"]
    assert repeats("when will the refund arrive", earlier) == 2
    assert repeats("hi", earlier) == 0
