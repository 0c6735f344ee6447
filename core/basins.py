"""Basins of attraction: which attractor each of many initial conditions reaches.

After G. Datseris, A. Wagemakers, Effortless estimation of basins of attraction, Chaos 32, 023104 (2022): an orbit
is on an attractor once it keeps visiting what is known of it. Theirs goes from point to point; here a sample of the
points, the scouts, is followed far to learn the attractors, then all points at once are compared with these, so that
no result depends on threads. Where points are left over, scouts from among them learn more, and so on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import types
from numpy.typing import ArrayLike, NDArray

from attractor.core import lanes, slicing
from attractor.core.compiling import compiled
from attractor.core.ensemble import orbits
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import LANES, Floats
from attractor.core.slicing import Work
from attractor.core.system import System, per_system

Integers: TypeAlias = NDArray[np.int64]

PERIOD = 64
"""The greatest period that is recognised, and the steps between two looks at whether orbits have ended."""
SCOUTS, FAR = 256, 8
"""Scouts of a round, and how many times `steps` they are followed."""
CHARTS, VISITS = 32, 1 << 21
"""Scouts of a round whose iterates mark cells, if not periodic, and about how many iterates do so in all."""
ROUNDS, STOP = 8, 1 / 4
"""Most rounds; one that decides less than this part of the points left over is the last."""
HITS = 64
"""Consecutive iterates on what is known of an attractor after which an orbit is on it; more where that misleads."""
RETURN = 1e-12
"""Distance, relative or below 1 absolute, at which an iterate has returned."""
JOINED = 1 / 8
"""Two charts are one attractor where this part of one's visits falls into cells that the other came to first."""
CELLS = 512
"""Cells on a side of the lattice over all attractors; fewer from three dimensions on."""
NEAR = 2.0**-12
"""Of the extent of all attractors together, or of 1 if that is more and all are cycles: what is this near a point of
a cycle has reached it."""
FARTHEST = 2.0**1020
"""Attractors are known up to here: lattices, and distances on them, then stay in double's range."""
SPENT = 3
"""A further round begins while the steps taken are below so many times those that `steps_expected` tells."""
WINDOWS = 1 << 20
"""Of PERIOD steps of a block, in a slice, at most."""
PART = 1 << 16
"""Points that are numbered in a slice."""

step: Any = None  # in a template: what it is bound to
read: Any = None
write: Any = None
SIZE = 0  # the dimension
SIDE = 0  # cells on a side of the lattice
LOOK = 0  # the first row of the point at which the window began
BEYOND = APART = 0  # coordinates beyond `escape`, and those not back where the window began
OUTSIDE = CELL = 0  # coordinates outside the lattice, and the cell where there is none
GONE = BACK = 0  # the tick of the window at which the orbit escaped or first returned, 0 where it did not

_INDEX, _N, _HELD, _STREAK, _BEGUN, _ENDED, _PERIOD = range(7)  # what a lane remembers; row 7 holds the next point


def _follow(block, lane_of, rows, limit, hits, windows, escape, known, found):  # type: ignore[no-untyped-def]
    lower, scale, marks, chain, near, radius = known
    outcome, when, period, ends = found
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
            for lane in range(LANES):
                write(block, lane, step(*read(block, lane)))
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
                            apart += abs(block[k * LANES + lane] - near[entry, k]) > radius[k]
                        mark = chain[entry, 0] if apart == 0 else chain[entry, 1]
                if mark == 0:
                    lane_of[_HELD, lane] = 0
                elif mark != lane_of[_HELD, lane]:
                    lane_of[_HELD, lane], lane_of[_STREAK, lane] = mark, 1
                    lane_of[_BEGUN, lane] = lane_of[_N, lane] + tick
                else:
                    lane_of[_STREAK, lane] += 1
                    if lane_of[_STREAK, lane] >= (HITS if mark % 2 else hits):
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


