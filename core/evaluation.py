"""The step of a system and its derivatives in CPython, with the bits of its kernels."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType, SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from attractor.core.elementary.values import FUNCTIONS
from attractor.core.matrices import product
from attractor.core.system import Step, System, per_system
from attractor.core.tangent import Tangent, tangent

Floats: TypeAlias = NDArray[np.float64]


@per_system
def step(system: System) -> Step:
    """The plain step over Python's floats; division by zero raises, as Python has it."""
    return over(system.step, FUNCTIONS)


@per_system
def tangent_map(system: System) -> Tangent:
    """The tangent map over Python's floats. Raises ValueError where there is none."""
    return over(tangent(system), FUNCTIONS)


def jacobian_at(system: System, point: Iterable[float], parameters: Iterable[float]) -> Floats:
    """The Jacobian of the map at a point, of shape (dimension, dimension). Raises ArithmeticError at a pole."""
    return np.array(tangent_map(system)(*point, *parameters), dtype=np.float64).reshape(system.dimension, -1)


def derivative_along(system: System, points: Iterable[Sequence[float]], parameters: Sequence[float]) -> Floats:
    """The product of the Jacobians at consecutive points of an orbit: the derivative of as many iterations."""
    found = np.eye(system.dimension)
    for point in points:
        found = product(jacobian_at(system, point, parameters), found)
    return found


def over(function: Step, functions: Mapping[str, Callable[..., Any]]) -> Step:
    """A plain function with `functions` in place of those of `math` of these names, called by name or as math.name."""
    names = dict(function.__globals__)
    for name in set(function.__code__.co_names) & set(names):
        if names[name] is math:
            names[name] = SimpleNamespace(**{**vars(math), **functions})
        elif getattr(names[name], "__module__", "") == "math":
            names[name] = functions.get(names[name].__name__, names[name])
    return FunctionType(function.__code__, names, function.__name__)
