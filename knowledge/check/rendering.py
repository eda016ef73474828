"""Problems for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from knowledge.sources import Problem, SourceReading


def as_text(problems: Sequence[Problem], reading: SourceReading) -> str:
    """One paragraph per problem (`file:line: severity: message`, then what to do), and a summary."""
    parts = [
        f"{problem.path}{f':{problem.line}' if problem.line else ''}: {problem.severity}: {problem.message}"
        f" [{problem.code}]\n    {problem.advice}"
        for problem in problems
    ]
    return "\n".join([*parts, summary(problems, reading)])


def summary(problems: Sequence[Problem], reading: SourceReading) -> str:
    """`75 entries in 8 files: 1 error, 2 warnings, no notes.`"""
    counts = Counter(str(problem.severity) for problem in problems)
    said = ", ".join(
        f"{counts[name] or 'no'} {name}{'' if counts[name] == 1 else 's'}" for name in ("error", "warning", "note")
    )
    files = len(reading.counts)
    return f"{len(reading.entries)} entries in {files} file{'' if files == 1 else 's'}: {said}."


def as_json(problems: Sequence[Problem], reading: SourceReading) -> str:
    """An object with `entries`, `complete`, `counts` per severity, `files` and `problems`."""
    counts = Counter(str(problem.severity) for problem in problems)
    return json.dumps(
        {
            "entries": len(reading.entries),
            "complete": reading.complete,
            "counts": {name: counts[name] for name in ("error", "warning", "note")},
            "files": [
                {"path": file.path, "format": file.format, "entries": file.entries, "outcome": file.outcome}
                for file in reading.files
            ],
            "problems": [
                {
                    "severity": str(problem.severity),
                    "code": problem.code,
                    "path": problem.path,
                    "line": problem.line,
                    "message": problem.message,
                    "advice": problem.advice,
                }
                for problem in problems
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