def _mark(values, first, lower, scale, side, marks, visits):  # type: ignore[no-untyped-def]  # typed by Numba
    for s in range(values.shape[0]):
        for i in range(values.shape[1]):
            cell, inside = 0, True
            for k in range(values.shape[2]):
                u = (values[s, i, k] - lower[k]) * scale[k]
                inside = inside and u >= 0.0 and u < side  # false for nan
                cell = cell * side + (int(u) if inside else 0)
            if inside:
                if marks[cell] == 0:
                    marks[cell] = first + s + 1
                visits[first + s, marks[cell] - 1] += 1


_reals, _rows = types.float64[::1], types.float64[:, ::1]
_integers, _pairs = types.int64[::1], types.int64[:, ::1]


@per_system
def follow_kernel(system: System) -> Callable[..., bool]:
    """`kernel(block, lane_of, rows, limit, hits, windows, escape, known, found)` follows `rows` to their ends, each in
    the next lane that is free, for at most `windows` times PERIOD steps, and tells whether any is still on its way."""
    size = system.dimension
    look = size + len(system.parameters)
    names = ("BEYOND", "APART", "OUTSIDE", "CELL", "GONE", "BACK")
    numbers = {name: look + size + i for i, name in enumerate(names)}
    known = types.Tuple((_reals, _reals, types.int32[::1], _pairs, _rows, _reals))
    found = types.Tuple((_integers, _integers, _integers, _rows))
    whole = types.int64
    signature = (_reals, _pairs, _rows, whole, whole, whole, types.float64, known, found)
    bindings = {**lanes.bound(system), **numbers, "LOOK": look, "SIZE": size, "SIDE": _side(system)}
    name = f"{system.step.__name__}_follow"
    kernel: Callable[..., bool] = compiled(_follow, name, signature, system.step, lanes, **bindings)
    return kernel


@cache
def mark_kernel() -> Callable[..., None]:
    """`kernel(values, first, lower, scale, side, marks, visits)` marks the cells of orbits `first` … with their number
    from 1 on, where none is marked, and counts the visits of each to the cells of each."""
    signature = types.float64[:, :, ::1], types.int64, _reals, _reals, types.int64, types.int32[::1], _pairs
    kernel: Callable[..., None] = compiled(_mark, "basins_mark", signature)
    return kernel


def _side(system: System) -> int:
    return min(CELLS, int(2 ** (21 / system.dimension)))


@dataclass(frozen=True)
class Attractor:
    """`kind` is "fixed point", "cycle" or "aperiodic", which is chaotic, quasi-periodic, or of a period above PERIOD.

    `points`, of shape (points, dimension), are those of the cycle from its least on, or 1,024 consecutive iterates of
    an aperiodic one, whose `period` is 0. `share` is the fraction of the initial conditions with this label.
    """

    label: int
    kind: str
    period: int
    points: Floats
    share: float


@dataclass(frozen=True)
class Basins:
    """The end of each initial condition, int64 of shape (points,) both.

    `labels`: 0 where the orbit escapes, else the label of its attractor, `attractors[label - 1]`, numbered in the
    order of the first initial condition that reaches each; -1 where it is undecided within `steps`.
    `steps`: the n of the first iterate that is beyond `escape`; or of the first of the HITS or more consecutive ones
    that are on what is known of the attractor; where undecided, the steps that were tried.
    """

    labels: Integers
    steps: Integers
    attractors: tuple[Attractor, ...]


class _Ends(NamedTuple):
    """For each orbit: the number of what it reached, 0 where it escaped, -1 where neither within the steps; the n of
    that; where -1 the period with which it returned, or 0, and its last state."""

    outcome: Integers
    when: Integers
    period: Integers
    ends: Floats

    @property
    def taken(self) -> int:
        """The steps of all orbits, about; the same however they were sliced."""
        return int(self.when.sum()) + HITS * len(self.when)


