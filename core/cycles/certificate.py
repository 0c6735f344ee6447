"""The certificate of a cycle: one interval Newton step in balls, for its first point and the map applied period times.

Krawczyk's operator K(X) = m - Y F(m) + (1 - Y F'(X)) (X - m), with F = f^p - id: K(X) inside X proves that X holds
exactly one solution, which then lies in K(X).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf, isfinite, nextafter
from typing import Any

from flint import arb, arb_mat

from attractor.core.balls.arb import FUNCTIONS, ball
from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import circumferences, step_over
from attractor.core.balls.precision import bits
from attractor.core.cycles.determinant import constant_determinant
from attractor.core.cycles.stability import Spectrum, spectrum
from attractor.core.system import System

_BITS = (240, 640, 2_400, 6_000)
_ENOUGH = _BITS[1]  # for eigenvalues of a cycle: they cost much, and where they are equal more bits tell nothing else
Point = tuple[arb, ...]


@dataclass(frozen=True)
class Certified:
    """A cycle that is proven to exist, as balls; `matrix` encloses the derivative of the map applied period times."""

    points: tuple[Point, ...]
    matrix: arb_mat
    exact: tuple[Fraction, ...] | None
    """The first point, where it is known exactly."""
    spectrum: Spectrum

    @cached_property
    def is_settled(self) -> bool:
        """Whether each coordinate's nearest double is proven, and more bits would tell no more of the eigenvalues."""
        return self.spectrum.is_sharp and self.has_doubles

    @cached_property
    def has_doubles(self) -> bool:
        """Whether each coordinate's nearest double is proven."""
        return all(value is not None for point in self._nearest for value in point)

    @cached_property
    def doubles(self) -> list[tuple[float, ...]]:
        """The points' coordinates as the nearest doubles."""
        return [
            tuple(float(x.mid()) if near is None else near for x, near in zip(point, nears, strict=True))
            for point, nears in zip(self.points, self._nearest, strict=True)
        ]

    @cached_property
    def _nearest(self) -> list[list[float | None]]:
        with bits(_BITS[0]):
            return [[_nearest(value) for value in point] for point in self.points]

    def repeats(self, system: System) -> bool:
        """Whether the orbit returns earlier, so that its minimal period is a divisor of this one."""
        with bits(_BITS[0]):
            turns = circumferences(system, FUNCTIONS)
            count = len(self.points)
            return any(
                count % d == 0 and all(map(_is_same, self.points[0], self.points[d], turns)) for d in range(1, count)
            )


