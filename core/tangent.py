"""A system's tangent map: the derivative of its one step function, written out as another plain function.

Forward differentiation of the step's syntax tree, in which each quotient, function call and local variable is evaluated
once. At a kink the derivative is that of one side: abs has that of its right side at 0 (+1), % that of the branch on
which its quotient lies, min and max that of the argument that they return, a conditional that of its branch.
"""

import ast
import math
from collections.abc import Callable
from typing import Any

from attractor.core.system import System, per_system

Tangent = Callable[..., tuple[float, ...]]

_DERIVATIVES = {
    "sin": "cos({0})",
    "cos": "-sin({0})",
    "tan": "1.0 + {1} * {1}",
    "exp": "{1}",
    "log": "1.0 / {0}",
    "sqrt": "0.5 / {1}",
    "sinh": "cosh({0})",
    "cosh": "sinh({0})",
    "tanh": "1.0 - {1} * {1}",
    "asin": "1.0 / sqrt(1.0 - {0} * {0})",
    "acos": "-1.0 / sqrt(1.0 - {0} * {0})",
    "atan": "1.0 / (1.0 + {0} * {0})",
    # -0.0 + 0.0 is 0.0: the right side. The sign of a nan is the CPU's, or the compiler's, so a nan stays one.
    "abs": "({1} if {1} != {1} else copysign(1.0, {0} + 0.0))",
    "floor": "0.0",
    "ceil": "0.0",
}
"""The derivative of each function by its argument {0}, where its value is {1}."""

Gradient = dict[str, str]
"""The derivative by each coordinate on which a value depends, as the name or number that holds it."""


@per_system
def tangent_source(system: System) -> str:
    """The text of a function (*state, *parameters) to the Jacobian's entries row by row, dimension² numbers.

    Raises ValueError where the step holds what has no derivative here.
    """
    writer = _Writer(system)
    rows = []
    for name, is_next, formula in system.assignments:
        value, gradient = writer.expression(formula)
        if is_next:
            rows += [gradient.get(coordinate, "0.0") for coordinate in system.state]
        else:
            writer.values[name] = value, gradient
    arguments = ", ".join((*system.state, *system.parameters))
    body = "".join(f"\n    {line}" for line in writer.lines)
    return f"def {system.step.__name__}_tangent({arguments}):{body}\n    return ({', '.join(rows)},)"


@per_system
def tangent(system: System) -> Tangent:
    """The tangent map of `system`, plain Python over the functions of `math`, which Numba compiles.

    `tangent(system)(*state, *parameters)` gives the derivatives of the next state (rows) by the state (columns), row by
    row, dimension² numbers. Raises ValueError as `tangent_source` does.
    """
    names: dict[str, Any] = {name: getattr(math, name) for name in _FUNCTIONS}
    names |= {name: value for name, value in system.step.__globals__.items() if isinstance(value, int | float)}
    exec(tangent_source(system), names)  # noqa: S102  # made of the step's own names and numbers
    function: Tangent = names[f"{system.step.__name__}_tangent"]
    return function


_FUNCTIONS = [name for name in _DERIVATIVES if hasattr(math, name)] + ["copysign"]


