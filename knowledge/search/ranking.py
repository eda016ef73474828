"""The order of the candidates: a weighted sum of what speaks for each.

The weights are those of a conditional logit (McFadden, 1974), the probability of the right entry among the candidates,
fitted over many FAQs. How much a signal is worth depends on the FAQ: where entries have answers, words in the passage
count; where a classifier could be trained, it does. So each signal has one weight for all FAQs and one more for each
of those two properties.
"""

from __future__ import annotations

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.search.corpus import Traits


def columns(signals: Vectors, traits: Traits) -> Vectors:
    """`signals`, the same times "has a classifier", and times the share of entries with an answer, side by side."""
    trained = np.float32(traits.trained)
    return np.hstack([signals, signals * trained, signals * np.float32(traits.answered_share)])


def rank_scores(signals: Vectors, traits: Traits, weights: Vectors) -> Vectors:
    """Score of each candidate; differences are log odds."""
    result: Vectors = columns(signals, traits) @ weights
    return result
