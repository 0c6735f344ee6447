"""Basins of attraction: which attractor each of many initial conditions reaches.

After G. Datseris, A. Wagemakers, Effortless estimation of basins of attraction, Chaos 32, 023104 (2022): an orbit
is on an attractor once it keeps visiting what is known of it. Theirs goes from point to point; here a sample of the
points, the scouts, is followed far to learn the attractors, then all points at once are compared with these, so that
no result depends on threads. Where points are left over, scouts from among them learn more, and so on.

Nothing is an attractor by recurrence alone. A fixed point or a cycle is one where `core.attracting` proves that it
attracts, and an orbit reaches it by entering what is proven to be attracted; another is chaotic or regular by the tests
of `core.basins.motion`, and no transient. Where neither is shown, what ends there is undecided. Maps that preserve
volume have no attractors: `core.basins.conservative`.
"""

from dataclasses import dataclass, field
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from attractor.core import lanes
from attractor.core.attracting import AttractingCycle, apart, attracting_cycle, turns
from attractor.core.basins import motion
from attractor.core.basins.conservative import CHAOTIC, REGULAR, motions_of_all, preserves_volume
from attractor.core.basins.follower import HITS, PERIOD, Ends, follow
from attractor.core.basins.lattice import (
    FARTHEST,
    NEAR,
    Integers,
    Lattice,
    empty_lattice,
    join_charts,
    mark_kernel,
    side,
)
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
PROOFS = 64
"""Returning scouts of a round of which a proof is tried, at most, and as many others."""
_NEVER = 1 << 62  # hits that no orbit has

KINDS = "fixed point", "cycle", "regular", "chaotic"


@dataclass(frozen=True)
class Attractor:
    """`kind` is one of KINDS. A fixed point or cycle is proven to attract; the others are told by tests.

    `points`, of shape (points, dimension), are those of the cycle from its least on, or 1,024 consecutive iterates of
    another, whose `period` is 0; none of a map that preserves volume, where "regular" and "chaotic" say what motion the
    orbits with this label are in. `share` is the fraction of the initial conditions with this label.
    """

    label: int
    kind: str
    period: int
    points: Floats
    share: float


@dataclass(frozen=True)
class Basins:
    """The end of each initial condition, int64 of shape (points,) both.

    `labels`: 0 where the orbit escapes, else that of its attractor; these are numbered from 1 on in the order of KINDS,
    of periods and of places, so that no label depends on which points there are, but for those of attractors that
    none reaches. Where the map preserves volume, 1 is regular and 2 chaotic motion. -1 is undecided within `steps`.
    `steps`: the n of the first iterate that is beyond `escape`; or that is within what the cycle is proven to attract;
    or of the first of the HITS or more consecutive ones that are on what is known of the attractor; where undecided,
    and where the map preserves volume, the steps that were tried.
    """

    labels: Integers
    steps: Integers
    attractors: tuple[Attractor, ...]


@dataclass
class _Known:
    """What has been learnt. Cycle j has the number 2 j + 1, chart s, or the first that it is one with, 2 s + 2.

    A chart is a state on an attractor that is no cycle. None is taken away, since points have its number."""

    lattice: Lattice
    cycles: list[AttractingCycle] = field(default_factory=list)
    charts: list[Floats] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """The motion of each chart, empty where it turned out to be a transient."""
    groups: list[int] = field(default_factory=list)
    """The first chart that each is one with, -1 for a transient."""
    hits: int = HITS
    calm: list[Floats] = field(default_factory=list)
    """Where scouts of this round ended that were seen not to be chaotic any more."""


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

    Undecided are orbits on a transient of more than `steps`, those that approach an attractor more slowly, as at a
    bifurcation, and those whose end passes no test; more `steps` decide some. Chaotic attractors that share JOINED of
    their cells count as one, and so do regular ones. An orbit that looks chaotic, but of which one in the same cells
    settles or escapes within EXPONENT_STEPS more, is on a transient. Undecided too is what stays within `escape` but
    comes beyond FARTHEST.
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
    if preserves_volume(system, values):
        return (yield from _conservative(system, initial, values, labels, when, steps, escape, threads))
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
        yield from _learn(system, values, escape, threads, FAR * steps, end, known)
        if turn and len(known.cycles) + len(known.charts) == before:
            break
        settled = (end.outcome == 0) | (end.period > 0)
        for state in known.calm:
            settled |= (end.ends == state).all(axis=1)
        while known.hits <= FAR * steps:  # a scout that escapes or comes to rest must not pass for chaotic on its way
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


