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

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import NamedTuple

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
from attractor.core.lanes import LANES, Floats
from attractor.core.selection import Selection
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
GLANCES = True, False
"""Whether what looks clearly chaotic is taken for that: tried first, and not where it is in doubt."""
PART = 1 << 16
"""Points that are numbered in a slice."""
PROOFS = 64
"""Returning scouts of a round of which a proof is tried, at most, and as many others."""
BESIDE = 64
"""Records that are reduced side by side: NumPy takes ten times as long for one after the other."""
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
class _Learnt:
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
    """The ends of this round's scouts that turned out not to be chaotic any more."""

    def copy(self) -> "_Learnt":
        """Another, whose lists may be added to."""
        return replace(self, cycles=[*self.cycles], charts=[*self.charts], words=[*self.words], groups=[*self.groups])


def basins(
    system: System,
    start: ArrayLike,
    parameters: ArrayLike,
    steps: int = 10_000,
    escape: float = 1e6,
    threads: int = 1,
) -> Work[Basins]:
    """Finds the attractor that each of the initial conditions `start`, of shape (points, dimension), reaches.

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
    labels, when = yield from classify_starts(system, initial, values, steps, escape, threads)
    rounds, pool = Rounds(system, values, len(initial), steps, escape, threads), np.flatnonzero(labels < 0)
    while chosen := rounds.scouts(len(pool)):
        yield
        if not (yield from rounds.learn(initial[pool[chosen]])):
            break
        start = initial[pool]
        yield
        end = yield from follow(system, values, escape, threads, start, steps, *rounds.known)
        labels[pool], when[pool] = end.outcome, end.when
        left = end.outcome < 0
        yield
        rounds.note(end.steps_taken, len(pool), int(np.count_nonzero(left)))
        pool = pool[left]
    parts = np.array_split(labels, max(1, len(labels) // PART))
    counts = np.zeros(rounds.numbers, dtype=np.int64)
    for part in parts:
        counts += np.bincount(part + 1, minlength=len(counts))
        yield
    table, attractors = yield from rounds.number(counts)
    for part in parts:
        part[:] = table[part + 1]
        yield
    return Basins(labels, when, attractors)


def classify_starts(
    system: System, initial: Floats, values: Floats, steps: int, escape: float, threads: int
) -> Work[tuple[Integers, Integers]]:
    """The number of each of `initial`, and its steps, before the first round: 0 where it is beyond `escape`, else -1.

    Where the map preserves volume, which has no rounds, those at the end.
    """
    numbers, when = np.full(len(initial), -1), np.full(len(initial), steps)
    gone = np.zeros(len(initial), dtype=np.bool_)
    for coordinate in initial.T:
        gone |= ~(np.abs(coordinate) <= escape)  # true for nan too
        yield
    numbers[gone], when[gone] = 0, 0
    if preserves_volume(system, values):
        inside = np.flatnonzero(~gone)
        found = yield from motions_of_all(system, initial[inside], values, steps, escape, threads)
        numbers[inside], when[inside] = found
    return numbers, when


class Known(NamedTuple):
    """What has been learnt, as who follows points needs it."""

    lattice: Lattice
    hits: int


class Rounds:
    """What is learnt of the attractors from one set of points, round by round, whoever follows these.

    A round is `scouts`, `learn`, following all points that are left with what is `known` then, and `note`; behind the
    last is `number`. So points may be followed in parts, and no result depends on how they are cut. A map that
    preserves volume has no rounds.
    """

    def __init__(self, system: System, values: Floats, points: int, steps: int, escape: float, threads: int) -> None:
        self._system, self._values, self._steps, self._escape = system, values, steps, escape
        self._threads, self._points = threads, points
        self._learnt, self._turn, self._taken = _Learnt(empty_lattice(system, np.empty((0, system.dimension)))), 0, 0
        self._is_over = self._preserves_volume = preserves_volume(system, values)

    @property
    def known(self) -> Known:
        return Known(self._learnt.lattice, self._learnt.hits)

    @property
    def numbers(self) -> int:
        """How many numbers points may have now, from -1 on."""
        if self._preserves_volume:
            return CHAOTIC + 2
        return 2 * max(len(self._learnt.cycles), len(self._learnt.charts)) + 2

    def scouts(self, left: int) -> slice | None:
        """Which of the points that are `left` the next round begins with; None where there is none."""
        most = SPENT * steps_expected(self._points, self._steps)
        if self._is_over or not left or self._turn == ROUNDS or self._taken > most:
            return None
        return slice(None, None, -(-left // SCOUTS))

    def learn(self, scouts: Floats) -> Work[bool]:
        """Whether there is anything new to follow points with, once the orbits from `scouts` are known."""
        learnt, turn, far = self._learnt, self._turn, FAR * self._steps
        self._turn += 1
        followed = partial(follow, self._system, self._values, self._escape, self._threads)
        end = yield from followed(scouts, far, *self.known)
        self._taken += end.steps_taken
        before = len(learnt.cycles) + len(learnt.charts)
        for glance in GLANCES:
            learnt = self._learnt.copy()
            if (yield from _learn(self._system, self._values, self._escape, self._threads, far, end, learnt, glance)):
                break
        self._learnt = learnt
        if turn and len(learnt.cycles) + len(learnt.charts) == before:
            return False
        settled = (end.outcome == 0) | (end.period > 0)
        for state in learnt.calm:
            settled |= (end.ends == state).all(axis=1)
        while learnt.hits <= far:  # a scout that escapes or comes to rest must not pass for chaotic on its way
            check = yield from followed(scouts, far, *self.known)
            self._taken += check.steps_taken
            if not (settled & (check.outcome > 0) & (check.outcome % 2 == 0)).any():
                break
            learnt.hits *= 4
        return True

    def note(self, taken: int, before: int, left: int) -> None:
        """Notes that following all of the `before` points has taken so many steps, and leaves `left`."""
        self._taken += taken
        self._is_over = (before - left) / before < STOP

    def number(self, counts: Integers) -> Work[tuple[Integers, tuple[Attractor, ...]]]:
        """The label for each number from -1 on, int64 of shape (numbers,), in an order that the points do not decide,
        where `counts` of the points, as many, have each number; and what the labels stand for."""
        if self._preserves_volume:
            return np.arange(-1, len(counts) - 1), _motions(self._system, counts)
        return (yield from _number_attractors(self._system, self._values, counts, self._learnt))


def steps_expected(points: int, steps: int) -> int:
    """About the steps that basins take where no point settles, those of the scouts among them."""
    return (points + ROUNDS * FAR * min(points, SCOUTS)) * steps


def _learn(
    system: System, values: Floats, escape: float, threads: int, age: int, end: Ends, learnt: _Learnt, glance: bool
) -> Work[bool]:
    """Adds to what is known where the scouts ended after `age` steps, and draws its lattice anew.

    With a `glance`, what looks clearly chaotic at first is taken for that; False where it does not to the end.
    """
    returned = np.flatnonzero(end.period)
    for i in returned[:: max(1, -(-len(returned) // PROOFS))]:
        _add_cycle(system, values, end.ends[i], int(end.period[i]), learnt)
        yield
    loose = end.ends[(end.outcome < 0) & (end.period == 0)]
    loose = loose[:: max(1, -(-len(loose) // CHARTS))]
    clear = np.zeros(len(loose), dtype=np.bool_)
    if glance:
        clear = yield from motion.clearly_chaotic(system, loose, values, threads)
    words = np.full(len(loose), "chaotic")
    words[~clear] = yield from motion.motions(system, loose[~clear], values, age, threads)
    learnt.calm = [state for state, word in zip(loose, words.tolist(), strict=True) if not word]
    glanced: list[int] = []
    for state, word, is_clear in zip(loose, words.tolist(), clear.tolist(), strict=True):
        if word:
            glanced += [len(learnt.charts)] * is_clear
            learnt.charts.append(state)
            learnt.words.append(word)
        if word != "regular":  # it may approach a cycle slowly, or be on a transient near one
            _add_cycle(system, values, state, 1, learnt)
        if not word and (period := _nearly_returns(system, values, state)) > 1:
            _add_cycle(system, values, state, period, learnt)
        yield
    begun = yield from _draw(system, values, escape, threads, learnt)
    drawn = np.flatnonzero(np.array(learnt.groups, dtype=np.int64) >= 0)
    if not np.isin(glanced, drawn).all():
        return False
    if "chaotic" in learnt.words:
        parts, count, size = begun.shape
        steps, rows = motion.EXPONENT_STEPS // parts, begun.reshape(parts * count, size)
        later = yield from follow(system, values, escape, threads, rows, steps, learnt.lattice, _NEVER)
        settled = ((later.outcome >= 0) | (later.period > 0)).reshape(parts, count).any(axis=0)
        at_a_glance = np.isin(drawn, glanced)
        last = later.ends[-count:][at_a_glance & ~settled]
        clear = yield from motion.clearly_chaotic(system, last, values, threads)
        if np.count_nonzero(clear) < len(glanced):
            return False
        if ended := {learnt.groups[s] for s in drawn[settled].tolist()}:
            pairs = zip(learnt.words, learnt.groups, strict=True)
            learnt.words = ["" if group in ended else word for word, group in pairs]
            yield from _draw(system, values, escape, threads, learnt)
    return True


def _add_cycle(system: System, values: Floats, state: Floats, period: int, learnt: _Learnt) -> None:
    """Adds the cycle near `state` of a period that divides `period`, where it is proven to attract and is not known."""
    for cycle in learnt.cycles:
        if (np.abs(apart(system, cycle.points, state)).max(axis=1) <= cycle.radius).any():
            return
    found = attracting_cycle(system, values.tolist(), state.tolist(), period)
    if found is None or not (np.abs(found.points) <= FARTHEST).all():
        return
    for cycle in learnt.cycles:
        distances = np.abs(apart(system, cycle.points, found.points[0])).max(axis=1)
        if (distances <= max(cycle.radius, found.radius)).any():
            return
    learnt.cycles.append(found)


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


def _draw(system: System, values: Floats, escape: float, threads: int, learnt: _Learnt) -> Work[Floats]:
    """Draws the lattice of what is known. Gives states of the charts on it, of shape (parts, charts, dimension), from
    which each is followed for EXPONENT_STEPS in all: as many parts as fill a block, which takes as long as one."""
    drawn = [s for s, word in enumerate(learnt.words) if word]
    states = np.array([learnt.charts[s] for s in drawn]).reshape(-1, system.dimension)
    records = min(1 << 18, max(1 << 14, VISITS // max(1, len(states))))
    parts = 1 << max(1, LANES // max(1, len(states))).bit_length() - 1
    begun = np.tile(states, (parts, 1, 1))
    after = [motion.EXPONENT_STEPS * k // parts for k in range(1, parts)]
    chart = partial(orbits, system, parameters=values, kept=Selection(records), threads=threads)
    extremes = np.tile([[np.inf], [-np.inf]], (len(states), 1, system.dimension))
    for piece in chart(states):
        if piece is not None:
            of = extremes[piece.first_orbit : piece.first_orbit + len(piece.values)]
            of[:, 0] = np.minimum(of[:, 0], _reduce(np.minimum, piece.values))
            of[:, 1] = np.maximum(of[:, 1], _reduce(np.maximum, piece.values))
            end = piece.first_record + piece.values.shape[1]
            for k, n in enumerate(after, 1):
                if piece.first_record < n <= end:
                    begun[k, piece.first_orbit :][: len(of)] = piece.values[:, n - 1 - end]
        yield
    stays = (np.abs(extremes) <= min(escape, FARTHEST)).all(axis=(1, 2))  # the others were on a long transient
    for s in np.array(drawn, dtype=np.int64)[~stays].tolist():
        learnt.words[s] = ""
    drawn = [s for s in drawn if learnt.words[s]]

    corners = extremes[stays].reshape(-1, system.dimension)
    images = [_images(system, cycle) for cycle in learnt.cycles]
    points = np.vstack([corners, *(cycle.points for cycle in learnt.cycles), *images])
    lower, scale, marks, chain, near, radius = empty_lattice(system, points, len(corners))
    visits = np.zeros((len(drawn), len(drawn)), dtype=np.int64)
    for piece in chart(states[stays]):
        if piece is not None:
            mark_kernel()(piece.values, piece.first_orbit, lower, scale, side(system), marks, visits)
        yield
    words = np.array([learnt.words[s] for s in drawn])
    groups = [drawn[group] for group in join_charts(visits * (words[:, None] == words[None]))]
    learnt.groups = [-1] * len(learnt.charts)
    for s, group in zip(drawn, groups, strict=True):
        learnt.groups[s] = group
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
    for j, cycle in enumerate(learnt.cycles):
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
    learnt.lattice = Lattice(lower, scale, marks, *found)
    return begun[:, stays]


def _reduce(function: np.ufunc, values: Floats) -> Floats:
    """`function` of each orbit's records, for each coordinate: what `function.reduce(values, axis=1)` gives."""
    orbits, records, dimension = values.shape
    whole = records - records % BESIDE
    rows = values[:, :whole].reshape(orbits, -1, BESIDE, dimension)
    parts = [function.reduce(rows, axis=1)] if whole else []
    found: Floats = function.reduce(np.concatenate([*parts, values[:, whole:]], axis=1), axis=1)
    return found


