"""`python -m tests.machines.digests NAME …` prints a digest of "functions", or of a system's orbit and ensemble."""

import hashlib
import sys
from pathlib import Path

import numpy as np
from numba import types

from attractor.core.catalogue import SYSTEMS
from attractor.core.compiling import compiled
from attractor.core.elementary.steps import FULL, MODULES
from attractor.core.ensemble import final_states
from attractor.core.kernel import orbit_kernel

HARD = Path(__file__).parents[1] / "core/hard_to_round"
TARGETS = {
    "here": {},
    "haswell": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2"},
    "x86-64": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
}
"""What a process is told to compile for; the last has no fused multiply-add."""

sin, cos, exp, log = (FULL[name] for name in ("sin", "cos", "exp", "log"))
tanh, atan, remainder = (FULL[name] for name in ("tanh", "atan", "remainder"))


def _all(values, found):
    for i in range(values.shape[0]):
        x = values[i]
        found[i, 0], found[i, 1], found[i, 2], found[i, 3] = sin(x), cos(x), exp(x), log(x)
        found[i, 4], found[i, 5], found[i, 6] = tanh(x), atan(x), remainder(x, 6.283185307179586)


def functions():
    """Every function of the hard cases of each, and of random arguments of all sizes."""
    lines = [line for path in sorted(HARD.glob("*.txt")) for line in path.read_text().splitlines()]
    random = np.random.default_rng(24)
    hard = [float.fromhex(line) for line in lines if not line.startswith("#")]
    spread = np.ldexp(random.uniform(-2, 2, 20_000), random.integers(-60, 60, 20_000))
    values = np.array([*hard, *(-x for x in hard), *spread])
    found = np.empty((len(values), 7))
    kernel = compiled(_all, "all", (types.float64[::1], types.float64[:, ::1]), *MODULES, __file__)
    kernel(values, found)
    yield found


def system(name):
    """An orbit, and the ends of some orbits in lanes."""
    of = SYSTEMS[name]
    values = tuple(of.canonical.values())
    state, parameters = values[: of.dimension], values[of.dimension :]
    orbit = np.empty((2000, of.dimension))
    orbit_kernel(of)(state, parameters, 1, orbit)
    yield orbit
    starts = np.array(state) + np.random.default_rng(1).uniform(-0.01, 0.01, (128, of.dimension))
    yield from (some for some in final_states(of, starts, parameters, 500) if some is not None)


def digest(arrays):
    """Of the doubles, any nan as one."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.where(np.isnan(array), np.nan, array).astype("<f8").tobytes())
    return found.hexdigest()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, digest(functions() if name == "functions" else system(name)))
