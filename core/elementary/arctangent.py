"""atan, correctly rounded.

With j = 128 |x| / (1 + |x|) rounded, |x| is near j / (128 - j), so that atan |x| = atan(j / (128 - j)) + atan u with
u = ((128 - j) |x| - j) / (128 - j + j |x|), |u| < 2^-6.9, for every |x|: a table of 129 angles and a polynomial.
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
    fast_two_sum,
    inlined,
    is_decided,
    multiply_add,
    product,
    rest,
    two_sum,
)
from attractor.core.elementary.tables import ANGLES, ANGLES_LOW, INVERSES, QUARTER_PI
from attractor.core.elementary.trigonometric import fixed_cosine_of, fixed_sine_of

BOUND = 2.0**-65
"""Of the relative error of high + low that Ziv's test assumes."""
TINY, HUGE = 2.0**-27, 2.0**54
"""atan(x) rounds to x below, and to the double nearest to pi/2 from there on."""

_RIGHT_ANGLE = 1.5707963267948966
_QUARTER_PI = tuple(QUARTER_PI)


@inlined
def atan_pair(x):  # type: ignore[no-untyped-def]
    """atan(x) as a pair, for TINY <= x <= HUGE."""
    shifted = 128.0 * x / (1.0 + x) + ROUNDER
    j = shifted - ROUNDER
    index = bits_of(shifted) & 255
    other = 128.0 - j
    top, top_low = product(other, x)
    top, lost = two_sum(top, -j)
    top_low += lost
    under, under_low = product(j, x)
    under, lost = two_sum(under, other)
    under_low += lost
    inverse = 1.0 / under
    u = top * inverse
    u_low = (rest(top, u, under) + multiply_add(-u, under_low, top_low)) * inverse
    square = u * u
    tail = multiply_add(square, multiply_add(square, -1 / 11, 1 / 9), -1 / 7)
    tail = multiply_add(square * square, tail, multiply_add(square, 1 / 5, -1 / 3))  # (atan u - u) / u^3
    high, low = fast_two_sum(ANGLES[index], u)
    small = multiply_add(-square, u_low, u_low) + (low + ANGLES_LOW[index])
    return high, multiply_add(u * square, tail, small)


@inlined
def quick_atan(x):  # type: ignore[no-untyped-def]
    """atan(x), nan where that is not decided."""
    size = abs(x)
    high, low = atan_pair(chosen(size < HUGE, size, 1.0))
    found = chosen(size < HUGE, decided(high, low, high * BOUND), _RIGHT_ANGLE)
    found = chosen(size >= TINY, found, size)
    return chosen(size == size, copysign(found, x), np.nan)


@apart
def slow_atan(x):  # type: ignore[no-untyped-def]
    """atan(x) for every x."""
    size = abs(x)
    if not size >= TINY:
        return x
    if size >= HUGE:
        return copysign(_RIGHT_ANGLE, x)
    if size == 1.0:
        return copysign(0.5 * _RIGHT_ANGLE, x)
    mantissa, exponent = fp.scaled_mantissa(size)
    half, m = uint64(1) << uint64(63), (mantissa << uint64(10), uint64(0), uint64(0))
    if size < 1.0:  # the tangent as a quotient, both halved
        one, other = fp.shifted_down(m, -exponent - 53), (half, uint64(0), uint64(0))
    else:
        one, other = fp.shifted_down((half, uint64(0), uint64(0)), exponent + 53), m
    # Newton's step from a near angle a: tan(angle - a) = (one cos a - other sin a) / (other cos a + one sin a).
    high, low = atan_pair(min(size, 1.0 / size))
    angle = fp.fixed(high + low)
    sine, cosine = fixed_sine_of(angle), fixed_cosine_of(angle)
    apart = fp.minus(fp.times(one, cosine), fp.times(other, sine))
    is_below = apart[0] >> uint64(63) != uint64(0)
    apart = fp.negative(apart) if is_below else apart
    apart = fp.quotient(apart, fp.plus(fp.times(other, cosine), fp.times(one, sine)))
    apart = fp.minus(apart, fp.times(fp.times(apart, fp.times(apart, apart)), fp.row(INVERSES, 3)))
    angle = fp.minus(angle, apart) if is_below else fp.plus(angle, apart)
    if size > 1.0:
        quarter = fp.shifted_down(_QUARTER_PI, 1)
        return copysign(fp.nearest(fp.minus(quarter, fp.shifted_down(angle, 2)), 2), x)
    return copysign(fp.nearest(angle, 0), x)


@inlined
def atan(x):  # type: ignore[no-untyped-def]
    """The double nearest to the arc tangent of x."""
    size = abs(x)
    if TINY <= size < HUGE:
        high, low = atan_pair(size)
        if is_decided(high, low, high * BOUND):
            return copysign(high + low, x)
    return slow_atan(x)
