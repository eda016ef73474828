"""A classifier over entries, trained when the FAQ is loaded on its own questions and alternates.

Multinomial logistic regression on the embeddings. Neighbours alone treat every direction of the embedding alike; the
classifier learns which directions tell *this* FAQ's entries apart, which matters most where entries are alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Vectors

MIN_UNITS_PER_ENTRY = 1.9
"""Questions and alternates per entry, on average, from which on the classifier has something to learn."""
MAX_ENTRIES = 1500
"""Beyond this the classifier costs more to train than it gives."""
STEPS, RATE, DECAY, BATCH = 80, 0.5, 1e-5, 4096


def train_head(vectors: Vectors, labels: NDArray[np.intp], entries: int) -> Vectors | None:
    """Return weights [dimensions, entries] for `vectors @ weights`, or None where training would not pay.

    vectors: float32 [questions and alternates, dimensions], L2-normalised. labels: the entry number of each.
    Adam (Kingma and Ba, 2015) on the softmax cross-entropy; the weights of the second half of the steps are averaged
    (Polyak and Juditsky, 1992). Deterministic.
    """
    if not 2 <= entries <= MAX_ENTRIES or len(labels) < MIN_UNITS_PER_ENTRY * entries:
        return None
    generator = np.random.default_rng(0)
    weights: Vectors = np.zeros((vectors.shape[1], entries), np.float32)
    mean: Vectors = np.zeros_like(weights)
    square: Vectors = np.zeros_like(weights)
    total: Vectors = np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        rows = np.arange(len(labels)) if len(labels) <= BATCH else generator.choice(len(labels), BATCH, replace=False)
        batch = vectors[rows]
        gap = softmax(batch @ weights)
        gap[np.arange(len(rows)), labels[rows]] -= 1.0
        gradient = batch.T @ gap / len(rows) + DECAY * weights
        mean += 0.1 * (gradient - mean)
        square += 0.01 * (gradient * gradient - square)
        step_size = RATE / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        move: Vectors = (step_size * mean).astype(np.float32)
        weights = weights - move
        if step > STEPS // 2:
            total += weights
    result: Vectors = (total / (STEPS - STEPS // 2)).astype(np.float32)
    return result


def softmax(logits: Vectors) -> Vectors:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: Vectors = powers / powers.sum(axis=-1, keepdims=True)
    return result
