"""The kernel that shrinks boxes of cycles against the same in NumPy's intervals, bit for bit."""

import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.cycles.search import Search

ON_LINES = sorted(set(SYSTEMS) - {"standard"})


@pytest.mark.parametrize("period", [2, 5])
@pytest.mark.parametrize("name", ON_LINES)
def test_boxes_shrink_as_those_of_intervals_do(name, period):
    system, random = SYSTEMS[name], np.random.default_rng(period)
    parameters = [system.canonical[each] for each in system.parameters]
    search = Search(system, parameters, period, [(-3.0, 3.0)] * system.dimension)
    centre = random.uniform(-3, 3, (2_000, system.dimension, period))
    width = 10.0 ** random.uniform(-9, 0.5, (2_000, 1, 1))
    found = []
    for is_on_lines in (True, False):
        search._is_on_lines = is_on_lines
        with np.errstate(all="ignore"):
            low, high, matrix = search._by_slopes(centre - width, centre + width)
        found.append((low, high, *(end for row in matrix for entry in row for end in (entry.low, entry.high))))
    assert 10 < len(found[0][0]) < 2_000
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other, equal_nan=True)
