"""What a search needs from outside: an immutable view of one version of the FAQ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from knowledge.embeddings import Vectors
from knowledge.entries import Entry

AUDIENCES: dict[str, frozenset[str]] = {
    "everyone": frozenset({"everyone"}),
    "vip": frozenset({"everyone", "vip"}),
    "staff": frozenset({"everyone", "vip", "staff"}),
}
"""Asker -> audiences of the entries that they may be shown. An unknown asker sees what everyone sees."""


class DenseIndex(Protocol):
    """The vectors of every unit of one version."""

    def query(self, vector: Vectors, limit: int, *, allowed: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return up to `limit` (unit id, cosine), nearest first.

        vector: float32, shape [dimensions], L2-normalised. allowed: ids of the *entries* that may be returned;
        None means all of them. An entry that is not allowed is never returned.
        """
        ...

    def vectors(self, unit_ids: Sequence[str]) -> Vectors:
        """Return the stored vectors in the order asked for, shape [len(unit_ids), dimensions], L2-normalised."""
        ...


class Snapshot(Protocol):
    """One version of the FAQ: immutable, loaded once per process."""

    @property
    def version(self) -> str:
        """Name of the version."""
        ...

    @property
    def entries(self) -> Sequence[Entry]:
        """Every entry of the version."""
        ...

    @property
    def dense(self) -> DenseIndex:
        """Its vectors."""
        ...


def may_see(asker: str, entry: Entry) -> bool:
    """Whether someone who is `everyone`, `vip` or `staff` may be shown the entry."""
    return entry.audience in AUDIENCES.get(asker, AUDIENCES["everyone"])
