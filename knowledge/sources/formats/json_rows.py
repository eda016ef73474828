"""JSON (a list, or nested groups) and JSON Lines (one entry per line)."""

from __future__ import annotations

import json

from knowledge.errors import SourceError
from knowledge.sources.dialogflow import dialogflow_halves
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.problems import ProblemLog
from knowledge.sources.tree import TreeReader


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a JSON file. `.jsonl` and `.ndjson` hold one JSON value per line."""
    if not file.text.strip():
        return []
    if file.path.lower().endswith((".jsonl", ".ndjson")):
        return read_lines(file, log)
    data, lines = _parse(file.text, file.path), _Lines(file.text)
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


class _Lines:
    """Finds the line of each object by looking for its first string, onward from the last one found."""

    def __init__(self, text: str) -> None:
        self._text, self._position, self._line, self._misses = text, 0, 1, 0

    def of(self, value: object) -> int:
        """Line of an object, 0 when unknown. Gives up on a file that escapes in its own way: a miss is a full scan."""
        if self._misses > 20:
            return 0
        first = (
            next((item for item in value.values() if isinstance(item, str) and item), "")
            if isinstance(value, dict)
            else ""
        )
        for form in (json.dumps(first, ensure_ascii=False), json.dumps(first)):
            found = self._text.find(form, self._position) if first else -1
            if found >= 0:
                self._line += self._text.count("\n", self._position, found)
                self._position = found
                return self._line
        self._misses += 1
        return 0
