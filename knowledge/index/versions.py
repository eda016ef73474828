"""The catalogue of versions: which exist, which one serves, who is building; shared by all processes through Chroma.

Everything rests on one primitive, creating a collection under a name that must be free (see `store`):

    concierge-build-00000012    a version being built; creating it is taking the lock
    concierge-version-00000012  its manifest once complete: the build, renamed in one step
    concierge-base-00000012     vectors written for version 12 (and used by later ones)
    concierge-delta-00000013    vectors that version 13 adds to an older base
    concierge-active-00000031   the pointer: the one with the highest number names the version that serves

Moving the pointer means creating the next number: a compare-and-set, since of two who read 31 one creates 32. So even
a builder that was suspended for an hour and thinks that it holds the lock can't undo what others did meanwhile.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from knowledge.errors import NoSuchVersion, ReloadBusy
from knowledge.index.catalogue import (
    Building,
    Catalogue,
    Pointer,
    building_fields,
    version_fields,
    version_of,
)
from knowledge.index.reports import VersionInfo
from knowledge.index.store import PREFIX, NameTaken, Store

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

KEEP = 3
"""Versions kept for rollback, the one that serves included."""
GRACE = timedelta(minutes=1)
"""A version that served this recently is kept beyond `KEEP`: a slow process may still be searching it."""
STALE = timedelta(minutes=2)
"""A build that has shown no life for this long is dead (at once, if its process is known to be gone)."""
BEAT = timedelta(seconds=5)
"""Between signs of life."""

_NAME = re.compile(re.escape(PREFIX) + r"(build|version|base|delta|active)-(\d{8})")


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def whoami() -> str:
    """`user@host:pid` of this process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}:{os.getpid()}"


class Build:
    """The right to build one version, from `Versions.begin` to `finish` or `abandon`."""

    def __init__(
        self,
        store: Store,
        number: int,
        manifest: Collection,
        by: str,
        since: datetime,
        basis: Pointer,
        now: Callable[[], datetime],
    ) -> None:
        self.number = number
        self.manifest = manifest
        """The collection to write the entries to."""
        self.basis = basis
        """Where the pointer stood when the build began."""
        self._store = store
        self._by = by
        self._now = now
        self._since = self._beat = since
        self._finished = False

    @property
    def base_name(self) -> str:
        """The name of a base segment of this build."""
        return _name("base", self.number)

    @property
    def delta_name(self) -> str:
        """The name of a delta segment of this build."""
        return _name("delta", self.number)

    def beat(self) -> None:
        """Show that the build is alive. Call it often; raises ReloadBusy if the build was taken for dead."""
        if self._finished or self._now() - self._beat < BEAT:
            return
        self._beat = self._now()
        try:
            self._store.rename(
                self.manifest, _name("build", self.number), building_fields(self._by, self._since, self._beat)
            )
        except NoSuchVersion as error:
            raise ReloadBusy("this reload was taken for dead, and another one took over") from error

    def finish(self, version: VersionInfo) -> None:
        """Declare the version complete. It does not serve before the pointer is moved to it."""
        # From here on the collection tells of the version; a sign of life would overwrite that.
        self._finished = True
        self._store.rename(self.manifest, _name("version", self.number), version_fields(version))

    def abandon(self) -> None:
        """Delete what was written; what serves is not touched."""
        for name in (_name("build", self.number), _name("version", self.number), self.base_name, self.delta_name):
            self._store.delete(name)


