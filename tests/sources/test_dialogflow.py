"""Agents exported from Dialogflow ES, unpacked."""

from __future__ import annotations

import json
from typing import Any

from knowledge.sources.problems import Severity
from tests.sources.conftest import Read


def intent(name: str, *messages: dict[str, Any], **more: Any) -> str:
    response = {"resetContexts": False, "parameters": more.pop("parameters", []), "messages": messages, "speech": []}
    known = {"id": "1", "name": name, "auto": True, "contexts": [], "responses": [response]}
    return json.dumps(known | {"webhookUsed": False, "fallbackIntent": False, "events": []} | more, indent=2)


def text(*speech: str, lang: str = "en", **more: Any) -> dict[str, Any]:
    return {"type": "0", "title": "", "lang": lang, "speech": list(speech), "condition": ""} | more


def said(*texts: str, **more: Any) -> str:
    return json.dumps([{"id": "2", "data": [{"text": one}], "isTemplate": False, "count": 0} | more for one in texts])


AGENT = {
    "agent.json": json.dumps(
        {"description": "", "language": "en", "supportedLanguages": ["de"], "defaultTimezone": ""}
    ),
    "package.json": '{"version": "1.0.0"}',
    "entities/card.json": json.dumps({"id": "3", "name": "card", "isOverridable": True, "isEnum": False}),
    "entities/card_entries_en.json": json.dumps([{"value": "gold", "synonyms": ["golden"]}]),
    "intents/Default Fallback Intent.json": intent("Default Fallback Intent", text("Sorry?"), fallbackIntent=True),
    "intents/Default Welcome Intent.json": intent("Default Welcome Intent", text("Hi!"), events=[{"name": "WELCOME"}]),
    "intents/Default Welcome Intent_usersays_en.json": said("hello"),
    "intents/smalltalk.thanks.json": intent("smalltalk.thanks", text("You're welcome.")),
    "intents/smalltalk.thanks_usersays_en.json": said("thanks"),
}


def test_intents_are_entries_and_the_rest_of_an_agent_is_told(read: Read) -> None:
    fee = json.dumps(
        [
            {"data": [{"text": "is there a fee for the "}, {"text": "gold", "meta": "@card"}, {"text": " card?"}]},
            {"data": [{"text": "fees"}]},
            {"data": [{"text": "fees for @card:card"}], "isTemplate": True},
        ]
    )
    reading = read(
        AGENT | {"intents/Fees _ costs.json": intent("Fees / costs", text("None.", "Nothing.")),
                 "intents/Fees _ costs_usersays_en.json": fee}
    )  # fmt: skip
    (entry,) = reading.entries
    assert (entry.id, entry.question, entry.alternates, entry.answer) == (
        "fees-costs", "is there a fee for the gold card?", ("fees",), "None."
    )  # fmt: skip
    assert (entry.language, entry.path) == ("en", "intents/Fees _ costs.json")
    assert reading.complete
    assert {problem.severity for problem in reading.problems} == {Severity.NOTE}


def test_an_answer_is_every_text_in_turn_with_the_links_of_cards(read: Read) -> None:
    card = {
        "type": "1", "platform": "facebook", "title": "Fees", "lang": "en",
        "buttons": [
            {"text": "All fees", "postback": "https://shop.example/fees"},
            {"text": "Back", "postback": "back"},
        ],
    }  # fmt: skip
    other = text("Only on Telegram.", platform="telegram")
    reading = read(
        {
            "intents/Fees.json": intent("Fees", card, other, text("Line one\n• line two"), text("More below.")),
            "intents/Fees_usersays_en.json": said("fees"),
        }
    )
    (entry,) = reading.entries
    assert entry.answer == "Line one  \n• line two\n\nMore below.\n\n[All fees](https://shop.example/fees)"


def test_without_a_text_for_all_platforms_the_first_platforms_is_taken(read: Read) -> None:
    simple = {"type": "simple_response", "platform": "google", "lang": "en", "textToSpeech": "From nine to five."}
    empty = {"type": "0", "lang": "en", "title": ""}
    (entry,) = read(
        {"intents/Hours.json": intent("Hours", simple, empty), "intents/Hours_usersays_en.json": said("When?")}
    ).entries
    assert entry.answer == "From nine to five."


def test_languages_stand_side_by_side(read: Read) -> None:
    reading = read(
        {
            "intents/Fees.json": intent("Fees", text("None."), text("Keine.", lang="de")),
            "intents/Fees_usersays_en.json": said("Is there a fee?"),
            "intents/Fees_usersays_de.json": said("Kostet das etwas?"),
        }
    )
    assert {(entry.id, entry.question, entry.answer, entry.language) for entry in reading.entries} == {
        ("fees", "Is there a fee?", "None.", "en"),
        ("fees-de", "Kostet das etwas?", "Keine.", "de"),
    }


def test_exports_from_before_languages_are_read_too(read: Read) -> None:
    old = intent("Fees", {"type": 0, "speech": "None."}, userSays=[{"data": [{"text": "Is there a fee?"}]}])
    between = intent("Hours", {"type": 0, "speech": ["From nine to five."]})
    reading = read({"Fees.json": old, "Hours.json": between, "Hours_usersays_en.json": said("When are you open?")})
    assert {(entry.id, entry.question, entry.answer) for entry in reading.entries} == {
        ("fees", "Is there a fee?", "None."),
        ("hours", "When are you open?", "From nine to five."),
    }


def test_what_only_the_agent_could_say_is_left_out_and_told(read: Read) -> None:
    balance = intent("Balance", text("You have $amount."), parameters=[{"name": "amount"}])
    reading = read(
        {
            "intents/Balance.json": balance,
            "intents/Balance_usersays_en.json": said("How much have I got?"),
            "intents/Order.json": intent("Order", text("One moment."), webhookUsed=True),
            "intents/Order_usersays_en.json": said("Where is my order?"),
            "intents/Order - yes.json": intent("Order - yes", text("Fine."), contexts=["Order-followup"]),
            "intents/Order - yes_usersays_en.json": said("yes"),
            "intents/Price.json": intent("Price", text("It costs $5."), parameters=[{"name": "size"}]),
            "intents/Price_usersays_en.json": said("What is the price?"),
        }
    )
    assert [(entry.question, entry.answer) for entry in reading.entries] == [("What is the price?", "It costs $5.")]
    (gap,) = reading.errors
    assert (gap.path, "$amount" in gap.message) == ("intents/Balance.json", True)
    told = {(problem.code, problem.path) for problem in reading.problems}
    assert ("no-answer", "intents/Order.json") in told
    assert ("dialogue", "intents/Order - yes.json") in told


def test_rows_of_an_faq_are_no_agent(read: Read) -> None:
    (entry,) = read({"faq.json": json.dumps([{"value": 1, "question": "Is it free?", "answer": "Yes."}])}).entries
    assert entry.answer == "Yes."
