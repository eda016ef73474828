"""What the catalogue of versions says at one moment, and how a version is written into Chroma (see `versions`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from knowledge.errors import NoSuchVersion
from knowledge.index.reports import VersionInfo


@dataclass(frozen=True, slots=True)
class Pointer:
    """One move of the pointer."""

    sequence: int
    """Counts the moves; 0 before the first."""
    version: int
    """The version that serves since; 0 before the first."""
    at: datetime
    """When, UTC."""
    reason: str
    """`reload` or `rollback`."""


NOWHERE = Pointer(0, 0, datetime.min.replace(tzinfo=UTC), "")


@dataclass(frozen=True, slots=True)
class Building:
    """A build that has not finished, dead or alive."""

    number: int
    """Of the version that it builds."""
    by: str
    """`user@host:pid` of its process."""
    since: datetime
    """When it began, UTC."""
    beat: datetime
    """Its last sign of life, UTC."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was in Chroma at one moment."""

    versions: tuple[VersionInfo, ...]
    """Complete ones, oldest first."""
    builds: tuple[Building, ...]
    """Those that have not finished."""
    pointers: tuple[Pointer, ...]
    """Recent moves of the pointer, oldest first."""
    names: frozenset[str] = frozenset()
    """Every collection of ours."""
    segment_ids: frozenset[str] = frozenset()
    """Chroma's ids of the segments, by which their mirrors are kept."""

    @property
    def pointer(self) -> Pointer:
        """The last move."""
        return self.pointers[-1] if self.pointers else NOWHERE

    @property
    def active(self) -> VersionInfo | None:
        """The version that serves."""
        return next((version for version in self.versions if version.active), None)

    def version(self, number: int) -> VersionInfo:
        """The version of that number; raises NoSuchVersion, naming those that exist."""
        for version in self.versions:
            if version.number == number:
                return version
        known = ", ".join(version.name for version in self.versions) or "none"
        raise NoSuchVersion(f"there is no version v{number}; there are: {known}")


def building_fields(by: str, since: datetime, beat: datetime) -> dict[str, str]:
    """What a build's collection says of it."""
    return {"by": by, "since": since.isoformat(), "beat": beat.isoformat()}


def version_fields(version: VersionInfo) -> dict[str, str | int]:
    """What a version's collection says of it."""
    return {
        "created": version.created.isoformat(),
        "by": version.built_by,
        "source": version.source,
        "model": version.model,
        "entries": version.entries,
        "units": version.units,
        "fingerprint": version.fingerprint,
        "segments": " ".join(version.segments),
        "scheme": version.scheme,
    }


def version_of(number: int, metadata: dict[str, Any]) -> VersionInfo:
    """A version from its number and what its collection says of it."""
    return VersionInfo(
        number=number,
        created=datetime.fromisoformat(metadata["created"]),
        built_by=metadata["by"],
        source=metadata["source"],
        model=metadata["model"],
        entries=int(metadata["entries"]),
        units=int(metadata["units"]),
        fingerprint=metadata["fingerprint"],
        segments=tuple(str(metadata["segments"]).split()),
        scheme=metadata["scheme"],
        active=False,
    )
