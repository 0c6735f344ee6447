"""Multiple points: those that no Newton step certifies, shown by exact arithmetic where they are rational.

Where the derivative of F = f^p - id has rank n - 1 at an exact zero, the other coordinates are a power series in one of
them (Lyapunov and Schmidt), and what F is along it begins with a power: the multiplicity. Over a whole box the same
series in balls shows that there is no other zero: its coefficient of that power excludes 0 everywhere.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from attractor.core.balls.arb import FUNCTIONS, ball
from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import step_over
from attractor.core.balls.intervals import Floats
from attractor.core.balls.precision import bits
from attractor.core.system import System

_ORDERS = 8
_BITS = 256


class Reduction(NamedTuple):
    """F as a function of the coordinate `free` alone: the equations `rows` give the others as series in it."""

    free: int
    rows: tuple[int, ...]

    @property
    def columns(self) -> list[int]:
        """The other coordinates."""
        return [j for j in range(len(self.rows) + 1) if j != self.free]

    @property
    def left(self) -> int:
        """The equation that is left."""
        return sum(range(len(self.rows) + 1)) - sum(self.rows)

    def block(self, slope: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """The derivative of these equations of F by the others, from that of f^p."""
        return [[slope[i][j] - (i == j) for j in self.columns] for i in self.rows]


class Returned(NamedTuple):
    """The map f^p."""

    system: System
    parameters: Sequence[Any]
    """Exact doubles, or these in another kind of numbers."""
    period: int

    def over(self, kind: Callable[[float], Any]) -> "Returned":
        """The same with its parameters in another kind of numbers."""
        return self._replace(parameters=[kind(value) for value in self.parameters])


def multiplicity(
    returned: Returned, start: Sequence[Fraction], slope: Sequence[Sequence[Fraction]]
) -> tuple[int, Reduction] | None:
    """That of an exact zero of F where f^p has the derivative `slope`, and how F is reduced there to one coordinate.

    None where the rank is lower, or F begins past the orders that are looked at.
    """
    size = len(start)
    for free in range(size):
        for left in range(size):
            reduction = Reduction(free, tuple(i for i in range(size) if i != left))
            inverse = _invert(reduction.block(slope), Fraction(0))
            if inverse is None:
                continue
            rational = returned.over(lambda value: _fmpq(Fraction(value)))
            exact = [[_fmpq(e) for e in row] for row in inverse]
            series = _reduce(rational, reduction, [_fmpq(x) for x in start], exact, fmpq_series)
            if series is None:
                return None
            order = next((n for n in range(1, _ORDERS) if _coefficient(series, n)), None)
            return None if order is None else (order, reduction)
    return None


def is_alone(returned: Returned, low: Floats, high: Floats, order: int, reduction: Reduction) -> bool:
    """Whether an exact zero of that multiplicity is the only one in a box."""
    with bits(_BITS):
        returned = returned.over(lambda value: ball(Fraction(value)))
        box = [_hull(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
        for j in reduction.columns:  # the others may go as far as the free one makes them
            box[j] = box[j].mid() + arb(0, 8 * (box[j].rad() + box[reduction.free].rad()))
        slope = _slopes(returned, box)
        if slope is None:
            return False
        block = reduction.block(slope)
        inverse = _invert(block, arb(0))
        if inverse is None:
            return False
        if reduction.columns and not _stays(returned, reduction, box, block):
            return False
        series = _reduce(returned, reduction, box, inverse, arb_series)
        if series is None:
            return False
        leading = series[order]
        return bool(leading.is_finite() and not leading.contains(0))


def _stays(returned: Returned, reduction: Reduction, box: list[Any], block: list[list[Any]]) -> bool:
    """Whether, whatever the free coordinate is, the equations have a solution for the others in the box."""
    middle = [x if i == reduction.free else x.mid() for i, x in enumerate(box)]
    step, state = step_over(returned.system, FUNCTIONS), list(middle)
    for _ in range(returned.period):
        state = [arb(v) for v in step(*state, *returned.parameters)]
    gap = [state[i] - middle[i] for i in reduction.rows]
    near = _invert([[e.mid() for e in row] for row in block], arb(0))
    if near is None:
        return False
    for place, j in enumerate(reduction.columns):
        reach = arb(0)
        for k, value in enumerate(gap):
            reach = reach - near[place][k] * value
        for other, column in enumerate(reduction.columns):
            spread = sum((near[place][k] * block[k][other] for k in range(len(gap))), arb(0))
            reach = reach + ((1 if place == other else 0) - spread) * (box[column] - middle[column])
        if not box[j].contains_interior(middle[j] + reach):
            return False
    return True


def _reduce(returned: Returned, reduction: Reduction, start: Sequence[Any], inverse: list[list[Any]], kind: Any) -> Any:
    """F's other equation along the series that solves `rows`, as a power series in the free coordinate."""
    system, parameters, period = returned
    free = reduction.free
    with bits(_BITS):
        before, ctx.cap = ctx.cap, _ORDERS
        try:
            coefficients = [[x, *[0 * x] * (_ORDERS - 1)] for x in start]
            coefficients[free][1] = start[free] * 0 + 1
            step = system.step if kind is fmpq_series else step_over(system, FUNCTIONS)
            constants = [kind([value]) for value in parameters]
            for order in range(1, _ORDERS + 1):
                point = [kind(c) for c in coefficients]
                state: Sequence[Any] = point
                for _ in range(period):
                    state = step(*state, *constants)
                gap = [kind(a) - b if not isinstance(a, kind) else a - b for a, b in zip(state, point, strict=True)]
                if order == _ORDERS:
                    return gap[reduction.left]
                for place, j in enumerate(reduction.columns):
                    for k, i in enumerate(reduction.rows):
                        coefficients[j][order] = coefficients[j][order] - inverse[place][k] * gap[i][order]
            return None
        except (TypeError, NotImplementedError):
            return None
        finally:
            ctx.cap = before


def _slopes(returned: Returned, box: list[Any]) -> list[list[Any]] | None:
    """The derivative of f^p over a box."""
    system, parameters, period = returned
    tangent, size = with_jacobian(system, FUNCTIONS), len(box)
    state, product = list(box), [[arb(int(i == j)) for j in range(size)] for i in range(size)]
    for _ in range(period):
        state, entries = tangent(state, parameters)
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
