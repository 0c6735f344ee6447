"""How numbers are written in a query, and the one spelling that all spellings of a number share."""

import re
from decimal import Context, Decimal
from math import isinf
from typing import Annotated

from msgspec import Meta

MAX_LENGTH = 1_100

FORM = r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"

# Plain ASCII: float() and int() also take underscores, spaces, other scripts' digits, nan and inf. A leading + is
# how forms write a space. The lookahead is for Python alone, whose $ would let a line feed through.
Number = Annotated[str, Meta(pattern=rf"^{FORM}$(?!\n)", max_length=MAX_LENGTH)]
Whole = Annotated[str, Meta(pattern=r"^[0-9]+$(?!\n)", max_length=MAX_LENGTH)]

RULE = "a plain decimal number such as 1, -0.5 or 2.5e-3, zero or of magnitude from 5e-324 to 1.79e308"

PLAIN = re.compile(r"(?:-?(?:0(?:\.0{0,5}[1-9](?:[0-9]{0,20}[1-9])?)?|[1-9][0-9]{0,14}(?:\.[0-9]{0,20}[1-9])?) )*")
"""Numbers, a space behind each, that are canonical already and in range: most of those that people write."""

_NUMBER = re.compile(Number.__metadata__[0].pattern)  # type: ignore[attr-defined]
_NOT_ZERO = re.compile("[^eE]*[1-9]")
_EXACT = Context(prec=2 * MAX_LENGTH)
_LOWEST_PLAIN, _HIGHEST_PLAIN = -6, 14  # powers of ten that are written without an exponent


def canonical(text: str) -> str:
    """The spelling of a sound number, with every digit written: 1, 1.0 and 1e0 give 1."""
    if float(text) == 0:
        return "-0" if text.startswith("-") else "0"
    value = _EXACT.normalize(Decimal(text))
    if _LOWEST_PLAIN <= value.adjusted() <= _HIGHEST_PLAIN:
        return f"{value:f}"
    return str(value).lower().replace("e+", "e")


def out_of_range(text: str) -> str | None:
    """What is wrong with the size of a number of the right form: its exponent may be past what Decimal takes."""
    number = float(text)
    if isinf(number):
        return "is out of range: larger than any double"
    if number == 0 and _NOT_ZERO.match(text):
        return "is out of range: closer to zero than any double"
    return None


def problem(text: str) -> str | None:
    """What is wrong with a number."""
    if len(text) > MAX_LENGTH:
        return f"is {len(text)} characters long; the limit is {MAX_LENGTH}"
    if _NUMBER.match(text):
        return out_of_range(text)
    if text.strip("+-").casefold() in ("nan", "inf", "infinity"):
        return "is not finite"
    return "is not a plain decimal number"


def whole_rule(lowest: int, highest: int) -> str:
    """What is allowed where a whole number between bounds is."""
    return f"a whole number from {lowest} to {highest}"
