"""Refusals, as problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

MEDIA_TYPE = "application/problem+json"

METHODS = "GET, HEAD, OPTIONS"
"""The methods that every path answers."""
METHODS_TO_COMPUTE = f"{METHODS}, POST"
"""The methods that paths answer which compute."""

RETRY_SECONDS = 2
"""After which it makes sense to ask a busy service again."""

RETRY = b"retry-after", b"%d" % RETRY_SECONDS
CLOSE = b"connection", b"close"

_SHOWN = 80  # characters of what was given that are worth repeating
_WRITTEN = 120  # bytes of those, which in JSON may be six times as many
_COMPARED = 32  # characters of a name with which it is looked for among others: comparing takes long


class Kind(NamedTuple):
    """A kind of refusal, which a page of its own explains."""

    status: int
    title: str
    """The phrase of the status as RFC 9110 has it now."""
    about: str


PROBLEMS = {
    "bad-query": Kind(
        400,
        "Bad Request",
        "The query names no answer, or one that exceeds a limit. errors lists every offending parameter, with what was "
        "given and what is allowed in its place.",
    ),
    "bad-request": Kind(
        400, "Bad Request", "The request is damaged, or its framing cannot be trusted; its connection ends."
    ),
    "not-found": Kind(
        404, "Not Found", "There is no such path, or no such system; /systems lists those that there are."
    ),
    "method-not-allowed": Kind(405, "Method Not Allowed", "The path answers other methods; Allow lists them."),
    "not-acceptable": Kind(
        406,
        "Not Acceptable",
        "Accept takes none of the formats and the query names none with format, or Accept-Encoding takes no coding.",
    ),
    "gone": Kind(
        410,
        "Gone",
        "The query names an edition that was, whose numbers this service no longer gives; errors names the one that it "
        "gives, and Attractor-Edition too.",
    ),
    "precondition-failed": Kind(
        412,
        "Precondition Failed",
        "If-Match names another answer than the one that there is now. In a POST, If-None-Match names this one.",
    ),
    "content-too-large": Kind(
        413, "Content Too Large", "The body of a POST has more bytes than one may; sweep a range in place of a list."
    ),
    "uri-too-long": Kind(
        414, "URI Too Long", "The URL is longer than one may be. What computes takes a longer query as a form by POST."
    ),
    "unsupported-media-type": Kind(
        415,
        "Unsupported Media Type",
        "The body of a POST is a form (application/x-www-form-urlencoded), sent as it is.",
    ),
    "range-not-satisfiable": Kind(
        416, "Range Not Satisfiable", "Range begins behind the end of the answer, whose length Content-Range tells."
    ),
    "too-many-requests": Kind(
        429, "Too Many Requests", "This client asks more often than it may; Retry-After says when to ask again."
    ),
    "head-too-large": Kind(
        431, "Request Header Fields Too Large", "The head of the request has too many lines or bytes."
    ),
    "internal-error": Kind(
        500, "Internal Server Error", "An error of the service; its log says more under X-Request-Id."
    ),
    "busy": Kind(
        503, "Service Unavailable", "Too much is being computed, or asked for, now; Retry-After says when to ask again."
    ),
    "given-up": Kind(
        503,
        "Service Unavailable",
        "The answer took more CPU seconds or memory than any may, against the estimate; ask for less.",
    ),
    "version-not-supported": Kind(505, "HTTP Version Not Supported", "HTTP/1.1 and HTTP/1.0 are spoken here."),
}
"""The kinds, each by the name that stands in its type."""

PAGES = "/problems/"
"""The path of the pages about kinds of refusals; the kind's name follows."""

_USUAL: dict[int, str] = {503: "busy"} | {kind.status: name for name, kind in PROBLEMS.items() if kind.status != 503}


class Fault(Struct, frozen=True):
    """One offending parameter."""

    parameter: str
    problem: str
    given: str | list[str] | None
    allowed: str


def as_given(fault: Fault, texts: Mapping[str, str]) -> Fault:
    """The fault with the text that a query gave its parameter, where it gave one."""
    name = fault.parameter
    return replace(fault, given=shorten(texts[name])) if name in texts else fault


class PastEdition(Fault, frozen=True):
    """The fault of an edition that was served once."""


