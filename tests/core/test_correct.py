"""Correct digits against exact fractions, against decimal arithmetic of many more digits, and where a tie is met."""

import itertools
import os
from decimal import Decimal
from fractions import Fraction
from random import Random

import mpmath
import pytest

from attractor.core.balls.orbit import NotResolved
from attractor.core.catalogue import SYSTEMS
from attractor.core.correct import correct_orbit, round_exactly
from attractor.core.decimals import context, decimal_orbit
from attractor.core.selection import Selection
from attractor.core.slicing import finish
from tests.core.over import step_over

PROVEN = int(os.environ.get("PROVE_EXAMPLES", "25"))  # orbits of each system
RATIONAL = [name for name, system in SYSTEMS.items() if system.is_rational]


def correct(name, start, parameters, selection, digits, most_bits=100_000):
    given = [list(map(Decimal, row.split())) for row in (start, parameters)]
    return finish(correct_orbit(SYSTEMS[name], *given, selection, digits, most_bits))


def short(random):
    """A number of few digits, so that exact orbits meet ties and stay short."""
    return str(Decimal(random.randint(-40, 40)).scaleb(-random.choice([0, 0, 1, 2])))


@pytest.mark.parametrize("name", RATIONAL)
def test_every_digit_is_that_of_the_exact_fraction(name):
    system, random = SYSTEMS[name], Random(name)
    for _ in range(PROVEN):
        start, parameters = ([short(random) for _ in names] for names in (system.state, system.parameters))
        digits = random.choice([1, 1, 2, 3, 7, 30])
        found = correct(name, " ".join(start), " ".join(parameters), Selection(5, start=True), digits)
        state, values = (list(map(Fraction, given)) for given in (start, parameters))
        for row in found.rows:
            assert row == tuple(half_even(x, digits) for x in state)
            assert all(len(value.as_tuple().digits) == digits or not value for value in row)
            state = system.step(*state, *values)


def half_even(x, digits):
    """The number of so many digits nearest to x, by whole numbers alone."""
    if not x:
        return 0
    places = digits
    while abs(x) * Fraction(10) ** places >= 10**digits:
        places -= 1
    while abs(x) * Fraction(10) ** places < 10 ** (digits - 1):
        places += 1
    return Fraction(round(x * Fraction(10) ** places)) / Fraction(10) ** places  # round is half even


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [("0.25", 1, "0.2"), ("0.35", 1, "0.4"), ("-0.35", 1, "-0.4"), ("0.995", 2, "1.0"), ("2500000", 1, "2E+6")],
)
def test_ties_go_to_the_even_digit(value, digits, expected):
    assert str(round_exactly(Fraction(value), digits)) == expected
    found = correct("henon", f"0 {value}", "0 1", Selection(1, start=True), digits)
    assert str(found.rows[0][1]) == expected
    assert str(correct("henon", f"{value} 0", "0 1", Selection(1), digits).rows[0][1]) == expected


@pytest.mark.parametrize(
    ("name", "start", "parameters", "steps"),
    [
        ("logistic", "0.2", "3.9", 1_000),
        ("henon", "0.1 0.1", "1.4 0.3", 1_000),
        ("lorenz", "1 1 1", "10 28 2.7 0.01", 300),
    ],
)
def test_a_chaotic_orbit_is_that_of_many_more_digits(name, start, parameters, steps):
    found = correct(name, start, parameters, Selection(steps), 40)
    given = [list(map(Decimal, row.split())) for row in (start, parameters)]
    precise = decimal_orbit(SYSTEMS[name], *given, steps, 1_500)
    assert found.rows == [tuple(context(40).plus(x) for x in row) for row in precise]


def standard(theta, p, k):
    """Its step with the exact pi, which is no double."""
    kicked = (p + k * mpmath.sin(theta)) % (2 * mpmath.pi)
    return (theta + kicked) % (2 * mpmath.pi), kicked


@pytest.mark.parametrize(
    ("name", "start", "parameters"),
    [
        ("clifford", "0.1 0.1", "-1.4 1.6 1 0.7"),
        ("ikeda", "0.1 0.1", "0.9"),
        ("thomas", "1 0 0", "0.2 0.05"),
        ("standard", "1e30 5", "0.9"),
    ],
)
def test_functions_and_circles_are_exact_too(name, start, parameters):
    found = correct(name, start, parameters, Selection(60), 20)
    with mpmath.workdps(300):
        step = standard if name == "standard" else step_over(SYSTEMS[name], mpmath)
        state, values = (list(map(mpmath.mpf, row.split())) for row in (start, parameters))
        for n in range(1, 61):
            state = step(*state, *values)
            for x, told in zip(state, found.rows[n - 1], strict=True):
                assert abs(mpmath.mpf(str(told)) - x) <= abs(x) * mpmath.mpf(10) ** -19 / 2


def test_more_bits_are_taken_until_all_is_resolved_and_what_is_kept_is_told_once():
    found = correct("logistic", "0.2", "3.9", Selection(600, 100, 50, True), 10)
    assert found.bits > 1_000
    assert len(found.rows) == 11
    assert found.rows[0] == (Decimal("0.2000000000"),)


def test_a_start_on_a_fixed_point_stays_there():
    assert set(correct("standard", "0 0", "1", Selection(5), 9).rows) == {(0, 0)}
    assert correct("logistic", "0.5", "4", Selection(9), 9).rows[1:] == [(0,)] * 8


def test_it_ends_where_decimals_do():
    found = correct("modified-lorenz", "1 2 3", "4 5 1 2", Selection(80), 5)
    assert found.left_at == len(found.rows) + 1 == 60


def test_what_cannot_be_had_tells_how_far_it_lasts():
    with pytest.raises(NotResolved) as told:
        correct("logistic", "0.2", "3.9", Selection(5_000), 50, most_bits=1_000)
    assert len(correct("logistic", "0.2", "3.9", Selection(told.value.lasted), 50, most_bits=1_000).rows) > 300
    with pytest.raises(NotResolved) as told:  # sin 0 + 0.15 cos 0 is a tie, and no fraction that the step could give
        correct("clifford", "0 0", "1 1 0.15 0", Selection(5), 1)
    assert told.value.lasted == 0


def test_it_pauses_between_precisions_that_resolve_nothing(monkeypatch):
    """On a clock that goes on by 6 ms each time that it is looked at."""
    now = itertools.count(step=6e-3)
    monkeypatch.setattr("attractor.core.slicing.perf_counter", lambda: next(now))
    values = [[Decimal(value) for value in text.split()] for text in ("0 0", "1 1 0.15 0")]
    pauses: list[None] = []
    with pytest.raises(NotResolved):
        pauses.extend(correct_orbit(SYSTEMS["clifford"], *values, Selection(5), 1, 20_000))
    assert len(pauses) >= 6
