"""Fixed points and points of a period, the eigenvalues there, and what these say of stability.

Fixed points of polynomial and rational maps are exact: all real roots of a lexical Gröbner basis. The others, and
cycles of a greater period, are those that Newton's method finds from many starts: none is false, some may be missing.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import hypot, inf
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from attractor.core.allowance import Allowance
from attractor.core.jacobian import exactly, image, jacobian_over, step_over, symbols
from attractor.core.lanes import Floats
from attractor.core.slicing import Work
from attractor.core.system import System

STARTS = 4096
UNIT_SECONDS = 5e-5
"""About what a unit of work takes: a number in 60 digits, of an image or of a Jacobian."""

SOLUTION = 1_000
"""Units that an exact solution takes, about."""

_DOUBLES = 1_250  # numbers in double that are had for a unit
_MOVES = 160  # coordinates in double that a round of Newton's method moves for a unit
_POLISHING = 12  # rounds of Newton's method in 60 digits, at most
_GREATEST = mpmath.mpf(sys.float_info.max)
_MOST_BITS = 2_000  # of the numerators and denominators of all parameters of an exact solution
_ROUNDS = 60  # of Newton's method, from each start
_WORKING = 60  # decimal digits
_EQUAL = mpmath.mpf(10) ** -25  # relative distance below which two points are one
_FLAT = 1e-30  # determinants below it are those of a map next to the identity, where every point seems a root
_NEUTRAL = 1e-9  # distance of a modulus from 1 that counts as none


@dataclass(frozen=True)
class Cycle:
    """Points that the map takes one to the next and the last to the first; one of them for a fixed point.

    Coordinates are the doubles nearest to the exact ones. `eigenvalues` are those of the Jacobian of the map applied
    period times, by descending modulus; `stability` is "stable" where all lie inside the unit circle, "unstable" where
    all lie outside, "saddle" where some do, and "neutral" where one lies on it.
    `residual` is the greatest |f^period(x) - x| of a coordinate, as found in 60 digits before rounding to double.
    """

    points: tuple[tuple[float, ...], ...]
    eigenvalues: tuple[complex, ...]
    stability: str
    residual: float


@dataclass(frozen=True)
class Cycles:
    """All cycles found, by their least point; `complete` where no other is real, and none lies on a continuum."""

    cycles: tuple[Cycle, ...]
    complete: bool


def fixed_points(
    system: System, parameters: Sequence[float], period: int = 1, allowance: Allowance | None = None
) -> Work[Cycles]:
    """The cycles of minimal period `period` at `parameters`, taken as the exact doubles that they are.

    Where fixed points form a continuum only isolated ones are found, and `complete` is false, as where one lies past
    double's range. Takes the work from `allowance`, in units of UNIT_SECONDS. Raises ValueError on a period below 1 or
    a value that is not finite, and TooMuchWork.
    """
    if period < 1:
        raise ValueError("a period is at least 1")
    if len(parameters) != len(system.parameters) or not np.isfinite(parameters).all():
        raise ValueError(f"{system.name} needs {len(system.parameters)} finite parameters")
    allowance = allowance or Allowance(inf)
    if period == 1 and system.is_rational:
        allowance.take(SOLUTION)
    with exactly(_WORKING):
        exact = _roots(system, parameters) if period == 1 else None
    yield
    search = _Search(system, parameters, period, allowance)
    if exact is None:
        candidates = yield from _newton(system, parameters, period, allowance)
        for candidate in candidates.tolist():
            if not search.is_known(candidate):
                yield from search.look_at(candidate)
    else:
        for candidate in exact:
            yield from search.look_at(candidate)
    cycles = []
    for cycle in search.found:
        allowance.take(polish_units(system, period))
        with exactly(_WORKING):
            cycles.append(_described(system, cycle, parameters))
        yield
    cycles.sort(key=lambda cycle: cycle.points)
    return Cycles(tuple(cycles), exact is not None and not search.has_left)


def _numbers(system: System) -> int:
    """Those of an image and of a Jacobian, about."""
    return 1 + system.dimension**2


def newton_units(system: System, period: int) -> float:
    """The work of Newton's method in double from all starts, where none is given up."""
    each = period * _numbers(system) / _DOUBLES + (1 + system.dimension) / _MOVES
    return STARTS * _ROUNDS * each


def polish_units(system: System, period: int) -> int:
    """The work of a round of Newton's method in 60 digits."""
    return (period + 1) * _numbers(system)


