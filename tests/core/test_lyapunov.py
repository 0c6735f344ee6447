"""Spectra against published values and plain loops, where vectors collapse too, and their errors over many seeds."""

from math import log

import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.kernel import orbit_kernel
from attractor.core.lyapunov import kaplan_yorke, pesin, spectra
from attractor.core.system import System
from attractor.core.tangent import tangent


def spectrum(name, parameters, steps, start=None, **options):
    system = SYSTEMS[name]
    start = list(system.canonical.values())[: system.dimension] if start is None else start
    found = [s for s in spectra(system, start, parameters, steps, **options) if s is not None]
    assert [s.first for s in found] == sorted(s.first for s in found)
    return found


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
    matrices = np.array([tangent(system)(*row, *values[size:]) for row in before.tolist()]).reshape(-1, size, size)
    assert found.exponents.sum() == pytest.approx(np.log(np.abs(np.linalg.det(matrices))).mean(), abs=1e-10)


def test_many_points_have_the_bits_of_each_alone_on_any_number_of_threads():
    values = np.column_stack([np.linspace(1, 1.4, 100), np.full(100, 0.3)])
    together = spectrum("henon", values, 500, threads=2)
    together = np.concatenate([s.exponents for s in together])
    alone = [spectrum("henon", row, 500)[0].exponents[0] for row in values[::33]]
    assert together[::33].tolist() == [e.tolist() for e in alone]


def one(name, parameters, steps=10_000, **options):
    (found,) = spectrum(name, parameters, steps, **options)
    return found.exponents[0], found.errors[0]


def mean_logarithm(r, x, transient, steps):
    orbit = np.empty((transient + steps, 1))
    orbit_kernel(SYSTEMS["logistic"])((x,), (r,), 1, orbit)
    before = np.concatenate([[x], orbit[:-1, 0]])[transient:]
    return np.log(np.abs(r * (1 - 2 * before))).mean()


@pytest.mark.parametrize("transient", [1, 7, 1000])
@pytest.mark.parametrize("r", [3.7, 3.9, 3.99])
def test_a_collapse_in_the_transient_is_not_in_what_is_measured_behind_it(r, transient):
    (exponent,), _ = one("logistic", [r], start=[0.5], transient=transient)
    assert exponent == pytest.approx(mean_logarithm(r, 0.5, transient, 10_000), abs=1e-12)


def test_a_collapse_in_what_is_measured_is_infinite():
    assert one("logistic", [3.7], start=[0.5], transient=0)[0] == -np.inf


@pytest.mark.parametrize(("r", "x0"), [(2.0, x) for x in (0.1, 0.3, 0.4999, 0.7, 1e-9)] + [(1 + 5**0.5, 0.3)])
def test_a_superstable_cycle_has_an_infinite_exponent(r, x0):
    (exponent,), (error,) = one("logistic", [r], start=[x0])
    assert exponent == -np.inf
    assert np.isnan(error)


def test_a_cycle_that_contracts_strongly_is_not_superstable():  # the derivative at 1/2 + d is -2 r d
    (exponent,), _ = one("logistic", [2 + 1e-9], start=[0.3])
    assert exponent == pytest.approx(log(1e-9), abs=1e-6)


def test_singular_maps_keep_what_does_not_vanish():
    assert one("lozi", [2.0, 0.0], start=[0.1, 0])[0].tolist() == pytest.approx([log(2), -np.inf])
    assert one("henon", [1.0, 0.0])[0].tolist() == [-np.inf, -np.inf]  # 0 → 1 → 0 is superstable
    duffing, _ = one("duffing", [2.75, 0.0])
    assert duffing.tolist() == pytest.approx([0.786, -np.inf], abs=0.02)  # where the axis is lost that was first


@pytest.mark.parametrize("b", [1e-17, 1e-30, -1e-120])
def test_a_strong_contraction_is_the_mean_logarithm_of_the_determinant(b):
    exponents, _ = one("henon", [1.7, b])
    assert exponents.sum() == pytest.approx(log(abs(b)), rel=1e-12)
    assert exponents[0] == pytest.approx(one("henon", [1.7, 0.0])[0][0], abs=0.02)


def axes(x=0.5, y=0.5, z=0.5, /, a=0.3, b=3, c=2):
    return a * x, b * y % 1, c * z % 1


def test_exponents_descend_where_the_axes_are_invariant():
    system = System(axes, "Axes", "a product of lines")
    found = next(s for s in spectra(system, [0.3, 0.2, 0.1], [0.3, 3.0, 1.5], 1000) if s is not None)
    assert found.exponents[0] == pytest.approx([log(3), log(1.5), log(0.3)], abs=1e-3)
    assert found.entropy[0] == pytest.approx(log(4.5), abs=2e-3)


def four(x=0.1, y=0.2, z=0.3, w=0.4, /, a=1.4, b=0.3):
    return 1 - a * x * x + y, b * x, 1 - a * z * z + w, b * z / 2


