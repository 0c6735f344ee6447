"""What surrounds every answer: it gets the headers that all have, and is counted, logged and traced."""

import logging
import re
from collections.abc import Callable, Set
from random import getrandbits
from time import perf_counter
from typing import Any

from api.asgi import Application, Message, Receive, Scope, Send
from api.logs import FIELDS, REQUESTS
from api.metrics import Metrics, Tally
from api.problems import METHODS
from api.seen import Seen
from api.tracing import Trace

Headers = list[tuple[bytes, bytes]]

EVERYWHERE = [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
              ("cross-origin-resource-policy", "cross-origin")]  # fmt: skip
"""What the server itself adds to each of its responses, those to what is no HTTP too."""

# An SVG that is opened by itself needs its inline style and raster; nothing runs, and nothing is loaded.
POLICY = b"default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"

LEFT = 499
"""What is noted as the status where the client left before it was sent any."""

_ID = re.compile(rb"[\w.-]{1,64}", re.ASCII)
_FOLDERS = ("/systems/", "/assets/")
_LONGEST = 2_000  # characters of a query in a log line, which is then written in one go
_PREFLIGHT = [
    (b"access-control-allow-methods", METHODS.encode()),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
]

_log = logging.getLogger(REQUESTS)


def observed(app: Application, metrics: Metrics, paths: Set[str], origins: str, trace: Trace | None) -> Application:
    """`app`, whose known routes are `paths`, readable from pages of the `origins`."""
    cross_origin = _cross_origin(origins)

    async def observing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        begin = perf_counter()
        path, method, given = scope["path"], scope["method"], dict(scope["headers"])
        asked_id = given.get(b"x-request-id")
        id_ = asked_id if asked_id and _ID.fullmatch(asked_id) else b"%016x" % getrandbits(64)
        seen = scope["seen"] = Seen(id_.decode())
        route = path if path in paths else next((folder for folder in _FOLDERS if path.startswith(folder)), "other")
        added = [*cross_origin(given.get(b"origin")), (b"x-request-id", id_)]
        tally: Tally | None = None
        status, sent, outcome = LEFT, 0, "left by the client"

        async def sending(message: Message) -> None:
            nonlocal tally, status, sent, outcome
            await send(message if tally else {**message, "headers": _with(message["headers"], added, seen)})
            if tally is None:
                status = message["status"]
                tally = metrics.tally(route, status, seen)
                return
            if method != "HEAD":  # whose body the server drops
                sent += (size := len(message["body"]))
                tally.bytes += size
            if not message.get("more_body"):
                outcome = "answered"

        metrics.in_flight += 1
        try:
            if method == "OPTIONS" and b"access-control-request-method" in given:
                await sending({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
                await sending({"type": "http.response.body", "body": b""})
            else:
                await app(scope, receive, sending)
        except BaseException:
            outcome = "broken off"
            status = status if tally else 500  # which the server sends then
            raise
        finally:
            metrics.in_flight -= 1
            seconds = perf_counter() - begin
            tally = tally or metrics.tally(route, status, seen)
            tally.end(seconds, seen if method == "GET" else None, outcome)
            if trace or _log.isEnabledFor(logging.INFO):
                fields = _fields(scope, seen, status, sent, seconds)
                _log.log(logging.WARNING if status >= 500 else logging.INFO, outcome, extra={FIELDS: fields})
                if trace:
                    trace(route, given, fields)

    return observing


def _with(headers: Any, added: Headers, seen: Seen) -> Headers:
    """The headers and what is added to them; pages have a policy of their own."""
    if seen.query is None and any(name == b"content-security-policy" for name, _ in headers):
        return [*headers, *added]
    return [*headers, *added, (b"content-security-policy", POLICY)]


def _cross_origin(allowed: str) -> Callable[[bytes | None], Headers]:
    """The headers that let pages of the `allowed` origins read an answer, by the origin that asks."""
    exposed = (b"access-control-expose-headers", b"*")
    if allowed in ("", "*"):
        everyone = [(b"access-control-allow-origin", b"*"), exposed] if allowed else []
        return lambda _: everyone
    origins, vary = allowed.encode().split(b","), (b"vary", b"origin")
    return lambda origin: (
        [(b"access-control-allow-origin", origin), exposed, vary]
        if origin is not None and origin in origins
        else [vary]
    )


def _fields(scope: Scope, seen: Seen, status: int, sent: int, seconds: float) -> dict[str, Any]:
    """What a log line says."""
    query, answer = seen.query, seen.answer
    canonical = query.canonical.partition("?")[2] if query else scope["query_string"].decode("latin-1")
    fields = {
        "request_id": seen.id,
        "method": scope["method"],
        "path": scope["path"][:_LONGEST],
        "query": canonical[:_LONGEST],
        "status": status,
        "bytes": sent,
        "seconds": round(seconds, 6),
    }
    if query:
        fields |= {"format": query.format, "steps": query.steps}
    if answer:
        fields["arithmetic"] = answer.arithmetic
    if seen.kernel is not None and seen.encoding is not None:
        fields |= {"kernel_seconds": round(seen.kernel, 6), "encoding_seconds": round(seen.encoding, 6)}
    return fields
