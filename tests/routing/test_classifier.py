"""The classifier beside the grammar: what it finds, how it says so, and that its file fits what it was trained on."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from core.routing import Action, Cause, HumanRequestDetector, Kind, Phrases, Router, RoutingContext
from core.routing.classifier import classifier, read
from core.routing.features import WINDOW, windows
from core.routing.text import Token, sentences, tokens
from core.routing.training.examples import digest, examples


@pytest.fixture(scope="module")
def detector() -> HumanRequestDetector:
    return HumanRequestDetector()


def first(text: str) -> list[Token]:
    return next(sentences(tokens(text)))


def test_the_weights_are_those_of_the_sentences_in_the_project() -> None:
    raw = json.loads((files("core.routing") / "classifier.json").read_text("utf-8"))
    assert raw["sentences"] == digest(), "train again: python -m core.routing.training.train"


def test_examples_are_the_same_each_time() -> None:
    assert examples() == examples()


def test_a_file_for_features_of_another_size_is_refused() -> None:
    raw = json.loads((files("core.routing") / "classifier.json").read_text("utf-8"))
    with pytest.raises(ValueError, match="train it again"):
        read(json.dumps({**raw, "weights": "eJxjAAAAAQAB"}))


def test_a_request_scores_higher_than_a_near_miss() -> None:
    asks, _ = classifier().score(first("fetch me one of the nurses on duty"))
    misses, _ = classifier().score(first("how do I add a nurse to the roster"))
    assert asks > misses


def test_every_word_of_a_long_sentence_is_in_a_window() -> None:
    words = first(" ".join(f"word{n}" for n in range(3 * WINDOW + 5)))
    assert {token.text for window in windows(words) for token in window} == {token.text for token in words}
    assert all(len(window) <= WINDOW for window in windows(words))


def test_an_unsure_score_offers_a_person_with_the_words_that_made_it_unsure() -> None:
    limits = classifier().thresholds
    assert limits.veto < limits.offer < limits.page
    found = [
        decision
        for example in examples()[::7]
        if (decision := ROUTER.route(example.text, RoutingContext())).verdict.kind is Kind.PERHAPS
    ]
    assert found
    for decision in found:
        assert not decision.pages
        if decision.cause is Cause.PERHAPS_ASKED:
            assert decision.action is Action.OFFER
            assert decision.reason == f"perhaps asked for a human: {decision.evidence!r}"


def test_operators_counter_examples_go_before_the_classifier() -> None:
    text = "hook me up with one of your wizards"
    assert not HumanRequestDetector(Phrases(not_human=(text,))).detect(text).wants_human
    assert HumanRequestDetector(Phrases(human=("one of your wizards",))).detect(text).wants_human


ROUTER = Router()
