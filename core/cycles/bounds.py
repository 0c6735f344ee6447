"""Boxes outside which a map has no point of any cycle, proven with exact coefficients.

Let M be the greatest absolute value of a coordinate over a cycle. Each way to bound it is a lemma on a kind of map:
a next value that is bounded, maps that contract but for something bounded, rotations times a factor below 1, a square
in the plane of complex numbers, and a power of one coordinate that outgrows all else. SOURCES: Devaney and Nitecki
(Commun. Math. Phys. 67, 137, 1979) bound the Hénon map in the last way.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import inf, nextafter, sqrt

from attractor.core.balls.evaluation import circles
from attractor.core.balls.polynomials import (
    Polynomial,
    images,
    monomials,
    polynomial,
    to_power,
    variable,
    without_squared_sines,
)
from attractor.core.system import System

Box = tuple[tuple[float, float], ...]
"""Low and high for each coordinate."""

Bounds = dict[str, Fraction]
"""Greatest absolute values, by name."""


def box_of_all_cycles(system: System, parameters: Sequence[float]) -> Box | None:
    """A box that holds every point of every cycle; None where no lemma gives one within double's range."""
    following = dict(zip(system.state, images(system, parameters), strict=True))
    for lemma in (_bound_by_values, _bound_by_contraction, _bound_by_rotation, _bound_by_square, _bound_by_power):
        found = lemma(following)
        if found is not None and (box := _box(system, found)):
            return box
    return None


def _box(system: System, found: Bounds) -> Box | None:
    sides = []
    for name, turn in zip(system.state, circles(system), strict=True):
        if turn is not None:
            sides.append((0.0, nextafter(turn, inf)))
            continue
        most = _above(found[name])
        if most > 1e300:
            return None
        sides.append((-most, most))
    return tuple(sides)


def _above(value: Fraction) -> float:
    """A double above."""
    try:
        return nextafter(float(value), inf) if value else 5e-324
    except OverflowError:
        return inf


def _size(name: str) -> Fraction | None:
    """The greatest absolute value of what is no polynomial."""
    function = name.partition("(")[0]
    if function in ("sin", "cos", "tanh"):
        return Fraction(1)
    return Fraction(7) if function in ("pi", "remainder") else None  # a remainder by a turn of a circle


def _most(value: Polynomial, known: Bounds) -> Fraction | None:
    """The greatest absolute value of a polynomial; None where one of its names has no bound."""
    total = Fraction(0)
    for powers, factor in monomials(value):
        size = abs(factor)
        for name, n in powers.items():
            bound = known.get(name, _size(name))
            if bound is None:
                return None
            size *= bound**n
        total += size
    return total


def _bound_by_values(following: dict[str, Polynomial]) -> Bounds | None:
    """Each next value is bounded, or a polynomial in those that are."""
    known: Bounds = {}
    for _ in following:
        for name, value in following.items():
            if name not in known and (most := _most(value, known)) is not None:
                known[name] = most
    return known if len(known) == len(following) else None


def _bound_by_contraction(following: dict[str, Polynomial]) -> Bounds | None:
    """M <= K M + c with a matrix K of spectral radius below 1: M <= (1 - K)^-1 c."""
    names = list(following)
    rows, constants = [], []
    for value in following.values():
        row, constant = dict.fromkeys(names, Fraction(0)), Fraction(0)
        for powers, factor in monomials(value):
            states = [name for name in powers if name in following]
            others = Polynomial({tuple((n, p) for n, p in sorted(powers.items()) if n not in following): factor})
            size = _most(others, {})
            if size is None or len(states) > 1 or any(powers[name] > 1 for name in states):
                return None
            if states:
                row[states[0]] += size
            else:
                constant += size
        rows.append([row[name] for name in names])
        constants.append(constant)
    matrix = [[Fraction(i == j) - rows[i][j] for j in range(len(names))] for i in range(len(names))]
    proof, bound = _solve(matrix, [Fraction(1)] * len(names)), _solve(matrix, constants)
    if proof is None or bound is None or min(proof) <= 0:  # K v < v for this v > 0
        return None
    return dict(zip(names, bound, strict=True))


