"""Bodies in the content codings that clients ask for."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from zstandard import ZSTD_VERSION, ZstdCompressor

SENSIBLE = 4096
"""Bytes from which compressing a body pays."""

CODINGS: dict[str, Callable[[], Any]] = {
    "zstd": lambda: ZstdCompressor(level=1).compressobj(),
    "gzip": lambda: zlib.compressobj(level=1, wbits=31),
}
"""What compresses, the better first. Digits gain little from more effort."""

CODED_BY = {"zstd": ".".join(map(str, ZSTD_VERSION)), "gzip": zlib.ZLIB_RUNTIME_VERSION}
"""The versions of the libraries that do."""


def compressed(chunks: Iterator[bytes | memoryview | None], coding: str) -> Iterator[bytes | None]:
    """`chunks` in `coding`."""
    compressor = CODINGS[coding]()
    for chunk in chunks:
        yield compressor.compress(chunk) or None if chunk else None
    yield compressor.flush()