def _iterates(system: System, values: Floats, state: Floats, count: int) -> Floats:
    """The `count` iterates behind `state`."""
    points = np.empty((count, system.dimension))
    orbit_kernel(system)(tuple(state.tolist()), tuple(values.tolist()), 1, points)
    return points


def _number_attractors(
    system: System, values: Floats, counts: Integers, learnt: _Learnt
) -> Work[tuple[Integers, tuple[Attractor, ...]]]:
    one = np.arange(-1, len(counts) - 1)  # numbers from -1 on; each stands for itself
    for s, group in enumerate(learnt.groups):  # but what one round told apart a later one may have joined, or dropped
        one[2 * s + 3] = 2 * group + 2 if group >= 0 else -1
    total = np.zeros_like(counts)
    np.add.at(total, one + 1, counts)
    found: list[tuple[tuple[int, int, tuple[float, ...]], int, str, Floats]] = []
    for number in (np.flatnonzero(total[2:]) + 1).tolist():
        if number % 2:
            points = learnt.cycles[number // 2].points
            kind, period, place = KINDS[len(points) > 1], len(points), points[0]
        else:
            points = _iterates(system, values, learnt.charts[number // 2 - 1], 1 << 14)
            kind, period = learnt.words[number // 2 - 1], 0
            place = np.round(points.mean(axis=0) / (np.ptp(points, axis=0).max() or 1.0), 1) + 0.0
            points = points[:1024]
        found.append(((KINDS.index(kind), period, tuple(place.tolist())), number, kind, points))
        yield
    attractors: list[Attractor] = []
    label = np.arange(-1, len(counts) - 1)
    for (_, period, _), number, kind, points in sorted(found, key=lambda each: each[0]):
        attractors.append(Attractor(len(attractors) + 1, kind, period, points, total[number + 1] / counts.sum()))
        label[number + 1] = len(attractors)
    return label[one + 1], tuple(attractors)


def _motions(system: System, counts: Integers) -> tuple[Attractor, ...]:
    """What stands for the attractors of a map that preserves volume, where `counts` are those of -1, 0, and motions."""
    nothing = np.empty((0, system.dimension))
    kinds = (REGULAR, "regular"), (CHAOTIC, "chaotic")
    shares = counts / counts.sum()
    return tuple(Attractor(each, kind, 0, nothing, shares[each + 1]) for each, kind in kinds if counts[each + 1])
