"""A small linear classifier of sentences that ask for a person: it finds the ways of asking that no rule foresaw.

Logistic regression over hashed features (`core.routing.features`), trained at build time on sentences of our own by
`python -m core.routing.training.train`. A score is the logarithm of the odds, so 0 is undecided.
"""

from __future__ import annotations

import base64
import json
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from operator import mul
from typing import Final

from core.routing.features import BITS, features, windows
from core.routing.text import Token

FILE_NAME: Final = "classifier.json"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores at which something follows; chosen by cross-validation on the training sentences."""

    veto: float
    """At or below it, what the grammar took for a request is none."""
    offer: float
    """Above it, a person is offered."""
    page: float
    """Above it, the sentence asks for a person by itself."""
    page_elsewhere: float
    """The same for a sentence that is not English: most ordinary questions that look like requests were English."""


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Weights and thresholds."""

    weights: array[int]
    """One signed byte per place of the feature table, `2 ** BITS` of them."""
    scale: float
    """What a weight of 1 stands for."""
    bias: float
    """Score of a sentence without features."""
    thresholds: Thresholds
    """When to act on a score."""

    def score(self, sentence: Sequence[Token]) -> tuple[float, Sequence[Token]]:
        """How much a sentence asks for a person, and the window of it that does most. Linear in its length."""
        scored = ((_of_words(self, tuple(token.text for token in window)), window) for window in windows(sentence))
        return max(scored, key=lambda found: found[0])


@lru_cache(maxsize=1024)
def _of_words(trained: Classifier, words: tuple[str, ...]) -> float:
    """The score of a window. Sentences come again, in a message and from one customer to the next: it is remembered."""
    found = features(words)
    total: float = sum(map(mul, map(trained.weights.__getitem__, found), found.values()))
    return trained.bias + trained.scale * total


@cache
def classifier() -> Classifier:
    """The trained classifier that comes with the package, read once."""
    return read((files("core.routing") / FILE_NAME).read_text("utf-8"))


def read(text: str) -> Classifier:
    """A classifier from its file: JSON, the weights as compressed bytes in base64.

    Raises:
        ValueError: it was made for features of another size; train again.
    """
    raw = json.loads(text)
    weights = array("b", zlib.decompress(base64.b64decode(raw["weights"])))
    if len(weights) != 1 << BITS:
        raise ValueError(f"{FILE_NAME} holds {len(weights)} weights, not {1 << BITS}; train it again")
    return Classifier(weights, raw["scale"], raw["bias"], Thresholds(**raw["thresholds"]))


def written(trained: Classifier, sentences: str) -> str:
    """The file of a classifier. `sentences`: hash of the sentences it was trained on."""
    return json.dumps(
        {
            "sentences": sentences,
            "scale": trained.scale,
            "bias": trained.bias,
            "thresholds": {
                "veto": trained.thresholds.veto, "offer": trained.thresholds.offer, "page": trained.thresholds.page,
                "page_elsewhere": trained.thresholds.page_elsewhere,
            },
            "weights": base64.b64encode(zlib.compress(trained.weights.tobytes(), 9)).decode("ascii"),
        },
        indent=1,
    ) + "\n"  # fmt: skip
