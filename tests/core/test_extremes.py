"""Every kernel at the ends of double's range: no index leaves its array, no number of an answer its range.

Run as `make test-bounds` runs them, kernels check each index; without that a write beside an array goes unseen.
"""

from contextlib import suppress
from math import inf, isfinite, nan, nextafter
from random import Random

import numpy as np
import pytest

from attractor.core.basins import basins, motion
from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.catalogue import SYSTEMS
from attractor.core.continuation import Continuation
from attractor.core.density import Plane, density
from attractor.core.diagram_raster import raster
from attractor.core.ensemble import final_states, orbits
from attractor.core.lyapunov import spectra
from attractor.core.orbit import orbit_blocks
from attractor.core.selection import Selection
from attractor.core.slicing import finish
from tests.checked import CHECKED

MOST = 1.7976931348623157e308
SIZES = 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-20, 0.3, 1.0, 1e6, 1e155, 1e300, MOST / 2, MOST
NUMBERS = 0.0, *SIZES, *(-size for size in SIZES)
ESCAPES = 5e-324, 1e-310, 1.0, 1e6, 1e200, 1.79e308, MOST
ROUNDS = 6


def spread(low, high, count):
    """As a query's range is spread, without a detour past double's range."""
    part = np.linspace(0, 1, count)
    return low * (1 - part) + high * part


def window(random):
    """Two ends: far, near, reversed, or the same."""
    low = random.choice(NUMBERS)
    kind = random.randrange(4)
    if kind == 0:
        return low, random.choice(NUMBERS)
    if kind == 1:
        return low, float(np.clip(nextafter(low, random.choice((-inf, inf))), -MOST, MOST))
    if kind == 2:
        return low, low
    return low, float(np.clip(low * random.choice((0.999, 1.001, 2.0)), -MOST, MOST))


def frame(random):
    """Bounds of a plane, sound or not, also past double's range."""
    low, high = window(random)
    return random.choice([(low, high), (low, high), (-inf, high), (low, inf), (low, nan)])


def given(random, system, some=NUMBERS):
    """Parameters: the usual ones, or some of them extreme."""
    usual = list(system.canonical.values())[system.dimension :]
    return [random.choice(some) if random.random() < 0.4 else value for value in usual]


def starts(random, system, count, some=NUMBERS):
    """Initial conditions, one or two coordinates spread over a window."""
    found = np.array([[random.choice(some)] * count for _ in range(system.dimension)])
    for k in random.sample(range(system.dimension), min(system.dimension, random.randint(1, 2))):
        found[k] = spread(*window(random), count)
    return np.ascontiguousarray(found.T)


def drained(work):
    return [item for item in work if item is not None]


def unless_refused(work):
    """What it gives, or nothing where it raises ValueError, which is a refusal; all else is a fault."""
    with suppress(ValueError):
        return finish(work)


def check_basins(found, start):
    assert found.labels.shape == found.steps.shape == (len(start),)
    assert set(found.labels.tolist()) <= {-1, 0, *(a.label for a in found.attractors)}
    assert all(np.isfinite(a.points).all() for a in found.attractors)


@pytest.fixture
def hasty(monkeypatch):
    """Attractors are told from few steps."""
    monkeypatch.setattr(motion, "EXPONENT_STEPS", 1 << 9)
    monkeypatch.setattr(motion, "WINDOW", 1 << 7)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("name", CHECKED)
