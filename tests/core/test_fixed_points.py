"""Fixed points and cycles against closed forms."""

import os
from math import inf, isfinite, sqrt
from random import Random

import pytest

from attractor.core.allowance import Allowance, TooMuchWork
from attractor.core.catalogue import SYSTEMS
from attractor.core.fixed_points import fixed_points
from attractor.core.slicing import finish

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))  # for each system and period
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


def find(name, parameters, period=1):
    return finish(fixed_points(SYSTEMS[name], parameters, period))


def test_the_two_of_henon():
    a, b = 1.4, 0.3
    found = find("henon", [a, b])
    assert found.complete
    expected = sorted((b - 1 + sign * sqrt((1 - b) ** 2 + 4 * a)) / (2 * a) for sign in (1, -1))
    assert [c.points[0][0] for c in found.cycles] == pytest.approx(expected, rel=1e-15)
    assert [c.points[0][1] for c in found.cycles] == pytest.approx([b * x for x in expected], rel=1e-15)
    for cycle, x in zip(found.cycles, expected, strict=True):
        eigenvalues = sorted((-a * x + sign * sqrt(a * a * x * x + b) for sign in (1, -1)), key=abs, reverse=True)
        assert cycle.eigenvalues == pytest.approx(eigenvalues, rel=1e-12)
        assert cycle.stability == "saddle"
        assert cycle.residual < 1e-40


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
    assert find("henon", [-1.0, 0.3]).cycles == ()
    (double,) = find("logistic", [1.0]).cycles
    assert (double.points, double.stability) == (((0.0,),), "neutral")


def test_a_continuum_is_not_complete():
    assert not find("modified-lorenz", [4, 5, 1, 0.01]).complete  # (0, y, 0) for any y


def test_fixed_points_of_maps_that_are_not_polynomial():
    found = find("lozi", [1.7, 0.5])
    assert [c.points[0][0] for c in found.cycles] == pytest.approx([1 / (0.5 - 1.7), 1 / (0.5 + 1.7)])
    for name in ("thomas", "ikeda", "clifford"):
        parameters = list(SYSTEMS[name].canonical.values())[SYSTEMS[name].dimension :]
        cycles = find(name, parameters).cycles
        assert cycles
        for cycle in cycles:
            assert SYSTEMS[name].step(*cycle.points[0], *parameters) == pytest.approx(cycle.points[0], abs=1e-12)


@pytest.mark.parametrize(("period", "cycles"), [(2, 1), (3, 2), (4, 3), (5, 6)])
def test_cycles_of_the_logistic_map_have_their_minimal_period(period, cycles):
    found = find("logistic", [4.0], period).cycles  # all sin²(kπ/(2^p ± 1))
    assert len(found) == cycles
    for cycle in found:
        assert len({round(x, 9) for (x,) in cycle.points}) == period
        assert abs(cycle.eigenvalues[0]) == pytest.approx(2**period)


def test_the_two_cycle_of_henon():
    (found,) = find("henon", [1.4, 0.3], 2).cycles
    assert sum(x for x, _ in found.points) == pytest.approx(0.7 / 1.4)  # the sum of the roots of a²x² - …
    assert found.stability == "saddle"


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


def test_a_map_next_to_the_identity_has_no_candidate_at_each_start():
    found, pieces = in_pieces("roessler", [0.2, 0.2, 5.7, 1e-45], 2)
    assert found.cycles == ()
    assert pieces < 10  # one for each candidate


def test_eigenvalues_past_the_range_of_doubles_are_infinite():
    found = find("lorenz", [10, 28, 8 / 3, 1e308])
    assert found.complete
    assert [c.points[0] for c in found.cycles] == [c.points[0] for c in find("lorenz", [10, 28, 8 / 3, 1]).cycles]
    assert all(abs(c.eigenvalues[0]) == inf for c in found.cycles)
    assert {c.stability for c in found.cycles} == {"unstable"}


@pytest.mark.parametrize(("name", "parameters"), [("henon", (1.4, 1e308)), ("lorenz", (10, 1e308, 8 / 3, 0.01))])
def test_where_roots_lie_too_far_apart_to_be_found_it_says_that_some_may_be_missing(name, parameters):
    assert not find(name, parameters).complete


def extreme(random, value):
    """`value`, or one that is far from it."""
    any_size = random.choice([-1, 1]) * 10 ** random.uniform(-323, 308)
    return random.choice([value, random.gauss(0, 3), random.choice(EXTREMES), any_size])


@pytest.mark.parametrize("period", [1, 2, 3, 4])
@pytest.mark.parametrize("name", SYSTEMS)
def test_any_finite_parameters_are_answered_within_the_work_that_is_allowed(name, period, monkeypatch):
    """From fewer starts than ever, for the sake of more parameters."""
    monkeypatch.setattr("attractor.core.fixed_points.STARTS", 64)
    system, random = SYSTEMS[name], Random(f"{name} {period}")
    for _ in range(EXAMPLES):
        parameters = [extreme(random, system.canonical[each]) for each in system.parameters]
        allowance = Allowance(random.choice([10, 1_000, 3_000]))
        try:
            found = finish(fixed_points(system, parameters, period, allowance))
        except TooMuchWork:
            pass
        else:
            assert all(isfinite(x) for cycle in found.cycles for point in cycle.points for x in point)
        assert 0 <= allowance.taken <= allowance.units


def test_a_candidate_at_infinity_is_no_cycle():
    assert find("henon", [-0.003, 31.9], 2).cycles == ()  # 4a - 3(1 - b)^2 < 0: there is none


def test_work_that_is_allowed_is_just_enough():
    allowance = Allowance(1e9)
    whole = finish(fixed_points(SYSTEMS["henon"], [1.4, 0.3], 2, allowance))
    again = Allowance(allowance.taken)
    assert finish(fixed_points(SYSTEMS["henon"], [1.4, 0.3], 2, again)) == whole
    with pytest.raises(TooMuchWork):
        list(fixed_points(SYSTEMS["henon"], [1.4, 0.3], 2, Allowance(allowance.taken - 1)))


def test_many_cycles_are_found_in_many_pieces():
    """Each is polished once, whatever the number of its points that Newton's method ends in."""
    found, pieces = in_pieces("logistic", [4.0], 8)
    assert len(found.cycles) == 30
    assert pieces < 60 * (8 + 1) + 30 * (12 + 3) + 100
