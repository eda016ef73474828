"""Small FAQs on disk, and an embedding model that needs no file: helpers of the index tests."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embeddings import Vectors


class WordEmbedder:
    """Random projection of a bag of words: a working model, only a simple one. Remembers what it embedded."""

    def __init__(self, name: str = "words", dimensions: int = 64) -> None:
        self._name, self._dimensions = name, dimensions
        self.embedded: list[str] = []
        self._words: dict[str, Vectors] = {}
        self._texts: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        return self._name

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    async def aembed_query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        if text not in self._texts:
            self._texts[text] = self._made(text)
        return self._texts[text]

    def _made(self, text: str) -> Vectors:
        vector = np.full(self._dimensions, 1e-3, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            if word not in self._words:
                generator = np.random.default_rng(zlib.crc32(f"{self._name} {word}".encode()))
                self._words[word] = generator.normal(size=self._dimensions).astype(np.float32)
            vector += self._words[word]
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def write_faq(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write entries as JSONL in one step, as an editor does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    scratch.rename(path)
    return path


TOPICS = ["refund", "parcel", "invoice", "password", "delivery", "voucher", "newsletter", "warranty", "complaint"]
TOPICS += ["address", "payment", "subscription", "receipt", "shipping", "exchange", "loyalty", "gift", "card"]
TOPICS += ["account", "login", "language", "cookie", "privacy", "store", "opening", "hours"]


def generation(number: int) -> list[dict[str, Any]]:
    """A FAQ whose every answer says which generation it is of; one entry exists in this generation only."""
    rows = [
        {"id": topic, "question": f"What about my {topic}?", "answer": f"The {topic} of generation {number}."}
        for topic in TOPICS
    ]
    only = {
        "id": f"only-{number}",
        "question": f"Special offer number {number}?",
        "answer": f"Yes, generation {number}.",
    }
    return [*rows, only]


def name_of(number: int) -> str:
    """A made-up word for a number, like no other's."""
    letters = random.Random(number)
    return "".join(letters.choice("bcdfghjklmnpqrstvwxz") + letters.choice("aeiou") for _ in range(5))


def numbered(count: int, changed: Iterable[int] = (), removed: Iterable[int] = ()) -> list[dict[str, Any]]:
    """A larger FAQ: `count` entries of two units each; those in `changed` have another answer."""
    changed, removed = set(changed), set(removed)
    return [
        {
            "id": f"e{number}",
            "question": f"Where do I find the {name_of(number)}?",
            "answer": f"In hall {number % 11}{' now, it moved' if number in changed else ''}.",
        }
        for number in range(count)
        if number not in removed
    ]
