"""Powers of a step as products, so that x**n is the same in every arithmetic, and no pow() is called.

x**n is binary powering from the highest digit of n on: the square of what there is for each further digit, times x
where that is 1 (D. E. Knuth, The Art of Computer Programming 2, 4.6.3). So x**2 is x * x, x**3 is x * x * x, x**4 the
square of x * x; x**-n is 1 / x**n, and x**0 is 1.
"""

import ast
import linecache
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

MOST = 64
"""The greatest n."""


def write_products(step: Callable[..., tuple[Any, ...]], definition: ast.FunctionDef) -> Callable[..., tuple[Any, ...]]:
    """The plain function of that definition with products in place of powers; itself where it has none.

    Raises ValueError on an exponent that is no whole number written out, from -MOST to MOST.
    """
    if not any(isinstance(node, ast.Pow) for node in ast.walk(definition)):
        return step
    products = _Products({node.id for node in ast.walk(definition) if isinstance(node, ast.Name)})
    changed = deepcopy(definition)
    changed.decorator_list, changed.body = [], []
    for statement in deepcopy(definition.body):
        statement = products.visit(statement)
        changed.body += [*products.lines, statement]
        products.lines.clear()
    text = ast.unparse(ast.fix_missing_locations(changed))
    file = f"<{step.__name__} {sha256(text.encode()).hexdigest()[:16]}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file  # as a module's file would be
    found: dict[str, Any] = {}
    exec(compile(text, file, "exec"), step.__globals__, found)  # noqa: S102  # the step's own text
    function: Callable[..., tuple[Any, ...]] = found[step.__name__]
    return function


class _Products(ast.NodeTransformer):
    """Makes lines that hold what is multiplied more than once."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self.lines: list[ast.stmt] = []

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        exponent = _whole(node.right)
        if exponent == 0:
            return ast.Constant(1)
        base = node.left if isinstance(node.left, ast.Name) else self._hold(node.left)
        found: ast.expr = base
        for digit in bin(abs(exponent))[3:]:
            found = self._hold(found)
            found = ast.BinOp(found, ast.Mult(), found)
            if digit == "1":
                found = ast.BinOp(found, ast.Mult(), base)
        return found if exponent > 0 else ast.BinOp(ast.Constant(1), ast.Div(), found)

    def _hold(self, value: ast.expr) -> ast.expr:
        """The name of a line that holds `value`."""
        if isinstance(value, ast.Name):
            return value
        name = next(name for k in range(len(self._taken) + 1) if (name := f"power_{k}") not in self._taken)
        self._taken.add(name)
        self.lines.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return ast.Name(name, ast.Load())


def _whole(node: ast.expr) -> int:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            exponent = -value
        case ast.Constant(value=int(value)):
            exponent = value
        case _:
            raise ValueError(f"{ast.unparse(node)} is no whole number: powers have exponents from -{MOST} to {MOST}")
    if abs(exponent) > MOST:
        raise ValueError(f"{exponent} is too great: powers have exponents from -{MOST} to {MOST}")
    return exponent
