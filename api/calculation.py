"""GET /calculation: the service's hot path, so it speaks ASGI itself and Litestar serves the rest."""

import asyncio
import logging

from api import records
from api.answer import Answer, DecimalAnswer, answer
from api.asgi import Receive, Scope, Send
from api.problems import MEDIA_TYPE, METHODS, BadQuery, Problem, bad_query, internal_error, method_not_allowed
from api.query import OrbitQuery, read_query
from api.settings import Settings

PATH = "/calculation"

_INLINE_STEPS = 200  # an answer of so few costs less than handing it to a thread and back

Headers = list[tuple[bytes, bytes]]


class Calculation:
    """The endpoint under some settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        try:
            status, headers, body = await self._respond(scope)
        except BadQuery as error:
            status, headers, body = _refuse(bad_query(error))
        except Exception:
            logging.getLogger(__name__).exception("calculation failed: %r", scope["query_string"][:200])
            status, headers, body = _refuse(internal_error())
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _respond(self, scope: Scope) -> tuple[int, Headers, bytes]:
        if scope["method"] not in ("GET", "HEAD"):
            status, headers, body = _refuse(method_not_allowed(scope["method"]))
            return status, [*headers, (b"allow", METHODS.encode())], body
        query = read_query(scope["query_string"], self._settings)
        if query.steps <= _INLINE_STEPS and query.precision != "decimal":
            found, body = self._work(query)
        else:
            found, body = await asyncio.to_thread(self._work, query)
        return 200, _headers(found), body

    def _work(self, query: OrbitQuery) -> tuple[Answer, bytes]:
        found = answer(query, self._settings)
        return found, records.encode(found, query.system)


def _headers(found: Answer) -> Headers:
    arithmetic = f"decimal; digits={found.digits}" if isinstance(found, DecimalAnswer) else "double"
    headers = [(b"content-type", b"application/json"), (b"attractor-arithmetic", arithmetic.encode())]
    if found.left_at is not None:
        headers.append((b"attractor-left-range-at", b"%d" % found.left_at))
    return headers


def _refuse(refusal: Problem) -> tuple[int, Headers, bytes]:
    return refusal.status, [(b"content-type", MEDIA_TYPE.encode())], refusal.encode()
