"""Spectra against published values, and the Jacobian against central differences."""

from math import log

import mpmath
import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.jacobian import jacobian_over, step_over
from attractor.core.kernel import orbit_kernel
from attractor.core.lyapunov import kaplan_yorke, spectra


def spectrum(name, parameters, steps, start=None, **options):
    system = SYSTEMS[name]
    start = list(system.canonical.values())[: system.dimension] if start is None else start
    found = [s for s in spectra(system, start, parameters, steps, **options) if s is not None]
    assert [s.first for s in found] == sorted(s.first for s in found)
    return found


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_the_jacobian_is_that_of_central_differences(system):
    with mpmath.workdps(50):
        point = [mpmath.mpf(value) + mpmath.mpf("0.1234") for value in system.canonical.values()]
        step, h = step_over(system, mpmath.mp), mpmath.mpf(10) ** -15
        found = jacobian_over(system, "mpmath")(*point)
        for k in range(system.dimension):
            ahead, behind = list(point), list(point)
            ahead[k], behind[k] = point[k] + h, point[k] - h
            column = [(a - b) / (2 * h) for a, b in zip(step(*ahead), step(*behind), strict=True)]
            for i, expected in enumerate(column):
                assert abs(found[i * system.dimension + k] - expected) < 1e-12
    doubles = [float(value) for value in point]
    assert np.allclose(jacobian_over(system, "math")(*doubles), [float(v) for v in found], rtol=1e-12, atol=1e-12)


def test_henon():  # J. C. Sprott, Chaos and Time-Series Analysis, Oxford (2003): 0.41922, -1.62319; D = 1.25827
    (found,) = spectrum("henon", [1.4, 0.3], 1_000_000)
    assert found.exponents[0] == pytest.approx([0.4192, -1.6232], abs=1e-3)
    assert found.exponents[0].sum() == pytest.approx(log(0.3), abs=1e-12)  # the mean of log |det J|
    assert (np.abs(found.exponents[0] - [0.41922, -1.62319]) < 5 * found.errors[0]).all()
    assert found.kaplan_yorke[0] == pytest.approx(1.2583, abs=1e-3)
    assert found.time_step is None


def test_logistic():  # ln 2 at r = 4
    (found,) = spectrum("logistic", [4.0], 200_000)
    assert found.exponents[0, 0] == pytest.approx(log(2), abs=1e-3)


def test_lorenz_per_unit_time():  # Sprott (2003): 0.9056, 0, -14.572 for the flow; the Euler map's error is O(delta_t)
    (found,) = spectrum("lorenz", [10, 28, 8 / 3, 0.001], 1_000_000, transient=20_000)
    assert found.exponents[0] / found.time_step[0] == pytest.approx([0.9056, 0, -14.572], abs=0.08)


def test_the_standard_map_keeps_area():
    (found,) = spectrum("standard", [2.0], 20_000)
    assert found.exponents[0].sum() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", ["lorenz", "chen", "ikeda", "tinkerbell"])
def test_the_sum_is_the_mean_logarithm_of_the_determinant(name):
    system, size = SYSTEMS[name], SYSTEMS[name].dimension
    values = list(system.canonical.values())
    (found,) = spectrum(name, values[size:], 5000, transient=100)
    states = np.empty((5100, size))
    orbit_kernel(system)(tuple(values[:size]), tuple(values[size:]), 1, states)
    before = states[99:-1]  # where each of the 5,000 steps begins
    entries = jacobian_over(system, "numpy")(*before.T, *values[size:])
    matrices = np.stack([np.broadcast_to(entry, len(before)) for entry in entries], axis=-1).reshape(-1, size, size)
    assert found.exponents.sum() == pytest.approx(np.log(np.abs(np.linalg.det(matrices))).mean(), abs=1e-10)


def test_many_points_have_the_bits_of_each_alone_on_any_number_of_threads():
    values = np.column_stack([np.linspace(1, 1.4, 100), np.full(100, 0.3)])
    together = spectrum("henon", values, 500, threads=2)
    together = np.concatenate([s.exponents for s in together])
    alone = [spectrum("henon", row, 500)[0].exponents[0] for row in values[::33]]
    assert together[::33].tolist() == [e.tolist() for e in alone]


def test_a_collapsed_direction_and_an_escape():
    (found,) = spectrum("henon", [1.0, 0.0], 1000)
    assert found.exponents[0, 1] == -np.inf
    (found,) = spectrum("henon", [3.0, 0.3], 1000)
    assert np.isnan(found.exponents).all()
    assert np.isnan(found.kaplan_yorke).all()


def test_kaplan_yorke():
    assert kaplan_yorke([-1, -2]) == 0
    assert kaplan_yorke([1, 0.5]) == 2
    assert kaplan_yorke([0.9, 0, -14.5]) == pytest.approx(2 + 0.9 / 14.5)


def test_too_few_steps_are_refused():
    with pytest.raises(ValueError, match="at least"):
        list(spectra(SYSTEMS["henon"], [0, 0], [1.4, 0.3], 5))
