"""Linear algebra of small matrices of doubles, with the same bits on every machine.

LAPACK and BLAS choose their operations by the CPU, so no number of an answer comes from them. Products are sums in the
order of their terms, and many inverses at once are a kernel's; what is asked for seldom is found by Arb with PRECISION
bits, then rounded.
"""

from collections.abc import Callable, Iterable
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
from flint import acb_mat, arb_mat
from numba import types
from numpy.typing import NDArray

from attractor.core.balls.precision import bits
from attractor.core.compiling import compiled

Floats = NDArray[np.float64]

PRECISION = 128


def product(a: Floats, b: Floats) -> Floats:
    """The product of two matrices."""
    total = a[:, :1] * b[:1]
    for k in range(1, len(b)):
        total = total + a[:, k : k + 1] * b[k : k + 1]
    return total


def solution(matrix: Floats, right: Floats) -> Floats:
    """The x with matrix · x = right, of one dimension. Raises ZeroDivisionError where there is none for certain."""
    with bits(PRECISION):
        found = arb_mat(matrix.tolist()).solve(arb_mat([[value] for value in right.tolist()]))
        return _doubles(found.entries())


def inverse(matrix: Floats) -> Floats:
    """The inverse. Raises ZeroDivisionError where there is none for certain."""
    with bits(PRECISION):
        return _doubles(arb_mat(matrix.tolist()).inv().entries()).reshape(matrix.shape)


def characteristic_polynomial(matrix: Floats) -> Floats:
    """Its coefficients, the leading 1 first."""
    with bits(PRECISION):
        found = arb_mat(matrix.tolist()).charpoly()
        return _doubles(found[n] for n in range(len(matrix), -1, -1))


def determinant(matrix: Floats) -> float:
    """The determinant."""
    with bits(PRECISION):
        return float(arb_mat(matrix.tolist()).det().mid())


def eigenvalues(matrix: Floats) -> list[complex]:
    """The eigenvalues of a finite matrix, in no order."""
    with bits(PRECISION):
        found = acb_mat(matrix.tolist()).eig(algorithm="approx")
        return [complex(float(value.real.mid()), float(value.imag.mid())) for value in found]


def spectral_radius(matrix: Floats) -> float:
    """The greatest modulus of an eigenvalue of a finite matrix."""
    return max(sqrt(value.real * value.real + value.imag * value.imag) for value in eigenvalues(matrix))


def spectral_norm(matrix: Floats) -> float:
    """The greatest factor by which a finite matrix lengthens a vector."""
    return sqrt(spectral_radius(product(matrix.T, matrix)))


def euclidean_norm(values: Floats) -> float:
    """The root of the sum of the squares of all numbers."""
    return sqrt(float((values * values).sum()))


def cholesky(matrix: Floats) -> Floats:
    """The lower triangular root of a symmetric matrix. Raises ArithmeticError where it is not positive definite."""
    root = np.zeros_like(matrix)
    for j in range(len(matrix)):
        rest = float(matrix[j, j]) - float((root[j] * root[j]).sum())
        if not rest > 0:
            raise ArithmeticError("the matrix is not positive definite")
        root[j, j] = sqrt(rest)
        for i in range(j + 1, len(matrix)):
            root[i, j] = (matrix[i, j] - (root[i] * root[j]).sum()) / root[j, j]
    return root


def _doubles(values: Iterable[Any]) -> Floats:
    return np.array([float(value.mid()) for value in values])


def _invert(matrices, found):  # type: ignore[no-untyped-def]  # typed by Numba
    size = matrices.shape[1]
    for m in range(matrices.shape[0]):
        left, right = matrices[m], found[m]
        for i in range(size):
            for j in range(size):
                right[i, j] = 1.0 if i == j else 0.0
        for k in range(size):
            pivot = k
            for i in range(k + 1, size):
                pivot = i if abs(left[i, k]) > abs(left[pivot, k]) else pivot
            if pivot != k:
                for j in range(size):
                    left[k, j], left[pivot, j] = left[pivot, j], left[k, j]
                    right[k, j], right[pivot, j] = right[pivot, j], right[k, j]
            scale = 1.0 / left[k, k]
            for j in range(size):
                left[k, j] *= scale
                right[k, j] *= scale
            for i in range(size):
                factor = left[i, k]
                if i != k and factor != 0.0:
                    for j in range(size):
                        left[i, j] -= factor * left[k, j]
                        right[i, j] -= factor * right[k, j]


def _multiply(a, b, found):  # type: ignore[no-untyped-def]  # typed by Numba
    is_vector = b.shape[2] == 1
    for m in range(a.shape[0]):
        for i in range(a.shape[1]):
            if is_vector:  # the same sum, kept in a register
                total = 0.0
                for k in range(a.shape[2]):
                    total += a[m, i, k] * b[m, k, 0]
                found[m, i, 0] = total
                continue
            for j in range(b.shape[2]):
                found[m, i, j] = 0.0
            for k in range(a.shape[2]):
                factor = a[m, i, k]
                for j in range(b.shape[2]):
                    found[m, i, j] += factor * b[m, k, j]


_MATRICES = types.float64[:, :, ::1]


@cache
def invert_kernel() -> Callable[[Floats, Floats], None]:
    """`kernel(matrices, found)`, both of shape (matrices, size, size), by Gauss' and Jordan's elimination.

    `matrices` are overwritten. Of one that has no inverse some number found is not finite.
    """
    kernel: Callable[[Floats, Floats], None] = compiled(_invert, "invert", (_MATRICES, _MATRICES))
    return kernel


@cache
def multiply_kernel() -> Callable[[Floats, Floats, Floats], None]:
    """`kernel(a, b, found)`: the products of as many pairs of matrices."""
    kernel: Callable[[Floats, Floats, Floats], None] = compiled(_multiply, "multiply", (_MATRICES,) * 3)
    return kernel


def inverses(matrices: Floats) -> Floats:
    """Approximate inverses, of shape (matrices, size, size); of one that has none some number is not finite."""
    found = np.empty_like(matrices)
    invert_kernel()(matrices.copy(), found)
    return found


def products(a: Floats, b: Floats) -> Floats:
    """The products of as many pairs of matrices, of shapes (pairs, m, n) and (pairs, n, k)."""
    found = np.empty((len(a), a.shape[1], b.shape[2]))
    multiply_kernel()(np.ascontiguousarray(a), np.ascontiguousarray(b), found)
    return found