def test_basins(name):
    random, system = Random(name), SYSTEMS[name]
    for _ in range(ROUNDS):
        start = starts(random, system, random.choice([1, 2, 65, 200]))
        found = finish(basins(system, start, given(random, system), 64, random.choice(ESCAPES)))
        check_basins(found, start)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("name", "across", "others", "parameters", "escape"),
    [
        ("ikeda", (8.9796199431483e307, 8.9886085517e307), [0.0], None, 1.79e308),
        ("ikeda", (-MOST, MOST), [0.0], (1.0,), MOST),
        ("henon", (-MOST, MOST), [0.0], (0.0, 0.0), MOST),
        ("logistic", (-MOST, MOST), [], (1.0,), MOST),
        ("logistic", (-5e-324, 5e-324), [], (1.0,), MOST),
        ("logistic", (0.0, 5e-324), [], (1.0,), 5e-324),
        ("lorenz", (-MOST, MOST), [1.0, MOST], (1.0, 1.0, 1.0, 0.0), MOST),  # each point is fixed
        ("lorenz", (-1.0, 1.0), [-MOST, MOST], (1.0, 1.0, 1.0, 0.0), MOST),
        ("lorenz", (-5e-324, 5e-324), [5e-324, 0.0], (1.0, 1.0, 1.0, 0.0), MOST),
        ("lorenz", (MOST / 2, MOST), [1e-310, 0.0], (0.0, 0.0, 0.0, 5e-324), MOST),
    ],
)
def test_basins_where_points_stay_far_out(name, across, others, parameters, escape):
    system = SYSTEMS[name]
    start = np.column_stack([spread(*across, 64), *(np.full(64, value) for value in others)])
    for order in (1, -1):
        rows = np.ascontiguousarray(start[:, ::order])
        values = parameters or (1.0,)
        found = finish(basins(system, rows, values, 64, escape))
        check_basins(found, rows)


@pytest.mark.parametrize("name", [name for name in CHECKED if SYSTEMS[name].dimension > 1])
def test_density(name):
    random, system = Random(name), SYSTEMS[name]
    for _ in range(2 * ROUNDS):
        start = starts(random, system, 1)[0]
        bounds = random.choice([None, (*frame(random), *frame(random))])
        size = random.choice([(1, 1), (400, 300), (1, 4000)])
        parameters = given(random, system)
        found = unless_refused(density(system, start, parameters, 200, Plane(system.state[:2], size, bounds), 5))
        if found:
            assert all(map(isfinite, found.bounds))
            assert 0 <= found.counts.sum() <= 200
            assert bounds or found.counts.sum() > 0


@pytest.mark.parametrize("name", [name for name in CHECKED if SYSTEMS[name].parameters])
def test_diagrams(name):
    random, system = Random(name), SYSTEMS[name]
    for _ in range(ROUNDS):
        start, parameters = starts(random, system, 1)[0], given(random, system)
        varied, coordinate = random.choice(system.parameters), random.choice(system.state)
        values = spread(*window(random), random.choice([1, 2, 70, 200]))
        reach = random.choice([None, frame(random)])
        orbits = OrbitDiagram(system, start, parameters, varied, values, coordinate, 10, 5)
        size, onward = random.choice([(1, 1), (400, 300), (2, 4000)]), random.random() < 0.5
        drained(diagram(orbits, Continuation(system, start) if onward else None))
        found = unless_refused(raster(orbits, size, onward, reach))
        if found:
            assert all(map(isfinite, found.bounds))
            assert (found.counts >= 0).all()
            assert found.values.sum() == len(values)
            assert (found.counts.sum(axis=0) <= 10 * found.values).all()


@pytest.mark.parametrize("name", CHECKED)
def test_orbits_and_spectra(name):
    random, system = Random(name), SYSTEMS[name]
    for count in (1, 3, 64, 65):
        start = starts(random, system, count, (*NUMBERS, inf, -inf, nan))
        parameters = given(random, system, (*NUMBERS, inf, -inf, nan))
        (last, *_) = drained(final_states(system, start, parameters, 30))
        kept = np.concatenate([p.values for p in drained(orbits(system, start, parameters, Selection(30)))])
        assert np.array_equal(kept[: len(last), -1], last, equal_nan=True)
        exponents = np.concatenate([s.exponents for s in drained(spectra(system, start, parameters, 40, 3))])
        assert exponents.shape == (count, system.dimension)
        blocks = drained(orbit_blocks(system, tuple(start[0]), tuple(parameters), Selection(30)))
        assert np.array_equal(blocks[-1].rows[-1], last[0], equal_nan=True)
