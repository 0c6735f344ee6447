"""All real fixed points of a polynomial map, by exact elimination: variables that occur linearly go first.

Each equation f_i(x) - x_i = 0 that is linear in a coordinate, with a constant factor, gives it in the others; one that
a coordinate divides has a branch where that is 0. What is left is a polynomial in one coordinate, factored over the
rational numbers, or nothing: then the coordinates that are left are free, and the fixed points form a continuum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_poly, fmpz_poly

from attractor.core.balls.arb import ball
from attractor.core.balls.polynomials import Polynomial, images, to_power, variable
from attractor.core.balls.precision import bits
from attractor.core.system import System

_BRANCHES = 64


@dataclass(frozen=True)
class Root:
    """A fixed point; its coordinates are polynomials in one number, a root of `factor`, or rational."""

    coordinates: tuple[Polynomial, ...]
    name: str | None
    factor: fmpz_poly | None
    place: int
    multiplicity: int | None

    @property
    def exact(self) -> tuple[Fraction, ...] | None:
        return tuple(value.constant for value in self.coordinates) if self.name is None else None

    def balls(self, count: int) -> tuple[arb, ...]:
        """Its coordinates as balls, computed with so many bits."""
        with bits(count):
            if self.name is None or self.factor is None:
                return tuple(ball(value.constant) for value in self.coordinates)
            value = _real_roots(self.factor)[self.place]
            return tuple(_at(coordinate, self.name, value) for coordinate in self.coordinates)


@dataclass(frozen=True)
class Roots:
    """All real fixed points that are isolated; `continuum` where others form one."""

    isolated: tuple[Root, ...]
    continuum: bool


class _Stuck(Exception):
    """Elimination does not solve these equations."""


def fixed_roots(system: System, parameters: Sequence[float], most_bits: int = 20_000) -> Roots | None:
    """Every real fixed point; None where the map is no polynomial or elimination does not solve it."""
    following = images(system, parameters)
    if any(value.names - set(system.state) for value in following):
        return None
    equations = [value - variable(name) for name, value in zip(system.state, following, strict=True)]
    size = sum(f.numerator.bit_length() + f.denominator.bit_length() for e in equations for f in e.terms.values())
    if size > most_bits:
        return None
    try:
        branches = _branches(equations, {}, 0)
        isolated = [root for branch in branches if not branch.is_free(system) for root in branch.roots(system)]
    except _Stuck:
        return None
    free = [branch for branch in branches if branch.is_free(system)]
    kept: list[Root] = []
    for root in isolated:
        exact = root.exact
        if exact is not None and (any(b.holds(system, exact) for b in free) or any(k.exact == exact for k in kept)):
            continue
        if exact is None and not all(_are_apart(root, other) for other in kept):
            return None
        if exact is None and any(not b.is_off(system, root.balls(256)) for b in free):
            return None
        kept.append(root)
    return Roots(tuple(kept), bool(free))


@dataclass(frozen=True)
class _Branch:
    given: Mapping[str, Polynomial]
    left: Polynomial | None
    """The polynomial in the one variable that is left, whose roots are sought."""
    is_whole: bool
    """Whether no factor was split off, so that a root is as multiple here as among all equations."""

    def is_free(self, system: System) -> bool:
        """Whether a coordinate may be anything: a continuum, where what is left has real roots."""
        if len(self.given) + (self.left is not None) == system.dimension:
            return False
        return self.left is None or any(_is_real(factor) for factor, _ in _factors(self.left))

    def _coordinates(self, system: System) -> list[Polynomial]:
        """The coordinates in those that are not given by others."""
        found = []
        for name in system.state:
            value = variable(name)
            for _ in range(len(self.given)):
                for other in value.names & self.given.keys():
                    value = value.with_(other, self.given[other])
            found.append(value)
        return found

    def holds(self, system: System, point: Sequence[Fraction]) -> bool:
        """Whether an exact point is one of a continuum's."""
        values = dict(zip(system.state, point, strict=True))
        if self.left is not None and self.left.at(values, Fraction(1)):
            return False
        return all(c.at(values, Fraction(1)) == x for c, x in zip(self._coordinates(system), point, strict=True))

    def is_off(self, system: System, point: Sequence[arb]) -> bool:
        """Whether a point is proven to be none of a continuum's."""
        with bits(256):
            values = dict(zip(system.state, point, strict=True))
            if self.left is not None and not _evaluate(self.left, values).overlaps(arb(0)):
                return True
            return any(
                not _evaluate(c, values).overlaps(x) for c, x in zip(self._coordinates(system), point, strict=True)
            )

    def roots(self, system: System) -> list[Root]:
        coordinates = tuple(self._coordinates(system))
        if self.left is None:
            return [Root(coordinates, None, None, 0, 1 if self.is_whole else None)]
        (name,) = self.left.names
        found = []
        for factor, times in _factors(self.left):
            multiplicity = times if self.is_whole else None
            if factor.degree() == 1:
                root = Fraction(-int(factor[0]), int(factor[1]))
                values = tuple(c.with_(name, Polynomial({(): root})) for c in coordinates)
                found.append(Root(values, None, None, 0, multiplicity))
                continue
            with bits(128):
                count = len(_real_roots(factor))
            found += [Root(coordinates, name, factor, place, multiplicity) for place in range(count)]
        return found


