"""What a sweep takes, told by computing some of its points: what constants say is up to ten times off where orbits
settle, escape or branch, and is of another machine.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.records import Sweep
from attractor.api.problems import BadQuery
from attractor.api.queries.ranges import Values
from attractor.core.basins import Rounds, classify_starts
from attractor.core.basins.follower import follow
from attractor.core.lanes import LANES, Floats
from attractor.core.slicing import cpu_seconds, finish
from attractor.sweeps.plan import Plan
from attractor.sweeps.rounds import parameters
from attractor.sweeps.work import compute_whole, fingerprint

_ENOUGH, _MOST = 0.25, 2.0  # CPU seconds: of points that tell what others take, and that the constants tell of these
_GROWTH = 4
_WHOLE = 1 << 20  # values of an axis that are computed for some of them
_BASINS = 4096  # points, of which each round may leave few

T = TypeVar("T")
Q = TypeVar("Q", bound=AnalysisQuery)


class Spread(Values, frozen=True):
    """Some of an input's values. `text` is that of all."""

    places: tuple[int, ...]
    some: tuple[float, ...]

    @property
    def count(self) -> int:
        return len(self.places)

    def doubles(self, first: int = 0, end: int | None = None) -> Floats:
        return np.array(self.some[first:end])

    def decimals(self) -> list[Decimal]:
        if ":" in self.text:
            return list(map(Decimal, map(repr, self.some)))
        whole = Values.decimals(self)
        return [whole[place] for place in self.places]


def _spread(values: Values, count: int) -> Spread:
    """So many values, evenly spread from the first to the last."""
    places = np.unique(np.linspace(0, values.count - 1, count).astype(int)).tolist()
    if values.count <= _WHOLE:
        some = values.doubles()[places]
    else:
        some = np.concatenate([values.doubles(place, place + 1) for place in places])
    return Spread(values.text, tuple(places), tuple(some.tolist()))


def seconds(plan: Plan) -> float:
    """CPU seconds that a sweep takes in processes like this one, about; what constants say where a point takes long.

    Telling takes a second or two, most of it for kernels that are loaded.
    """
    query = plan.query
    fingerprint(query.path, query.system.name)
    try:
        if isinstance(query, BasinsQuery):
            return _of_basins(query)
        return _of_points(query)
    except BadQuery:  # as a point of the sweep may be
        return query.seconds


def _of_points(query: AnalysisQuery) -> float:
    """Of more and more points, until they are enough."""
    count, told, found = LANES if "npy" in query.formats else 1, query.seconds / query.points, query.seconds
    while told * count < _MOST:
        some = sample(query, count)
        plan = Plan(some, some.shape)
        # The lesser of two: what else begins with the first is not of each.
        took = min(_time(partial(compute_whole, plan))[0] for _ in range(2))
        found = took / some.points * query.points
        if took > _ENOUGH or some.points == query.points:
            break
        count *= _GROWTH
    return found


def sample(query: Q, count: int) -> Q:
    """The query with about so many of its grid's points, spread evenly along each axis."""
    inputs = dict(query.inputs)
    share = (min(count, query.points) / query.points) ** (1 / len(query.swept))
    for name in query.swept:
        inputs[name] = _spread(query.inputs[name], max(1, round(share * query.inputs[name].count)))
    return replace(query, inputs=inputs)


def _of_basins(query: BasinsQuery) -> float:
    """Of what is learnt once for all points, and what is done for each."""
    some = sample(query, _BASINS)
    if some.estimate_seconds() > _MOST:
        return query.seconds
    system, values, escape = query.system, parameters(query), float(query.escape)
    start = finish(Sweep(some).starts())
    each, (numbers, _) = _time(partial(finish, classify_starts(system, start, values, query.steps, escape, 1)))
    rounds, pool, once = Rounds(system, values, len(start), query.steps, escape, 1), np.flatnonzero(numbers < 0), 0.0
    while chosen := rounds.scouts(len(pool)):
        took, is_new = _time(partial(finish, rounds.learn(start[pool[chosen]])))
        once += took
        if not is_new:
            break
        following = follow(system, values, escape, 1, start[pool], query.steps, *rounds.known)
        took, end = _time(partial(finish, following))
        each += took
        left = end.outcome < 0
        rounds.note(end.steps_taken, len(pool), int(left.sum()))
        pool = pool[left]
    return once + each / len(start) * query.points


def _time(call: Callable[[], T]) -> tuple[float, T]:
    """The CPU seconds that a call takes, without what is done once for all, and its result."""
    began = cpu_seconds()
    found = call()
    return cpu_seconds() - began, found
