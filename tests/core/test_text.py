"""Splitting long text, and what counts as words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from core.text import ends, has_words, shorten, split


@given(st.text(alphabet="ab .\n`", max_size=600), st.integers(40, 120))
def test_pieces_fit_and_hold_the_same_words_in_the_same_order(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert re.sub(r"[\s`]", "", "".join(pieces)) == re.sub(r"[\s`]", "", text)


def test_a_code_block_that_is_cut_is_closed_and_opened_again() -> None:
    text = "```python\n" + "\n".join(f"line {number}" for number in range(50)) + "\n```"
    for piece in split(text, 120):
        assert piece.startswith("```python\n")
        assert piece.endswith("\n```")


def test_a_family_of_emoji_is_not_torn_apart() -> None:
    family = "👨‍👩‍👧‍👦"
    assert "".join(split(family * 40, 50)).count(family) == 40


def test_an_emoji_alone_says_nothing() -> None:
    assert not has_words("👍 !?")
    assert has_words("ü")


def test_shortened_and_both_ends() -> None:
    assert shorten("a  b\nc", 10) == "a b c"
    assert shorten("x" * 20, 5) == "xxxx…"
    assert ends("begin" + "x" * 5000 + "end", 100).startswith("begin")
    assert ends("begin" + "x" * 5000 + "end", 100).endswith("end")
    assert len(ends("x" * 5000, 100)) <= 100
