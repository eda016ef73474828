"""A small memory of query vectors: the same question is often searched twice in a row (routing, then answering)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from knowledge.embeddings.port import Embedder, Vectors


class Remembered:
    """An embedder that keeps the vectors of the last `size` queries."""

    def __init__(self, embedder: Embedder, size: int = 512) -> None:
        self._embedder = embedder
        self._size = size
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; not remembered."""
        return self._embedder.embed(texts)

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        if (known := self._known(text)) is not None:
            return known
        return self._keep(text, self._embedder.embed_query(text))

    async def aembed_query(self, text: str) -> Vectors:
        """See `Embedder.aembed_query`."""
        if (known := self._known(text)) is not None:
            return known
        return self._keep(text, await self._embedder.aembed_query(text))

    def _known(self, text: str) -> Vectors | None:
        with self._lock:
            if (known := self._vectors.get(text)) is not None:
                self._vectors.move_to_end(text)
            return known

    def _keep(self, text: str, vector: Vectors) -> Vectors:
        vector.flags.writeable = False  # shared by every later caller
        with self._lock:
            self._vectors[text] = vector
            if len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
        return vector
