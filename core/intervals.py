"""Intervals of doubles, rounded outward, and a system's step and tangent map evaluated on them.

Each end of a result is moved by one double away from the other, since an operation of IEEE 754 is off by less; ends of
functions are moved by INFLATION of their size as well.
"""

import ast
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeAlias

from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import Unsupported, circles, circumferences, step_over
from attractor.core.elementary.values import FUNCTIONS, apply
from attractor.core.evaluation import over
from attractor.core.system import System, per_system
from attractor.core.tangent import tangent

INFLATION = 2.0**-48
FARTHEST = 2.0**20
"""The greatest argument over which sine and cosine are enclosed more closely than by [-1, 1]."""


class Undecided(ArithmeticError):
    """An operation has no bounded result, or takes several branches, over an interval."""


_NUMBERS: tuple[type, ...] = (int, float)


class Interval:
    """All reals from `low` to `high`, both finite. Raises Undecided where they are not."""

    __slots__ = ("high", "low")

    def __init__(self, low: float, high: float) -> None:
        if not (math.isfinite(low) and math.isfinite(high)):
            raise Undecided("beyond double's range")
        self.low, self.high = low, high

    def __add__(self, other: "Interval | float") -> "Interval":
        if not isinstance(other, _NUMBERS):
            return NotImplemented  # duals over intervals
        other = interval(other)
        return _outward(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval | float") -> "Interval":
        if not isinstance(other, _NUMBERS):
            return NotImplemented  # duals over intervals
        other = interval(other)
        return _outward(self.low - other.high, self.high - other.low)

    def __rsub__(self, other: float) -> "Interval":
        return interval(other) - self

    def __mul__(self, other: "Interval | float") -> "Interval":
        if not isinstance(other, _NUMBERS):
            return NotImplemented  # duals over intervals
        other = interval(other)
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return _outward(min(ends), max(ends))

    def __truediv__(self, other: "Interval | float") -> "Interval":
        if not isinstance(other, _NUMBERS):
            return NotImplemented  # duals over intervals
        other = interval(other)
        if other.low <= 0 <= other.high:
            raise Undecided("a division by zero")
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return _outward(min(ends), max(ends))

    def __rtruediv__(self, other: float) -> "Interval":
        return interval(other) / self

    def __mod__(self, other: "Interval | float") -> "Interval":
        quotient = _floor(self / other)
        return self - quotient * other if quotient.low else self

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __abs__(self) -> "Interval":
        least = 0.0 if self.low <= 0 <= self.high else min(abs(self.low), abs(self.high))
        return Interval(least, max(abs(self.low), abs(self.high)))

    def __lt__(self, other: "Interval | float") -> bool:
        other = interval(other)
        if self.high < other.low or self.low >= other.high:
            return self.high < other.low
        raise Undecided("a comparison")

    def __gt__(self, other: "Interval | float") -> bool:
        return interval(other) < self

    def __le__(self, other: "Interval | float") -> bool:
        return not self > other

    def __ge__(self, other: "Interval | float") -> bool:
        return not self < other


_NUMBERS += (Interval,)


def interval(value: Interval | float) -> Interval:
    """An interval as it is, a number as one of no width."""
    return value if isinstance(value, Interval) else Interval(float(value), float(value))


def _outward(low: float, high: float) -> Interval:
    return Interval(math.nextafter(low, -math.inf), math.nextafter(high, math.inf))


def _inflate(low: float, high: float) -> Interval:
    return _outward(low - INFLATION * abs(low), high + INFLATION * abs(high))


def _floor(value: Interval) -> Interval:
    if math.floor(value.low) != math.floor(value.high):
        raise Undecided("a jump")
    return interval(math.floor(value.low))


def _sin(value: Interval | float) -> Interval:
    return _cos(interval(value) - Interval(math.pi / 2, math.nextafter(math.pi / 2, 2)))


def _cos(value: Interval | float) -> Interval:
    value = interval(value)
    if max(abs(value.low), abs(value.high)) > FARTHEST:
        return Interval(-1.0, 1.0)
    first, last = value.low / math.pi, value.high / math.pi  # whole at an extreme
    margin = INFLATION * (1 + abs(first) + abs(last))
    extremes = range(math.ceil(first - margin), math.floor(last + margin) + 1)
    ends = [float(end) for end in apply("cos", [value.low, value.high])]
    ends += [(-1.0) ** k for k in extremes[:2]]
    found = _inflate(min(ends), max(ends))
    return Interval(max(-1.0, found.low), min(1.0, found.high))


def _rising(function: Callable[[float], float]) -> Callable[[Interval | float], Interval]:
    """A function that never falls, over intervals."""

    def over(value: Interval | float) -> Interval:
        value = interval(value)
        try:
            return _inflate(function(value.low), function(value.high))
        except (ValueError, OverflowError) as error:
            raise Undecided(str(error)) from None

    return over


def _copysign(_: float, value: Interval | float) -> Interval:
    value = interval(value)
    return Interval(-1.0 if value.low < 0 else 1.0, 1.0 if value.high >= 0 else -1.0)


_FUNCTIONS: dict[str, Callable[..., Interval]] = {
    **{name: _rising(FUNCTIONS[name]) for name in ("exp", "log", "tanh", "atan")},
    "sqrt": _rising(math.sqrt),
    **{"sin": _sin, "cos": _cos, "floor": lambda value: _floor(interval(value)), "copysign": _copysign},
}


def _one_beside(_: Interval) -> Interval:
    """The derivative of a remainder by what is divided, where that remainder has not raised Undecided."""
    return interval(1.0)


_PI = Interval(math.pi, math.nextafter(math.pi, 4))
_AROUND = SimpleNamespace(
    **_FUNCTIONS,
    pi=_PI,
    square=lambda x: x * x,
    sign=lambda x: _copysign(1.0, x),
    remainder=lambda a, b: interval(a) % b,
    jump=lambda a, b: _one_beside(interval(a) % b),
    turned=lambda a, _: interval(a),
)
"""Over these a step on a circle goes on where that closes: what it gives is told but for whole turns."""

Functions: TypeAlias = tuple[Callable[..., tuple[Any, ...]], Callable[..., tuple[Any, ...]]]


@per_system
def over_intervals(system: System) -> Functions | None:
    """The step of `system` and its tangent map for intervals; None where one calls what has no interval function here.

    Both raise Undecided where an interval takes several branches, or leads beyond double's range. What the step gives
    for a coordinate on a circle is told but for whole turns.
    """
    nodes = [node for _, _, formula in system.assignments for node in ast.walk(formula)]
    called = {ast.unparse(node.func).removeprefix("math.") for node in nodes if isinstance(node, ast.Call)}
    if not called <= {"abs", *_FUNCTIONS}:
        return None
    try:
        if not any(circles(system)):
            return over(system.step, _FUNCTIONS), over(tangent(system), _FUNCTIONS)
        return step_over(system, _AROUND), _derivatives(system)
    except (ValueError, Unsupported):
        return None


def _derivatives(system: System) -> Callable[..., tuple[Any, ...]]:
    """The tangent map by duals, which goes on where a circle closes as the step does."""
    evaluate, size = with_jacobian(system, _AROUND), system.dimension

    def derive(*values: Interval) -> tuple[Any, ...]:
        _, rows = evaluate(values[:size], values[size:])
        return tuple(0.0 if entry is None else entry for row in rows for entry in row)

    return derive


def around(system: System, values: list[Interval]) -> list[Interval]:
    """Differences of coordinates, those on a circle less the whole turns next to them."""
    return [
        value if turn is None else value - turn * round((value.low + value.high) / (turn.low + turn.high))
        for value, turn in zip(values, circumferences(system, _AROUND), strict=True)
    ]
