"""Copies of large segments' vectors in local files: a process that starts maps them into memory at once.

Chroma hands out vectors as lists of Python numbers, seconds for tens of thousands of them. A segment never changes
and its id is never used again, so a copy can't be out of date; it may be missing, and then it is made anew.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.embeddings import Vectors

SMALLEST = 1_000
"""Segments of fewer vectors are read from Chroma, which is quick enough."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """The vectors of one segment."""

    ids: list[str]
    """Record ids, in the order of the rows."""
    vectors: Vectors
    """Shape [records, dimensions], mapped from the file: it takes memory only where it is read."""


class Mirrors:
    """The folder of copies; a file in it is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, segment: str, records: int) -> Mirror | None:
        """The copy of the segment with this id; None when there is none that holds `records` records."""
        place = self._folder / segment
        try:
            ids = (place / "ids.txt").read_text(encoding="utf-8").split("\n")
            vectors = np.load(place / "vectors.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError):
            return None
        if vectors.dtype != np.float32 or vectors.ndim != 2 or not len(ids) == len(vectors) == records:
            return None
        return Mirror(ids, vectors)

    def save(self, segment: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Copy a segment. A full disk is no error: the copy only saves time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(prefix=".part-", dir=self._folder))
            try:
                (scratch / "ids.txt").write_text("\n".join(ids), encoding="utf-8")
                np.save(scratch / "vectors.npy", vectors.astype(np.float32, copy=False))
                shutil.rmtree(self._folder / segment, ignore_errors=True)
                scratch.rename(self._folder / segment)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError:
            return

    def keep_only(self, segments: Collection[str]) -> None:
        """Delete the copies of other segments, and what a killed process left half-written."""
        if self._folder.is_dir():
            for place in self._folder.iterdir():
                if place.name not in segments:
                    shutil.rmtree(place, ignore_errors=True)
