"""The values that a query gives an initial condition or a parameter: one, a list, or a range."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec import Struct

from api.numbers import FORM, PLAIN, canonical, problem
from api.numbers import RULE as NUMBER_RULE
from core.lanes import Floats

RULE = f"{NUMBER_RULE}; a range start:stop:count of such, start below stop and count from 2 on; or a list 1,2,5"
PATTERN = f"^({FORM}:{FORM}:[0-9]+|{FORM}(,{FORM})*)$"

_EXACT = 2**53  # whole numbers up to it are doubles
_PIECE = 1 << 16  # values computed at once


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
        return int(count) if colon else self.text.count(",") + 1

    def doubles(self) -> Floats:
        """Each value as the double nearest to it; those of a range lie equally far apart, the ends among them."""
        if ":" not in self.text:
            return np.array(list(map(float, self.text.split(","))))
        start, stop, count = self.text.split(":")
        return _spread(Fraction(Decimal(start)), Fraction(Decimal(stop)), int(count) - 1)

    def decimals(self) -> list[Decimal]:
        """Each value with the digits that were written; of a range, with those that its double is written with."""
        texts = map(repr, self.doubles().tolist()) if ":" in self.text else self.text.split(",")
        return list(map(Decimal, texts))


def _spread(start: Fraction, stop: Fraction, intervals: int) -> Floats:
    below = start.denominator * stop.denominator
    first, last = int(start * below), int(stop * below)
    small = max(abs(first), abs(last), below) * intervals < _EXACT
    found = np.empty(intervals + 1)
    for begin in range(0, len(found), _PIECE):
        index: Any = np.arange(begin, min(begin + _PIECE, len(found)))
        if not small:
            index = index.astype(object)  # Python's whole numbers, whose quotients round correctly too
        found[begin : begin + _PIECE] = (first * (intervals - index) + last * index) / (below * intervals)
    return found


def read_values(text: str) -> Values:
    """Raises ValueError, with what is wrong, where `text` is neither a number nor a range nor a list of such."""
    if ":" in text:
        return _range(text)
    if PLAIN.fullmatch(text.replace(",", " ") + " "):
        return Values(text)
    items = text.split(",")
    for item in items:
        if wrong := problem(item):
            raise ValueError(wrong if len(items) == 1 else f"has an item {item[:40]!r} that {wrong}")
    return Values(",".join(map(canonical, items)))


def _range(text: str) -> Values:
    parts = text.split(":")
    if len(parts) != 3:
        raise ValueError("is no range: that has three parts, start:stop:count")
    start, stop, count = parts
    for name, part in (("start", start), ("stop", stop)):
        if wrong := problem(part):
            raise ValueError(f"has a {name} that {wrong}")
    if not (count.isascii() and count.isdecimal()) or len(count) > 20 or int(count) < 2:
        raise ValueError("has a count that is not a whole number from 2 on")
    start, stop = canonical(start), canonical(stop)  # the exponent of a zero may be past what Decimal takes
    if Fraction(Decimal(start)) >= Fraction(Decimal(stop)):
        raise ValueError("is reversed or empty: its start is not below its stop")
    return Values(f"{start}:{stop}:{int(count)}")
