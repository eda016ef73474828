"""Shares of a query: what neighbours have in common counts once."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.entries import Entry
from knowledge.search.corpus import PAIRS, Corpus
from knowledge.search.exact import snapshot_in_memory
from knowledge.search.kriging import covariance, kriging
from tests.index.faq import WordEmbedder


def _unit(*rows: list[float]) -> np.ndarray:
    matrix = np.array(rows, np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def _kriged(neighbours: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, float]:
    return kriging(covariance(neighbours @ neighbours.T), covariance(neighbours @ query))


def test_many_that_say_the_same_do_not_outvote_the_one_that_is_as_near():
    query = _unit([1.0, 0.0, 0.0])[0]
    crowd = _unit(*[[1.0, 0.5, 0.0]] * 10)
    other = _unit([1.0, 0.0, 0.5])
    neighbours = np.vstack([crowd, other])
    weights, _ = _kriged(neighbours, query)
    assert weights[:10].sum() < 1.5 * weights[10]  # a vote would be ten to one


def test_what_lies_behind_a_nearer_neighbour_adds_nothing():
    query = _unit([1.0, 0.1])[0]
    neighbours = _unit([1.0, 0.0], [1.0, -0.6])
    weights, _ = _kriged(neighbours, query)
    assert weights[0] > 0.8
    assert abs(weights[1]) < 0.2


def test_a_query_far_from_all_is_left_unexplained():
    neighbours = _unit([1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.9, 0.0, 0.1])
    near, far = _unit([1.0, 0.02, 0.0])[0], _unit([-0.2, 0.0, 1.0])[0]
    known = _kriged(neighbours, near)[1]
    unknown = _kriged(neighbours, far)[1]
    assert 0 <= known < 0.2 < 0.6 < unknown <= 1


@pytest.mark.parametrize("count", [1, 80])
def test_equal_neighbours_share_alike(count: int):
    neighbours = _unit(*[[1.0, 1.0]] * count)
    weights, unexplained = _kriged(neighbours, neighbours[0])
    assert weights == pytest.approx(np.full(count, weights[0]), rel=1e-2)
    assert 0 <= unexplained < 0.2


@pytest.mark.parametrize("units", [40, PAIRS + 40])
def test_covariances_are_the_same_whether_kept_or_worked_out(units: int):
    entries = [Entry(f"e{number}", f"question {number} about {number % 7}", "") for number in range(units)]
    corpus = Corpus(snapshot_in_memory(entries, WordEmbedder()))
    rows = np.array([3, 1, units - 1])
    near = corpus.vectors.matrix[rows]
    assert corpus.covariances(rows) == pytest.approx(covariance(near @ near.T), rel=1e-5)
