"""A density counts the iterates, as NumPy's histogram of the stored orbit does."""

import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.density import Plane, density
from attractor.core.kernel import orbit_kernel
from attractor.core.slicing import finish

HENON = SYSTEMS["henon"]


def whole(*arguments, **options):
    return finish(density(HENON, *arguments, **options))


@pytest.mark.parametrize("bounds", [None, (-1.0, 1.0, -0.3, 0.2)])
def test_counts_are_those_of_a_histogram(bounds):
    found = whole([0, 0], [1.4, 0.3], 50_000, Plane(("x", "y"), (64, 32), bounds), 100)
    orbit = np.empty((50_100, 2))
    orbit_kernel(HENON)((0.0, 0.0), (1.4, 0.3), 1, orbit)
    x, y = orbit[100:].T
    left, right, bottom, top = found.bounds
    expected, *_ = np.histogram2d(y, x, (32, 64), [[bottom, top], [left, right]])
    assert found.counts.shape == (32, 64)
    assert np.abs(found.counts - expected).sum() <= 4  # an iterate on an edge may fall to either side
    assert bounds is not None or found.counts.sum() == 50_000


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="no coordinate"):
        whole([0, 0], [1.4, 0.3], 10, Plane(("x", "z")))
    for bounds in ((1, 0, 0, 1), (0, np.nan, 0, 1), (0, 1, -1.7e308, 1.7e308), (0, 5e-324, 0, 1)):
        with pytest.raises(ValueError, match="ascend"):
            whole([0, 0], [1.4, 0.3], 10, Plane(("x", "y"), bounds=bounds))
    with pytest.raises(ValueError, match="finite"):
        whole([9, 9], [3.0, 0.3], 10, Plane(("x", "y")))
