"""Search one version of the FAQ."""

from __future__ import annotations

from collections.abc import Collection

from knowledge.search.ports import QueryEmbedder, Snapshot, may_see
from knowledge.search.results import Hit, Outcome, SearchResult
from knowledge.search.units import units_of


class Searcher:
    """Searches one snapshot; build it once per version and share it between threads."""

    def __init__(self, snapshot: Snapshot, embedder: QueryEmbedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._entries = {entry.id: entry for entry in snapshot.entries}
        self._units = {unit.id: unit for entry in snapshot.entries for unit in units_of(entry)}

    def search(
        self,
        query: str,
        *,
        audience: str = "everyone",
        tags: Collection[str] = (),
        language: str = "",
        limit: int = 5,
    ) -> SearchResult:
        """Find the entries that answer `query`, best first.

        audience: who asks (`everyone`, `vip`, `staff`). tags: only entries with one of these, where given.
        language: BCP 47 tag; only entries of that language or of none stated, where given.
        Blocks for a few milliseconds: call it off the event loop.
        """
        allowed = {
            entry.id
            for entry in self._snapshot.entries
            if may_see(audience, entry)
            and (not tags or set(tags) & set(entry.tags))
            and (not language or not entry.language or entry.language == language)
        }
        vector = self._embedder.embed([query])[0]
        hits: dict[str, Hit] = {}
        for unit_id, cosine in self._snapshot.dense.query(vector, 10 * limit, allowed=allowed):
            unit = self._units[unit_id]
            hits.setdefault(unit.entry_id, Hit(self._entries[unit.entry_id], unit.passage, cosine, cosine))
        best = tuple(hits.values())[:limit]
        confidence = max(0.0, best[0].similarity) if best else 0.0
        outcome = Outcome.ANSWER if confidence >= 0.6 else Outcome.SUGGEST if confidence >= 0.4 else Outcome.UNKNOWN
        return SearchResult(query, self._snapshot.version, best, confidence, outcome)
