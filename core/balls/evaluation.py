"""A system's step over any kind of number: its functions, its pi and its remainders are those of a library.

A coordinate whose next value is a remainder by a constant lies on a circle, where the map is one of the circle: every
next value stays as it is, but for whole turns, when the coordinate goes once around. Only there may a remainder be told
but for whole turns, as `turned` does; elsewhere it is `remainder`, which jumps.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from types import BuiltinFunctionType, ModuleType
from typing import Any

from attractor.core.system import System, per_system


class Unsupported(NotImplementedError):
    """A library lacks a function that the step uses."""


@per_system
def circles(system: System) -> tuple[float | None, ...]:
    """For each coordinate the double nearest to the circumference of the circle on which it lies, None on a line."""
    return tuple(None if turn is None else float(eval(_code(turn), _globals(system))) for turn in _turns(system))  # noqa: S307


def circumferences(system: System, library: Any) -> list[Any]:
    """The circumferences of `circles` as numbers of `library`, whose pi is the exact one."""
    if not any(_turns(system)):
        return [None] * system.dimension
    names = _replacements(system, library)
    return [None if turn is None else eval(_code(turn), names) for turn in _turns(system)]  # noqa: S307


def step_over(system: System, library: Any) -> Callable[..., tuple[Any, ...]]:
    """The step over the numbers of `library`: sin, …, pi, `remainder(a, b)` and `turned(a, b)` are its own, and
    `number(x)` of literals with a decimal point where it has that.

    Raises Unsupported where it lacks one.
    """
    definition = _rewrite(system)
    names = _replacements(system, library)
    if hasattr(library, "number"):
        literals, definition = _Literals(), deepcopy(definition)
        literals.visit(definition)  # in its place
        ast.fix_missing_locations(definition)
        names |= {name: library.number(value) for name, value in literals.found.items()}
    exec(compile(ast.Module([definition], []), f"<{system.name}>", "exec"), names)  # noqa: S102 - the step's own text
    return names[definition.name]  # type: ignore[no-any-return]


class _Literals(ast.NodeTransformer):
    """Puts names in place of literals that are doubles, and of what is computed of literals alone and is one."""

    def __init__(self) -> None:
        self.found: dict[str, float] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        parts = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
        if isinstance(node, ast.expr) and all(isinstance(part, parts) for part in ast.walk(node)):
            value = eval(_code(ast.unparse(node)))  # noqa: S307  # as the compiler of Python does
            if not isinstance(value, float):
                return node
            name = f"_literal_{len(self.found)}"
            self.found[name] = value
            return ast.Name(name, ast.Load())
        return self.generic_visit(node)


def _globals(system: System) -> dict[str, Any]:
    return dict(system.step.__globals__)


def _replacements(system: System, library: Any) -> dict[str, Any]:
    names = _globals(system)
    for name in {node.id for node in ast.walk(system.definition) if isinstance(node, ast.Name)}:
        value = names.get(name)
        if isinstance(value, BuiltinFunctionType) and value.__module__ == "math":
            names[name] = _of(library, value.__name__)
        elif value is math.pi:
            names[name] = library.pi
        elif isinstance(value, ModuleType) and value is math:
            for each in {each.attr for each in ast.walk(system.definition) if isinstance(each, ast.Attribute)}:
                _of(library, each)
            names[name] = library
    return names | {"_library": library, "_remainder": library.remainder, "_turned": library.turned}


def _of(library: Any, name: str) -> Any:
    try:
        return getattr(library, name)
    except AttributeError:
        raise Unsupported(f"{name} is not known to {library!r}") from None


def _code(expression: str) -> Any:
    return compile(expression, "<turn>", "eval")


@per_system
def _turns(system: System) -> tuple[str | None, ...]:
    """The text of each coordinate's circumference."""
    found = [_turn(system, value) for _, is_next, value in system.assignments if is_next]
    names = {name: turn for name, turn in zip(system.state, found, strict=True) if turn}
    return tuple(
        turn if turn and _goes_around(name, turn, names, system, system.assignments) else None
        for name, turn in zip(system.state, found, strict=True)
    )


def _turn(system: System, value: ast.expr) -> str | None:
    """The text of the constant by which a value is a remainder."""
    local = {name: formula for name, is_next, formula in system.assignments if not is_next}
    while isinstance(value, ast.Name) and value.id in local:
        value = local[value.id]
    match value:
        case ast.BinOp(op=ast.Mod(), right=right):
            named = {node.id for node in ast.walk(right) if isinstance(node, ast.Name)}
            if all(_globals(system).get(name) is math.pi for name in named):
                return ast.unparse(right)
    return None


