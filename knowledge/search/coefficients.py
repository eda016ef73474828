"""The fitted numbers of ranking and confidence, read from `coefficients.json`; `training/` says how they came about."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.search.corpus import Traits

SOME, MANY = 20, 80
"""Questions and alternates per entry up to which an FAQ has some, and from which on it has many."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One hidden layer of tanh units with one logistic output."""

    hidden: Vectors
    """Shape [features, units]."""
    hidden_bias: Vectors
    """Shape [units]."""
    output: Vectors
    """Shape [units]."""
    output_bias: float
    """Added before the logistic function."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Everything that was fitted."""

    ranking: Vectors
    """Weight of each column of `ranking.columns`."""
    centre: Vectors
    """Mean of each feature of the confidence."""
    scale: Vectors
    """Standard deviation of each feature of the confidence."""
    networks: tuple[Layer, ...]
    """Networks whose log odds are averaged: is the first candidate right?"""
    scope: tuple[Layer, ...]
    """The same for another question: does any entry answer?"""
    answer_from: float
    """Confidence from which a question is answered; see `threshold` and `answers`."""
    answer_from_few: float
    """The same for an FAQ of answers with hardly any alternates: few ways to be found, and many to be mistaken."""
    in_scope_from_many: float
    """Probability of being in scope from which an FAQ with `MANY` wordings of each question answers; see `answers`."""
    suggest_from: float
    """Confidence from which questions are suggested."""


def threshold(fitted: Coefficients, traits: Traits) -> float:
    """The least confidence with which an FAQ of this kind answers."""
    if traits.trained:
        return fitted.answer_from
    return fitted.answer_from + traits.answered_share * (fitted.answer_from_few - fitted.answer_from)


def answers(fitted: Coefficients, traits: Traits, confidence: float, in_scope: float) -> bool:
    """Whether the first candidate is given as the answer.

    As a rule the confidence decides. With many wordings of each question the first candidate seldom errs, and a low
    confidence mostly says that entries are alike, a high one little of a question that none of them answers: there the
    question's being in scope decides. Between `SOME` and `MANY` wordings the one counts less and less, the other more.
    """
    wordings = math.log(max(traits.asked_per_entry, 1.0) / SOME) / math.log(MANY / SOME)
    share = min(max(wordings, 0.0), 1.0) if traits.trained else 0.0
    sure, inside = confidence - threshold(fitted, traits), in_scope - fitted.in_scope_from_many
    return (1 - share) * sure + share * inside >= 0


@cache
def coefficients() -> Coefficients:
    """Read the packaged numbers, once per process."""
    data = json.loads(files("knowledge.search").joinpath("coefficients.json").read_text("utf-8"))
    return Coefficients(
        ranking=np.array(data["ranking"], np.float32),
        centre=np.array(data["centre"], np.float32),
        scale=np.array(data["scale"], np.float32),
        networks=tuple(map(_layer, data["networks"])),
        scope=tuple(map(_layer, data["scope"])),
        answer_from=float(data["answer_from"]),
        answer_from_few=float(data["answer_from_few"]),
        in_scope_from_many=float(data["in_scope_from_many"]),
        suggest_from=float(data["suggest_from"]),
    )


def _layer(stored: dict[str, Any]) -> Layer:
    hidden, bias, output = (np.array(stored[name], np.float32) for name in ("hidden", "hidden_bias", "output"))
    return Layer(hidden, bias, output, float(stored["output_bias"]))
