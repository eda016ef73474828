"""The order of the candidates: a weighted sum of what speaks for each.

The weights are those of a conditional logit (McFadden, 1974), the probability of the right entry among the candidates,
fitted over many FAQs. How much a signal is worth depends on the FAQ: where entries have answers, words in the passage
count; where a classifier could be trained, it does, and the more the more wordings it has learnt from. So each signal
has one weight for all FAQs and one more for each of those three properties.
"""

from __future__ import annotations

import math

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.search.corpus import Traits

LOG_WORDINGS = 5.0
"""Logarithm of about 150 wordings per entry, for which the third property is 1."""


def columns(signals: Vectors, traits: Traits) -> Vectors:
    """`signals`, and the same times "has a classifier", the share of entries with an answer, and the wordings (log)."""
    return np.hstack([signals * share for share in _shares(traits)])


def _shares(traits: Traits) -> Vectors:
    learnt = traits.trained * math.log(max(traits.asked_per_entry, 1.0)) / LOG_WORDINGS
    return np.array([1.0, traits.trained, traits.answered_share, learnt], np.float32)


def rank_scores(signals: Vectors, traits: Traits, weights: Vectors) -> Vectors:
    """Score of each candidate; differences are log odds."""
    result: Vectors = signals @ (_shares(traits) @ weights.reshape(4, -1))
    return result
