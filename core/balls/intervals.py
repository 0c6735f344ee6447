"""Intervals of doubles in NumPy arrays, rounded outwards.

A bound that is nan bounds nothing: intersect with fmax and fmin. Sums, products and quotients are proven.
Functions are correctly rounded, and widened by 2^-48.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from attractor.core.elementary.values import apply

Floats: TypeAlias = NDArray[np.float64]

_ULP = 2.0**-52
_TINY = 5e-324
_LOOSE = 2.0**-48
_NUMBERS = (int, float)


def down(value: Floats) -> Floats:
    """A lower bound of what was rounded to `value`."""
    return value - (np.abs(value) * _ULP + _TINY)


def up(value: Floats) -> Floats:
    """An upper bound of what was rounded to `value`."""
    return value + (np.abs(value) * _ULP + _TINY)


class Interval:
    """Intervals [low, high], element by element."""

    __array_ufunc__ = None  # a NumPy array leaves the operation to it
    __slots__ = ("high", "low")

    def __init__(self, low: Any, high: Any) -> None:
        self.low, self.high = low, high

    def __add__(self, other: Any) -> "Interval":
        if isinstance(other, Interval):
            return Interval(down(self.low + other.low), up(self.high + other.high))
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return Interval(down(self.low + other), up(self.high + other))

    __radd__ = __add__

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Any) -> "Interval":
        if isinstance(other, Interval):
            return Interval(down(self.low - other.high), up(self.high - other.low))
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return Interval(down(self.low - other), up(self.high - other))

    def __rsub__(self, other: Any) -> "Interval":
        return Interval(down(other - self.high), up(other - self.low))

    def __mul__(self, other: Any) -> "Interval":
        if other is self:
            return self.square()  # type: ignore[no-any-return]
        if not isinstance(other, Interval):
            if not isinstance(other, _NUMBERS):
                return NotImplemented
            low, high = self.low * other, self.high * other
            return Interval(down(low), up(high)) if other >= 0 else Interval(down(high), up(low))
        if np.ndim(self.low) == 0:
            self, other = other, self
        if np.ndim(other.low) == 0 and other.low == other.high:
            return self * float(other.low)
        a, b = self.low * other.low, self.low * other.high
        c, d = self.high * other.low, self.high * other.high
        low = np.minimum(np.minimum(a, b), np.minimum(c, d))
        high = np.maximum(np.maximum(a, b), np.maximum(c, d))
        return Interval(down(low), up(high))

    __rmul__ = __mul__

    def square(self) -> "Interval":
        low, high = self.low * self.low, self.high * self.high
        least = np.where((self.low <= 0) & (self.high >= 0), 0.0, down(np.minimum(low, high)))
        return Interval(np.maximum(least, 0), up(np.maximum(low, high)))

    def __truediv__(self, other: Any) -> "Interval":
        if isinstance(other, Interval):
            return self * other.inverse()
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        a, b = self.low / np.float64(other), self.high / np.float64(other)
        return Interval(down(np.minimum(a, b)), up(np.maximum(a, b)))

    def __rtruediv__(self, other: Any) -> "Interval":
        return self.inverse() * float(other)

    def inverse(self) -> "Interval":
        """1 / x; unbounded where 0 is among the values."""
        whole = ~((self.low > 0) | (self.high < 0))
        a, b = 1 / np.asarray(self.high), 1 / np.asarray(self.low)
        return Interval(np.where(whole, -np.inf, down(a)), np.where(whole, np.inf, up(b)))

    def __abs__(self) -> "Interval":
        low, high = np.abs(self.low), np.abs(self.high)
        least = np.where((self.low <= 0) & (self.high >= 0), 0.0, np.minimum(low, high))
        return Interval(least, np.maximum(low, high))

    def sign(self) -> "Interval":
        """The derivatives of abs, all between those of its sides at 0."""
        return Interval(np.where(self.low > 0, 1.0, -1.0), np.where(self.high < 0, -1.0, 1.0))

    @property
    def middle(self) -> Floats:
        return 0.5 * self.low + 0.5 * self.high  # type: ignore[no-any-return]

    @property
    def size(self) -> Floats:
        """The greatest absolute value."""
        return np.maximum(np.abs(self.low), np.abs(self.high))  # type: ignore[no-any-return]


def point(value: Any) -> Interval:
    """The interval of one number."""
    return Interval(value, value)


def _whole_near(low: Any, high: Any) -> Any:
    """Whether a whole number is between two, or within rounding of that."""
    slack = 1e-12 * (1 + np.abs(low) + np.abs(high))
    return ~(np.floor(high + slack) < np.ceil(low - slack))


def _widen(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    return low - _LOOSE * np.abs(low) - _TINY, high + _LOOSE * np.abs(high) + _TINY


_PI = 3.141592653589793


def _cos(x: Interval) -> Interval:
    low, high = x.low / (2 * _PI), x.high / (2 * _PI)
    a, b = apply("cos", x.low), apply("cos", x.high)
    least = np.where(_whole_near(low - 0.5, high - 0.5), -1.0, np.maximum(np.minimum(a, b) - _LOOSE, -1))
    most = np.where(_whole_near(low, high), 1.0, np.minimum(np.maximum(a, b) + _LOOSE, 1))
    return Interval(least, most)


def _sin(x: Interval) -> Interval:
    low, high = x.low / (2 * _PI), x.high / (2 * _PI)
    a, b = apply("sin", x.low), apply("sin", x.high)
    least = np.where(_whole_near(low + 0.25, high + 0.25), -1.0, np.maximum(np.minimum(a, b) - _LOOSE, -1))
    most = np.where(_whole_near(low - 0.25, high - 0.25), 1.0, np.minimum(np.maximum(a, b) + _LOOSE, 1))
    return Interval(least, most)


class Functions:
    """The functions of `math` over intervals, as `core.balls.evaluation` wants them."""

    pi = Interval(np.float64(_PI), np.nextafter(np.float64(_PI), 4))

    def __init__(self) -> None:
        self._last: Interval | None = None
        self._found: dict[str, Interval] = {}

    def _once(self, name: str, function: Callable[[Interval], Interval], x: Interval) -> Interval:
        """The derivative of a sine is a cosine of the same argument, and the other way around: both are kept."""
        if x is not self._last:
            self._last, self._found = x, {}
        if name not in self._found:
            self._found[name] = function(x)
        return self._found[name]

    def cos(self, x: Interval) -> Interval:
        return self._once("cos", _cos, x)

    def sin(self, x: Interval) -> Interval:
        return self._once("sin", _sin, x)

    @staticmethod
    def exp(x: Interval) -> Interval:
        low, high = apply("exp", x.low), apply("exp", x.high)
        return Interval(np.maximum(low * (1 - _LOOSE) - _TINY, 0), high * (1 + _LOOSE) + _TINY)

    @staticmethod
    def tanh(x: Interval) -> Interval:
        low, high = _widen(apply("tanh", x.low), apply("tanh", x.high))
        return Interval(np.maximum(low, -1), np.minimum(high, 1))

    @staticmethod
    def atan(x: Interval) -> Interval:
        return Interval(*_widen(apply("atan", x.low), apply("atan", x.high)))

    @staticmethod
    def sqrt(x: Interval) -> Interval:
        return Interval(np.where(x.low >= 0, down(np.sqrt(np.maximum(x.low, 0))), np.nan), up(np.sqrt(x.high)))

    @staticmethod
    def log(x: Interval) -> Interval:
        return Interval(*_widen(apply("log", np.maximum(x.low, 0)), apply("log", x.high)))

    @staticmethod
    def turned(x: Any, _: Any) -> Any:
        """The value itself: the caller takes whole turns off."""
        return x

    @staticmethod
    def remainder(x: Any, by: Any) -> Interval:
        """The remainder, exact where the quotient has one whole part; else all of [0, by]."""
        quotient = x / by
        first, last = np.floor(quotient.low), np.floor(quotient.high)
        shifted = x - by * point(first)
        apart = ~(first == last)
        ends = by if isinstance(by, Interval) else point(np.float64(by))
        least, most = np.minimum(ends.low, 0), np.maximum(ends.high, 0)
        return Interval(np.where(apart, least, shifted.low), np.where(apart, most, shifted.high))

    @staticmethod
    def jump(x: Any, by: Any) -> Interval:
        """The derivative of `remainder`: unbounded where it jumps."""
        quotient = x / by
        apart = ~(np.floor(quotient.low) == np.floor(quotient.high))
        return Interval(np.where(apart, -np.inf, 1.0), np.where(apart, np.inf, 1.0))

    @staticmethod
    def square(x: Interval) -> Interval:
        return x.square()

    @staticmethod
    def sign(x: Interval) -> Interval:
        return x.sign()