def _learn(
    system: System, values: Floats, escape: float, threads: int, age: int, end: Ends, known: _Known
) -> Work[None]:
    """Adds to what is known where the scouts ended after `age` steps, and draws its lattice anew."""
    returned = np.flatnonzero(end.period)
    for i in returned[:: max(1, -(-len(returned) // PROOFS))]:
        _add_cycle(system, values, end.ends[i], int(end.period[i]), known)
        yield
    loose = end.ends[(end.outcome < 0) & (end.period == 0)]
    loose = loose[:: max(1, -(-len(loose) // CHARTS))]
    words = yield from motion.motions(system, loose, values, age, threads)
    known.calm = [state for state, word in zip(loose, words.tolist(), strict=True) if not word]
    for state, word in zip(loose, words.tolist(), strict=True):
        if word:
            known.charts.append(state)
            known.words.append(word)
        if word != "regular":  # it may approach a cycle slowly, or be on a transient near one
            _add_cycle(system, values, state, 1, known)
        if not word and (period := _nearly_returns(system, values, state)) > 1:
            _add_cycle(system, values, state, period, known)
        yield
    yield from _draw(system, values, escape, threads, known)
    if "chaotic" in known.words:
        states = np.array(known.charts)
        later = yield from follow(system, values, escape, threads, states, motion.EXPONENT_STEPS, known.lattice, _NEVER)
        ended = {known.groups[s] for s in np.flatnonzero((later.outcome >= 0) | (later.period > 0)).tolist()} - {-1}
        if ended:
            pairs = zip(known.words, known.groups, strict=True)
            known.words = ["" if group in ended else word for word, group in pairs]
            yield from _draw(system, values, escape, threads, known)


def _add_cycle(system: System, values: Floats, state: Floats, period: int, known: _Known) -> None:
    """Adds the cycle near `state` of a period that divides `period`, where it is proven to attract and is not known."""
    for cycle in known.cycles:
        if (np.abs(apart(system, cycle.points, state)).max(axis=1) <= cycle.radius).any():
            return
    found = attracting_cycle(system, values.tolist(), state.tolist(), period)
    if found is None or not (np.abs(found.points) <= FARTHEST).all():
        return
    for cycle in known.cycles:
        distances = np.abs(apart(system, cycle.points, found.points[0])).max(axis=1)
        if (distances <= max(cycle.radius, found.radius)).any():
            return
    known.cycles.append(found)


def _nearly_returns(system: System, values: Floats, state: Floats) -> int:
    """The number of steps, up to PERIOD, after which the orbit is nearest to `state`."""
    later = _iterates(system, values, state, PERIOD + 1)[1:]
    return int(np.abs(apart(system, later, state)).max(axis=1).argmin()) + 1


def _images(system: System, cycle: AttractingCycle) -> list[Floats]:
    """The cycle's first point as coordinates tell it: twice on a circle that closes within the cycle's radius."""
    choices = [
        [x + k * turn if k else x for k in (0, 1, -1) if not k or -cycle.radius < x + k * turn < turn + cycle.radius]
        for x, turn in zip(cycle.points[0].tolist(), turns(system).tolist(), strict=True)
    ]
    return [np.array(image) for image in product(*choices)]


def _draw(system: System, values: Floats, escape: float, threads: int, known: _Known) -> Work[None]:
    """Draws the lattice of what is known."""
    drawn = [s for s, word in enumerate(known.words) if word]
    states = np.array([known.charts[s] for s in drawn]).reshape(-1, system.dimension)
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
    for s in np.array(drawn, dtype=np.int64)[~stays].tolist():
        known.words[s] = ""
    drawn = [s for s in drawn if known.words[s]]

    corners = extremes[stays].reshape(-1, system.dimension)
    images = [_images(system, cycle) for cycle in known.cycles]
    points = np.vstack([corners, *(cycle.points for cycle in known.cycles), *images])
    lower, scale, marks, chain, near, radius = empty_lattice(system, points, len(corners))
    visits = np.zeros((len(drawn), len(drawn)), dtype=np.int64)
    for piece in chart(states[stays]):
        if piece is not None:
            mark_kernel()(piece.values, piece.first_orbit, lower, scale, side(system), marks, visits)
        yield
    words = np.array([known.words[s] for s in drawn])
    groups = [drawn[group] for group in join_charts(visits * (words[:, None] == words[None]))]
    known.groups = [-1] * len(known.charts)
    for s, group in zip(drawn, groups, strict=True):
        known.groups[s] = group
    if drawn:
        numbers = np.array([0, *(2 * group + 2 for group in groups)], dtype=np.int32)
        for part in np.array_split(marks, max(1, len(marks) // PART)):
            part[:] = numbers[part]
            yield

    entries: list[tuple[int, int]] = []
    centres: list[Floats] = []
    reaches: list[Floats] = []
    corner = np.array(list(product((-1, 1), repeat=system.dimension)))
    places = side(system) ** np.arange(system.dimension)[::-1]
    with np.errstate(divide="ignore"):
        most = NEAR * (side(system) - 2) / scale  # an eighth of a cell, so all corners are in one cell or in a few
    for j, cycle in enumerate(known.cycles):
        reach = np.minimum(cycle.radius, most)
        for image in images[j]:
            # Within 0 … side - 1: points lie in cells 1 … side - 2, and a reach is an eighth of a cell at most.
            cells = ((image + corner * reach - lower) * scale).astype(np.int64) @ places
            for cell in set(cells.tolist()):
                entries.append((2 * j + 1, int(marks[cell])))
                centres.append(image)
                reaches.append(reach)
                marks[cell] = -len(entries)
        yield
    found = (np.array(entries), np.array(centres), np.array(reaches)) if entries else (chain, near, radius)
    known.lattice = Lattice(lower, scale, marks, *found)


def _iterates(system: System, values: Floats, state: Floats, count: int) -> Floats:
    """The `count` iterates behind `state`."""
    points = np.empty((count, system.dimension))
    orbit_kernel(system)(tuple(state.tolist()), tuple(values.tolist()), 1, points)
    return points


def _numbered(system: System, values: Floats, labels: Integers, when: Integers, known: _Known) -> Work[Basins]:
    """The result, its labels in an order that the points do not decide."""
    parts = np.array_split(labels, max(1, len(labels) // PART))
    one = np.arange(-1, 2 * max(len(known.cycles), len(known.charts)) + 1)  # numbers from -1 on; each stands for itself
    for s, group in enumerate(known.groups):  # but what one round told apart a later one may have joined, or dropped
        one[2 * s + 3] = 2 * group + 2 if group >= 0 else -1
    total = np.zeros(len(one), dtype=np.int64)  # how many points have each number
    for part in parts:
        part[:] = one[part + 1]
        total += np.bincount(part + 1, minlength=len(one))
        yield
    found: list[tuple[tuple[int, int, tuple[float, ...]], int, str, Floats]] = []
    for number in (np.flatnonzero(total[2:]) + 1).tolist():
        if number % 2:
            points = known.cycles[number // 2].points
            kind, period, place = KINDS[len(points) > 1], len(points), points[0]
        else:
            points = _iterates(system, values, known.charts[number // 2 - 1], 1 << 14)
            kind, period = known.words[number // 2 - 1], 0
            place = np.round(points.mean(axis=0) / (np.ptp(points, axis=0).max() or 1.0), 1) + 0.0
            points = points[:1024]
        found.append(((KINDS.index(kind), period, tuple(place.tolist())), number, kind, points))
        yield
    attractors: list[Attractor] = []
    for (_, period, _), number, kind, points in sorted(found, key=lambda each: each[0]):
        attractors.append(Attractor(len(attractors) + 1, kind, period, points, total[number + 1] / len(labels)))
        one[number + 1] = len(attractors)
    for part in parts:
        part[:] = one[part + 1]
        yield
    return Basins(labels, when, tuple(attractors))


def _conservative(
    system: System,
    initial: Floats,
    values: Floats,
    labels: Integers,
    when: Integers,
    steps: int,
    escape: float,
    threads: int,
) -> Work[Basins]:
    """The result of a map that preserves volume; `labels` are 0 where a point is beyond `escape`."""
    inside = np.flatnonzero(labels < 0)
    labels[inside], when[inside] = yield from motions_of_all(system, initial[inside], values, steps, escape, threads)
    attractors: list[Attractor] = []
    for number, kind in ((REGULAR, "regular"), (CHAOTIC, "chaotic")):
        if count := np.count_nonzero(labels == number):
            nothing = np.empty((0, system.dimension))
            attractors.append(Attractor(number, kind, 0, nothing, count / len(labels)))
    return Basins(labels, when, tuple(attractors))
