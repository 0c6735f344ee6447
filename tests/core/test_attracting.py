"""Proofs that cycles attract, against multipliers and orbits that are known, and the intervals they are made of."""

from fractions import Fraction
from math import sqrt

import mpmath
import numpy as np
import pytest

from attractor.core.attracting import apart, attracting_cycle
from attractor.core.catalogue import SYSTEMS
from attractor.core.intervals import Interval, Undecided, over_intervals
from attractor.core.kernel import orbit_kernel
from tests.core.over import step_over

C = sqrt(8 / 3 * 21)


@pytest.mark.parametrize(
    ("name", "parameters", "state", "period", "expected"),
    [
        ("logistic", [3.2], [0.51], 2, 2),
        ("logistic", [3.2], [0.51], 4, 2),  # the least period
        ("logistic", [2.8], [0.64], 2, 1),
        ("logistic", [3.83], [0.156], 3, 3),
        ("lorenz", [10, 22, 8 / 3, 0.001], [C + 0.1, C, 21], 1, 1),  # a multiplier of 1 - 4e-5
        ("lorenz", [10, 0.5, 8 / 3, 0.01], [1e-200, 0, 0], 1, 1),
        ("ikeda", [0.9], [2.97, 4.15], 1, 1),
        ("lozi", [0.3, 0.3], [0.9, 0.3], 1, 1),
        ("thomas", [1.1, 0.05], [0.01, 0, 0], 1, 1),
    ],
)
def test_cycles_that_attract_are_proven_to(name, parameters, state, period, expected):
    found = attracting_cycle(SYSTEMS[name], parameters, state, period)
    assert found.period == expected
    orbit = np.empty((200_000, SYSTEMS[name].dimension))
    for corner in (-1, 1):  # what starts in the box comes nearer
        start = tuple((found.points[0] + 0.99 * corner * found.radius).tolist())
        orbit_kernel(SYSTEMS[name])(start, tuple(map(float, parameters)), 1, orbit)
        near = np.abs(orbit[-1] - found.points).max(axis=1).min()
        assert near < 0.01 * found.radius


@pytest.mark.parametrize(
    ("name", "parameters", "state", "period"),
    [
        ("logistic", [3.0], [2 / 3], 1),  # neutral: it attracts, but no contraction shows it
        ("logistic", [1.0], [0.0], 1),  # neutral, and repels below
        ("logistic", [3.2], [0.6875], 1),  # repels
        ("henon", [1.4, 0.3], [0.6313544770895048, 0.18940634312685142], 1),  # a saddle
        ("standard", [0.9], [3.141592653589793, 0.0], 1),  # elliptic, and on a jump
        ("lorenz", [10, 28, 8 / 3, 1e-18], [1.0, 2.0, 3.0], 1),  # the identity, as far as double can tell
        ("gingerbreadman", [], [1.0, 1.0], 1),
    ],
)
def test_what_does_not_attract_is_not_proven_to(name, parameters, state, period):
    assert attracting_cycle(SYSTEMS[name], parameters, state, period) is None


def test_intervals_hold_what_they_say():
    random = np.random.default_rng(0)
    for _ in range(500):
        (a, b), (c, d) = (sorted(random.normal(0, 10 ** random.uniform(-3, 3), 2).tolist()) for _ in range(2))
        x, y = Interval(a, b), Interval(c, d)
        for p in (Fraction(a), Fraction(b), (Fraction(a) + Fraction(b)) / 2):
            for q in (Fraction(c), Fraction(d)):
                cases = [(x + y, p + q), (x - y, p - q), (x * y, p * q), (-x, -p), (abs(x), abs(p))]
                if c > 0 or d < 0:
                    cases.append((x / y, p / q))
                for found, exact in cases:
                    assert Fraction(found.low) <= exact <= Fraction(found.high)


@pytest.mark.parametrize("name", ["ikeda", "clifford", "standard", "lorenz", "lozi"])
def test_a_step_over_intervals_holds_the_step_of_each_point(name):
    system, random = SYSTEMS[name], np.random.default_rng(1)
    step, tangent = over_intervals(system)
    size = system.dimension
    parameters = [Interval(v, v) for v in list(system.canonical.values())[size:]]
    for _ in range(50):
        middle, width = random.uniform(0.5, 2, size), 10 ** random.uniform(-9, -1)
        box = [Interval(x - width, x + width) for x in middle.tolist()]
        inside = (middle + random.uniform(-width, width, size)).tolist()
        try:
            found = step(*box, *parameters)
        except Undecided:
            continue
        with mpmath.workdps(30):
            exact = step_over(system, mpmath.mp)(*map(mpmath.mpf, inside), *(mpmath.mpf(p.low) for p in parameters))
        assert all(f.low <= e <= f.high for f, e in zip(found, exact, strict=True))
        assert len(tangent(*box, *parameters)) == size * size


def test_what_no_interval_holds_is_undecided():
    with pytest.raises(Undecided):
        Interval(1.0, 2.0) / Interval(-1.0, 1.0)
    with pytest.raises(Undecided):
        Interval(0.5, 1.5) % 1
    with pytest.raises(Undecided):
        Interval(0.0, 2.0) < Interval(1.0, 3.0)  # noqa: B015
    with pytest.raises(Undecided):
        Interval(1e308, 1e308) * 10


@pytest.mark.parametrize("name", ["henon", "standard"])
def test_points_farther_apart_than_doubles_reach_warn_nobody_and_are_near_nothing(name):
    far = np.array([1.7e308, 0.0])
    assert not np.abs(apart(SYSTEMS[name], far, -far)).max() <= 1e308
