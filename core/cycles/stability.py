"""The stability of a cycle by its eigenvalues, proven where a word is given, by Schur's and Cohn's recursion.

I. Schur, J. Reine Angew. Math. 147, 205 (1917); A. Cohn, Math. Z. 14, 110 (1922). Where the constant term of a
polynomial is smaller than the leading one, all but one zero inside the unit circle are those of a polynomial of lower
degree; where it is larger, all of them are.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import hypot, inf

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from attractor.core import matrices
from attractor.core.balls.arb import ball

WORDS = ("neutral", "saddle", "stable", "undecided", "unstable")


def stability(matrix: arb_mat, exact: Sequence[Sequence[Fraction]] | None, determinant: Fraction | None) -> str:
    """One of WORDS: "stable" where every eigenvalue lies inside the unit circle, "unstable" where every one lies
    outside, "saddle" where some do, "neutral" where one lies on it, "undecided" where none of these is proven.

    `exact` is the matrix where it is known exactly; `determinant` its determinant where that is.
    """
    size = matrix.nrows()
    if not _is_finite(matrix):
        return "undecided"
    coefficients = _characteristic(exact) if exact is not None else None
    if coefficients is not None and _has_one(coefficients):
        return "neutral"
    if size == 2 and determinant is not None and abs(determinant) == 1:
        return _of_area(matrix, determinant)
    polynomial = matrix.charpoly()
    terms = [polynomial[i] for i in range(size + 1)]
    if determinant is not None:
        terms[0] = ball((-1) ** size * determinant)
    inside = count_inside(terms)
    if inside is None:
        return "undecided"
    return {size: "stable", 0: "unstable"}.get(inside, "saddle")


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


def eigenvalues(
    matrix: arb_mat, exact: Sequence[Sequence[Fraction]] | None = None, determinant: Fraction | None = None
) -> tuple[complex, ...] | None:
    """The eigenvalues by descending modulus, to double precision; infinite past double's range, None at a kink."""
    if not _is_finite(matrix):
        return None
    size = matrix.nrows()
    if size == 1:
        found = [acb(matrix[0, 0])]
    elif size == 2:
        half = (matrix[0, 0] + matrix[1, 1]) / 2
        difference = (matrix[0, 0] - matrix[1, 1]) / 2
        square = difference**2 + matrix[0, 1] * matrix[1, 0]
        if exact is not None and not ((exact[0][0] - exact[1][1]) / 2) ** 2 + exact[0][1] * exact[1][0]:
            square = arb(0)
        root = acb(square).sqrt() if not square.contains(0) else acb(0)
        found = [acb(half) + root, acb(half) - root]
        if determinant is not None and square > 0:  # the smaller without cancellation
            larger = half + root.real if half > 0 else half - root.real
            if not larger.contains(0):
                found = [acb(larger), acb(ball(determinant) / larger)]
    else:
        try:
            found = acb_mat(matrix).eig()
        except ValueError:  # several are equal, or too near to be told apart
            found = [acb(v) for v in _of_doubles(matrix)]
    values = [complex(_double(v.real), 0.0 if v.imag.contains(0) else _double(v.imag)) for v in found]
    return tuple(sorted(values, key=lambda v: (-hypot(v.real, v.imag), v.real, v.imag)))


def _of_doubles(matrix: arb_mat) -> list[complex]:
    rounded = np.array([[_double(matrix[i, j]) for j in range(matrix.ncols())] for i in range(matrix.nrows())])
    if not np.isfinite(rounded).all():
        return [complex(inf)] * matrix.nrows()
    return matrices.eigenvalues(rounded)


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


def _has_one(coefficients: Sequence[Fraction]) -> bool:
    """Whether 1 or -1 is a zero."""
    alternating = sum((c if n % 2 == 0 else -c for n, c in enumerate(coefficients)), Fraction(0))
    return not sum(coefficients, Fraction(0)) or not alternating
