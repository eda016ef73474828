"""A search in steps: it stops where it needs the vector of a text, so that one code serves threads and event loops."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from knowledge.embeddings import Vectors

Result = TypeVar("Result")
Steps = Generator[str, Vectors, Result]
"""Work that yields each text whose vector it needs, is sent that, and returns its result."""


def advance(steps: Steps[Result], vector: Vectors | None) -> str | Result:
    """Go on with the vector that was asked for; return the next text to embed, or the result."""
    try:
        return next(steps) if vector is None else steps.send(vector)
    except StopIteration as end:
        result: Result = end.value
        return result