class Versions:
    """Reads and changes the catalogue. Every method blocks."""

    def __init__(self, store: Store, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._now = now

    def read(self) -> Catalogue:
        """Look at everything once."""
        versions: list[VersionInfo] = []
        builds: list[Building] = []
        pointers: list[Pointer] = []
        segment_ids: set[str] = set()
        stored = self._store.collections()
        for name, collection in stored.items():
            if not (match := _NAME.fullmatch(name)):
                continue
            kind, number, metadata = match[1], int(match[2]), collection.metadata
            if kind in ("base", "delta"):
                segment_ids.add(collection.id)
            elif kind == "version":
                versions.append(version_of(number, metadata))
            elif kind == "build":
                since, beat = (datetime.fromisoformat(metadata[key]) for key in ("since", "beat"))
                builds.append(Building(number, metadata["by"], since, beat))
            elif kind == "active":
                at = datetime.fromisoformat(metadata["at"])
                pointers.append(Pointer(number, int(metadata["version"]), at, metadata["reason"]))
        pointers.sort(key=lambda pointer: pointer.sequence)
        active = pointers[-1].version if pointers else 0
        return Catalogue(
            versions=tuple(
                replace(version, active=version.number == active)
                for version in sorted(versions, key=lambda version: version.number)
            ),
            builds=tuple(sorted(builds, key=lambda build: build.number)),
            pointers=tuple(pointers),
            names=frozenset(stored),
            segment_ids=frozenset(segment_ids),
        )

    def begin(self) -> Build:
        """Take the right to build the next version.

        Raises ReloadBusy, saying who and since when, while another build is alive.
        """
        catalogue = self.read()
        self.refuse_while_building(catalogue)
        number = max([catalogue.pointer.version, *_numbers(catalogue.names)]) + 1
        by, since = whoami(), self._now()
        try:
            manifest = self._store.create(_name("build", number), building_fields(by, since, since))
        except NameTaken as error:
            self.refuse_while_building(self.read())
            raise ReloadBusy("another reload began at the same moment; try again when it is done") from error
        build = Build(self._store, number, manifest, by, since, catalogue.pointer, self._now)
        # Between the look and the creation another build may have begun, or even finished under this number.
        after = self.read()
        others = [other for other in after.builds if other.number != number and self._alive(other)]
        if others or after.pointer != catalogue.pointer or any(v.number >= number for v in after.versions):
            self._store.delete(_name("build", number))
            raise ReloadBusy("another reload began at the same moment; try again when it is done")
        return build

    def refuse_while_building(self, catalogue: Catalogue) -> None:
        """Raise ReloadBusy if a build is alive."""
        for build in catalogue.builds:
            if self._alive(build):
                raise ReloadBusy(
                    f"a reload is running already: {build.by} builds v{build.number} "
                    f"since {build.since:%Y-%m-%d %H:%M:%S} UTC"
                )

    def move(self, basis: Pointer, version: int, reason: str) -> Pointer:
        """Let `version` serve, provided that the pointer still stands where it stood at `basis`.

        Raises ReloadBusy when somebody else moved it meanwhile; then nothing has changed.
        """
        pointer = Pointer(basis.sequence + 1, version, self._now(), reason)
        name = _name("active", pointer.sequence)
        metadata: dict[str, str | int] = {
            "version": version,
            "at": pointer.at.isoformat(),
            "by": whoami(),
            "reason": reason,
        }
        moved = f"another process switched versions meanwhile; v{version} was not put into service"
        try:
            self._store.create(name, metadata)
        except NameTaken as error:
            raise ReloadBusy(moved) from error
        if self.read().pointer.sequence > pointer.sequence:
            # So many moves happened that the number was free again.
            self._store.delete(name)
            raise ReloadBusy(moved)
        return pointer

    def clean_up(self, build: Build | None = None) -> tuple[str, ...]:
        """Delete what nobody needs: dead builds, old versions, their segments, old pointers. Returns their names.

        build: the caller's own, which stays. Safe at any time and in any number of processes: what a live build or a
        kept version uses is never touched, and a manifest goes before its segments.
        """
        catalogue = self.read()
        dead = [
            item for item in catalogue.builds if not self._alive(item) and (not build or item.number != build.number)
        ]
        gone = [self._delete(_name("build", item.number)) for item in dead]
        # The version that serves counts as served just now, also when a rollback made it one of the oldest.
        keep = {version.number for version in catalogue.versions[-KEEP:]}
        keep |= self._served_since(catalogue, self._now() - GRACE)
        gone += [self._delete(_name("version", v.number)) for v in catalogue.versions if v.number not in keep]
        after = self.read()
        used = {segment for version in after.versions for segment in version.segments}
        for name in after.names:
            match = _NAME.fullmatch(name)
            if not match or match[1] not in ("base", "delta") or name in used:
                continue
            # A build's own segments are in no manifest yet; those of a build that began after the look above have
            # a number beyond every build and version that was seen.
            building = {item.number for item in after.builds}
            newest = max(building | {version.number for version in after.versions}, default=0)
            if int(match[2]) not in building and int(match[2]) <= newest:
                gone.append(self._delete(name))
        gone += [self._delete(_name("active", item.sequence)) for item in after.pointers[:-10]]
        self._store.mirrors.keep_only(self.read().segment_ids)
        return tuple(name for name in gone if name)

    def _served_since(self, catalogue: Catalogue, moment: datetime) -> set[int]:
        """Versions that served at `moment` or later."""
        pointers = catalogue.pointers
        ends = [following.at for following in pointers[1:]]
        current = {pointers[-1].version} if pointers else set()
        return current | {pointer.version for pointer, end in zip(pointers, ends, strict=False) if end >= moment}

    def _delete(self, name: str) -> str:
        return name if self._store.delete(name) else ""

    def _alive(self, build: Building) -> bool:
        if self._now() - build.beat > STALE:
            return False
        host, _, process = build.by.rpartition("@")[2].rpartition(":")
        return host != socket.gethostname() or _runs(int(process))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _numbers(names: Iterable[str]) -> list[int]:
    """The version numbers in names of collections: also those of segments that a killed clean-up left behind."""
    matches = (_NAME.fullmatch(name) for name in names)
    return [int(match[2]) for match in matches if match and match[1] != "active"]


def _name(kind: str, number: int) -> str:
    return f"{PREFIX}{kind}-{number:08d}"