def _branches(
    equations: list[Polynomial], given: dict[str, Polynomial], depth: int, is_whole: bool = True
) -> list[_Branch]:
    equations = [e for e in equations if e.terms]
    if any(e.is_constant for e in equations):
        return []
    if not equations:
        return [_Branch(given, None, is_whole)]
    if depth > _BRANCHES:
        raise _Stuck
    for i, equation in enumerate(equations):
        for name in sorted(equation.names):
            parts = equation.coefficients(name)
            if 0 not in parts and (len(equation.terms) > 1 or max(parts) > 1 or len(equation.names) > 1):
                least = min(parts)
                rest = sum((part * to_power(variable(name), n - least) for n, part in parts.items()), Polynomial({}))
                others = equations[:i] + equations[i + 1 :]
                zero = _branches(
                    [e.with_(name, Polynomial({})) for e in others], {**given, name: Polynomial({})}, depth + 1, False
                )
                if len(equations) == 1 and len(equation.names) == 1:
                    break  # roots of one variable are told with their multiplicity
                return zero + _branches([rest, *others], given, depth + 1, False)
    for i, equation in enumerate(equations):
        for name in sorted(equation.names):
            parts = equation.coefficients(name)
            if parts.keys() <= {0, 1} and parts[1].is_constant:
                value = parts.get(0, Polynomial({})) * (-1 / parts[1].constant)
                others = [e.with_(name, value) for k, e in enumerate(equations) if k != i]
                return _branches(others, {**given, name: value}, depth + 1, is_whole)
    if len(equations) == 1 and len(equations[0].names) == 1:
        return [_Branch(given, equations[0], is_whole)]
    raise _Stuck


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _factors(value: Polynomial) -> list[tuple[fmpz_poly, int]]:
    """The irreducible factors of a polynomial in one name, with their multiplicities."""
    (name,) = value.names
    parts = value.coefficients(name)
    rational = fmpq_poly([_fmpq(parts[n].constant) if n in parts else fmpq(0) for n in range(max(parts) + 1)])
    return list(rational.numer().factor()[1])


def _is_real(factor: fmpz_poly) -> bool:
    """Whether the factor has a real root."""
    with bits(128):
        return bool(factor.degree() % 2 or _real_roots(factor))


def _real_roots(factor: fmpz_poly) -> list[arb]:
    found: list[tuple[Any, int]] = factor.complex_roots()  # type: ignore[assignment]
    return [root.real for root, _ in found if root.imag.is_zero()]


def _at(value: Polynomial, name: str, at: arb) -> arb:
    return _evaluate(value, {name: at})


def _evaluate(value: Polynomial, values: Mapping[str, arb]) -> arb:
    total = arb(0)
    for monomial, factor in value.terms.items():
        term: Any = ball(factor)
        for name, n in monomial:
            for _ in range(n):  # a power of a ball around 0 is nan
                term = term * values[name]
        total = total + term
    return total


def _are_apart(root: Root, other: Root) -> bool:
    return any(not a.overlaps(b) for a, b in zip(root.balls(512), other.balls(512), strict=True))
