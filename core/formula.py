"""A system's formula for people, written from the syntax tree of its step function."""

import ast
import unicodedata
from collections.abc import Iterator

from attractor.core.system import System

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega".split()  # noqa: SIM905
)
_OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: (" + ", 1),
    ast.Sub: (" - ", 1),
    ast.Mult: (r" \, ", 2),
    ast.Mod: (r" \bmod ", 2),
}
_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
_ATOM = 3


def plain_text(system: System) -> str:
    """The formula, an equation a line, as in Python, with a prime for the next value: `x' = y + 1 - a * x * x`."""
    return "\n".join(f"{name}{chr(39) * following} = {ast.unparse(value)}" for name, following, value in system.written)


def latex(system: System) -> str:
    """The formula as one LaTeX `aligned` environment, for display mode."""
    lines = (
        f"{_symbol(name)}{chr(39) * following} &= {_expression(value)[0]}" for name, following, value in system.written
    )
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def symbol(name: str) -> str:
    """A name as plain text prints it: `delta_t` is Δt, `theta0`, an initial condition, θ₀."""
    if name.endswith("0"):
        return f"{symbol(name[:-1])}₀"
    if name.startswith("delta_"):
        return f"Δ{symbol(name.removeprefix('delta_'))}"
    if name in _GREEK:
        return unicodedata.lookup(f"greek small letter {name.replace('lambda', 'lamda')}")
    return name


def _symbol(name: str) -> str:
    if name.startswith("delta_"):
        return rf"\Delta {_symbol(name.removeprefix('delta_'))}"
    if name in _GREEK:
        return rf"\{name}"
    return name if len(name) == 1 else rf"\mathrm{{{name}}}"


def _expression(node: ast.expr) -> tuple[str, int]:
    """LaTeX of an expression, and how tightly it binds (sums and signs 1, products 2, atoms 3)."""
    match node:
        case ast.Constant(value=value):
            return str(value), _ATOM
        case ast.Name(id=name):
            return _symbol(name), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_bound(operand, 2)}", 1
        case ast.Call(func=ast.Name(id="abs"), args=[argument]):
            return rf"\left|{_expression(argument)[0]}\right|", _ATOM
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
            return rf"\sqrt{{{_expression(argument)[0]}}}", _ATOM
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            return rf"\{_NAMES.get(function, function)}\left({_expression(argument)[0]}\right)", _ATOM
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_expression(left)[0]}}}{{{_expression(right)[0]}}}", _ATOM
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return f"{_bound(base, _ATOM)}^{{{_expression(exponent)[0]}}}", 2
        case ast.BinOp(op=ast.Mult()):
            text = "".join(_product(list(_factors(node))))
            return text, 1 if text.startswith("-") else 2
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            sign, level = _OPERATORS[type(operator)]
            return f"{_bound(left, level)}{sign}{_bound(right, level + 1)}", level
    raise ValueError(f"no LaTeX for {ast.unparse(node)}")


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    """The factors of a product in the order written; a product in parentheses on the right is one factor."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _factors(left)
            yield right
        case _:
            yield node


def _product(factors: list[ast.expr]) -> Iterator[str]:
    """Factors side by side, a run of the same name as a power."""
    position = 0
    while position < len(factors):
        factor = factors[position]
        power = 1
        while (
            isinstance(factor, ast.Name)
            and position + power < len(factors)
            and ast.dump(factors[position + power]) == ast.dump(factor)
        ):
            power += 1
        leading_sign = position == 0 and isinstance(factor, ast.UnaryOp)
        text = _bound(factor, 1 if leading_sign else 2)
        yield (r" \, " if position else "") + text + (f"^{power}" if power > 1 else "")
        position += power


def _bound(node: ast.expr, level: int) -> str:
    text, binds = _expression(node)
    return text if binds >= level else rf"\left({text}\right)"
