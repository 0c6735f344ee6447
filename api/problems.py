"""Refusals, as problem details (RFC 9457)."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from http import HTTPStatus

import msgspec
from msgspec import UNSET, Struct, UnsetType

MEDIA_TYPE = "application/problem+json"

METHODS = "GET, HEAD, OPTIONS"
"""What every path answers."""
METHODS_TO_COMPUTE = f"{METHODS}, POST"
"""What those answer that compute."""

RETRY_SECONDS = 2
"""After which it makes sense to ask a busy service again."""

RETRY = b"retry-after", b"%d" % RETRY_SECONDS
CLOSE = b"connection", b"close"

_SHOWN = 80  # characters of what was given that are worth repeating
_WRITTEN = 120  # bytes of those, which in JSON may be six times as many
_COMPARED = 32  # characters of a name with which it is looked for among others: comparing takes long


class Fault(Struct, frozen=True):
    """One offending parameter."""

    parameter: str
    problem: str
    given: str | list[str] | None
    allowed: str


class Problem(Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    type: str = "about:blank"
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


class TooLongQuery(BadQuery):
    """A query with more bytes than one may have in a URL."""


class NotAcceptable(Exception):
    """An Accept header that takes none of the formats."""


class NoCoding(Exception):
    """An Accept-Encoding header that takes none of the codings, nor the body as it is."""


def not_acceptable(accept: bytes, known: Sequence[str]) -> Problem:
    """What a client is told of an Accept header that takes none of the `known` media types."""
    given = shown(accept.decode("latin-1"))
    return problem(HTTPStatus.NOT_ACCEPTABLE, f"Accept is {given!r}; known are {', '.join(known)}; or say format=")


def no_coding(accept_encoding: bytes, known: Sequence[str]) -> Problem:
    """What a client is told of an Accept-Encoding header that takes none of the `known` codings."""
    given = shown(accept_encoding.decode("latin-1"))
    return problem(HTTPStatus.NOT_ACCEPTABLE, f"Accept-Encoding is {given!r}; known are {', '.join(known)}")


def precondition_failed() -> Problem:
    """What a client is told whose If-Match does not name the answer, or whose If-None-Match does in a POST."""
    detail = "If-Match names another answer than the one that there is now, or, in a POST, If-None-Match names this one"
    return problem(HTTPStatus.PRECONDITION_FAILED, detail)


def too_long_body(most: int) -> Problem:
    """What a client is told whose POST has more bytes than one may have."""
    fault = Fault("body", "is too long", None, f"at most {most} bytes")
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"body: {fault.problem}", [fault])


def range_not_satisfiable(length: int) -> Problem:
    """What a client is told that asks for bytes behind the end of an answer."""
    return problem(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, f"the answer has {length} bytes, and none in this Range")


def unsupported_body(name: str, given: bytes, known: str) -> Problem:
    """What a client is told whose POST is not in the `known` form, as the header `name` says."""
    what = f"{name} is {shown(given.decode('latin-1'))!r}" if given else f"{name} is missing"
    return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{what}; the body of a POST is {known}")


def bad_query(error: BadQuery) -> Problem:
    """What a client is told of `error`."""
    is_long = isinstance(error, TooLongQuery)
    return problem(HTTPStatus.REQUEST_URI_TOO_LONG if is_long else HTTPStatus.BAD_REQUEST, str(error), error.faults)


def method_not_allowed(method: str, allowed: str = METHODS) -> Problem:
    """What a client is told of a method other than those `allowed`."""
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not allowed here; {allowed} are")


def busy() -> Problem:
    """What a client is told where too much is in flight."""
    detail = f"too much is being computed now; ask again after {RETRY_SECONDS} seconds; short orbits are still answered"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)


def crowded() -> Problem:
    """What a client is told that asks over a connection beyond the bound."""
    detail = f"too many connections are open; ask again after {RETRY_SECONDS} seconds"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)


def given_up(seconds: float) -> Problem:
    """What a client is told whose answer took longer than was estimated, and than any may."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"the answer took more than {seconds:g} CPU seconds; ask for less")


def internal_error() -> Problem:
    """What a client is told of an error that is not its own."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an error of the service; its log says more")


def problem(status: int, detail: str, errors: list[Fault] | UnsetType = UNSET) -> Problem:
    """A problem titled with the phrase of its status."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)


def shown(text: str) -> str:
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