class _Search:
    """The cycles found so far."""

    def __init__(self, system: System, parameters: Sequence[float], period: int, allowance: Allowance) -> None:
        self._system, self._parameters, self._period = system, parameters, period
        self._allowance = allowance
        self.found: list[list[tuple[Any, ...]]] = []
        self.has_left = False
        """Whether a point lies past double's range."""
        self._exact: list[tuple[Any, ...]] = []
        self._doubles = np.empty((64, system.dimension))  # those of `_exact`, and room

    def is_known(self, candidate: Sequence[float]) -> bool:
        """Whether a point of a cycle is next to `candidate`, so that Newton's method would end there."""
        return bool(len(self._near(candidate, 1e-11)))

    def look_at(self, candidate: Sequence[Any]) -> Iterator[None]:
        """Finds the cycle next to `candidate`, if there is one. Yields between pieces of work."""
        try:
            yield from self._polished(candidate)
        except ZeroDivisionError:  # at a pole
            pass
        except _Left:
            self.has_left = True
        yield

    def _polished(self, candidate: Sequence[Any]) -> Iterator[None]:
        system, parameters, period = self._system, self._parameters, self._period
        with exactly(_WORKING):
            point = tuple(mpmath.mpf(value if isinstance(value, float) else str(value)) for value in candidate)
        is_over = False
        for _ in range(_POLISHING):
            self._allowance.take(polish_units(system, period))
            with exactly(_WORKING):
                point, is_over = _improved(system, point, parameters, period)
            if is_over:
                break
            yield
        self._allowance.take(period)
        with exactly(_WORKING):
            if point and (is_over or _is_root(system, point, parameters, period)):
                self._note(point)

    def _note(self, point: tuple[Any, ...]) -> None:
        cycle = _orbit(self._system, point, self._parameters, self._period)
        if self._is_listed(point) or any(_same(point, other) for other in cycle[1 : self._period]):
            return  # where it comes back earlier its period is a divisor
        self.found.append(cycle[: self._period])
        for other in cycle[: self._period]:
            if len(self._exact) == len(self._doubles):
                self._doubles = np.concatenate([self._doubles, np.empty_like(self._doubles)])
            self._doubles[len(self._exact)] = list(map(float, other))
            self._exact.append(other)

    def _is_listed(self, point: tuple[Any, ...]) -> bool:
        near = self._near(list(map(float, point)), 4e-12)
        return any(_same(point, self._exact[place]) for place in near.tolist())

    def _near(self, point: Sequence[float], distance: float) -> NDArray[np.intp]:
        """Which points are within a relative distance of `point`."""
        with np.errstate(over="ignore"):
            apart = np.abs(self._doubles[: len(self._exact)] - point).max(axis=1, initial=0)
        return np.flatnonzero(apart <= distance * (1 + max(map(abs, point))))


def _roots(system: System, parameters: Sequence[float]) -> list[tuple[Any, ...]] | None:
    """Every real fixed point, approximately; None where the map is not rational, they form a continuum, lie so far
    apart that their polynomial is not solved, or the parameters are fractions of more than _MOST_BITS."""
    import sympy

    exact = [Fraction(float(value)) for value in parameters]
    size = sum(value.numerator.bit_length() + value.denominator.bit_length() for value in exact)
    if not system.is_rational or size > _MOST_BITS:
        return None
    names = symbols(system)
    state = names[: system.dimension]
    values = {name: sympy.Rational(value) for name, value in zip(names[len(state) :], exact, strict=True)}
    fractions = [sympy.together(f.subs(values) - x).as_numer_denom() for f, x in zip(image(system), state, strict=True)]
    if not all(numerator.is_polynomial(*state) for numerator, _ in fractions):
        return None
    basis = sympy.groebner([numerator for numerator, _ in fractions], *state, order="lex")
    if basis.exprs == [1]:
        return []
    if not basis.is_zero_dimensional:
        return None
    partial: list[dict[Any, Any]] = [{}]
    for name in reversed(state):
        try:
            partial = [{**known, name: root} for known in partial for root in _extensions(basis.exprs, name, known)]
        except mpmath.libmp.NoConvergence:
            return None
    found = [tuple(known[name] for name in state) for known in partial]
    return [
        point
        for point in found
        if all(d.subs(dict(zip(state, point, strict=True))).evalf(_WORKING) != 0 for _, d in fractions)
    ]


