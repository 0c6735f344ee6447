"""Proofs that a fixed point or a cycle attracts: a ball around it that the map takes into itself, and contracts.

The ball is one of a norm |R x| in which the derivative of the period-th iterate, enclosed by `core.intervals` over the
ball, stays below 1. Proven as far as intervals are; norms and inverses of small matrices are inflated instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nextafter, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attractor.core.balls.evaluation import circles
from attractor.core.evaluation import derivative_along
from attractor.core.intervals import Interval, Undecided, around, interval, over_intervals
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.matrices import cholesky, euclidean_norm, inverse, solution, spectral_norm, spectral_radius
from attractor.core.system import System, per_system

_RADII = [2.0**-k for k in range(4, 48, 3)]
"""Radii of the balls that are tried, the largest first, and in units of the cycle's greatest coordinate too."""
_NEWTON = 20
_INFLATED = 1 + 1e-10  # of norms that are rounded

Matrix = list[list[Interval]]


@dataclass(frozen=True)
class AttractingCycle:
    """`points`, float64 of shape (period, dimension), from the least on, each within rounding of the exact one.

    There is one cycle within `radius` of the first point in each coordinate, and it attracts all that starts there:
    the period-th iterate takes some ball around this box into itself, and its derivative is below 1 there in a norm.
    """

    points: Floats
    radius: float

    @property
    def period(self) -> int:
        return len(self.points)


@per_system
def turns(system: System) -> Floats:
    """The circumferences of the circles on which coordinates lie, infinite on a line, of shape (dimension,)."""
    return np.array([np.inf if turn is None else turn for turn in circles(system)])


def apart(system: System, one: Floats, other: Floats) -> Floats:
    """The differences of coordinates, on a circle the shorter way around; nan where they leave double's range."""
    with np.errstate(over="ignore", invalid="ignore"):
        off = one - other
        return off - np.where(np.isinf(turns(system)), 0, turns(system)) * np.round(off / turns(system))


def attracting_cycle(
    system: System, parameters: Sequence[float], state: Sequence[float], period: int
) -> AttractingCycle | None:
    """The cycle near `state` whose period divides `period`, proven to attract; None where no such proof is found."""
    values = tuple(map(float, parameters))
    with np.errstate(all="ignore"):
        points = _iterates(system, values, _polish(system, values, np.asarray(state, dtype=np.float64), period), period)
        if not np.isfinite(points).all():
            return None
        extent = float(np.abs(points).max()) or 1.0
        for divisor in (d for d in range(1, period + 1) if period % d == 0):
            if np.abs(apart(system, points[divisor % period], points[0])).max() > 1e-6 * extent:
                continue
            some = _iterates(system, values, points[0], divisor)
            least = some[np.lexsort(np.round(some / extent, 9).T[::-1])[0]]
            cycle = _iterates(system, values, _polish(system, values, least, divisor), divisor)
            if np.isfinite(cycle).all() and (radius := _proven_radius(system, values, cycle)):
                return AttractingCycle(cycle, radius)
    return None


def _iterates(system: System, values: tuple[float, ...], state: Floats, count: int) -> Floats:
    """`count` points from `state` on."""
    points = np.empty((count, len(state)))
    points[0] = state
    if count > 1:
        orbit_kernel(system)(tuple(state.tolist()), values, 1, points[1:])
    return points


def _polish(system: System, values: tuple[float, ...], state: Floats, period: int) -> Floats:
    """A state nearer to a fixed point of the period-th iterate, by Newton's method in double."""
    best, least = state, np.inf
    for _ in range(_NEWTON):
        try:
            points = _iterates(system, values, state, period + 1)
            off = apart(system, points[-1], state)
            size = float(np.abs(off).max())
            if size < least:
                best, least = state, size
            if not size:
                break
            derivative = derivative_along(system, points[:-1].tolist(), values)
            state = state - solution(derivative - np.eye(len(state)), off)
        except (ArithmeticError, ValueError):
            break
    return _on_circles(system, best)


def _on_circles(system: System, state: Floats) -> Floats:
    """The same point, its coordinates on circles from 0 up to a turn."""
    around = np.mod(state, turns(system))
    return np.where(np.isinf(turns(system)), state, np.where(around < turns(system), around, 0))


def _proven_radius(system: System, values: tuple[float, ...], cycle: Floats) -> float:
    """`AttractingCycle.radius` of a cycle's points; 0 where no ball that is tried is proven."""
    functions, size = over_intervals(system), system.dimension
    try:
        derivative = derivative_along(system, cycle.tolist(), values)
        if functions is None or not np.isfinite(derivative).all() or not (reach := spectral_radius(derivative)) < 1:
            return 0.0
        # It contracts in the norm of P = Σ Aᵏᵀ Aᵏ, where A is the derivative over (1 + its spectral radius) / 2.
        scaled = derivative / ((1 + reach) / 2)
        form = solution(np.eye(size * size) - np.kron(scaled.T, scaled.T), np.eye(size).ravel())
        root = cholesky((form.reshape(size, size) + form.reshape(size, size).T) / 2).T
        root /= spectral_norm(root)
        back = inverse(root)
    except (ArithmeticError, ValueError):
        return 0.0
    step, derive = functions
    exact = [interval(value) for value in values]
    extent = float(np.abs(cycle).max()) or 1.0
    widths = np.sqrt((back * back).sum(axis=1)) * _INFLATED
    try:
        point = [interval(x) for x in cycle[0].tolist()]
        for _ in cycle:
            point = list(step(*point, *exact))
        off = around(system, [image - x for image, x in zip(point, cycle[0].tolist(), strict=True)])
        moved = [each for (each,) in _product(_intervals(root), [[each] for each in off])]
        distance = euclidean_norm(np.array([max(abs(each.low), abs(each.high)) for each in moved]))
    except (Undecided, ArithmeticError):
        return 0.0
    for radius in sorted({*_RADII, *(extent * part for part in _RADII)}, reverse=True):
        if distance * _INFLATED >= radius:
            break
        try:
            box = [
                Interval(nextafter(x - radius * w, -np.inf), nextafter(x + radius * w, np.inf))
                for x, w in zip(cycle[0].tolist(), widths.tolist(), strict=True)
            ]
            product = _intervals(np.eye(size))
            for _ in cycle:
                entries = [interval(entry) for entry in derive(*box, *exact)]
                product = _product([entries[i * size : (i + 1) * size] for i in range(size)], product)
                box = list(step(*box, *exact))
            inner = _product(_product(_intervals(root), product), _intervals(back))
        except (Undecided, ArithmeticError):
            continue
        middle = np.array([[(entry.low + entry.high) / 2 for entry in row] for row in inner])
        spread = np.array([[(entry.high - entry.low) / 2 for entry in row] for row in inner])
        contraction = (spectral_norm(middle) + euclidean_norm(spread)) * _INFLATED
        if contraction < 1 and distance * _INFLATED <= (1 - contraction) * radius:
            return float(radius / sqrt(size) / _INFLATED)  # a box in that ball: root has norm 1
    return 0.0


def _intervals(matrix: NDArray[np.floating[Any]]) -> Matrix:
    return [[interval(entry) for entry in row] for row in matrix.tolist()]


def _product(a: Matrix, b: Matrix) -> Matrix:
    found: Matrix = []
    for row in a:
        found.append([])
        for column in zip(*b, strict=True):
            total = row[0] * column[0]
            for x, y in zip(row[1:], column[1:], strict=True):
                total = total + x * y
            found[-1].append(total)
    return found
