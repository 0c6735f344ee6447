"""Parts of a body whose length is known before it is written (RFC 9110, 14): one range of bytes, for who resumes."""

import re
from collections.abc import Iterator, Mapping

from attractor.api.formats import Chunk

_RANGE = re.compile(rb"bytes[ \t]*=[ \t]*(?:([0-9]+)-([0-9]+)?|-([0-9]+))[ \t]*", re.IGNORECASE)
_LONGEST = 20  # digits: what has more is behind any end


class Unsatisfiable(Exception):
    """A range that begins behind the end, or has no bytes."""


def parse_range(given: Mapping[bytes, bytes], etag: bytes, length: int) -> range | None:
    """The bytes of a body that the headers of a GET ask for; None where they ask for all of it.

    So do several ranges, others than of bytes, and one whose If-Range names another body. Raises Unsatisfiable.
    """
    found = _RANGE.fullmatch(given.get(b"range", b"").strip())
    if not found or given.get(b"if-range", etag).strip() != etag:
        return None
    begin, last, suffix = (None if each is None else _number(each) for each in found.groups())
    first = max(0, length - (suffix or 0)) if begin is None else begin
    if last is not None and last < first:
        return None  # which is no range (14.1.1)
    end = length if last is None else min(last + 1, length)
    if first >= end:
        raise Unsatisfiable
    return range(first, end)


def _number(digits: bytes) -> int:
    return int(digits.lstrip(b"0")[:_LONGEST] or b"0")


def cut_chunks(chunks: Iterator[Chunk | None], part: range) -> Iterator[Chunk | None]:
    """The bytes `part` of a body that comes in `chunks`; what is before is made, and dropped."""
    at = 0
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        first, end = max(part.start - at, 0), min(part.stop - at, len(chunk))
        yield memoryview(chunk)[first:end] if first < end else None
        at += len(chunk)
        if at >= part.stop:
            return
