"""One version of the FAQ, loaded: what a search looks at from its first step to its last."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.embeddings import Embedder
from knowledge.entries import Entry
from knowledge.index.dense import SegmentedIndex
from knowledge.index.manifest import read_entries
from knowledge.index.reports import VersionInfo
from knowledge.index.segments import open_segment
from knowledge.index.store import PREFIX, Store
from knowledge.search import Searcher


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version in memory. Immutable, shared by all searches of a process."""

    info: VersionInfo
    """What the catalogue says of it."""
    entries: tuple[Entry, ...]
    """Every entry."""
    dense: SegmentedIndex
    """Their vectors, which stay in Chroma."""

    @property
    def version(self) -> str:
        """Its name."""
        return self.info.name


def load(store: Store, info: VersionInfo) -> Loaded:
    """Read a version; blocks. Raises NoSuchVersion when it was cleaned up."""
    entries = read_entries(store.get(f"{PREFIX}version-{info.number:08d}"), info.entries)
    return Loaded(info, entries, SegmentedIndex([open_segment(store, name) for name in info.segments], entries))


@dataclass(frozen=True, slots=True)
class Serving:
    """A loaded version with what searches it."""

    loaded: Loaded
    """The version."""
    embedder: Embedder
    """The model of its vectors: a query is never compared with another model's."""
    searcher: Searcher
    """Searches it."""
