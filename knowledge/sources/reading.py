"""What reading a source gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.entries import Entry
from knowledge.sources.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class FileReading:
    """How one file (or page) fared."""

    path: str
    """Relative to the FAQ's root, or the URL of a page."""
    format: str
    """`markdown`, `yaml`, `csv`, `json`, `html`, `rst`, `asciidoc`, `document`, or "" when the file was left out."""
    entries: int
    """How many entries came out of it."""
    outcome: Literal["read", "left-out", "failed"]
    """`left-out`: not an FAQ file, by its name. `failed`: broken, so that none of it was taken."""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """Everything found in a source. A file is taken whole or not at all."""

    root: Path
    """The folder that paths are relative to."""
    entries: tuple[Entry, ...]
    """In the order of files and, within a file, of lines; ids are unique."""
    problems: tuple[Problem, ...]
    """In the same order."""
    files: tuple[FileReading, ...]
    """One per file seen, sorted by path."""
    base_url: str = ""
    """What relative links in answers were resolved against, or ""."""

    @property
    def complete(self) -> bool:
        """Whether every FAQ file was read whole. A new version built from less would lose knowledge."""
        return all(file.outcome != "failed" for file in self.files)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that have to be put right."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def counts(self) -> dict[str, int]:
        """Entries per file, for the files that were read."""
        return {file.path: file.entries for file in self.files if file.outcome == "read"}
