"""Orbits as text: JSON in records or in columns, newline-delimited JSON, and CSV."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from api.answer import Answer, DecimalAnswer, DecimalRow
from core.text import RowText

_ROWS = 8_192  # of a chunk: some hundred kilobytes
_N = RowText.INDEX


class Part(NamedTuple):
    """One run over the orbit: `opening`, then each record, its `columns` between the `pieces`, then `closing`."""

    opening: bytes
    columns: Sequence[int]
    pieces: Sequence[bytes]
    closing: bytes
    joint: int = 0
    """Bytes that join a record to the one before it, and so are left out before the first."""
    missing: bytes = b"null"
    """What stands for a value that is not finite."""


Layout = Callable[[Sequence[str]], Sequence[Part]]


def records(names: Sequence[str]) -> Sequence[Part]:
    """`[{"n":1,"x":9.0,…},…]`"""
    return [Part(b"[", range(_N, len(names)), _record(names), b"]", joint=1)]


def lines(names: Sequence[str]) -> Sequence[Part]:
    """`{"n":1,"x":9.0,…}` and a line feed for each record."""
    first, *others, last = _record(names)
    return [Part(b"", range(_N, len(names)), [first[1:], *others, last + b"\n"], b"")]


def table(names: Sequence[str]) -> Sequence[Part]:
    """CSV with a line of names; a value that is not finite is empty."""
    pieces = [b"", *[b","] * len(names), b"\n"]
    return [Part(",".join(["n", *names]).encode() + b"\n", range(_N, len(names)), pieces, b"", missing=b"")]


def columns(names: Sequence[str]) -> Sequence[Part]:
    """`{"n":[1,…],"x":[9.0,…],…}`, the orbit run through once for each."""
    keys = [f'"{name}":['.encode() for name in ("n", *names)]
    parts = [Part(key, [_N + i], [b",", b""], b"],", joint=1) for i, key in enumerate(keys)]
    parts[0] = parts[0]._replace(opening=b"{" + keys[0])
    parts[-1] = parts[-1]._replace(closing=b"]}")
    return parts


def _record(names: Sequence[str]) -> list[bytes]:
    return [b',{"n":', *(f',"{name}":'.encode() for name in names), b"}"]


def writer(layout: Layout) -> Callable[[Answer], Iterator[bytes | memoryview | None]]:
    """What writes an answer in `layout`, in chunks, with None wherever it may pause."""

    @cache
    def parts(names: Sequence[str]) -> list[tuple[Part, RowText]]:
        return [(part, RowText(part.columns, part.pieces, part.missing)) for part in layout(names)]

    def write(answer: Answer) -> Iterator[bytes | memoryview | None]:
        every = answer.query.selection.every
        quoted = isinstance(answer, DecimalAnswer) and answer.as_text
        for part, double in parts(answer.query.system.state):
            yield part.opening
            joint = part.joint
            text: bytes | memoryview
            for first, rows, _ in answer.blocks(_ROWS):
                if len(rows) == 0:
                    yield None
                    continue
                if isinstance(rows, np.ndarray):
                    text = double(rows, first, every)
                else:
                    text = _decimal(part, rows, first, every, quoted)
                yield text[joint:]
                joint = 0
            yield part.closing

    return write


def _decimal(part: Part, rows: Sequence[DecimalRow], first: int, every: int, quoted: bool) -> bytes:
    """Rows of Decimals; `quoted` where the layout is JSON and numbers are to be strings."""
    form = '"%s"' if quoted and part.missing else "%s"
    missing = part.missing.decode()
    record = b"%s".join(part.pieces).decode()

    def texts(n: int, row: DecimalRow) -> tuple[str, ...]:
        values = (str(n), *(missing if value is None else form % value for value in row))
        return tuple(values[column + 1] for column in part.columns)

    return "".join(record % texts(first + i * every, row) for i, row in enumerate(rows)).encode()
