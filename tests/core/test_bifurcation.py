"""The logistic map's period doublings, from the diagram's data."""

from math import sqrt

import numpy as np
import pytest

from attractor.core.bifurcation import diagram
from attractor.core.catalogue import SYSTEMS

LOGISTIC = SYSTEMS["logistic"]


def sweep(values, kept=64, transient=20_000, **options):
    found = diagram(LOGISTIC, [0.2], [0.0], "r", values, "x", kept, transient, **options)
    return np.concatenate([part for part in found if part is not None])


def periods(values):
    """The number of distinct kept points: the period, up to the 64 that are kept."""
    return [len(np.unique(np.round(row, 6))) for row in sweep(values)]


@pytest.mark.parametrize(  # M. J. Feigenbaum, J. Stat. Phys. 19, 25-52 (1978); the third is rounded
    ("at", "period"), [(3, 1), (1 + sqrt(6), 2), (3.54409, 4), (3.564407, 8)]
)
def test_period_doublings_are_where_they_are_known_to_be(at, period):
    assert periods([at - 2e-3 / period, at + 2e-3 / period]) == [period, 2 * period]


def test_past_the_accumulation_point_no_short_period_is_left():
    assert periods([3.5699])[0] >= 32
    assert periods([3.58])[0] == 64


def test_with_and_without_continuation_the_attractor_is_the_same_where_there_is_one():
    values = np.linspace(2.9, 3.4, 70)
    plain, threaded, continued = sweep(values), sweep(values, threads=2), sweep(values, continuation=True)
    assert plain.shape == continued.shape == (70, 64)
    assert np.array_equal(plain, threaded)
    assert np.allclose(np.sort(plain), np.sort(continued), atol=1e-9)
    assert not np.array_equal(plain[1:], continued[1:])


def test_continuation_starts_from_the_last_state():
    one = sweep([3.9, 3.9], kept=10, transient=0, continuation=True)
    assert one.ravel().tolist() == sweep([3.9], kept=20, transient=0)[0].tolist()


def test_names_that_are_not_there_are_refused():
    for varied, coordinate in (("a", "x"), ("r", "y")):
        with pytest.raises(ValueError, match="has no"):
            list(diagram(LOGISTIC, [0.2], [3.0], varied, [3.0], coordinate, 1))
