"""The functions over arrays, for what NumPy has from the C library or from code that it chooses by the CPU."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numba import types
from numpy.typing import ArrayLike, NDArray

from attractor.core.compiling import compiled
from attractor.core.elementary.steps import FULL, MODULES, QUICK

function: Any = None  # in the template: what they are bound to
quick: Any = None

_PART = 512  # values between which doubt is looked for: few hold any, and the calls that settle it cost registers


def each(values, found):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    """The function of each value: quickly in lanes, and again one by one in the parts where that leaves a doubt."""
    for first in range(0, values.shape[0], _PART):
        some, out = values[first : first + _PART], found[first : first + _PART]
        doubtful = 0
        for i in range(some.shape[0]):
            out[i] = quick(some[i])
            doubtful |= out[i] != out[i]
        if doubtful:
            for i in range(some.shape[0]):
                if out[i] != out[i]:
                    out[i] = function(some[i])


@lru_cache(maxsize=16)
def kernel(name: str) -> Any:
    """`kernel(values, found)` fills `found` with the function of each value, both float64 of one dimension."""
    row = types.float64[::1]
    return compiled(each, f"each_{name}", (row, row), *MODULES, function=FULL[name], quick=QUICK[name])


def compile_all() -> None:
    """Compiles the function of each name that `apply` takes, or loads it from the cache on disk."""
    for name in FULL:
        if name != "remainder":
            kernel(name)


def apply(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """The function "sin", "cos", "exp", "log", "tanh" or "atan" of each of `values`, of the same shape."""
    given = np.asarray(values, dtype=np.float64, order="C")
    found = np.empty(given.size)
    kernel(name)(given.reshape(-1), found)
    return found.reshape(given.shape)


def _value(name: str, x: float) -> float:
    return float(apply(name, x))


FUNCTIONS: dict[str, Callable[[float], float]] = {name: partial(_value, name) for name in FULL if name != "remainder"}
"""Those of `math` of these names, correctly rounded; nan where `math` raises."""
