"""Orbit diagrams as rasters: how often the kept iterates visit each cell, counted in the kernel, no point stored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from attractor.core import lanes, slicing
from attractor.core.bifurcation import OrbitDiagram, Swept, sweep
from attractor.core.compiling import compiled
from attractor.core.continuation import Continuation, settle
from attractor.core.density import Bounds, NoScale, scale, widened
from attractor.core.elementary.steps import sources
from attractor.core.ensemble import advance_kernel, group_size
from attractor.core.grid import PART, Axis
from attractor.core.lanes import LANES, Floats
from attractor.core.slicing import Work
from attractor.core.system import System, per_system

Reach: TypeAlias = Callable[[Floats, int, int], None]
Counts: TypeAlias = NDArray[np.int64]
Tally: TypeAlias = Callable[[Floats, int, int, Counts, float, float, Counts], None]

HELD = 1 << 21
"""Numbers of the states behind the transients that are held from the first pass to the second, at most; where there are
more the transients are iterated once more."""
_PART = 1 << 19  # cells that a thread counts for itself, about


advance: Any = None  # in a template: what it is bound to
SIZE = 0  # the dimension
LEAST = 0  # the number of a block that holds the least value of each lane; the greatest is behind it


def _reach(blocks, steps, k):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    spare = np.empty(SIZE * LANES)
    for b in range(blocks.shape[0]):
        block = blocks[b]
        for _ in range(steps):
            advance(block, spare)
            for lane in range(LANES):
                value = block[k * LANES + lane]
                least, greatest = LEAST * LANES + lane, (LEAST + 1) * LANES + lane
                block[least] = value if value < block[least] else block[least]
                block[greatest] = value if value > block[greatest] else block[greatest]


def _tally(blocks, steps, k, columns, bottom, top, counts):  # type: ignore[no-untyped-def]  # a template
    rows = counts.shape[0]
    up = rows / (top - bottom)
    spare = np.empty(SIZE * LANES)
    for b in range(blocks.shape[0]):
        block = blocks[b]
        for _ in range(steps):
            advance(block, spare)
            for lane in range(LANES):
                value, column = block[k * LANES + lane], columns[b * LANES + lane]
                if column >= 0 and bottom <= value <= top:  # false for nan
                    # `scale` found top - bottom and up finite and positive, so the product is from 0 to about rows.
                    counts[min(int((value - bottom) * up), rows - 1), column] += 1


@per_system
def reach_kernel(system: System) -> Reach:
    """`kernel(blocks, steps, k)` iterates `core.lanes` blocks, and keeps the least and the greatest value of
    coordinate k in the two numbers behind each point's parameters."""
    signature = types.float64[:, ::1], types.int64, types.int64
    bindings = {**lanes.bound(system), "LEAST": _width(system)}
    kernel: Reach = compiled(_reach, f"{system.step.__name__}_reach", signature, *sources(system), lanes, **bindings)
    return kernel


@per_system
def tally_kernel(system: System) -> Tally:
    """`kernel(blocks, steps, k, columns, bottom, top, counts)` adds each iterate's cell to `counts`, int64 of shape
    (rows, columns), row 0 at the bottom: its row by coordinate k, its column as `columns` says for each point, none
    where that is negative."""
    blocks, counts = types.float64[:, ::1], types.int64[:, ::1]
    signature = blocks, types.int64, types.int64, types.int64[::1], types.float64, types.float64, counts
    name = f"{system.step.__name__}_tally"
    kernel: Tally = compiled(_tally, name, signature, *sources(system), lanes, **lanes.bound(system))
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

    counts: Counts
    values: Counts
    bounds: Bounds


