"""Write a new version: take over the vectors of texts that stayed, embed the others."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.embeddings import Embedder, Vectors
from knowledge.entries import Entry
from knowledge.errors import IndexUnavailable
from knowledge.index.dense import SegmentedIndex
from knowledge.index.manifest import write_entries
from knowledge.index.meter import Meter
from knowledge.index.plan import fingerprint
from knowledge.index.reports import VersionInfo
from knowledge.index.segments import entry_key, open_segment, record_ids, write_segment
from knowledge.index.snapshot import Loaded
from knowledge.index.store import Store
from knowledge.index.versions import Build, utc_now, whoami
from knowledge.search import Unit, units_of

log = logging.getLogger(__name__)

SMALL = 2_000
"""A FAQ of fewer units is always written whole: that takes a second, and one segment is simpler than two."""
DELTA_SHARE = 0.1
"""A delta beyond this share of its base is not worth its cost at search time: all is written anew."""

_STEP = 256
"""Texts embedded between two reports of progress."""
_STEP_OVER = 2_000
"""Vectors taken over between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Built:
    """A version that is written but not yet complete: the gate comes first."""

    loaded: Loaded
    """The version, ready to be searched."""
    embedded: int
    """Texts that went through the model."""
    reused: int
    """Units that needed no embedding: their text is in the version before, or in another unit."""


def scheme_of_units() -> str:
    """A name for how entries are cut into units, which changes when the program's way of cutting does."""
    words = " ".join(f"Word{number} follows word{number - 1}." for number in range(400))
    probe = Entry(
        "probe", "Is *this* a question?", f"## Yes\n\n- {words}\n\n[Link](https://example.com) `code`", ("Or?",)
    )
    return fingerprint([Entry(unit.id, unit.text, unit.passage) for unit in units_of(probe)])[:16]


def build_version(
    store: Store,
    build: Build,
    entries: Sequence[Entry],
    source: str,
    embedder: Embedder,
    current: Loaded | None,
    meter: Meter,
) -> Built:
    """Write the vectors and the manifest of a version.

    current: the version that serves, of which vectors are taken over where model and text are the same.
    """
    scheme = scheme_of_units()
    same_model = current if current and current.info.model == embedder.name else None
    total = sum(len(units_of(entry)) for entry in entries)
    base, fresh = _to_extend(same_model, entries, scheme) if same_model else ("", entries)
    needed = [unit for entry in fresh for unit in units_of(entry)]
    records = [record for entry in fresh for record in record_ids(entry)]
    vectors, embedded = _vectors_of(needed, embedder, same_model, meter)

    meter.begin("write")
    segments = [open_segment(store, base)] if base else []
    names = [base] if base else []
    if needed or not base:
        names.append(build.delta_name if base else build.base_name)
        segments.append(
            write_segment(store, names[-1], records, vectors, lambda done: meter.report(done, len(records)))
        )
    write_entries(store, build.manifest, entries)
    info = VersionInfo(
        number=build.number,
        created=utc_now(),
        built_by=whoami(),
        source=source,
        model=embedder.name,
        entries=len(entries),
        units=total,
        fingerprint=fingerprint(entries),
        segments=tuple(names),
        scheme=scheme,
        active=False,
    )
    return Built(Loaded(info, tuple(entries), SegmentedIndex(segments, entries)), embedded, total - embedded)


def _to_extend(current: Loaded, entries: Sequence[Entry], scheme: str) -> tuple[str, Sequence[Entry]]:
    """The name of the base segment that the new version can go on using, and the entries that are not in it.

    No name, and all entries, when all has to be written.
    """
    if current.info.scheme != scheme or not current.info.segments:
        return "", entries
    in_base = {entry_key(entry) for entry in current.entries} - current.dense.delta_keys()
    fresh = [entry for entry in entries if entry_key(entry) not in in_base]
    added = sum(len(units_of(entry)) for entry in fresh)
    kept = sum(len(units_of(entry)) for entry in entries) - added
    size = current.dense.base_size
    if size < SMALL or added > DELTA_SHARE * size or size - kept > DELTA_SHARE * size:
        return "", entries
    return current.info.segments[0], fresh


def _vectors_of(units: Sequence[Unit], embedder: Embedder, current: Loaded | None, meter: Meter) -> tuple[Vectors, int]:
    """The vectors of `units`, one row each, and how many texts had to be embedded for them."""
    places: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        places.setdefault(unit.text, []).append(row)
    # Filled in place: a large FAQ's vectors are hundreds of megabytes.
    result: Vectors = np.zeros((0, 0), np.float32)

    def put(texts: Sequence[str], vectors: Vectors) -> None:
        nonlocal result
        if not result.size:
            result = np.empty((len(units), vectors.shape[1]), np.float32)
        for text, vector in zip(texts, vectors, strict=True):
            result[places[text]] = vector

    known: set[str] = set()
    for part, vectors in _taken_over(places, current, meter) if current and places else ():
        put(part, vectors)
        known.update(part)
    new = [text for text in places if text not in known]
    meter.begin("embed")
    for start in range(0, len(new), _STEP):
        part = new[start : start + _STEP]
        put(part, embedder.embed(part))
        meter.report(start + len(part), len(new))
    return result, len(new)


def _taken_over(texts: Collection[str], current: Loaded, meter: Meter) -> Iterator[tuple[list[str], Vectors]]:
    """Texts with their vectors, for those of `texts` that the current version embeds too."""
    known = {unit.text: unit.id for entry in current.entries for unit in units_of(entry) if unit.text in texts}
    old = list(known)
    for start in range(0, len(old), _STEP_OVER):
        part = old[start : start + _STEP_OVER]
        try:
            yield part, current.dense.vectors([known[text] for text in part])
        except IndexUnavailable as error:
            log.warning("embedding %d texts again: %s", len(part), error)
        meter.report(start + len(part), len(old))
