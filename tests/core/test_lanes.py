"""Blocks of points, as kernels find them in memory."""

import numpy as np
import pytest

from attractor.core import lanes


@pytest.mark.parametrize("count", [1, 64, 65, 1000])
def test_blocks_hold_the_points_and_begin_where_a_line_of_the_cache_does(count):
    rows = np.random.default_rng(1).uniform(size=(count, 5))
    packed = lanes.blocks(rows, extra=2)
    assert packed.ctypes.data % 64 == 0
    assert packed.flags.c_contiguous
    assert np.array_equal(lanes.unblocked(packed, count, 0, 5), rows)
    assert not lanes.unblocked(packed, count, 5, 2).any()
