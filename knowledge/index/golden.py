"""Golden questions: what a version must answer before it may serve."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SourceError

FILE_NAME = "golden.csv"


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """One question of the golden set."""

    question: str
    """As a customer would ask it."""
    expected: tuple[str, ...]
    """Ids of the entries of which one must be found; empty: the question must not be answered."""
    line: int
    """Its line in the file."""


def golden_file(source: Path) -> Path | None:
    """The golden set of an FAQ: `golden.csv` in its folder, or beside its file; None when there is none."""
    candidate = (source if source.is_dir() else source.parent) / FILE_NAME
    return candidate if candidate.is_file() and candidate != source else None


def read_golden(path: Path) -> tuple[GoldenQuestion, ...]:
    """Read a CSV with the columns `question,expected` (entry ids joined by `|`).

    Raises SourceError with file and line when it is not that.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(str(path), "is not UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise SourceError(str(path), f"can't be read: {error.strerror}.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = [name.strip().lower() for name in reader.fieldnames or ()]
    if not {"question", "expected"} <= set(columns):
        raise SourceError(str(path), "needs a first line `question,expected`.", 1)
    reader.fieldnames = columns
    questions = []
    try:
        for row in reader:
            question = (row["question"] or "").strip()
            if not question:
                raise SourceError(str(path), "has no question. Write one or delete the line.", reader.line_num)
            expected = tuple(part.strip() for part in (row["expected"] or "").split("|") if part.strip())
            questions.append(GoldenQuestion(question, expected, reader.line_num))
    except csv.Error as error:
        raise SourceError(str(path), f"is not CSV: {error}.", reader.line_num) from error
    return tuple(questions)
