"""A dense index in memory: exact cosine over a matrix. For evaluation, tests and small FAQs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.embeddings import Embedder, Vectors
from knowledge.entries import Entry
from knowledge.search.ports import DenseIndex
from knowledge.search.units import units_of


class ExactIndex:
    """Every unit's vector in one matrix; `query` compares with all of them."""

    def __init__(self, unit_ids: Sequence[str], entry_ids: Sequence[str], matrix: Vectors) -> None:
        """unit_ids and entry_ids: one per row of `matrix` (float32, [units, dimensions], L2-normalised)."""
        self._unit_ids = list(unit_ids)
        self._entry_ids = list(entry_ids)
        self._matrix = np.ascontiguousarray(matrix, dtype=np.float32)
        self._row = {unit_id: row for row, unit_id in enumerate(self._unit_ids)}

    def query(self, vector: Vectors, limit: int, *, allowed: Collection[str] | None = None) -> list[tuple[str, float]]:
        """See `DenseIndex.query`."""
        cosines = self._matrix @ vector
        if allowed is not None:
            cosines[[entry_id not in allowed for entry_id in self._entry_ids]] = -2.0
        limit = min(limit, len(cosines))
        top = np.argpartition(-cosines, limit - 1)[:limit] if limit else np.array([], dtype=int)
        top = top[np.argsort(-cosines[top], kind="stable")]
        return [(self._unit_ids[row], float(cosines[row])) for row in top if cosines[row] > -2.0]

    def vectors(self, unit_ids: Sequence[str]) -> Vectors:
        """See `DenseIndex.vectors`."""
        return self._matrix[[self._row[unit_id] for unit_id in unit_ids]]


@dataclass(frozen=True, slots=True)
class MemorySnapshot:
    """A version of the FAQ that lives in memory only."""

    version: str
    """Its name."""
    entries: tuple[Entry, ...]
    """Every entry."""
    dense: DenseIndex
    """Their vectors."""


def snapshot_in_memory(entries: Sequence[Entry], embedder: Embedder, version: str = "memory") -> MemorySnapshot:
    """Embed every unit of `entries` and return a snapshot to search: exact, and gone with the process."""
    units = [unit for entry in entries for unit in units_of(entry)]
    matrix = embedder.embed([unit.text for unit in units]) if units else np.zeros((0, 1), np.float32)
    index = ExactIndex([unit.id for unit in units], [unit.entry_id for unit in units], matrix)
    return MemorySnapshot(version, tuple(entries), index)
