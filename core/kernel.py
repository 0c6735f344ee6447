"""Orbits in double arithmetic: a system's step function, compiled by Numba.

Strict IEEE 754, every operation in the order in which the step is written, so a kernel gives, on every machine, the
bits that the same loop gives in CPython over correctly rounded functions. By design two things differ: division by zero
gives an infinity or nan, and so does sin or cos of an infinity, where CPython raises.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from attractor.core.compiling import compiled, jit
from attractor.core.elementary.steps import full_step, sources
from attractor.core.system import System, per_system

Floats: TypeAlias = tuple[float, ...]
Orbit: TypeAlias = NDArray[np.float64]
OrbitKernel: TypeAlias = Callable[[Floats, Floats, int, Orbit], tuple[Floats, bool]]

step: Any = None  # in a template: the compiled step of the system that the template is bound to


def _orbit(state, parameters, every, out):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    spoiled = 0.0
    for i in range(out.shape[0]):
        for _ in range(every):
            state = step(*state, *parameters)
            for k in range(len(state)):
                spoiled += state[k] - state[k]  # 0 for a finite value, nan for any other
        for k in range(len(state)):
            out[i, k] = state[k]
    return state, spoiled == 0.0


@per_system
def orbit_kernel(system: System) -> OrbitKernel:
    """The kernel that iterates `system`, compiled or loaded from the cache on disk.

    `kernel(state, parameters, every, out)` takes tuples of floats and fills `out`, float64 of shape
    (records, dimension) in any order, with each `every`-th iterate. It returns the last state and whether every value
    of every iterate, kept or not, is finite. It releases the GIL. Raises TypeError when `out` is of another type.
    """
    state, parameters = _floats(system.dimension), _floats(len(system.parameters))
    signature = (state, parameters, types.int64, types.float64[:, :])
    name = f"{system.step.__name__}_orbit"
    kernel: OrbitKernel = compiled(_orbit, name, signature, *sources(system), step=jit(full_step(system)))
    return kernel


def _floats(count: int) -> types.Type:
    return types.UniTuple(types.float64, count)
