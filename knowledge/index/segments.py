"""Segments: immutable Chroma collections of vectors, of which a version has one or two.

A large FAQ of which little changed keeps its old segment (the base), in which the changed entries are dead, and gets a
second one (the delta) with their new vectors: writing the few takes a second where writing all takes a minute. This is
how log-structured merge trees work (O'Neil et al., 1996). A record's id starts with the content hash of its entry, so
whether it is alive in a version follows from the version's entries alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Vectors
from knowledge.entries import Entry
from knowledge.index.mirror import SMALLEST, Mirror, Mirrors
from knowledge.index.store import Store, calling_chroma, fetch_all
from knowledge.search import units_of

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_KEY_LENGTH = 32
"""Hex digits of the content hash in a record's id: 128 bits."""


def entry_key(entry: Entry) -> str:
    """The name under which an entry's vectors are stored: it changes when anything of the entry does."""
    return entry.content_hash[:_KEY_LENGTH]


def record_ids(entry: Entry) -> list[str]:
    """The record id of every unit of the entry."""
    key = entry_key(entry)
    return [f"{key}#{unit.id.rpartition('#')[2]}" for unit in units_of(entry)]


class Segment:
    """One collection of vectors. It never changes, so what was read of it once is kept."""

    def __init__(self, collection: Collection, mirrors: Mirrors) -> None:
        self._collection = collection
        self._mirrors = mirrors
        with calling_chroma(f"open {collection.name}"):
            self.size = collection.count()
            """Records in it, dead ones included."""

    @cached_property
    def _mirror(self) -> Mirror:
        segment = str(self._collection.id)
        if (mirror := self._mirrors.load(segment, self.size)) is not None:
            return mirror
        ids, vectors = fetch_all(self._collection)
        if len(ids) >= SMALLEST:
            self._mirrors.save(segment, ids, vectors)
        return Mirror(ids, vectors)

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {record: row for row, record in enumerate(self._mirror.ids)}

    def keys(self) -> frozenset[str]:
        """Keys of the entries with vectors in it."""
        return frozenset(record.partition("#")[0] for record in self._mirror.ids)

    def locate(self, records: Iterable[str]) -> NDArray[np.intp]:
        """The row of each record, -1 where it is not in this segment."""
        return np.fromiter((self._rows.get(record, -1) for record in records), np.intp)

    def take(self, rows: NDArray[np.intp]) -> Vectors:
        """The vectors of these rows."""
        return self._mirror.vectors[rows]

    def nearest(self, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """Up to `count` (record id, cosine), nearest first."""
        with calling_chroma(f"search {self._collection.name}"):
            answer = self._collection.query(query_embeddings=vector[None, :], n_results=count, include=["distances"])
        distances = (answer["distances"] or [[]])[0]
        return [(record, 1.0 - float(distance)) for record, distance in zip(answer["ids"][0], distances, strict=True)]


def open_segment(store: Store, name: str) -> Segment:
    """Open a segment; raises NoSuchVersion when it was cleaned up."""
    return Segment(store.get(name), store.mirrors)


def write_segment(
    store: Store, name: str, records: Sequence[str], vectors: Vectors, report: Callable[[int], None]
) -> Segment:
    """Write a new segment; `report` is told how many records are written."""
    collection = store.create(name, {"records": len(records)})
    for start in range(0, len(records), store.max_batch):
        part = slice(start, start + store.max_batch)
        store.add(collection, records[part], vectors[part], [])
        report(min(start + store.max_batch, len(records)))
    if len(records) >= SMALLEST:
        store.mirrors.save(str(collection.id), records, vectors)
    return Segment(collection, store.mirrors)
