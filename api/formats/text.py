"""Tables as text: JSON in records or in columns, newline-delimited JSON, and CSV."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from attractor.api.formats.table import Column, Kind, Table, is_numeric
from attractor.core.selection import Block

if TYPE_CHECKING:
    from attractor.core.float_text import RowText
    from attractor.core.kernel import Orbit
    from attractor.core.system import System

ROWS = 8_192
"""Rows of a chunk: some hundred kilobytes."""
HELD = 4_000_000
"""Values of a table that is computed once although it is written column by column, at most."""


class Part(NamedTuple):
    """One run over the table: `opening`, then each record, its `columns` between the `pieces`, then `closing`."""

    opening: bytes
    columns: Sequence[int]
    """The indices of the table's columns."""
    pieces: Sequence[bytes]
    closing: bytes
    joint: int = 0
    """Bytes that join a record to the one before it, and so are left out before the first."""
    is_json: bool = True


Layout = Callable[[Sequence[str]], Sequence[Part]]
"""A function from the names of columns to the parts in which a table is written."""


def records(names: Sequence[str]) -> Sequence[Part]:
    """`[{"n":1,"x":9.0,…},…]`"""
    return [Part(b"[", range(len(names)), _record(names), b"]", joint=1)]


def lines(names: Sequence[str]) -> Sequence[Part]:
    """`{"n":1,"x":9.0,…}` and a line feed for each record."""
    first, *others, last = _record(names)
    return [Part(b"", range(len(names)), [first[1:], *others, last + b"\n"], b"")]


def table(names: Sequence[str]) -> Sequence[Part]:
    """CSV with a line of names; every value is written, NaN, inf and -inf among them."""
    pieces = [b"", *[b","] * (len(names) - 1), b"\n"]
    return [Part(",".join(names).encode() + b"\n", range(len(names)), pieces, b"", is_json=False)]


def columns(names: Sequence[str]) -> Sequence[Part]:
    """`{"n":[1,…],"x":[9.0,…],…}`, the table run through once for each."""
    keys = [f'"{name}":['.encode() for name in names]
    parts = [Part(key, [i], [b",", b""], b"],", joint=1) for i, key in enumerate(keys)]
    parts[0] = parts[0]._replace(opening=b"{" + keys[0])
    parts[-1] = parts[-1]._replace(closing=b"]}")
    return parts


def _record(names: Sequence[str]) -> list[bytes]:
    first, *others = names
    return [f',{{"{first}":'.encode(), *(f',"{name}":'.encode() for name in others), b"}"]


def writer(layout: Layout, prefaced: bool = False) -> Callable[[Table], Iterator[bytes | memoryview | None]]:
    """A function that writes a table in `layout`, in chunks, with None wherever it may pause.

    `prefaced` where the layout is one value that can stand in a JSON object behind the table's preface.
    """

    @lru_cache(maxsize=256)
    def parts(columns: Sequence[Column]) -> list[tuple[Part, Callable[[], RowText]]]:
        names = [column.name for column in columns]
        return [(part, lru_cache(maxsize=1)(partial(_numeric, part, columns))) for part in layout(names)]

    def write(answer: Table) -> Iterator[bytes | memoryview | None]:
        every, preface = answer.every, answer.preface if prefaced else b""
        if preface:
            yield preface
        runs = parts(answer.columns)
        blocks = answer.blocks if len(runs) == 1 else _repeatable(answer)
        for part, numeric in runs:
            yield part.opening
            joint = part.joint
            text: bytes | memoryview
            for first, rows, _ in blocks(ROWS):
                if len(rows) == 0:
                    yield None
                    continue
                if isinstance(rows, list | tuple):
                    text = _literals(part, answer, rows, first)
                else:
                    text = numeric()(rows, first, every)
                yield text[joint:]
                joint = 0
            yield part.closing
        if preface:
            yield answer.conclusion + b"}"

    return write


