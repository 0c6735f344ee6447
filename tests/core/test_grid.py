"""Grids: parts of them are what the whole has there."""

import numpy as np
import pytest

from attractor.core.grid import Grid, axis


@pytest.mark.parametrize("seed", range(10))
def test_parts_are_those_of_the_whole(monkeypatch, seed):
    monkeypatch.setattr("attractor.core.grid.PART", 5)  # so that axes are longer than a part
    random = np.random.default_rng(seed)
    for _ in range(100):
        values = [random.random(random.integers(1, 14)) for _ in range(random.integers(1, 4))]
        grid = Grid([axis(each) for each in values])
        whole = np.stack([each.ravel() for each in np.meshgrid(*values, indexing="ij")], axis=1)
        first = random.integers(0, grid.size)
        end = random.integers(first + 1, grid.size + 1)
        assert np.array_equal(grid.rows(first, end), whole[first:end])


def test_no_more_values_are_computed_than_are_asked_for():
    asked = []

    class Counted:
        count = 10_000_000

        def doubles(self, first=0, end=None):
            asked.append(end - first)
            return np.arange(first, end, dtype=np.float64)

    grid = Grid([axis([1.0, 2.0]), Counted(), axis([5.0])])
    assert grid.rows(9_999_999, 10_000_001).tolist() == [[1.0, 9_999_999.0, 5.0], [2.0, 0.0, 5.0]]
    assert sum(asked) == 2
