"""Pictures: an orbit diagram as PNG beside its iteration alone, its counting alone and its drawing alone; a density."""

import subprocess
import sys

import numpy as np
import pytest

from attractor.api.pictures import charts
from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.catalogue import SYSTEMS
from attractor.core.density import Plane, density
from attractor.core.diagram_raster import raster
from attractor.core.slicing import finish

SIZE = 800, 600
CELLS = charts.raster_size(SIZE)
SWEEP = OrbitDiagram(SYSTEMS["logistic"], [0.2], [0.0], "r", np.linspace(2.5, 4, 4000), "x", 1000)
GROUP = "orbit diagram of logistic, 4,000 values x (1,000 + 1,000), 800 x 600 pixels"


def draw(found):
    return charts.orbit_diagram(
        found.counts, found.values, charts.Plane(found.bounds, ("r", "x")), charts.Style("logistic", SIZE)
    )


@pytest.mark.benchmark(group=GROUP)
def test_iteration_alone(benchmark):
    benchmark(lambda: list(diagram(SWEEP)))


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.parametrize("reach", [None, (0.0, 1.0)], ids=["reach found", "reach given"])
@pytest.mark.parametrize("threads", [1, 2])
def test_counting(benchmark, reach, threads):
    benchmark(lambda: finish(raster(SWEEP, CELLS, reach=reach, threads=threads)))


@pytest.mark.benchmark(group=GROUP)
def test_drawing_alone(benchmark):
    found = finish(raster(SWEEP, CELLS))
    benchmark(lambda: draw(found))


@pytest.mark.benchmark(group=GROUP)
def test_whole(benchmark):
    benchmark(lambda: draw(finish(raster(SWEEP, CELLS))))


@pytest.mark.benchmark(group="matplotlib imported, in a new interpreter")
@pytest.mark.parametrize("module", ["numpy", "attractor.api.pictures.canvas"])
def test_import(benchmark, module):
    command = [sys.executable, "-c", f"import {module}"]
    benchmark.pedantic(lambda: subprocess.run(command, check=True), rounds=5)


@pytest.mark.benchmark(group="density of clifford, 50,000,000 points, 800 x 600 cells")
@pytest.mark.parametrize("bounds", [None, (-2.1, 2.1, -2.1, 2.1)], ids=["bounds found", "bounds given"])
def test_density(benchmark, bounds):
    arguments = SYSTEMS["clifford"], [0.1, 0.1], [-1.4, 1.6, 1.0, 0.7], 50_000_000
    benchmark.pedantic(lambda: finish(density(*arguments, Plane(("x", "y"), (800, 600), bounds))), rounds=2)
