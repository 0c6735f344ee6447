"""A system's Jacobian, derived by sympy from its one step function, and evaluated on any number type.

At a kink the derivative of abs is that of one side, and that of % is that of the branch, as everywhere else.
"""

import math
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from attractor.core.system import System, per_system


def step_over(system: System, library: Any) -> Callable[..., tuple[Any, ...]]:
    """The step with each function of `math` replaced by the one of that name in `library` (numpy, sympy, mpmath.mp)."""
    step = system.step
    used = {name: step.__globals__[name] for name in step.__code__.co_names if name in step.__globals__}
    functions = {
        name: getattr(library, value.__name__)
        for name, value in used.items()
        if isinstance(value, BuiltinFunctionType) and value.__module__ == "math"
    }
    modules = {name: library for name, value in used.items() if value is math}
    return FunctionType(step.__code__, {**step.__globals__, **functions, **modules}, step.__name__)


@per_system
def symbols(system: System) -> tuple[Any, ...]:
    """Real sympy symbols of the state's coordinates, then of the parameters."""
    import sympy  # takes most of a second, so only where it is needed

    return tuple(sympy.Symbol(name, real=True) for name in system.state + system.parameters)


@per_system
def image(system: System) -> Any:
    """The next state as a sympy column, in `symbols(system)`; a constant like pi is the double that the step uses."""
    import sympy

    class Whole(sympy.Function):  # type: ignore[misc]
        """floor, whose derivative is 0 wherever it has one."""

        def fdiff(self, argindex: int = 1) -> Any:  # noqa: ARG002
            return sympy.Integer(0)

    following = step_over(system, sympy)(*symbols(system))
    return sympy.Matrix(
        [sympy.sympify(value).replace(sympy.Mod, lambda a, b: a - b * Whole(a / b)) for value in following]
    )


@per_system
def jacobian(system: System) -> Any:
    """The matrix of derivatives of the next state (rows) by the state (columns), in `symbols(system)`."""
    return image(system).jacobian(symbols(system)[: system.dimension])


@per_system
def jacobian_over(system: System, library: str) -> Callable[..., tuple[Any, ...]]:
    """A plain function (*state, *parameters) to the Jacobian's entries row by row, a tuple of dimension² numbers.

    `library` ("math", "numpy", "mpmath") gives it the functions that it calls; over "math" Numba compiles it.
    """
    import sympy

    names = {"Whole": "floor"}
    function = sympy.lambdify(
        symbols(system), tuple(jacobian(system)), modules=[_with_floor(library, names), library], cse=True
    )
    function.__name__ = f"{system.step.__name__}_jacobian"
    return function  # type: ignore[no-any-return]


def _with_floor(library: str, names: dict[str, str]) -> dict[str, Any]:
    module: ModuleType = __import__(library)
    return {ours: getattr(module, theirs) for ours, theirs in names.items()}
