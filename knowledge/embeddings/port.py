"""What the index and the search need of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their similarity.

    `embed` and `embed_query` block and may be called from several threads at once; an event loop awaits `aembed_query`.
    All raise `EmbeddingError` when the model fails.
    """

    @property
    def name(self) -> str:
        """Names the model. Vectors of models with different names are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return L2-normalised float32 vectors, shape [len(texts), dimensions], for texts to be found."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return one L2-normalised float32 vector, shape [dimensions], for a text to search with."""
        ...

    async def aembed_query(self, text: str) -> Vectors:
        """`embed_query` for an event loop, which goes on meanwhile."""
        ...


def normalised(vectors: Vectors) -> Vectors:
    """Scale each row to length 1; a row of zeros stays as it is."""
    norms = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
