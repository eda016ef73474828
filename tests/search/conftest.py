"""The bicycle shop's FAQ with the real embedding model."""

from __future__ import annotations

import pytest

from knowledge.embeddings import Embedder, load_embedder
from knowledge.search import Searcher, snapshot_in_memory
from tests.search.faq import ENTRIES


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder("")


@pytest.fixture(scope="session")
def searcher(embedder: Embedder) -> Searcher:
    return Searcher(snapshot_in_memory(ENTRIES, embedder), embedder)
