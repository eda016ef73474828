"""Questions compared by meaning, with an embedding model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.check.duplicates import can_meet, ids, near_duplicate, place, shorten
from knowledge.entries import Entry
from knowledge.sources.problems import Problem, Severity

_ROWS = 1024
"""Rows of the similarity matrix held at a time."""
_MOST_FINDINGS = 500
_STRAY = 0.88
"""Cosine from which an alternate says what a question or alternate of another entry says. Lower ones are taste:
with all-MiniLM-L6-v2 a quarter of the good alternates in the sample FAQ are nearer to some other question."""
_MOST_WORDINGS = 20_000


def check_meaning(
    entries: Sequence[Entry],
    embed: Callable[[list[str]], NDArray[np.float32]],
    similarity: float,
    known: Sequence[Problem],
) -> list[Problem]:
    """Near-duplicates in other words, and alternates that mean another entry's question."""
    if len(entries) < 2:
        return []
    questions = _unit(embed([entry.question for entry in entries]))
    problems: list[Problem] = []
    reported = ids(known)
    for first, second in _pairs(questions, similarity):
        one, two = entries[first], entries[second]
        if (two.path, two.line) in reported or one.answer == two.answer:
            continue
        if can_meet(one, two) and one.audience == two.audience and not _names_differ(one.question, two.question):
            problems.append(near_duplicate(one, two))
        if len(problems) >= _MOST_FINDINGS:
            break
    return problems + _stray_alternates(entries, questions, embed)


def _pairs(vectors: NDArray[np.float32], similarity: float) -> Iterator[tuple[int, int]]:
    """Index pairs (lower first) with at least this cosine."""
    for start in range(0, len(vectors), _ROWS):
        scores = vectors[start : start + _ROWS] @ vectors.T
        rows, columns = np.nonzero(scores >= similarity)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if column < start + row:
                yield column, start + row


def _names_differ(first: str, second: str) -> bool:
    """Whether the questions differ in a number or a name: to a model "in Rome" and "in Paris" are close."""
    telling = [
        {word.lower() for word in re.findall(r"\S+", text)[1:] if word[:1].isupper() or any(c.isdigit() for c in word)}
        for text in (first, second)
    ]
    return telling[0] != telling[1]


def _stray_alternates(
    entries: Sequence[Entry], questions: NDArray[np.float32], embed: Callable[[list[str]], NDArray[np.float32]]
) -> list[Problem]:
    """Alternates that say the same as another entry's question or alternate, and less what their own entry says."""
    texts = [(number, text) for number, entry in enumerate(entries) for text in entry.alternates]
    if not texts or len(texts) > _MOST_WORDINGS:
        return []
    alternates = _unit(embed([text for _, text in texts]))
    wordings = np.vstack([questions, alternates])
    owners = np.array([*range(len(entries)), *(owner for owner, _ in texts)])
    problems: list[Problem] = []
    for start in range(0, len(texts), _ROWS):
        scores = alternates[start : start + _ROWS] @ wordings.T
        for row, (owner, text) in enumerate(texts[start : start + _ROWS]):
            own = owners == owner
            own_score = float(scores[row, owner])
            best = int(np.argmax(np.where(own, -1.0, scores[row])))
            score, entry, other = float(scores[row, best]), entries[owner], entries[int(owners[best])]
            if score < _STRAY or score <= own_score or not can_meet(entry, other):
                continue
            wording = text if best < len(entries) else texts[best - len(entries)][1]
            if entry.audience != other.audience or _names_differ(text, wording):
                continue
            problems.append(
                Problem(
                    Severity.NOTE,
                    "stray-alternate",
                    entry.path,
                    entry.line,
                    f"“{shorten(text)}”, a wording of “{shorten(entry.question)}”, says nearly what "
                    f"“{shorten(other.question)}” ({place(other)}) answers.",
                    "Move it there if that entry answers it.",
                )
            )
    return problems[:_MOST_FINDINGS]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return result
