"""Many orbits at once, in SIMD lanes and on threads; each has the bits of `core.kernel`'s."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import ArrayLike

from attractor.core import lanes, slicing
from attractor.core.compiling import compiled, jit
from attractor.core.elementary.steps import sources
from attractor.core.lanes import LANES, Floats
from attractor.core.selection import Selection
from attractor.core.system import System, per_system

Advance: TypeAlias = Callable[[Floats, int], None]
Record: TypeAlias = Callable[[Floats, int, Floats, int, int], None]

GROUP = 64
"""Blocks that a thread advances together: 4,096 orbits, which lie in the L2 cache."""

TILE = 16
"""Records that are transposed together, from points side by side to records side by side: whole cache lines of each."""

_SIDE = 8  # of the squares that are transposed in registers

advance: Any = None  # in a template: what it is bound to
SIZE = 0  # the dimension


def _advance(blocks, steps):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    spare = np.empty(SIZE * LANES)
    for b in range(blocks.shape[0]):
        block = blocks[b]
        for _ in range(steps):
            advance(block, spare)


@intrinsic
def _turn(_, source, source_step, target, target_step):  # type: ignore[no-untyped-def]
    """_SIDE rows of as many doubles, so many bytes apart from the address `source` on, as columns at `target`."""

    def build(context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        vector, order = ir.VectorType(ir.DoubleType(), _SIDE), ir.VectorType(ir.IntType(32), _SIDE)

        def row(address: ir.Value, step: ir.Value, k: int) -> ir.Value:
            place = builder.add(address, builder.mul(step, ir.Constant(step.type, k)))
            return builder.inttoptr(place, vector.as_pointer())

        taken, taken_step, given, given_step = arguments
        rows = [builder.load(row(taken, taken_step, k), align=8) for k in range(_SIDE)]
        for size in (1, 2, 4):  # of the squares whose two corners off the diagonal change places
            before, rows = rows, [*rows]
            for k in range(_SIDE):
                part = k & size
                mask = [(j & size) // size * _SIDE + (j & ~size) + part for j in range(_SIDE)]
                rows[k] = builder.shuffle_vector(before[k & ~size], before[k | size], ir.Constant(order, mask))
        for k in range(_SIDE):
            builder.store(rows[k], row(given, given_step, k), align=8)
        return context.get_dummy_value()

    return types.void(source, source_step, target, target_step), build


@jit
def _transpose(tile, height, out, first):  # type: ignore[no-untyped-def]
    """Columns `first` … of `out` become the first rows of `tile`, of LANES numbers each: as many as `out` has rows."""
    lanes, rows = out.shape[0] // _SIDE * _SIDE, height // _SIDE * _SIDE
    source, target = np.int64(tile.ctypes.data), np.int64(out.ctypes.data)
    line, step = np.int64(8 * LANES), np.int64(8 * out.shape[1])
    for i in range(0, rows, _SIDE):
        for lane in range(0, lanes, _SIDE):
            _turn(source + i * line + 8 * lane, line, target + lane * step + 8 * (first + i), step)
    for lane in range(out.shape[0]):
        for i in range(rows if lane < lanes else 0, height):
            out[lane, first + i] = tile[i, lane]


def _record(block, every, out, first, end):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    tile, spare = np.empty((TILE * SIZE, LANES)), np.empty(SIZE * LANES)
    for top in range(first, end, TILE):
        height = min(TILE, end - top)
        for i in range(height):
            for _ in range(every):
                advance(block, spare)
            for k in range(SIZE):
                for lane in range(LANES):
                    tile[i * SIZE + k, lane] = block[k * LANES + lane]
        _transpose(tile, height * SIZE, out, top * SIZE)


@per_system
def advance_kernel(system: System) -> Advance:
    """`kernel(blocks, steps)` applies the map `steps` times to the state of each point of `core.lanes` blocks."""
    signature = types.float64[:, ::1], types.int64
    name = f"{system.step.__name__}_advance"
    kernel: Advance = compiled(_advance, name, signature, *sources(system), lanes, **lanes.bound(system))
    return kernel


@per_system
def record_kernel(system: System) -> Record:
    """`kernel(block, every, out, first, end)` fills records first … end - 1 of `out`, of shape (orbits, records ×
    dimension), with the state of one block's points after each `every` steps."""
    signature = types.float64[::1], types.int64, types.float64[:, ::1], types.int64, types.int64
    name = f"{system.step.__name__}_record"
    kernel: Record = compiled(_record, name, signature, *sources(system), lanes, **lanes.bound(system))
    return kernel


@per_system
def _stride(_system: System, _points: int) -> slicing.Stride:
    """How many steps of so many points were a part of a slice last: what is short takes one."""
    return slicing.Stride()


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
    kernel, stride = advance_kernel(system), _stride(system, size)

    def group(first: int) -> Iterator[Floats | None]:
        mine = rows[first : first + size]
        packed = lanes.blocks(mine)
        yield from slicing.slices(steps, lambda done, end: kernel(packed, end - done), stride=stride)
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
    kept: Selection,
    threads: int = 1,
    piece: int = 1 << 20,
) -> Iterator[Piece | None]:
    """The kept iterates of each orbit; the initial condition, `kept.start`, cannot be one of them.

    `start` and `parameters` are as `core.lanes.points` takes them. Yields None between slices, and pieces of LANES
    orbits in order, each with as many of their records as keep its array below about `piece` numbers: while all
    records of LANES orbits fit, the pieces one after the other are the whole in C order. A value past double's range
    is an infinity or nan. Raises ValueError on wrong shapes.
    """
    rows = lanes.points(system, start, parameters)
    advance, record = advance_kernel(system), record_kernel(system)
    skipping, recording = slicing.Stride(), slicing.Stride()
    records, every, skip = kept.records, kept.every, kept.first - kept.every
    height = max(1, min(records, piece // (LANES * system.dimension)))

    def block(first: int) -> Iterator[Piece | None]:
        mine = rows[first : first + LANES]
        packed = lanes.blocks(mine)
        yield from slicing.slices(skip, lambda done, end: advance(packed, end - done), stride=skipping)
        for top in range(0, records, height):
            out = np.empty((len(mine), min(height, records - top), system.dimension))
            if every * LANES < 1 << 16:
                flat = out.reshape(len(out), -1)
                yield from slicing.slices(
                    out.shape[1],
                    lambda done, end, flat=flat: record(packed[0], every, flat, done, end),  # type: ignore[misc]
                    stride=recording,
                )
            else:  # a single record may take longer than a slice
                for i in range(out.shape[1]):
                    yield from slicing.slices(every, lambda done, end: advance(packed, end - done), stride=skipping)
                    out[:, i] = lanes.unblocked(packed, len(mine), 0, system.dimension)
            yield Piece(first, top, out)

    yield from slicing.run(map(block, range(0, len(rows), LANES)), threads)
