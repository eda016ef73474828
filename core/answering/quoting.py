"""Answers in the author's own words: the best entry, whole, with its source."""

from __future__ import annotations

from collections.abc import Iterable

from core.posts import Source
from knowledge.entries import Entry
from knowledge.search.results import Hit

SUGGESTIONS = 3
"""How many questions are offered as "did you mean"."""


def quoted(entry: Entry) -> str:
    """The answer of an entry, word for word (Markdown). The core splits what is too long for one message."""
    return entry.answer.strip()


def quotable(hits: Iterable[Hit]) -> Hit | None:
    """The first hit that says something: an entry without an answer can be found but not quoted."""
    return next((hit for hit in hits if hit.entry.answer.strip()), None)


def source_of(entry: Entry) -> Source:
    """An entry as it is cited."""
    return Source(entry.id, entry.question or entry.id, entry.source)


def suggestions_of(hits: Iterable[Hit]) -> tuple[Source, ...]:
    """Up to three different questions to offer, best first."""
    offered: dict[str, Source] = {}
    for hit in hits:
        if hit.entry.question.strip():
            offered.setdefault(hit.entry.question.strip().casefold(), source_of(hit.entry))
    return tuple(offered.values())[:SUGGESTIONS]
