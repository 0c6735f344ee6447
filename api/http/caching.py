"""An answer is a pure function of its URL and the version: what caches may know of that."""

from hashlib import blake2b

from attractor import __version__

CACHE_CONTROL = b"public, max-age=31536000, immutable"
VARY = b"accept, accept-encoding"


def etag(canonical: str, coding: str | None) -> bytes:
    """The strong validator of the answer at a canonical URL in a content coding."""
    return b'"%s"' % blake2b(f"{__version__} {coding} {canonical}".encode(), digest_size=12).hexdigest().encode()


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names `etag`, which has its quotes; weakly, as RFC 9110 has it."""
    return etag in if_none_match or if_none_match.strip() == b"*"


def caching_headers(canonical: str, coding: str | None) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """What caches need of the answer at a canonical URL in a content coding, and its validator by itself."""
    tag = etag(canonical, coding)
    link = f'<{canonical}>; rel="canonical"'
    return [(b"etag", tag), (b"cache-control", CACHE_CONTROL), (b"vary", VARY), (b"link", link.encode())], tag
