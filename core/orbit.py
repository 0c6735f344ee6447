"""The kept iterates of an orbit in double arithmetic, block by block: any number of steps needs little memory."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from attractor.core.kernel import Floats, Orbit, orbit_kernel
from attractor.core.selection import SLICE, Block, Selection
from attractor.core.system import System

Room: TypeAlias = Callable[[int], Orbit]
"""Gives memory for so many rows, or for fewer."""


def orbit_blocks(
    system: System,
    start: Floats,
    parameters: Floats,
    selection: Selection,
    rows: int = SLICE,
    room: Room | None = None,
) -> Iterator[Block[Orbit]]:
    """The kept iterates in order, as blocks of at most `rows` rows of float64, shape (records, dimension).

    A block comes after at most SLICE iterations, empty where none of them is kept. It is where `room` says, or in
    memory of its own, in C order.
    """
    walk = _Walk(system, start, parameters)
    room = room or walk.room
    if selection.start:
        first = room(1)
        first[0] = start
        yield Block(0, first, None)
    stride = selection.every if selection.every <= SLICE else 1  # how far apart the rows of a block are computed
    longest = min(rows, SLICE // stride) if stride == selection.every else 1
    while walk.n < selection.last:
        kept = max(selection.first, walk.n - walk.n % selection.every + selection.every)
        if passed := min(kept - stride - walk.n, SLICE):
            walk(passed, walk.room(1))
            yield Block(kept, np.empty((0, system.dimension)), walk.left_at)
        else:
            block = room(min(longest, (selection.last - walk.n) // stride))
            walk(stride, block)
            yield Block(kept, block, walk.left_at)


def short_orbit(system: System, start: Floats, parameters: Floats, selection: Selection) -> list[Block[Orbit]]:
    """Computes all blocks of `orbit_blocks` at once, faster, for an orbit whose every iterate fits in memory."""
    iterates = np.empty((selection.last, system.dimension))
    _, finite = orbit_kernel(system)(start, parameters, 1, iterates)
    rows = iterates
    if selection.first > 1:
        rows = np.ascontiguousarray(iterates[selection.first - 1 :: selection.every])
    kept = Block(selection.first, rows, None if finite else _left_at(iterates))
    return [Block(0, np.array([start]), None), kept] if selection.start else [kept]


def _left_at(iterates: Orbit) -> int:
    """The number, from 1, of the first of `iterates` with a value that is not finite."""
    return int(np.isfinite(iterates).all(axis=1).argmin()) + 1


class _Walk:
    """An orbit on its way: where it is, and where it left double's range."""

    def __init__(self, system: System, start: Floats, parameters: Floats) -> None:
        self.n = 0
        self.left_at: int | None = None
        self._state = start
        self._parameters = parameters
        self._dimension = system.dimension
        self._kernel = orbit_kernel(system)

    def room(self, records: int) -> Orbit:
        return np.empty((records, self._dimension))

    def __call__(self, every: int, out: Orbit) -> None:
        """Fills `out` with the next of each `every`-th iterate."""
        state, finite = self._kernel(self._state, self._parameters, every, out)
        if not finite and self.left_at is None:
            each = self.room(len(out) * every)
            self._kernel(self._state, self._parameters, 1, each)
            self.left_at = self.n + _left_at(each)
        self._state = state
        self.n += len(out) * every
