"""Fixtures of the index tests: knowledge bases on real Chroma in a folder of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from knowledge.embeddings import Embedder, load_embedder
from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from tests.index.faq import WordEmbedder

OpenBase = Callable[..., Awaitable[KnowledgeBase]]


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The built-in model, loaded once."""
    return load_embedder()


@pytest.fixture
async def open_base(tmp_path: Path) -> AsyncIterator[OpenBase]:
    """Open a knowledge base in the test's folder; with another embedder, or on a server, if told."""
    bases: list[KnowledgeBase] = []

    async def open_one(embedder: Embedder | None = None, chroma_url: str = "") -> KnowledgeBase:
        base = KnowledgeBase(Store.open(data_dir=tmp_path / "data", chroma_url=chroma_url), embedder or WordEmbedder())
        bases.append(base)
        await base.refresh()
        return base

    yield open_one
    for base in bases:
        await base.aclose()
