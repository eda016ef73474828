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

    def nearest(self, vector: Vectors, limit: int, allowed: Mask | None) -> tuple[Rows, Vectors]:
        """Return rows and cosines of the `limit` nearest units, nearest first; `allowed` is per unit."""
        if self._basis is None:
            cosines = self.matrix @ vector
            if allowed is not None:
                cosines[~allowed] = -2.0
            rows = _top(cosines, limit)
            rows = rows[cosines[rows] > -2.0]
            return rows, cosines[rows]
        rough = (vector @ self._basis) @ self._reduced
        if allowed is not None:
            rough[~allowed] = -np.inf
        rows = _shortlist(rough, max(SHORTLIST, limit))
        rows = rows[rough[rows] > -np.inf]
        cosines = self.matrix[rows] @ vector
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
