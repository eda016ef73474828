"""Sentences are the same however the model's text is cut into pieces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answering.sentences import LONGEST, SentenceStream, cited, sentences

TEXT = (
    "Refunds take 5.5 days, e.g. on weekends. [1] See https://pay.example/a.b?c=d [2].\n\n"
    "1. Open Settings.\n2. Tap **Remove** [1][3]!\nIs it done? Yes… It costs $7.00 [1, 2]."
)


def test_citations_belong_to_the_sentence_before_them() -> None:
    found = [(sentence.text, sentence.cites) for sentence in sentences(TEXT)]
    assert found == [
        ("Refunds take 5.5 days, e.g. on weekends.", (1,)),
        ("See https://pay.example/a.b?c=d.", (2,)),
        ("1. Open Settings.", ()),
        ("2. Tap **Remove**!", (1, 3)),
        ("Is it done?", ()),
        ("Yes…", ()),
        ("It costs $7.00.", (1, 2)),
    ]


def test_a_wrapped_line_is_one_sentence() -> None:
    assert [sentence.text for sentence in sentences("It takes\n  five days.\nOpen it.")] == [
        "It takes five days.",
        "Open it.",
    ]


def test_line_breaks_are_kept_for_lists() -> None:
    assert [sentence.gap for sentence in sentences(TEXT)] == ["", " ", "\n\n", "\n", "\n", " ", " "]


@settings(deadline=None)
@given(st.lists(st.integers(0, len(TEXT)), max_size=12))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    stream, found, at = SentenceStream(), [], 0
    for cut in [*sorted(cuts), len(TEXT)]:
        found += stream.feed(TEXT[at:cut])
        at = max(at, cut)
    assert found + stream.close() == sentences(TEXT)


@settings(deadline=None)
@given(st.text(alphabet=" .!?\n[]12aZ-*", max_size=300))
def test_nothing_is_lost_or_invented(text: str) -> None:
    kept = "".join(char for sentence in sentences(text) for char in sentence.text if char in "aZ")
    assert kept == "".join(char for char in text if char in "aZ")


def test_a_sentence_that_never_ends_is_cut_off() -> None:
    stream = SentenceStream()
    found = stream.feed("word " * LONGEST)
    found += stream.close()
    assert max(len(sentence.text) for sentence in found) <= LONGEST
    assert " ".join(sentence.text for sentence in found) == ("word " * LONGEST).strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("It takes 5 days.", "It takes 5 days [1]."), ("**Open**", "**Open [1]**"), ("Really?!", "Really [1]?!")],
)
def test_the_citation_stands_before_the_full_stop(text: str, expected: str) -> None:
    assert cited(text, (1,)) == expected
