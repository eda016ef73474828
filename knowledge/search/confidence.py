"""How sure it is that the first candidate answers the query: a calibrated probability from many signals.

Small networks over what a person would look at: how near the entry is, in meaning and in words, on the scale of how
alike the FAQ's own entries are; how far the second entry is behind; whether the signals agree; whether the query is
nearer to talk about anything and everything (`offtopic.txt`) than to the FAQ.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from knowledge.embeddings import Vectors
from knowledge.search.coefficients import Coefficients, Layer
from knowledge.search.corpus import Traits
from knowledge.search.evidence import SIGNALS, Evidence

FEATURES = (
    "share",  # of the first candidate in the softmax of the rank scores
    "gap",  # between the first two rank scores, at most 5
    *SIGNALS,  # of the first candidate
    "gap_nearest",  # differences to the second candidate
    "gap_crowd",
    "gap_head",
    "gap_covered",
    "gap_kriged",
    "density",  # mean similarity of the next five
    "above_density",  # similarity of the first above that
    "among_others",  # similarity, in deviations above what entries of this FAQ have among themselves
    "among_own",  # similarity, in deviations above what wordings of one entry have among themselves
    "nearest_agrees",  # whether the first candidate is also first by similarity,
    "bm25_agrees",  # by BM25
    "head_agrees",  # by the classifier
    "kriged_agrees",  # and by kriging
    "unexplained",  # share of the query that its neighbours do not explain
    "unknown_words",  # share of the query's words, by idf, that no entry has
    "length",  # log of the number of words
    "offtopic",  # highest similarity with off-topic talk
    "above_offtopic",  # similarity of the first candidate above that
    "wordings",  # log of the questions and alternates per entry
    "size",  # log of the number of entries
    "answers",  # share of entries with an answer
    "trained",  # whether there is a classifier
)
MOST_GAP, MOST_WORDS, MOST_DEVIATIONS = 5.0, 40, 4.0
_QUESTION, _PASSAGE, NEAREST, CROWD, HEAD, BM25 = range(6)
COVERED, KRIGED = SIGNALS.index("covered"), SIGNALS.index("kriged")


def features(traits: Traits, evidence: Evidence, scores: Vectors, offtopic: float) -> Vectors:
    """The features of the best-scored candidate, shape [features]. There must be at least one candidate."""
    order = np.argsort(-scores, kind="stable")
    ranked = evidence.signals[order[:6]].tolist()
    first, second = ranked[0], ranked[1] if len(ranked) > 1 else [0.0] * len(SIGNALS)
    best = evidence.signals.max(axis=0).tolist()
    nearest = first[NEAREST]
    density = sum(signals[NEAREST] for signals in ranked[1:]) / max(len(ranked) - 1, 1)
    others, others_spread, own, own_spread = traits.alike
    return np.array(
        [
            1 / float(np.exp(scores - scores[order[0]]).sum()),
            min(MOST_GAP, float(scores[order[0]] - scores[order[1]])) if len(order) > 1 else MOST_GAP,
            *first,
            *(first[column] - second[column] for column in (NEAREST, CROWD, HEAD, COVERED, KRIGED)),
            density,
            nearest - density,
            _deviations(nearest - others, others_spread),
            _deviations(nearest - own, own_spread),
            *(first[column] >= best[column] - 1e-6 for column in (NEAREST, BM25, HEAD, KRIGED)),
            evidence.unexplained,
            evidence.unknown_share,
            math.log1p(min(evidence.query_words, MOST_WORDS)),
            offtopic,
            nearest - offtopic,
            math.log(max(traits.asked_per_entry, 1.0)),
            math.log(max(traits.entries, 1)),
            traits.answered_share,
            traits.trained,
        ],
        np.float32,
    )


def _deviations(difference: float, spread: float) -> float:
    return max(-MOST_DEVIATIONS, min(MOST_DEVIATIONS, difference / spread))


def probabilities(values: Vectors, fitted: Coefficients) -> tuple[float, float]:
    """For one vector of features: the probability that the first candidate is right, and that any entry answers."""
    scaled = np.clip((values - fitted.centre) / fitted.scale, -4, 4)
    return _probability(scaled, fitted.networks), _probability(scaled, fitted.scope)


def _probability(scaled: Vectors, networks: tuple[Layer, ...]) -> float:
    network = _side_by_side(networks)
    odds = float(np.tanh(scaled @ network.hidden + network.hidden_bias) @ network.output) + network.output_bias
    return 1 / (1 + math.exp(-odds))


@cache
def _side_by_side(networks: tuple[Layer, ...]) -> Layer:
    """One network whose log odds are the mean of theirs."""
    return Layer(
        np.hstack([network.hidden for network in networks]),
        np.hstack([network.hidden_bias for network in networks]),
        np.hstack([network.output for network in networks]) / np.float32(len(networks)),
        sum(network.output_bias for network in networks) / len(networks),
    )
