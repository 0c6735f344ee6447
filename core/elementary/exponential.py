"""exp and tanh, correctly rounded.

x = (128 K + j) ln 2 / 128 + r, |r| < 2^-8.5: exp(x) = 2^K · 2^(j/128) · exp(r), from a table and a polynomial.
P. T. P. Tang, Table-driven implementation of the exponential function in IEEE floating-point arithmetic, ACM Trans.
Math. Softw. 15, 144-157 (1989). tanh(x) = E / (E + 2) with E = exp(2 x) - 1, in pairs of doubles.
"""

from math import copysign

import numpy as np
from numba import uint64

from attractor.core.elementary import fixed_point as fp
from attractor.core.elementary.arithmetic import (
    ROUNDER,
    apart,
    bits_of,
    chosen,
    decided,
    double_of,
    fast_two_sum,
    inlined,
    is_decided,
    multiply_add,
    product,
    rest,
    two_sum,
)
from attractor.core.elementary.tables import (
    FIXED_LOG_TWO,
    INVERSES,
    LOG_STEP,
    POWERS,
    POWERS_LOW,
)

BOUND = 2.0**-65
"""Of the relative error of high + low that Ziv's test assumes."""
FARTHEST = 708.0
"""Of arguments of the quick form of exp."""
TINY, ONE = 2.0**-27, 19.1
"""tanh(x) rounds to x below, and to 1 from there on."""

_STEP, _STEP_LOW = LOG_STEP
_STEPS = 1 / (_STEP + _STEP_LOW)
_LN2 = tuple(FIXED_LOG_TWO)


@inlined
def _reduced(x):  # type: ignore[no-untyped-def]
    """j, 2^K and r as a pair."""
    shifted = multiply_add(x, _STEPS, ROUNDER)
    k = shifted - ROUNDER
    index = bits_of(shifted)
    high, low = two_sum(multiply_add(-k, _STEP, x), -(k * _STEP_LOW))  # k * _STEP is exact
    return index & 127, double_of(((index >> 7) + 1023) << 52), high, low  # the lower bits of `shifted` are those of k


@inlined
def exp_pair(x):  # type: ignore[no-untyped-def]
    """exp(x) / scale as a pair, and scale = 2^K, for |x| <= FARTHEST."""
    j, scale, r, r_low = _reduced(x)
    square = r * r
    tail = multiply_add(square, multiply_add(r, 1 / 5040, 1 / 720), multiply_add(r, 1 / 120, 1 / 24))
    tail = multiply_add(square, multiply_add(square, tail, multiply_add(r, 1 / 6, 0.5)), r_low)  # exp(r) - 1 - r
    first, first_low = product(POWERS[j], r)
    high, low = fast_two_sum(POWERS[j], first)
    return high, multiply_add(POWERS[j], tail, multiply_add(POWERS_LOW[j], r, POWERS_LOW[j]) + (low + first_low)), scale


@inlined
def quick_exp(x):  # type: ignore[no-untyped-def]
    """exp(x), nan where that is not decided."""
    high, low, scale = exp_pair(x)
    found = decided(high, low, high * BOUND) * scale
    return chosen(abs(x) <= FARTHEST, found, np.nan)


@apart
def fixed_exp(x):  # type: ignore[no-untyped-def]
    """exp(x) = (1 + f)·2^k as f in [0, 1) and k, for 2^-54 <= |x| < 750."""
    mantissa, exponent = fp.scaled_mantissa(abs(x))
    size = fp.shifted_up((uint64(0), uint64(0), mantissa), exponent + 192)  # modulo 1, like all that follows
    k = np.int64(abs(x) * 1.4426950408889634) + np.int64(x < 0)
    _, multiple = fp.times_whole(_LN2, uint64(k))
    rest = fp.minus(size, multiple) if x > 0 else fp.minus(multiple, size)  # of x - k ln 2
    k = k if x > 0 else -k
    if rest[0] >> uint64(60) == uint64(15):  # just below 0
        rest, k = fp.plus(rest, _LN2), k - 1
    elif rest[0] > _LN2[0] or (rest[0] == _LN2[0] and rest[1] >= _LN2[1]):
        rest, k = fp.minus(rest, _LN2), k + 1
    rest = fp.shifted_down(rest, 8)
    value = fp.times(rest, fp.row(INVERSES, 18))
    for n in range(17, 1, -1):
        part = fp.times(rest, fp.row(INVERSES, n))
        value = fp.plus(part, fp.times(part, value))
    value = fp.plus(rest, fp.times(rest, value))
    for _ in range(8):
        value = fp.plus(fp.doubled(value), fp.times(value, value))
    return value, k


