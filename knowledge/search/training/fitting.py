"""The two fits: weights of the ranking, and the networks of the confidence. Deterministic; numpy only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Vectors
from knowledge.search.coefficients import Layer
from knowledge.search.confidence import features
from knowledge.search.evidence import SIGNALS
from knowledge.search.ranking import columns, rank_scores
from knowledge.search.training.observe import Observed

RANKED = 20
"""Candidates of a question that the ranking is fitted on: the nearest."""
QUESTIONS = 700
"""Questions of an FAQ that the ranking is fitted on."""
OUT_OF_SCOPE = 0.3
"""Share of questions out of scope that the probability is calibrated for, whatever an FAQ's own share is."""
COUNTS = {"sample": 0.15}
"""How much a family counts, where not 1: one small FAQ, made like its own questions, must not set the tone."""
HIDDEN, NETWORKS, WEIGHT_DECAY = 12, 6, 4e-3
_NEAREST, _HEAD, _BM25_SHARE = (SIGNALS.index(name) for name in ("nearest", "head", "bm25_share"))


def fit_ranking(faqs: Sequence[Observed]) -> Vectors:
    """Weights per column of `ranking.columns`: the conditional logit, every FAQ weighing alike."""
    blocks, rights, owners, weights = [], [], [], []
    number = 0
    for faq in faqs:
        usable = [item for item in faq.observations if item.in_scope and item.right.any()][:QUESTIONS]
        for item in usable:
            signals = item.evidence.signals
            rough = signals[:, _NEAREST] + 0.3 * signals[:, _BM25_SHARE] + signals[:, _HEAD]
            kept = np.argsort(-rough, kind="stable")[:RANKED]
            if item.right[kept].any():
                blocks.append(columns(signals[kept], faq.traits))
                rights.append(item.right[kept])
                owners.append(np.full(len(kept), number))
                weights.append(1 / len(usable) / len(faqs))
                number += 1
    table, right, owner = np.vstack(blocks), np.concatenate(rights).astype(np.float32), np.concatenate(owners)
    weight = np.array(weights, np.float32)[owner]
    scale = table.std(axis=0) + 1e-6
    table = table / scale
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])

    def gradient(parameters: list[Vectors]) -> list[Vectors]:
        scores = table @ parameters[0]
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        given = powers / np.add.reduceat(powers, starts)[owner]
        wanted = powers * right
        wanted = wanted / np.add.reduceat(wanted, starts)[owner]
        return [table.T @ ((given - wanted) * weight) + np.float32(1e-4) * parameters[0]]

    (fitted,) = _adam([np.zeros(table.shape[1], np.float32)], gradient, steps=200, rate=0.15)
    result: Vectors = fitted / scale
    return result


def confidence_rows(faq: Observed, ranking: Vectors) -> tuple[Vectors, NDArray[np.bool_], NDArray[np.bool_]]:
    """Features [questions, features], whether the first candidate is right, and whether the question is in scope."""
    rows, right = [], []
    for item in faq.observations:
        scores = rank_scores(item.evidence.signals, faq.traits, ranking)
        rows.append(features(faq.traits, item.evidence, scores, item.offtopic))
        right.append(item.right[int(np.argmax(scores))])
    return np.array(rows), np.array(right), np.array([item.in_scope for item in faq.observations])


def fit_confidence(
    faqs: Sequence[Observed], ranking: Vectors
) -> tuple[Vectors, Vectors, tuple[Layer, ...], tuple[Layer, ...]]:
    """Centre and scale of the features; the networks for "is it right?" and those for "is it in scope?"."""
    families = Counter(faq.family for faq in faqs)
    tables, rights, scopes, weights = [], [], [], []
    for faq in faqs:
        table, right, inside = confidence_rows(faq, ranking)
        weight = np.where(inside, (1 - OUT_OF_SCOPE) / max(inside.sum(), 1), OUT_OF_SCOPE / max((~inside).sum(), 1))
        tables.append(table)
        rights.append(right)
        scopes.append(inside)
        weights.append(weight * COUNTS.get(faq.family, 1.0) / families[faq.family] ** 0.5)
    table, weight = np.vstack(tables), np.concatenate(weights).astype(np.float32)
    weight /= weight.sum()
    centre, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-3)
    scaled = np.clip((table - centre) / scale, -4, 4).astype(np.float32)
    confidence, scope = (_networks(scaled, np.concatenate(targets), weight) for targets in (rights, scopes))
    return centre, scale, confidence, scope


def _networks(scaled: Vectors, target: NDArray[np.bool_], weight: Vectors) -> tuple[Layer, ...]:
    """Networks from different beginnings, by weighted cross-entropy."""
    networks = []
    for seed in range(NETWORKS):
        generator = np.random.default_rng(seed)
        start: list[Vectors] = [
            (0.25 * generator.standard_normal((scaled.shape[1], HIDDEN))).astype(np.float32),
            np.zeros(HIDDEN, np.float32),
            (0.3 * generator.standard_normal(HIDDEN)).astype(np.float32),
            np.zeros(1, np.float32),
        ]

        def gradient(parameters: list[Vectors]) -> list[Vectors]:
            hidden, bias, output, shift = parameters
            active = np.tanh(scaled @ hidden + bias)
            chance = 1 / (1 + np.exp(-(active @ output + shift)))
            gap = (weight * (chance - target)).astype(np.float32)
            back = np.outer(gap, output) * (1 - active * active)
            return [
                scaled.T @ back + np.float32(WEIGHT_DECAY) * hidden,
                back.sum(axis=0),
                active.T @ gap + np.float32(WEIGHT_DECAY) * output,
                gap.sum(keepdims=True),
            ]

        hidden, bias, output, shift = _adam(start, gradient, steps=300, rate=0.02)
        networks.append(Layer(hidden, bias, output, float(shift[0])))
    return tuple(networks)


def _adam(
    parameters: list[Vectors], gradient: Callable[[list[Vectors]], list[Vectors]], steps: int, rate: float
) -> list[Vectors]:
    """Adam (Kingma and Ba, 2015), full batch."""
    means = [np.zeros_like(value) for value in parameters]
    squares = [np.zeros_like(value) for value in parameters]
    for step in range(1, steps + 1):
        for at, slope in enumerate(gradient(parameters)):
            means[at] += 0.1 * (slope - means[at])
            squares[at] += 0.01 * (slope * slope - squares[at])
            move = means[at] / (1 - 0.9**step) / (np.sqrt(squares[at] / (1 - 0.99**step)) + 1e-8)
            parameters[at] = parameters[at] - np.float32(rate) * move
    return parameters
