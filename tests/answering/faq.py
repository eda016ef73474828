"""An FAQ to ask, searched for real: the built-in embeddings, the searcher, vectors in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

from knowledge.embeddings import load_embedder
from knowledge.entries import Entry
from knowledge.search import Searcher, SearchResult, snapshot_in_memory
from knowledge.sources import read_source

SAMPLE = Path(__file__).parents[2] / "knowledge" / "sample"


class SearchInMemory:
    """The `Search` port over entries in memory."""

    def __init__(self, entries: Sequence[Entry], version: str = "v1") -> None:
        embedder = load_embedder("")
        self.entries = {entry.id: entry for entry in entries}
        self.version = version
        self.searches = 0
        self._searcher = Searcher(snapshot_in_memory(entries, embedder, version), embedder)

    async def search(
        self,
        query: str,
        *,
        audience: str = "everyone",
        tags: Collection[str] = (),
        language: str = "",
        history: Sequence[str] = (),
        limit: int = 5,
    ) -> SearchResult:
        self.searches += 1
        return await asyncio.to_thread(
            self._searcher.search,
            query,
            audience=audience,
            tags=tags,
            language=language,
            history=history,
            limit=limit,
        )


def sample_faq() -> tuple[Entry, ...]:
    """The entries of the sample FAQ."""
    return read_source(SAMPLE).entries
