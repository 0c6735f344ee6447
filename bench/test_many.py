"""Many orbits and what they mean: ensembles against blocked, vectorised C; spectra, diagrams and densities."""

import numpy as np
import pytest

from attractor.core import lanes
from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.catalogue import SYSTEMS
from attractor.core.continuation import Continuation
from attractor.core.density import Plane, density
from attractor.core.ensemble import final_states
from attractor.core.lyapunov import spectra
from attractor.core.slicing import finish
from bench.c_orbit import NoCompiler, c_ensemble

LORENZ, PARAMETERS = SYSTEMS["lorenz"], np.array([10, 28, 8 / 3, 0.01])
ORBITS, STEPS = 4096, 2000
START = 1 + np.random.default_rng(1).uniform(0, 0.1, (ORBITS, 3))


def drain(results):
    return [result for result in results if result is not None]


@pytest.mark.benchmark(group=f"ensemble: {ORBITS} lorenz orbits, {STEPS} steps")
@pytest.mark.parametrize("threads", [1, 2])
def test_ensemble(benchmark, threads):
    benchmark(lambda: drain(final_states(LORENZ, START, PARAMETERS, STEPS, threads)))


@pytest.mark.benchmark(group=f"ensemble: {ORBITS} lorenz orbits, {STEPS} steps")
@pytest.mark.parametrize("width", [16, 32, 64])
def test_c(benchmark, width):
    try:
        loop = c_ensemble(LORENZ, width)
    except NoCompiler as missing:
        pytest.skip(str(missing))
    rows = lanes.points(LORENZ, START, PARAMETERS)

    def run():
        packed = lanes.blocks(rows, lanes=width)
        loop(packed, STEPS)
        return lanes.unblocked(packed, ORBITS, 0, 3, width)

    found = benchmark(run)
    assert np.array_equal(found, np.concatenate(drain(final_states(LORENZ, START, PARAMETERS, STEPS))))


@pytest.mark.benchmark(group="Lyapunov spectrum of henon: 1,000,000 steps in all")
@pytest.mark.parametrize("points", [1, 100])
def test_spectrum(benchmark, points):
    start = np.full((points, 2), 0.1)
    steps = 1_000_000 // points
    benchmark(lambda: drain(spectra(SYSTEMS["henon"], start, [1.4, 0.3], steps, transient=0)))


@pytest.mark.benchmark(group="orbit diagram of logistic: 4,000 values x (1,000 + 1,000)")
@pytest.mark.parametrize("continuation", [False, True])
def test_diagram(benchmark, continuation):
    values = np.linspace(2.5, 4, 4000)
    orbits = OrbitDiagram(SYSTEMS["logistic"], [0.2], [0.0], "r", values, "x", 1000, 1000)
    carried = (lambda: Continuation(*orbits[:2])) if continuation else lambda: None
    benchmark(lambda: drain(diagram(orbits, carried())))


@pytest.mark.benchmark(group="density of clifford: 5,000,000 points, two passes")
def test_density(benchmark):
    system = SYSTEMS["clifford"]
    arguments = system, [0.1, 0.1], [-1.4, 1.6, 1.0, 0.7], 5_000_000, Plane(("x", "y"))
    benchmark.pedantic(lambda: finish(density(*arguments)), rounds=3)
