"""The numbers that the functions of this package look up, made by Arb at 400 bits and more when this is imported.

Doubles are rounded once from the exact value, fixed-point numbers cut off; so the tables are the same everywhere.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint64]

PRECISION = 400
TURN_WORDS = 26
"""Words of 2/pi behind the point: as many as the greatest double needs."""


def whole(value: arb) -> int:
    """The exact value, cut off to a whole number."""
    found = value.floor().unique_fmpz()
    if found is None:
        raise ArithmeticError("the precision does not tell a whole number")
    return int(found)


def fixed(value: arb, words: int = 3) -> list[int]:
    """A number in [0, 1) as words of 64 bits behind the point, the highest first."""
    cut = whole(value * arb(2) ** (64 * words))
    return [cut >> 64 * (words - 1 - k) & (2**64 - 1) for k in range(words)]


def fixed_table(values: Iterable[arb]) -> Words:
    """Some of these, a row each."""
    return np.array([fixed(value) for value in values], dtype=np.uint64)


def cut(value: arb, unit: int) -> float:
    """The multiple of 2^unit nearest to a value, which must be a double."""
    return float(whole(value * arb(2) ** -unit + arb(0.5))) * 2.0**unit


def parts(value: arb, count: int = 2) -> list[float]:
    """Doubles whose sum is the value to about 53 bits for each: each is the nearest to what those before leave."""
    found = []
    for _ in range(count):
        found.append(float(value.mid()))
        value -= arb(found[-1])
    return found


def split(value: arb, unit: int) -> list[float]:
    """Two doubles whose sum is the value, the first a multiple of 2^unit."""
    high = cut(value, unit)
    return [high, float((value - arb(high)).mid())]


def pairs(function: Callable[[int], arb], count: int) -> tuple[Doubles, Doubles]:
    """`parts` of function(0) … function(count - 1), each in an array."""
    high, low = np.array([parts(function(k)) for k in range(count)]).T.copy()
    return high, low


def reciprocal(j: int) -> float:
    """A short double near 1 / m, for the numbers m of interval j of `logarithm`: its product with m - 1 / it is exact.

    It is a whole multiple of 2^-8 or, where m >= 1, of 2^-9, and 1 on both sides of m = 1.
    """
    bits = 0x3FE6000000000000 + (j << 44)
    low, high = np.array([bits, bits + (1 << 44)], dtype=np.uint64).view(np.float64)
    grain = 256 if low < 1 else 512
    return 1.0 if low == 1 else round(2 * grain / (low + high)) / grain


_before = ctx.prec
ctx.prec = PRECISION

SINES, SINES_LOW = pairs(lambda k: (arb(k) / 256).sin_pi(), 512)
STEP = parts(arb.pi() / 256)  # of sine and cosine
POWERS, POWERS_LOW = pairs(lambda k: (arb(k) / 128 * arb(2).log()).exp(), 128)
LOG_STEP = split(arb(2).log() / 128, -43)
RECIPROCALS = np.array([reciprocal(j) for j in range(256)])
_logarithms = [-arb(each).log() for each in RECIPROCALS.tolist()]
LOGS, LOGS_LOW = np.array([split(value, -42) for value in _logarithms]).T.copy()
LOG_TWO = split(arb(2).log(), -42)
ANGLES, ANGLES_LOW = pairs(lambda j: (arb(j) / (128 - j)).atan() if j < 128 else arb.pi() / 2, 129)

INVERSES = fixed_table([arb(0), arb(0), *(1 / arb(n) for n in range(2, 64))])
SINE_FACTORS = fixed_table([arb(0), *(1 / arb(2 * k * (2 * k + 1)) for k in range(1, 24))])
COSINE_FACTORS = fixed_table([arb(0), *(1 / arb((2 * k - 1) * 2 * k) for k in range(1, 24))])
FIXED_LOGS = fixed_table(abs(value) for value in _logarithms)
FIXED_LOG_TWO = fixed_table([arb(2).log()])[0]
QUARTER_PI = fixed_table([arb.pi() / 4])[0]

ctx.prec = 64 * TURN_WORDS + PRECISION
TURNS = np.array([0, 0, *fixed(2 / arb.pi(), TURN_WORDS)], dtype=np.uint64)
"""2/pi, with two words before the point."""

ctx.prec = _before