def _extensions(basis: Sequence[Any], name: Any, known: dict[Any, Any]) -> list[Any]:
    """The real values of `name` that solve, with the `known` ones, each member of the basis in them alone."""
    import sympy

    small = sympy.Float(10) ** -30
    members = [e for e in basis if name in e.free_symbols and e.free_symbols <= {name, *known}]
    solved = []
    for member in members:
        terms = sympy.Poly(member.subs(known), name).all_coeffs()
        while terms and abs(terms[0]) < small:  # a leading coefficient that vanishes here
            terms = terms[1:]
        if len(terms) > 1:
            solved.append(sympy.Poly(terms, name))
    if not solved:
        return []
    least = min(solved, key=lambda p: p.degree())
    simple = least.sqf_part() if not known else least
    roots = [sympy.re(r) for r in simple.nroots(n=_WORKING, maxsteps=500) if abs(sympy.im(r)) < sympy.Float(10) ** -20]
    return [
        r for r in roots if all(abs(p.eval(r)) < sympy.Float(10) ** -15 * (1 + abs(r)) ** p.degree() for p in solved)
    ]


def _newton(system: System, parameters: Sequence[float], period: int, allowance: Allowance) -> Work[Floats]:
    """Where Newton's method on f^period(x) - x ends in double, from points of an orbit and of boxes around it."""
    points, move = _starts(system, parameters), np.empty((0, system.dimension))
    yield
    for _ in range(_ROUNDS):
        ahead, product = points.T, np.broadcast_to(np.eye(system.dimension), (len(points), *2 * [system.dimension]))
        for _ in range(period):
            allowance.take(len(points) * _numbers(system) / _DOUBLES)
            ahead, product = _ahead(system, ahead, product, parameters)
            yield
        allowance.take(len(points) * (1 + system.dimension) / _MOVES)
        points, move = _moved(points, ahead.T, product)
        yield
        if not len(points):
            return points
    return _distinct(points, move)


