"""The formats in which a table can be had."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from api import npy, tables, text
from api.settings import Settings

Chunk = bytes | memoryview
Writer = Callable[[Any], Iterator[Chunk | None]]


class Format(Struct, frozen=True):
    """How an answer is written."""

    media_type: str
    suffix: str
    write: Writer
    """Chunks of the body in order, with None wherever the work may pause or stop."""
    bound: Callable[[Settings], int]
    """The most records it may hold."""
    disposition: str = "attachment"
    """What a browser does with it."""
    is_text: bool = False
    """Whether it is worth compressing."""
    is_quick: bool = True
    """Whether a small answer is written in less time than a change of threads takes."""
    value_seconds: float = 5e-9
    """CPU seconds that writing a value takes, about, compressed for a client that asks for it."""
    holds_decimals: bool = True
    length: Callable[[Any], int | None] = lambda _: None
    """Bytes of the whole body, where they are known before it is written."""


def _text(media_type: str, suffix: str, write: Writer, disposition: str = "inline") -> Format:
    return Format(
        media_type, suffix, write, lambda s: s.max_text_records, disposition, is_text=True, value_seconds=80e-9
    )


FORMATS: dict[str, Format] = {
    "json": _text("application/json", "json", text.writer(text.records, prefaced=True)),
    "columns": _text("application/json", "json", text.writer(text.columns)),
    "ndjson": _text("application/x-ndjson", "ndjson", text.writer(text.lines)),
    "csv": _text("text/csv; charset=utf-8", "csv", text.writer(text.table), "attachment"),
    "arrow": Format(
        "application/vnd.apache.arrow.stream",
        "arrows",
        tables.arrow,
        lambda s: s.max_binary_records,
        is_quick=False,
        length=tables.arrow_length,
    ),
    "npy": Format(
        "application/x-npy",
        "npy",
        npy.npy,
        lambda s: s.max_binary_records,
        holds_decimals=False,
        length=npy.length,
    ),
    "parquet": Format(
        "application/vnd.apache.parquet",
        "parquet",
        tables.parquet,
        lambda s: s.max_parquet_records,
        is_quick=False,
        value_seconds=30e-9,
    ),
}
DEFAULT_FORMAT = "json"
