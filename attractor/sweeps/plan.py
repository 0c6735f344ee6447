"""Cuts a sweep into shards, by its edition and its canonical query alone, whoever computes them.

A shard is a box of the grid that is also one range of its points: along the first inputs it has one value, along one
input some, and along the others all.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Self

from msgspec.structs import replace

from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.queries.ranges import Values
from attractor.core.lanes import LANES, Floats
from attractor.sweeps.failures import Failed

SECONDS = 5.0
"""CPU seconds of a shard, about: long beside what handing it out takes, short beside what a lost worker loses."""
_LEAST_SECONDS, _SHARDS = 0.5, 50  # of a small sweep, so that many workers end together
_BYTES = 32 << 20  # of a shard's values, at most
_POINT_BYTES = 1 << 30  # of the values of a point, which no shard can cut
_MOST = 10_000_000  # shards


def in_words(shards: int) -> str:
    """A number of shards in words."""
    return f"{shards:,} shard{'s' * (shards != 1)}"


class Cut(Values, frozen=True):
    """The values of an input from `first` to `end` - 1; `text` is that of all its values."""

    first: int
    end: int

    @property
    def count(self) -> int:
        return self.end - self.first

    def doubles(self, first: int = 0, end: int | None = None) -> Floats:
        return Values.doubles(self, self.first + first, self.end if end is None else self.first + end)

    def decimals(self) -> list[Decimal]:
        texts = map(repr, self.doubles().tolist()) if ":" in self.text else self.text.split(",")[self.first : self.end]
        return list(map(Decimal, texts))


@dataclass(frozen=True)
class Plan:
    """A sweep and its shards."""

    query: AnalysisQuery
    """The query of the whole sweep."""
    cut: tuple[int, ...]
    """The number of values of each swept input in a shard; the last shards may have fewer."""

    @classmethod
    def of(cls, query: AnalysisQuery) -> Self:
        """Cuts the sweep of a query. Raises Failed where a point, or the number of shards, is too large for any cut."""
        plan = cls(query, _cut(query))
        if plan.count > _MOST:
            raise Failed(f"the sweep has {in_words(plan.count)}, and at most {_MOST:,} are kept account of: cut it up")
        return plan

    @property
    def shards(self) -> tuple[int, ...]:
        """The number of shards along each swept input."""
        return tuple(-(-count // some) for count, some in zip(self.query.shape, self.cut, strict=True))

    @property
    def count(self) -> int:
        return prod(self.shards)

    def place(self, index: int) -> tuple[int, ...]:
        """The place of a shard among `shards`; the last input varies fastest."""
        found = []
        for count in reversed(self.shards):
            index, place = divmod(index, count)
            found.append(place)
        return tuple(reversed(found))

    def box(self, index: int) -> tuple[slice, ...]:
        """The ranges of values of each swept input that a shard has."""
        sizes = zip(self.place(index), self.cut, self.query.shape, strict=True)
        return tuple(slice(place * some, min(count, (place + 1) * some)) for place, some, count in sizes)

    def points(self, index: int) -> int:
        """The number of points of a shard."""
        return prod(side.stop - side.start for side in self.box(index))

    def shard(self, index: int) -> AnalysisQuery:
        """The query for the points of a shard, by which they are computed as they would be within the whole."""
        boxes = zip(self.query.swept, self.box(index), strict=True)
        cuts = {name: Cut(self.query.inputs[name].text, side.start, side.stop) for name, side in boxes}
        return replace(self.query, inputs=self.query.inputs | cuts)


def _cut(query: AnalysisQuery) -> tuple[int, ...]:
    size = 8 * max(1, query.count_records() // query.points) * query.count_values()  # bytes of a point, about
    if size > _POINT_BYTES:
        raise Failed(f"each point has {size:,} bytes of values, which is too much for a shard: ask for fewer of them")
    seconds = min(SECONDS, max(_LEAST_SECONDS, query.seconds / _SHARDS))
    least = LANES if "npy" in query.formats else 1  # points that take no longer side by side than one of them
    points = max(least, int(seconds * query.points / query.seconds))
    points = max(1, min(points, _BYTES // size))
    found: list[int] = []
    for count in reversed(query.shape):
        pieces = -(-count // min(count, points))
        found.append(-(-count // pieces))
        points = max(1, points // count)
    return tuple(reversed(found))
