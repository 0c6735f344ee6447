"""A query string as names and values, in order."""

import re
from urllib.parse import unquote_to_bytes

from attractor.api.problems import BadQuery, Fault, TooLongQuery

MAX_QUERY_BYTES = 16_384
"""The most bytes of a query string in a URL."""
MAX_PARAMETERS = 100

_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class Broken(str):
    """Text whose percent-encoding cannot be decoded, as it came."""


def check_length(raw: bytes) -> None:
    """Checks the length of a URL's query string. Raises TooLongQuery beyond MAX_QUERY_BYTES."""
    if len(raw) > MAX_QUERY_BYTES:
        raise TooLongQuery([Fault("query", "is too long", None, f"at most {MAX_QUERY_BYTES} bytes; POST takes more")])


def parse_pairs(raw: bytes) -> list[tuple[str, str]]:
    """The names and values of a query string, percent-decoded. A + stays a +, since no value here holds a space.

    Raises BadQuery on more than MAX_PARAMETERS.
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
