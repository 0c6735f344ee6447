"""a % b as Python has it: the remainder has the sign of b, and is that of Python bit for bit.

For 0 < b the quick form takes q = a / b rounded, off from the quotient by less than one, so that a - q b is exact.
"""

from math import copysign

import numpy as np
from numba import uint64

from attractor.core.elementary.arithmetic import ROUNDER, apart, chosen, inlined, rest
from attractor.core.elementary.fixed_point import scaled_mantissa

LEAST, MOST = 1e-280, 1e280
"""Of divisors of the quick form."""
FARTHEST = 2.0**50
"""Of its quotients."""
_BITS = 11  # that a mantissa of 53 leaves of a word


@inlined
def quick_remainder(a, b):  # type: ignore[no-untyped-def]
    """a % b, nan where that is not decided."""
    times = a * (1.0 / b)
    found = rest(a, times + ROUNDER - ROUNDER, b) + 0.0  # which makes 0.0 of -0.0
    found = chosen(found < 0.0, found + b, found)
    return chosen((b > LEAST) & (b < MOST) & (abs(times) < FARTHEST), found, np.nan)


@apart
def slow_remainder(a, b):  # type: ignore[no-untyped-def]
    """a % b for all a and b; nan where b is 0 or a infinite."""
    if a != a or b != b or b == 0.0 or abs(a) == np.inf:
        return np.nan
    left = abs(a)
    if abs(b) < np.inf and left >= abs(b):
        mantissa, exponent = scaled_mantissa(left)
        by, least = scaled_mantissa(abs(b))
        while exponent > least:
            shift = min(exponent - least, _BITS)
            mantissa = (mantissa << uint64(shift)) % by
            exponent -= shift
        left = _scaled(mantissa % by, least)
    left = copysign(left, a)
    if left == 0.0:
        return copysign(0.0, b)
    return left + b if (left < 0.0) != (b < 0.0) else left


@apart
def _scaled(mantissa, exponent):  # type: ignore[no-untyped-def]
    """mantissa * 2^exponent, a double."""
    value = np.float64(np.int64(mantissa))
    while exponent > 0:
        step = min(exponent, 1000)
        value *= 2.0**step
        exponent -= step
    while exponent < 0:
        step = min(-exponent, 1000)
        value /= 2.0**step
        exponent += step
    return value


@inlined
def remainder(a, b):  # type: ignore[no-untyped-def]
    """a % b."""
    found = quick_remainder(a, b)
    return found if found == found else slow_remainder(a, b)
