"""Limits the requests of each client in a window of time, where an operator sets a limit."""

from bisect import bisect_right
from collections import OrderedDict
from http import HTTPStatus
from time import monotonic

from limits import parse

from attractor.api.asgi import Application, Receive, Scope, Send
from attractor.api.http.exchange import Exchange
from attractor.api.limits.clients import client_key
from attractor.api.problems import problem

MAX_CLIENTS = 16_384
MAX_NOTED = 262_144
"""Requests of all clients that are remembered together."""


class Window:
    """A sliding window in which each client may make `amount` requests in any `seconds`.

    Where more is noted than MAX_CLIENTS or MAX_NOTED, the clients that were silent for longest are forgotten.
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self._amount = amount
        self._seconds = seconds
        self._most = max(MAX_NOTED, amount)
        self._noted = 0
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    def hit(self, client: str, now: float) -> tuple[bool, int, float]:
        """Counts a request. Returns whether it is within the limit, how many more are, and the seconds until the oldest
        one drops out."""
        times = self._times.setdefault(client, [])
        self._times.move_to_end(client)
        over = bisect_right(times, now - self._seconds)
        del times[:over]
        self._noted -= over
        if is_within := len(times) < self._amount:
            times.append(now)
            self._noted += 1
        while len(self._times) > MAX_CLIENTS or self._noted > self._most:
            self._noted -= len(self._times.popitem(last=False)[1])
        return is_within, self._amount - len(times), (times[0] if times else now) + self._seconds - now


class RateLimit:
    """Wraps `application` with a limit such as "100/minute" for each client, in each process; /health has none.

    Answers carry the RateLimit fields of draft-ietf-httpapi-ratelimit-headers; what is over is refused with 429.
    """

    def __init__(self, application: Application, limit: str) -> None:
        self._application = application
        self._limit = parse(limit)
        self._window = Window(self._limit.amount, self._limit.get_expiry())
        self._policy = f'"client";q={self._limit.amount};w={self._limit.get_expiry()}'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self._application(scope, receive, send)
            return
        client = client_key(scope)
        is_within, remaining, seconds = self._window.hit(client, monotonic())
        wait = max(1, round(seconds))
        exchange: Exchange = scope["exchange"]
        exchange.added = [
            *exchange.added,
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", b'"client";r=%d;t=%d' % (remaining, wait)),
        ]
        if is_within:
            await self._application(scope, receive, send)
            return
        refusal = problem(HTTPStatus.TOO_MANY_REQUESTS, f"more than {self._limit} from {client}")
        await exchange.refuse(refusal, (b"retry-after", b"%d" % wait))
