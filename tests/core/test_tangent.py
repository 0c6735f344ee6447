"""The tangent map against central differences of the step in many digits, and at kinks the side that is declared."""

import math

import mpmath
import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.system import System
from attractor.core.tangent import tangent
from tests.core.over import step_over


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_it_is_that_of_central_differences(system):
    with mpmath.workdps(50):
        point = [mpmath.mpf(value) + mpmath.mpf("0.1234") for value in system.canonical.values()]
        step, h = step_over(system, mpmath.mp), mpmath.mpf(10) ** -15
        found = tangent(system)(*map(float, point))
        for k in range(system.dimension):
            ahead, behind = list(point), list(point)
            ahead[k], behind[k] = point[k] + h, point[k] - h
            column = [(a - b) / (2 * h) for a, b in zip(step(*ahead), step(*behind), strict=True)]
            assert np.allclose(found[k :: system.dimension], list(map(float, column)), rtol=1e-12, atol=1e-12)


def mixed(x=0.3, y=0.7, /, a=2):
    t = math.exp(x / y) * math.tanh(y) + math.sqrt(1 + x * x)
    s = t if x < y else -t * y
    return min(s, 3 * x) + math.atan(x) - math.cos(y) / (x + a), max(x, y) * math.log(2 + x * x) % a


def test_every_function_has_its_derivative():
    system, h = System(mixed, "Mixed", "here"), 1e-6
    for x, y in ((0.3, 0.7), (0.9, 0.2), (-0.4, 1.3)):
        found = np.array(tangent(system)(x, y, 2.0)).reshape(2, 2)
        expected = np.column_stack(
            [
                np.subtract(mixed(x + h, y, 2.0), mixed(x - h, y, 2.0)) / (2 * h),
                np.subtract(mixed(x, y + h, 2.0), mixed(x, y - h, 2.0)) / (2 * h),
            ]
        )
        assert np.allclose(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_at_its_kink_abs_has_the_derivative_of_its_right_side(zero):
    assert tangent(SYSTEMS["gingerbreadman"])(zero, 1.0) == (1, -1, 1, 0)
    assert tangent(SYSTEMS["lozi"])(zero, 1.0, 1.7, 0.5)[0] == -1.7


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_nan_gives_no_number_that_its_sign_decides(system):
    """Its sign is the CPU's, and the order's in which a compiler has two of them added."""
    values = list(system.canonical.values())
    for k in range(system.dimension):
        ends = [(*values[:k], math.copysign(math.nan, sign), *values[k + 1 :]) for sign in (1, -1)]
        for function in (tangent(system), system.step):
            one, other = (repr(function(*end)) for end in ends)
            assert one == other


def test_what_has_no_derivative_is_named():
    def strange(x=0.5, /):
        return (math.gamma(x),)

    with pytest.raises(ValueError, match="strange: no derivative of gamma"):
        tangent(System(strange, "Strange", "here"))
