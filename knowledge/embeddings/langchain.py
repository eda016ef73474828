"""Any LangChain embeddings by name, such as `openai:text-embedding-3-small`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from knowledge.embeddings.port import Vectors, normalised
from knowledge.errors import EmbeddingError

WAITING = 16
"""Queries that may wait for the service at once."""


class LangChainEmbedder:
    """A LangChain `Embeddings` object behind the `Embedder` protocol."""

    def __init__(self, name: str, embeddings: Any) -> None:
        """name: as configured, kept with every vector. embeddings: a `langchain_core.embeddings.Embeddings`."""
        self._name = name
        self._embeddings = embeddings
        # Threads of their own: a reload in the default executor must not keep searches waiting.
        self._threads = ThreadPoolExecutor(WAITING, thread_name_prefix="embed")

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        # Any vendor's exception may surface here; this is the one place where they are mapped.
        try:
            vectors = np.asarray(self._embeddings.embed_documents(list(texts)), dtype=np.float32)
        except Exception as error:
            raise self._failed(error) from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EmbeddingError(f"{self._name} returned {vectors.shape} vectors for {len(texts)} texts")
        return normalised(vectors)

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        try:
            vector = np.asarray([self._embeddings.embed_query(text)], dtype=np.float32)
        except Exception as error:
            raise self._failed(error) from error
        row: Vectors = normalised(vector)[0]
        return row

    async def aembed_query(self, text: str) -> Vectors:
        """See `Embedder.aembed_query`."""
        # In a thread: not every vendor's own asynchronous method stands being used from one loop after another.
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.embed_query, text)

    def _failed(self, error: Exception) -> EmbeddingError:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return EmbeddingError(f"the embedding model {self._name} failed: {reason[:300]}")


def load_langchain(name: str) -> LangChainEmbedder:
    """Open the LangChain embeddings called `name`. Raises EmbeddingError with what to do."""
    advice = (
        "Write provider:model, for example openai:text-embedding-3-small, and set the provider's key; "
        "or leave it empty for the built-in model."
    )
    if ":" not in name:
        raise EmbeddingError(f"EMBEDDING_MODEL={name} names no provider. {advice}")
    # Imported here: LangChain takes long to import, and the built-in model needs none of it.
    from langchain.embeddings import init_embeddings

    try:
        return LangChainEmbedder(name, init_embeddings(name))
    except ImportError as error:
        raise EmbeddingError(f"EMBEDDING_MODEL={name}: {_first_line(error)}") from error
    except Exception as error:
        raise EmbeddingError(f"EMBEDDING_MODEL={name} can't be opened: {_first_line(error)} {advice}") from error


def _first_line(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
    return line if line.endswith((".", "!", "?")) else f"{line}."