def test_four_dimensions():
    system = System(four, "Two maps of Hénon", "side by side")
    (found,) = [s for s in spectra(system, [0.1, 0.2, 0.1, 0.2], [1.2, 0.3], 20_000) if s is not None]
    both = [one("henon", [1.2, b], 20_000, start=[0.1, 0.2])[0] for b in (0.3, 0.15)]
    assert found.exponents[0].sum() == pytest.approx(log(0.3) + log(0.15), abs=1e-9)
    assert found.exponents[0] == pytest.approx(sorted(np.ravel(both), reverse=True), abs=0.02)
    (found,) = [s for s in spectra(system, [0.1, 0.2, 0.1, 0.2], [1.2, 0.0], 1000) if s is not None]
    assert found.exponents[0, 2:].tolist() == [-np.inf, -np.inf]


@pytest.mark.parametrize(
    ("name", "start", "parameters"),
    [
        ("clifford", [-3.9, 1.79e308], [-5e-324, 0.0, 1.797693134862315e308, 1e154]),
        ("lozi", [0.0, 3.9], [1e154, 1e-310]),
        ("lozi", [-28.0, 1.797693134862315e308], [-1.0, 2.2250738585072014e-308]),
    ],
)
def test_a_cycle_at_the_end_of_doubles_range_is_answered(name, start, parameters):
    """Where its derivative is not finite, nothing is superstable, and nothing is warned of."""
    (found,) = spectrum(name, parameters, 50, start=start, transient=0)
    assert found.exponents.shape == (1, 2)


@pytest.mark.promise("No number of an answer comes from the sign of a nan")
@pytest.mark.parametrize(("name", "start"), [("lozi", (1e308, 5.0)), ("gingerbreadman", (-1e308, -1.7e308))])
def test_an_orbit_that_is_no_number_has_no_exponents(name, start):
    """By inf - inf; what stays infinite has the derivative of abs there."""
    parameters = (1.7, -0.5) if name == "lozi" else ()
    out = np.empty((50, 2))
    orbit_kernel(SYSTEMS[name])(start, parameters, 1, out)
    assert np.isnan(out[-1]).all()
    for count in (1, 2):
        for found in spectrum(name, parameters, 301, start=[start] * count):
            assert np.isnan(found.exponents).all()


def test_an_orbit_that_escapes_has_no_exponents():
    (found,) = spectrum("henon", [3.0, 0.3], 1000)
    assert np.isnan(found.exponents).all()
    assert np.isnan(found.errors).all()
    assert np.isnan(found.kaplan_yorke).all()
    assert np.isnan(found.entropy).all()


@pytest.mark.parametrize(
    ("name", "parameters", "truth", "steps"),
    [("henon", [1.4, 0.3], 0.41922, steps) for steps in (20, 100, 1000, 10_000)] + [("logistic", [4.0], log(2), 500)],
)
def test_errors_cover_the_truth_over_many_seeds(name, parameters, truth, steps):
    size = SYSTEMS[name].dimension
    start = np.random.default_rng(1).uniform(0.01, 0.1, (256, size))
    found = spectrum(name, parameters, steps, start=start, transient=200)
    off = np.concatenate([(s.exponents[:, 0] - truth) / s.errors[:, 0] for s in found])
    assert (np.abs(off) < 1).mean() > 0.65
    assert (np.abs(off) < 2).mean() > 0.93
    assert (np.abs(off) < 3).mean() > 0.98


def test_errors_see_that_an_orbit_is_sticky():
    """Orbits that stay near the islands of the standard map: at k = 1 means over 10,000 steps differ by a third."""
    start = np.array([0, 6]) + np.random.default_rng(1).uniform(-0.01, 0.01, (128, 2))
    found = spectrum("standard", [1.0], 10_000, start=start)
    exponents, errors = (np.concatenate([getattr(s, name)[:, 0] for s in found]) for name in ("exponents", "errors"))
    assert np.median(errors) > 0.7 * exponents.std()
    (alone,), (error,) = (values[:1] for values in one("standard", [1.0], start=[0, 6]))
    assert abs(alone - 0.105) < 3 * error


def test_the_zero_of_a_flow_is_within_its_error():
    (found,) = spectrum("lorenz", [10, 28, 8 / 3, 0.001], 100_000, transient=20_000)
    assert 0 < found.errors[0, 1] / 0.001 < 0.1
    assert abs(found.exponents[0, 1]) < 3 * found.errors[0, 1]


def test_pesin():
    assert pesin([[0.5, 0.25, -3], [-1, -2, -np.inf], [np.nan, np.nan, np.nan]]).tolist()[:2] == [0.75, 0]
    assert np.isnan(pesin([np.nan, -1.0]))


def test_kaplan_yorke():
    assert kaplan_yorke([-1, -2]) == 0
    assert kaplan_yorke([1, 0.5]) == 2
    assert kaplan_yorke([0.7, -np.inf]) == 1
    assert kaplan_yorke([0.9, 0, -14.5]) == pytest.approx(2 + 0.9 / 14.5)
    assert np.isnan(kaplan_yorke([0.9, np.nan]))
    assert kaplan_yorke([[0.5, -1], [-1, 0.5], [-1, -2], [0, 0]]).tolist() == [1.5, 1.5, 0, 2]


def test_too_few_steps_are_refused():
    with pytest.raises(ValueError, match="at least"):
        list(spectra(SYSTEMS["henon"], [0, 0], [1.4, 0.3], 5))
