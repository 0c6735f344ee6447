"""Fixed points and points of a period, the eigenvalues there, and what these say of stability.

Fixed points of polynomial and rational maps are exact: all real roots of a lexical Gröbner basis. The others, and
cycles of a greater period, are those that Newton's method finds from many starts: none is false, some may be missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from core.jacobian import exactly, image, jacobian_over, step_over, symbols
from core.lanes import Floats
from core.system import System

STARTS = 4096
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


def fixed_points(system: System, parameters: Sequence[float], period: int = 1) -> Iterator[Cycles | None]:
    """The cycles of minimal period `period` at `parameters`, taken as the exact doubles that they are.

    Where fixed points form a continuum only isolated ones are found, and `complete` is false. Yields None between
    pieces of work and the whole at the end. Raises ValueError on a period below 1 or a value that is not finite.
    """
    if period < 1:
        raise ValueError("a period is at least 1")
    if len(parameters) != len(system.parameters) or not np.isfinite(parameters).all():
        raise ValueError(f"{system.name} needs {len(system.parameters)} finite parameters")
    with exactly(_WORKING):
        exact = _roots(system, parameters) if period == 1 else None
    yield None
    candidates = _newton(system, parameters, period).tolist() if exact is None else exact
    found: list[list[tuple[Any, ...]]] = []
    for candidate in candidates:
        with exactly(_WORKING):
            try:
                point = _polished(system, candidate, parameters, period)
            except ZeroDivisionError:  # at a pole
                point = None
            if point is not None and not any(_same(point, other) for cycle in found for other in cycle):
                cycle = _orbit(system, point, parameters, period)
                if not any(_same(point, other) for other in cycle[1:period]):  # else its period is a divisor
                    found.append(cycle[:period])
        yield None
    with exactly(_WORKING):
        cycles = sorted((_described(system, cycle, parameters) for cycle in found), key=lambda cycle: cycle.points)
    yield Cycles(tuple(cycles), exact is not None)


def _roots(system: System, parameters: Sequence[float]) -> list[tuple[Any, ...]] | None:
    """Every real fixed point, approximately; None where the map is not rational, they form a continuum, or lie so far
    apart that their polynomial is not solved."""
    import sympy

    if not system.is_rational:
        return None
    names = symbols(system)
    state = names[: system.dimension]
    values = {
        name: sympy.Rational(Fraction(value))
        for name, value in zip(names[len(state) :], map(float, parameters), strict=True)
    }
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


def _newton(system: System, parameters: Sequence[float], period: int) -> Floats:
    """Where Newton's method on f^period(x) - x ends in double, from points of an orbit and of boxes around it."""
    size = system.dimension
    step, tangent = step_over(system, np), jacobian_over(system, "numpy")
    center = np.array(list(system.canonical.values())[:size])
    with np.errstate(all="ignore"):
        orbit, state = [], center
        for _ in range(STARTS // 4):
            state = np.array(step(*state, *parameters), dtype=np.float64)
            orbit.append(state)
        near = np.array(orbit)
        near = near[np.isfinite(near).all(axis=1)]
        random = np.random.default_rng(0)  # the same starts at every call
        boxes = [center + radius * random.uniform(-1, 1, (STARTS // 4, size)) for radius in (2.0, 10.0, 60.0)]
        points: Floats = np.concatenate([near, *boxes])
        for _ in range(_ROUNDS):
            ahead, product = points.T, np.broadcast_to(np.eye(size), (len(points), size, size))
            for _ in range(period):
                entries = [np.broadcast_to(entry, len(points)) for entry in tangent(*ahead, *parameters)]
                product = np.stack(entries, axis=-1).reshape(-1, size, size) @ product
                ahead = np.array(step(*ahead, *parameters))
            usable = np.isfinite(product).all(axis=(1, 2)) & np.isfinite(ahead).all(axis=0)
            slopes = product[usable] - np.eye(size)
            regular = np.abs(np.linalg.det(slopes)) > _FLAT
            residual = (ahead.T - points)[usable][regular]
            move = np.linalg.solve(slopes[regular], residual[..., None])[..., 0]
            points = np.asarray(points[usable][regular] - move)
            if not len(points):
                return points
        settled = np.abs(move).max(axis=1) <= 1e-7 * (1 + np.abs(points).max(axis=1))
    points = np.asarray(points[settled], dtype=np.float64)
    if not len(points):
        return points
    _, first = np.unique(np.round(points, 6), axis=0, return_index=True)
    kept: Floats = points[np.sort(first)]
    return kept


def _orbit(system: System, point: Sequence[Any], parameters: Sequence[float], steps: int) -> list[tuple[Any, ...]]:
    step, values, points = step_over(system, mpmath.mp), [mpmath.mpf(float(p)) for p in parameters], [tuple(point)]
    for _ in range(steps):
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


def _polished(system: System, start: Sequence[Any], parameters: Sequence[float], period: int) -> tuple[Any, ...] | None:
    """The root of f^period(x) - x that Newton's method reaches from next to it, or None."""
    point = tuple(mpmath.mpf(str(value)) if not isinstance(value, float) else mpmath.mpf(value) for value in start)
    for _ in range(12):
        points = _orbit(system, point, parameters, period)
        residual = mpmath.matrix([a - b for a, b in zip(points[-1], point, strict=True)])
        if max(map(abs, residual)) == 0:
            return point
        try:
            move = mpmath.lu_solve(_tangent(system, points[:-1], parameters) - mpmath.eye(len(point)), residual)
        except ZeroDivisionError:  # singular: a root of a multiplicity, or one of a continuum
            return point if max(map(abs, residual)) < _EQUAL else None
        point = tuple(a - b for a, b in zip(point, move, strict=True))
        if max(map(abs, move)) <= _EQUAL**2 * (1 + max(map(abs, point))):
            slopes = _tangent(system, _orbit(system, point, parameters, period)[:-1], parameters)
            return point if abs(mpmath.det(slopes - mpmath.eye(len(point)))) > _EQUAL else None
    points = _orbit(system, point, parameters, period)
    return point if max(abs(a - b) for a, b in zip(points[-1], point, strict=True)) < _EQUAL else None


def _same(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return bool(max(abs(x - y) for x, y in zip(a, b, strict=True)) <= 1e-12 * (1 + max(map(abs, a))))


def _described(system: System, cycle: list[tuple[Any, ...]], parameters: Sequence[float]) -> Cycle:
    least = cycle.index(min(cycle))
    points = cycle[least:] + cycle[:least]
    residual = max(abs(a - b) for a, b in zip(_orbit(system, points[-1], parameters, 1)[-1], points[0], strict=True))
    product = _tangent(system, points, parameters)
    size = system.dimension
    matrix = np.array([[float(product[i, j]) for j in range(size)] for i in range(size)])
    found = np.linalg.eigvals(matrix) if np.isfinite(matrix).all() else mpmath.eig(product, right=False)
    values = sorted(map(complex, found), key=lambda v: (-abs(v), v.real, v.imag))
    rounded = tuple(tuple(float(value) for value in point) for point in points)
    return Cycle(rounded, tuple(values), _stability([abs(value) for value in values]), float(residual))


def _stability(moduli: Sequence[float]) -> str:
    if any(abs(modulus - 1) <= _NEUTRAL for modulus in moduli):
        return "neutral"
    inside = sum(modulus < 1 for modulus in moduli)
    return {len(moduli): "stable", 0: "unstable"}.get(inside, "saddle")
