"""log, correctly rounded.

x = 2^k m, 0.6875 <= m < 1.375, and z = r m - 1 exactly, |z| < 2^-8, with a short r near 1 / m from a table of 256, 1
where m is near 1: log x = k ln 2 - log r + log(1 + z).
P. T. P. Tang, Table-driven implementation of the logarithm function in IEEE floating-point arithmetic, ACM Trans. Math.
Softw. 16, 378-400 (1990).
"""

import numpy as np
from numba import uint64

from attractor.core.elementary import fixed_point as fp
from attractor.core.elementary.arithmetic import (
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
)
from attractor.core.elementary.tables import (
    FIXED_LOG_TWO,
    FIXED_LOGS,
    INVERSES,
    LOG_TWO,
    LOGS,
    LOGS_LOW,
    RECIPROCALS,
)

BOUND = 2.0**-65
"""Of the relative error of high + low that Ziv's test assumes."""

_OFFSET = 0x3FE6000000000000  # the bits of 0.6875
_LEAST, _MOST = 2.0**-1022, 1.7976931348623157e308
_LN2, _LN2_LOW = LOG_TWO
_FIXED_LN2 = tuple(FIXED_LOG_TWO)


@inlined
def _reduced(x):  # type: ignore[no-untyped-def]
    """k as a double, the row j of the tables, and z."""
    apart = bits_of(x) + (0x4000000000000000 - _OFFSET)  # k + 1024 in the upper bits
    j = (apart >> 44) & 255
    k = double_of((apart >> 52) | 0x4330000000000000) - (4503599627370496.0 + 1024.0)
    return k, j, rest(-1.0, -double_of((apart & 0xFFFFFFFFFFFFF) + _OFFSET), RECIPROCALS[j])


@inlined
def log_pair(x):  # type: ignore[no-untyped-def]
    """log(x) as a pair, for normal x > 0."""
    k, j, z = _reduced(x)
    square, square_low = product(z, z)
    tail = multiply_add(square, multiply_add(z, -1 / 10, 1 / 9), multiply_add(z, -1 / 8, 1 / 7))
    tail = multiply_add(square, tail, multiply_add(z, -1 / 6, 1 / 5))
    tail = multiply_add(square, tail, multiply_add(z, -1 / 4, 1 / 3))  # (log(1 + z) - z + z^2 / 2) / z^3
    # Exact: both parts of the first are multiples of 2^-42 below 2^10, and so of the last bit of z.
    first, first_low = fast_two_sum(multiply_add(k, _LN2, LOGS[j]), z)
    high = multiply_add(-0.5, square, first)
    low = multiply_add(-0.5, square, first - high)  # exact, as half a double is
    small = multiply_add(-0.5, square_low, multiply_add(k, _LN2_LOW, LOGS_LOW[j])) + (low + first_low)
    return high, multiply_add(z * square, tail, small)


@inlined
def quick_log(x):  # type: ignore[no-untyped-def]
    """log(x), nan where that is not decided."""
    high, low = log_pair(x)
    found = decided(high, low, high * BOUND)
    return chosen((x >= _LEAST) & (x <= _MOST), found, np.nan)


@apart
def slow_log(x):  # type: ignore[no-untyped-def]
    """log(x) for every x."""
    if x == 0.0:
        return -np.inf
    if not 0.0 < x < np.inf:
        return x if x > 0.0 else np.nan
    if x == 1.0:
        return 0.0
    shift = 0.0
    if x < _LEAST:
        x, shift = x * 2.0**54, 54.0
    k, j, z = _reduced(x)
    whole = np.int64(k - shift)
    down = 0 if whole == 0 else 11  # log 2^1075 < 2^10, and a bit for the sign
    size = fp.fixed(abs(z)) if z != 0.0 else (uint64(0), uint64(0), uint64(0))
    series = fp.row(INVERSES, 32)
    for n in range(31, 1, -1):
        part = fp.times(size, series)
        series = fp.minus(fp.row(INVERSES, n), part) if z > 0 else fp.plus(fp.row(INVERSES, n), part)
    bent = fp.times(fp.times(size, size), series)
    near = fp.shifted_down(fp.minus(size, bent) if z > 0 else fp.plus(size, bent), down)
    far = fp.shifted_down(fp.row(FIXED_LOGS, j), down)
    _, turns = fp.times_whole(fp.shifted_down(_FIXED_LN2, down), uint64(abs(whole)))
    total = near if z > 0 else fp.negative(near)
    total = fp.plus(total, far) if LOGS[j] > 0 else fp.minus(total, far)
    total = fp.plus(total, turns) if whole > 0 else fp.minus(total, turns)
    if total[0] >> uint64(63) == uint64(0):
        return fp.nearest(total, down)
    return -fp.nearest(fp.negative(total), down)


@inlined
def log(x):  # type: ignore[no-untyped-def]
    """The double nearest to the natural logarithm of x."""
    if _LEAST <= x <= _MOST:
        high, low = log_pair(x)
        if is_decided(high, low, high * BOUND):
            return high + low
    return slow_log(x)
