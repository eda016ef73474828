"""What a search returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.entries import Entry

UNLIKELY = 3.0
"""Log odds behind the first hit from which on a hit is not worth offering: one in twenty."""


class Outcome(StrEnum):
    """What the answer to a search should be."""

    ANSWER = "answer"
    """`hits[0]` answers the question."""
    SUGGEST = "suggest"
    """Not sure: offer `suggestions` ("did you mean …?")."""
    UNKNOWN = "unknown"
    """The FAQ does not answer it: say so, and offer a person."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that was found."""

    entry: Entry
    """The entry."""
    passage: str
    """The part of the answer nearest to the query, plain text; "" when the entry has no answer."""
    score: float
    """Rank score: higher is better; comparable within one result only."""
    similarity: float
    """Highest cosine of the query with any unit of the entry, -1..1."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The outcome of one search."""

    query: str
    """What was searched: with a history, the rewritten question."""
    version: str
    """The version of the FAQ that was searched."""
    hits: tuple[Hit, ...]
    """Best first, one per entry; only entries that the asker may see."""
    confidence: float
    """Calibrated probability, 0..1, that `hits[0]` answers the query; 0 without hits."""
    outcome: Outcome
    """What to do with it."""

    @property
    def suggestions(self) -> tuple[Hit, ...]:
        """Up to three likely hits to offer as "did you mean"; empty unless the outcome is `suggest`."""
        if self.outcome is not Outcome.SUGGEST:
            return ()
        return tuple(hit for hit in self.hits[:3] if hit.score >= self.hits[0].score - UNLIKELY)
