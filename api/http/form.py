"""The body of a POST, which says what the query of a URL does: a list too long for one fits there."""

from collections.abc import Mapping
from http import HTTPStatus

from attractor.api.asgi import Receive, parse_size
from attractor.api.problems import CLOSE, Problem, problem, too_long_body, unsupported_body

MEDIA_TYPE = "application/x-www-form-urlencoded"

_CHARSETS = frozenset(("utf-8", "us-ascii"))  # what is not ASCII is percent-encoded, and means UTF-8


class BadForm(Exception):
    """A POST whose body is not read, so that its connection ends with the answer; `refusal` says why."""

    def __init__(self, refusal: Problem, *headers: tuple[bytes, bytes]) -> None:
        self.refusal = refusal, [*headers, CLOSE]


class ClientLeft(Exception):
    """The client left, so that nobody reads an answer."""


def form_size(given: Mapping[bytes, bytes], most: int) -> int:
    """The most bytes that the body of a POST may have: as many as its headers `given` tell, else `most`.

    Raises BadForm where it is longer, not in MEDIA_TYPE, or behind what asks for an upgrade, whose end none can tell.
    """
    told = given.get(b"content-length")
    size = parse_size(told) if told else most * (b"transfer-encoding" in given)
    if size:
        if b"upgrade" in given and b"upgrade" in given.get(b"connection", b"").lower():
            raise BadForm(problem(HTTPStatus.BAD_REQUEST, "a body is not read of a request that asks for an upgrade"))
        media_type = given.get(b"content-type", b"")
        if not _is_form(media_type):
            refusal = unsupported_body("Content-Type", media_type, MEDIA_TYPE)
            raise BadForm(refusal, (b"accept-post", MEDIA_TYPE.encode()))
        coding = given.get(b"content-encoding", b"")
        if {each.strip().lower() for each in coding.split(b",")} - {b"", b"identity"}:
            refusal = unsupported_body("Content-Encoding", coding, "sent as it is")
            raise BadForm(refusal, (b"accept-encoding", b"identity"))
    if size > most:
        raise BadForm(too_long_body(most))
    return size


async def form_body(receive: Receive, most: int) -> bytes:
    """The body as it comes. Raises BadForm where it is longer than `most`, ClientLeft where it has no end."""
    parts: list[bytes] = []
    size, is_whole = 0, False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise BadForm(too_long_body(most))
        is_whole = not message.get("more_body")
    return b"".join(parts)


def _is_form(media_type: bytes) -> bool:
    essence, *parameters = (part.strip() for part in media_type.decode("latin-1").lower().split(";"))
    named = dict(part.partition("=")[::2] for part in parameters)
    return essence == MEDIA_TYPE and named.get("charset", "utf-8").strip('"') in _CHARSETS
