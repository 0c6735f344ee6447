"""So many requests of each client in a while, where an operator wants that."""

from http import HTTPStatus
from time import monotonic, time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.asgi import Application, Receive, Scope, Send
from api.exchange import Exchange
from api.problems import problem

_JUMP = 1.0  # seconds


class RateLimit:
    """`application` with a limit such as "100/minute" for each client's address, in each process; but for /health.

    Answers carry the RateLimit fields of draft-ietf-httpapi-ratelimit-headers; what is over is refused with 429. The
    library counts by the wall clock: where that jumps all counts begin anew, else a client would be shut out for as
    long as it was set back.
    """

    def __init__(self, application: Application, limit: str) -> None:
        self._application = application
        self._limit = parse(limit)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._wall = time() - monotonic()
        self._policy = f'"client";q={self._limit.amount};w={self._limit.get_expiry()}'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self._application(scope, receive, send)
            return
        wall = time() - monotonic()
        if abs(wall - self._wall) > _JUMP:
            self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._wall = wall
        client = scope["client"][0] if scope["client"] else ""
        is_within = self._limiter.hit(self._limit, client)
        state = self._limiter.get_window_stats(self._limit, client)
        wait = max(1, round(state.reset_time - time()))
        exchange: Exchange = scope["exchange"]
        exchange.added = [
            *exchange.added,
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", b'"client";r=%d;t=%d' % (state.remaining, wait)),
        ]
        if is_within:
            await self._application(scope, receive, send)
            return
        refusal = problem(HTTPStatus.TOO_MANY_REQUESTS, f"more than {self._limit} from {client}")
        await exchange.refuse(refusal, (b"retry-after", b"%d" % wait))
