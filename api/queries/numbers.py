"""Reads numbers in queries, and gives them the one spelling that all spellings of a number share."""

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from math import isinf
from typing import Annotated

from msgspec import Meta

MAX_LENGTH = 1_100

FORM = r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"

# Plain ASCII: float() and int() also take underscores, spaces, other scripts' digits, nan and inf. A leading + is
# how forms write a space. The lookahead is for Python alone, whose $ would let a line feed through.
Number = Annotated[str, Meta(pattern=rf"^{FORM}$(?!\n)", max_length=MAX_LENGTH)]
Whole = Annotated[str, Meta(pattern=rf"^(?!-){FORM}$(?!\n)", max_length=MAX_LENGTH)]
"""The texts among which `parse_whole` finds whole numbers: some programs write 100000 as 1e5 or 1e+05."""

RULE = "a plain decimal number such as 1, -0.5 or 2.5e-3, zero or of magnitude from 5e-324 to 1.79e308"

_PLAIN = re.compile(
    r"(?: -?(?:0|0?\.0{0,2}[1-9](?:[0-9]{0,20}[1-9])?"
    r"|[1-9](?:[0-9]{0,12}[1-9])?0{0,2}|[1-9][0-9]{0,14}\.[0-9]{0,20}[1-9]))*"
)
"""Numbers in range, a space before each, that are canonical but for a zero before a point."""

_NUMBER = re.compile(Number.__metadata__[0].pattern)  # type: ignore[attr-defined]
_NOT_ZERO = re.compile("[^eE]*[1-9]")
_EXACT = Context(prec=2 * MAX_LENGTH)
_LARGEST = 10**20  # more than any whole number may be


def canonical(text: str) -> str:
    """The shortest spelling of a sound number, with every digit: 1, 1.0 and 1e0 give 1, and 0.50 gives .5.

    Of equally short ones that without an exponent, then that without a point: 100 stays, 1500000 gives 15e5.
    """
    if float(text) == 0:
        return "-0" if text.startswith("-") else "0"
    value = _EXACT.normalize(Decimal(text)).copy_abs()
    digits = "".join(map(str, value.as_tuple().digits))
    exponent = value.adjusted() + 1 - len(digits)
    spellings = [f"{digits}e{exponent}"]
    if -MAX_LENGTH < value.adjusted() < MAX_LENGTH:
        spellings.insert(0, f"{value:f}".removeprefix("0"))
    for fewer in (-9, -99, -999):  # the exponents that are shorter, where the point is within the digits
        if exponent < fewer < exponent + len(digits):
            place = len(digits) + exponent - fewer
            spellings.append(f"{digits[:place]}.{digits[place:]}e{fewer}")
    return "-" * text.startswith("-") + min(spellings, key=len)


def canonical_if_plain(texts: Sequence[str]) -> list[str] | None:
    """The canonical spellings of numbers that are as most people write them; None where one may be otherwise."""
    together = "".join([f" {text}" for text in texts])
    if not _PLAIN.fullmatch(together):
        return None
    found = together.replace(" 0.", " .").replace(" -0.", " -.").split()
    return found if len(found) == len(texts) else None  # a text may have spaces in it


def parse_whole(text: str) -> int:
    """The whole number that a text means which has the form of Whole. Raises ValueError where it means none.

    What is more than any may be is read as some number of which that is true, too.
    """
    if text.isdecimal():
        return int(text)
    if float(text) > _LARGEST:
        return _LARGEST
    if float(text) == 0 and not _NOT_ZERO.match(text):
        return 0
    value = _EXACT.normalize(Decimal(text)) if float(text) else None
    if value is None or value != value.to_integral_value():
        raise ValueError("is not a whole number")
    return int(value)


def out_of_range(text: str) -> str | None:
    """The problem of a well-formed number past double's range, else None; Decimal may not take its exponent."""
    number = float(text)
    if isinf(number):
        return "is out of range: larger than any double"
    if number == 0 and _NOT_ZERO.match(text):
        return "is out of range: closer to zero than any double"
    return None


def find_problem(text: str) -> str | None:
    """The problem of a text that is no sound number, as a refusal words it; None where it is sound."""
    if len(text) > MAX_LENGTH:
        return f"is {len(text)} characters long; the limit is {MAX_LENGTH}"
    if _NUMBER.match(text):
        return out_of_range(text)
    if text.strip("+-").casefold() in ("nan", "inf", "infinity"):
        return "is not finite"
    return "is not a plain decimal number"


def spell_whole(number: int) -> str:
    """The canonical spelling of a whole number."""
    return canonical(str(number))


def whole_rule(lowest: int, highest: int) -> str:
    """The rule of a whole number between bounds, as a refusal words it."""
    return f"a whole number from {lowest} to {highest}"
