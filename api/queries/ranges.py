"""The values that a query gives an initial condition or a parameter: one, a list, or a range."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from attractor.api.queries.numbers import FORM, canonical, canonical_if_plain, find_problem, parse_whole, spell_whole
from attractor.api.queries.numbers import RULE as NUMBER_RULE

if TYPE_CHECKING:
    from attractor.core.lanes import Floats

RULE = f"{NUMBER_RULE}; a range start:stop:count of such, start other than stop and count from 2 on; or a list 1,2,5"
PATTERN = f"^({FORM}:{FORM}:{FORM}|{FORM}(,{FORM})*)$"


_MOST = 10**20
_PIECE = 256  # numbers that one match looks at, as it lets no other thread run


class Values(Struct, frozen=True):
    """The values of one input."""

    text: str
    """Their one spelling: that of the numbers, joined as they were."""

    @property
    def is_swept(self) -> bool:
        """Whether it was written as a range or a list."""
        return ":" in self.text or "," in self.text

    @property
    def count(self) -> int:
        _, colon, count = self.text.rpartition(":")
        return parse_whole(count) if colon else self.text.count(",") + 1

    def doubles(self, first: int = 0, end: int | None = None) -> Floats:
        """Values first … end - 1, each as the double nearest to it, float64 of shape (end - first,).

        Those of a range lie equally far apart, the ends among them, and descend where its start is above its stop. All
        of them unless told otherwise.
        """
        import numpy as np

        from attractor.core.spacing import evenly_spaced

        if ":" not in self.text:
            return np.array(list(map(float, self.text.split(",")[first:end])))
        start, stop, count = self.text.split(":")
        last = parse_whole(count) if end is None else end
        return evenly_spaced(Fraction(Decimal(start)), Fraction(Decimal(stop)), parse_whole(count) - 1, first, last)

    def decimals(self) -> list[Decimal]:
        """Each value with the digits that were written; of a range, with those that its double is written with."""
        texts = map(repr, self.doubles().tolist()) if ":" in self.text else self.text.split(",")
        return list(map(Decimal, texts))


def read_values(text: str) -> Values:
    """The values of a number, a range or a list. Raises ValueError, whose message is the problem, on any other text."""
    if ":" in text:
        return _range(text)
    items = text.split(",")
    pieces = [_piece(items[i : i + _PIECE], len(items)) for i in range(0, len(items), _PIECE)]
    return Values(",".join(chain(*pieces)))


def _piece(items: list[str], among: int) -> list[str]:
    """The canonical spellings of some `among` so many numbers. Raises ValueError, with what is wrong with one."""
    if plain := canonical_if_plain(items):
        return plain
    for item in items:
        if wrong := find_problem(item):
            raise ValueError(wrong if among == 1 else f"has an item {item[:40]!r} that {wrong}")
    return list(map(canonical, items))


def _range(text: str) -> Values:
    parts = text.split(":")
    if len(parts) != 3:
        raise ValueError("must be start:stop:count")
    start, stop, count = parts
    for name, part in (("start", start), ("stop", stop)):
        if wrong := find_problem(part):
            raise ValueError(f"has a {name} that {wrong}")
    if (size := _count_of(count)) < 2:
        raise ValueError("has a count that is not a whole number of at least 2")
    start, stop = canonical(start), canonical(stop)  # the exponent of a zero may be past what Decimal takes
    if Fraction(Decimal(start)) == Fraction(Decimal(stop)):
        raise ValueError("must have a stop other than its start")
    return Values(f"{start}:{stop}:{spell_whole(size)}")


def _count_of(text: str) -> int:
    """The count of a range; 0 where `text` is no whole number, or one past all bounds."""
    if find_problem(text) or text.startswith("-"):
        return 0
    try:
        size = parse_whole(text)
    except ValueError:
        return 0
    return size if size < _MOST else 0
