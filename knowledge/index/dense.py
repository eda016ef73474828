"""The `DenseIndex` of one version: the living records of its segments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.entries import Entry
from knowledge.errors import IndexUnavailable
from knowledge.index.segments import Segment, entry_key

_STEP = 4096
"""Vectors copied at a time: all of a large FAQ once more would take hundreds of megabytes."""


class SegmentedIndex:
    """Finds units of one version; records of entries that are not in it are as if they were not there."""

    def __init__(self, segments: Sequence[Segment], entries: Iterable[Entry]) -> None:
        """segments: base first. entries: those of the version; the segments may hold vectors of others."""
        self._segments = tuple(segments)
        self._entry_of_key = {entry_key(entry): entry.id for entry in entries}
        self._key_of_entry = {entry_id: key for key, entry_id in self._entry_of_key.items()}

    @property
    def base_size(self) -> int:
        """Vectors stored in the base, dead ones included."""
        return self._segments[0].size

    def delta_keys(self) -> frozenset[str]:
        """Keys of the entries whose vectors lie in the delta."""
        return frozenset().union(*(segment.keys() for segment in self._segments[1:]))

    def query(self, vector: Vectors, limit: int, *, allowed: Collection[str] | None = None) -> list[tuple[str, float]]:
        """See `DenseIndex.query`. Blocks for a few milliseconds."""
        found: dict[str, float] = {}
        for segment in self._segments:
            found.update(self._query_segment(segment, vector, limit, allowed))
        return sorted(found.items(), key=lambda pair: -pair[1])[:limit]

    def vectors(self, unit_ids: Sequence[str]) -> Vectors:
        """See `DenseIndex.vectors`."""
        wanted = [self._record(unit_id) for unit_id in unit_ids]
        found = np.zeros(len(wanted), dtype=bool)
        result: Vectors = np.zeros((0, 0), np.float32)
        for segment in self._segments:
            rows = segment.locate(wanted)
            here = np.flatnonzero(rows >= 0)
            for start in range(0, len(here), _STEP):
                part = here[start : start + _STEP]
                vectors = segment.take(rows[part])
                if not result.size:
                    result = np.zeros((len(wanted), vectors.shape[1]), np.float32)
                result[part] = vectors
            found[here] = True
        if not found.all():
            raise IndexUnavailable(f"the index lacks {np.count_nonzero(~found)} of its vectors. Reload with --force.")
        return result

    def _query_segment(
        self, segment: Segment, vector: Vectors, limit: int, allowed: Collection[str] | None
    ) -> dict[str, float]:
        # Dead and forbidden records are passed over, so more than `limit` may have to be fetched.
        count = min(segment.size, limit + 16)
        while count:
            found: dict[str, float] = {}
            for record, cosine in segment.nearest(vector, count):
                key, _, suffix = record.partition("#")
                entry_id = self._entry_of_key.get(key)
                if entry_id is not None and (allowed is None or entry_id in allowed):
                    found[f"{entry_id}#{suffix}"] = cosine
            if len(found) >= limit or count >= segment.size:
                return found
            count = min(segment.size, count * 4)
        return {}

    def _record(self, unit_id: str) -> str:
        entry_id, _, suffix = unit_id.rpartition("#")
        return f"{self._key_of_entry[entry_id]}#{suffix}"
