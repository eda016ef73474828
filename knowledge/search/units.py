"""What of an entry is embedded and matched: its question, each alternate, and its answer in passages.

Every unit leads back to its entry, so that a long answer is found by any part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.entries import Entry
from knowledge.search.plain import plain_text

UnitKind = Literal["question", "alternate", "answer"]

PASSAGE_WORDS = 90
"""Aim of one passage. With the question before it, it stays inside the 256 tokens that the default model reads."""

_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One text that is embedded."""

    id: str
    """Unique in the FAQ and stable while the entry keeps its shape: `<entry id>#q`, `#a0`, `#p0`, …"""
    entry_id: str
    """The entry that it leads back to."""
    kind: UnitKind
    """Which part of the entry it is."""
    text: str
    """What is embedded. A passage carries the entry's question before it, so that it is understood alone."""
    passage: str = ""
    """For an answer: the passage alone, plain text, as it can be shown; "" otherwise."""


def units_of(entry: Entry) -> Sequence[Unit]:
    """The units of one entry: the question first, then alternates, then passages of the answer. Worked out once."""
    try:
        return entry.units
    except AttributeError:
        object.__setattr__(entry, "units", _units_of(entry))
        return entry.units


def _units_of(entry: Entry) -> tuple[Unit, ...]:
    question = entry.question.strip()
    units = [Unit(f"{entry.id}#q", entry.id, "question", question)] if question else []
    units += [
        Unit(f"{entry.id}#a{number}", entry.id, "alternate", text.strip())
        for number, text in enumerate(entry.alternates)
        if text.strip()
    ]
    units += [
        Unit(f"{entry.id}#p{number}", entry.id, "answer", f"{question}\n{passage}".strip(), passage)
        for number, passage in enumerate(passages_of(plain_text(entry.answer)))
    ]
    return tuple(units)


def passages_of(text: str, words: int = PASSAGE_WORDS) -> list[str]:
    """Split plain text at ends of sentences or lines into passages of about `words` words (at most twice that)."""
    passages: list[str] = []
    current: list[str] = []
    count = 0
    for piece in _pieces(text, words):
        length = _length(piece)
        if current and count + length > words:
            passages.append(" ".join(current))
            current, count = [], 0
        current.append(piece)
        count += length
    if current:
        # A short rest reads better with what it belongs to.
        if passages and count < words // 4:
            passages[-1] = " ".join([passages[-1], *current])
        else:
            passages.append(" ".join(current))
    return passages


def _pieces(text: str, words: int) -> list[str]:
    """Sentences; one that is longer than a passage is cut at words, or at characters where nothing is spaced."""
    pieces: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        sentence = sentence.strip()
        if not sentence:
            continue
        if _length(sentence) <= words:
            pieces.append(sentence)
            continue
        current = ""
        for word in sentence.split():
            for start in range(0, len(word), words * 4):
                part = word[start : start + words * 4]
                if current and _length(f"{current} {part}") > words:
                    pieces.append(current)
                    current = part
                else:
                    current = f"{current} {part}".strip()
        if current:
            pieces.append(current)
    return pieces


def _length(text: str) -> int:
    """Words, or a quarter of the characters beyond that for scripts and strings without spaces."""
    return max(text.count(" ") + 1, len(text) // 8)
