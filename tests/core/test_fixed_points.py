"""Fixed points and cycles against closed forms, and against mpmath at 60 digits."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from math import inf, isfinite, pi, sqrt, ulp
from random import Random

import mpmath
import numpy as np
import pytest

from attractor.core.allowance import Allowance, TooMuchWork
from attractor.core.catalogue import SYSTEMS
from attractor.core.cycles.bounds import box_of_all_cycles
from attractor.core.cycles.certificate import Certifier
from attractor.core.evaluation import jacobian_at
from attractor.core.fixed_points import fixed_points
from attractor.core.slicing import finish
from tests.conftest import ROOT
from tests.core.over import step_over

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))  # for each system and period
PROVEN = int(os.environ.get("PROVE_EXAMPLES", "0"))  # sets of parameters for each; else 20 for each system
EXTREMES = [
    0.0,
    5e-324,
    -1e-310,
    1e-300,
    1e-17,
    1.0,
    -1.0,
    31.9,
    1e17,
    -1e50,
    1e154,
    1e155,
    1e300,
    -1.797e308,
    1.797e308,
]


def find(name, parameters, period=1, region=None):
    return finish(fixed_points(SYSTEMS[name], parameters, period, region=region))


def canonical(name):
    return [SYSTEMS[name].canonical[each] for each in SYSTEMS[name].parameters]


def test_the_two_of_henon():
    a, b = 1.4, 0.3
    found = find("henon", [a, b])
    assert (found.complete, found.region, found.undecided, found.continuum) == (True, None, (), False)
    expected = sorted((b - 1 + sign * sqrt((1 - b) ** 2 + 4 * a)) / (2 * a) for sign in (1, -1))
    assert [c.points[0][0] for c in found.cycles] == pytest.approx(expected, rel=1e-15)
    assert [c.points[0][1] for c in found.cycles] == pytest.approx([b * x for x in expected], rel=1e-15)
    for cycle, x in zip(found.cycles, expected, strict=True):
        eigenvalues = sorted((-a * x + sign * sqrt(a * a * x * x + b) for sign in (1, -1)), key=abs, reverse=True)
        assert cycle.eigenvalues == pytest.approx(eigenvalues, rel=1e-12)
        assert (cycle.stability, cycle.multiplicity) == ("saddle", 1)


def test_the_three_of_lorenz_with_the_eigenvalues_of_the_euler_map():
    found = find("lorenz", [10, 28, 8 / 3, 0.01])
    assert found.complete
    side = sqrt(8 / 3 * 27)
    expected = [(-side, -side, 27), (0, 0, 0), (side, side, 27)]
    assert [c.points[0] for c in found.cycles] == [pytest.approx(p, rel=1e-14) for p in expected]
    root = sqrt(11**2 + 40 * 27)  # of the flow at the origin: eigenvalues -8/3, (-11 ± root)/2
    flow = [(-11 + root) / 2, (-11 - root) / 2, -8 / 3]
    assert sorted(found.cycles[1].eigenvalues, key=lambda v: v.real) == pytest.approx(
        sorted(1 + 0.01 * v for v in flow)
    )


def test_tangency_and_absence():
    absent = find("henon", [-1.0, 0.3])
    assert (absent.cycles, absent.complete) == ((), True)
    (double,) = find("logistic", [1.0]).cycles
    assert (double.points, double.stability, double.multiplicity) == (((0.0,),), "neutral", 2)


@pytest.mark.parametrize("parameters", [[4, 5, 1, 0.01], [4, 5, 1, 2]])
def test_a_continuum_is_told(parameters):
    found = find("modified-lorenz", parameters)  # (0, y, 0) for any y
    assert (found.complete, found.continuum) == (False, True)
    assert len(found.cycles) == 2
    assert find("lorenz", [10, 28, 8 / 3, 0.0]).continuum  # the identity


@pytest.mark.parametrize("beta", [-4.0, -5.6801528631745506e-238, 4.0])
def test_a_continuum_beside_a_coordinate_that_is_given_is_told(beta):
    """Without sigma and rho x stays, y = -xz and z (x² + beta) = 0: z = 0, or, where beta is negative, x = ±√-beta."""
    found = find("lorenz", [0.0, 0.0, beta, 0.01])
    assert (found.continuum, found.complete, found.cycles) == (True, False, ())


def test_a_continuum_of_cycles_is_told(monkeypatch):
    monkeypatch.setattr("attractor.core.fixed_points.SEARCH", 300_000)
    found = find("gingerbreadman", [], 6)  # every point near (1, 1)
    assert (found.complete, found.continuum) == (False, True)
    assert found.undecided


@pytest.mark.parametrize(
    ("name", "counts"),
    [("henon", [2, 1, 0, 1, 0, 2, 4, 7]), ("duffing", [3, 3, 8]), ("thomas", [27]), ("ikeda", [3])],
)
def test_the_numbers_of_cycles_that_are_known(name, counts):
    for p, count in enumerate(counts, 1):
        found = find(name, [0.208186, 0.05] if name == "thomas" else canonical(name), p)
        assert (len(found.cycles), found.complete, found.region) == (count, True, None), p


@pytest.mark.parametrize(("period", "cycles"), [(2, 1), (3, 2), (4, 3), (5, 6), (9, 56)])
def test_cycles_of_the_logistic_map_have_their_minimal_period(period, cycles):
    found = find("logistic", [4.0], period)  # all sin²(kπ/(2^p ± 1))
    assert (len(found.cycles), found.complete) == (cycles, True)
    whole = [2**period - 1, 2**period + 1]
    with mpmath.workdps(40):
        exact = {float(mpmath.sin(mpmath.mpf(k) * mpmath.pi / n) ** 2) for n in whole for k in range(1, n)}
    for cycle in found.cycles:
        assert len({x for (x,) in cycle.points}) == period
        assert {x for (x,) in cycle.points} <= exact  # the nearest doubles
        assert abs(cycle.eigenvalues[0]) == pytest.approx(2**period)


def test_a_triple_root_makes_no_cycle():
    """N4: at r = 3 the 2-cycle has not yet left the fixed point 2/3."""
    found = find("logistic", [3.0], 2)
    assert (found.cycles, found.complete) == ((), True)
    fixed = find("logistic", [3.0]).cycles
    assert [(c.points, c.stability) for c in fixed] == [(((0.0,),), "unstable"), (((2 / 3,),), "neutral")]


@pytest.mark.parametrize(
    ("name", "parameters", "period"),
    [("logistic", [3.0], 4), ("logistic", [3.0], 8), ("henon", [0.1875, 0.5], 2), ("henon", [0.1875, 0.5], 4)],
)
def test_beside_a_multiple_point_there_is_no_other(name, parameters, period):
    """N4: nor in boxes that lie next to it and not around it. The fixed point at which the multiplier is -1 is a
    multiple zero of f²ᵏ(x) - x, of which the cycles have not yet left it."""
    found = find(name, parameters, period)
    assert (found.cycles, found.complete, found.undecided) == ((), True, ())


def test_multiple_points_are_exact():
    """N4 and N9."""
    found = find("henon", [1.0, -1.0], 3)
    (cycle,) = found.cycles
    assert set(cycle.points) == {(0.0, 0.0), (1.0, 0.0), (0.0, -1.0)}
    assert (cycle.eigenvalues, cycle.stability, cycle.multiplicity) == ((1, 1), "neutral", 2)
    found = find("tinkerbell", [0.5, 0.5, -0.5, 1.5])
    assert found.complete
    (origin,) = [cycle for cycle in found.cycles if cycle.points == ((0.0, 0.0),)]
    assert len(found.cycles) == 3
    assert (origin.eigenvalues, origin.stability, origin.multiplicity) == ((1, 1), "neutral", 2)


@pytest.mark.parametrize(
    ("name", "parameters", "expected", "word"),
    [
        ("lorenz", [2.0, -0.125, 1.5, 0.01], [1 - 1.5 * 0.01] * 3, "stable"),  # three times -3/2 of the flow
        (  # far from unit scale, where a double holds nothing of the smaller ones
            "roessler",
            [-1.7, -2.0, 8.118956068378498e47, 0.00572599711889548],
            [-4.648911905597426e45, *(0.9951329024489388 + sign * 0.003016356151725757j for sign in (-1, 1))],
            "saddle",
        ),
        ("chen", [-2.0, 2.0**120, -2.0, 2.0**-11], [1 - 2.0**109, 1 + 2.0**-10, 1 - 2.0**-10], "saddle"),
        ("tinkerbell", [0.5, -1.0, 0.75, 0.5], [complex(0.5, sign * sqrt(0.75)) for sign in (-1, 1)], "neutral"),
        (  # the same number twice on the diagonal, so that half their difference is a ball around 0
            "tinkerbell",
            [0.5, -1.0, 0.75, 0.5],
            [complex(1.3196560458750393, sign * 1.0406555510382773) for sign in (-1, 1)],
            "unstable",
        ),
        (  # which determinants prove that are 1 everywhere, since sin² + cos² is
            "ikeda",
            [1.0],
            [1.8269126794171802, 0.5473715362898565],
            "saddle",
        ),
    ],
)
def test_eigenvalues_keep_what_is_known_of_the_matrix(name, parameters, expected, word):
    """N9: they are those of a matrix that is known to many digits, or exactly, and so is the word."""
    found = [c for c in find(name, parameters).cycles if c.eigenvalues == pytest.approx(expected, rel=1e-15, abs=0)]
    assert [cycle.stability for cycle in found] == [word]


@pytest.mark.parametrize(("period", "count"), [(3, 2), (4, 3), (6, 9), (8, 30)])
def test_cycles_of_the_squaring_of_complex_numbers(period, count, monkeypatch):
    """N9 and N14: z' = z² has cycles of roots of unity alone, and 2ᵖ twice as an eigenvalue, which costs no more bits
    than others do for long. Balls around 0 are squared on the way."""
    tried, attempt = [], Certifier._try
    monkeypatch.setattr(Certifier, "_try", lambda self, middle, bits: tried.append(bits) or attempt(self, middle, bits))
    found = find("tinkerbell", [0.0, 0.0, 0.0, 0.0], period)
    assert (len(found.cycles), found.complete) == (count, True)
    for cycle in found.cycles:
        assert (cycle.eigenvalues, cycle.stability) == ((2.0**period, 2.0**period), "unstable")
        for x, y in cycle.points:
            turns = mpmath.atan2(y, x) / (2 * mpmath.pi) * (2**period - 1)
            assert abs(turns - mpmath.nint(turns)) < 1e-12
            assert abs(mpmath.hypot(x, y) - 1) < 2e-16
    assert max(tried) <= 640


@pytest.mark.parametrize(
    ("name", "parameters", "start", "multiplicity"),
    [
        ("duffing", [1.0, 0.0], (0.0, 0.0), 3),  # -y³ = 0
        ("lorenz", [10.0, 1.0, 2.0, 0.5], (0.0, 0.0, 0.0), 3),  # where C+ and C- begin
        ("roessler", [0.25, 1.0, 1.0, 0.5], (0.5, -2.0, 2.0), 2),
        ("tinkerbell", [1.0, 0.0, 0.0, 1.0], (0.0, 0.0), None),  # z² = 0: no coordinate gives the other
    ],
)
def test_a_factor_that_is_split_off_is_as_multiple_as_it_was(name, parameters, start, multiplicity):
    (fixed,) = find(name, parameters).cycles
    assert (fixed.points, fixed.stability, fixed.multiplicity) == ((start,), "neutral", multiplicity)


@pytest.mark.parametrize("below", [2.0**-k for k in (10, 24, 38, 50)])
def test_an_orbit_that_nearly_closes_is_no_cycle(below):
    """N5: all links but the last are made by the map, so what does not close is seen in the last alone.

    Up to r = 1 + √8 the orbit of a point passes by itself after three steps, as near as is wanted.
    """
    r = 1 + sqrt(8) - below
    assert r < 1 + sqrt(8)
    x = 0.514355  # next to where the cycle is born
    for _ in range(60):  # Newton's method for the least distance, of f³(x) - x
        points, slope, bend = [x], 1.0, 0.0
        for _ in range(3):
            value = points[-1]
            points.append(r * value * (1 - value))
            bend = r * (1 - 2 * value) * bend - 2 * r * slope * slope
            slope = r * (1 - 2 * value) * slope
        x -= (slope - 1) / bend
    assert 0 < abs(points[3] - points[0]) < 20 * below
    certifier = Certifier(SYSTEMS["logistic"], [r], 3, [1.0])
    assert certifier.certify([[value] for value in points[:3]]) is None
    found = find("logistic", [r], 3)
    assert found.cycles == ()


@pytest.mark.parametrize(
    ("name", "parameters", "period"),
    [
        ("logistic", [1 + sqrt(8) + 2**-30], 3),  # two cycles that have just parted
        ("henon", [1.4, 0.3], 6),
        ("standard", [0.971635], 3),
        ("ikeda", [0.9], 4),
        ("thomas", [0.208186, 0.05], 1),
        ("clifford", [-1.4, 1.6, 1.0, 0.7], 3),
        ("tinkerbell", [0.9, -0.6013, 2.0, 0.5], 3),
        ("lorenz", [10.0, 28.0, 8 / 3, 0.01], 1),
        ("lozi", [1.7, 0.5], 4),
    ],
)
def test_the_link_that_closes_a_cycle_is_as_good_as_the_others(name, parameters, period):
    """N5: from each told point, in 60 digits, the map comes as near to the next as its rounding allows."""
    system = SYSTEMS[name]
    found = find(name, parameters, period)
    assert found.cycles
    with mpmath.workdps(60):
        step, given = step_over(system, mpmath), [mpmath.mpf(v) for v in parameters]
        for cycle in found.cycles:
            for point, following in pairwise((*cycle.points, cycle.points[0])):
                image = step(*map(mpmath.mpf, point), *given)
                slopes = np.abs(jacobian_at(system, point, parameters))
                allowed = np.spacing(np.abs(following)) + slopes @ np.spacing(np.abs(point))
                for value, told, most in zip(image, following, allowed, strict=True):
                    turns = mpmath.nint((value - told) / (2 * mpmath.pi)) if name == "standard" else 0
                    assert abs(value - told - turns * 2 * mpmath.pi) <= most + 1e-17


@pytest.mark.parametrize(
    ("name", "parameters", "period", "expected"),
    [
        ("logistic", [0.9999999999999999], 1, [(1 - 1 / 0.9999999999999999,), (0.0,)]),
        ("logistic", [1e62], 1, [(0.0,), (1.0,)]),
        ("henon", [1e100, 0.3], 1, [(-1e-50, -3e-51), (1e-50, 3e-51)]),
        ("henon", [1e100, 0.3], 2, [(-1e-50, 3e-51)]),
    ],
)
def test_any_scale(name, parameters, period, expected):
    """N7."""
    found = find(name, parameters, period)
    assert found.complete
    assert [cycle.points[0] for cycle in found.cycles] == [pytest.approx(p, rel=1e-15) for p in expected]


@pytest.mark.parametrize(
    ("name", "parameters", "period", "expected"),
    [
        ("ikeda", [0.0], 1, [(1.0, 0.0)]),  # every point goes there
        ("ikeda", [1e-310], 1, [(1.0, -5.1550137182144e-311)]),
        ("lozi", [1.5, 0.0], 1, [(-2.0, 0.0), (0.4, 0.0)]),
        ("lozi", [2.0, 0.0], 3, [(-5 / 9, 0.0), (-3 / 7, 0.0)]),
        ("henon", [1.4, 1e-310], 4, [(-0.37065309401283314, 9.894634527333e-311)]),
    ],
)
def test_a_coordinate_that_hardly_varies_hides_nothing(name, parameters, period, expected):
    """N7: boxes may be as narrow in it as doubles are, or subnormal."""
    found = find(name, parameters, period)
    assert found.complete
    assert [cycle.points[0] for cycle in found.cycles] == [pytest.approx(p, rel=1e-13, abs=0) for p in expected]


def test_points_of_the_torus():
    """N6: the main island among them, and each point once."""
    found = find("standard", [0.971635])
    assert [c.points for c in found.cycles] == [((0.0, 0.0),), ((pi, 0.0),)]
    assert [c.stability for c in found.cycles] == ["saddle", "neutral"]
    assert (found.complete, found.region) == (True, None)
    found = find("standard", [2.5], 3)
    assert found.complete
    for cycle in found.cycles:
        assert all(0 <= x < 2 * pi for point in cycle.points for x in point)
        assert len({tuple(round(x % (2 * pi), 9) for x in point) for point in cycle.points}) == 3
    assert len({min(cycle.points) for cycle in found.cycles}) == len(found.cycles) == 4
    assert find("standard", [0.971635], 2).cycles[0].points == ((0.0, pi), (pi, pi))


def test_a_region_holds_all_points_of_a_cycle():
    whole = find("henon", [1.4, 0.3], 4)
    (cycle,) = whole.cycles
    around = tuple((min(c) - 0.1, max(c) + 0.1) for c in zip(*cycle.points, strict=True))
    within = find("henon", [1.4, 0.3], 4, around)
    assert (within.cycles, within.complete, within.region) == (whole.cycles, True, around)
    narrow = ((0.63, 0.64), (0.18, 0.19))
    (fixed,) = find("henon", [1.4, 0.3], 1, narrow).cycles
    assert fixed.points[0][0] == pytest.approx(0.6313544770895047)
    assert find("henon", [1.4, 0.3], 4, narrow).cycles == ()
    beside = ((2.0, 2.9721316179), (3, 5))  # the fixed point is 1e-11 past its edge
    assert find("ikeda", [0.9], 1, beside).cycles == ()
    ikeda = find("ikeda", [0.9], 1, ((2, 4), (3, 5)))
    assert (len(ikeda.cycles), ikeda.complete) == (1, True)
    with pytest.raises(ValueError, match="region"):
        find("ikeda", [0.9], 1, ((4, 2), (3, 5)))


def test_where_no_bound_is_proven_the_region_is_told():
    found = find("lozi", [1.2, 0.5], 2)  # a < 1 + b
    assert found.region is not None
    assert all(low < high for low, high in found.region)


def in_pieces(name, parameters, period):
    """What is found, and in how many pieces."""

    def whole():
        found.append((yield from fixed_points(SYSTEMS[name], parameters, period)))

    found = []
    pieces = sum(1 for _ in whole())
    return *found, pieces


def test_a_wrong_period_is_refused():
    with pytest.raises(ValueError, match="period"):
        find("henon", [1.4, 0.3], 0)


def test_eigenvalues_past_the_range_of_doubles_are_infinite():
    found = find("lorenz", [10, 28, 8 / 3, 1e308])
    assert found.complete
    assert [c.points[0] for c in found.cycles] == [c.points[0] for c in find("lorenz", [10, 28, 8 / 3, 1]).cycles]
    assert all(abs(c.eigenvalues[0]) == inf for c in found.cycles)
    assert {c.stability for c in found.cycles} == {"unstable"}


def test_a_point_past_the_range_of_doubles_is_missing():
    assert not find("henon", (1.4, 1e308)).complete


def over_mpmath(name, point, parameters):
    """One step in mpmath's arithmetic, with derivatives; written anew."""
    mp, p = mpmath, [mpmath.mpf(v) for v in parameters]
    match name, point:
        case "henon", (x, y):
            return [1 - p[0] * x**2 + y, p[1] * x], [[-2 * p[0] * x, 1], [p[1], 0]]
        case "logistic", (x,):
            return [p[0] * x * (1 - x)], [[p[0] * (1 - 2 * x)]]
        case "duffing", (x, y):
            return [y, -p[1] * x + p[0] * y - y**3], [[0, 1], [-p[1], p[0] - 3 * y**2]]
        case "tinkerbell", (x, y):
            a, b, c, d = p
            return [x**2 - y**2 + a * x + b * y, 2 * x * y + c * x + d * y], [
                [2 * x + a, -2 * y + b],
                [2 * y + c, 2 * x + d],
            ]
        case "clifford", (x, y):
            a, b, c, d = p
            return [mp.sin(a * y) + c * mp.cos(a * x), mp.sin(b * x) + d * mp.cos(b * y)], [
                [-a * c * mp.sin(a * x), a * mp.cos(a * y)],
                [b * mp.cos(b * x), -b * d * mp.sin(b * y)],
            ]
        case "standard", (theta, q):
            kicked = q + p[0] * mp.sin(theta)
            slope = p[0] * mp.cos(theta)
            return [theta + kicked, kicked], [[1 + slope, 1], [slope, 1]]
        case "ikeda", (x, y):
            s = 1 + x**2 + y**2
            t, u = mpmath.mpf(0.4) - 6 / s, p[0]
            c, n = mp.cos(t), mp.sin(t)
            tx, ty = 12 * x / s**2, 12 * y / s**2
            return [1 + u * (x * c - y * n), u * (x * n + y * c)], [
                [u * (c - (x * n + y * c) * tx), u * (-n - (x * n + y * c) * ty)],
                [u * (n + (x * c - y * n) * tx), u * (c + (x * c - y * n) * ty)],
            ]
        case "thomas", (x, y, z):
            b, dt = p
            return [u + (mp.sin(v) - b * u) * dt for u, v in ((x, y), (y, z), (z, x))], [
                [1 - b * dt, mp.cos(y) * dt, 0],
                [0, 1 - b * dt, mp.cos(z) * dt],
                [mp.cos(x) * dt, 0, 1 - b * dt],
            ]
    return over_differences(name, point, p)


