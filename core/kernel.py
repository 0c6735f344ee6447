"""Orbits in double arithmetic: a system's step function, compiled by Numba.

Strict IEEE 754: no fastmath, no fused contraction, every operation in the order in which the step is
written, so a kernel gives the bits that the same loop gives in CPython on the same machine. By design two
things differ: division by zero gives an infinity or nan, and so does sin or cos of an infinity, where
CPython raises.
"""

import logging
import sys
from collections.abc import Callable
from functools import cache, partial
from types import FunctionType
from typing import Any, TypeAlias

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from core import kernel_cache
from core.system import System

Floats: TypeAlias = tuple[float, ...]
Orbit: TypeAlias = NDArray[np.float64]
OrbitKernel: TypeAlias = Callable[[Floats, Floats, Orbit], tuple[Floats, bool]]

_compile: Any = partial(numba.njit, error_model="numpy", fastmath=False, nogil=True)

step: Any = None  # in a template: the compiled step of the system that the template is bound to


def _orbit(state, parameters, out):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    spoiled = 0.0
    for i in range(out.shape[0]):
        state = step(*state, *parameters)
        for k in range(len(state)):
            out[i, k] = state[k]
            spoiled += state[k] - state[k]  # 0 for a finite value, nan for any other
    return state, spoiled == 0.0


@cache
def orbit_kernel(system: System) -> OrbitKernel:
    """The kernel that iterates `system`, compiled or loaded from the cache on disk.

    `kernel(state, parameters, out)` takes tuples of floats, fills `out`, float64 of shape (steps, dimension) in
    C order, with the iterates 1 … steps, and returns the last state and whether every value is finite.
    It releases the GIL. Raises TypeError when `out` is of another type.
    """
    state, parameters = _floats(system.dimension), _floats(len(system.parameters))
    kernel: OrbitKernel = _compiled(_orbit, system, (state, parameters, types.float64[:, ::1]))
    return kernel


def left_range_at(orbit: Orbit) -> int | None:
    """The 1-based index of the first row with a value that is not finite, or None."""
    finite = np.isfinite(orbit).all(axis=1)
    return None if finite.all() else int(finite.argmin()) + 1


def _floats(count: int) -> types.Type:
    return types.UniTuple(types.float64, count)  # type: ignore[no-untyped-call]


def _compiled(template: Callable[..., Any], system: System, signature: tuple[Any, ...]) -> Any:
    name = f"{system.step.__name__}{template.__name__}"
    bindings = {"__name__": __name__, "step": _compile(system.step)}
    function = FunctionType(template.__code__, bindings, name)
    function.__qualname__ = name
    kernel_cache.stamp(function, system.step, sys.modules[__name__])
    dispatcher = _compile(function, cache=True)
    try:
        dispatcher.compile(signature)
    except OSError as error:
        logging.getLogger(__name__).warning("kernel %s is compiled but not cached: %s", name, error)
        dispatcher = _compile(function)
        dispatcher.compile(signature)
    dispatcher.disable_compile()
    return dispatcher