class JsonRecords:
    """Writes the iterates 1, 2, … of an orbit as JSON, as `records` lays it out, so many of them again and again.

    The text is made in memory that is kept, so one thread at a time may call it.
    """

    def __init__(self, columns: Sequence[Column], count: int) -> None:
        (part,) = records([column.name for column in columns])
        self._text = _numeric(part, columns)
        self._out = self._text.room(count)
        self._ends = part.opening[0], part.closing[0]  # instead of the first record's comma, and behind the last

    def __call__(self, rows: Orbit) -> bytes:
        out = self._out.data
        end = self._text.write(rows, 1, 1, self._out)
        out[0], out[end] = self._ends
        return out[: end + 1].tobytes()


class JsonDecimals:
    """Computes orbits in decimal arithmetic, and writes them so."""

    def __init__(self, system: System, columns: Sequence[Column], count: int) -> None:
        from attractor.core.decimal_text import DecimalText

        (part,) = records([column.name for column in columns])
        number, first, *others, last = part.pieces
        quoted = [number, first + b'"', *(b'"' + each + b'"' for each in others), b'"' + last]
        self._text = DecimalText(system, quoted, count)
        self._opening, self._joint, self._closing = part.opening, part.joint, part.closing

    def __call__(self, inputs: Sequence[bytes]) -> bytes | None:
        """None where `core.decimal_text.DecimalText` has none."""
        if (found := self._text(inputs)) is None:
            return None
        return b"".join((self._opening, found[self._joint :], self._closing))


def _numeric(part: Part, columns: Sequence[Column]) -> RowText:
    """The kernel that writes the records of a part whose columns are numbers."""
    from attractor.core.float_text import RowText

    codes = _codes(columns)
    missing = [_not_finite(columns[i].kind, part.is_json) for i in part.columns]
    return RowText([codes[i] for i in part.columns], part.pieces, missing)


def _codes(columns: Sequence[Column]) -> list[int]:
    """`RowText`'s code of each column: the place of its value in a row, or INDEX for n."""
    from attractor.core.float_text import RowText

    values = (column for column in columns if column.kind != "n")
    places = {column.name: i for i, column in enumerate(values)}
    codes = {"n": lambda _: RowText.INDEX, "whole": RowText.whole}
    return [codes.get(column.kind, int)(places.get(column.name, 0)) for column in columns]


def _repeatable(answer: Table) -> Callable[[int], Iterator[Block[Any]]]:
    """The table's blocks, as often as asked; computed once where they are numbers that can be held."""
    if not is_numeric(answer) or answer.records * len(answer.columns) > HELD:
        return answer.blocks
    held: list[Block[Any]] = []
    whole = False

    def blocks(rows: int) -> Iterator[Block[Any]]:
        nonlocal whole
        if whole:
            yield from held
            return
        for block in answer.blocks(rows):
            held.append(block)
            yield block
        whole = True

    return blocks


def _not_finite(kind: Kind, is_json: bool) -> tuple[bytes, bytes, bytes]:
    """The texts for NaN, inf and -inf, none of which JSON has as a number."""
    if not is_json:
        return b"NaN", b"inf", b"-inf"
    return (b"null", b'"Infinity"', b'"-Infinity"') if kind == "exponent" else (b"null", b"null", b"null")


def _literals(part: Part, answer: Table, rows: Sequence[tuple[Any, ...]], first: int) -> bytes:
    """The text of rows of Python's values."""
    record = b"%s".join(part.pieces).decode()

    def literal(value: Any, kind: Kind) -> str:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            nan, inf, minus = _not_finite(kind, part.is_json)
            return (nan if value is None or math.isnan(value) else inf if value > 0 else minus).decode()
        if part.is_json and kind == "text":
            return msgspec.json.encode(value).decode()
        if isinstance(value, float):
            return repr(value)
        return f'"{value}"' if part.is_json and kind == "decimal" else str(value)

    is_numbered = answer.columns[0].kind == "n"  # which is not among the values of a row
    written = [(column - is_numbered, answer.columns[column].kind) for column in part.columns]
    lines = []
    for i, row in enumerate(rows):
        texts = [str(first + i * answer.every) if place < 0 else literal(row[place], kind) for place, kind in written]
        lines.append(record % tuple(texts))
    return "".join(lines).encode()
