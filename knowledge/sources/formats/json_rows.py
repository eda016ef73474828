"""JSON (a list, or nested groups) and JSON Lines (one entry per line)."""

from __future__ import annotations

import json

from knowledge.errors import SourceError
from knowledge.sources.dialogflow import dialogflow_halves
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.lines_of_rows import RowLines
from knowledge.sources.problems import ProblemLog
from knowledge.sources.tree import TreeReader


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a JSON file. `.jsonl` and `.ndjson` hold one JSON value per line."""
    if not file.text.strip():
        return []
    if file.path.lower().endswith((".jsonl", ".ndjson")):
        return read_lines(file, log)
    data, lines = _parse(file.text, file.path), RowLines(file.text)
    halves = dialogflow_halves(data, file, log, lines.of)
    return halves if halves is not None else TreeReader(file, log, lines.of).read(data)


def read_lines(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a JSON Lines file."""
    drafts: list[Draft] = []
    for number, line in enumerate(file.text.split("\n"), 1):
        if line.strip():
            value = _parse(line, file.path, number)
            drafts += TreeReader(file, log, lambda _, number=number: number).read(value)  # type: ignore[misc]
    return drafts


def _parse(text: str, path: str, line: int = 0) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            path, f"is not well-formed JSON ({error.msg}, column {error.colno})", line or error.lineno
        ) from error
    except RecursionError as error:
        raise SourceError(path, "is nested too deeply; an FAQ needs a few levels", line or None) from error
    except ValueError as error:  # integers of thousands of digits
        raise SourceError(path, f"holds a number that can't be read ({error})", line or None) from error
