"""What is learnt of basins from the whole grid, while its shards follow their points round by round."""

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import cast

import msgspec
import numpy as np

from attractor.api.endpoints.basins import BasinsQuery, legend
from attractor.api.host import cpus
from attractor.core.basins import Rounds
from attractor.core.basins.lattice import Integers
from attractor.core.lanes import Floats
from attractor.core.slicing import finish
from attractor.sweeps.places import Place
from attractor.sweeps.plan import Plan
from attractor.sweeps.receipts import Notes, receipts
from attractor.sweeps.rounds import (
    NUMBERS,
    ROOT,
    Followed,
    Follower,
    Numbers,
    known_as_bytes,
    known_name,
    parameters,
)
from attractor.sweeps.work import form_of

Compute = Callable[[int | None, list[int]], Iterator[tuple[int, str]]]
"""Shards as they are done in a round, or in the end, each with what is told of it."""


def is_by_rounds(plan: Plan) -> bool:
    """Whether what one point of a sweep teaches decides others."""
    return isinstance(plan.query, BasinsQuery)


def has_learnt(place: Place) -> bool:
    """Whether the rounds are over."""
    return place.has(NUMBERS)


class Learning:
    """The rounds of a sweep for basins."""

    def __init__(self, plan: Plan, place: Place, compute: Compute) -> None:
        self._plan, self._place, self._compute = plan, place, compute
        self._follower = Follower(plan, place)
        self._told: dict[int, Followed] = {}

    def run(self) -> None:
        """Learns, and writes which label each number stands for, after all else that shards need. Raises as shards do.

        Rounds that an earlier start has ended are learnt from again, in which nobody follows points.
        """
        query = cast(BasinsQuery, self._plan.query)
        system, threads = query.system, max(1, int(cpus()))
        rounds = Rounds(system, parameters(query), query.points, query.steps, float(query.escape), threads)
        self._follow(0)
        turn, left = 0, self._left()
        while chosen := rounds.scouts(left):
            if not finish(rounds.learn(self._starts(turn, range(left)[chosen]))):
                break
            turn, before = turn + 1, left
            self._place.write(known_name(turn), known_as_bytes(rounds.known))
            taken = self._follow(turn)
            left = self._left()
            rounds.note(taken, before, left)
        labels, attractors = finish(rounds.number(counts := self._counts(rounds.numbers)))
        told = np.bincount(labels + 1, counts).astype(np.int64)
        found = Numbers(turn, labels.tolist(), legend(query, attractors, told))
        for name, data in form_of(self._plan).common({"legend": found.legend}):
            self._place.write(name, data)
        self._place.write(NUMBERS, msgspec.json.encode(found))

    def _follow(self, turn: int) -> int:
        """Has all shards with points that are left follow them; gives the steps that these took."""
        folder = f"{ROOT}/{turn}"
        indices = [index for index in range(self._plan.count) if not turn or self._told[index].left]
        found = receipts(self._place, folder)
        with Notes(self._place, folder) as notes:
            for index, told in self._compute(turn, [index for index in indices if index not in found]):
                found[index] = told
                notes.add(index, told)
        now = {index: msgspec.json.decode(found[index], type=Followed) for index in indices}
        self._told |= now
        return sum(each.taken for each in now.values())

    def _left(self) -> int:
        return sum(each.left for each in self._told.values())

    def _counts(self, numbers: int) -> Integers:
        total = np.zeros(numbers, dtype=np.int64)
        for each in self._told.values():
            total[: len(each.counts)] += each.counts
        return total

    def _starts(self, turn: int, places: range) -> Floats:
        """The initial conditions at `places` among the points that are left after a round."""
        query = self._plan.query
        grid, firsts = query.grid(), [0, *accumulate(map(self._plan.points, range(self._plan.count)))]
        ends = list(accumulate(self._told[index].left for index in range(self._plan.count)))
        wanted = np.array(places)
        shards = np.searchsorted(ends, wanted, side="right")
        rows = []
        for index in np.unique(shards).tolist():
            numbers, _ = self._follower.state(index, turn)
            mine = np.flatnonzero(numbers < 0)[wanted[shards == index] - (ends[index] - self._told[index].left)]
            rows += [grid.rows(place, place + 1) for place in (firsts[index] + mine).tolist()]
        return np.ascontiguousarray(np.concatenate(rows)[:, : query.system.dimension])


def clear(place: Place) -> None:
    """Removes what lay in between; what is known stays, since a shard can be computed again by it."""
    names = list(place.names(ROOT))
    for name in [each for each in names if "/receipts/" in each] + [each for each in names if "/states/" in each]:
        place.remove(name)
