"""Many orbits at once, in SIMD lanes and on threads; each has the bits of `core.kernel`'s."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numpy.typing import ArrayLike

from attractor.core import lanes, slicing
from attractor.core.compiling import compiled
from attractor.core.elementary.steps import sources
from attractor.core.lanes import LANES, Floats
from attractor.core.system import System, per_system

Advance: TypeAlias = Callable[[Floats, int], None]
Record: TypeAlias = Callable[[Floats, int, Floats, int, int], None]

GROUP = 64
"""Blocks that a thread advances together: 4,096 orbits, which lie in the L2 cache."""

TILE = 16
"""Records that are transposed together, from points side by side to records side by side: whole cache lines of each."""

advance: Any = None  # in a template: what it is bound to
SIZE = 0  # the dimension


def _advance(blocks, steps):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    spare = np.empty(SIZE * LANES)
    for b in range(blocks.shape[0]):
        block = blocks[b]
        for _ in range(steps):
            advance(block, spare)


def _record(block, every, out, first, end):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    tile, spare = np.empty((TILE, SIZE * LANES)), np.empty(SIZE * LANES)
    for top in range(first, end, TILE):
        height = min(TILE, end - top)
        for i in range(height):
            for _ in range(every):
                advance(block, spare)
            for k in range(SIZE * LANES):
                tile[i, k] = block[k]
        for lane in range(out.shape[0]):
            for i in range(height):
                for k in range(SIZE):
                    out[lane, top + i, k] = tile[i, k * LANES + lane]


@per_system
def advance_kernel(system: System) -> Advance:
    """`kernel(blocks, steps)` applies the map `steps` times to the state of each point of `core.lanes` blocks."""
    signature = types.float64[:, ::1], types.int64
    name = f"{system.step.__name__}_advance"
    kernel: Advance = compiled(_advance, name, signature, *sources(system), lanes, **lanes.bound(system))
    return kernel


@per_system
def record_kernel(system: System) -> Record:
    """`kernel(block, every, out, first, end)` fills records first … end - 1 of `out`, of shape (orbits, records,
    dimension), with the state of one block's points after each `every` steps."""
    signature = types.float64[::1], types.int64, types.float64[:, :, ::1], types.int64, types.int64
    name = f"{system.step.__name__}_record"
    kernel: Record = compiled(_record, name, signature, *sources(system), lanes, **lanes.bound(system))
    return kernel


def group_size(points: int, threads: int) -> int:
    """Points that a thread advances together: as many as GROUP blocks hold, or fewer, so that each thread has some."""
    return min(GROUP, max(1, -(-points // (LANES * threads)))) * LANES


def final_states(
    system: System, start: ArrayLike, parameters: ArrayLike, steps: int, threads: int = 1
) -> Iterator[Floats | None]:
    """The state of each orbit after `steps` applications of the map.

    `start` and `parameters` are as `core.lanes.points` takes them; 0 steps give the start. Yields float64 arrays of
    shape (orbits, dimension) which one after the other hold all orbits in order, and None between slices of about
    `core.slicing.SECONDS`. A value past double's range is an infinity or nan. Raises ValueError on wrong shapes.
    """
    rows = lanes.points(system, start, parameters)
    size = group_size(len(rows), threads)
    kernel = advance_kernel(system)

    def group(first: int) -> Iterator[Floats | None]:
        mine = rows[first : first + size]
        packed = lanes.blocks(mine)
        yield from slicing.slices(steps, lambda done, end: kernel(packed, end - done))
        yield lanes.unblocked(packed, len(mine), 0, system.dimension)

    yield from slicing.run(map(group, range(0, len(rows), size)), threads)


@dataclass(frozen=True)
class Piece:
    """Kept iterates of some orbits: those of orbits `first_orbit` …, records `first_record` … of each.

    `values` is float64 of shape (orbits, records, dimension), in C order.
    """

    first_orbit: int
    first_record: int
    values: Floats


def orbits(
    system: System,
    start: ArrayLike,
    parameters: ArrayLike,
    records: int,
    skip: int = 0,
    every: int = 1,
    threads: int = 1,
    piece: int = 1 << 20,
) -> Iterator[Piece | None]:
    """The iterates skip + every, skip + 2 every, … of each orbit, `records` of them.

    `start` and `parameters` are as `core.lanes.points` takes them. Yields None between slices, and pieces of LANES
    orbits in order, each with as many of their records as keep its array below about `piece` numbers: while all
    records of LANES orbits fit, the pieces one after the other are the whole in C order. A value past double's range
    is an infinity or nan. Raises ValueError on wrong shapes.
    """
    rows = lanes.points(system, start, parameters)
    advance, record = advance_kernel(system), record_kernel(system)
    height = max(1, min(records, piece // (LANES * system.dimension)))

    def block(first: int) -> Iterator[Piece | None]:
        mine = rows[first : first + LANES]
        packed = lanes.blocks(mine)
        yield from slicing.slices(skip, lambda done, end: advance(packed, end - done))
        for top in range(0, records, height):
            out = np.empty((len(mine), min(height, records - top), system.dimension))
            if every * LANES < 1 << 16:
                yield from slicing.slices(
                    out.shape[1],
                    lambda done, end, out=out: record(packed[0], every, out, done, end),  # type: ignore[misc]
                )
            else:  # a single record may take longer than a slice
                for i in range(out.shape[1]):
                    yield from slicing.slices(every, lambda done, end: advance(packed, end - done))
                    out[:, i] = lanes.unblocked(packed, len(mine), 0, system.dimension)
            yield Piece(first, top, out)

    yield from slicing.run(map(block, range(0, len(rows), LANES)), threads)
