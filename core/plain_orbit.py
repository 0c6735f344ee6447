"""A short orbit in double arithmetic by the plain step in CPython: where Numba is not loaded yet, it is there sooner.

A step of + - * / % and abs alone gives in CPython the bits that its kernel gives, as long as every value is finite.
"""

import ast
from collections.abc import Sequence
from math import isfinite
from typing import TypeAlias

from attractor.core.selection import Block, Selection
from attractor.core.system import System, per_system

PlainRow: TypeAlias = tuple[float, ...]


@per_system
def is_plain(system: System) -> bool:
    """Whether the step calls nothing but abs."""
    formulas = [node for _, _, formula in system.assignments for node in ast.walk(formula)]
    calls = [node for node in formulas if isinstance(node, ast.Call)]
    return all(isinstance(call.func, ast.Name) and call.func.id == "abs" for call in calls)


def plain_orbit(
    system: System, start: PlainRow, parameters: PlainRow, selection: Selection
) -> tuple[list[Block[Sequence[PlainRow]]], int | None]:
    """The kept iterates of an orbit that fits in memory, and the n of the first iterate that is not finite.

    The orbit ends before that one. The blocks are those of `core.orbit.short_orbit`, their rows tuples.
    """
    state, rows, left_at = start, list[PlainRow](), None
    step, (_, skip, every, _) = system.step, selection
    for n in range(1, selection.last + 1):
        try:
            state = step(*state, *parameters)
        except ZeroDivisionError:  # where a kernel has an infinity or nan
            left_at = n
        if left_at or not all(map(isfinite, state)):
            left_at = n
            break
        if n > skip and n % every == 0:
            rows.append(state)
    kept: Block[Sequence[PlainRow]] = Block(selection.first, rows, left_at)
    return [Block(0, [start], None), kept] if selection.start else [kept], left_at
