"""An answer is a pure function of its URL and the version: what caches may know of that."""

from functools import cache
from hashlib import blake2b

from api import VERSION
from api.orbit_query import OrbitQuery
from core.system import System

CACHE_CONTROL = b"public, max-age=31536000, immutable"
VARY = b"accept, accept-encoding"


@cache
def _form(system: System) -> str:
    inputs = "".join(f"&{name}=%s" for name in system.inputs)
    options = "&steps=%d&skip=%d&every=%d&include_start=%s&precision=%s"
    return f"system={system.name}{inputs}{options}"


def canonical(query: OrbitQuery) -> str:
    """The one query string that all spellings and orders of a query share, with every default said."""
    steps, skip, every, start = query.selection
    text = _form(query.system) % (*query.inputs, steps, skip, every, "true" if start else "false", query.precision)
    if query.precision == "decimal":
        text += f"&digits={query.digits}"
    return f"{text}&format={query.format}"


def etag(canonical: str, coding: str | None) -> bytes:
    """The strong validator of an answer in a content coding."""
    return b'"%s"' % blake2b(f"{VERSION} {coding} {canonical}".encode(), digest_size=12).hexdigest().encode()


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names `etag`; weakly, as RFC 9110 has it."""
    return any(given.strip().removeprefix(b"W/") in (etag, b"*") for given in if_none_match.split(b","))
