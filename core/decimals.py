"""Orbits in decimal arithmetic: the same step function, evaluated by `decimal` and, where it calls functions or takes
remainders, by `core.decimal_functions`.
"""

import ast
from collections.abc import Iterator, Sequence
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import lru_cache

from attractor.core.selection import Block, Selection
from attractor.core.system import Step, System, per_system

DIGITS = 28
"""Significant digits where none are asked for."""

WORK_SECONDS = 1e-8
"""About what a unit of `work` takes."""

LARGEST_ANGLE = 1_000
"""The exponent of the greatest numbers of which there is a sine or cosine: their turns are told by as many digits."""

_DIGITS_PER_WORD = 19  # of libmpdec on 64-bit machines
_FUNCTION, _FUNCTION_WORD, _REMAINDER = 2_000, 200, 250  # work of one, and of each word of its digits
_SLICE = 300_000  # work between two blocks
_LEAVING = DivisionByZero, InvalidOperation, Overflow
"""One of these comes before any value that is not finite, since inputs are finite."""


def context(digits: int, *raised: type[DecimalException]) -> Context:
    """Arithmetic of `digits` significant digits, half even, of decimal's widest exponent range.

    Past that range, and at a division by zero, it gives infinities and nan; nothing is raised but what is named.
    """
    return Context(
        prec=digits, rounding=ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX, capitals=1, clamp=0, traps=[*raised]
    )


def decimal_blocks(
    system: System,
    start: Sequence[Decimal],
    parameters: Sequence[Decimal],
    selection: Selection,
    digits: int = DIGITS,
) -> Iterator[Block[list[tuple[Decimal, ...]]]]:
    """The kept iterates in order; the orbit ends before the first with a value that is not finite.

    `start` and `parameters` are used as they are, however many digits they have; each operation rounds.
    Literals of the step are the doubles that they are, pi is the exact one, rounded. A block comes after some
    milliseconds.
    """
    state, step = tuple(start), _step(system, digits)
    if selection.start:
        yield Block(0, [state], None)
    longest = max(digits, *(len(value.as_tuple().digits) for value in (*start, *parameters)))
    each = max(1, _SLICE // work(system, longest))
    n, left_at = 0, None
    while n < selection.last and left_at is None:
        rows: list[tuple[Decimal, ...]] = []
        first = max(selection.first, n - n % selection.every + selection.every)
        try:
            with localcontext(context(digits, *_LEAVING)):  # entered anew for each block: a thread has its own
                for n in range(n + 1, min(n + each, selection.last) + 1):  # noqa: B020
                    state = step(*state, *parameters)
                    if n >= first and n % selection.every == 0:
                        rows.append(state)
        except _LEAVING:  # in the step to n, whose values may be finite all the same
            with localcontext(context(digits)):
                state = step(*state, *parameters)
            if not all(value.is_finite() for value in state):
                left_at = n
            elif n >= first and n % selection.every == 0:
                rows.append(state)
        yield Block(first, rows, left_at)


@lru_cache(maxsize=64)
def _step(system: System, digits: int) -> Step:
    """The step over decimals of so many digits."""
    if system.is_rational:
        return system.step
    from attractor.core.balls.evaluation import step_over  # with FLINT, which plain steps do without
    from attractor.core.decimal_functions import Functions

    return step_over(system, Functions(digits))


def decimal_orbit(
    system: System, start: Sequence[Decimal], parameters: Sequence[Decimal], steps: int, digits: int = DIGITS
) -> list[tuple[Decimal, ...]]:
    """The iterates 1 … steps of `decimal_blocks` at once."""
    blocks = decimal_blocks(system, start, parameters, Selection(steps), digits)
    return [row for block in blocks for row in block.rows]


def work(system: System, digits: int) -> int:
    """The cost of one step, in units of WORK_SECONDS: linear in its operations, quadratic in their length.

    `digits` is the greater of the precision and the longest input.
    """
    words = -(-digits // _DIGITS_PER_WORD)
    functions, remainders = _count_calls(system)
    dear = functions * (_FUNCTION + _FUNCTION_WORD * words) + remainders * _REMAINDER
    return dear + system.operations * (12 + words * words // 8)


@per_system
def _count_calls(system: System) -> tuple[int, int]:
    """How many functions a step calls, and how many remainders it takes."""
    nodes = [node for _, _, formula in system.assignments for node in ast.walk(formula)]
    calls = sum(isinstance(node, ast.Call) and ast.unparse(node.func) != "abs" for node in nodes)
    return calls, sum(isinstance(node, ast.Mod) for node in nodes)
