"""A request and its answer, while it is made and sent."""

from typing import Any, cast

from litestar import Request
from msgspec import Struct

from attractor.api.asgi import Headers, Message, Scope, Send
from attractor.api.http.written import Written
from attractor.api.problems import MEDIA_TYPE, Problem
from attractor.api.resource import Answer, Query
from attractor.api.telemetry.metrics import Tallies, Tally

# An SVG that is opened by itself needs its inline style and raster; nothing runs, and nothing is loaded.
POLICY = (
    b"content-security-policy",
    b"default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'",
)


class Exchange(Struct):
    """A request and its answer: it sends the answer, as ASGI has it, and notes what metrics and logs tell of it.

    The middleware makes one for each request and puts it into the scope under "exchange". Endpoints set its query and
    its answer.
    """

    tallies: Tallies
    send: Send
    method: str
    route: str
    given: dict[bytes, bytes]
    """The headers of the request."""
    id: bytes
    added: Headers
    """Headers that every answer to this request has."""
    asked: str = ""
    """The path that the client asked for, where Litestar gets another one in its place."""
    query: Query | None = None
    """None until it is read."""
    answer: Answer | Written | None = None
    """None until it is computed."""
    read_at: float = 0.0
    """When the query had been read, by `time.perf_counter`."""
    computed_at: float = 0.0
    """When an answer that is sent whole had been computed; else 0."""
    tally: Tally | None = None
    status: int = 0
    sent: int = 0
    """Bytes of the body."""
    is_whole: bool = False

    async def send_whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Sends an answer of the API in one go."""
        self.status = status
        self.tally = tally = self.tallies[self.route, status, self.query.format if self.query else ""]
        headers = [*headers, *self.added, (b"x-request-id", self.id), POLICY]
        if status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(body)))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})
        if self.method != "HEAD":  # whose body the server drops
            self.sent = len(body)
            tally.bytes += self.sent
        self.is_whole = True

    async def refuse(self, refusal: Problem, *headers: tuple[bytes, bytes]) -> None:
        await self.send_whole(refusal.status, [(b"content-type", MEDIA_TYPE.encode()), *headers], refusal.encode())

    async def __call__(self, message: Message) -> None:
        """Sends a part of an answer; pages among them have a policy of their own."""
        if (tally := self.tally) is None:
            self.begin_tally(message["status"])
            headers = message["headers"]
            policy = [] if any(name == POLICY[0] for name, _ in headers) else [POLICY]
            message["headers"] = [*headers, *self.added, (b"x-request-id", self.id), *policy]
            await self.send(message)
            return
        await self.send(message)
        if self.method != "HEAD":
            size = len(message["body"])
            self.sent += size
            tally.bytes += size
        self.is_whole = not message.get("more_body")

    def begin_tally(self, status: int) -> Tally:
        """Sets and returns the tally of answers of this `status` on this route."""
        self.status = status
        self.tally = self.tallies[self.route, status, self.query.format if self.query else ""]
        return self.tally


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request by their names; several lines of one name are one list (RFC 9110, 5.3)."""
    lines: Headers = scope["headers"]
    given = dict(lines)
    if len(given) == len(lines):
        return given
    joined: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        joined.setdefault(name, []).append(value)
    return {name: b", ".join(values) for name, values in joined.items()}


def exchange_of(request: Request[Any, Any, Any]) -> Exchange:
    """The exchange of `request`."""
    exchange: Exchange = cast(Scope, request.scope)["exchange"]
    return exchange