def over_differences(name, point, parameters):
    """The same for any other system, with derivatives by central differences, in half of the digits at least."""
    step = step_over(SYSTEMS[name], mpmath)
    columns = []
    for i, x in enumerate(point):
        aside = (1 + abs(x)) * mpmath.mpf(10) ** (-mpmath.mp.dps // 3)
        ends = [step(*point[:i], x + sign * aside, *point[i + 1 :], *parameters) for sign in (1, -1)]
        columns.append([(a - b) / (2 * aside) for a, b in zip(*ends, strict=True)])
    return list(step(*point, *parameters)), [list(row) for row in zip(*columns, strict=True)]


def refined(name, cycle, parameters):
    """All points by Newton's method in 60 digits, and the derivative around."""
    points = [[mpmath.mpf(x) for x in point] for point in cycle.points]
    size, count = len(points[0]), len(points)
    for _ in range(6):
        gap, slope = mpmath.matrix(size * count, 1), mpmath.zeros(size * count)
        around = mpmath.eye(size)
        for k, point in enumerate(points):
            value, rows = over_mpmath(name, point, parameters)
            around = mpmath.matrix(rows) * around
            for i in range(size):
                far = points[(k + 1) % count][i] - value[i]
                turns = mpmath.nint(far / (2 * mpmath.pi)) if name == "standard" else 0
                gap[k * size + i] = far - turns * 2 * mpmath.pi
                slope[k * size + i, (k + 1) % count * size + i] += 1
                for j in range(size):
                    slope[k * size + i, k * size + j] -= rows[i][j]
        change = mpmath.lu_solve(slope, gap)
        points = [[x - change[k * size + i] for i, x in enumerate(point)] for k, point in enumerate(points)]
        if max(map(abs, change)) < mpmath.mpf(10) ** -45 * (1 + max(abs(x) for point in points for x in point)):
            break
    else:
        raise AssertionError("Newton's method does not settle")
    return points, around


@pytest.mark.parametrize(
    ("name", "period"),
    [
        *((n, 1) for n in SYSTEMS if SYSTEMS[n].dimension == 3),
        *((n, p) for n in SYSTEMS if SYSTEMS[n].dimension < 3 for p in (1, 2, 3)),
    ],
)
def test_every_listed_point_is_the_double_nearest_to_one_in_60_digits(name, period):
    random = Random(f"{name} {period}")
    system = SYSTEMS[name]
    for _ in range(PROVEN or (20 if system.dimension == 3 else 7)):
        parameters = [
            random.choice([round(v * random.uniform(0.6, 1.1), 2), v * random.uniform(0.6, 1.1)])
            for v in canonical(name)
        ]
        is_far = bool(parameters) and not random.randrange(8)
        if is_far:  # from unit scale
            parameters[random.randrange(len(parameters))] *= 10.0 ** random.choice([-25, 25])
        allowance = Allowance(500_000 if is_far else inf)
        try:
            found = finish(fixed_points(system, parameters, period, allowance))
        except TooMuchWork:
            continue
        with mpmath.workdps(180 if is_far else 60):
            for cycle in found.cycles:
                if cycle.multiplicity != 1 or cycle.eigenvalues is None:
                    continue
                points, around = refined(name, cycle, parameters)
                for point, told in zip(points, cycle.points, strict=True):
                    for x, double in zip(point, told, strict=True):  # which may be one of two, at a tie
                        assert abs(x - double) <= (ulp(double) / 2 * (1 + mpmath.mpf(10) ** -30) if double else 1e-40)
                moduli = (
                    [abs(v) for v in mpmath.eig(around, left=False, right=False)]
                    if system.dimension > 1
                    else [abs(around[0])]
                )
                words = {
                    "stable": all(m < 1 for m in moduli),
                    "unstable": all(m > 1 for m in moduli),
                    "saddle": any(m < 1 for m in moduli) and any(m > 1 for m in moduli),
                    "neutral": any(abs(m - 1) < 1e-20 for m in moduli),
                    "undecided": True,
                }
                assert words[cycle.stability]


@pytest.mark.parametrize(("name", "period"), [("henon", 3), ("clifford", 2), ("standard", 2)])
def test_a_dense_search_finds_no_point_that_is_missing(name, period):
    """Newton's method in double from many starts: what it ends in is listed where the answer is complete."""
    random, system = Random(name), SYSTEMS[name]
    parameters = [v * random.uniform(0.8, 1.1) for v in canonical(name)]
    found = find(name, parameters, period)
    lower = find(name, parameters, 1)
    assert found.complete
    assert lower.complete
    box = box_of_all_cycles(system, parameters)
    listed = [point for cycle in (*found.cycles, *lower.cycles) for point in cycle.points]
    for _ in range(30):
        point = [random.uniform(low, high) for low, high in box]
        for _ in range(40):
            value, around = point, np.eye(system.dimension)
            for _ in range(period):
                following, rows = over_mpmath(name, value, parameters)
                value, around = [float(v) for v in following], np.array(rows, dtype=float) @ around
            gap = np.array(value) - point
            if name == "standard":
                gap -= 2 * pi * np.round(gap / (2 * pi))
            if not np.isfinite(gap).all() or not np.isfinite(around).all():
                break
            change = np.linalg.lstsq(around - np.eye(system.dimension), gap, rcond=None)[0]
            point = (np.array(point) - change).tolist()
            if max(map(abs, change)) < 1e-13:
                away = [
                    max(
                        min(abs(a - b), abs(abs(a - b) - 2 * pi)) if name == "standard" else abs(a - b)
                        for a, b in zip([x % (2 * pi) if name == "standard" else x for x in point], other, strict=True)
                    )
                    for other in listed
                ]
                assert min(away) < 1e-7, point
                break


def extreme(random, value):
    """`value`, or one that is far from it."""
    any_size = random.choice([-1, 1]) * 10 ** random.uniform(-323, 308)
    return random.choice([value, random.gauss(0, 3), random.choice(EXTREMES), any_size])


@pytest.mark.parametrize("period", [1, 3])
@pytest.mark.parametrize("name", SYSTEMS)
def test_any_finite_parameters_are_answered_within_the_work_that_is_allowed(name, period):
    system, random = SYSTEMS[name], Random(f"{name} {period}")
    for _ in range(EXAMPLES):
        parameters = [extreme(random, system.canonical[each]) for each in system.parameters]
        allowance = Allowance(random.choice([10, 10_000, 40_000]))
        try:
            found = finish(fixed_points(system, parameters, period, allowance))
        except TooMuchWork:
            pass
        else:
            assert all(isfinite(x) for cycle in found.cycles for point in cycle.points for x in point)
            assert not (found.complete and (found.undecided or found.continuum))
        assert 0 <= allowance.taken <= allowance.units


def test_a_candidate_at_infinity_is_no_cycle():
    found = find("henon", [-0.003, 31.9], 2)  # 4a - 3(1 - b)^2 < 0: there is none
    assert (found.cycles, found.complete) == ((), True)


def test_what_is_not_searched_within_the_bound_is_told(monkeypatch):
    """N14."""
    monkeypatch.setattr("attractor.core.fixed_points.SEARCH", 60_000)
    found = find("clifford", [21.69, 1.03, -9.6, -13.83], 4)  # thousands of cycles
    assert not found.complete
    assert 0 < len(found.undecided) <= 64
    for cycle in found.cycles:
        for point, following in pairwise((*cycle.points, cycle.points[0])):
            assert SYSTEMS["clifford"].step(*point, 21.69, 1.03, -9.6, -13.83) == pytest.approx(following, abs=1e-10)


def test_work_that_is_allowed_is_just_enough():
    allowance = Allowance(1e9)
    whole = finish(fixed_points(SYSTEMS["henon"], [1.4, 0.3], 2, allowance))
    again = Allowance(allowance.taken)
    assert finish(fixed_points(SYSTEMS["henon"], [1.4, 0.3], 2, again)) == whole
    with pytest.raises(TooMuchWork):
        list(fixed_points(SYSTEMS["henon"], [1.4, 0.3], 2, Allowance(allowance.taken - 1)))


def test_many_cycles_are_found_in_many_pieces():
    found, pieces = in_pieces("logistic", [4.0], 7)
    assert len(found.cycles) == 18
    assert pieces > 18


def test_a_kink_has_no_eigenvalues():
    """N8: away from it they are those of one side."""
    (fixed,) = find("gingerbreadman", []).cycles
    assert fixed.points == ((1.0, 1.0),)
    assert fixed.eigenvalues == pytest.approx([complex(0.5, -sqrt(3) / 2), complex(0.5, sqrt(3) / 2)])
    assert fixed.stability == "neutral"


@pytest.mark.parametrize(
    ("rho", "delta_t"), [("-1e-323", "2.2250738585072014e-308"), ("-1e154", "-1e-323"), ("28", "1e-200")]
)
def test_eigenvalues_that_lie_together_closer_than_doubles_tell_take_no_minutes(rho, delta_t):
    """FLINT isolates zeros 1e-320 apart for minutes, and cannot be stopped meanwhile: so it is a process here."""
    query = f"/fixed-points?system=lorenz&sigma=10&rho={rho}&beta=2.5&delta_t={delta_t}"
    command = [sys.executable, "-m", "attractor", "get", query, "-o", "-"]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=300).stdout)
    assert 0 in [record["x"] for record in found["records"]]
