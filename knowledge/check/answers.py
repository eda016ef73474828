"""Answers that are too long, unfinished or out of date."""

from __future__ import annotations

import re
from datetime import date

from knowledge.check.duplicates import shorten
from knowledge.check.files import Lines
from knowledge.entries import Entry
from knowledge.sources import Problem, SourceReading
from knowledge.sources.problems import Severity

_CODE = re.compile(r"^(?:```|~~~).*?(?:^(?:```|~~~)|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_PLACEHOLDERS = (
    (
        Severity.ERROR,
        re.compile(r"\b(?:TODO|FIXME|TBD|TBC)\b|\blorem ipsum\b|\b(?:insert|add) (?:text|link|answer) here\b", re.I),
    ),
    (Severity.ERROR, re.compile(r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|%\{\w{1,50}\}")),
    (
        Severity.ERROR,
        re.compile(r"\[(?:insert|your|company|link|date|name|email|phone)\b[^\[\]\n]{0,60}\](?!\()", re.I),
    ),
    (Severity.WARNING, re.compile(r"\bX{3,}\b|\?{3,}")),
)
_UNTIL = re.compile(
    r"\b(?:until|through|valid to|expires?(?: on)?|ends on|as of|since version)\s+(\d{4}-\d{2}-\d{2})\b", re.IGNORECASE
)


def check_answers(reading: SourceReading, longest: int, stale_days: int, today: date) -> list[Problem]:
    """Problems of single entries."""
    lines = Lines(reading.root)
    problems: list[Problem] = []
    for entry in reading.entries:
        problems += _length(entry, longest) + _placeholders(entry, lines) + _age(entry, stale_days, today, lines)
    return problems


def _length(entry: Entry, longest: int) -> list[Problem]:
    if len(entry.answer) <= longest:
        return []
    return [
        Problem(
            Severity.WARNING,
            "too-long",
            entry.path,
            entry.line,
            f"the answer to “{shorten(entry.question)}” has {len(entry.answer):,} characters; "
            f"{longest:,} fit one message.",
            "Split it into several questions, or shorten it and link to the rest.",
        )
    ]


def _placeholders(entry: Entry, lines: Lines) -> list[Problem]:
    text = _CODE.sub("", entry.answer)
    for severity, pattern in _PLACEHOLDERS:
        # case counts for TODO: in Spanish "todo" is a word
        for match in pattern.finditer(f"{entry.question}\n{text}"):
            if match[0].lower() in ("todo", "tbd", "tbc", "fixme") and not match[0].isupper():
                continue
            return [
                Problem(
                    severity,
                    "placeholder",
                    entry.path,
                    lines.of(entry, match[0]),
                    f"“{shorten(match[0], 60)}” was left in “{shorten(entry.question)}”; customers would read it.",
                    "Write what should stand there; if it is meant as code, put it between backticks.",
                )
            ]
    return []


def _age(entry: Entry, stale_days: int, today: date, lines: Lines) -> list[Problem]:
    problems: list[Problem] = []
    if entry.updated and entry.updated > today:
        problems.append(
            Problem(
                Severity.WARNING,
                "future-date",
                entry.path,
                entry.line,
                f"“{shorten(entry.question)}” was updated on {entry.updated}, which is yet to come.",
                "Put the date right.",
            )
        )
    elif entry.updated and (days := (today - entry.updated).days) > stale_days:
        problems.append(
            Problem(
                Severity.WARNING,
                "stale",
                entry.path,
                entry.line,
                f"“{shorten(entry.question)}” was last confirmed {days} days ago, on {entry.updated}.",
                "Read it again; if it still holds, put today's date in `updated`.",
            )
        )
    for match in _UNTIL.finditer(entry.answer):
        try:
            past = date.fromisoformat(match[1]) < today
        except ValueError:
            continue
        if past and not match[0].lower().startswith(("as of", "since")):
            problems.append(
                Problem(
                    Severity.WARNING,
                    "expired",
                    entry.path,
                    lines.of(entry, match[1]),
                    f"“{shorten(entry.question)}” speaks of {match[0]}, which is over.",
                    "Write what holds now.",
                )
            )
    return problems
