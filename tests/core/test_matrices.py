"""Linear algebra against exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from attractor.core import matrices

RANDOM = np.random.default_rng(11)
SQUARES = [RANDOM.random((size, size)) - 0.5 for size in (1, 2, 3, 6)]


def exactly(matrix):
    return [[Fraction(value) for value in row] for row in matrix.tolist()]


def multiplied(a, b):
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)] for row in a]


def determinant(rows):
    if len(rows) == 1:
        return rows[0][0]
    minors = ([row[:j] + row[j + 1 :] for row in rows[1:]] for j in range(len(rows)))
    return sum((-1) ** j * rows[0][j] * determinant(minor) for j, minor in enumerate(minors))


@pytest.mark.parametrize("matrix", SQUARES, ids=len)
def test_what_arb_finds_is_rounded_once(matrix):
    exact = exactly(matrix)
    assert matrices.determinant(matrix) == float(determinant(exact))
    polynomial = matrices.characteristic_polynomial(matrix)
    assert polynomial[0] == 1.0
    assert polynomial[-1] == float((-1) ** len(matrix) * determinant(exact))
    right = np.arange(1.0, len(matrix) + 1)
    for k, found in enumerate(matrices.solution(matrix, right).tolist()):
        columns = [[Fraction(b) if j == k else x for j, x in enumerate(r)] for r, b in zip(exact, right, strict=True)]
        assert found == float(determinant(columns) / determinant(exact))
    assert matrices.inverse(matrix)[:, 0].tolist() == matrices.solution(matrix, np.eye(len(matrix))[0]).tolist()


@pytest.mark.parametrize("matrix", SQUARES, ids=len)
def test_eigenvalues_are_zeros_of_the_characteristic_polynomial(matrix):
    found = matrices.eigenvalues(matrix)
    assert np.allclose(np.poly(found), matrices.characteristic_polynomial(matrix), rtol=1e-13, atol=1e-15)
    assert matrices.spectral_radius(matrix) == pytest.approx(max(map(abs, found)), rel=1e-15)
    norm = matrices.spectral_norm(matrix)
    lengths = [np.linalg.norm(matrix @ v) / np.linalg.norm(v) for v in RANDOM.random((1000, len(matrix))) - 0.5]
    assert 0.9 * norm < max(lengths) <= norm * (1 + 1e-14)


def test_products_and_roots():
    a, b = SQUARES[2], SQUARES[2][:, :2]
    exact = np.array(multiplied(exactly(a), exactly(b)), dtype=np.float64)
    assert np.allclose(matrices.product(a, b), exact, rtol=0, atol=4e-16)
    assert matrices.product(a, b)[1, 0] == (a[1, 0] * b[0, 0] + a[1, 1] * b[1, 0]) + a[1, 2] * b[2, 0]
    root = matrices.cholesky(matrices.product(a, a.T))
    assert np.allclose(root @ root.T, a @ a.T, rtol=0, atol=1e-15)
    assert np.array_equal(root, np.tril(root))
    with pytest.raises(ArithmeticError, match="not positive definite"):
        matrices.cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]))


@pytest.mark.parametrize("size", [1, 2, 7, 24])
def test_many_inverses_and_products_at_once(size):
    many = RANDOM.random((5, size, size)) - 0.5
    many[:, 0, 0] = 0.0 if size > 1 else 0.5  # so that rows are exchanged
    found = matrices.inverses(many)
    assert np.allclose(found @ many, np.eye(size), rtol=0, atol=1e-9)
    assert np.allclose(matrices.products(found, many), np.eye(size), rtol=0, atol=1e-9)
    vectors = RANDOM.random((5, size, 1))
    assert np.allclose(matrices.products(many, vectors), many @ vectors, rtol=0, atol=1e-14)


def test_a_matrix_without_inverse_is_told():
    singular = np.ones((2, 3, 3))
    singular[1] = np.eye(3)
    found = matrices.inverses(singular)
    assert not np.isfinite(found[0]).all()
    assert np.array_equal(found[1], np.eye(3))
    assert np.array_equal(singular[0], np.ones((3, 3)))
    with pytest.raises(ZeroDivisionError):
        matrices.inverse(singular[0])
    with pytest.raises(ZeroDivisionError):
        matrices.solution(singular[0], np.ones(3))
