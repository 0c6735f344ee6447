"""The compiled follower: which of the known attractors each orbit comes to, many orbits at a time.

Each lane of a `core.lanes` block follows one orbit, in windows of PERIOD steps. Within a window every step is taken for
all lanes at once; then, for each lane, u_k = floor((x_k − lower_k) · scale_k) is its place on the lattice along
coordinate k, and the cell is Σ u_k · SIDE^(d − 1 − k). The mark of that cell is the number of the attractor known there
(0 for none), or leads through `chain` to the points of cycles near the cell. An orbit ends

- on a cycle, at the first iterate within the box around its first point that is proven to be attracted;
- on another attractor, once `hits` consecutive iterates have its mark;
- by escape, at the first iterate with a coordinate beyond `escape`;
- undecided, once it returned to where a window began with the same period in two windows (so it may be on a cycle that
  is not known yet), or after `limit` steps.

The lane is then free for the next orbit.
"""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numba import types

from attractor.core import lanes, slicing
from attractor.core.basins.lattice import Integers, Lattice, side
from attractor.core.compiling import compiled
from attractor.core.elementary.steps import sources
from attractor.core.lanes import LANES, Floats
from attractor.core.slicing import Work
from attractor.core.system import System, per_system

PERIOD = 64
"""The greatest period that is recognised, and the steps between two looks at whether orbits have ended."""
HITS = 64
"""Consecutive iterates in the cells of an attractor after which an orbit is on it; more where that misleads."""
RETURN = 1e-12
"""Distance, relative or below 1 absolute, at which an iterate has returned."""
WINDOWS = 1 << 20
"""The most windows, of PERIOD steps of a block, in a slice."""

advance: Any = None  # in a template: what it is bound to
SIZE = 0  # the dimension
SIDE = 0  # cells on a side of the lattice
LOOK = 0  # the first row of the point at which the window began
BEYOND = APART = 0  # coordinates beyond `escape`, and those not back where the window began
OUTSIDE = CELL = 0  # coordinates outside the lattice, and the cell where there is none
GONE = BACK = 0  # the tick of the window at which the orbit escaped or first returned, 0 where it did not

_INDEX, _N, _HELD, _STREAK, _BEGUN, _ENDED, _PERIOD = range(7)  # what a lane remembers; row 7 holds the next point

_reals, _rows = types.float64[::1], types.float64[:, ::1]
_integers, _pairs = types.int64[::1], types.int64[:, ::1]


def _follow(block, lane_of, rows, limit, hits, windows, escape, known, found):  # type: ignore[no-untyped-def]
    lower, scale, marks, chain, near, radius = known
    outcome, when, period, ends = found
    spare = np.empty(SIZE * LANES)
    for _ in range(windows):
        busy = 0
        for lane in range(LANES):
            following = lane_of[7, 0]
            if lane_of[_INDEX, lane] < 0 and following < rows.shape[0]:
                lane_of[:7, lane] = 0
                lane_of[_INDEX, lane], lane_of[7, 0] = following, following + 1
                for k in range(SIZE):
                    block[k * LANES + lane] = rows[following, k]
            busy += lane_of[_INDEX, lane] >= 0
        if busy == 0:
            return False
        # A window: PERIOD steps of all lanes, in loops that vectorise but for the look at the cell.
        for i in range(SIZE * LANES):
            block[LOOK * LANES + i] = block[i]
        for lane in range(LANES):
            block[GONE * LANES + lane] = block[BACK * LANES + lane] = 0.0
        for tick in range(1, PERIOD + 1):
            advance(block, spare)
            for lane in range(LANES):
                block[BEYOND * LANES + lane] = block[APART * LANES + lane] = 0.0
                block[OUTSIDE * LANES + lane] = block[CELL * LANES + lane] = 0.0
            for k in range(SIZE):
                least, cells = lower[k], scale[k]
                for lane in range(LANES):
                    x, before = block[k * LANES + lane], block[(LOOK + k) * LANES + lane]
                    block[BEYOND * LANES + lane] += 0.0 if abs(x) <= escape else 1.0  # 1 for nan too
                    block[APART * LANES + lane] += 0.0 if abs(x - before) <= RETURN * max(1.0, abs(before)) else 1.0
                    u = np.floor((x - least) * cells)
                    block[OUTSIDE * LANES + lane] += 0.0 if u >= 0.0 and u < SIDE else 1.0
                    block[CELL * LANES + lane] = block[CELL * LANES + lane] * SIDE + u
            for lane in range(LANES):
                if block[BEYOND * LANES + lane] > 0.0 and block[GONE * LANES + lane] == 0.0:
                    block[GONE * LANES + lane] = tick
                if block[APART * LANES + lane] == 0.0 and block[BACK * LANES + lane] == 0.0:
                    block[BACK * LANES + lane] = tick
            for lane in range(LANES):
                if lane_of[_ENDED, lane] != 0 or block[GONE * LANES + lane] > 0.0:
                    continue
                mark = 0
                if block[OUTSIDE * LANES + lane] == 0.0:
                    mark = marks[int(block[CELL * LANES + lane])]  # whole and below SIDE**SIZE, as each u is below SIDE
                    while mark < 0:  # points of cycles first
                        entry = -mark - 1
                        apart = 0
                        for k in range(SIZE):
                            apart += abs(block[k * LANES + lane] - near[entry, k]) > radius[entry, k]
                        mark = chain[entry, 0] if apart == 0 else chain[entry, 1]
                if mark == 0:
                    lane_of[_HELD, lane] = 0
                else:
                    if mark != lane_of[_HELD, lane]:
                        lane_of[_HELD, lane], lane_of[_STREAK, lane] = mark, 0
                        lane_of[_BEGUN, lane] = lane_of[_N, lane] + tick
                    lane_of[_STREAK, lane] += 1
                    if lane_of[_STREAK, lane] >= (1 if mark % 2 else hits):
                        lane_of[_ENDED, lane] = mark
        # The lanes that have ended give their result and become free.
        for lane in range(LANES):
            i, n = lane_of[_INDEX, lane], lane_of[_N, lane]
            if i < 0:
                continue
            gone, back = int(block[GONE * LANES + lane]), int(block[BACK * LANES + lane])
            lane_of[_N, lane] = n + PERIOD
            if lane_of[_ENDED, lane] > 0:
                outcome[i], when[i] = lane_of[_ENDED, lane], lane_of[_BEGUN, lane]
            elif gone > 0:
                outcome[i], when[i] = 0, n + gone
            elif (back > 0 and back == lane_of[_PERIOD, lane]) or n + PERIOD >= limit:  # a period is seen twice
                outcome[i], when[i] = -1, n + PERIOD
                period[i] = back if back == lane_of[_PERIOD, lane] else 0
                for k in range(SIZE):
                    ends[i, k] = block[k * LANES + lane]
            else:
                lane_of[_PERIOD, lane] = back
                continue
            lane_of[_INDEX, lane], lane_of[_ENDED, lane] = -1, -1
    return True


