"""Nearest units by cosine, with filters applied before anything is ranked.

Small FAQs are compared exactly. Above `EXACT_UNITS` a first pass runs in the space of the leading principal
components, and only its best `SHORTLIST` units are compared exactly: the same neighbours, much less memory read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Vectors

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

EXACT_UNITS = 4096
COMPONENTS = 64
SHORTLIST = 600
SAMPLE = 4096
"""Values of which the shortlist's lowest is read off."""


class UnitVectors:
    """The vectors of all units, the units of an entry side by side."""

    def __init__(self, matrix: Vectors, entry_of: Rows) -> None:
        """matrix: float32 [units, dimensions], L2-normalised. entry_of: the entry number of each row, ascending."""
        self.matrix = np.ascontiguousarray(matrix, dtype=np.float32)
        self.entry_of = entry_of
        self._basis: Vectors | None = None
        if len(matrix) > EXACT_UNITS:
            self._basis = _principal_axes(self.matrix, COMPONENTS)
            self._reduced = np.ascontiguousarray((self.matrix @ self._basis).T)  # a product along rows is quicker

    def compared(self, vector: Vectors) -> Comparison:
        """The units beside the vector of one query."""
        rough = None if self._basis is None else (vector @ self._basis) @ self._reduced
        return Comparison(self.matrix, vector, rough)


class Comparison:
    """The vector of one query beside those of the units."""

    def __init__(self, matrix: Vectors, vector: Vectors, rough: Vectors | None) -> None:
        """rough: similarities of all units that tell which may be near; None where all are compared exactly."""
        self._matrix, self._vector, self._rough = matrix, vector, rough
        self._cosines = matrix @ vector if rough is None else None

    def cosines(self, rows: Rows, real: Mask, filled: float) -> Vectors:
        """Cosines of these units, in the shape of `rows`; `filled` where not `real`."""
        if self._cosines is not None:
            return np.where(real, self._cosines[rows], np.float32(filled))
        found = np.full(rows.shape, filled, np.float32)
        found[real] = self._exact(rows[real])
        return found

    def _exact(self, rows: Rows) -> Vectors:
        return self._matrix.take(rows, axis=0) @ self._vector if self._cosines is None else self._cosines[rows]

    def nearest(self, limit: int, allowed: Mask | None) -> tuple[Rows, Vectors]:
        """Return rows and cosines of the `limit` nearest units, nearest first; `allowed` is per unit."""
        if self._cosines is not None and allowed is None:
            best = _top(self._cosines, limit)
            return best, self._cosines[best]
        if self._rough is not None:
            rough = self._rough if allowed is None else np.where(allowed, self._rough, -np.inf)
            rows = _shortlist(rough, max(SHORTLIST, limit))
            rows = rows[rough[rows] > -np.inf]
        else:
            assert allowed is not None
            rows = np.flatnonzero(allowed)
        cosines = self._exact(rows)
        best = _top(cosines, limit)
        return rows[best], cosines[best]


def _principal_axes(matrix: Vectors, count: int) -> Vectors:
    """Leading right singular vectors of (a sample of) `matrix`, shape [dimensions, count]."""
    sample = matrix[:: max(1, len(matrix) // 20_000)]
    _, axes = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(axes[:, ::-1][:, :count], dtype=np.float32)


def _shortlist(values: Vectors, limit: int) -> Rows:
    """Positions of the largest values: `limit` of them or some more, unordered.

    What is large enough is read off a sample, which is several times quicker than to part them all.
    """
    step = max(1, len(values) // SAMPLE)
    sample = values[::step]
    count = min(len(sample), limit * 5 // (4 * step) + 8)
    rows = np.flatnonzero(values >= np.partition(sample, len(sample) - count)[len(sample) - count])
    return rows if len(rows) >= min(limit, len(values)) else np.argpartition(values, len(values) - limit)[-limit:]


def _top(values: Vectors, limit: int) -> Rows:
    """Positions of the `limit` largest values, largest first."""
    limit = min(limit, len(values))
    if limit == 0:
        return np.zeros(0, np.intp)
    rows = np.argpartition(values, len(values) - limit)[len(values) - limit :]
    return rows[np.argsort(-values[rows], kind="stable")]
