"""A reload, from files to a version that serves. Killed at any point, the old version goes on serving."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from knowledge.embeddings import Embedder
from knowledge.entries import Entry
from knowledge.errors import (
    IndexUnavailable,
    KnowledgeError,
    NoSuchVersion,
    ReloadBusy,
    ReloadRefused,
    SourceError,
)
from knowledge.index.build import Built, build_version, scheme_of_units
from knowledge.index.catalogue import Catalogue
from knowledge.index.gate import Verdict, counts_plausible, examine
from knowledge.index.golden import GoldenQuestion, golden_file, read_golden
from knowledge.index.meter import Meter
from knowledge.index.plan import Difference, difference, fingerprint
from knowledge.index.reports import ProgressListener, ReloadReport
from knowledge.index.snapshot import Loaded, Serving, load
from knowledge.index.store import Store
from knowledge.index.versions import Build, Versions
from knowledge.search import Searcher
from knowledge.sources import Problem, load_source, read_source

log = logging.getLogger(__name__)

_SHOWN_ERRORS = 20
"""Errors of the source that a refusal lists; `kb check` shows all."""


@dataclass(frozen=True, slots=True)
class Source:
    """An FAQ as it was read from its files."""

    path: Path
    """The file or folder."""
    entries: tuple[Entry, ...]
    """Its entries."""
    golden: tuple[GoldenQuestion, ...]
    """Its golden questions; empty when it has none."""
    problems: tuple[Problem, ...]
    """What was found doubtful."""


def read(path: Path, page_cache: Path | None = None) -> Source:
    """Read an FAQ, with the pages that it lists, which are fetched into the folder `page_cache`.

    What has an error of its own is left out and told in `problems`. Raises SourceError when there is no FAQ,
    ReloadRefused when a file of it can't be read: without that file, knowledge would be lost.
    """
    if not path.exists():
        raise SourceError(str(path), "there is no such file or folder. Check KNOWLEDGE_PATH.")
    # Called in a thread, where no event loop runs.
    reading = asyncio.run(load_source(path, page_cache=page_cache)) if page_cache else read_source(path)
    if not reading.complete or (reading.errors and not reading.entries):
        lines = [str(problem) for problem in reading.errors]
        none = [f"{path} holds no entry that could be taken"] if not reading.entries else []
        more = [f"and {len(lines) - _SHOWN_ERRORS} more; see kb check"] if len(lines) > _SHOWN_ERRORS else []
        raise ReloadRefused((*none, *lines[:_SHOWN_ERRORS], *more) or (f"{path} could not be read whole",))
    if not reading.entries:
        raise SourceError(str(path), "holds no FAQ entry. Write at least one question with its answer.")
    file = golden_file(path)
    golden = read_golden(file) if file else ()
    known = {entry.id for entry in reading.entries}
    unknown = tuple(
        f"{file}:{item.line}: expects {name}, and there is no entry of that id"
        for item in golden
        for name in item.expected
        if name not in known
    )
    if unknown:
        raise ReloadRefused(unknown)
    return Source(path, reading.entries, golden, reading.problems)


def up_to_date(catalogue: Catalogue, entries: tuple[Entry, ...], embedder: Embedder) -> bool:
    """Whether the version that serves was built from the same content by the same model."""
    active = catalogue.active
    return (
        active is not None
        and active.model == embedder.name
        and active.scheme == scheme_of_units()
        and active.fingerprint == fingerprint(entries)
    )


def reload(
    store: Store,
    path: Path,
    embedder: Embedder,
    *,
    serving: Loaded | None,
    force: bool,
    listener: ProgressListener,
    page_cache: Path | None = None,
) -> tuple[ReloadReport, Serving | None]:
    """Bring what serves up to date with `path`; blocks until done.

    serving: the version that this process has loaded, to save loading it twice. force: let a version serve that did not
    pass the gate; a source that can't be read whole, or is without entries, is refused in any case. page_cache: the
    folder for copies of listed web pages; without it they are not read.
    Returns the report and, unless nothing changed, the new version as the gate searched it, so that nobody has to load
    it again. Raises SourceError, ReloadRefused, ReloadBusy, EmbeddingError, IndexUnavailable; then nothing has changed.
    """
    began = time.monotonic()
    versions = Versions(store)
    meter = Meter(listener)
    meter.begin("read")
    versions.refuse_while_building(versions.read())
    source = read(path, page_cache)
    build = versions.begin()
    meter.beat = build.beat
    try:
        meter.begin("compare")
        versions.clean_up(build)
        catalogue = versions.read()
        current = _current(store, catalogue, serving)
        before = current.entries if current else ()
        entries = _as_before(before, source.entries)
        changes = difference(before, entries)
        implausible = counts_plausible(len(before), len(entries))
        if implausible and not force:
            raise ReloadRefused(implausible)
        unchanged = up_to_date(catalogue, entries, embedder)
        if unchanged and not force:
            build.abandon()
            return _report(current, current, False, changes, None, Verdict(0, ()), source, began), None
        # Forced although nothing changed: whoever does that does not trust what is stored.
        trusted = None if unchanged else current
        built = build_version(store, build, entries, str(path), embedder, trusted, meter)
        meter.begin("test")
        searcher = Searcher(built.loaded, embedder)
        verdict = examine(searcher, entries, source.golden, (*changes.added, *changes.changed), meter)
        if verdict.failures and not force:
            raise ReloadRefused(verdict.failures)
        build.finish(built.loaded.info)
        meter.begin("switch")
    except BaseException:
        # Also when the command is interrupted.
        _abandon(build)
        raise
    try:
        versions.move(build.basis, build.number, "reload")
    except ReloadBusy:
        _abandon(build)
        raise
    # If moving the pointer failed in another way, it may have happened all the same: the version stays.
    meter.beat = lambda: None
    meter.begin("clean")
    versions.clean_up()
    verdict = Verdict(verdict.tests, (*implausible, *verdict.failures))
    report = _report(built.loaded, current, True, changes, built, verdict, source, began)
    return report, Serving(built.loaded, embedder, searcher)


def _report(
    now: Loaded | None,
    before: Loaded | None,
    changed: bool,
    changes: Difference,
    built: Built | None,
    verdict: Verdict,
    source: Source,
    began: float,
) -> ReloadReport:
    return ReloadReport(
        version=now.version if now else "",
        previous=before.version if before else "",
        changed=changed,
        difference=changes,
        embedded=built.embedded if built else 0,
        reused=built.reused if built else 0,
        tests=verdict.tests,
        failures=verdict.failures,
        problems=source.problems,
        seconds=time.monotonic() - began,
    )


def _current(store: Store, catalogue: Catalogue, serving: Loaded | None) -> Loaded | None:
    """The version that serves, loaded; None when there is none, or it is damaged and has to be built anew."""
    if catalogue.active is None:
        return None
    if serving and serving.info.number == catalogue.active.number:
        return serving
    try:
        return load(store, catalogue.active)
    except (NoSuchVersion, IndexUnavailable) as error:
        log.warning("can't read %s, so nothing of it is taken over: %s", catalogue.active.name, error)
        return None


def _as_before(before: tuple[Entry, ...], entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same entries; where one has not changed, the object of before, of which hash and units are worked out."""
    known = {entry.id: entry for entry in before}
    return tuple(old if (old := known.get(entry.id)) == entry else entry for entry in entries)


def _abandon(build: Build) -> None:
    try:
        build.abandon()
    except KnowledgeError as error:
        log.warning("a half-built version stays behind until the next reload: %s", error)