def _solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The solution of a linear system, None where it is singular."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(size):
        pivot = next((k for k in range(i, size) if rows[k][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(size):
            if k != i and rows[k][i]:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[size] for row in rows]


def _bound_by_rotation(following: dict[str, Polynomial]) -> Bounds | None:
    """z' = c + k R(z) z with rotations R and |k| < 1: |z| <= |c| / (1 - |k|)."""
    if len(following) != 2:
        return None
    centre = [value.constant for value in following.values()]
    parts = [value - constant for value, constant in zip(following.values(), centre, strict=True)]
    norm = without_squared_sines(_norm(parts))
    x, y = map(variable, following)
    factor = norm.terms.get(next(iter((x * x).terms)), Fraction(0))
    if norm != factor * (x * x + y * y) or factor >= 1:
        return None
    most = _root(sum((c * c for c in centre), Fraction(0))) / (1 - _root(factor))
    return dict.fromkeys(following, most) if most >= 0 else None


def _norm(parts: Sequence[Polynomial]) -> Polynomial:
    return sum((part * part for part in parts), Polynomial({}))


def _root(value: Fraction) -> Fraction:
    """A number above the square root, by less than 2^-50 of it."""
    if not value:
        return value
    shift = (value.numerator.bit_length() - value.denominator.bit_length()) // 2
    scale = Fraction(2) ** shift
    return scale * Fraction(sqrt(value / (scale * scale))) * (1 + Fraction(1, 2**50))


def _bound_by_square(following: dict[str, Polynomial]) -> Bounds | None:
    """z' = Q(z) + L z + c in the plane with |Q(z)| = k |z|²: k M² <= (1 + |L|) M + |c|."""
    if len(following) != 2 or any(value.names - following.keys() for value in following.values()):
        return None
    if any(value.degree > 2 for value in following.values()):
        return None
    x, y = map(variable, following)
    norm = _norm([value.part(2) for value in following.values()])
    leading = norm.terms.get(next(iter((x * x * x * x).terms)), Fraction(0))
    if not leading or norm != leading * to_power(x * x + y * y, 2):
        return None
    linear = _root(sum((f * f for v in following.values() for f in v.part(1).terms.values()), Fraction(0)))
    constant = _root(sum((v.constant**2 for v in following.values()), Fraction(0)))
    below = _root(leading) * (1 - Fraction(1, 2**49))
    return dict.fromkeys(following, _greatest({2: below, 1: -(1 + linear), 0: -constant}))


def _bound_by_power(following: dict[str, Polynomial]) -> Bounds | None:
    """A power of one coordinate, or its absolute value, outgrows all else in some next value; the other coordinates are
    affine in it. Where its absolute value is greatest, |c| M^d <= M + the rest."""
    for main in following:
        sizes = _affine(following, main)
        if sizes is None:
            continue
        for target, value in following.items():
            for powers, factor in monomials(value):
                power = _pure(powers, main)
                if power is None:
                    continue
                rest = value - Polynomial({tuple(sorted(powers.items())): factor})
                most = sizes[target] + _growth(rest, sizes) if _is_bounded(rest, sizes) else None
                if most is None:
                    continue
                terms = {n: -most.coefficients("M")[n].constant for n in most.coefficients("M")}
                terms[power] = terms.get(power, Fraction(0)) + abs(factor)
                if max((n for n, f in terms.items() if f), default=0) == power and terms[power] > 0:
                    greatest = _greatest(terms)
                    return {name: size.at({"M": greatest}, Fraction(1)) for name, size in sizes.items()}
    return None


def _pure(powers: dict[str, int], main: str) -> int | None:
    """The power of `main` that a term is, or of its absolute value."""
    whole = next(iter(variable(main).terms))
    absolute = next(iter(abs(polynomial(variable(main))).terms))[0][0]
    if powers.keys() == {main} or powers.keys() == {absolute}:
        return next(iter(powers.values()))
    return None if powers.keys() != {main, absolute} or not whole else sum(powers.values())


def _affine(following: dict[str, Polynomial], main: str) -> dict[str, Polynomial] | None:
    """Bounds of the coordinates in that of `main`, called M; None where one is not affine in others."""
    sizes = {main: variable("M")}
    for _ in following:
        for name, value in following.items():
            if name not in sizes and value.degree <= 1 and value.names <= sizes.keys():
                sizes[name] = _growth(value, sizes)
    return sizes if len(sizes) == len(following) else None


def _is_bounded(value: Polynomial, sizes: dict[str, Polynomial]) -> bool:
    return all(_size_of(name, sizes) is not None for name in value.names)


def _size_of(name: str, sizes: dict[str, Polynomial]) -> Polynomial | None:
    for state, size in sizes.items():
        if name == state or variable(name) == abs(variable(state)):
            return size
    most = _size(name)
    return None if most is None else polynomial(most)


def _growth(value: Polynomial, sizes: dict[str, Polynomial]) -> Polynomial:
    """A polynomial in M above the absolute value."""
    total = Polynomial({})
    for powers, factor in monomials(value):
        term = polynomial(abs(factor))
        for name, n in powers.items():
            size = _size_of(name, sizes)
            assert size is not None  # noqa: S101 - `_is_bounded` was asked
            term = term * to_power(size, n)
        total = total + term
    return total


def _greatest(terms: dict[int, Fraction]) -> Fraction:
    """A number beyond which a polynomial whose one positive coefficient leads is positive, near the least such."""

    def value(at: Fraction) -> Fraction:
        return sum((factor * at**n for n, factor in terms.items()), Fraction(0))

    if value(Fraction(0)) >= 0 and all(f >= 0 for f in terms.values()):
        return Fraction(0)
    low, high = -1100, 1100  # powers of 2: one sign changes, so it is positive from the root on
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if value(Fraction(2) ** middle) > 0 else (middle + 1, high)
    least, most = Fraction(2) ** (high - 1), Fraction(2) ** high
    for _ in range(12):
        middle_value = (least + most) / 2
        least, most = (least, middle_value) if value(middle_value) > 0 else (middle_value, most)
    return most
