"""What the classifier sees of a sentence: its words, their letters, and what kinds of words follow one another.

Kinds come from the lexicon and the concepts of the sentence's language, so what is learnt in one language serves the
others: "fetch me the nurse" and "hol mir die Schwester" are both `summon, person`. Features are hashed into a table of
fixed size (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009), and there are at most a few
dozen per word, so the work is linear in the length of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zlib import crc32

from core.routing.lexicon import Lexicon, candidates, concepts
from core.routing.text import Token

BITS: Final = 17
"""The table of weights has 2 to this power entries."""
_MASK: Final = (1 << BITS) - 1
WINDOW: Final = 24
"""Tokens that are looked at together; a longer sentence is read in windows that overlap by half."""

# How much one feature of each group weighs before training; chosen by cross-validation on the training sentences.
_WORD, _LETTERS, _PAIR, _SKIP, _TAGS, _KINDS, _CONCEPTS, _LENGTH = 1.0, 0.25, 0.6, 0.4, 0.5, 1.0, 0.7, 0.7

_MARKS: Final = frozenset({".", ",", "?"})
_UNKNOWNS = re.compile("x+")
# Word classes and concepts that mean much the same to a request, as one kind each.
_KIND: Final = {
    **dict.fromkeys("HRaSsEP12", "R"),
    **dict.fromkeys("TKcXJyGtL45", "T"),
    **dict.fromkeys("WC", "W"),
    **dict.fromkeys("Bm6", "B"),
    **dict.fromkeys("Nn0", "N"),
}
_FILLERS: Final = frozenset("fDpulxiM")


def windows(sentence: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The pieces in which a sentence is judged: itself, or overlapping windows of it."""
    if len(sentence) <= WINDOW:
        yield sentence
        return
    step = WINDOW // 2
    for start in range(0, len(sentence) - step, step):
        yield sentence[start : start + WINDOW]


def features(words: tuple[str, ...]) -> dict[int, float]:
    """The features of the words of one window: place in the table of weights -> how much it counts."""
    found: dict[int, float] = {}
    for word in words:
        found |= _of_word(word)
    around = ["^", *words, "$"]
    for left, right in pairwise(around):
        found[_of_pair("b", left, right)] = _PAIR
    for left, right in zip(around, around[2:], strict=False):
        found[_of_pair("s", left, right)] = _SKIP
    found[_place(f"len {min(12, len(words) // 2)}")] = _LENGTH
    for lexicon in candidates(words)[:1]:
        _add_kinds(found, words, lexicon)
    return found


def _add_kinds(found: dict[int, float], words: tuple[str, ...], lexicon: Lexicon) -> None:
    tags, spans = lexicon.tag(words)
    found |= _of_runs("t", f"^{_UNKNOWNS.sub('x', tags)}$", 1, 4, _TAGS)
    classes = [""] * len(words)
    for tag, (start, _) in zip(tags, spans, strict=True):
        classes[start] = tag
    mentioned = [""] * len(words)
    tags, spans = concepts()[lexicon.language].tag(words)
    for tag, (start, _) in zip(tags, spans, strict=True):
        if tag not in ".,?x":
            mentioned[start] = tag
            found[_place(f"q {tag}")] = _CONCEPTS
    coarse = [_KIND.get(tag, tag) for tag in classes]
    fine = [concept or tag for concept, tag in zip(mentioned, coarse, strict=True)]
    found |= _of_runs("Q", f"^{_without_fillers(fine)}$", 2, 4, _CONCEPTS)
    merged = [_KIND.get(concept, concept) or tag for concept, tag in zip(mentioned, coarse, strict=True)]
    found |= _of_runs("K", f"^{_without_fillers(merged)}$", 1, 5, _KINDS)


def _without_fillers(kinds: list[str]) -> str:
    return "".join(kind for kind in kinds if kind not in _FILLERS)


@lru_cache(maxsize=20_000)
def _of_runs(name: str, kinds: str, shortest: int, longest: int, value: float) -> Mapping[int, float]:
    """Runs of kinds, and pairs with one or two others between."""
    found: dict[int, float] = {}
    for at in range(len(kinds)):
        for size in range(shortest, min(longest, len(kinds) - at) + 1):
            found[_place(f"{name} {kinds[at : at + size]}")] = value
        for gap in (2, 3):
            if at + gap < len(kinds):
                found[_place(f"{name}{gap} {kinds[at]}{kinds[at + gap]}")] = value
    return found


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> Mapping[int, float]:
    """A word, and the runs of three to five letters in it."""
    found: dict[int, float] = {}
    if word not in _MARKS:
        framed = f"<{word}>"
        for size in (3, 4, 5):
            for at in range(len(framed) - size + 1):
                found[_place(f"c {framed[at : at + size]}")] = _LETTERS
    found[_place(f"w {word}")] = _WORD
    return found


@lru_cache(maxsize=20_000)
def _of_pair(name: str, left: str, right: str) -> int:
    return _place(f"{name} {left} {right}")


def _place(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass")) & _MASK
