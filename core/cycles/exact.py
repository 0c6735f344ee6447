"""Exact periodic points of rational maps: their orbits, the derivative along these, and lines of such points."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.intervals import Floats
from attractor.core.balls.polynomials import Polynomial, polynomial, variable
from attractor.core.system import System

_MOST_BITS = 400_000  # of an exact orbit's numbers


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The number of the least denominator in [low, high], by the tree of Stern and Brocot."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = low.numerator // low.denominator
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))


def exact_orbit(
    system: System, parameters: Sequence[float], period: int, low: Floats, high: Floats
) -> tuple[tuple[Fraction, ...], ...] | None:
    """The orbit of the simplest rational point between `low` and `high`, if it comes back exactly after `period`."""
    if not system.is_rational:
        return None
    start = tuple(simplest(Fraction(a), Fraction(b)) for a, b in zip(low.tolist(), high.tolist(), strict=True))
    return orbit_of(system, parameters, start, period)


def orbit_of(
    system: System, parameters: Sequence[float], start: tuple[Fraction, ...], period: int
) -> tuple[tuple[Fraction, ...], ...] | None:
    """The orbit of an exact point, if it comes back after `period`."""
    values = [Fraction(value) for value in parameters]
    orbit, state = [start], start
    for _ in range(period):
        try:
            state = tuple(map(Fraction, system.step(*state, *values)))
        except ZeroDivisionError:
            return None
        if sum(x.denominator.bit_length() + x.numerator.bit_length() for x in state) > _MOST_BITS:
            return None
        orbit.append(state)
    return tuple(orbit[:-1]) if orbit[-1] == start else None


def jacobian(
    system: System, orbit: Sequence[Sequence[Fraction]], parameters: Sequence[float]
) -> list[list[Fraction]] | None:
    """The exact derivative of the map applied once for each point; None at a kink."""
    size, values = system.dimension, [Fraction(p) for p in parameters]
    tangent = with_jacobian(system, _EXACT)
    product = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    for point in orbit:
        try:
            _, entries = tangent(point, values)
        except _Kink:
            return None
        rows = [[Fraction(0 if e is None else e) for e in row] for row in entries]
        product = [
            [sum((rows[i][k] * product[k][j] for k in range(size)), Fraction(0)) for j in range(size)]
            for i in range(size)
        ]
    return product


class _Kink(ArithmeticError):
    """An absolute value of 0."""


class _Exact:
    """The functions that a rational step needs over rational numbers."""

    pi = None

    @staticmethod
    def square(x: Fraction) -> Fraction:
        return x * x

    @staticmethod
    def sign(x: Fraction) -> int:
        if not x:
            raise _Kink
        return 1 if x > 0 else -1

    @staticmethod
    def remainder(x: Fraction, by: Fraction) -> Fraction:
        return x % by

    @staticmethod
    def jump(_: Fraction, __: Fraction) -> int:
        """The derivative of `remainder`, wherever it has one."""
        return 1

    turned = remainder


_EXACT = _Exact()


def is_continuum(
    system: System,
    parameters: Sequence[float],
    orbit: Sequence[Sequence[Fraction]],
    slope: Sequence[Sequence[Fraction]],
) -> bool:
    """Whether an exact periodic point has a line of such points through it, along a direction that the derivative
    keeps: the map applied period times, as a polynomial along that line, is the identity."""
    direction = _kept_vector(slope)
    if direction is None:
        return False
    t = variable("t")
    state = [polynomial(x) + t * d for x, d in zip(orbit[0], direction, strict=True)]
    line = list(state)
    for point in orbit:
        signed = [_Signed(value, value.constant) for value in state]
        if [value.constant for value in state] != list(point):
            return False
        try:
            found = system.step(*signed, *(Fraction(p) for p in parameters))
        except (TypeError, ZeroDivisionError, _Kink):
            return False
        state = [polynomial(v.value if isinstance(v, _Signed) else v) for v in found]
        if max(value.degree for value in state) > 64:
            return False
    return state == line


class _Signed:
    """A polynomial near a point where its value is known, so that its absolute value is a polynomial too."""

    __slots__ = ("at", "value")

    def __init__(self, value: Polynomial, at: Fraction) -> None:
        self.value, self.at = value, at

    def __add__(self, other: Any) -> "_Signed":
        value = self.value + _plain(other)
        return _Signed(value, value.constant)

    __radd__ = __add__

    def __neg__(self) -> "_Signed":
        return _Signed(-self.value, -self.at)

    def __sub__(self, other: Any) -> "_Signed":
        return self + -_plain(other)

    def __rsub__(self, other: Any) -> "_Signed":
        return -self + other  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> "_Signed":
        value = self.value * _plain(other)
        return _Signed(value, value.constant)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "_Signed":
        if isinstance(other, _Signed):
            raise TypeError
        return self * (1 / Fraction(other))

    def __abs__(self) -> "_Signed":
        if not self.at:
            if not self.value.terms:
                return self
            raise _Kink
        return self if self.at > 0 else -self


def _plain(value: Any) -> Polynomial:
    return value.value if isinstance(value, _Signed) else polynomial(value)


def _kept_vector(slope: Sequence[Sequence[Fraction]]) -> list[Fraction] | None:
    """A vector that a matrix keeps as it is, None where there is none."""
    size = len(slope)
    rows = [[slope[i][j] - (i == j) for j in range(size)] for i in range(size)]
    pivots: list[int] = []
    for column in range(size):
        at = next((k for k in range(len(pivots), size) if rows[k][column]), None)
        if at is None:
            continue
        place = len(pivots)
        rows[place], rows[at] = rows[at], rows[place]
        rows[place] = [value / rows[place][column] for value in rows[place]]
        for k in range(size):
            if k != place and rows[k][column]:
                rows[k] = [a - rows[k][column] * b for a, b in zip(rows[k], rows[place], strict=True)]
        pivots.append(column)
    free = next((j for j in range(size) if j not in pivots), None)
    if free is None:
        return None
    vector = [Fraction(0)] * size
    vector[free] = Fraction(1)
    for place, column in enumerate(pivots):
        vector[column] = -rows[place][free]
    return vector
