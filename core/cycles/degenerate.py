"""Multiple points: those that no Newton step certifies, shown by exact arithmetic where they are rational.

Where the derivative of F = f^p - id has rank n - 1 at an exact zero, the other coordinates are a power series in one of
them (Lyapunov and Schmidt), and what F is along it begins with a power: the multiplicity. Over a whole box the same
series in balls shows that there is no other zero: its coefficient of that power excludes 0 everywhere.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from attractor.core.balls.arb import FUNCTIONS, ball
from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import step_over
from attractor.core.balls.intervals import Floats
from attractor.core.balls.polynomials import Polynomial, polynomial, variable
from attractor.core.balls.precision import bits
from attractor.core.system import System

_ORDERS = 8
_BITS = 256
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


def multiplicity(
    system: System,
    parameters: Sequence[float],
    period: int,
    start: Sequence[Fraction],
    slope: Sequence[Sequence[Fraction]],
) -> tuple[int, int, tuple[int, ...]] | None:
    """That of an exact zero of F, with the coordinate in which the others are series and the equations that give them;
    None where the rank is lower, or F begins past the orders that are looked at."""
    size = len(start)
    matrix = [[slope[i][j] - (i == j) for j in range(size)] for i in range(size)]
    for free in range(size):
        for left in range(size):
            rows = tuple(i for i in range(size) if i != left)
            columns = [j for j in range(size) if j != free]
            block = [[matrix[i][j] for j in columns] for i in rows]
            inverse = _invert(block, Fraction(0))
            if inverse is None:
                continue
            values = [_fmpq(Fraction(p)) for p in parameters]
            series = _reduce(
                system, values, period, [_fmpq(x) for x in start], free, rows,
                [[_fmpq(e) for e in row] for row in inverse], fmpq_series,
            )  # fmt: skip
            if series is None:
                return None
            order = next((n for n in range(1, _ORDERS) if _coefficient(series, n)), None)
            return None if order is None else (order, free, rows)
    return None


def is_alone(
    system: System,
    parameters: Sequence[float],
    period: int,
    low: Floats,
    high: Floats,
    order: int,
    free: int,
    rows: tuple[int, ...],
) -> bool:
    """Whether an exact zero of that multiplicity is the only one in a box."""
    size = system.dimension
    with bits(_BITS):
        values = [ball(Fraction(p)) for p in parameters]
        box = [_hull(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
        columns = [j for j in range(size) if j != free]
        for j in columns:  # the others may go as far as the free one makes them
            box[j] = box[j].mid() + arb(0, 8 * (box[j].rad() + box[free].rad()))
        slope = _slopes(system, values, period, box)
        if slope is None:
            return False
        block = [[slope[i][j] - (1 if i == j else 0) for j in columns] for i in rows]
        inverse = _invert(block, arb(0))
        if inverse is None:
            return False
        if columns and not _stays(system, values, period, box, free, rows, columns, block):
            return False
        series = _reduce(system, values, period, box, free, rows, inverse, arb_series)
        if series is None:
            return False
        leading = series[order]
        return bool(leading.is_finite() and not leading.contains(0))


def _stays(
    system: System,
    values: list[Any],
    period: int,
    box: list[Any],
    free: int,
    rows: Sequence[int],
    columns: Sequence[int],
    block: list[list[Any]],
) -> bool:
    """Whether, whatever the free coordinate is, the equations have a solution for the others in the box."""
    middle = [x if i == free else x.mid() for i, x in enumerate(box)]
    step, state = step_over(system, FUNCTIONS), list(middle)
    for _ in range(period):
        state = [arb(v) for v in step(*state, *values)]
    gap = [state[i] - middle[i] for i in rows]
    near = _invert([[e.mid() for e in row] for row in block], arb(0))
    if near is None:
        return False
    for place, j in enumerate(columns):
        reach = arb(0)
        for k, value in enumerate(gap):
            reach = reach - near[place][k] * value
        for other, column in enumerate(columns):
            spread = sum((near[place][k] * block[k][other] for k in range(len(gap))), arb(0))
            reach = reach + ((1 if place == other else 0) - spread) * (box[column] - middle[column])
        if not box[j].contains_interior(middle[j] + reach):
            return False
    return True


def _reduce(
    system: System,
    values: list[Any],
    period: int,
    start: Sequence[Any],
    free: int,
    rows: Sequence[int],
    inverse: list[list[Any]],
    kind: Any,
) -> Any:
    """F's other equation along the series that solves `rows`, as a power series in the free coordinate."""
    columns = [j for j in range(len(start)) if j != free]
    (left,) = [i for i in range(len(start)) if i not in rows]
    with bits(_BITS):
        before, ctx.cap = ctx.cap, _ORDERS
        try:
            coefficients = [[x, *[0 * x] * (_ORDERS - 1)] for x in start]
            coefficients[free][1] = start[free] * 0 + 1
            step = system.step if kind is fmpq_series else step_over(system, FUNCTIONS)
            constants = [kind([value]) for value in values]
            for order in range(1, _ORDERS + 1):
                point = [kind(c) for c in coefficients]
                state: Sequence[Any] = point
                for _ in range(period):
                    state = step(*state, *constants)
                gap = [kind(a) - b if not isinstance(a, kind) else a - b for a, b in zip(state, point, strict=True)]
                if order == _ORDERS:
                    return gap[left]
                for place, j in enumerate(columns):
                    for k, i in enumerate(rows):
                        coefficients[j][order] = coefficients[j][order] - inverse[place][k] * gap[i][order]
            return None
        except (TypeError, NotImplementedError):
            return None
        finally:
            ctx.cap = before


def _slopes(system: System, values: list[Any], period: int, box: list[Any]) -> list[list[Any]] | None:
    tangent, size = with_jacobian(system, FUNCTIONS), len(box)
    state, product = list(box), [[arb(int(i == j)) for j in range(size)] for i in range(size)]
    for _ in range(period):
        state, entries = tangent(state, values)
        rows = [[arb(0) if e is None else arb(e) for e in row] for row in entries]
        product = [
            [sum((rows[i][k] * product[k][j] for k in range(size)), arb(0)) for j in range(size)] for i in range(size)
        ]
    return product if all(e.is_finite() for row in product for e in row) else None


def _invert(matrix: list[list[Any]], zero: Any) -> list[list[Any]] | None:
    """The inverse of a matrix of at most two rows; None where it may be singular."""
    if not matrix:
        return []
    if len(matrix) == 1:
        ((a,),) = matrix
        return None if _may_be_zero(a) else [[1 / a]]
    if len(matrix) == 2:
        (a, b), (c, d) = matrix
        determinant = a * d - b * c
        if _may_be_zero(determinant):
            return None
        return [[d / determinant, -b / determinant], [zero - c / determinant, a / determinant]]
    return None


def _may_be_zero(value: Any) -> bool:
    return bool(value.contains(0) or not value.is_finite()) if isinstance(value, arb) else not value


def _hull(low: float, high: float) -> arb:
    return ball(low).union(ball(high))


def _coefficient(series: Any, n: int) -> Fraction:
    value = series[n] if isinstance(series, fmpq_series) else fmpq(0)
    return Fraction(int(value.p), int(value.q))


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


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
