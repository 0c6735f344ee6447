"""The formats in which a table can be had."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from attractor.api.formats import arrow, npy, text
from attractor.api.settings import Settings

Chunk = bytes | memoryview
_CHUNKS = 1 << 18  # bytes of what is being sent, and of what is being made meanwhile, of a small answer

Writer = Callable[[Any], Iterator[Chunk | None]]
Held = Callable[[int, int], int]


def _unknown_length(_: Any) -> None:
    return None


class Format(Struct, frozen=True):
    """A format: its media type, its writer, and what writing costs."""

    media_type: str
    suffix: str
    write: Writer
    """Chunks of the body in order, with None wherever the work may pause or stop."""
    bound: Callable[[Settings], int]
    """The most records it may hold."""
    disposition: str = "attachment"
    """Content-Disposition: whether a browser shows the file or saves it."""
    is_text: bool = False
    """Whether it is worth compressing."""
    is_quick: bool = True
    """Whether a small answer is written in less time than a change of threads takes."""
    holds_lock: bool = False
    """Whether writing holds the interpreter's lock."""
    value_seconds: float = 5e-9
    """CPU seconds that writing a value takes, about, compressed for a client that asks for it."""
    held: Held = lambda _, __: 0
    """Bytes that writing so many records of so many values holds at once, about."""
    by_column: bool = False
    """Whether it is written column by column, and so computed once for each where it is too large to be held."""
    holds_decimals: bool = True
    length: Callable[[Any], int | None] = _unknown_length
    """Bytes of the whole body, where they are known before it is written."""
    body: Callable[[Any], bytes] | None = None
    """The whole body, where it is there before it is written."""
    version: int = 1
    """Raised with each change of the bytes that our own part of the writing makes from the same values: validators
    tell it, and `make corpus` whether it has to be raised."""
    libraries: tuple[str, ...] = ()
    """The packages that make bytes, too."""

    @property
    def has_parts(self) -> bool:
        """Whether there are answers of which a range of bytes can be had."""
        return self.length is not _unknown_length

    def runs(self, records: int, width: int) -> int:
        """The number of times that `records` of `width` numbers are computed while they are written."""
        return width if self.by_column and records * width > text.HELD else 1


def _rows_of(rows: int, value_bytes: int) -> Held:
    """Estimates the bytes that a format holds which takes `rows` rows at once, at `value_bytes` for each value."""
    return lambda records, width: _CHUNKS + min(records, rows) * width * value_bytes


def _hold_columns(records: int, width: int) -> int:
    held = records * width
    return _rows_of(text.ROWS, 64)(records, width) + (8 * held if held <= text.HELD else 0)


def _text(media_type: str, suffix: str, write: Writer) -> Format:
    """A format of text, which a browser shows, and of which some rows are held at once."""
    return Format(
        media_type,
        suffix,
        write,
        lambda s: s.max_text_records,
        disposition="inline",
        is_text=True,
        value_seconds=80e-9,
        held=_rows_of(text.ROWS, 120),
    )


FORMATS: dict[str, Format] = {
    "json": replace(_text("application/json", "json", text.writer(text.records, prefaced=True)), version=2),
    "columns": replace(
        _text("application/json", "json", text.writer(text.columns)), held=_hold_columns, by_column=True
    ),
    "ndjson": _text("application/x-ndjson", "ndjson", text.writer(text.lines)),
    "csv": replace(_text("text/csv; charset=utf-8", "csv", text.writer(text.table)), disposition="attachment"),
    "arrow": Format(
        "application/vnd.apache.arrow.stream",
        "arrows",
        arrow.arrow,
        lambda s: s.max_binary_records,
        is_quick=False,
        held=_rows_of(arrow.ROWS, 32),
        length=arrow.arrow_length,
        version=3,
        libraries=("pyarrow",),
    ),
    "npy": Format(
        "application/x-npy",
        "npy",
        npy.npy,
        lambda s: s.max_binary_records,
        held=_rows_of(npy.ROWS, 48),
        holds_decimals=False,
        length=npy.length,
        version=2,
    ),
    "parquet": Format(
        "application/vnd.apache.parquet",
        "parquet",
        arrow.parquet,
        lambda s: s.max_parquet_records,
        is_quick=False,
        holds_lock=True,
        value_seconds=30e-9,
        held=_rows_of(arrow.ROWS, 60),
        version=3,
        libraries=("pyarrow",),
    ),
}
TABULAR = {name: form for name, form in FORMATS.items() if name != "npy"}
"""The formats of records that are not all numbers."""
DEFAULT_FORMAT = "json"
