"""Numbers that lie equally far apart, or in equal ratios, each rounded once to the double nearest to its exact place.

A place is approximated in two doubles; where their error leaves open to which side it rounds, whole numbers of 32-bit
limbs are compared from the top, as far down as it takes to decide. Memory and the cost of a value are bounded, whatever
the length of the ends.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import floor, frexp, ldexp
from typing import Any

import numpy as np
from flint import arb
from numba import types
from numpy.typing import NDArray

from attractor.core.balls.precision import bits
from attractor.core.compiling import compiled, jit
from attractor.core.lanes import Floats

_EXACT = 2**53  # whole numbers up to it are doubles
_ERROR = 2.0**-97  # of a place in two doubles, where the greater end lies between 1 and 2; the proof gives 2^-98
_NEAR_ZERO = 2.0**-40  # places below it are few, and left to Python's whole numbers
_FINEST = -94  # the exponent of the last bit of a double above _NEAR_ZERO, and one to spare
_LIMB, _HALF_WORD = 32, 27  # bits: a limb times half of a word of 54 bits is below 2^59
_SCALED = 128  # bits of which the ends of ratios are rounded
_DECIDED = 1 << 30  # what lies below a limb sums up to less than this many of the limb's units


def _space(first, start, gap, unit, least, limbs, ties, out):  # type: ignore[no-untyped-def]  # typed by Numba
    undecided = 0
    gap_high = (gap[0] * 134217729.0) - (gap[0] * 134217729.0 - gap[0])  # Dekker's halves, of 26 bits each
    gap_low = gap[0] - gap_high
    for k in range(len(out)):
        index = first + k
        i = float(index)
        product = gap[0] * i
        i_high = i * 134217729.0 - (i * 134217729.0 - i)
        i_low = i - i_high
        missing = ((gap_high * i_high - product) + gap_high * i_low + gap_low * i_high) + gap_low * i_low
        total = start[0] + product
        other = total - start[0]
        error = (start[0] - (total - other)) + (product - other)
        rest = error + (missing + (gap[1] * i + start[1]))
        near = total + rest
        rest -= near - total
        if abs(near) < _NEAR_ZERO and least < _FINEST:
            out[k] = np.nan
            undecided += 1
            continue
        fraction, exponent = frexp(near)
        if abs(fraction) == 0.5 and rest * near < 0.0:
            exponent -= 1
        last = max(exponent - 53, least)  # of the last bit that a double has there
        scaled = ldexp(near, -last)
        below = floor(scaled)
        part = (scaled - below) + ldexp(rest, -last)
        word = int(below)  # at most 2^53 in size, since `last` is the exponent of the last bit
        if part < 0.0:
            word, part = word - 1, part + 1.0
        over = part - 0.5
        if abs(over) <= ldexp(_ERROR, -last):
            sign = _compared(index, 2 * word + 1, limbs, ties[last - _FINEST])
            over = float(sign) if sign != 0 else (1.0 if word % 2 else -1.0)
        word += over > 0.0
        if word == 0 and _compared(index, 0, limbs, ties[0]) < 0:
            out[k] = -0.0
        else:
            out[k] = ldexp(float(word), last + unit)
    return undecided


def _compare(index, tie, limbs, of_tie):  # type: ignore[no-untyped-def]  # typed by Numba
    """The sign of the place less a tie: both times the denominator, as limbs, the highest first."""
    half = np.int64(1) << _HALF_WORD
    sign = -1 if tie < 0 else 1
    high, low = abs(tie) // half, abs(tie) % half
    index_high, index_low = index // half, index % half
    total = np.int64(0)
    for k in range(limbs.shape[1]):
        total = total * (np.int64(1) << _LIMB)
        total += limbs[0, k] + index_low * limbs[1, k] + index_high * limbs[2, k]
        total -= sign * (low * of_tie[0, k] + high * of_tie[1, k])
        if abs(total) > _DECIDED:
            break
    return 1 if total > 0 else -1 if total < 0 else 0


_compared: Any = None  # in the template: _compare, compiled


@cache
def space_kernel() -> Callable[..., int]:
    """The kernel behind `evenly_spaced`, compiled or loaded from the cache on disk."""
    pair = types.UniTuple(types.float64, 2)
    signature = (
        *(types.int64, pair, pair, types.int64, types.int64),
        *(types.int64[:, ::1], types.int64[:, :, ::1], types.float64[::1]),
    )
    kernel: Callable[..., int] = compiled(_space, "space", signature, _compared=jit(_compare))
    return kernel


def evenly_spaced(start: Fraction, stop: Fraction, intervals: int, first: int, end: int) -> Floats:
    """Values first … end - 1 of the `intervals` + 1 from `start` to `stop`, float64 of shape (end - first,).

    Each is the double nearest to start + (stop - start) i / intervals, of two the even one. The ends must lie in
    double's range and differ, with 1 ≤ intervals < 2⁵³; where start is above stop the values descend.
    """
    if start > stop:
        return evenly_spaced(stop, start, intervals, intervals + 1 - end, intervals + 1 - first)[::-1].copy()
    common = start.denominator * stop.denominator
    low, high = int(start * common), int(stop * common)
    out: Floats = np.empty(end - first)
    if max(abs(low), abs(high), common) * intervals < _EXACT:
        index = np.arange(first, end)
        out[:] = (low * (intervals - index) + high * index) / (common * intervals)
        return out
    below = common * intervals
    unit = _exponent(max(abs(start), abs(stop)))
    scale = Fraction(1, 1 << unit) if unit >= 0 else Fraction(1 << -unit)
    at, gap = start * scale, (stop - start) * scale / intervals
    least = -1074 - unit  # the exponent of the last bit of the least doubles
    shift = 1 << (1 - _FINEST)
    factor = shift * (1 << max(0, -unit)), 1 << max(0, unit)
    whole = [low * intervals * factor[0], (high - low) * factor[0], (high - low) * factor[0] << _HALF_WORD]
    finest = below * factor[1]
    ties = [finest << k for k in range(1 - _FINEST + _HALF_WORD)]
    width = -(-max(value.bit_length() for value in (*whole, ties[-1])) // _LIMB)
    limbs = _limbs(whole, width)
    each = _limbs(ties, width)
    rows = np.ascontiguousarray(np.stack([each[:-_HALF_WORD], each[_HALF_WORD:]], axis=1))
    if space_kernel()(first, _pair(at), _pair(gap), unit, least, limbs, rows, out):
        for k in np.flatnonzero(np.isnan(out)).tolist():
            out[k] = (low * intervals + (high - low) * (first + k)) / below
    return out


def evenly_scaled(least: float, most: float, intervals: int) -> Floats:
    """The ends between so many parts of equal ratio from `least` > 0 to `most`, float64 of shape (intervals - 1,)."""
    with bits(_SCALED):
        step = (arb(most) / arb(least)).log() / intervals
        return np.array([float((arb(least) * (step * i).exp()).mid()) for i in range(1, intervals)])


def scaled_place(value: float, least: float, most: float) -> float:
    """The share of the way by ratio from `least` > 0 to `most` at which a value lies."""
    with bits(_SCALED):
        whole = (arb(most) / arb(least)).log()
        return float(((arb(value) / arb(least)).log() / whole).mid())


def _exponent(value: Fraction) -> int:
    """The greatest e with 2^e ≤ value."""
    found = value.numerator.bit_length() - value.denominator.bit_length()
    scaled = value / (1 << found) if found >= 0 else value * (1 << -found)
    return found if scaled >= 1 else found - 1


def _pair(value: Fraction) -> tuple[float, float]:
    """The nearest double, and that of what it leaves."""
    near = float(value)
    return near, float(value - Fraction(near))


def _limbs(values: list[int], width: int) -> NDArray[np.int64]:
    """The values as limbs, the highest first, each with the sign of its value; int64 of shape (values, width)."""
    data = b"".join(abs(value).to_bytes(4 * width, "big") for value in values)
    found = np.frombuffer(data, dtype=">u4").astype(np.int64).reshape(len(values), width)
    found[[value < 0 for value in values]] *= -1
    return found
