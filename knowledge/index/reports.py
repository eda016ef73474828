"""What the index tells about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledge.index.plan import Difference
from knowledge.sources import Problem

Stage = Literal["read", "compare", "embed", "write", "test", "switch", "clean"]
"""The steps of a reload, in order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reload is."""

    stage: Stage
    """The step that it is at."""
    done: int
    """Texts (or vectors) of this step that are done; 0 in a step that is not counted."""
    total: int
    """How many there are; 0 in a step that is not counted."""
    rate: float
    """Per second, since the step began; 0 while unknown."""
    eta: float
    """Seconds left of this step; 0 while unknown."""


ProgressListener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version of the FAQ."""

    number: int
    """Counts up; never used twice for a version that served."""
    created: datetime
    """When its build began, UTC."""
    built_by: str
    """`user@host:pid` of the process that built it."""
    source: str
    """The path that it was read from."""
    model: str
    """Name of the embedding model of its vectors."""
    entries: int
    """How many entries it holds."""
    units: int
    """How many texts of them are embedded."""
    fingerprint: str
    """Hash of its entries: equal fingerprints mean equal content."""
    segments: tuple[str, ...]
    """Names of the collections that hold its vectors: the base, and a delta where there is one."""
    scheme: str
    """How entries were cut into units when it was built; vectors of another scheme can't be extended."""
    active: bool
    """Whether it is the version that serves."""

    @property
    def name(self) -> str:
        """For people: `v12`."""
        return f"v{self.number}"


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What a reload did."""

    version: str
    """The version that serves now."""
    previous: str
    """The version that served before; "" for the first."""
    changed: bool
    """False when the sources were what already served, so that nothing was built."""
    difference: Difference
    """What was added, changed and removed."""
    embedded: int
    """Texts that went through the embedding model."""
    reused: int
    """Units that needed no embedding: their text is in the version before, or in another unit."""
    tests: int
    """Questions that the gate asked of the new version."""
    failures: tuple[str, ...]
    """What did not pass though the reload was forced; empty otherwise."""
    problems: tuple[Problem, ...]
    """What reading the source found doubtful."""
    seconds: float
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a running process serves."""

    version: str
    """The version that this process searches; "" while there is none."""
    entries: int
    """Entries in it."""
    units: int
    """Embedded texts in it."""
    model: str
    """Its embedding model."""
    source: str
    """The path that it was read from."""
    created: datetime | None
    """When it was built, UTC."""
    loaded: datetime | None
    """When this process began to serve it, UTC."""
    problem: str
    """Why this process can't follow the newest version; "" when all is well."""
