"""An embedder that keeps what it has embedded in a file, so that a second run is quick."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embeddings import Embedder, Vectors


class RememberedOnDisk:
    """Wraps an embedder; `save` writes every vector met so far."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path
        self._vectors: dict[str, Vectors] = {}
        if path.exists():
            with np.load(path) as stored:
                self._vectors = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        self._saved = len(self._vectors)

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        keys = [hashlib.sha1(f"{self.name} {text}".encode()).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors}
        if missing:
            self._vectors.update(zip(missing, self._embedder.embed(list(missing.values())), strict=True))
        return np.stack([self._vectors[key] for key in keys])

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        vector: Vectors = self.embed([text])[0]
        return vector

    async def aembed_query(self, text: str) -> Vectors:
        """See `Embedder.aembed_query`."""
        return await asyncio.to_thread(self.embed_query, text)

    def save(self) -> None:
        """Write what is new."""
        if len(self._vectors) > self._saved:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            keys, vectors = np.array(list(self._vectors)), np.stack(list(self._vectors.values()))
            np.savez(self._path, keys=keys, vectors=vectors)
            self._saved = len(self._vectors)