def _goes_around(
    name: str, turn: str, turns: Mapping[str, str], system: System, assignments: Sequence[tuple[str, bool, ast.expr]]
) -> bool:
    """Whether the next state that `assignments` make changes by whole turns at most when `name` grows by `turn`."""
    shifts: dict[str, int | None] = {name: 1}
    for target, is_next, value in assignments:
        shift = _shift(system, value, turn, shifts)
        if is_next:
            if shift is None or (shift and turns.get(target) != turn):
                return False
        else:
            shifts[target] = shift
    return True


def _shift(system: System, node: ast.expr, turn: str, shifts: Mapping[str, int | None]) -> int | None:
    """The turns by which the value of `node` grows where names grow by `shifts` turns; None where that is unknown."""

    def of(part: ast.expr) -> int | None:
        return _shift(system, part, turn, shifts)

    match node:
        case ast.Constant():
            return 0
        case ast.Name(id=name):
            return shifts.get(name, 0)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            shift = of(operand)
            return None if shift is None else -shift
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            first, second = of(left), of(right)
            if first is None or second is None:
                return None
            return first + second if isinstance(sign, ast.Add) else first - second
        case ast.BinOp(left=ast.Constant(value=int(factor)), op=ast.Mult(), right=right):
            shift = of(right)
            return None if shift is None else factor * shift
        case ast.BinOp(left=left, op=ast.Mod(), right=right) if ast.unparse(right) == turn:
            return None if of(left) is None else 0
        case ast.BinOp(left=left, right=right):
            return 0 if of(left) == 0 and of(right) == 0 else None
        case ast.Call(func=function, args=arguments):
            parts = [of(argument) for argument in arguments]
            is_round = ast.unparse(function).rpartition(".")[2] in ("sin", "cos") and _is_full(system, turn)
            return 0 if all(part == 0 or (is_round and part is not None) for part in parts) else None
    return None


def _is_full(system: System, turn: str) -> bool:
    """Whether a turn is exactly 2 pi."""
    match ast.parse(turn, mode="eval").body:
        case ast.BinOp(left=ast.Constant(value=2), op=ast.Mult(), right=ast.Name(id=name)):
            return _globals(system).get(name) is math.pi
    return False


@per_system
def _rewrite(system: System) -> ast.FunctionDef:
    """The step's definition with its remainders as calls and the library's pi, on plain arguments without defaults."""
    turns = {name: turn for name, turn in zip(system.state, _turns(system), strict=True) if turn}
    free: set[int] = set()  # remainders that may be told but for whole turns
    values = list(system.assignments)
    for place, (target, is_next, value) in enumerate(values):
        match value:
            case ast.BinOp(op=ast.Mod(), right=right):
                turn = ast.unparse(right)
                if is_next:
                    if target in turns:
                        free.add(id(value))
                elif _goes_around(target, turn, turns, system, values[place + 1 :]):
                    free.add(id(value))

    inner = {*system.state, *system.parameters, *(name for name, is_next, _ in values if not is_next)}

    class Calls(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            """Pi is asked for at each step: how many digits it has may change in between."""
            if node.id in inner or _globals(system).get(node.id) is not math.pi:
                return node
            return ast.copy_location(ast.Attribute(ast.Name("_library", ast.Load()), "pi", ast.Load()), node)

        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            is_free = id(node) in free
            self.generic_visit(node)
            if not isinstance(node.op, ast.Mod):
                return node
            name = "_turned" if is_free else "_remainder"
            return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], []), node)

    local = [
        ast.Assign([ast.Name(name, ast.Store())], Calls().visit(_copy(value, free)))
        for name, is_next, value in values
        if not is_next
    ]
    following = [Calls().visit(_copy(value, free)) for _, is_next, value in values if is_next]
    names = [ast.arg(name) for name in system.state + system.parameters]
    arguments = ast.arguments(posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[])
    body: list[ast.stmt] = [*local, ast.Return(ast.Tuple(following, ast.Load()))]
    definition = ast.FunctionDef(f"{system.step.__name__}_over", arguments, body, [])
    return ast.fix_missing_locations(definition)


def _copy(node: ast.expr, free: set[int]) -> ast.expr:
    """A deep copy, whose free remainders are in `free` as those of `node` are."""
    copy = ast.parse(ast.unparse(node), mode="eval").body
    for old, new in zip(ast.walk(node), ast.walk(copy), strict=True):
        if id(old) in free:
            free.add(id(new))
    return copy
