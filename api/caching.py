"""An answer is a pure function of its URL and the version: what caches may know of that."""

from functools import lru_cache
from hashlib import blake2b

from api import VERSION
from api.orbit_query import OrbitQuery, Precision
from core.selection import Selection
from core.system import System

CACHE_CONTROL = b"public, max-age=31536000, immutable"
VARY = b"accept, accept-encoding"


def canonical(query: OrbitQuery) -> str:
    """The one query string that all spellings and orders of a query share, with every default said."""
    return _form(query.system, query.selection, query.precision, query.digits, query.format) % query.inputs


@lru_cache(maxsize=1024)
def _form(system: System, selection: Selection, precision: Precision, digits: int, form: str) -> str:
    """The canonical query string with a %s for each input."""
    steps, skip, every, start = selection
    inputs = "".join(f"&{name}=%s" for name in system.inputs)
    options = f"steps={steps}&skip={skip}&every={every}&include_start={'true' if start else 'false'}"
    arithmetic = f"{precision}&digits={digits}" if precision == "decimal" else precision
    return f"system={system.name}{inputs}&{options}&precision={arithmetic}&format={form}"


def etag(canonical: str, coding: str | None) -> bytes:
    """The strong validator of an answer in a content coding."""
    return b'"%s"' % blake2b(f"{VERSION} {coding} {canonical}".encode(), digest_size=12).hexdigest().encode()


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names `etag`; weakly, as RFC 9110 has it."""
    return any(given.strip().removeprefix(b"W/") in (etag, b"*") for given in if_none_match.split(b","))