@per_system
def follow_kernel(system: System) -> Callable[..., bool]:
    """`kernel(block, lane_of, rows, limit, hits, windows, escape, known, found)` follows `rows` to their ends, each in
    the next lane that is free, for at most `windows` times PERIOD steps, and tells whether any is still on its way."""
    size = system.dimension
    look = size + len(system.parameters)
    names = ("BEYOND", "APART", "OUTSIDE", "CELL", "GONE", "BACK")
    numbers = {name: look + size + i for i, name in enumerate(names)}
    known = types.Tuple((_reals, _reals, types.int32[::1], _pairs, _rows, _rows))
    found = types.Tuple((_integers, _integers, _integers, _rows))
    whole = types.int64
    signature = (_reals, _pairs, _rows, whole, whole, whole, types.float64, known, found)
    bindings = {**lanes.bound(system), **numbers, "LOOK": look, "SIDE": side(system)}
    name = f"{system.step.__name__}_follow"
    kernel: Callable[..., bool] = compiled(_follow, name, signature, *sources(system), lanes, **bindings)
    return kernel


class Ends(NamedTuple):
    """For each orbit: the number of what it reached, 0 where it escaped, -1 where neither within the steps; the n of
    that; where -1 the period with which it returned, or 0, and its last state."""

    outcome: Integers
    when: Integers
    period: Integers
    ends: Floats

    @property
    def steps_taken(self) -> int:
        """The steps of all orbits, about; the same however they were sliced."""
        return int(self.when.sum()) + HITS * len(self.when)


def follow(
    system: System,
    values: Floats,
    escape: float,
    threads: int,
    start: Floats,
    limit: int,
    lattice: Lattice,
    hits: int,
) -> Work[Ends]:
    """Follows the orbits from `start` to their ends, for `limit` steps at most, at parameters `values`."""
    count, size = start.shape
    outcome, when, period = np.zeros((3, count), dtype=np.int64)
    whole = Ends(outcome, when, period, np.zeros((count, size)))
    kernel = follow_kernel(system)
    share = max(LANES, min(1 << 16, -(-count // threads)))

    def worker(first: int) -> Iterator[None]:
        mine = slice(first, first + share)
        block = lanes.blocks(np.hstack([start[:1], values[None]]), extra=size + 6)[0]
        lane_of = np.zeros((8, LANES), dtype=np.int64)
        lane_of[[_INDEX, _ENDED]] = -1
        found = tuple(array[mine] for array in whole)
        known = tuple(lattice)  # as Numba was told, which tells a named tuple from another
        windows, more, pace = 1, True, slicing.Pace()
        while more:
            began = perf_counter()
            more = kernel(block, lane_of, start[mine], limit, hits, windows, escape, known, found)
            took = perf_counter() - began
            windows = max(1, min(8 * windows, int(windows * slicing.PART / took) if took else WINDOWS, WINDOWS))
            yield from pace.pauses()

    yield from slicing.run(map(worker, range(0, count, share)), threads)
    return whole
