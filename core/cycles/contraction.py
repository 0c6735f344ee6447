"""Boxes of cycles shrunk by the mean value form, forwards and backwards, with the bits of `core.balls.intervals`.

For each coordinate i of the point behind point k the image f_i(m) + Σ_j J_ij (x_j - m_j) holds it, m the middle of the
box; and solved for x_j the same equation holds that, where J_ij has one sign.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numba import types
from numpy.typing import NDArray

from attractor.core.balls.intervals import Floats
from attractor.core.compiling import compiled, jit

_ULP = 2.0**-52
_TINY = 5e-324


@jit
def _down(value):  # type: ignore[no-untyped-def]  # typed by Numba, as those below
    return value - (abs(value) * _ULP + _TINY)


@jit
def _up(value):  # type: ignore[no-untyped-def]
    return value + (abs(value) * _ULP + _TINY)


@jit
def _least(a, b):  # type: ignore[no-untyped-def]
    """nan where one is, as numpy.minimum has it."""
    return a if a < b or a != a else b


@jit
def _most(a, b):  # type: ignore[no-untyped-def]
    return a if a > b or a != a else b


@jit
def _product(a_low, a_high, b_low, b_high):  # type: ignore[no-untyped-def]
    p, q, r, s = a_low * b_low, a_low * b_high, a_high * b_low, a_high * b_high
    return _down(_least(_least(p, q), _least(r, s))), _up(_most(_most(p, q), _most(r, s)))


@jit
def _raise(bound, by):  # type: ignore[no-untyped-def]
    """A lower bound and another, of which one that is nan bounds nothing."""
    return by if by > bound or bound != bound else bound


@jit
def _lower(bound, by):  # type: ignore[no-untyped-def]
    return by if by < bound or bound != bound else bound


def _contract(low, high, image_low, image_high, slope_low, slope_high, is_there, found_low, found_high):  # type: ignore[no-untyped-def]
    boxes, size, period = low.shape
    term_low, term_high = np.empty((size, period)), np.empty((size, period))
    total_low, total_high = np.empty(period), np.empty(period)
    for b in range(boxes):
        for i in range(size):
            for k in range(period):
                total_low[k], total_high[k] = image_low[b, i, k], image_high[b, i, k]
            for j in range(size):
                if not is_there[i, j]:
                    continue
                for k in range(period):
                    middle = 0.5 * low[b, j, k] + 0.5 * high[b, j, k]
                    least, most = _down(low[b, j, k] - middle), _up(high[b, j, k] - middle)
                    least, most = _product(slope_low[b, i, j, k], slope_high[b, i, j, k], least, most)
                    term_low[j, k], term_high[j, k] = least, most
                    total_low[k], total_high[k] = _down(total_low[k] + least), _up(total_high[k] + most)
            for k in range(period):
                after = k + 1 if k + 1 < period else 0
                found_low[b, i, after] = _raise(found_low[b, i, after], total_low[k])
                found_high[b, i, after] = _lower(found_high[b, i, after], total_high[k])
            for k in range(period):  # from here on what the image must be
                after = k + 1 if k + 1 < period else 0
                total_low[k], total_high[k] = found_low[b, i, after], found_high[b, i, after]
            for j in range(size):
                if not is_there[i, j]:
                    continue
                for k in range(period):
                    least, most = _down(total_low[k] - image_high[b, i, k]), _up(total_high[k] - image_low[b, i, k])
                    for other in range(size):
                        if is_there[i, other] and other != j:
                            least, most = _down(least - term_high[other, k]), _up(most - term_low[other, k])
                    slopes = slope_low[b, i, j, k], slope_high[b, i, j, k]
                    has_sign = slopes[0] > 0.0 or slopes[1] < 0.0
                    of_low = _down(1.0 / slopes[1]) if has_sign else -np.inf
                    of_high = _up(1.0 / slopes[0]) if has_sign else np.inf
                    least, most = _product(least, most, of_low, of_high)
                    middle = 0.5 * low[b, j, k] + 0.5 * high[b, j, k]
                    found_low[b, j, k] = _raise(found_low[b, j, k], _down(middle + least))
                    found_high[b, j, k] = _lower(found_high[b, j, k], _up(middle + most))


_BOXES, _SLOPES = types.float64[:, :, ::1], types.float64[:, :, :, ::1]


@cache
def contract_kernel() -> Callable[..., None]:
    """`kernel(low, high, image_low, image_high, slope_low, slope_high, is_there, found_low, found_high)` meets the
    boxes that are found with what holds them.

    Boxes, and images of their middles, are of shape (boxes, dimension, period), Jacobians over them of shape (boxes,
    dimension, dimension, period), and `is_there` tells which entries are not 0 everywhere.
    """
    signature = (*[_BOXES] * 4, *[_SLOPES] * 2, types.boolean[:, ::1], *[_BOXES] * 2)
    kernel: Callable[..., None] = compiled(_contract, "contract", signature)
    return kernel


def contract(
    low: Floats, high: Floats, image: tuple[Floats, Floats], slopes: tuple[Floats, Floats], is_there: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """The boxes shrunk; those that hold nothing have a low above a high."""
    found_low, found_high = low.copy(), high.copy()
    contract_kernel()(low, high, *image, *slopes, is_there, found_low, found_high)
    return found_low, found_high
