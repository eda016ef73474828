from __future__ import annotations

import numpy as np
import pytest

from knowledge.search.dense import EXACT_UNITS, UnitVectors


def _clustered(count: int, dimensions: int = 96) -> np.ndarray:
    """Vectors in clusters and with a falling spectrum, as embeddings are."""
    generator = np.random.default_rng(1)
    centres = generator.standard_normal((400, dimensions))
    vectors = centres[generator.integers(0, 400, count)] + 0.5 * generator.standard_normal((count, dimensions))
    vectors *= np.linspace(1, 0.1, dimensions)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("count", [500, EXACT_UNITS + 5000])
def test_finds_the_exact_neighbours(count: int):
    matrix = _clustered(count)
    index = UnitVectors(matrix, np.arange(count) // 2)
    for query in matrix[::997] * 0.9 + matrix[1::997] * 0.1:
        rows, cosines = index.compared(query).nearest(10, None)
        exact = np.argsort(-(matrix @ query), kind="stable")[:10]
        assert len(set(rows) & set(exact)) >= 9
        assert rows[0] == exact[0]
        assert list(cosines) == sorted(cosines, reverse=True)


@pytest.mark.parametrize("count", [500, EXACT_UNITS + 5000])
def test_what_is_not_allowed_is_never_returned_and_takes_no_place(count: int):
    matrix = _clustered(count)
    index = UnitVectors(matrix, np.arange(count))
    allowed = np.zeros(count, dtype=bool)
    allowed[::50] = True
    rows, _ = index.compared(matrix[7]).nearest(8, allowed)
    assert len(rows) == 8
    assert allowed[rows].all()
    allowed[:] = False
    assert len(index.compared(matrix[7]).nearest(8, allowed)[0]) == 0
