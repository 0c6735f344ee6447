"""Orbit diagrams as rasters: how often the kept iterates visit each cell, counted in the kernel, no point stored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numpy.typing import ArrayLike, NDArray

from core import lanes, slicing
from core.bifurcation import settled, sweep
from core.compiling import compiled
from core.density import Bounds, scale, widened
from core.ensemble import group_size
from core.lanes import LANES, Floats
from core.system import System, per_system

Reach: TypeAlias = Callable[[Floats, int, int], None]
Tally: TypeAlias = Callable[[Floats, int, int, NDArray[np.int64], float, float, NDArray[np.int64]], None]

step: Any = None  # in a template: what it is bound to
read: Any = None
write: Any = None
LEAST = 0  # the number of a block that holds the least value of each lane; the greatest is behind it


def _reach(blocks, steps, k):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for b in range(blocks.shape[0]):
        block = blocks[b]
        for _ in range(steps):
            for lane in range(LANES):
                write(block, lane, step(*read(block, lane)))
                value = block[k * LANES + lane]
                least, greatest = LEAST * LANES + lane, (LEAST + 1) * LANES + lane
                block[least] = value if value < block[least] else block[least]
                block[greatest] = value if value > block[greatest] else block[greatest]


def _tally(blocks, steps, k, columns, bottom, top, counts):  # type: ignore[no-untyped-def]  # a template
    rows = counts.shape[0]
    up = rows / (top - bottom)
    for b in range(blocks.shape[0]):
        block = blocks[b]
        for _ in range(steps):
            for lane in range(LANES):
                write(block, lane, step(*read(block, lane)))
            for lane in range(LANES):
                value, column = block[k * LANES + lane], columns[b * LANES + lane]
                if column >= 0 and bottom <= value <= top:  # false for nan
                    counts[min(int((value - bottom) * up), rows - 1), column] += 1


@per_system
def reach_kernel(system: System) -> Reach:
    """`kernel(blocks, steps, k)` iterates `core.lanes` blocks, and keeps the least and the greatest value of
    coordinate k in the two numbers behind each point's parameters."""
    signature = types.float64[:, ::1], types.int64, types.int64
    bindings = {**lanes.bound(system), "LEAST": _width(system)}
    kernel: Reach = compiled(_reach, f"{system.step.__name__}_reach", signature, system.step, lanes, **bindings)
    return kernel


@per_system
def tally_kernel(system: System) -> Tally:
    """`kernel(blocks, steps, k, columns, bottom, top, counts)` adds each iterate's cell to `counts`, int64 of shape
    (rows, columns), row 0 at the bottom: its row by coordinate k, its column as `columns` says for each point, none
    where that is negative."""
    blocks, counts = types.float64[:, ::1], types.int64[:, ::1]
    signature = blocks, types.int64, types.int64, types.int64[::1], types.float64, types.float64, counts
    name = f"{system.step.__name__}_tally"
    kernel: Tally = compiled(_tally, name, signature, system.step, lanes, **lanes.bound(system))
    return kernel


def _width(system: System) -> int:
    return system.dimension + len(system.parameters)


@dataclass(frozen=True)
class Raster:
    """`counts`, int64 of shape (rows, columns), row 0 at the bottom, of the plane of a parameter and a coordinate.

    `bounds` are left, right, bottom, top: the outer edges of the cells, in the units of the parameter and the
    coordinate; the centres of the outer columns are the least and the greatest value of the parameter.
    `values`, int64 of shape (columns,), says how many values of the parameter each column counts. Iterates outside
    the bounds or past double's range are not counted, so counts.sum() may be below values × kept.
    """

    counts: NDArray[np.int64]
    values: NDArray[np.int64]
    bounds: Bounds


