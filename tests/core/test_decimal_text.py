"""What is compiled of decimal arithmetic gives the digits, exponents and signs of `decimal`."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attractor.core.catalogue import SYSTEMS
from attractor.core.decimal_text import DecimalText, plus, program, times
from attractor.core.decimals import DIGITS, context, decimal_orbit
from attractor.core.system import System
from tests.searching import searched

CONTEXT = context(DIGITS)
KNOWN = [system for system in SYSTEMS.values() if system.is_rational]
LARGEST = 10**DIGITS - 1


@st.composite
def coefficients(draw):
    """Of few digits and many, near powers of ten, and at the ends of words."""
    near = draw(st.sampled_from([0, 0, LARGEST, 2**64, 2**32, *(10**k for k in range(DIGITS))]))
    value = (
        near + draw(st.integers(-3, 3)) if draw(st.booleans()) else draw(st.integers(0, 10 ** draw(st.integers(0, 28))))
    )
    return min(max(value, 0), LARGEST)


def decimal(sign, coefficient, exponent):
    return Decimal((sign, tuple(map(int, str(coefficient))), exponent))


def decimals(exponents):
    return st.builds(decimal, st.integers(0, 1), coefficients(), exponents)


near = decimals(st.integers(-40, 40))
far = decimals(st.one_of(st.integers(-100, 100), st.integers(-(10**12), 10**12)))


def numbers(value):
    sign, digits, exponent = value.as_tuple()
    coefficient = int("".join(map(str, digits)))
    return np.uint64(coefficient >> 64), np.uint64(coefficient & (2**64 - 1)), np.int64(exponent), np.uint64(sign)


def value_of(found):
    high, low, exponent, sign = map(int, found)
    return decimal(sign, (high << 64) + low, exponent)


@searched(2_400)
@given(near, near)
def test_sums_and_products_are_those_of_decimal(a, b):
    assert str(value_of(plus(numbers(a), numbers(b)))) == str(CONTEXT.add(a, b))
    assert str(value_of(times(numbers(a), numbers(b)))) == str(CONTEXT.multiply(a, b))


@searched(2_000)
@given(far, far)
def test_whatever_the_exponents_are(a, b):
    assert str(value_of(plus(numbers(a), numbers(b)))) == str(CONTEXT.add(a, b))
    assert str(value_of(times(numbers(a), numbers(b)))) == str(CONTEXT.multiply(a, b))


@searched(2_000)
@given(decimals(st.just(0)), st.integers(1, 29), st.integers(-1, 1), st.booleans())
def test_halves_and_their_neighbours(a, cut, beside, is_product):
    """A tie needs digits behind the 28th that are 5 and zeros."""
    half = Decimal(5 * 10 ** (cut - 1) + beside).scaleb(-cut)
    assert str(value_of(plus(numbers(a), numbers(half)))) == str(CONTEXT.add(a, half))
    assert str(value_of(plus(numbers(a), numbers(-half)))) == str(CONTEXT.subtract(a, half))
    if is_product:
        factor = Decimal(min(5 * 10 ** (cut - 1) + beside, LARGEST))
        assert str(value_of(times(numbers(a), numbers(factor)))) == str(CONTEXT.multiply(a, factor))


def text_of(system, inputs, steps):
    pieces = [b"", *[b" "] * system.dimension, b"\n"]
    found = DecimalText(system, pieces, steps)([each.encode() for each in inputs])
    return found and [tuple(line.split()[1:]) for line in bytes(found).decode().split("\n")[:-1]]


plain = st.one_of(
    st.from_regex(r"-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,5})?", fullmatch=True),
    st.from_regex(r"-?(0|[1-9][0-9]{0,13})(\.[0-9]{0,13}[1-9])?", fullmatch=True),
)


@searched(400)
@given(st.data(), st.sampled_from(KNOWN), st.sampled_from([1, 20, 60]))
def test_orbits_are_those_of_decimal_as_str_writes_them(data, system, steps):
    inputs = data.draw(st.tuples(*[plain] * len(system.inputs)))
    values = tuple(map(Decimal, inputs))
    found = text_of(system, inputs, steps)
    expected = decimal_orbit(system, values[: system.dimension], values[system.dimension :], steps)
    if found is None:  # values near the end of decimal's range
        assert max(abs(each.adjusted()) for row in expected for each in row) > 10**8
    else:
        assert found == [tuple(map(str, row)) for row in expected]


def test_every_system_that_decimal_evaluates_is_known():
    assert all(DecimalText.known(system) for system in SYSTEMS.values() if system.is_rational)


def test_too_many_digits_are_decimals():
    assert text_of(SYSTEMS["henon"], ["0." + 28 * "3", "0", "1", "1"], 3)
    assert text_of(SYSTEMS["henon"], ["1." + 28 * "3", "0", "1", "1"], 3) is None


def test_an_orbit_near_the_end_of_decimals_range_is_decimals():
    assert text_of(SYSTEMS["logistic"], ["3", "4"], 30)
    assert text_of(SYSTEMS["logistic"], ["3", "4"], 60) is None


def dividing(x=1, /, a=2):
    return (a / x,)


def computed_by_python(x=1, /):
    return (x + 2 * 3,)


def turned(x=1, y=0, /, a=3):
    y = -y * a
    return y, -abs(x) - 2


@pytest.mark.parametrize("step", [dividing, computed_by_python])
def test_another_operation_is_not_known(step):
    system = System(step, "", "")
    assert program(system) is None
    with pytest.raises(TypeError):
        DecimalText(system, [b"", b""], 1)


@pytest.mark.parametrize("zero", ["0", "-0"])
def test_locals_and_signs(zero):
    system = System(turned, "", "")
    expected = decimal_orbit(system, [Decimal("-1.50"), Decimal(zero)], [Decimal(3)], 5)
    assert text_of(system, ["-1.50", zero, "3"], 5) == [tuple(map(str, row)) for row in expected]