def raster(
    of: OrbitDiagram,
    size: tuple[int, int],
    continuation: bool = False,
    reach: tuple[float, float] | None = None,
    threads: int = 1,
) -> Work[Raster]:
    """Counts the kept iterates of `core.bifurcation.diagram` in `size` cells wide, high.

    Each value's iterates are counted in the column nearest to it. Evenly spaced values fewer than the columns get a
    column each, so the raster may be narrower than asked. `reach` is the coordinate's at the bottom and at the top;
    without it that of all orbits which stay in double's range, found in a first pass over the same iterates and
    widened by a hundredth on each side. No count depends on `threads`. Raises ValueError as `diagram` does, and NoScale
    on values or a reach that are not finite or do not ascend, and where no orbit stays finite.
    """
    swept = sweep(of)
    columns = yield from _columns(swept.values, size[0])
    if continuation or not columns.even:
        threads = 1  # each value waits for the one before, or each group would count in all columns
    group = group_size(swept.count, threads)
    if threads > 1:
        group = min(group, max(1, _PART * swept.count // (size[1] * columns.count * LANES)) * LANES)
    path = _Path(of, swept, group, continuation)
    bottom, top = (yield from _find_reach(path, threads)) if reach is None else map(float, reach)
    scale(size[1], bottom, top, "vertical")

    counts, of_column = np.zeros((size[1], columns.count), dtype=np.int64), np.zeros(columns.count, dtype=np.int64)
    tally, k = tally_kernel(of.system), swept.column

    def count(first: int) -> Iterator[tuple[int, Counts, Counts] | None]:
        packed, some = yield from path.behind_transient(first)
        places = columns.of(swept.values.doubles(first, first + some))
        shift = int(places.min())
        mine = np.bincount(places - shift)
        part = counts if threads == 1 else np.zeros((size[1], len(mine)), dtype=np.int64)  # so that no thread waits
        padded = np.full(len(packed) * LANES, -1)
        padded[:some] = places if part is counts else places - shift
        yield from slicing.slices(of.kept, lambda done, end: tally(packed, end - done, k, padded, bottom, top, part))
        yield shift, part, mine

    path.begin(is_last=True)
    for partial in slicing.run(map(count, path.firsts), threads):
        yield
        if partial is not None:
            shift, part, mine = partial
            of_column[shift : shift + len(mine)] += mine
            if part is not counts:
                counts[:, shift : shift + len(mine)] += part
    return Raster(counts, of_column, (columns.left, columns.right, bottom, top))


def _find_reach(path: "_Path", threads: int) -> Work[tuple[float, float]]:
    """Finds the reach of the orbits that stay in double's range, widened. Raises ValueError where none does."""
    swept, dimension = path.swept, path.of.system.dimension
    extend, k = reach_kernel(path.of.system), swept.column

    def extremes(first: int) -> Iterator[tuple[float, float] | None]:
        packed, some = yield from path.behind_transient(first, extra=2)
        cells = packed.reshape(len(packed), -1, LANES)
        cells[:, -2], cells[:, -1] = np.inf, -np.inf
        yield from slicing.slices(path.of.kept, lambda done, end: extend(packed, end - done, k))
        mine = lanes.unblocked(packed, some, 0, cells.shape[1])
        finite = mine[np.isfinite(mine[:, :dimension]).all(axis=1), -2:]
        yield finite[:, 0].min(initial=np.inf), finite[:, 1].max(initial=-np.inf)

    low, high = np.inf, -np.inf
    path.begin(is_last=False)
    for ends in slicing.run(map(extremes, path.firsts), threads):
        yield
        if ends is not None:
            low, high = min(low, ends[0]), max(high, ends[1])
    if not low <= high:
        raise ValueError("no orbit stays finite: there is no diagram")
    return widened(low, high)


class _Path:
    """Orbits behind their transients, group by group; each pass over the groups gives the same."""

    def __init__(self, of: OrbitDiagram, swept: Swept, group: int, continuation: bool) -> None:
        self.of, self.swept, self._group = of, swept, group
        self.firsts = range(0, swept.count, group)
        """The number of the first value of each group."""
        self._start = tuple(map(float, of.start))
        self._continuation = continuation
        self._states: dict[int, Floats] = {}
        self._is_held = swept.count * of.system.dimension <= HELD
        self.begin(is_last=True)

    def begin(self, is_last: bool) -> None:
        """Another pass from the first group on, in order where there is continuation."""
        self._carried, self._holds = Continuation(self.of.system, self._start), self._is_held and not is_last

    def behind_transient(self, first: int, extra: int = 0) -> Work[tuple[Floats, int]]:
        """The blocks of the group that begins with value `first`, `extra` rows added, and its number of values."""
        system, points = self.of.system, self.swept.points(first, first + self._group)
        transient, kept = self.of.transient, self.of.kept
        states: Floats | None = self._states.pop(first, None)
        if states is not None:
            return lanes.blocks(lanes.points(system, states, points), extra), len(points)
        if self._continuation:
            states = yield from settle(self._carried, points[:, self.swept.place], points, transient, kept)
            packed = lanes.blocks(lanes.points(system, states, points), extra)
        else:
            packed, advance = lanes.blocks(lanes.points(system, self._start, points), extra), advance_kernel(system)
            yield from slicing.slices(transient, lambda done, end: advance(packed, end - done))
        if self._holds:
            self._states[first] = lanes.unblocked(packed, len(points), 0, system.dimension).copy()
        return packed, len(points)


@dataclass(frozen=True)
class _Columns:
    """Which column each value is counted in."""

    count: int
    left: float
    right: float
    even: bool
    least: float
    across: float
    """Columns for each unit."""

    def of(self, values: Floats) -> Counts:
        # From 0 on, since no value is below the least; `scale` found the product of the greatest finite, and rounding
        # takes it less than half a column beyond the last.
        return np.rint((values - self.least) * self.across).astype(np.int64)


def _columns(values: Axis, most: int) -> Work[_Columns]:
    """The columns of `values`, `most` of them or fewer. Raises NoScale on values that are not finite."""
    least, greatest, narrowest, widest, before = np.inf, -np.inf, np.inf, -np.inf, np.empty(0)
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, values.count, PART):
            some = values.doubles(first, min(first + PART, values.count))
            if not np.isfinite(some).all():
                raise NoScale("horizontal", "values must be finite, one at least")
            gaps = np.diff(some, prepend=before)
            least, greatest = min(least, some.min()), max(greatest, some.max())
            narrowest, widest = min(narrowest, gaps.min(initial=np.inf)), max(widest, gaps.max(initial=-np.inf))
            before = some[-1:]
            yield
        even = bool(widest - narrowest <= 1e-6 * max(abs(narrowest), abs(widest)))
    if not values.count:
        raise NoScale("horizontal", "values must be finite, one at least")
    least, greatest = float(least), float(greatest)
    if least == greatest:
        count, across = 1, 0.0
        left, right = widened(least, greatest)
    else:
        count = max(2, min(most, values.count) if even else most)
        across = scale(count - 1, least, greatest, "horizontal")
        margin = (greatest - least) / (count - 1) / 2
        left, right = least - margin, greatest + margin
    scale(count, left, right, "horizontal")
    return _Columns(count, left, right, even, least, across)
