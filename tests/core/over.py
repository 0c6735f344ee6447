"""A system's step over another library of functions than `math`."""

import math
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import Any

from attractor.core.system import System


def step_over(system: System, library: Any) -> Callable[..., tuple[Any, ...]]:
    """The step with each function of `math` replaced by the one of that name in `library` (mpmath.mp say)."""
    step = system.step
    used = {name: step.__globals__[name] for name in step.__code__.co_names if name in step.__globals__}
    functions = {
        name: getattr(library, value.__name__)
        for name, value in used.items()
        if isinstance(value, BuiltinFunctionType) and value.__module__ == "math"
    }
    modules = {name: library for name, value in used.items() if value is math}
    return FunctionType(step.__code__, {**step.__globals__, **functions, **modules}, step.__name__)
