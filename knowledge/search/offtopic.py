"""Talk about anything and everything: what questions that no FAQ answers look like.

A query that is nearer to it than to the FAQ is likely to be out of scope. The sentences are the project's own.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from knowledge.embeddings import Embedder, Vectors

VECTORS = "offtopic.npz"
"""Their vectors by the built-in model, so that no start has to wait for them."""


@cache
def offtopic_sentences() -> tuple[str, ...]:
    """The sentences, one a line in `offtopic.txt`."""
    text = files("knowledge.search").joinpath("offtopic.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def offtopic_vectors(embedder: Embedder) -> Vectors:
    """Their vectors, shape [sentences, dimensions]: packaged for the built-in model, else embedded now."""
    sentences = offtopic_sentences()
    with files("knowledge.search").joinpath(VECTORS).open("rb") as file, np.load(file) as packaged:
        if str(packaged["model"]) == embedder.name and tuple(packaged["sentences"]) == sentences:
            result: Vectors = packaged["vectors"].astype(np.float32)
            return result
    return embedder.embed(sentences)
