"""An orbit as a JSON array of records, one object an iterate."""

from collections.abc import Iterable
from itertools import repeat
from math import isfinite

from api.answer import Answer, DecimalAnswer
from core.system import System


def encode(answer: Answer, system: System) -> bytes:
    """`[{"n":1,"x":9.0,…},…]`: doubles as the shortest text that round-trips, null for what is not finite."""
    record = '{"n":%d,' + ",".join(f'"{name}":%s' for name in system.state) + "}"
    rows = enumerate(_texts(answer, system.dimension), start=1)
    return f"[{','.join(record % (n, *values) for n, values in rows)}]".encode()


def _texts(answer: Answer, dimension: int) -> Iterable[tuple[str, ...]]:
    if isinstance(answer, DecimalAnswer):
        form = '"%s"' if answer.as_text else "%s"
        for row in answer.orbit:
            yield tuple(form % value for value in row)
        yield from repeat(("null",) * dimension, answer.steps - len(answer.orbit))
    else:
        for row in answer.orbit.tolist():
            yield tuple(repr(value) if isfinite(value) else "null" for value in row)
