"""Surrounds every answer: adds the headers that all have, and counts, logs and traces it."""

import logging
import re
from collections.abc import Callable, Iterator, Set
from itertools import count
from random import getrandbits
from time import perf_counter
from typing import Any

from litestar.utils import normalize_path

from attractor.api.asgi import Application, Headers, Receive, Scope, Send
from attractor.api.http.exchange import Exchange, headers_of
from attractor.api.telemetry.logs import FIELDS, REQUESTS
from attractor.api.telemetry.metrics import Metrics
from attractor.api.telemetry.tracing import Trace

LEFT = 499
"""The status that is noted where the client left before any was sent."""

_ID = re.compile(rb"[\w.-]{1,64}", re.ASCII)
_FOLDERS = ("/systems/", "/assets/")
_LONGEST = 2_000  # characters of a query in a log line, which is then written in one go
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
]


def request_ids() -> Iterator[bytes]:
    """Ids for the requests of this process, which count on from where it began."""
    return map(b"%x".__mod__, count(getrandbits(63)))


def is_recorded(trace: Trace | None) -> bool:
    """Whether requests are logged or traced."""
    return bool(trace) or logging.getLogger(REQUESTS).isEnabledFor(logging.INFO)


def observe(
    app: Application, metrics: Metrics, paths: Set[str], origins: str, trace: Trace | None, ids: Iterator[bytes]
) -> Application:
    """Wraps `app`, whose known routes are `paths`, and lets pages of the `origins` read its answers."""
    cross_origin = cross_origin_headers(origins)
    note = _noting(trace)

    async def observing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        begin = perf_counter()
        metrics.begun += 1
        path, method, given = scope["path"], scope["method"], headers_of(scope)
        route = path if path in paths else _route(normalize_path(path), paths)
        id_ = given.get(b"x-request-id")
        if not (id_ and _ID.fullmatch(id_)):
            id_ = next(ids)
        exchange = Exchange(metrics.tallies, send, method, route, given, id_, cross_origin(given.get(b"origin")))
        scope["exchange"] = exchange
        has_failed = False
        try:
            if method == "OPTIONS" and b"access-control-request-method" in given:
                await exchange.send_whole(204, _PREFLIGHT, b"")
            else:
                await app(scope, receive, exchange)
        except BaseException:
            has_failed = True
            raise
        finally:
            del scope["exchange"]  # which knows who knows the scope
            seconds = perf_counter() - begin
            tally = exchange.tally or exchange.begin_tally(500 if has_failed else LEFT)
            tally.count_end(seconds)
            answer = exchange.answer
            if not exchange.is_whole:
                tally.broken_off += has_failed
                tally.left += not has_failed
            elif answer and exchange.query and method != "HEAD":
                tally.steps += exchange.query.iterations
                tally.records += answer.records
                if answer.fell_back:
                    tally.fallbacks += 1
            if note:
                outcome = "answered" if exchange.is_whole else "broken off" if has_failed else "left by the client"
                note(outcome, exchange, _fields(scope, exchange, begin, seconds))

    return observing


def _route(path: str, paths: Set[str]) -> str:
    """The label that stands for a path without a route of its own, since clients make up any number of paths."""
    return path if path in paths else next((folder for folder in _FOLDERS if path.startswith(folder)), "other")


def cross_origin_headers(allowed: str) -> Callable[[bytes | None], Headers]:
    """The headers that let pages of the `allowed` origins read an answer, by the origin that asks."""
    exposed = (b"access-control-expose-headers", b"*")
    if allowed in ("", "*"):
        all_or_none = [(b"access-control-allow-origin", b"*"), exposed] if allowed else []
        return lambda _: all_or_none
    origins, vary = allowed.encode().split(b","), (b"vary", b"origin")
    return lambda origin: (
        [(b"access-control-allow-origin", origin), exposed, vary] if origin and origin in origins else [vary]
    )


def _noting(trace: Trace | None) -> Callable[[str, Exchange, dict[str, Any]], None] | None:
    """A function that logs and traces a request; None where neither is asked for."""
    if not is_recorded(trace):
        return None
    log = logging.getLogger(REQUESTS)

    def note(outcome: str, exchange: Exchange, fields: dict[str, Any]) -> None:
        log.log(logging.WARNING if exchange.status >= 500 else logging.INFO, outcome, extra={FIELDS: fields})
        if trace:
            trace(exchange.route, exchange.given, fields)

    return note


def _fields(scope: Scope, exchange: Exchange, begin: float, seconds: float) -> dict[str, Any]:
    """The fields of a request's line in the log."""
    query, answer = exchange.query, exchange.answer
    text = query.canonical.partition("?")[2] if query else scope["query_string"].decode("latin-1")
    fields = {
        "request_id": exchange.id.decode(),
        "method": exchange.method,
        "path": scope["path"][:_LONGEST],
        "query": text[:_LONGEST],
        "status": exchange.status,
        "bytes": exchange.sent,
        "seconds": round(seconds, 6),
    }
    if query:
        fields |= {"format": query.format, "steps": query.iterations}
    if answer:
        fields["arithmetic"] = answer.arithmetic
    if computed := exchange.computed_at:
        fields["kernel_seconds"] = round(computed - exchange.read_at, 6)
        fields["encoding_seconds"] = round(begin + seconds - computed, 6)
    return fields
