"""The step of a system and its derivatives in CPython, with the bits of its kernels."""

from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from attractor.core.elementary.values import FUNCTIONS
from attractor.core.system import Step, System, per_system
from attractor.core.tangent import Tangent, tangent

Floats: TypeAlias = NDArray[np.float64]


@per_system
def step(system: System) -> Step:
    """The plain step over Python's floats; division by zero raises, as Python has it."""
    return _over(system.step)


@per_system
def tangent_map(system: System) -> Tangent:
    """The tangent map over Python's floats. Raises ValueError where there is none."""
    return _over(tangent(system))


def jacobian_at(system: System, point: Iterable[float], parameters: Iterable[float]) -> Floats:
    """The Jacobian of the map at a point, of shape (dimension, dimension). Raises ArithmeticError at a pole."""
    return np.array(tangent_map(system)(*point, *parameters), dtype=np.float64).reshape(system.dimension, -1)


def derivative_along(system: System, points: Iterable[Sequence[float]], parameters: Sequence[float]) -> Floats:
    """The product of the Jacobians at consecutive points of an orbit: the derivative of as many iterations."""
    product = np.eye(system.dimension)
    for point in points:
        product = jacobian_at(system, point, parameters) @ product
    return product


def _over(function: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """A plain function with those of `core.elementary` in place of those of `math`."""
    names = dict(function.__globals__)
    names |= {name: FUNCTIONS[value] for name, value in names.items() if _is_known(value)}
    return FunctionType(function.__code__, names, function.__name__)


def _is_known(value: object) -> bool:
    return callable(value) and value in FUNCTIONS
