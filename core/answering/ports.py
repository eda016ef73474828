"""What the chain needs from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from knowledge.search.results import SearchResult


class Search(Protocol):
    """The FAQ; `knowledge.index.KnowledgeBase` is one."""

    @property
    def version(self) -> str:
        """Name of the version that a search would run on now, "" while there is none; asked for every question."""
        ...

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
        """The entries that answer `query`, best first. Raises KnowledgeError when it can't be searched.

        history: the customer's earlier messages, oldest first, for a query that leans on them.
        """
        ...
