"""The declaration of a system: one plain step function and the facts that no code can tell.

Everything else about a system (names, dimension, formula, whether fractions can evaluate it)
is read off the step function here, so that a system is declared once.
"""

import ast
import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from functools import cached_property, lru_cache
from typing import Any

from attractor.core.powers import write_products

Step = Callable[..., tuple[Any, ...]]
"""`step(*state, *parameters)` returns the next state; it works on any number type with + - * / and abs."""

Assignments = tuple[tuple[str, bool, ast.expr], ...]
"""Assignments as (name, whether it is a coordinate's next value, expression)."""

TIME_STEP = "delta_t"
"""The parameter that marks a system as the Euler map of a flow."""


@dataclass(frozen=True, eq=False)  # declared once, and a key of many caches
class System:
    """A map of the catalogue.

    The signature of `step` is the declaration: positional-only arguments (before the `/`) are the state,
    the others the parameters, and the defaults are the canonical values. The body may use + - * / % and
    unary minus, `**` with a whole number (products, as `core.powers` has them), `abs`, integer literals, local
    assignments, and functions of `math`. Literals with a decimal point are the doubles that they are, in every
    arithmetic.

    Raises ValueError when the step function does not keep to this.
    """

    step: Step
    title: str
    source: str
    name: str = field(init=False)
    written: Assignments = field(init=False)
    """The formula as it is written, in order of evaluation; what is evaluated are `assignments`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.step.__name__.replace("_", "-"))
        definition = self._parse()
        try:
            object.__setattr__(self, "step", write_products(self.step, definition))
        except ValueError as problem:
            raise ValueError(f"{self.name}: {problem}") from None
        self._check()
        object.__setattr__(self, "written", self._find_assigned(definition))

    def _check(self) -> None:
        signature = inspect.signature(self.step)
        for argument in signature.parameters.values():
            if argument.kind not in (argument.POSITIONAL_ONLY, argument.POSITIONAL_OR_KEYWORD):
                raise ValueError(f"{self.name}: {argument.name} must be a plain argument")
            if argument.default is argument.empty:
                raise ValueError(f"{self.name}: {argument.name} needs a default, its canonical value")
        if not self.state:
            raise ValueError(f"{self.name}: no state: put a / after the state's arguments")
        if len(set(self.inputs)) < len(self.inputs):
            raise ValueError(f"{self.name}: an initial condition and a parameter share a name: it would be given twice")
        if len(self._find_returned(self.definition).elts) != self.dimension:
            raise ValueError(f"{self.name}: the step must return {self.dimension} values, one for each of its state")
        if not self.assignments:  # raises where a statement is of another kind
            raise ValueError(f"{self.name}: the step is empty")

    @cached_property
    def _defaults(self) -> dict[str, tuple[bool, float]]:
        arguments = inspect.signature(self.step).parameters.values()
        return {a.name: (a.kind is a.POSITIONAL_ONLY, float(a.default)) for a in arguments}

    @cached_property
    def state(self) -> tuple[str, ...]:
        """Names of the state's coordinates, in order."""
        return tuple(name for name, (is_state, _) in self._defaults.items() if is_state)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(name for name, (is_state, _) in self._defaults.items() if not is_state)

    @cached_property
    def start(self) -> tuple[str, ...]:
        """Names of the initial conditions: each coordinate's name with a 0 behind it."""
        return tuple(f"{name}0" for name in self.state)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of all inputs of an orbit: the initial conditions, then the parameters."""
        return self.start + self.parameters

    @cached_property
    def canonical(self) -> dict[str, float]:
        """The canonical value of each input: those of the source, or a start on or near its attractor."""
        return dict(zip(self.inputs, (value for _, value in self._defaults.values()), strict=True))

    @property
    def dimension(self) -> int:
        return len(self.state)

    @property
    def is_flow(self) -> bool:
        """Whether this is the Euler map of a flow, and so has a time step."""
        return TIME_STEP in self.parameters

    @cached_property
    def is_rational(self) -> bool:
        """Whether the step uses only + - * / and abs of rational numbers, so that fractions can evaluate it."""
        nodes = [node for _, _, formula in self.assignments for node in ast.walk(formula)]
        called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        if not called <= {"abs"} or any(isinstance(node, ast.Mod) for node in nodes):
            return False
        try:
            with localcontext(Context(traps=[])):
                following = self.step(*(Decimal(repr(value)) for value in self.canonical.values()))
        except TypeError:  # what Decimal raises when it meets a float
            return False
        return all(isinstance(value, Decimal) for value in following)

    @cached_property
    def definition(self) -> ast.FunctionDef:
        """The step function's syntax tree, its powers as products."""
        return self._parse()

    def _parse(self) -> ast.FunctionDef:
        code = self.step.__code__
        node = _definitions(code.co_filename).get(code.co_firstlineno)
        if not isinstance(node, ast.FunctionDef):
            raise ValueError(f"{self.name}: the step must be a plain function")
        return node

    @cached_property
    def operations(self) -> int:
        """Arithmetic operations in one step."""
        return sum(isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call) for node in ast.walk(self.definition))

    def _find_returned(self, definition: ast.FunctionDef) -> ast.Tuple:
        match definition.body[-1]:
            case ast.Return(value=ast.Tuple() as returned):
                return returned
        raise ValueError(f"{self.name}: the step must end by returning a tuple")

    @cached_property
    def assignments(self) -> Assignments:
        """The formula in order of evaluation, its powers as products."""
        return self._find_assigned(self.definition)

    def _find_assigned(self, definition: ast.FunctionDef) -> Assignments:
        local: list[tuple[str, bool, ast.expr]] = []
        for node in definition.body[:-1]:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    local.append((name, False, value))
                case ast.Expr(value=ast.Constant(value=str())):
                    pass  # the docstring
                case _:
                    raise ValueError(f"{self.name}: a step holds assignments to one name and a return, nothing else")
        following = zip(self.state, self._find_returned(definition).elts, strict=True)
        return (*local, *((name, True, value) for name, value in following))


@lru_cache(maxsize=16)
def _definitions(file: str) -> dict[int, ast.stmt]:
    """The function definitions of a source file by their first line; the file is parsed once for all of them."""
    nodes = ast.walk(ast.parse("".join(linecache.getlines(file))))
    found = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {min([node.lineno, *(each.lineno for each in node.decorator_list)]): node for node in found}


per_system = lru_cache(maxsize=256)
"""Keeps what a function of a system, and of few other things, returns."""
