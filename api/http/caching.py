"""An answer is a pure function of its URL and the edition: what caches may know of that."""

import re
from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b, sha256
from http import HTTPStatus
from importlib.metadata import version

from msgspec.structs import fields

from attractor.api.asgi import Headers
from attractor.api.formats import Format
from attractor.api.http.compression import CODED_BY, CODINGS
from attractor.api.http.negotiation import PLAIN, Coding
from attractor.api.settings import Settings
from attractor.core.edition import EDITION

FOR_GOOD = b"public, max-age=31536000, immutable"
"""Cache-Control of an answer that never changes under its URL."""
FOR_A_DAY = b"public, max-age=86400"
"""Cache-Control of an answer that may change with the edition: its validator then changes too."""
VARY = b"accept, accept-encoding"

_LONGEST_LINK = 2_500
"""Bytes: with all other headers a head stays below the 4 kB that proxies take."""
_BOUNDS = tuple(each.name for each in fields(Settings) if each.name.startswith("max_"))
_TAG = re.compile(rb'(W/)?("[^"]*")')


def validators(formats: Mapping[str, Format], settings: Settings) -> dict[tuple[str, Coding], bytes]:
    """The strong validators of answers, by format and coding.

    The URL says the rest of what an answer is a function of. A validator tells the edition, the version of what writes
    the format, with those of the libraries that do, and the coding; not what runs, so that an upgrade which changes no
    value leaves what caches hold valid. Bounds set otherwise than by default are told too, since defaults follow them.
    """
    bounds = tuple(getattr(settings, name) for name in _BOUNDS)
    usual = Settings(workers=1)
    is_usual = bounds == tuple(getattr(usual, name) for name in _BOUNDS)
    bounded = [] if is_usual else [blake2b(repr(bounds).encode(), digest_size=6).hexdigest()]
    found = {}
    for name, form in formats.items():
        written = [f"{name}{form.version}", *(f"{library}{_version(library)}" for library in form.libraries)]
        for coding, parts in _codings():
            found[name, coding] = f'"{"-".join([str(EDITION), *bounded, *written, *parts])}"'.encode()
    return found


_version = lru_cache(maxsize=8)(version)  # which reads files


def _codings() -> Iterator[tuple[Coding, list[str]]]:
    """Each coding, and its part of a validator. Where a client needs a coding, small bodies are compressed too."""
    yield PLAIN, []
    for name in CODINGS:
        made = f"{name}{CODED_BY[name]}"
        yield Coding(name, False), [made]
        yield Coding(name, True), [made, "always"]


def precondition(given: Mapping[bytes, bytes], etag: bytes) -> int | None:
    """The status of an answer that would be 2xx, if the headers of a request forbid that: 412 by If-Match, else 304.

    None where they do not (RFC 9110, 13.2.2, of GET and HEAD; there is no Last-Modified to compare with). `etag` has
    its quotes, and is strong.
    """
    expected, known = given.get(b"if-match"), given.get(b"if-none-match")
    if expected is not None and not _matches(expected, etag, weakly=False):
        return HTTPStatus.PRECONDITION_FAILED
    if known is not None and _matches(known, etag, weakly=True):
        return HTTPStatus.NOT_MODIFIED
    return None


def _matches(tags: bytes, etag: bytes, weakly: bool) -> bool:
    if etag not in tags:  # nearly always
        return tags.strip() == b"*"
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(tags))


def repr_digest(body: bytes) -> bytes:
    """The value of Repr-Digest (RFC 9530) for a whole body as it is sent."""
    return b"sha-256=:%b:" % b2a_base64(sha256(body).digest(), newline=False)


def headers_of_post(canonical: str, is_pinned: bool, tag: bytes) -> Headers:
    """Caching headers of the answer to a POST: they name its URL, or forbid keeping it where that is too long."""
    if len(canonical) > _LONGEST_LINK:
        return [(b"cache-control", b"no-store")]
    return [*_storage_headers(is_pinned, tag), (b"content-location", canonical.encode())]


def caching_headers(canonical: str, is_pinned: bool, tag: bytes) -> Headers:
    """Caching headers of an answer, from its canonical URL, whether the query names the edition, and its validator."""
    link = f'<{canonical}>; rel="canonical"'
    told = _storage_headers(is_pinned, tag)
    return [*told, (b"link", link.encode())] if len(link) <= _LONGEST_LINK else told


def _storage_headers(is_pinned: bool, tag: bytes) -> Headers:
    return [(b"etag", tag), (b"cache-control", FOR_GOOD if is_pinned else FOR_A_DAY), (b"vary", VARY)]
