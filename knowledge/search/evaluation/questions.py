"""Evaluation files: questions with the entries that answer them.

CSV with the columns `question,expected`, or JSONL with the same keys and `history`. `expected` holds ids of entries
joined by `|` (in JSONL a list will do too); empty means that the question must be refused.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an evaluation file."""

    text: str
    """The question, as a customer would write it."""
    expected: frozenset[str]
    """Ids of the entries any of which answers it; empty: it must be refused."""
    history: tuple[str, ...] = ()
    """The customer's earlier messages in the conversation, oldest first."""


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a CSV or JSONL file. Raises SourceError, with the line, for anything that is not as described."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(str(path), f"can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SourceError(str(path), "is not UTF-8 text. Save it as UTF-8.") from error
    rows = _jsonl(path, text) if path.suffix.lower() in {".jsonl", ".ndjson", ".json"} else _csv(path, text)
    questions = tuple(rows)
    if not questions:
        raise SourceError(str(path), "holds no questions.")
    return questions


def _csv(path: Path, text: str) -> Iterator[Question]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        if "question" not in columns or "expected" not in columns:
            raise SourceError(str(path), "needs the columns `question,expected` in its first line.", 1)
        for row in reader:
            values = {str(name).strip().lower(): value for name, value in row.items() if name is not None}
            question = (values["question"] or "").strip()
            if not question and not (values["expected"] or "").strip():
                continue
            if not question:
                raise SourceError(str(path), "has no question. Fill it in or delete the line.", reader.line_num)
            yield Question(question, _ids((values["expected"] or "").split("|")))
    except csv.Error as error:
        raise SourceError(str(path), f"is not valid CSV: {error}.", reader.line_num) from error


def _jsonl(path: Path, text: str) -> Iterator[Question]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SourceError(str(path), f"is not valid JSON: {error}.", number) from error
        if not isinstance(row, dict) or not isinstance(row.get("question"), str) or not row["question"].strip():
            raise SourceError(str(path), 'needs an object with the text "question".', number)
        expected = row.get("expected") or ()
        if isinstance(expected, str):
            expected = expected.split("|")
        if not isinstance(expected, list | tuple) or not all(isinstance(item, str | int) for item in expected):
            raise SourceError(str(path), '"expected" must be ids joined by | or a list of ids.', number)
        history = row.get("history") or ()
        if not isinstance(history, list | tuple):
            raise SourceError(str(path), '"history" must be a list of messages, oldest first.', number)
        turns = tuple(_customer_turns(history))
        yield Question(row["question"].strip(), _ids(map(str, expected)), turns)


def _customer_turns(history: Iterable[Any]) -> Iterator[str]:
    """What the customer said: plain texts, or messages with a role of which the bot's are passed over."""
    for turn in history:
        if isinstance(turn, str):
            yield turn
        elif isinstance(turn, dict):
            role = str(turn.get("role") or turn.get("speaker") or "user").casefold()
            text = turn.get("content") or turn.get("text") or turn.get("question") or ""
            if role in {"user", "customer", "human"} and isinstance(text, str):
                yield text


def _ids(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.strip() for value in values if value.strip())
