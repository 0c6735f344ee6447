"""An answer as writers see it: typed columns, and records that come block by block."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias, Union

from attractor.core.selection import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attractor.core.kernel import Orbit

Kind = Literal["n", "double", "exponent", "whole", "decimal", "text"]
"""n is the number of the iterate, which is not among the values of a row; the others are. An exponent is a double whose
infinities are told in text: in JSON as the strings "-Infinity" and "Infinity", in CSV as -inf, inf and NaN."""


class Column(NamedTuple):
    """A column: its name and the kind of its values."""

    name: str
    kind: Kind = "double"


Rows: TypeAlias = Union["Orbit", Sequence[tuple[Any, ...]]]  # the one is not known here
"""float64 of shape (records, values) in C order, whole numbers among them exact; or tuples of Python's values, None for
a missing one, decimals as text."""

PAUSE: Block[Rows] = Block(0, (), None)
"""A block without records: where work may pause or stop."""


class Table(Protocol):
    """An answer of any endpoint that answers with records."""

    @property
    def columns(self) -> tuple[Column, ...]: ...

    @property
    def records(self) -> int:
        """The number of records."""

    @property
    def every(self) -> int:
        """The step of n from one record to the next, where there is a column of n."""

    @property
    def metadata(self) -> dict[str, str]:
        """Facts of the query, for formats that have a place for metadata."""

    @property
    def preface(self) -> bytes:
        """The beginning of a JSON object, up to the key of the records; empty where records stand alone."""

    @property
    def conclusion(self) -> bytes:
        """The rest of that object behind the records, told once these are: `,"name":value` for each member."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array of bare values."""

    @property
    def bare(self) -> int:
        """The number of values, from the left of a row, that the array of bare values leaves out."""

    def blocks(self, rows: int, room: "Callable[[int], Orbit] | None" = None, /) -> Iterator[Block[Any]]:
        """The records in order, in blocks of about `rows`, some of them empty. Blocks hold arrays or tuples.

        Arrays may lie where `room` has memory for so many rows, or for fewer.
        """


def is_numeric(table: Table) -> bool:
    """Whether its blocks are arrays, or rows of numbers."""
    return all(column.kind not in ("decimal", "text") for column in table.columns)


def may_hold_nan(block: Block[Any]) -> bool:
    """Whether a block may: those of an orbit, which alone begin at an n, tell where it has left double's range."""
    return not block.first or block.left_at is not None


def with_one_nan(values: "NDArray[np.int64 | np.float64]") -> "NDArray[np.int64 | np.float64]":
    """The same values, each nan as the same bits: a CPU gives one its sign, and x86 another than AArch64."""
    import numpy as np

    if not values.size or not np.isnan(values.min()):  # which is nan where any is
        return values
    return np.where(np.isnan(values), np.nan, values)
