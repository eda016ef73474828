"""Text to vectors: the built-in model, or any LangChain embeddings by name."""

from knowledge.embeddings.loading import load_embedder
from knowledge.embeddings.port import Embedder, Vectors

__all__ = ["Embedder", "Vectors", "load_embedder"]
