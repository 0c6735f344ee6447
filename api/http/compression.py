"""Bodies in the content codings that clients ask for."""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd as zstd  # for others, too
else:
    from backports import zstd as zstd

SENSIBLE = 4096
"""Bytes from which compressing a body pays."""

CODINGS: dict[str, Callable[[], Any]] = {
    "zstd": lambda: zstd.ZstdCompressor(level=1),
    "gzip": lambda: zlib.compressobj(level=1, wbits=31),
}
"""A maker of compressors for each content coding, the better first. Digits gain little from more effort."""

CODED_BY = {"zstd": zstd.zstd_version, "gzip": zlib.ZLIB_RUNTIME_VERSION}
"""The versions of the libraries that compress."""


def compress(chunks: Iterator[bytes | memoryview | None], coding: str) -> Iterator[bytes | None]:
    """Compresses `chunks` into `coding`; None stays where the work may pause."""
    compressor = CODINGS[coding]()
    for chunk in chunks:
        yield compressor.compress(chunk) or None if chunk else None
    yield compressor.flush()
