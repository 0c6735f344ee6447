"""The horizon against an independent computation by mpmath, and against the exponent that governs it."""

import itertools
import math
import tracemalloc
from decimal import Decimal
from math import log, pi, sin

import mpmath
import numpy as np
import pytest

from attractor.core.balls.orbit import ExactOrbit, NotResolved
from attractor.core.catalogue import SYSTEMS
from attractor.core.horizon import horizon
from attractor.core.kernel import orbit_kernel
from attractor.core.slicing import finish
from attractor.core.system import System


def whole(name, state, parameters, *arguments, **options):
    values = [[Decimal(v) for v in row.split()] for row in (state, parameters)]
    return finish(horizon(SYSTEMS[name], *values, *arguments, **options))


def test_it_agrees_with_mpmath():
    found = whole("henon", "0.1 0.2", "1.4 0.3", 120)
    double = np.empty((120, 2))
    orbit_kernel(SYSTEMS["henon"])((0.1, 0.2), (1.4, 0.3), 1, double)
    with mpmath.workdps(200):
        x, y, a, b = map(mpmath.mpf, ("0.1", "0.2", "1.4", "0.3"))
        for n, row in enumerate(double.tolist()):
            x, y = 1 - a * x**2 + y, b * x
            error = max(abs(row[0] - x), abs(row[1] - y)) / max(abs(x), abs(y))
            expected = 17 if not error else min(max(-mpmath.log10(error), 0), 17)
            assert found.digits[n] == pytest.approx(float(expected), abs=1e-9)


def test_digits_are_lost_at_the_rate_of_the_exponent():  # ln 2 a step at r = 4, so log10 2 digits
    found = [whole("logistic", str(x), "4", 60) for x in (0.1, 0.23, 0.3, 0.37, 0.41, 0.61, 0.83)]
    slopes = [np.polyfit(h.steps[2:44], h.digits[2:44], 1)[0] for h in found]
    assert np.mean(slopes) == pytest.approx(-log(2) / log(10), rel=0.1)
    assert all(45 <= h.reached <= 60 for h in found)


@pytest.mark.parametrize("orbit", [("logistic", "0.2", "3.9"), ("standard", "1 1", "7")])
def test_every_and_the_least_number_of_digits(orbit):
    each, tenth = (whole(*orbit, 100, every, least=3) for every in (1, 10))
    assert tenth.steps == tuple(range(10, 101, 10))
    assert tenth.digits.tolist() == each.digits[9::10].tolist()
    assert each.digits[each.reached - 1] < 3 <= each.digits[: each.reached - 1].min()


def test_an_orbit_that_stays_exact_has_no_horizon():
    assert whole("henon", "0 0", "0 0", 50).reached is None


def test_what_cannot_be_answered_is_said():
    with pytest.raises(NotResolved):
        whole("logistic", "0.2", "4", 1000, most_bits=500)


def test_what_is_compared_seldom_is_not_run_through_again_and_again(monkeypatch):
    taken, advance = [], ExactOrbit.advance
    monkeypatch.setattr(ExactOrbit, "advance", lambda orbit: taken.append(1) or advance(orbit))
    assert whole("henon", "0.1 0.2", "1.4 0.3", 2_000, 2_000).steps == (2_000,)
    assert len(taken) < 2 * 2_000  # a pilot, and all steps once


def test_functions_that_decimal_lacks_are_evaluated_too():
    found = whole("thomas", "1 0 0", "0.2 0.05", 60)
    double = np.empty((60, 3))
    orbit_kernel(SYSTEMS["thomas"])((1.0, 0.0, 0.0), (0.2, 0.05), 1, double)
    with mpmath.workdps(120):
        x, y, z, b, h = map(mpmath.mpf, ("1", "0", "0", "0.2", "0.05"))
        for n, row in enumerate(double.tolist()):
            sine = [mpmath.sin(v) for v in (y, z, x)]
            x, y, z = (v + (s - b * v) * h for v, s in zip((x, y, z), sine, strict=True))
            error = max(abs(r - v) for r, v in zip(row, (x, y, z), strict=True)) / max(map(abs, (x, y, z)))
            expected = 17 if not error else min(max(-mpmath.log10(error), 0), 17)
            assert found.digits[n] == pytest.approx(float(expected), abs=1e-9)
    assert found.reached is None
    assert 30 < whole("standard", "1 1", "5", 70).reached < 70  # about 0.4 digits a step: ln(5 / 2) / ln 10


def sine(x=0.3, /, r=0.9):
    return (r * sin(pi * x),)


def sine_by_module(x=0.3, /, r=0.9):
    return (r * math.sin(math.pi * x),)


@pytest.mark.parametrize("step", [sine, sine_by_module])
def test_pi_in_a_step_has_all_the_digits_that_are_needed(step):
    found = finish(horizon(System(step, "Sine", "here"), [Decimal("0.3")], [Decimal("0.95")], 80))
    double = np.empty((80, 1))
    orbit_kernel(System(step, "Sine", "here"))((0.3,), (0.95,), 1, double)
    with mpmath.workdps(120):
        x, r = mpmath.mpf("0.3"), mpmath.mpf("0.95")
        for n, (row,) in enumerate(double.tolist()):
            x = r * mpmath.sin(mpmath.pi * x)
            error = abs(row - x) / x
            expected = 17 if not error else min(max(-mpmath.log10(error), 0), 17)
            assert found.digits[n] == pytest.approx(float(expected), abs=1e-9)


def test_no_orbit_of_decimals_is_held():
    values = [Decimal("0.3")], [Decimal("3.2")]
    finish(horizon(SYSTEMS["logistic"], *values, 10))
    tracemalloc.start()
    finish(horizon(SYSTEMS["logistic"], *values, 1500))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1500 * 200  # bytes: a decimal alone has more than 100


@pytest.mark.parametrize("orbit", [("logistic", "0.3", "3.2"), ("thomas", "1 0 0", "0.2 0.05")])
def test_it_pauses_whatever_it_does(orbit, monkeypatch):
    """On a clock that goes on by 1 ms each time that it is looked at there is a pause for every few looks."""
    now = 0.0

    def clock():
        nonlocal now
        now += 1e-3
        return now

    monkeypatch.setattr("attractor.core.slicing.perf_counter", clock)
    values = [[Decimal(v) for v in row.split()] for row in orbit[1:]]
    longest, before = 0.0, now
    for _ in horizon(SYSTEMS[orbit[0]], *values, 100):
        longest, before = max(longest, now - before), now
    assert 0 < longest < 0.012
    assert now > 0.1


def test_it_pauses_between_precisions_that_resolve_nothing(monkeypatch):
    """On a clock that goes on by 6 ms each time that it is looked at; the exact x is 0, the double nearly."""
    now = itertools.count(step=6e-3)
    monkeypatch.setattr("attractor.core.slicing.perf_counter", lambda: next(now))
    values = [[Decimal(value) for value in text.split()] for text in ("0.5 -0.65", "1.4 0.3")]
    pauses: list[None] = []
    with pytest.raises(NotResolved):
        pauses.extend(horizon(SYSTEMS["henon"], *values, 1, most_bits=20_000))
    assert len(pauses) >= 6
