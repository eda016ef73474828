"""What is wrong, or doubtful, with a source: a message that says where and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is. The words are the levels of SARIF 2.1.0."""

    ERROR = "error"
    """Something an author wrote can't be served, or would be served wrong."""
    WARNING = "warning"
    """It works, and is probably not what was meant."""
    NOTE = "note"
    """Good to know; nothing has to be done."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in one place."""

    severity: Severity
    """How bad it is."""
    code: str
    """Stable slug of the kind of finding (`no-answer`), for filters and reports."""
    path: str
    """File, relative to the FAQ's root, or the URL of a page."""
    line: int
    """1-based line of `path`; 0 when the finding is about the whole file or the format has no lines."""
    message: str
    """What is wrong, one sentence."""
    advice: str
    """What to do about it, one sentence."""

    def __str__(self) -> str:
        """In one line that editors can jump to."""
        return f"{self.path}:{self.line or 1}: {self.message} {self.advice}"


class ProblemLog:
    """Collects the problems of one file while it is read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def error(self, code: str, message: str, advice: str, line: int = 0) -> None:
        self.problems.append(Problem(Severity.ERROR, code, self.path, line, message, advice))

    def warning(self, code: str, message: str, advice: str, line: int = 0) -> None:
        self.problems.append(Problem(Severity.WARNING, code, self.path, line, message, advice))

    def note(self, code: str, message: str, advice: str, line: int = 0) -> None:
        self.problems.append(Problem(Severity.NOTE, code, self.path, line, message, advice))
