"""Checks a request's head: its version, its target and its host (RFC 9112, 3.2), before anything else sees it."""

import re
from http import HTTPStatus

from attractor.api.asgi import Headers
from attractor.api.problems import METHODS, Problem, method_not_allowed, problem, shorten

REFUSED = "refused"
"""The key of a request's state that holds the Refusal with which the application answers."""

LONGEST_TARGET = 65_000
"""Bytes of a request's target."""

LONGEST_HOST = 300
"""Characters of a name and a port: no host has a longer one."""

Refusal = tuple[Problem, tuple[tuple[bytes, bytes], ...]]
"""A problem, and headers that go with it."""

TARGET_TOO_LONG = problem(HTTPStatus.REQUEST_URI_TOO_LONG, f"a request's target may have {LONGEST_TARGET} bytes")

_HOST = re.compile(
    rb"(?:(?:[\w.~!$&'()*+,;=-]++|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+\])(?::[0-9]*)?",
    re.ASCII,
)
_ABSOLUTE = re.compile(rb"https?://([^/?#]+)([^#]*)", re.IGNORECASE)


class Malformed(Exception):
    """A request whose head names no host or no path here; `refusal` says why."""

    def __init__(self, refusal: Problem, *headers: tuple[bytes, bytes]) -> None:
        self.refusal = refusal, headers


def parse_target(method: str, version: str, target: bytes, headers: Headers) -> bytes:
    """The path and query of a request's target; the authority of an absolute target takes the place of Host.

    Raises Malformed where the version is not one of HTTP/1, the target too long or no path here, a body not plainly in
    chunks, or Host missing, doubled or no name.
    """
    if version not in ("1.1", "1.0"):
        unknown = f"HTTP/{version} is not spoken here; HTTP/1.1 and HTTP/1.0 are"
        raise Malformed(problem(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, unknown))
    if len(target) > LONGEST_TARGET:
        raise Malformed(TARGET_TOO_LONG)
    hosts = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            raise Malformed(_bad(f"Transfer-Encoding is {_quote(value)}; chunked alone is read here"))
    if len(hosts) > 1:
        raise Malformed(_bad(f"Host is given {len(hosts)} times"))
    if not hosts and version == "1.1":
        raise Malformed(_bad("Host is missing: a request of HTTP/1.1 needs it"))
    if hosts and not is_host(hosts[0]):
        raise Malformed(_bad(f"Host is {_quote(hosts[0])}, which names no host"))
    if target.startswith(b"/"):
        return target
    if method == "CONNECT":
        raise Malformed(method_not_allowed(method), (b"allow", METHODS.encode()))
    if target == b"*" and method == "OPTIONS":
        return b"/"
    absolute = _ABSOLUTE.fullmatch(target)
    if not (absolute and is_host(absolute[1])):
        raise Malformed(_bad(f"the target is {_quote(target)}, which is neither a path nor an http URL"))
    authority, rest = absolute.groups()
    headers[:] = [(b"host", authority), *(header for header in headers if header[0] != b"host")]
    return rest if rest.startswith(b"/") else b"/" + rest


def is_host(text: bytes) -> bool:
    """Whether `text` may be the value of Host, which may be empty."""
    return len(text) <= LONGEST_HOST and _HOST.fullmatch(text) is not None


def _bad(detail: str) -> Problem:
    return problem(HTTPStatus.BAD_REQUEST, detail)


def _quote(text: bytes) -> str:
    return repr(shorten(text.decode("latin-1")))
