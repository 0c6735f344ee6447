"""Basins in shards: what was learnt from the whole grid is frozen for a round, in which each shard follows its points.

What there is in between lies in `rounds/`: what is known from each round on, the state of each shard after it, and at
the end which label each number stands for. Of these a shard is a pure function.
"""

from functools import cached_property
from io import BytesIO
from typing import Any, cast

import msgspec
import numpy as np

from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.http.compression import zstd
from attractor.core.basins import Known, classify_starts
from attractor.core.basins.follower import follow
from attractor.core.basins.lattice import Integers, Lattice
from attractor.core.lanes import Floats
from attractor.core.slicing import finish
from attractor.sweeps.places import Place
from attractor.sweeps.plan import Plan

ROOT = "rounds"
NUMBERS = f"{ROOT}/numbers.json"


class Followed(msgspec.Struct):
    """What is told of a shard after a round."""

    counts: list[int]
    """Of its points with each number, from -1 on."""
    taken: int
    """Steps of the round."""

    @property
    def left(self) -> int:
        """Points that are undecided."""
        return self.counts[0]


class Numbers(msgspec.Struct):
    """What is known once the rounds are over."""

    turns: int
    """The rounds that there were."""
    labels: list[int]
    """That of each number, from -1 on."""
    legend: list[dict[str, Any]]


class Follower:
    """The shards of basins, of which the state after round 0 is what their points are before any is followed."""

    def __init__(self, plan: Plan, place: Place) -> None:
        self._plan, self._place = plan, place
        self._query = cast(BasinsQuery, plan.query)
        self._held: dict[int, Known] = {}

    def follow(self, index: int, turn: int) -> Followed:
        """Writes the state of a shard after a round."""
        numbers, when, taken = self._advance(index, turn, is_anew=False)
        self._place.write(state_name(turn, index), zstd.compress(np.array([numbers, when], "<i8").tobytes()))
        return Followed(np.bincount(numbers + 1, minlength=1).tolist(), taken)

    def state(self, index: int, turn: int, *, is_anew: bool = False) -> tuple[Integers, Integers]:
        """The number and the steps of each point after a round: computed, unless they were written and may be read."""
        if not is_anew and (data := self._place.read(state_name(turn, index))):
            numbers, when = np.frombuffer(zstd.decompress(data), "<i8").reshape(2, -1)
            return numbers, when
        return self._advance(index, turn, is_anew=is_anew)[:2]

    def answer(self, index: int, *, is_anew: bool = False) -> Records:
        """The records of a shard, once the rounds are over."""
        numbers, when = self.state(index, self._ended.turns, is_anew=is_anew)
        labels = np.array(self._ended.labels)[numbers + 1]
        return cast(BasinsQuery, self._plan.shard(index)).make_records(labels, when, self._ended.legend)

    def _advance(self, index: int, turn: int, *, is_anew: bool) -> tuple[Integers, Integers, int]:
        """The numbers, the steps, and how many steps the round has taken."""
        query = self._query
        start, values = finish(Sweep(self._plan.shard(index)).starts()), parameters(query)
        if turn == 0:
            return *finish(classify_starts(query.system, start, values, query.steps, float(query.escape), 1)), 0
        numbers, when = map(np.copy, self.state(index, turn - 1, is_anew=is_anew))
        left = np.flatnonzero(numbers < 0)
        if not len(left):
            return numbers, when, 0
        known = self._known(turn)
        end = finish(follow(query.system, values, float(query.escape), 1, start[left], query.steps, *known))
        numbers[left], when[left] = end.outcome, end.when
        return numbers, when, end.steps_taken

    def _known(self, turn: int) -> Known:
        if turn not in self._held:
            self._held[turn] = _read_known(self._place.read(known_name(turn)) or b"")
        return self._held[turn]

    @cached_property
    def _ended(self) -> Numbers:
        return msgspec.json.decode(self._place.read(NUMBERS) or b"", type=Numbers)


def parameters(query: BasinsQuery) -> Floats:
    """Those of the system, which all points share."""
    return np.array(query.first()[1])


def known_name(turn: int) -> str:
    """The file with what is known in a round."""
    return f"{ROOT}/{turn}/known.zst"


def state_name(turn: int, index: int) -> str:
    """The file with the state of a shard after a round."""
    return f"{ROOT}/{turn}/states/{index}"


def known_as_bytes(known: Known) -> bytes:
    """What that file holds."""
    out = BytesIO()
    np.savez(out, hits=known.hits, **known.lattice._asdict())
    return zstd.compress(out.getvalue())


def _read_known(data: bytes) -> Known:
    with np.load(BytesIO(zstd.decompress(data))) as held:
        return Known(Lattice(*(held[name] for name in Lattice._fields)), int(held["hits"]))
