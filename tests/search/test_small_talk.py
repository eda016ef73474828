from __future__ import annotations

import pytest

from knowledge.search import SmallTalk, small_talk
from knowledge.search.smalltalk import question_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hello", SmallTalk.GREETING),
        ("Helloooo!!! 👋", SmallTalk.GREETING),
        ("Guten Morgen", SmallTalk.GREETING),
        ("hola", SmallTalk.GREETING),
        ("anyone there?", SmallTalk.GREETING),
        ("hi, how are you?", SmallTalk.HOW_ARE_YOU),
        ("¿Qué tal?", SmallTalk.HOW_ARE_YOU),
        ("Who are you?", SmallTalk.WHO_ARE_YOU),
        ("Wie heißt du?", SmallTalk.WHO_ARE_YOU),
        ("are you a bot or a human", SmallTalk.ARE_YOU_HUMAN),
        ("Am I talking to a real person?", SmallTalk.ARE_YOU_HUMAN),
        ("thanks", SmallTalk.THANKS),
        ("Thank you so much for your help 🙏", SmallTalk.THANKS),
        ("no thanks", SmallTalk.THANKS),
        ("tack så mycket", SmallTalk.THANKS),
        ("teşekkürler", SmallTalk.THANKS),
        ("ok bye", SmallTalk.GOODBYE),
        ("ok thanks bye", SmallTalk.GOODBYE),
        ("au revoir !", SmallTalk.GOODBYE),
    ],
)
def test_recognised(text: str, kind: SmallTalk):
    assert small_talk(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂",
        "no",
        "hi, where is my refund?",
        "thanks but my card is still lost",
        "hello, I want to talk to a human",
        "no good",
        "are you open today",
        "who is my account manager",
        "how do I say goodbye to my subscription",
        "what is your refund policy",
        "thank you page does not load",
        "bye bye free trial? how do I cancel",
        "hello " * 2000,
        "h" * 50_000,
    ],
)
def test_a_possible_question_is_left_alone(text: str):
    assert small_talk(text) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hi there! Where is my refund?", "Where is my refund?"),
        ("hi how do I pay", "how do I pay"),
        ("Guten Morgen, wie kann ich zahlen?", "wie kann ich zahlen?"),
        ("Good morning, how are you? I lost my card. Thanks a lot!", "I lost my card."),
        ("Hello, I'm Ada.", "I'm Ada."),
        ("Hello!", "Hello!"),
        ("thanks", "thanks"),
        ("Hello Kitty?", "Hello Kitty?"),
        ("Is it open? That is my question.", "Is it open? That is my question."),
    ],
)
def test_a_question_is_searched_without_the_greeting_before_it_and_the_thanks_behind(text: str, question: str):
    assert question_in(text) == question


@pytest.mark.parametrize(
    "text",
    ["a. " + " " * 20_000 + "b ,c d", "hi" + "\n" * 20_000 + "(", " " * 20_000 + "hi there", "x" + " " * 20_000 + "y"],
    ids=["spaces behind", "line ends", "spaces before", "spaces between"],
)
def test_endless_spaces_and_line_ends_cost_nothing(text: str):
    # Read again and again from each place, these would take minutes.
    assert question_in(text) == text.strip()