class _Writer:
    """Writes the lines of a tangent map. Each name that it makes holds one value."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.lines: list[str] = []
        self.values: dict[str, tuple[str, Gradient]] = {name: (name, {name: "1.0"}) for name in system.state}
        self._known: dict[str, str] = {}

    def _hold(self, text: str) -> str:
        """The name of a line that holds the value of `text`, written once."""
        if text.isidentifier() or text.replace(".", "").isdigit():
            return text
        if text not in self._known:
            self._known[text] = f"_{len(self._known)}"
            self.lines.append(f"{self._known[text]} = {text}")
        return self._known[text]

    def expression(self, node: ast.expr) -> tuple[str, Gradient]:
        """The value of an expression and its gradient, each as a name or a number."""
        match node:
            case ast.Constant(value=value):
                return repr(value), {}
            case ast.Name(id=name):
                return self.values.get(name, (name, {}))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value, gradient = self.expression(operand)
                return self._hold(f"-{value}"), {k: self._hold(f"-{d}") for k, d in gradient.items()}
            case ast.BinOp(left=left, op=operator, right=right):
                return self._operation(operator, self.expression(left), self.expression(right))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return self._choice(self._condition(test), self.expression(body), self.expression(otherwise))
            case ast.Call(func=function, args=arguments):
                return self._call(ast.unparse(function).removeprefix("math."), list(map(self.expression, arguments)))
        raise ValueError(f"{self._system.name}: no derivative of {ast.unparse(node)}")

    def _condition(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            raise ValueError(f"{self._system.name}: no derivative where {ast.unparse(node)} decides")
        sides = self.expression(node.left)[0], self.expression(node.comparators[0])[0]
        sign = ast.unparse(ast.Compare(ast.Name("a"), node.ops, [ast.Name("b")]))[2:-2]
        return f"{sides[0]} {sign} {sides[1]}"

    def _choice(self, test: str, one: tuple[str, Gradient], other: tuple[str, Gradient]) -> tuple[str, Gradient]:
        def chosen(a: str, b: str) -> str:
            return a if a == b else self._hold(f"({a} if {test} else {b})")

        names = dict.fromkeys((*one[1], *other[1]))
        return chosen(one[0], other[0]), {k: chosen(one[1].get(k, "0.0"), other[1].get(k, "0.0")) for k in names}

    def _operation(
        self, operator: ast.operator, left: tuple[str, Gradient], right: tuple[str, Gradient]
    ) -> tuple[str, Gradient]:
        (a, of_a), (b, of_b) = left, right
        names = dict.fromkeys((*of_a, *of_b))
        match operator:
            case ast.Add():
                return self._hold(f"{a} + {b}"), {k: self._sum(of_a.get(k), "+", of_b.get(k)) for k in names}
            case ast.Sub():
                return self._hold(f"{a} - {b}"), {k: self._sum(of_a.get(k), "-", of_b.get(k)) for k in names}
            case ast.Mult():
                parts = {k: (self._product(of_a.get(k), b), self._product(of_b.get(k), a)) for k in names}
                return self._hold(f"{a} * {b}"), {k: self._sum(one, "+", other) for k, (one, other) in parts.items()}
            case ast.Div():
                value = self._hold(f"{a} / {b}")
                tops = {k: self._sum(of_a.get(k), "-", self._product(of_b.get(k), value)) for k in names}
                return value, {k: self._hold(f"{top} / {b}") for k, top in tops.items()}
            case ast.Mod():
                value = self._hold(f"{a} % {b}")
                whole = self._hold(f"floor({a} / {b})") if of_b else ""
                return value, {k: self._sum(of_a.get(k), "-", self._product(of_b.get(k), whole)) for k in names}
            case ast.FloorDiv():
                return self._hold(f"{a} // {b}"), {}
        raise ValueError(f"{self._system.name}: no derivative of {ast.unparse(operator)}")

    def _call(self, function: str, arguments: list[tuple[str, Gradient]]) -> tuple[str, Gradient]:
        if function in ("min", "max") and len(arguments) == 2:
            one, other = arguments
            return self._choice(f"{one[0]} {'<' if function == 'min' else '>'} {other[0]}", one, other)
        if function not in _DERIVATIVES or len(arguments) != 1:
            raise ValueError(f"{self._system.name}: no derivative of {function}")
        argument, gradient = arguments[0]
        value = self._hold(f"{function}({argument})")
        if not gradient or _DERIVATIVES[function] == "0.0":
            return value, {}
        factor = _DERIVATIVES[function].format(argument, value)
        if "(" in factor[1:]:  # the call by itself, so that a function is called once for each argument
            call = factor.removeprefix("-") if factor.startswith("-") and "/" not in factor else factor
            factor = factor.replace(call, self._hold(call))
        factor = self._hold(factor)
        return value, {k: self._hold(f"{factor} * {d}") if d != "1.0" else factor for k, d in gradient.items()}

    def _product(self, derivative: str | None, factor: str) -> str | None:
        if derivative is None or derivative == "1.0":
            return derivative and factor
        return self._hold(f"{derivative} * {factor}")

    def _sum(self, one: str | None, sign: str, other: str | None) -> str:
        if one is None or other is None:
            alone = one or other or "0.0"
            return alone if sign == "+" or one is not None else self._hold(f"-{alone}")
        return self._hold(f"{one} {sign} {other}")
