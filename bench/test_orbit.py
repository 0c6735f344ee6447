"""One stored orbit: the kernel against C, the CPython loop and decimal; the table gives the ratios in parentheses."""

from decimal import Decimal

import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.decimals import decimal_orbit
from attractor.core.kernel import orbit_kernel
from bench.c_orbit import NoCompiler, c_orbit

INPUTS = {
    "lorenz": ((1.0, 1.0, 1.0), (10.0, 28.0, 8 / 3, 0.01)),
    "modified-lorenz": ((1.0, 2.0, 3.0), (4.0, 5.0, 1.0, 0.01)),  # stays finite
}
STEPS = 100_000

pytestmark = pytest.mark.parametrize("name", INPUTS)


@pytest.fixture(autouse=True)
def group(name, benchmark):
    benchmark.group = f"{name}, {STEPS} steps"


def test_kernel(benchmark, name):
    out = np.empty((STEPS, 3))
    benchmark(orbit_kernel(SYSTEMS[name]), *INPUTS[name], 1, out)


def test_c(benchmark, name):
    out, expected = np.empty((STEPS, 3)), np.empty((STEPS, 3))
    try:
        loop = c_orbit(SYSTEMS[name])
    except NoCompiler as missing:
        pytest.skip(str(missing))
    benchmark(loop, *INPUTS[name], out)
    orbit_kernel(SYSTEMS[name])(*INPUTS[name], 1, expected)
    assert np.array_equal(out, expected)


def test_cpython(benchmark, name):
    step = SYSTEMS[name].step

    def loop(state, parameters):
        out = []
        for _ in range(STEPS):
            state = step(*state, *parameters)
            out.append(state)
        return out

    benchmark.pedantic(loop, INPUTS[name], rounds=5)


def test_decimal(benchmark, name):
    exact = [tuple(map(Decimal, map(str, values))) for values in INPUTS[name]]
    benchmark.pedantic(decimal_orbit, (SYSTEMS[name], *exact, STEPS), rounds=3)