@np.errstate(all="ignore")
def _starts(system: System, parameters: Sequence[float]) -> Floats:
    size = system.dimension
    step = step_over(system, np)
    center = np.array(list(system.canonical.values())[:size])
    orbit, state = [], center
    for _ in range(STARTS // 4):
        state = np.array(step(*state, *parameters), dtype=np.float64)
        orbit.append(state)
    near = np.array(orbit)
    near = near[np.isfinite(near).all(axis=1)]
    random = np.random.default_rng(0)  # the same starts at every call
    boxes = [center + radius * random.uniform(-1, 1, (STARTS // 4, size)) for radius in (2.0, 10.0, 60.0)]
    return np.concatenate([near, *boxes])


@np.errstate(all="ignore")
def _ahead(system: System, ahead: Floats, product: Floats, parameters: Sequence[float]) -> tuple[Floats, Floats]:
    """The images of points, of shape (dimension, points), and the Jacobians there times `product`."""
    size, count = system.dimension, ahead.shape[1]
    entries = [np.broadcast_to(entry, count) for entry in jacobian_over(system, "numpy")(*ahead, *parameters)]
    tangents = np.stack(entries, axis=-1).reshape(-1, size, size)
    return np.array(step_over(system, np)(*ahead, *parameters)), tangents @ product


@np.errstate(all="ignore")
def _moved(points: Floats, ahead: Floats, product: Floats) -> tuple[Floats, Floats]:
    """A round of Newton's method for those points where it has one, and how far each moves."""
    usable = np.isfinite(product).all(axis=(1, 2)) & np.isfinite(ahead).all(axis=1)
    slopes = product[usable] - np.eye(points.shape[1])
    regular = np.abs(np.linalg.det(slopes)) > _FLAT
    residual = (ahead - points)[usable][regular]
    move = np.linalg.solve(slopes[regular], residual[..., None])[..., 0]
    return points[usable][regular] - move, move


@np.errstate(all="ignore")
def _distinct(points: Floats, move: Floats) -> Floats:
    """The points that have come to rest in double's range, once each."""
    settled = np.abs(move).max(axis=1) <= 1e-7 * (1 + np.abs(points).max(axis=1))
    points = points[settled & np.isfinite(points).all(axis=1)]
    if not len(points):
        return points
    rounded = np.round(points, 6)
    _, first = np.unique(np.where(np.isfinite(rounded), rounded, points), axis=0, return_index=True)
    return points[np.sort(first)]


class _Left(ArithmeticError):
    """A point past double's range."""


def _orbit(system: System, point: Sequence[Any], parameters: Sequence[float], steps: int) -> list[tuple[Any, ...]]:
    """A point and its images, `steps` of them. Raises _Left where one is past double's range."""
    step, values, points = step_over(system, mpmath.mp), [mpmath.mpf(float(p)) for p in parameters], [tuple(point)]
    for n in range(steps + 1):
        if not all(abs(value) <= _GREATEST for value in points[-1]):
            raise _Left
        if n < steps:
            points.append(tuple(step(*points[-1], *values)))
    return points


def _tangent(system: System, points: Sequence[Sequence[Any]], parameters: Sequence[float]) -> Any:
    """The Jacobian of the map applied once for each of the points of an orbit."""
    function, size = jacobian_over(system, "mpmath"), system.dimension
    values, product = [mpmath.mpf(float(p)) for p in parameters], mpmath.eye(system.dimension)
    for point in points:
        entries = function(*point, *values)
        product = mpmath.matrix([entries[i * size : (i + 1) * size] for i in range(size)]) * product
    return product


def _improved(
    system: System, point: tuple[Any, ...], parameters: Sequence[float], period: int
) -> tuple[tuple[Any, ...], bool]:
    """A round of Newton's method on f^period(x) - x, and whether it was the last; nothing where there is no root."""
    points = _orbit(system, point, parameters, period)
    residual = mpmath.matrix([a - b for a, b in zip(points[-1], point, strict=True)])
    if max(map(abs, residual)) == 0:
        return point, True
    try:
        move = mpmath.lu_solve(_tangent(system, points[:-1], parameters) - mpmath.eye(len(point)), residual)
    except ZeroDivisionError:  # singular: a root of a multiplicity, or one of a continuum
        return point if max(map(abs, residual)) < _EQUAL else (), True
    point = tuple(a - b for a, b in zip(point, move, strict=True))
    if max(map(abs, move)) <= _EQUAL**2 * (1 + max(map(abs, point))):
        slopes = _tangent(system, _orbit(system, point, parameters, period)[:-1], parameters)
        return point if abs(mpmath.det(slopes - mpmath.eye(len(point)))) > _EQUAL else (), True
    return point, False


def _is_root(system: System, point: Sequence[Any], parameters: Sequence[float], period: int) -> bool:
    points = _orbit(system, point, parameters, period)
    return bool(max(abs(a - b) for a, b in zip(points[-1], point, strict=True)) < _EQUAL)


def _same(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return bool(max(abs(x - y) for x, y in zip(a, b, strict=True)) <= 1e-12 * (1 + max(map(abs, a))))


def _described(system: System, cycle: list[tuple[Any, ...]], parameters: Sequence[float]) -> Cycle:
    least = cycle.index(min(cycle))
    points = cycle[least:] + cycle[:least]
    residual = max(abs(a - b) for a, b in zip(_orbit(system, points[-1], parameters, 1)[-1], points[0], strict=True))
    product = _tangent(system, points, parameters)
    size = system.dimension
    values = sorted(_eigenvalues(product, size), key=lambda v: (-hypot(v.real, v.imag), v.real, v.imag))
    rounded = tuple(tuple(float(value) for value in point) for point in points)
    return Cycle(
        rounded, tuple(values), _stability([hypot(value.real, value.imag) for value in values]), _double(residual)
    )


def _eigenvalues(matrix: Any, size: int) -> list[complex]:
    """Those of a matrix of mpmath's numbers, infinite where they are past double's range."""
    rounded = np.array([[_double(matrix[i, j]) for j in range(size)] for i in range(size)])
    if np.isfinite(rounded).all():
        try:
            with np.errstate(all="ignore"):
                found = np.linalg.eigvals(rounded)
            if np.isfinite(found).all():
                return list(map(complex, found))
        except np.linalg.LinAlgError:  # they do not converge
            pass
    exact = mpmath.eig(matrix, right=False)
    return [complex(_double(value.real), _double(value.imag)) for value in map(mpmath.mpc, exact)]


def _double(value: Any) -> float:
    """The double nearest to one of mpmath's numbers, an infinity past double's range."""
    try:
        return float(value)
    except OverflowError:
        return -inf if value < 0 else inf


def _stability(moduli: Sequence[float]) -> str:
    if any(abs(modulus - 1) <= _NEUTRAL for modulus in moduli):
        return "neutral"
    inside = sum(modulus < 1 for modulus in moduli)
    return {len(moduli): "stable", 0: "unstable"}.get(inside, "saddle")
