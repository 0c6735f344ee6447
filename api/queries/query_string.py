"""A query string as names and values, in order."""

import re
from urllib.parse import unquote_to_bytes

from attractor.api.problems import BadQuery, Fault, TooLongQuery

MAX_QUERY_BYTES = 16_384
"""Of one in a URL."""
MAX_PARAMETERS = 100

_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class Broken(str):
    """Text whose percent-encoding cannot be decoded, as it came."""


def check_length(raw: bytes) -> None:
    """Raises TooLongQuery where a URL's query string is longer than one may be."""
    if len(raw) > MAX_QUERY_BYTES:
        raise TooLongQuery([Fault("query", "is too long", None, f"at most {MAX_QUERY_BYTES} bytes; POST takes more")])


def parse_pairs(raw: bytes) -> list[tuple[str, str]]:
    """Each name and its value, percent-decoded. A + stays a +, since no value here holds a space.

    Raises BadQuery where there are more than one may give.
    """
    text = raw.decode("latin-1")  # keeps every byte; those past ASCII are read as UTF-8 below
    parts = [part for part in text.split("&") if part]
    if len(parts) > MAX_PARAMETERS:
        raise BadQuery([Fault("query", f"has {len(parts)} parameters", None, f"at most {MAX_PARAMETERS}")])
    pairs = [(name, value) for name, _, value in (part.partition("=") for part in parts)]
    if "%" in text or not text.isascii():
        pairs = [(_decode(name), _decode(value)) for name, value in pairs]
    return pairs


def _decode(text: str) -> str:
    if _BROKEN_ESCAPE.search(text):
        return Broken(text)
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeDecodeError:
        return Broken(text)
