"""Ask every question and count."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from knowledge.search.evaluation.questions import Question
from knowledge.search.results import Outcome, SearchResult

REFUSED = ""
"""The class of a question that was not answered, beside the ids of entries."""
DEPTH = 10
"""Hits that are asked for; the mean reciprocal rank counts an entry below them as not found."""


class Searches(Protocol):
    """What is measured; `Searcher` is one."""

    def search(
        self, query: str, *, audience: str = ..., history: Sequence[str] = ..., limit: int = ...
    ) -> SearchResult:
        """Return what the search finds."""
        ...


@dataclass(frozen=True, slots=True)
class Latency:
    """Time of one search, the query's embedding included, in milliseconds."""

    p50: float
    """Median."""
    p95: float
    """95th percentile."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question and what became of it."""

    question: Question
    """The question."""
    found: tuple[str, ...]
    """Ids of the entries found, best first."""
    outcome: Outcome
    """What search made of it."""
    confidence: float
    """Its confidence, 0..1."""

    @property
    def answered(self) -> bool:
        """Whether an entry was given as the answer."""
        return self.outcome is Outcome.ANSWER and bool(self.found)

    @property
    def right(self) -> bool:
        """Whether it was answered from an expected entry, or rightly refused."""
        if not self.question.expected:
            return not self.answered
        return self.answered and self.found[0] in self.question.expected


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures. A share of nothing (no question out of scope, say) is None."""

    questions: int
    """Questions asked."""
    hit_at_1: float | None
    """Share of the questions in scope whose first hit is expected, answered or not."""
    hit_at_3: float | None
    """The same among the first three."""
    hit_at_5: float | None
    """The same among the first five."""
    mrr: float | None
    """Mean reciprocal rank of the first expected hit, over questions in scope."""
    in_scope_accuracy: float | None
    """Share of the questions in scope that were answered from an expected entry."""
    refusal_recall: float | None
    """Share of the questions out of scope that were not answered."""
    mcc: float | None
    """Matthews correlation over entries, with "refused" as one class (R_K of Gorodkin, 2004)."""
    answered: float | None
    """Share of all questions that were answered."""
    answered_precision: float | None
    """Share of the answered ones that were answered from an expected entry."""
    latency_ms: Latency
    """How long a search took."""
    threshold: float
    """The least confidence with which a question is answered."""
    judged: tuple[Judged, ...]
    """Every question."""


def evaluate(
    questions: Sequence[Question],
    searcher: Searches,
    *,
    threshold: float,
    audience: str = "everyone",
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Ask every question, one after another, and return the figures.

    threshold: the searcher's own, for the report. progress: called with the number of questions asked so far.
    """
    judged, times = [], []
    for number, question in enumerate(questions, start=1):
        began = time.perf_counter()
        result = searcher.search(question.text, audience=audience, history=question.history, limit=DEPTH)
        times.append((time.perf_counter() - began) * 1000)
        found = tuple(hit.entry.id for hit in result.hits)
        judged.append(Judged(question, found, result.outcome, result.confidence))
        if progress is not None:
            progress(number)
    inside = [item for item in judged if item.question.expected]
    outside = [item for item in judged if not item.question.expected]
    answered = [item for item in judged if item.answered]
    ranks = [_rank(item) for item in inside]
    return Evaluation(
        questions=len(judged),
        hit_at_1=_share([rank <= 1 for rank in ranks]),
        hit_at_3=_share([rank <= 3 for rank in ranks]),
        hit_at_5=_share([rank <= 5 for rank in ranks]),
        mrr=_share([1 / rank for rank in ranks]),
        in_scope_accuracy=_share([item.right for item in inside]),
        refusal_recall=_share([item.right for item in outside]),
        mcc=_mcc(judged),
        answered=_share([item.answered for item in judged]),
        answered_precision=_share([item.right for item in answered]),
        latency_ms=Latency(*(float(value) for value in np.percentile(times or [0.0], [50, 95]))),
        threshold=threshold,
        judged=tuple(judged),
    )


def _rank(item: Judged) -> float:
    """Place of the first expected hit, from 1; infinity when there is none."""
    return next((at for at, found in enumerate(item.found, 1) if found in item.question.expected), float("inf"))


def _share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _mcc(judged: Sequence[Judged]) -> float | None:
    """Multiclass Matthews correlation; None when all questions, or all answers, are of one class."""
    truths, guesses = [], []
    for item in judged:
        guess = item.found[0] if item.answered else REFUSED
        expected = item.question.expected
        truths.append(guess if guess in expected else min(expected, default=REFUSED))
        guesses.append(guess)
    total = len(judged)
    right = sum(truth == guess for truth, guess in zip(truths, guesses, strict=True))
    of_truth, of_guess = Counter(truths), Counter(guesses)
    product = sum(count * of_guess[name] for name, count in of_truth.items())
    spread = (total**2 - sum(n * n for n in of_guess.values())) * (total**2 - sum(n * n for n in of_truth.values()))
    return float((right * total - product) / spread**0.5) if spread > 0 else None
