"""The decimal orbit is the straightforward `decimal` loop, digit for digit."""

import decimal
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from attractor.core.catalogue import SYSTEMS
from attractor.core.decimals import decimal_orbit, work
from tests.searching import searched

RATIONAL = [system for system in SYSTEMS.values() if system.is_rational]
number = st.one_of(
    st.decimals(-4, 4, places=6),
    st.decimals(allow_nan=False, allow_infinity=False),
)


@st.composite
def orbits(draw):
    system = draw(st.sampled_from(RATIONAL))
    values = draw(st.tuples(*[number] * len(system.inputs)))
    return system, values[: system.dimension], values[system.dimension :]


@searched(500)
@given(orbits(), st.integers(1, 120))
def test_the_decimal_orbit_equals_the_straightforward_loop(orbit, digits):
    system, state, parameters = orbit
    found = decimal_orbit(system, state, parameters, 25, digits)
    expected = []
    with decimal.localcontext() as context:
        context.prec = digits
        context.rounding = decimal.ROUND_HALF_EVEN
        context.Emax, context.Emin = decimal.MAX_EMAX, decimal.MIN_EMIN
        context.traps = dict.fromkeys(context.traps, False)
        for _ in range(25):
            state = system.step(*state, *parameters)
            if not all(value.is_finite() for value in state):
                break
            expected.append(state)
    assert [tuple(map(str, row)) for row in found] == [tuple(map(str, row)) for row in expected]


def test_the_orbit_ends_where_the_exponent_range_does():
    orbit = decimal_orbit(SYSTEMS["logistic"], [Decimal(3)], [Decimal(4)], 100)
    assert 50 < len(orbit) < 70
    assert orbit[-1][0].adjusted() > decimal.MAX_EMAX // 2


def test_nothing_of_the_arithmetic_leaks_into_the_callers_context():
    before = decimal.getcontext().copy()
    decimal_orbit(SYSTEMS["henon"], [Decimal(0)] * 2, [Decimal(1)] * 2, 3, 50)
    assert repr(decimal.getcontext()) == repr(before)


def test_work_grows_with_operations_and_digits():
    assert work(SYSTEMS["clifford"], 28) > 20 * work(SYSTEMS["tinkerbell"], 28)
    assert work(SYSTEMS["logistic"], 28) < work(SYSTEMS["lorenz"], 28) < work(SYSTEMS["lorenz"], 1000) / 10