@dataclass
class _Known:
    """What has been learnt. Cycle j goes by the number 2 j + 1, chart s, or the first that it is one with, by 2 s + 2.

    A cell's mark is the number of the charts in it, 0 for none, or -1 - e for entry e of `chain`: the number of a cycle
    that has the point `near[e]` near the cell, and the cell's mark without it.
    """

    table: tuple[Any, ...]
    cycles: list[Floats] = field(default_factory=list)
    charts: list[Floats] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    hits: int = HITS


def basins(
    system: System,
    start: ArrayLike,
    parameters: ArrayLike,
    steps: int = 10_000,
    escape: float = 1e6,
    threads: int = 1,
) -> Work[Basins]:
    """Which attractor each of the initial conditions `start`, of shape (points, dimension), reaches at `parameters`.

    `steps` is rounded up to a multiple of PERIOD. Raises ValueError on wrong shapes, and on parameters of more than one
    orbit. No number depends on `threads`, but the scouts, and so the resolution, depend on all of `start`.

    Undecided are orbits on a transient of more than `steps`, and those that approach an attractor more slowly; more
    `steps` decide them. A cycle is any orbit that returns within RETURN, even an unstable one that is met exactly. Two
    cycles within NEAR of the extent of all attractors count as one, as do aperiodic attractors that share JOINED of
    their cells; convergence slower than exponential, as at a bifurcation, counts as aperiodic.
    An area-preserving map has no attractors: the answer, in bounded time, is the cycles and invariant curves of some
    scouts and their neighbourhoods within a cell, and leaves many points undecided. So are those of which the orbit
    stays within `escape` but comes beyond FARTHEST.
    At most SPENT times `steps_expected` steps are taken before the last round begins. Held are 57 bytes a point and 24
    for each of its coordinates, its place in `start` among them, and at most 64 MiB of lattice and charts.
    """
    initial = np.ascontiguousarray(np.atleast_2d(np.asarray(start, dtype=np.float64)))
    lanes.points(system, initial[:1], parameters)  # raises on other shapes
    values = np.asarray(parameters, dtype=np.float64).ravel()
    if len(values) != len(system.parameters):
        raise ValueError("basins are those of one set of parameters")
    labels, when = np.full(len(initial), -1), np.full(len(initial), steps)
    gone = np.zeros(len(initial), dtype=np.bool_)
    for coordinate in initial.T:
        gone |= ~(np.abs(coordinate) <= escape)  # true for nan too
        yield
    labels[gone], when[gone] = 0, 0
    known, pool, taken = _Known(_table(system, initial[:0])), np.flatnonzero(~gone), 0
    most = SPENT * steps_expected(len(initial), steps)
    follow = partial(_followed, system, values, escape, threads)
    for turn in range(ROUNDS):
        if not len(pool) or taken > most:
            break
        yield
        scouts = initial[pool[:: -(-len(pool) // SCOUTS)]]
        end = yield from follow(scouts, FAR * steps, known)
        taken += end.taken
        before = len(known.cycles) + len(known.charts)
        yield from _learn(system, values, escape, threads, end, known)
        if turn and len(known.cycles) + len(known.charts) == before:
            break
        settled = (end.outcome == 0) | (end.period > 0)
        while known.hits <= FAR * steps:  # a scout that escapes or ends in a cycle must not pass for aperiodic
            check = yield from follow(scouts, FAR * steps, known)
            taken += check.taken
            if not (settled & (check.outcome > 0) & (check.outcome % 2 == 0)).any():
                break
            known.hits *= 4
        start = initial[pool]
        yield
        end = yield from follow(start, steps, known)
        taken += end.taken
        labels[pool], when[pool] = end.outcome, end.when
        left = end.outcome < 0
        decided = (len(pool) - np.count_nonzero(left)) / len(pool)
        yield
        pool = pool[left]
        if decided < STOP:
            break
    return (yield from _numbered(system, values, labels, when, known))


def steps_expected(points: int, steps: int) -> int:
    """About the steps that basins take where no point settles, those of the scouts among them."""
    return (points + ROUNDS * FAR * min(points, SCOUTS)) * steps


def _followed(
    system: System, values: Floats, escape: float, threads: int, start: Floats, limit: int, known: _Known
) -> Work[_Ends]:
    count, size = start.shape
    outcome, when, period = np.zeros((3, count), dtype=np.int64)
    whole = _Ends(outcome, when, period, np.zeros((count, size)))
    kernel = follow_kernel(system)
    share = max(LANES, min(1 << 16, -(-count // threads)))

    def worker(first: int) -> Iterator[None]:
        mine = slice(first, first + share)
        block = lanes.blocks(np.hstack([start[:1], values[None]]), extra=size + 6)[0]
        lane_of = np.zeros((8, LANES), dtype=np.int64)
        lane_of[[_INDEX, _ENDED]] = -1
        found = tuple(array[mine] for array in whole)
        windows, more, pace = 1, True, slicing.Pace()
        while more:
            began = perf_counter()
            more = kernel(block, lane_of, start[mine], limit, known.hits, windows, escape, known.table, found)
            took = perf_counter() - began
            windows = max(1, min(8 * windows, int(windows * slicing.PART / took) if took else WINDOWS, WINDOWS))
            yield from pace.pauses()

    yield from slicing.run(map(worker, range(0, count, share)), threads)
    return whole


def _learn(system: System, values: Floats, escape: float, threads: int, end: _Ends, known: _Known) -> Work[None]:
    """Adds to what is known where the scouts ended, and draws its lattice anew."""
    loose = end.ends[(end.outcome < 0) & (end.period == 0)]
    states = np.array([*known.charts, *loose[:: max(1, -(-len(loose) // CHARTS))]]).reshape(-1, system.dimension)
    records = min(1 << 18, max(1 << 14, VISITS // max(1, len(states))))
    chart = partial(orbits, system, parameters=values, records=records, threads=threads)
    extremes = np.tile([[np.inf], [-np.inf]], (len(states), 1, system.dimension))
    for piece in chart(states):
        if piece is not None:
            of = extremes[piece.first_orbit : piece.first_orbit + len(piece.values)]
            of[:, 0] = np.minimum(of[:, 0], piece.values.min(axis=1))
            of[:, 1] = np.maximum(of[:, 1], piece.values.max(axis=1))
        yield
    stays = (np.abs(extremes) <= min(escape, FARTHEST)).all(axis=(1, 2))  # the others were on a long transient
    known.charts = list(states[stays])

    cycles = []
    for i in np.flatnonzero(end.period):
        cycle = _cycle(system, values, end.ends[i], int(end.period[i]))
        if (np.abs(cycle) <= FARTHEST).all():  # false for nan, should it not have returned another time
            cycles.append(cycle)
        yield
    corners = extremes[stays].reshape(-1, system.dimension)
    seen = np.vstack([corners[:0], *known.cycles])
    lower, scale, marks, chain, near, radius = _table(system, np.vstack([corners, seen, *cycles]), len(corners))
    for cycle in cycles:
        if not (np.abs(seen - cycle[0]) <= radius).all(axis=1).any():
            known.cycles.append(cycle)
            seen = np.vstack([seen, cycle])
        yield

    visits = np.zeros((len(known.charts), len(known.charts)), dtype=np.int64)
    for piece in chart(states[stays]):
        if piece is not None:
            mark_kernel()(piece.values, piece.first_orbit, lower, scale, _side(system), marks, visits)
        yield
    known.groups = _joined(visits)
    if known.groups:
        numbers = np.array([0, *(2 * group + 2 for group in known.groups)], dtype=np.int32)
        for part in np.array_split(marks, max(1, len(marks) // PART)):
            part[:] = numbers[part]
            yield

    entries: list[tuple[int, int]] = []
    points: list[Floats] = []
    corner = radius * np.array(list(product((-1, 1), repeat=system.dimension)))  # all in one cell, or in a few
    places = _side(system) ** np.arange(system.dimension)[::-1]
    for j, cycle in enumerate(known.cycles):
        # Within 0 … side - 1: points lie in cells 1 … side - 2, and a radius is an eighth of a cell at most.
        cells = ((cycle[:, None] + corner - lower) * scale).astype(np.int64) @ places
        for point, around in zip(cycle, cells.tolist(), strict=True):
            for cell in set(around):
                entries.append((2 * j + 1, int(marks[cell])))
                points.append(point)
                marks[cell] = -len(entries)
        yield
    known.table = lower, scale, marks, np.array(entries or chain), np.array(points or near), radius


def _table(system: System, points: Floats, charted: int = 0) -> tuple[Any, ...]:
    """An empty lattice over `points`: its corner, cells per unit, marks, chain, points near, and how near they are.

    None of `points` is beyond FARTHEST, so no extent is beyond 2**1021, and all of these are finite.
    """
    size = system.dimension
    nothing = np.zeros((1, 2), dtype=np.int64), np.zeros((1, size))
    if not len(points):
        return np.zeros(size), np.zeros(size), np.zeros(1, dtype=np.int32), *nothing, np.zeros(size)
    side, least, greatest = _side(system), points.min(axis=0), points.max(axis=0)
    floor = np.maximum(1.0, np.abs(points).max(axis=0)) * (1e-6 if charted else 1.0)  # an extent may be all rounding
    extent = np.maximum(greatest - least, floor)
    scale = (side - 2) / extent
    return least - 1 / scale, scale, np.zeros(side**size, dtype=np.int32), *nothing, extent * NEAR


def _cycle(system: System, values: Floats, state: Floats, period: int) -> Floats:
    points = _iterates(system, values, state, period)
    return np.roll(points, -np.lexsort(points.T[::-1])[0], axis=0)


def _iterates(system: System, values: Floats, state: Floats, count: int) -> Floats:
    points = np.empty((count, system.dimension))
    orbit_kernel(system)(tuple(state.tolist()), tuple(values.tolist()), 1, points)
    return points


def _joined(visits: Integers) -> list[int]:
    """For each chart the first that it is one attractor with: the pair with most visits in common is joined first."""
    shared, groups = visits.astype(np.float64), np.arange(len(visits))
    while len(shared):
        overlap = shared / np.maximum(shared.sum(axis=1, keepdims=True), 1)
        np.fill_diagonal(overlap, 0)
        a, b = sorted(divmod(int(overlap.argmax()), len(shared)))
        if overlap.max() < JOINED:
            break
        shared[a] += shared[b]
        shared[:, a] += shared[:, b]
        shared[b], shared[:, b] = 0, 0
        groups[groups == b] = a
    return [int(g) for g in groups]


def _numbered(system: System, values: Floats, labels: Integers, when: Integers, known: _Known) -> Work[Basins]:
    """The result, its labels in the order of the points."""
    parts = np.array_split(labels, max(1, len(labels) // PART))
    one = np.arange(-1, 2 * max(len(known.cycles), len(known.charts)) + 1)  # numbers from -1 on; each stands for itself
    for s, group in enumerate(known.groups):  # but what one round told apart a later one may have joined
        one[2 * s + 3] = 2 * group + 2
    order: dict[int, int] = {}  # how many points have each number
    for part in parts:
        part[:] = one[part + 1]
        numbers, first, counts = np.unique(part, return_index=True, return_counts=True)
        for i in np.argsort(first):
            order[int(numbers[i])] = order.get(int(numbers[i]), 0) + int(counts[i])
        yield
    attractors: list[Attractor] = []
    for number, count in order.items():
        if number <= 0:
            continue
        if number % 2:
            points = known.cycles[number // 2]
            kind, period = "cycle" if len(points) > 1 else "fixed point", len(points)
        else:
            points = _iterates(system, values, known.charts[number // 2 - 1], 1024)
            kind, period = "aperiodic", 0
        attractors.append(Attractor(len(attractors) + 1, kind, period, points, count / len(labels)))
        one[number + 1] = len(attractors)
        yield
    for part in parts:
        part[:] = one[part + 1]
        yield
    return Basins(labels, when, tuple(attractors))
