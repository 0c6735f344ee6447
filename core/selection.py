"""The selection of an orbit's iterates, and the blocks in which they come."""

from typing import Generic, NamedTuple, TypeVar

Rows = TypeVar("Rows")

SLICE = 1 << 16
"""Iterations between two blocks, at most: some tenths of a millisecond, some ten where every number is subnormal."""


class Selection(NamedTuple):
    """The iterates n with skip < n ≤ steps that `every` divides, and n = 0 where `start` is set."""

    steps: int
    """Iterations in all, the transient among them."""
    skip: int = 0
    """The transient: iterations whose iterates are not kept."""
    every: int = 1
    start: bool = False

    @property
    def first(self) -> int:
        """The first kept n, but for 0."""
        return (self.skip // self.every + 1) * self.every

    @property
    def last(self) -> int:
        """The last kept n, after which nothing needs computing."""
        return self.steps - self.steps % self.every

    @property
    def records(self) -> int:
        """The number of kept iterates."""
        return max(0, self.steps // self.every - self.skip // self.every) + self.start


class Block(NamedTuple, Generic[Rows]):
    """Consecutive kept iterates: n = first, first + every, …; perhaps none, where a slice of work kept none."""

    first: int
    rows: Rows
    left_at: int | None
    """The n of the first iterate so far, kept or not, with a value that is not finite."""
