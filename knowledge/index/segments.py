"""The vectors of a version: one or two immutable Chroma collections ("segments") behind one `DenseIndex`.

A large FAQ of which little changed keeps its old segment (the base), in which the changed entries are dead, and gets a
second one (the delta) with their new vectors: writing the few takes a second where writing all takes a minute. This is
how log-structured merge trees work (O'Neil et al., 1996). A record's id starts with the content hash of its entry, so
whether it is alive in a version follows from the version's entries alone.
"""

from __future__ import annotations

from collections.abc import Collection as Ids
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.entries import Entry
from knowledge.errors import IndexUnavailable
from knowledge.index.store import Store, calling_chroma, fetch_vectors
from knowledge.search import Unit, units_of

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_KEY_LENGTH = 32
"""Hex digits of the content hash in a record's id: 128 bits."""


def entry_key(entry: Entry) -> str:
    """The name under which an entry's vectors are stored: it changes when anything of the entry does."""
    return entry.content_hash[:_KEY_LENGTH]


def record_ids(entry: Entry, units: Iterable[Unit] | None = None) -> dict[str, str]:
    """Unit id -> record id, for every unit of the entry."""
    key = entry_key(entry)
    return {unit.id: f"{key}#{_suffix(unit.id)}" for unit in (units if units is not None else units_of(entry))}


def write_vectors(store: Store, collection: Collection, ids: Sequence[str], vectors: Vectors) -> None:
    """Add vectors under their record ids."""
    store.add(collection, ids, vectors, [])


class SegmentedIndex:
    """The `DenseIndex` of one version."""

    def __init__(self, segments: Sequence[Collection], entries: Iterable[Entry]) -> None:
        """segments: base first. entries: those of the version; the segments may hold vectors of others."""
        self._segments = tuple(segments)
        with calling_chroma("count the vectors"):
            self._sizes = tuple(segment.count() for segment in segments)
        self._entry_of_key: Mapping[str, str] = {entry_key(entry): entry.id for entry in entries}
        self._key_of_entry = {entry_id: key for key, entry_id in self._entry_of_key.items()}

    @property
    def size(self) -> int:
        """Vectors stored in all segments, dead ones included."""
        return sum(self._sizes)

    @property
    def base_size(self) -> int:
        """Vectors stored in the base, dead ones included."""
        return self._sizes[0]

    def delta_keys(self) -> frozenset[str]:
        """Keys of the entries whose vectors lie in the delta."""
        keys: set[str] = set()
        for segment in self._segments[1:]:
            with calling_chroma(f"read {segment.name}"):
                keys.update(record.partition("#")[0] for record in segment.get(include=[])["ids"])
        return frozenset(keys)

    def query(self, vector: Vectors, limit: int, *, allowed: Ids[str] | None = None) -> list[tuple[str, float]]:
        """See `DenseIndex.query`. Blocks for a few milliseconds."""
        found: dict[str, float] = {}
        for segment, size in zip(self._segments, self._sizes, strict=True):
            found.update(self._query_segment(segment, size, vector, limit, allowed))
        return sorted(found.items(), key=lambda pair: -pair[1])[:limit]

    def vectors(self, unit_ids: Sequence[str]) -> Vectors:
        """See `DenseIndex.vectors`."""
        wanted = [f"{self._key_of_entry[_entry_id(unit_id)]}#{_suffix(unit_id)}" for unit_id in unit_ids]
        found: dict[str, Vectors] = {}
        for segment in self._segments:
            found.update(fetch_vectors(segment, [record for record in wanted if record not in found]))
        missing = len(set(wanted) - found.keys())
        if missing:
            raise IndexUnavailable(f"the index lacks {missing} of its vectors. Reload to build it anew.")
        return np.stack([found[record] for record in wanted]) if wanted else np.zeros((0, 0), np.float32)

    def _query_segment(
        self, segment: Collection, size: int, vector: Vectors, limit: int, allowed: Ids[str] | None
    ) -> dict[str, float]:
        # Dead and forbidden records are passed over, so more than `limit` may have to be fetched.
        fetch = min(size, limit + 16)
        while fetch:
            with calling_chroma(f"search {segment.name}"):
                answer = segment.query(query_embeddings=vector[None, :], n_results=fetch, include=["distances"])
            distances = (answer["distances"] or [[]])[0]
            found: dict[str, float] = {}
            for record, distance in zip(answer["ids"][0], distances, strict=True):
                key, _, suffix = record.partition("#")
                entry_id = self._entry_of_key.get(key)
                if entry_id is not None and (allowed is None or entry_id in allowed):
                    found[f"{entry_id}#{suffix}"] = 1.0 - float(distance)
            if len(found) >= limit or fetch >= size:
                return found
            fetch = min(size, fetch * 4)
        return {}


def _suffix(unit_id: str) -> str:
    return unit_id.rpartition("#")[2]


def _entry_id(unit_id: str) -> str:
    return unit_id.rpartition("#")[0]
