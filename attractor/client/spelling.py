"""Values of Python as a query spells them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Integral, Real
from typing import TypeAlias
from urllib.parse import quote

Number: TypeAlias = float | int | Decimal | str
"""A number, or its text, of which every digit counts."""
Value: TypeAlias = Number | bool | Iterable[Number]


def query_of(values: Mapping[str, Value | None], joints: Mapping[str, str]) -> bytes:
    """The query string that gives these names these values, without those that are None.

    Several values are joined by a comma, or by what `joints` has for their name. Raises TypeError, naming every name
    whose value is none of Value.
    """
    texts: dict[str, str] = {}
    wrong: list[str] = []
    for name, value in values.items():
        try:
            if value is not None:
                texts[name] = _text(value, joints.get(name, ","))
        except TypeError:
            wrong.append(f"{name} is of type {type(value).__name__}")
    if wrong:
        raise TypeError(f"{'; '.join(wrong)}: a value is a number, text, True or False, or several numbers")
    return "&".join(f"{quote(name)}={quote(text, safe=':,')}" for name, text in texts.items()).encode()


def _text(value: object, joint: str) -> str:
    match value:
        case str():
            return str(value)
        case bool():
            return str(value).lower()
        case Integral():
            return str(int(value))
        case Decimal():
            return str(value)
        case Real():
            return repr(float(value))
        case bytes() | Mapping():
            raise TypeError
        case Iterable():
            return joint.join(_text(each, "") for each in value)
    raise TypeError
