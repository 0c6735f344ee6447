"""Basins of attraction: which attractor each of many initial conditions reaches.

After G. Datseris, A. Wagemakers, Effortless estimation of basins of attraction, Chaos 32, 023104 (2022): an orbit
is on an attractor once it keeps visiting what is known of it. Theirs goes from point to point; here a sample of the
points, the scouts, is followed far to learn the attractors, then all points at once are compared with these, so that
no result depends on threads. Where points are left over, scouts from among them learn more, and so on.
"""

from dataclasses import dataclass, field
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from attractor.core import lanes
from attractor.core.basins.follower import HITS, Ends, follow
from attractor.core.basins.lattice import FARTHEST, Integers, Lattice, empty_lattice, join_charts, mark_kernel, side
from attractor.core.ensemble import orbits
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.slicing import Work
from attractor.core.system import System

SCOUTS, FAR = 256, 8
"""Scouts of a round, and how many times `steps` they are followed."""
CHARTS, VISITS = 32, 1 << 21
"""Scouts of a round whose iterates mark cells, if not periodic, and about how many iterates do so in all."""
ROUNDS, STOP = 8, 1 / 4
"""Most rounds; one that decides less than this part of the points left over is the last."""
SPENT = 3
"""A further round begins while the steps taken are below so many times those that `steps_expected` tells."""
PART = 1 << 16
"""Points that are numbered in a slice."""


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


@dataclass
class _Known:
    """What has been learnt. Cycle j has the number 2 j + 1, chart s, or the first that it is one with, 2 s + 2."""

    lattice: Lattice
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
    known, pool, taken = _Known(empty_lattice(system, initial[:0])), np.flatnonzero(~gone), 0
    most = SPENT * steps_expected(len(initial), steps)
    followed = partial(follow, system, values, escape, threads)
    for turn in range(ROUNDS):
        if not len(pool) or taken > most:
            break
        yield
        scouts = initial[pool[:: -(-len(pool) // SCOUTS)]]
        end = yield from followed(scouts, FAR * steps, known.lattice, known.hits)
        taken += end.taken
        before = len(known.cycles) + len(known.charts)
        yield from _learn(system, values, escape, threads, end, known)
        if turn and len(known.cycles) + len(known.charts) == before:
            break
        settled = (end.outcome == 0) | (end.period > 0)
        while known.hits <= FAR * steps:  # a scout that escapes or ends in a cycle must not pass for aperiodic
            check = yield from followed(scouts, FAR * steps, known.lattice, known.hits)
            taken += check.taken
            if not (settled & (check.outcome > 0) & (check.outcome % 2 == 0)).any():
                break
            known.hits *= 4
        start = initial[pool]
        yield
        end = yield from followed(start, steps, known.lattice, known.hits)
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


def _learn(system: System, values: Floats, escape: float, threads: int, end: Ends, known: _Known) -> Work[None]:
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
    lower, scale, marks, chain, near, radius = empty_lattice(system, np.vstack([corners, seen, *cycles]), len(corners))
    for cycle in cycles:
        if not (np.abs(seen - cycle[0]) <= radius).all(axis=1).any():
            known.cycles.append(cycle)
            seen = np.vstack([seen, cycle])
        yield

    visits = np.zeros((len(known.charts), len(known.charts)), dtype=np.int64)
    for piece in chart(states[stays]):
        if piece is not None:
            mark_kernel()(piece.values, piece.first_orbit, lower, scale, side(system), marks, visits)
        yield
    known.groups = join_charts(visits)
    if known.groups:
        numbers = np.array([0, *(2 * group + 2 for group in known.groups)], dtype=np.int32)
        for part in np.array_split(marks, max(1, len(marks) // PART)):
            part[:] = numbers[part]
            yield

    entries: list[tuple[int, int]] = []
    points: list[Floats] = []
    corner = radius * np.array(list(product((-1, 1), repeat=system.dimension)))  # all in one cell, or in a few
    places = side(system) ** np.arange(system.dimension)[::-1]
    for j, cycle in enumerate(known.cycles):
        # Within 0 … side - 1: points lie in cells 1 … side - 2, and a radius is an eighth of a cell at most.
        cells = ((cycle[:, None] + corner - lower) * scale).astype(np.int64) @ places
        for point, around in zip(cycle, cells.tolist(), strict=True):
            for cell in set(around):
                entries.append((2 * j + 1, int(marks[cell])))
                points.append(point)
                marks[cell] = -len(entries)
        yield
    known.lattice = Lattice(lower, scale, marks, np.array(entries or chain), np.array(points or near), radius)


def _cycle(system: System, values: Floats, state: Floats, period: int) -> Floats:
    points = _iterates(system, values, state, period)
    return np.roll(points, -np.lexsort(points.T[::-1])[0], axis=0)


def _iterates(system: System, values: Floats, state: Floats, count: int) -> Floats:
    points = np.empty((count, system.dimension))
    orbit_kernel(system)(tuple(state.tolist()), tuple(values.tolist()), 1, points)
    return points


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
