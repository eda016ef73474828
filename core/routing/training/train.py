"""Train the classifier: `python -m core.routing.training.train` writes `core/routing/classifier.json`.

Same sentences, same file: nothing is drawn by chance but with a fixed seed. A minute on one core.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.routing.classifier import FILE_NAME, Classifier, Thresholds, written
from core.routing.features import BITS, features, windows
from core.routing.human_request import read_by_grammar
from core.routing.text import said, sentences
from core.routing.training.examples import Example, digest, examples

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TARGET: Final = Path(__file__).parent.parent / FILE_NAME
_SIZE: Final = 1 << BITS
_FOLDS: Final = 5
_PASSES: Final = 150
_HIDDEN: Final = 0.4
"""Share of the features that are hidden in a pass."""
_PENALTY: Final = 2e-4
"""Strength of the L2 penalty."""
_VETO: Final = -1.0
_LOWEST_PAGE: Final = 2.5
"""Below it, more than two in 1,000 ordinary English questions would page."""
_PAGE_ELSEWHERE: Final = 2.0
_PRECISION: Final = 0.97
"""Of what pages, in cross-validation; the sentences in it are harder than what customers write."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled messages as rows of features, one row per window; the features of all rows stand one after another."""

    labels: Flags
    """Per message: whether it asks for a person."""
    weight: Floats
    """Per message: how much it counts in training."""
    group: NDArray[np.int64]
    """Per message: its group, see `Example.group`."""
    counted: Flags
    """Per message: whether it counts in validation."""
    asked: Flags
    """Per row: whether the grammar reads a request in the row's sentence."""
    message: NDArray[np.int64]
    """Per row: the message it is of."""
    row: NDArray[np.int64]
    """Per feature: the row it is of."""
    place: NDArray[np.int64]
    """Per feature: its place in the table of weights."""
    value: Floats
    """Per feature: how much it counts."""

    def part(self, chosen: Flags) -> Corpus:
        """The messages that are chosen, counted anew."""
        rows = chosen[self.message]
        kept = rows[self.row]
        return Corpus(
            self.labels[chosen],
            self.weight[chosen],
            self.group[chosen],
            self.counted[chosen],
            self.asked[rows],
            (np.cumsum(chosen) - 1)[self.message[rows]],
            (np.cumsum(rows) - 1)[self.row[kept]],
            self.place[kept],
            self.value[kept],
        )

    def scores(self, weights: Floats, bias: float) -> Floats:
        """One score per row."""
        summed = np.bincount(self.row, self.value * weights[self.place], len(self.message))
        return summed.astype(np.float64) + bias

    def best(self, scores: Floats) -> Floats:
        """The highest score of each message's rows."""
        best = np.full(len(self.labels), -50.0)
        np.maximum.at(best, self.message, scores)
        return best


def corpus(messages: list[Example]) -> Corpus:
    """Features of every window of every sentence of the messages."""
    asked: list[bool] = []
    message: list[int] = []
    row: list[int] = []
    place: list[int] = []
    value: list[float] = []
    for number, example in enumerate(messages):
        shown, words = said(example.text)
        for sentence in sentences(words):
            asks = read_by_grammar(shown, sentence).wants_human
            for window in windows(sentence):
                found = features(tuple(token.text for token in window))
                row += [len(message)] * len(found)
                place += found.keys()
                value += found.values()
                message.append(number)
                asked.append(asks)
    return Corpus(
        np.array([e.human for e in messages]), np.array([e.weight for e in messages]),
        np.array([e.group for e in messages]), np.array([e.counted for e in messages]),
        np.array(asked), np.array(message), np.array(row), np.array(place), np.array(value),
    )  # fmt: skip


def fit(data: Corpus) -> tuple[Floats, float]:
    """Weights and bias. A message is as good as its best row (multiple-instance learning by maximum).

    Some features, others each time, are hidden, so that no request hangs by a few of them (dropout:
    Hinton et al., 2012).
    Adam (Kingma and Ba, 2015) over all messages at once, the step falling linearly.
    """
    draw = np.random.default_rng(1)
    weights, momentum, square = np.zeros(_SIZE + 1), np.zeros(_SIZE + 1), np.zeros(_SIZE + 1)
    share = data.weight / data.weight.sum()
    for step in range(1, _PASSES + 1):
        kept = (draw.random(_SIZE) > _HIDDEN) / (1 - _HIDDEN)
        scores = data.scores(weights[:-1] * kept, weights[-1])
        best = data.best(scores)
        error = (1 / (1 + np.exp(-best)) - data.labels) * share
        blamed = np.where(scores >= best[data.message], error[data.message], 0.0)
        gradient = _PENALTY * weights
        gradient[:-1] += kept * np.bincount(data.place, data.value * blamed[data.row], _SIZE)
        gradient[-1] = blamed.sum()
        momentum = 0.9 * momentum + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        rate = 0.05 * (1 - 0.9 * step / _PASSES)
        weights -= rate * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
    return weights[:-1], float(weights[-1])


def cross_validated(data: Corpus, seed: int = 0) -> Floats:
    """The score of every row by a classifier that did not see its message."""
    fold = np.random.default_rng(seed).integers(0, _FOLDS, int(data.group.max()) + 1)[data.group]
    fold[data.group < 0] = -1
    scores = np.zeros(len(data.message))
    for number in range(_FOLDS):
        weights, bias = fit(data.part(fold != number))
        scores[fold[data.message] == number] = data.part(fold == number).scores(weights, bias)
    return scores


def precision_and_recall(data: Corpus, scores: Floats, veto: float, page: float) -> tuple[float, float]:
    """How well grammar and classifier read the messages together."""
    pages = ((scores > veto) & data.asked) | (scores > page)
    found = np.zeros(len(data.labels), bool)
    found[data.message[pages]] = True
    right = int((found & data.labels & data.counted).sum())
    return right / max(1, int((found & data.counted).sum())), right / int((data.labels & data.counted).sum())


def choose(data: Corpus, scores: Floats) -> Thresholds:
    """The thresholds with the best recall at the precision wanted."""
    tried = [
        (recall, -page)
        for page in np.arange(_LOWEST_PAGE, 4.0, 0.1)
        for precision, recall in [precision_and_recall(data, scores, _VETO, float(page))]
        if precision >= _PRECISION
    ]
    page = -max(tried, default=(0.0, -4.0))[1]
    return Thresholds(_VETO, round(float(page) / 2, 2), round(float(page), 2), _PAGE_ELSEWHERE)


def packed(weights: Floats, bias: float, thresholds: Thresholds) -> Classifier:
    """The weights as signed bytes."""
    scale = float(np.abs(weights).max()) / 127
    return Classifier(array("b", np.rint(weights / scale).astype(np.int8).tobytes()), scale, round(bias, 4), thresholds)


def main() -> None:
    """Train, say how good it is in cross-validation, and write the file."""
    data = corpus(examples())
    scores = cross_validated(data)
    thresholds = choose(data, scores)
    precision, recall = precision_and_recall(data, scores, thresholds.veto, thresholds.page)
    counted, asking = int(data.counted.sum()), int((data.labels & data.counted).sum())
    sys.stdout.write(
        f"{counted} written messages, {asking} of them requests; "
        f"in cross-validation precision {precision:.3f}, recall {recall:.3f} at {thresholds}\n"
    )
    TARGET.write_text(written(packed(*fit(data), thresholds), digest()), "utf-8")


if __name__ == "__main__":
    main()