def raster(
    system: System,
    start: Sequence[float],
    parameters: Sequence[float],
    varied: str,
    values: ArrayLike,
    coordinate: str,
    kept: int,
    size: tuple[int, int],
    transient: int = 1000,
    continuation: bool = False,
    reach: tuple[float, float] | None = None,
    threads: int = 1,
) -> Iterator[Raster | None]:
    """What `core.bifurcation.diagram` gives for the same arguments, counted in `size` cells wide, high.

    Each value's iterates are counted in the column nearest to it. Evenly spaced values fewer than the columns get a
    column each, so the raster may be narrower than asked. `reach` is the coordinate's at the bottom and at the top;
    without it that of all orbits which stay in double's range, found in a first pass over the same iterates and
    widened by a hundredth on each side. Yields None between slices, and the whole at the end; no count depends on
    `threads`. Raises ValueError as `diagram` does, on values or a reach that are not finite or do not ascend, and
    where no orbit stays finite.
    """
    k, points = sweep(system, parameters, varied, values, coordinate)
    places, columns, left, right = _columns(points[:, system.parameters.index(varied)], size[0])
    ready: list[Floats] = []
    for found in settled(system, start, points, transient, kept if continuation else None, threads):
        if found is None:
            yield None
        else:
            ready.append(found)
    rows = lanes.points(system, np.concatenate(ready), points)
    group = group_size(len(rows), threads)
    firsts = range(0, len(rows), group)
    if reach is None:
        low, high = np.inf, -np.inf
        extend = reach_kernel(system)

        def extremes(first: int) -> Iterator[tuple[float, float] | None]:
            mine = np.pad(rows[first : first + group], ((0, 0), (0, 2)))
            mine[:, -2:] = np.inf, -np.inf
            packed = lanes.blocks(mine)
            yield from slicing.slices(kept, lambda done, end: extend(packed, end - done, k))
            mine = lanes.unblocked(packed, len(mine), 0, mine.shape[1])
            finite = mine[np.isfinite(mine[:, : system.dimension]).all(axis=1), -2:]
            yield finite[:, 0].min(initial=np.inf), finite[:, 1].max(initial=-np.inf)

        for ends in slicing.run(map(extremes, firsts), threads):
            yield None
            if ends is not None:
                low, high = min(low, ends[0]), max(high, ends[1])
        if not low <= high:
            raise ValueError("no orbit stays finite: there is no diagram")
        reach = widened(low, high)
    bottom, top = map(float, reach)
    scale(size[1], bottom, top)
    counts = np.zeros((size[1], columns), dtype=np.int64)
    tally = tally_kernel(system)

    def count(first: int) -> Iterator[tuple[int, NDArray[np.int64]] | None]:
        mine = rows[first : first + group]
        packed = lanes.blocks(mine)
        into = places[first : first + group]
        shift = int(into.min())
        part = np.zeros((size[1], int(into.max()) - shift + 1), dtype=np.int64)  # its own, so that no thread waits
        padded = np.full(len(packed) * LANES, -1)
        padded[: len(mine)] = into - shift
        yield from slicing.slices(kept, lambda done, end: tally(packed, end - done, k, padded, bottom, top, part))
        yield shift, part

    for partial in slicing.run(map(count, firsts), threads):
        yield None
        if partial is not None:
            shift, part = partial
            counts[:, shift : shift + part.shape[1]] += part
    yield Raster(counts, np.bincount(places, minlength=columns), (left, right, bottom, top))


def _columns(values: Floats, most: int) -> tuple[NDArray[np.int64], int, float, float]:
    """The column of each value, their number, and the outer edges."""
    if not len(values) or not np.isfinite(values).all():
        raise ValueError("values must be finite, one at least")
    least, greatest = float(values.min()), float(values.max())
    if least == greatest:
        return np.zeros(len(values), dtype=np.int64), 1, *widened(least, greatest)
    gaps = np.diff(values)
    even = np.ptp(gaps) <= 1e-6 * abs(gaps).max()
    columns = max(2, min(most, len(values)) if even else most)
    across = scale(columns - 1, least, greatest)
    margin = (greatest - least) / (columns - 1) / 2
    return np.rint((values - least) * across).astype(np.int64), columns, least - margin, greatest + margin
