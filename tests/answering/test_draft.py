"""What of a generated text becomes the answer, beyond each sentence's truth: it must read well, too."""

from core.answering.grounding import Draft
from core.answering.sentences import sentences
from knowledge.entries import Entry

ENTRY = Entry(
    "limit",
    "The shop refused my card. What is my limit?",
    "Your limit starts at $300 and grows with every order that is paid on time. You can't ask for a rise. "
    "Paying late lowers it by $50.",
)


def text_of(generated: str) -> str:
    draft = Draft([ENTRY], "")
    for sentence in sentences(generated):
        draft.add(sentence)
    return draft.text if draft.complete else ""


def test_a_sentence_that_says_it_again_is_left_out() -> None:
    again = "Your limit starts at $300 and grows with every order paid on time."
    assert text_of(f"{again} The limit grows with every order that is paid on time, and starts at $300.") == (
        "Your limit starts at $300 and grows with every order paid on time [1]."
    )


def test_one_that_adds_a_number_stays() -> None:
    text = text_of("You can't ask for a rise. Paying late lowers it by $50.")
    assert text == "You can't ask for a rise [1]. Paying late lowers it by $50 [1]."


def test_the_customer_s_words_are_not_given_back_as_an_answer() -> None:
    assert text_of("The shop refused my card. You can't ask for a rise.") == "You can't ask for a rise [1]."
