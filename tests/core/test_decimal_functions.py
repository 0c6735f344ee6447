"""Functions of decimals against mpmath at more digits, and orbits against the same steps over these, by hand."""

import decimal
import math
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import mpmath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attractor.core.catalogue import SYSTEMS
from attractor.core.correct import correct_orbit
from attractor.core.decimal_functions import Functions
from attractor.core.decimals import context, decimal_orbit
from attractor.core.selection import Selection
from attractor.core.slicing import finish
from attractor.core.system import System
from tests.core.over import step_over
from tests.core.test_correct import half_even
from tests.searching import searched

ROUNDED = "sin", "cos", "tanh", "atan", "exp", "log", "sqrt"
EXACT = {("sin", 0): 0, ("cos", 0): 1, ("tanh", 0): 0, ("atan", 0): 0, ("exp", 0): 1, ("log", 1): 0}


def nearest(name, x, digits):
    """What mpmath says, at three times the digits that x and its distance from 1 have, rounded half even."""
    if (name, x) in EXACT:
        return Decimal(EXACT[name, x])
    size = len(x.as_tuple().digits) + abs(x.adjusted())
    with mpmath.workdps(4 * (digits + size) + 50):
        number = mpmath.mpf(x.as_tuple().digits and str(x))
        sign, man, exponent, _ = getattr(mpmath, name)(number)._mpf_
        value = Fraction((-1) ** sign * int(man)) * Fraction(2) ** exponent
    found = half_even(value, digits)
    with decimal.localcontext(context(digits + 5)):
        return Decimal(found.numerator) / Decimal(found.denominator)


@st.composite
def arguments(draw):
    """Decimals of a few digits or many, small, large, and near 1."""
    digits = draw(st.integers(1, 40))
    x = Decimal(draw(st.integers(-(10**digits), 10**digits))).scaleb(draw(st.integers(-90, 20)) - digits)
    return x + 1 if draw(st.booleans()) and x.adjusted() < 0 else x


@searched(1_000)
@example("sin", Decimal("1.235E-40"), 3)  # a tie but for what cannot be seen
@example("sin", Decimal("-1.225E-40"), 3)
@example("atan", Decimal("1E-30"), 1)
@example("tanh", Decimal(40), 30)
@example("tanh", Decimal("-300"), 7)
@example("cos", Decimal("1E-9"), 17)
@example("cos", Decimal("1E-9"), 18)
@example("cos", Decimal("1E-9"), 19)
@example("sin", Decimal("1E+60"), 9)
@example("sin", Decimal(0), 9)
@given(st.sampled_from(ROUNDED), arguments(), st.integers(1, 60))
def test_a_function_is_the_decimal_nearest_to_what_it_is(name, x, digits):
    if name in ("log", "sqrt") and x <= 0:
        x = 1 - x
    if name == "exp" and abs(x) > 1_000:
        x /= 10**20
    with decimal.localcontext(context(digits)):
        found = getattr(Functions(digits), name)(x)
    assert found == nearest(name, x, digits)


numbers = st.builds(lambda m, e: Decimal(m).scaleb(e), st.integers(-(10**20), 10**20), st.integers(-30, 30))


@searched(500)
@example(Decimal("-1E-30"), Decimal(3), 5)  # is 3, rounded
@example(Decimal("1E+400"), Decimal("6.28"), 28)
@example(Decimal("-7"), Decimal("-3.5"), 3)
@given(numbers, numbers.filter(bool), st.integers(1, 40))
def test_a_remainder_is_that_of_fractions_rounded_once(a, b, digits):
    with decimal.localcontext(context(digits)):
        found = Functions(digits).remainder(a, b)
    exact = Fraction(a) % Fraction(b)
    assert Fraction(found) == half_even(exact, digits)
    assert found or found.is_signed() == b.is_signed()


def test_remainders_of_exponents_past_all_fractions_are_there_at_once():
    with decimal.localcontext(context(9)):
        of = Functions(9).remainder
        assert of(Decimal("1E+999999999999"), Decimal(7)) == pow(10, 999999999999, 7)
        assert of(Decimal("-1E-999999999999"), Decimal(7)) == 7


