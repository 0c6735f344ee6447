"""A system's step and its tangent map over the functions of this package, in place of those of `math` and of %.

In vector lanes a quick form stands for each function: nan where it does not decide. Everything that a step computes
from a nan is nan, unless it compares or chooses; a step that does has no quick form.
"""

import ast
import sys
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, ModuleType
from typing import Any, TypeAlias

from attractor.core.elementary import (
    arctangent,
    arithmetic,
    exponential,
    fixed_point,
    logarithm,
    remainder,
    tables,
    trigonometric,
)
from attractor.core.system import System, per_system
from attractor.core.tangent import tangent, tangent_source

Function: TypeAlias = Callable[..., tuple[float, ...]]

FULL: dict[str, Any] = {
    "sin": trigonometric.sin,
    "cos": trigonometric.cos,
    "exp": exponential.exp,
    "log": logarithm.log,
    "tanh": exponential.tanh,
    "atan": arctangent.atan,
    "remainder": remainder.remainder,
}
QUICK: dict[str, Any] = {
    "sin": trigonometric.quick_sin,
    "cos": trigonometric.quick_cos,
    "exp": exponential.quick_exp,
    "log": logarithm.quick_log,
    "tanh": exponential.quick_tanh,
    "atan": arctangent.quick_atan,
    "remainder": remainder.quick_remainder,
}
EXACT = frozenset(("sqrt", "floor", "ceil", "fabs", "copysign"))
"""Functions of `math` that IEEE 754 defines to the last bit."""

MODULES: tuple[ModuleType, ...] = (
    *(sys.modules[__name__], arithmetic, fixed_point, tables),
    *(exponential, logarithm, trigonometric, arctangent, remainder),
)
"""What kernels over these functions are made from."""


@per_system
def uses_functions(system: System) -> bool:
    """Whether the step holds a function of this package."""
    if not any(isinstance(node, ast.Call | ast.Mod) for node in ast.walk(system.definition)):
        return False
    return ast.dump(_step(system, FULL)) != ast.dump(_step(system, {}))


def sources(system: System) -> tuple[Callable[..., Any] | ModuleType, ...]:
    """What a kernel of the step is made from."""
    return (system.step, *MODULES) if uses_functions(system) else (system.step,)


@per_system
def full_step(system: System) -> Function:
    """The step, correctly rounded function by function. Raises ValueError where one is not known here."""
    return _function(_step(system, FULL), system.step.__globals__, FULL) if uses_functions(system) else system.step


@per_system
def quick_step(system: System) -> Function | None:
    """The step of quick forms; None where it needs none or has none."""
    if not uses_functions(system) or _chooses(system.definition):
        return None
    return _function(_step(system, QUICK), system.step.__globals__, QUICK)


@per_system
def full_tangent(system: System) -> Function:
    """The tangent map, correctly rounded function by function."""
    return _tangent(system, FULL)


@per_system
def quick_tangent(system: System) -> Function | None:
    """The tangent map of quick forms; None where the step has none, or it chooses."""
    if quick_step(system) is None or _chooses(ast.parse(tangent_source(system))):
        return None
    return _tangent(system, QUICK)


def _tangent(system: System, functions: Mapping[str, Any]) -> Function:
    names = tangent(system).__globals__
    definition = _defined(tangent_source(system))
    return _function(_Rewriting(system, names, functions).visit(definition), names, functions)


def _step(system: System, functions: Mapping[str, Any]) -> ast.FunctionDef:
    """The step's definition, of plain arguments without defaults, over `functions`; as it is where there are none."""
    definition = _defined(ast.unparse(system.definition))
    definition.decorator_list = []
    arguments = [ast.arg(name) for name in system.state + system.parameters]
    definition.args = ast.arguments(posonlyargs=[], args=arguments, kwonlyargs=[], kw_defaults=[], defaults=[])
    if functions:
        definition = _Rewriting(system, system.step.__globals__, functions).visit(definition)
    return ast.fix_missing_locations(definition)


def _defined(text: str) -> ast.FunctionDef:
    (definition,) = ast.parse(text).body
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError("a step is a plain function")
    return definition


def _function(definition: ast.FunctionDef, names: Mapping[str, Any], functions: Mapping[str, Any]) -> Function:
    found = {**names, **{f"_{name}": function for name, function in functions.items()}}
    text = ast.unparse(ast.fix_missing_locations(definition))
    exec(text, found)  # noqa: S102  # the step's own text
    function: Function = found[definition.name]
    return function


def _chooses(definition: ast.AST) -> bool:
    """Whether anything that is computed from a nan may be a number."""
    named = {ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(definition) if isinstance(node, ast.Call)}
    choosing = any(isinstance(node, ast.Compare | ast.IfExp | ast.BoolOp) for node in ast.walk(definition))
    return choosing or bool(named & {"min", "max", "copysign", "floor", "ceil"})


class _Rewriting(ast.NodeTransformer):
    """Puts `functions` in place of those of `math`, and of %."""

    def __init__(self, system: System, names: Mapping[str, Any], functions: Mapping[str, Any]) -> None:
        self._system, self._names, self._functions = system, names, functions

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        text = ast.unparse(node.func)
        try:
            value = eval(text, dict(self._names))  # noqa: S307  # a name of the step
        except (NameError, AttributeError):
            return node
        if not isinstance(value, BuiltinFunctionType) or value.__module__ != "math" or value.__name__ in EXACT:
            return node
        if value.__name__ not in self._functions:
            known = ", ".join(sorted({*self._functions, *EXACT} - {"remainder"}))
            raise ValueError(f"{self._system.name}: {value.__name__} is not correctly rounded; {known} are")
        return ast.Call(ast.Name(f"_{value.__name__}", ast.Load()), node.args, [])

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Mod):
            return node
        return ast.Call(ast.Name("_remainder", ast.Load()), [node.left, node.right], [])
