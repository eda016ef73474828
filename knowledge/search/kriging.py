"""A share of the query for each of its neighbours: whom it resembles, with what they have in common counted once.

Kriging (Matheron, 1963), that is the mean of a Gaussian process, over the neighbours of the query alone ("Local
learning": Bottou and Vapnik, 1992). Ten wordings that say the same speak with one voice, as ten neighbours that are
merely near do not: where entries are alike and have many wordings this tells them apart better than the nearest one,
or a vote, and better than a classifier trained on all of them. Nothing is trained; a tenth of a millisecond for 80
neighbours whose covariances are known.
"""

from __future__ import annotations

import numpy as np

from knowledge.embeddings import Vectors

WIDTH = 1.0
"""Half the factor before the cosine in the covariance exp(2 * WIDTH * (cosine - 1))."""
NOISE = 0.15
"""Variance that a wording has of its own: how far its neighbours are trusted beside it."""


def covariance(cosines: Vectors) -> Vectors:
    """What texts with these cosines have in common."""
    result: Vectors = np.exp(2 * WIDTH * (cosines - 1))
    return result


def kriging(among: Vectors, towards: Vectors) -> tuple[Vectors, float]:
    """Return the weight of each neighbour and the share of the query's variance that they leave unexplained, 0..1.

    among: covariances of the neighbours with each other, float32 [neighbours, neighbours]; overwritten.
    towards: with the query.
    The weights add up to about 1 for a query in the midst of its neighbours, to less for one far from all of them.
    """
    among.reshape(-1)[:: len(among) + 1] += NOISE
    weights: Vectors = np.linalg.solve(among, towards)
    return weights, float(1 - towards @ weights)
