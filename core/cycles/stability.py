"""The eigenvalues of a cycle, and its stability, proven where a word is given, by Schur's and Cohn's recursion.

I. Schur, J. Reine Angew. Math. 147, 205 (1917); A. Cohn, Math. Z. 14, 110 (1922). Where the constant term of a
polynomial is smaller than the leading one, all but one zero inside the unit circle are those of a polynomial of lower
degree; where it is larger, all of them are.

Where the matrix is known exactly, the zeros of its characteristic polynomial are isolated exactly: one on the unit
circle is 1, -1 or a zero of a factor x² - t x + 1 with |t| < 2.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import hypot, inf, lcm
from typing import Any, NamedTuple

from flint import acb, acb_mat, arb, arb_mat, ctx, fmpz_poly

from attractor.core.balls.arb import ball

WORDS = ("neutral", "saddle", "stable", "undecided", "unstable")
_SHARP = 60  # bits to which the parts of an eigenvalue are known, beyond those of a double
_LONG = 600
"""Bits of a coefficient: with 1,100 FLINT isolates close zeros in seconds, with 2,000 in minutes, unstoppably."""


class Spectrum(NamedTuple):
    """The eigenvalues by descending modulus, infinite past double's range, None at a kink; and one of WORDS.

    "stable" where every eigenvalue lies inside the unit circle, "unstable" where every one lies outside, "saddle" where
    some do, "neutral" where one lies on it, "undecided" where none of these is proven.
    """

    eigenvalues: tuple[complex, ...] | None
    stability: str
    is_sharp: bool
    """Whether the matrix is known to so many bits that more would tell nothing else."""


def spectrum(matrix: arb_mat, determinant: Fraction | None) -> Spectrum:
    """That of a matrix in balls, to the precision in force, and of its determinant where that is known exactly."""
    if not _is_finite(matrix):
        return Spectrum(None, "undecided", False)
    word = _stability(matrix, determinant)
    found = _eigenvalues(matrix, determinant)
    if found is None:
        return Spectrum(_told(_of_middle(matrix)), word, False)
    is_sharp = all(_is_sharp(value.real) and _is_sharp(value.imag) for value in found)
    return Spectrum(_told(found), word, is_sharp and word != "undecided")


def exact_spectrum(matrix: Sequence[Sequence[Fraction]]) -> Spectrum | None:
    """That of a matrix which is known exactly; None where its characteristic polynomial is too long."""
    terms = _characteristic(matrix)
    scale = lcm(*(term.denominator for term in terms))
    whole = [int(term * scale) for term in terms]
    if max(map(int.bit_length, whole)) > _LONG:
        return None
    polynomial = fmpz_poly(whole)
    zeros: list[tuple[Any, int]] = polynomial.complex_roots()  # type: ignore[assignment]
    found = [acb(zero) for zero, times in zeros for _ in range(times)]
    sizes = [abs(zero) for zero in found]
    inside, outside = (sum(map(bool, part)) for part in ([s < 1 for s in sizes], [s > 1 for s in sizes]))
    if any(map(_is_on_circle, (factor for factor, _ in polynomial.factor()[1]))):
        word = "neutral"
    elif inside + outside < len(found):
        word = "undecided"
    else:
        word = _word(inside, len(found))
    return Spectrum(_told(found), word, True)


def _is_on_circle(factor: fmpz_poly) -> bool:
    """Whether an irreducible polynomial of degree one or two has a zero on the unit circle."""
    terms = [int(factor[i]) for i in range(factor.degree() + 1)]
    if len(terms) == 2:
        return abs(terms[0]) == abs(terms[1])
    return len(terms) == 3 and terms[0] == terms[2] and abs(terms[1]) < 2 * abs(terms[2])


def _word(inside: int, size: int) -> str:
    """The word for so many eigenvalues inside the unit circle where all others lie outside."""
    return {size: "stable", 0: "unstable"}.get(inside, "saddle")


def _stability(matrix: arb_mat, determinant: Fraction | None) -> str:
    size = matrix.nrows()
    if size == 2 and determinant is not None and abs(determinant) == 1:
        return _of_area(matrix, determinant)
    polynomial = matrix.charpoly()
    terms = [polynomial[i] for i in range(size + 1)]
    if determinant is not None:
        terms[0] = ball((-1) ** size * determinant)
    inside = count_inside(terms)
    return "undecided" if inside is None else _word(inside, size)


def _of_area(matrix: arb_mat, determinant: Fraction) -> str:
    """The stability of a cycle of a map of the plane that keeps areas."""
    trace = matrix[0, 0] + matrix[1, 1]
    if determinant == 1:
        if abs(trace) < 2 or (trace.is_exact() and abs(trace) == 2):
            return "neutral"
        return "saddle" if abs(trace) > 2 else "undecided"
    if trace.is_exact() and trace.is_zero():
        return "neutral"
    return "undecided" if trace.contains(0) else "saddle"


def count_inside(coefficients: Sequence[arb]) -> int | None:
    """The number of zeros of a polynomial, lowest power first, inside the unit circle, where none lies on it; None
    where that is not proven."""
    if len(coefficients) == 1:
        return 0
    first, last = coefficients[0], coefficients[-1]
    turned = list(reversed(coefficients))
    if abs(first) < abs(last):
        rest = [last * a - first * b for a, b in zip(coefficients, turned, strict=True)][1:]
        found = count_inside(rest)
        return None if found is None else 1 + found
    if abs(first) > abs(last):
        return count_inside([first * a - last * b for a, b in zip(coefficients, turned, strict=True)][:-1])
    return None


def _eigenvalues(matrix: arb_mat, determinant: Fraction | None) -> list[acb] | None:
    """The eigenvalues as balls; None where some are not told apart."""
    size = matrix.nrows()
    if size == 1:
        return [acb(matrix[0, 0])]
    if size > 2:
        try:
            return [_real(value) for value in acb_mat(matrix).eig()]
        except ValueError:
            return None
    half = (matrix[0, 0] + matrix[1, 1]) / 2
    difference = (matrix[0, 0] - matrix[1, 1]) / 2
    square = difference * difference + matrix[0, 1] * matrix[1, 0]  # a power of a ball around 0 is nan
    if square.contains(0) and not square.is_zero():
        return None
    root = acb(square).sqrt()
    if determinant is not None and square > 0:  # the smaller without cancellation
        larger = half + root.real if half > 0 else half - root.real
        if not larger.contains(0):
            return [acb(larger), acb(ball(determinant) / larger)]
    return [acb(half) + root, acb(half) - root]


def _of_middle(matrix: arb_mat) -> list[acb]:
    """Eigenvalues that are equal, or too near to be told apart: those of the matrix in the middle, off by about the
    root of its error where they are two."""
    size, count = matrix.nrows(), ctx.prec
    found = acb_mat(arb_mat([[matrix[i, j].mid() for j in range(size)] for i in range(size)])).eig(algorithm="approx")
    return [acb(v.real) if abs(v.imag.mid()) < abs(v).mid() * arb(2) ** -(count // 4) else v for v in found]


def _real(value: acb) -> acb:
    """A real eigenvalue as such: those that are not come in pairs, of which the other would be in its ball too."""
    return acb(value.real) if value.imag.contains(0) else value


def _told(values: Sequence[acb]) -> tuple[complex, ...]:
    """In double, by descending modulus."""
    found = [complex(_double(v.real), 0.0 if v.imag.contains(0) else _double(v.imag)) for v in values]
    return tuple(sorted(found, key=lambda v: (-hypot(v.real, v.imag), v.real, v.imag)))


def _is_sharp(value: arb) -> bool:
    return bool(value.is_exact() or value.rel_accuracy_bits() >= _SHARP)


def _double(value: arb) -> float:
    middle = value.mid()
    try:
        return float(middle) + 0.0
    except OverflowError:
        return -inf if middle < 0 else inf


def _is_finite(matrix: arb_mat) -> bool:
    """Whether every entry is known to some digits: none lies at a kink."""
    return all(_is_known(matrix[i, j]) for i in range(matrix.nrows()) for j in range(matrix.ncols()))


def _is_known(value: arb) -> bool:
    return bool(value.is_finite() and value.rad() < (1 + abs(value.mid())) * arb(2) ** -30)


def _characteristic(matrix: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """The characteristic polynomial, lowest power first, by Faddeev's and LeVerrier's recursion."""
    size = len(matrix)
    found = [Fraction(1)]
    power = [[Fraction(0)] * size for _ in range(size)]
    for k in range(1, size + 1):
        for i in range(size):
            power[i][i] += found[-1]
        power = [
            [sum((matrix[i][j] * power[j][l] for j in range(size)), Fraction(0)) for l in range(size)]  # noqa: E741
            for i in range(size)
        ]
        found.append(-sum((power[i][i] for i in range(size)), Fraction(0)) / k)
    return found[::-1]