class Problem(Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    type: str
    """The path of the page about its kind."""
    title: str
    status: int
    detail: str
    errors: list[Fault] | UnsetType = UNSET

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


class BadQuery(Exception):
    """A query that names no answer, with everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.parameter}: {fault.problem}" for fault in self.faults))

    def __reduce__(self) -> tuple[type["BadQuery"], tuple[list[Fault]]]:
        return BadQuery, (self.faults,)


class BrokenOff(Exception):
    """An answer ends after it had begun: by its cause, or by the limit that its message tells."""


class TooLongQuery(BadQuery):
    """A query with more bytes than one may have in a URL."""


class NotAcceptable(Exception):
    """An Accept header that takes none of the formats."""


class NoCoding(Exception):
    """An Accept-Encoding header that takes none of the codings, nor the body as it is."""


def not_acceptable(accept: bytes, known: Sequence[str]) -> Problem:
    """The problem of an Accept header that takes none of the `known` media types."""
    given = shorten(accept.decode("latin-1"))
    return problem(HTTPStatus.NOT_ACCEPTABLE, f"Accept is {given!r}; known are {', '.join(known)}; or say format=")


def no_coding(accept_encoding: bytes, known: Sequence[str]) -> Problem:
    """The problem of an Accept-Encoding header that takes none of the `known` codings."""
    given = shorten(accept_encoding.decode("latin-1"))
    return problem(HTTPStatus.NOT_ACCEPTABLE, f"Accept-Encoding is {given!r}; known are {', '.join(known)}")


def precondition_failed() -> Problem:
    """The problem of an If-Match that does not name the answer, or in a POST of an If-None-Match that does."""
    detail = "If-Match names another answer than the one that there is now, or, in a POST, If-None-Match names this one"
    return problem(HTTPStatus.PRECONDITION_FAILED, detail)


def too_long_body(most: int) -> Problem:
    """The problem of a POST with more than `most` bytes."""
    culprit = Fault("body", "is too long", None, f"at most {most} bytes")
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body: is too long", [culprit])


def range_not_satisfiable(length: int) -> Problem:
    """The problem of a Range that begins behind the end of an answer of `length` bytes."""
    return problem(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, f"the answer has {length} bytes, and none in this Range")


def unsupported_body(name: str, given: bytes, known: str) -> Problem:
    """The problem of a POST that is not in the `known` form, as the header `name` says."""
    what = f"{name} is {shorten(given.decode('latin-1'))!r}" if given else f"{name} is missing"
    return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{what}; the body of a POST is {known}")


def bad_query(error: BadQuery) -> Problem:
    """The problem that lists the faults of a query."""
    is_gone = any(isinstance(fault, PastEdition) for fault in error.faults)
    name = "uri-too-long" if isinstance(error, TooLongQuery) else "gone" if is_gone else "bad-query"
    return problem(PROBLEMS[name].status, str(error), error.faults, name)


def method_not_allowed(method: str, allowed: str = METHODS) -> Problem:
    """The problem of a method other than those `allowed`."""
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not allowed here; {allowed} are")


def busy() -> Problem:
    """The problem of a request that comes while too much is being computed."""
    detail = f"too much is being computed now; ask again after {RETRY_SECONDS} seconds; short orbits are still answered"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)


def too_many_connections() -> Problem:
    """The problem of a request over a connection beyond the bound."""
    detail = f"too many connections are open; ask again after {RETRY_SECONDS} seconds"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)


def out_of_time(seconds: float) -> Problem:
    """The problem of an answer that took more than `seconds` CPU seconds, against its estimate."""
    detail = f"the answer took more than {seconds:g} CPU seconds; ask for less"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, name="given-up")


def out_of_memory() -> Problem:
    """The problem of an answer that needed more memory than any may have, against its estimate."""
    detail = "the answer needed more memory than any may have; ask for less"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, name="given-up")


def internal_error() -> Problem:
    """The problem of an error of the service."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an error of the service; its log says more")


def problem(status: int, detail: str, errors: list[Fault] | UnsetType = UNSET, name: str = "") -> Problem:
    """A problem of the kind `name`, by default the usual one of its status."""
    name = name or _USUAL.get(status, "bad-request")
    return Problem(type=PAGES + name, title=PROBLEMS[name].title, status=status, detail=detail, errors=errors)


def shorten(text: str) -> str:
    """`text`, or its beginning and its length where it is long."""
    beginning = str(text[:_SHOWN])  # the encoder takes no subclass
    if not (beginning.isascii() and beginning.isprintable()):
        while len(msgspec.json.encode(beginning)) > _WRITTEN:
            beginning = beginning[:-8]
    return beginning if len(text) == len(beginning) else f"{beginning}… ({len(text)} characters)"


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name that is most like `name`."""
    matcher, best = SequenceMatcher(), (0.0, "")
    matcher.set_seq2(name[:_COMPARED])  # which it looks into once
    for each in known:
        matcher.set_seq1(each)
        if matcher.real_quick_ratio() >= best[0] and matcher.quick_ratio() >= best[0]:  # bounds of what takes longer
            best = max(best, (matcher.ratio(), each))
    return best[1]
