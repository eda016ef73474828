"""Runs all checks over what was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge.check.answers import check_answers
from knowledge.check.coverage import check_alternates
from knowledge.check.duplicates import check_duplicates
from knowledge.check.languages import check_languages
from knowledge.check.links import check_links
from knowledge.check.meaning import check_meaning
from knowledge.sources import Problem, SourceReading
from knowledge.sources.problems import Severity

Embed = Callable[[list[str]], NDArray[np.float32]]
"""Texts to vectors: n texts give an array of shape (n, dimensions)."""


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Where a check draws the line."""

    answer_chars: int = 3000
    """Longest answer that fits one message on every platform, in characters."""
    stale_days: int = 365
    """Days after which an entry that carries a date should be looked at again."""
    similarity: float = 0.95
    """Cosine from which two questions count as the same, 0 to 1."""
    meaning_entries: int = 20_000
    """Above this many entries questions are compared by their words only: by meaning the time grows with the square."""


_SEVERITIES = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(
    reading: SourceReading, *, today: date, limits: CheckLimits | None = None, embed: Embed | None = None
) -> tuple[Problem, ...]:
    """Everything wrong or doubtful, what reading found included: contradictions first, then by severity and place.

    With `embed`, questions are also compared by meaning. Never raises for what the files hold.
    """
    limits = limits or CheckLimits()
    problems = list(reading.problems)
    duplicates = check_duplicates(reading.entries)
    problems += duplicates
    if embed is not None and len(reading.entries) <= limits.meaning_entries:
        problems += check_meaning(reading.entries, embed, limits.similarity, duplicates)
    problems += check_links(reading)
    problems += check_answers(reading, limits.answer_chars, limits.stale_days, today)
    problems += check_languages(reading.entries)
    problems += check_alternates(reading.entries)
    order = {file.path: number for number, file in enumerate(reading.files)}
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda found: (
                _SEVERITIES[found.severity],
                "contradiction" not in found.code,
                order.get(found.path, -1),
                found.line,
            ),
        )
    )