def test_where_there_is_no_value_it_is_an_invalid_operation():
    invalid = [("sin", "1E+1001"), ("cos", "1E+99999"), ("sin", "Infinity"), ("cos", "NaN"), ("log", "-1")]
    for name, x in invalid:
        with decimal.localcontext(context(9)):
            assert getattr(Functions(9), name)(Decimal(x)).is_nan()
        if x != "NaN":
            with decimal.localcontext(context(9, decimal.InvalidOperation)), pytest.raises(decimal.InvalidOperation):
                getattr(Functions(9), name)(Decimal(x))
    with decimal.localcontext(context(9)):
        of = Functions(9)
        assert of.remainder(Decimal(1), Decimal(0)).is_nan()
        assert of.remainder(Decimal("Infinity"), Decimal(1)).is_nan()
        assert (of.tanh(Decimal("-Infinity")), of.atan(Decimal("1E+99999"))) == (-1, Decimal("1.57079633"))
        assert of.atan(Decimal("NaN")).is_nan()
        assert of.tanh(Decimal("NaN")).is_nan()


@pytest.mark.parametrize("digits", [1, 28, 300])
def test_pi_has_so_many_digits(digits):
    with mpmath.workdps(digits + 50):
        assert abs(mpmath.mpf(str(Functions(digits).pi)) - mpmath.pi) < mpmath.mpf(10) ** (1 - digits) / 2


def library(digits):
    functions = {name: (lambda x, name=name: nearest(name, Decimal(x), digits)) for name in ROUNDED}
    return SimpleNamespace(**functions)


def ikeda(of):
    def step(x, y, u):
        t = Decimal(float("0.4")) - 6 / (1 + x * x + y * y)
        return 1 + u * (x * of.cos(t) - y * of.sin(t)), u * (x * of.sin(t) + y * of.cos(t))

    return step


def standard(of, digits):
    with mpmath.workdps(2 * digits + 20):
        pi = context(digits).create_decimal(mpmath.nstr(mpmath.pi, digits + 20))

    def modulo(a, b):
        exact = half_even(Fraction(a) % Fraction(b), digits)
        return Decimal(exact.numerator) / Decimal(exact.denominator) if exact else Decimal(0)

    def step(theta, p, k):
        kicked = modulo(p + k * of.sin(theta), 2 * pi)
        return modulo(theta + kicked, 2 * pi), kicked

    return step


@searched(60)
@given(st.data(), st.sampled_from(["clifford", "thomas", "ikeda", "standard"]), st.integers(1, 40))
def test_an_orbit_rounds_each_operation(data, name, digits):
    system = SYSTEMS[name]
    values = [data.draw(st.decimals(-4, 4, places=6)) for _ in system.inputs]
    state, parameters = values[: system.dimension], values[system.dimension :]
    found = decimal_orbit(system, state, parameters, 8, digits)
    of = library(digits)
    steps = {"ikeda": lambda: ikeda(of), "standard": lambda: standard(of, digits)}
    step = steps.get(name, lambda: step_over(system, of))()
    with decimal.localcontext(context(digits)):
        for row in found:
            state = step(*state, *parameters)
            assert row == tuple(state)
    assert len(found) == 8


@pytest.mark.parametrize("name", ["clifford", "thomas", "ikeda", "standard"])
def test_with_more_digits_an_orbit_comes_to_the_exact_one(name):
    system = SYSTEMS[name]
    values = [Decimal(repr(value)) for value in system.canonical.values()]
    start, parameters = values[: system.dimension], values[system.dimension :]
    exact = finish(correct_orbit(system, start, parameters, Selection(40), 20)).rows
    assert exact == [tuple(map(context(20).plus, row)) for row in decimal_orbit(system, start, parameters, 40, 120)]


def folded(x=1, y=0.5, /, a=2):
    return x / 3 + 1 / 3 * y, a % 0.75 + math.floor(a * x) - math.ceil(y) + 2 * 0.1


def test_what_is_computed_of_literals_alone_is_the_double_that_it_is():
    values = list(map(Decimal, ("1.5", "0.5", "2")))
    (row,) = decimal_orbit(System(folded, "A map", "A test"), values[:2], values[2:], 1, 30)
    with decimal.localcontext(context(30)):
        assert row == (Decimal("1.5") / 3 + Decimal(1 / 3) * Decimal("0.5"), Decimal("0.5") + 3 - 1 + Decimal(2 * 0.1))


def test_an_orbit_ends_where_sines_do():
    orbit = decimal_orbit(SYSTEMS["thomas"], [Decimal(1)] * 3, [Decimal(-3), Decimal("1E+300")], 100)
    assert len(orbit) == 4
    assert 1_000 < orbit[-1][0].adjusted() < 1_300