class Certifier:
    """Proves cycles of one map at one set of parameters, taken as the exact doubles that they are."""

    def __init__(self, system: System, parameters: Sequence[float], period: int, scale: Sequence[float]) -> None:
        self.system, self.period, self.scale = system, period, scale
        self._exact = [Fraction(value) for value in parameters]
        self._step = step_over(system, FUNCTIONS)
        self._tangent = with_jacobian(system, FUNCTIONS)
        determinant = constant_determinant(system, self._exact)
        self._determinant = None if determinant is None else determinant**period

    def certify(self, points: Sequence[Sequence[float]]) -> Certified | None:
        """The cycle next to `points`, None where nothing is proven. It is settled, unless none of the precisions that
        are tried settles it."""
        found = None
        for count in _BITS:
            with bits(count):
                state = [[ball(value) for value in point] for point in points]
                found = self._try(state[0], count) or self._together(state, count)
            if found is not None and (found.is_settled or (found.has_doubles and count >= _ENOUGH)):
                return found
        return found

    def _together(self, points: list[list[arb]], count: int) -> Certified | None:
        """Certifies a cycle with all its points as unknowns, so that a huge derivative does not disturb it."""
        parameters, turns = [ball(value) for value in self._exact], circumferences(self.system, FUNCTIONS)
        size = self.system.dimension
        scales = [s for _ in points for s in self.scale]
        for _ in range(10):
            gap, slope = self._links(points, points, parameters, turns)
            inverse = _inverse(_mid(slope))
            if inverse is None or not all(value.is_finite() for value in gap):
                return None
            inverse = _mid(inverse)
            change = _apply(inverse, gap)
            flat = [(x - d).mid() for x, d in zip((x for point in points for x in point), change, strict=True)]
            points = [flat[i : i + size] for i in range(0, len(flat), size)]
            if all(abs(d) < _tolerance(m, s, count) for d, m, s in zip(change, flat, scales, strict=True)):
                break
        box = [m + arb(0, _tolerance(m, s, count) * 4) for m, s in zip(flat, scales, strict=True)]
        found = self._operator(flat, box, parameters, turns)
        if found is None or not all(b.contains_interior(k) for b, k in zip(box, found, strict=True)):
            return None
        points = [found[i : i + size] for i in range(0, len(found), size)]
        product = arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
        for point in points:
            product = self._slope(point, parameters)[1] * product
        return self._build(points, product, None)

    def _operator(self, middle: list[arb], box: list[arb], parameters: list[arb], turns: list[Any]) -> list[arb] | None:
        """Krawczyk's operator with all points as unknowns."""
        size = self.system.dimension
        at, over = ([x[i : i + size] for i in range(0, len(x), size)] for x in (middle, box))
        gap, _ = self._links(at, at, parameters, turns)
        _, slope = self._links(at, over, parameters, turns)
        inverse = _inverse(_mid(slope))
        if inverse is None:
            return None
        inverse = _mid(inverse)
        spread, shift = inverse * slope, _apply(inverse, gap)
        offsets = [b - m for b, m in zip(box, middle, strict=True)]
        found = []
        for i, (m, d) in enumerate(zip(middle, shift, strict=True)):
            rest = [(1 if i == j else 0) - spread[i, j] for j in range(len(middle))]
            found.append(m - d + sum((e * o for e, o in zip(rest, offsets, strict=True)), arb(0)))
        return found

    def holds(self, low: Sequence[Sequence[float]], high: Sequence[Sequence[float]]) -> int | None:
        """The number of solutions in a box of all points, widened for 1: 0 or 1 where that is proven, else None."""
        with bits(_BITS[1]):
            parameters, turns = [ball(value) for value in self._exact], circumferences(self.system, FUNCTIONS)
            sides = [ball(a).union(ball(b)) for x, y in zip(low, high, strict=True) for a, b in zip(x, y, strict=True)]
            middle = [side.mid() for side in sides]
            size = self.system.dimension
            at, over = ([x[i : i + size] for i in range(0, len(x), size)] for x in (middle, sides))
            gap, _ = self._links(at, at, parameters, turns)
            _, slope = self._links(at, over, parameters, turns)
            for i, value in enumerate(gap):  # by the mean value form
                total = value + sum((slope[i, j] * (sides[j] - middle[j]) for j in range(len(middle))), arb(0))
                if total.is_finite() and not total.contains(0):
                    return 0
            box = [m + arb(0, 4 * side.rad()) for m, side in zip(middle, sides, strict=True)]
            found = self._operator(middle, box, parameters, turns)
            if found is None:
                return None
            if all(b.contains_interior(k) for b, k in zip(box, found, strict=True)):
                return 1
            return 0 if any(k.is_finite() and not k.overlaps(b) for b, k in zip(box, found, strict=True)) else None

    def _slope(self, point: list[arb], parameters: list[arb]) -> tuple[list[arb], arb_mat]:
        values, rows = self._tangent(point, parameters)
        entries = [[arb(0) if e is None else arb(e) for e in row] for row in rows]
        return [arb(value) for value in values], arb_mat(entries)

    def _links(
        self, at: list[list[arb]], over: list[list[arb]], parameters: list[arb], turns: list[Any]
    ) -> tuple[list[arb], arb_mat]:
        """x_(k+1) - f(x_k) at some points, but for whole turns, and its derivative over boxes."""
        size, count = self.system.dimension, self.period
        gap: list[arb] = []
        slope = [[arb(0)] * (size * count) for _ in range(size * count)]
        for k in range(count):
            after = (k + 1) % count
            values = [arb(value) for value in self._step(*at[k], *parameters)]
            gap += [_take_off_turns(x - f, turn) for x, f, turn in zip(at[after], values, turns, strict=True)]
            _, matrix = self._slope(over[k], parameters)
            for i in range(size):
                slope[k * size + i][after * size + i] += 1
                for j in range(size):
                    slope[k * size + i][k * size + j] -= matrix[i, j]
        return gap, arb_mat(slope)

    def _try(self, middle: list[arb], count: int) -> Certified | None:
        size, parameters = self.system.dimension, [ball(value) for value in self._exact]
        turns = circumferences(self.system, FUNCTIONS)
        slope = _mid(self._product(middle, parameters)[1])
        inverse = _inverse(_minus_one(slope))
        if inverse is None:
            return None
        inverse = _mid(inverse)
        change = [arb(0)] * size
        for _ in range(12):
            gap = self._gap(middle, parameters, turns)
            if gap is None:
                return None
            change = _apply(inverse, gap)
            if not all(value.is_finite() for value in change):
                return None
            middle = [(m - d).mid() for m, d in zip(middle, change, strict=True)]
            if all(abs(d) < _tolerance(m, s, count) for d, m, s in zip(change, middle, self.scale, strict=True)):
                break
        zeros = [
            m if abs(m) > ball(s) * arb(2) ** (-count // 2) else arb(0) for m, s in zip(middle, self.scale, strict=True)
        ]
        for candidate in (zeros, middle):
            gap = self._gap(candidate, parameters, turns)
            if gap is not None and all(value.is_zero() for value in gap) and all(x.is_exact() for x in candidate):
                return self._describe(candidate, parameters, tuple(map(_fraction, candidate)))
        reach = [_tolerance(m, s, count) * 4 for m, s in zip(middle, self.scale, strict=True)]
        box = [m + arb(0, r) for m, r in zip(middle, reach, strict=True)]
        inside = self._krawczyk(middle, box, inverse, parameters, turns)
        if inside is None:
            return None
        found, slope = inside
        points = [found]
        for _ in range(self.period - 1):
            points.append([arb(value) for value in self._step(*points[-1], *parameters)])
        return self._build(points, slope, None)

    def _krawczyk(
        self, middle: list[arb], box: list[arb], inverse: arb_mat, parameters: list[arb], turns: list[Any]
    ) -> tuple[list[arb], arb_mat] | None:
        """The part of `box` that holds its one solution, and the derivative over the box; None where none is proven."""
        gap = self._gap(middle, parameters, turns)
        if gap is None:
            return None
        slope = self._product(box, parameters)[1]
        spread = inverse * _minus_one(slope)
        size = len(middle)
        rest = [[arb(i == j) - spread[i, j] for j in range(size)] for i in range(size)]
        offsets = [b - m for b, m in zip(box, middle, strict=True)]
        shift = _apply(inverse, gap)
        found = [
            m - d + sum((e * o for e, o in zip(row, offsets, strict=True)), arb(0))
            for m, d, row in zip(middle, shift, rest, strict=True)
        ]
        return (found, slope) if all(b.contains_interior(k) for b, k in zip(box, found, strict=True)) else None

    def _gap(self, point: list[arb], parameters: list[arb], turns: list[Any]) -> list[arb] | None:
        """f^p(x) - x, but for whole turns."""
        state: Sequence[arb] = point
        for _ in range(self.period):
            state = [arb(value) for value in self._step(*state, *parameters)]
        gap = [a - b for a, b in zip(state, point, strict=True)]
        if not all(value.is_finite() for value in gap):
            return None
        return [_take_off_turns(g, turn) for g, turn in zip(gap, turns, strict=True)]

    def _product(self, point: list[arb], parameters: list[arb]) -> tuple[list[list[arb]], arb_mat]:
        """The points from `point` on, and the derivative of the map applied period times there."""
        state: list[arb] = list(point)
        points, size = [state], self.system.dimension
        product: arb_mat | None = None
        for _ in range(self.period):
            state, matrix = self._slope(state, parameters)
            product = matrix if product is None else matrix * product
            points.append(state)
        return points[: self.period], product if product is not None else arb_mat(size, size)

    def _describe(self, start: list[arb], parameters: list[arb], exact: tuple[Fraction, ...] | None) -> Certified:
        return self._build(*self._product(start, parameters), exact)

    def _build(self, points: list[list[arb]], slope: arb_mat, exact: tuple[Fraction, ...] | None) -> Certified:
        turns = circumferences(self.system, FUNCTIONS)
        return Certified(
            tuple(tuple(_in_turn(x, turn) for x, turn in zip(p, turns, strict=True)) for p in points),
            slope,
            exact,
            spectrum(slope, self._determinant),
        )

    def around(self, point: Sequence[arb], count: int) -> Certified:
        """The certificate of a periodic point that is proven to lie in balls of `count` bits."""
        with bits(count):
            return self._describe(list(point), [ball(value) for value in self._exact], None)

    def exactly(self, exact: Sequence[Fraction]) -> Certified:
        """The certificate of an exact periodic point."""
        with bits(_BITS[0]):
            parameters = [ball(value) for value in self._exact]
            return self._describe([ball(value) for value in exact], parameters, tuple(exact))


def _tolerance(value: arb, scale: float, count: int) -> arb:
    return (abs(value) + ball(scale)) * arb(2) ** (-count // 2)


def _fraction(value: arb) -> Fraction:
    exact = value.fmpq()
    return Fraction(int(exact.p), int(exact.q))


def _take_off_turns(gap: arb, turn: Any) -> arb:
    if turn is None:
        return gap
    if not gap.is_finite():
        return gap
    whole = round(float((gap / turn).mid()))
    return gap - arb(whole) * turn if whole else gap


def _in_turn(value: arb, turn: Any) -> arb:
    """The same point of a circle, in [0, turn), or about 0 where nobody can tell."""
    if turn is None:
        return value
    value = value - turn * arb(int(float((value / turn).mid()) // 1))
    return value - turn if value.overlaps(arb(turn)) else value


def _mid(matrix: arb_mat) -> arb_mat:
    return arb_mat([[matrix[i, j].mid() for j in range(matrix.ncols())] for i in range(matrix.nrows())])


def _minus_one(matrix: arb_mat) -> arb_mat:
    size = matrix.nrows()
    return arb_mat([[matrix[i, j] - (1 if i == j else 0) for j in range(size)] for i in range(size)])


def _inverse(matrix: arb_mat) -> arb_mat | None:
    try:
        return matrix.inv()
    except ZeroDivisionError:
        return None


def _apply(matrix: arb_mat, vector: Sequence[arb]) -> list[arb]:
    size = len(vector)
    return [sum((matrix[i, j] * vector[j] for j in range(size)), arb(0)) for i in range(size)]


def _is_same(a: arb, b: arb, turn: Any) -> bool:
    return bool(_take_off_turns(a - b, turn).contains(0))


def _nearest(value: arb) -> float | None:
    """The double nearest to the number that a ball encloses; None where the ball does not tell."""
    middle = float(value.mid())
    if not isfinite(middle):
        return None
    below, above = nextafter(middle, -inf), nextafter(middle, inf)
    if not (isfinite(below) and isfinite(above)):
        return None
    low, high = ((arb(middle) + arb(end)) / 2 for end in (below, above))
    if (value > low and value < high) or (value.is_exact() and value >= low and value <= high):
        return 0.0 if middle == 0 else middle
    return None
