"""Open the embedding model that the settings name."""

from __future__ import annotations

from knowledge.embeddings.langchain import load_langchain
from knowledge.embeddings.minilm import NAME, MiniLM
from knowledge.embeddings.port import Embedder
from knowledge.embeddings.remembered import Remembered


def load_embedder(name: str = "") -> Embedder:
    """Open an embedding model; blocks while it is read.

    name: "" for the built-in model, else a LangChain embeddings name (`provider:model`).
    Raises EmbeddingError, with what to do, for a name that is not known or a model that can't be opened.
    """
    name = name.strip()
    return Remembered(MiniLM() if name in ("", NAME) else load_langchain(name))
