"""Evenly spaced numbers against Python's exact whole numbers."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attractor.core import spacing
from attractor.core.spacing import evenly_spaced
from tests.searching import searched

GREATEST = Fraction(2**1024 - 2**971)
LEAST = Fraction(1, 2**1074)

ends = (
    st.decimals(-1000, 1000, places=3).map(Fraction)
    | st.floats(allow_nan=False, allow_infinity=False).map(Fraction)
    | st.integers(-(2**33), 2**33).map(Fraction)
    | st.integers(-40, 40).map(lambda n: n * LEAST)
    | st.integers(-(10**1079), 10**1079).map(lambda n: Fraction(n, 10**1078))
    | st.sampled_from([-GREATEST, GREATEST, Fraction(0)])
    | st.builds(lambda n, k: n + Fraction(1, 10**k), st.integers(-(2**33), 2**33), st.integers(1, 1000))
)
counts = st.integers(1, 300) | st.sampled_from([2**20, 3 * 2**20, 2**23, 9_999_999, 2**40])


def exact(start, stop, intervals, first, end):
    below = start.denominator * stop.denominator
    low, high = int(start * below), int(stop * below)
    return [(low * (intervals - i) + high * i) / (below * intervals) for i in range(first, end)]


@searched(500)
@given(ends, ends, counts, st.floats(0, 1))
def test_each_is_the_double_nearest_to_its_place(start, stop, intervals, part):
    if start >= stop:
        return
    for first in {0, int(part * intervals), max(0, intervals - 20)}:
        end = min(intervals + 1, first + 20)
        found = evenly_spaced(start, stop, intervals, first, end)
        assert found.tobytes() == np.array(exact(start, stop, intervals, first, end)).tobytes()  # zeros have signs


@pytest.mark.parametrize("offset", [Fraction(0), LEAST, -LEAST, Fraction(1, 10**60), Fraction(1, 3**600)])
def test_ties_and_what_is_next_to_them(offset):
    """A quarter of these places lies halfway between two doubles, or next to that."""
    start, stop, intervals = Fraction(2**31 + 1) + offset, Fraction(2**32 + 3), 2**22
    found = evenly_spaced(start, stop, intervals, 0, 4000)
    assert found.tolist() == exact(start, stop, intervals, 0, 4000)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (Fraction(1, 10**300), Fraction(10**300)),
        (Fraction(10**1079 // 7, 10**1078), Fraction(10**1079 // 3, 10**1078)),
        (-GREATEST, GREATEST),
        (-5 * LEAST, 5 * LEAST),
        (2**31 + LEAST, Fraction(2**32 + 3)),
    ],
)
def test_no_length_of_the_ends_makes_a_value_dear(start, stop, monkeypatch):
    """The kernel decides all values but a few, which are left to Python's whole numbers."""
    left = []
    kernel = spacing.space_kernel()

    def counted(*given):
        left.append(kernel(*given))
        return left[-1]

    monkeypatch.setattr(spacing, "space_kernel", lambda: counted)
    evenly_spaced(start, stop, 3_000_000, 0, 3_000_001)
    assert len(left) == 1
    assert left[0] < 4


def test_ends_of_equal_ratios_are_the_doubles_nearest_to_them():
    assert spacing.evenly_scaled(1.0, 2.0**40, 40).tolist() == [2.0**i for i in range(1, 40)]
    least, most = 3.0, 70_001.5
    for i, end in enumerate(spacing.evenly_scaled(least, most, 32).tolist(), 1):
        exact = Fraction(least) ** (32 - i) * Fraction(most) ** i  # to the power of 32
        below, above = (Fraction(end) / 2 + Fraction(math.nextafter(end, far)) / 2 for far in (0.0, math.inf))
        assert below**32 < exact < above**32