@apart
def slow_exp(x):  # type: ignore[no-untyped-def]
    """exp(x) for every x."""
    if x != x:
        return x
    if x > 710.0:
        return np.inf
    if x < -746.0:
        return 0.0
    if abs(x) < 2.0**-54:
        return 1.0 + x
    value, k = fixed_exp(x)
    half = fp.shifted_down(value, 1)
    return fp.nearest((half[0] | uint64(1) << uint64(63), half[1], half[2]), k + 1)


@inlined
def exp(x):  # type: ignore[no-untyped-def]
    """The double nearest to e^x."""
    if abs(x) <= FARTHEST:
        high, low, scale = exp_pair(x)
        if is_decided(high, low, high * BOUND):
            return (high + low) * scale
    return slow_exp(x)


@inlined
def tanh_pair(x):  # type: ignore[no-untyped-def]
    """tanh(x) as a pair, for TINY <= x <= 20."""
    j, scale, r, r_low = _reduced(2.0 * x)
    square, square_low = product(r, r)
    tail = multiply_add(square, 1 / 5040, multiply_add(r, 1 / 720, 1 / 120))
    tail = multiply_add(square, tail, multiply_add(r, 1 / 24, 1 / 6))  # (exp(r) - 1 - r - r^2 / 2) / r^3
    power, power_low = fast_two_sum(r, 0.5 * square)  # exp(r) - 1
    power_low += multiply_add(0.5, square_low, multiply_add(r * square, tail, multiply_add(r, r_low, r_low)))
    base, base_low = POWERS[j] * scale, POWERS_LOW[j] * scale
    grown, grown_low = product(base, power)
    grown_low += multiply_add(base, power_low, base_low * power)
    less, less_low = two_sum(base, -1.0)
    top, top_low = two_sum(less, grown)
    top, top_low = fast_two_sum(top, top_low + (less_low + (base_low + grown_low)))
    under, under_low = two_sum(top, 2.0)
    under_low += top_low
    inverse = 1.0 / under
    high = top * inverse
    return high, (rest(top, high, under) + multiply_add(-high, under_low, top_low)) * inverse


@inlined
def quick_tanh(x):  # type: ignore[no-untyped-def]
    """tanh(x), nan where that is not decided."""
    size = abs(x)
    high, low = tanh_pair(size)
    found = chosen(size < ONE, decided(high, low, high * BOUND), 1.0)
    found = chosen(size >= TINY, found, size)
    return chosen(size == size, copysign(found, x), np.nan)


@apart
def slow_tanh(x):  # type: ignore[no-untyped-def]
    """tanh(x) for every x."""
    size = abs(x)
    if not size >= TINY:
        return x
    if size >= ONE:
        return copysign(1.0, x)
    value, k = fixed_exp(2.0 * size)
    quarter = fp.shifted_down(value, 2)
    quarter = quarter[0] | uint64(1) << uint64(62), quarter[1], quarter[2]  # (1 + f) / 4
    one = fp.shifted_down((uint64(1) << uint64(62), uint64(0), uint64(0)), k)
    found = fp.quotient(fp.minus(quarter, one), fp.plus(quarter, one))
    return copysign(fp.nearest(found, 0), x)


@inlined
def tanh(x):  # type: ignore[no-untyped-def]
    """The double nearest to the hyperbolic tangent of x."""
    size = abs(x)
    if TINY <= size < ONE:
        high, low = tanh_pair(size)
        if is_decided(high, low, high * BOUND):
            return copysign(high + low, x)
    return slow_tanh(x)
