"""sin and cos, correctly rounded.

x = k pi/256 + r, |r| <= pi/512, with pi/256 as the sum of two doubles: sin(k pi/256 + r) from a table of sines, in
which cosines lie a quarter of a turn further on, and polynomials. Huge arguments are reduced by as many bits of 2/pi as
they need: M. H. Payne, R. N. Hanek, Radian reduction for trigonometric functions, ACM SIGNUM Newsl. 18, 19-24 (1983).
"""

import numpy as np
from numba import uint64

from attractor.core.elementary import fixed_point as fp
from attractor.core.elementary.arithmetic import (
    ROUNDER,
    apart,
    bits_of,
    chosen,
    decided,
    fast_two_sum,
    inlined,
    is_decided,
    multiply_add,
    product,
    rest,
    two_sum,
)
from attractor.core.elementary.tables import (
    COSINE_FACTORS,
    QUARTER_PI,
    SINE_FACTORS,
    SINES,
    SINES_LOW,
    STEP,
    TURNS,
)

BOUND, BOUND_PER_STEP = 2.0**-65, 2.0**-111
"""Of the error of high + low that Ziv's test assumes: relative, and absolute for each pi/256 of the argument."""
FARTHEST = 2.0**20
"""Of arguments of the quick forms."""
TINY = 2.0**-27
"""sin(x) rounds to x below, cos(x) to 1."""

QUARTER = 128  # steps in a quarter of a turn
_STEP, _STEP_LOW = STEP
_STEPS = 1 / _STEP
_QUARTER_PI = tuple(QUARTER_PI)
_TERMS = 22


@inlined
def sine_pair(x, ahead):  # type: ignore[no-untyped-def]
    """sin(x + ahead pi/256) as a pair, and a bound of its error, for |x| <= FARTHEST."""
    shifted = multiply_add(x, _STEPS, ROUNDER)
    k = shifted - ROUNDER
    index = bits_of(shifted) + ahead
    # Exact: x and k * _STEP are near and multiples of 2^-60, their difference below 2^-7; or k is 0.
    r, r_low = two_sum(rest(x, k, _STEP), -(k * _STEP_LOW))
    sine, cosine = SINES[index & 511], SINES[(index + QUARTER) & 511]
    square = r * r
    bend = multiply_add(square, multiply_add(square, -1 / 5040, 1 / 120), -1 / 6)  # (sin r - r) / r^3
    fall = multiply_add(square, multiply_add(square, -1 / 720, 1 / 24), -0.5)  # (cos r - 1) / r^2
    turned, turned_low = product(cosine, r)
    high, low = fast_two_sum(sine, turned)
    small = multiply_add(SINES_LOW[(index + QUARTER) & 511], r, SINES_LOW[index & 511])
    small = multiply_add(multiply_add(-sine, r, cosine), r_low, small) + (low + turned_low)
    low = multiply_add(square, multiply_add(turned, bend, sine * fall), small)
    return high, low, abs(high) * BOUND + abs(k) * BOUND_PER_STEP


@inlined
def quick_sin(x):  # type: ignore[no-untyped-def]
    """sin(x), nan where that is not decided."""
    high, low, error = sine_pair(x, 0)
    found = chosen(abs(x) >= TINY, decided(high, low, error), x)
    return chosen(abs(x) <= FARTHEST, found, np.nan)


@inlined
def quick_cos(x):  # type: ignore[no-untyped-def]
    """cos(x), nan where that is not decided."""
    high, low, error = sine_pair(x, QUARTER)
    return chosen(abs(x) <= FARTHEST, decided(high, low, error), np.nan)


@apart
def fixed_turn(x):  # type: ignore[no-untyped-def]
    """|x| · 2/pi modulo 4, over 4, with the word below it, for finite |x| >= TINY."""
    mantissa, exponent = fp.scaled_mantissa(abs(x))
    place = exponent + 126  # of the first bit of TURNS that matters: x times those before is a multiple of 4
    word, up = place >> 6, uint64(place & 63)
    carry, below = uint64(0), uint64(0)
    found = uint64(0), uint64(0), uint64(0)
    for i in range(4, -1, -1):
        bits = TURNS[word + i] << up | (TURNS[word + i + 1] >> uint64(1)) >> (uint64(63) - up)
        high, low = fp.wide_product(mantissa, bits)
        low += carry
        carry = high + uint64(low < carry)
        found = low, found[0], found[1]
        if i == 3:
            below = low
    return found, below


@apart
def fixed_sine(x, ahead):  # type: ignore[no-untyped-def]
    """|sin(|x| + ahead pi/2)| in [0, 1] as a fixed-point number and whether it is negative."""
    found, below = fixed_turn(x)
    quarter = np.int64(found[0] >> uint64(62)) + ahead
    two = uint64(2)
    fraction = (
        found[0] << two | found[1] >> uint64(62),
        found[1] << two | found[2] >> uint64(62),
        found[2] << two | below >> uint64(62),
    )
    is_back = fraction[0] >> uint64(63) != uint64(0)
    if is_back:
        fraction, quarter = fp.negative(fraction), quarter + 1
    r = fp.doubled(fp.times(fraction, _QUARTER_PI))
    is_cosine = quarter & 1 == 1
    value = fixed_cosine_of(r) if is_cosine else fixed_sine_of(r)
    return value, (quarter & 2 != 0) != (is_back and not is_cosine)


@apart
def fixed_sine_of(r):  # type: ignore[no-untyped-def]
    """sin(r) for 0 <= r <= pi/4."""
    square = fp.times(r, r)
    fall = fp.times(square, fp.row(SINE_FACTORS, _TERMS))
    for k in range(_TERMS - 1, 0, -1):
        fall = fp.times(fp.times(square, fp.row(SINE_FACTORS, k)), fp.complement(fall))
    return fp.minus(r, fp.times(r, fall))


@apart
def fixed_cosine_of(r):  # type: ignore[no-untyped-def]
    """cos(r) for 0 <= r <= pi/4."""
    square = fp.times(r, r)
    fall = fp.times(square, fp.row(COSINE_FACTORS, _TERMS))
    for k in range(_TERMS - 1, 0, -1):
        fall = fp.times(fp.times(square, fp.row(COSINE_FACTORS, k)), fp.complement(fall))
    return fp.complement(fall)


@apart
def slow_sin(x):  # type: ignore[no-untyped-def]
    """sin(x) for every x."""
    if abs(x) < TINY:
        return x
    if not abs(x) < np.inf:
        return np.nan
    value, is_negative = fixed_sine(x, 0)
    found = fp.nearest(value, 0)
    return -found if is_negative != (x < 0.0) else found


@apart
def slow_cos(x):  # type: ignore[no-untyped-def]
    """cos(x) for every x."""
    if abs(x) < TINY:
        return 1.0
    if not abs(x) < np.inf:
        return np.nan
    value, is_negative = fixed_sine(x, 1)
    found = fp.nearest(value, 0)
    return -found if is_negative else found


@inlined
def sin(x):  # type: ignore[no-untyped-def]
    """The double nearest to the sine of x."""
    if TINY <= abs(x) <= FARTHEST:
        high, low, error = sine_pair(x, 0)
        if is_decided(high, low, error):
            return high + low
    return slow_sin(x)


@inlined
def cos(x):  # type: ignore[no-untyped-def]
    """The double nearest to the cosine of x."""
    if abs(x) <= FARTHEST:
        high, low, error = sine_pair(x, QUARTER)
        if is_decided(high, low, error):
            return high + low
    return slow_cos(x)
