from __future__ import annotations

import pytest

from knowledge.search.followup import Reading, Standing, content, parts, readings, standing, subject, without

EARLIER = "How do I order a new debit card?"


@pytest.mark.parametrize(
    "message",
    [
        "And for the other card?",
        "what about a credit card",
        "how long does it take?",
        "can I do that online?",
        "why?",
        "y para la otra?",
        "und mit Kreditkarte?",
        "is it free?",
    ],
)
def test_a_message_that_leans_on_the_last_is_put_behind_it(message: str):
    assert readings(message, [EARLIER]) == (Reading(message, (EARLIER,)),)
    assert readings(message, []) == (Reading(message),)


@pytest.mark.parametrize(
    "message",
    [
        "Where can I change my address?",
        "I want to close my account",
        "Is there a fee for payments abroad?",
        "How do I delete the app from my old phone, which is broken, and put it on the new one I bought last week?",
    ],
)
def test_a_message_that_stands_alone_is_searched_alone(message: str):
    assert readings(message, [EARLIER]) == (Reading(message),)


def test_the_last_message_that_stood_alone_is_the_topic():
    history = [EARLIER, "How long does it take?", "ok thanks"]
    (reading,) = readings("and is it free?", history)
    assert reading.thread == (EARLIER, "How long does it take?")


def test_where_words_do_not_tell_both_are_tried():
    assert standing("debit card fee") is Standing.UNSURE
    alone, together = readings("debit card fee", [EARLIER])
    assert alone == Reading("debit card fee")
    assert together == Reading("debit card fee", (EARLIER,))
    assert readings("debit card fee", []) == (alone,)
    assert readings("thanks", [EARLIER]) == (Reading("thanks"),)


def test_a_follow_up_leans_on_everything_since_the_last_message_that_stood_alone():
    history = ["Where can I change my address?", EARLIER, "And a credit card?", "yes", "thanks!"]
    (reading,) = readings("how long does that take?", history)
    assert reading.thread == (EARLIER, "And a credit card?")


def test_the_parts_of_a_message_are_what_stands_between_function_words_and_marks():
    text = "Is there parking at the Old Mill store, or wifi?"
    assert [text[start:end] for start, end in parts(text)] == ["parking", "Old Mill store", "wifi"]
    assert without(text, parts(text)[1:2]) == "Is there parking at the , or wifi?"
    assert content("what about wifi?") == "wifi"
    assert content("and that?") == "and that?"
    assert subject("how often can I do that at home?") == "home"
    assert subject("and how long?") == ""


def test_hostile_lengths_are_read_in_linear_time():
    assert standing("and " * 100_000) is Standing.ALONE
    assert readings("it " * 50_000, ["x " * 50_000])
