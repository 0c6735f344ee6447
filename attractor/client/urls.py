"""URLs of the service as people hand them on: with the host that they were cited with, with another one, or without."""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

_URL = re.compile(
    r"(?:(https?://[^/?#]+)"  # with its scheme, or what looks like a host
    r"|([^/?#]+\.[^/?#]*|[^/?#]+:[0-9]+)(?=/))?"
    r"([^?#]*)(?:\?([^#]*))?(?:#.*)?",
    re.DOTALL,
)
_KEPT = "!$&'()*+,-./:;=?@_~%"
"""The characters that a URL holds unquoted."""


class Asked(NamedTuple):
    """The parts of a URL of the service."""

    origin: str
    """Scheme and host; empty where the URL has none."""
    path: str
    """Decoded, without slashes too many."""
    query: str
    """The query as it stands in the URL."""

    @property
    def raw(self) -> bytes:
        """The query as a service receives it."""
        return self.query.encode(errors="surrogateescape")

    def under(self, origin: str) -> str:
        """The URL at an origin, in ASCII."""
        query = f"?{quote(self.raw, safe=_KEPT)}" if self.query else ""
        return f"{origin}{quote(self.path)}{query}"


def read_url(url: str) -> Asked:
    """Splits a URL into its parts; the host may be missing, or stand without its scheme."""
    found = _URL.fullmatch(url.strip())
    if not found:  # the pattern takes any text
        raise ValueError(f"{url!r} is no URL")
    origin, host, path, query = found.groups("")
    return Asked(origin or (f"https://{host}" if host else ""), _plain(path), query)


def _plain(path: str) -> str:
    return "/" + re.sub("/+", "/", unquote(path)).strip("/")


def names_format(query: str) -> bool:
    """Whether a query names a format."""
    return any(map(_is_format, query.split("&")))


def without_format(query: str) -> tuple[str, str | None]:
    """A query without its format, and that; as it is where it names none, or several."""
    parts = query.split("&")
    formats = [part for part in parts if _is_format(part)]
    if len(formats) != 1:
        return query, None
    return "&".join(part for part in parts if part not in formats), unquote(formats[0].partition("=")[2])


def _is_format(part: str) -> bool:
    return unquote(part.partition("=")[0]) == "format"


def origin_of(address: str) -> str:
    """The origin of a service, as requests name it. Raises ValueError where `address` names none."""
    try:
        parts = urlsplit(address)
        is_sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or parts.path.strip("/") or parts.query or parts.fragment or not address.isascii():
        raise ValueError(
            f"{address!r} is no address of a service, such as https://example.org or http://127.0.0.1:8000"
        )
    return f"{parts.scheme}://{parts.netloc}"
