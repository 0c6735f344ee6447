"""HTTP requests at fixed times, whether or not others are answered: an open loop, in one process, on uvloop.

wrk and h2load wait for an answer before the next request of a connection, and so would slow down with the service.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from time import perf_counter as now
from typing import Any, NamedTuple, TypeVar, cast

import uvloop
from httptools import HttpParserError, HttpResponseParser

PATIENCE = 30.0
"""Seconds after which what has no answer yet is given up."""
FAILED, LEFT = 0, -1
"""What stands for a status where there was no whole answer, and where the client did not want it whole."""

T = TypeVar("T")


class Request(NamedTuple):
    """A GET."""

    kind: str
    path: str
    headers: str = ""
    """Each ended by CRLF."""
    is_fresh: bool = False
    """Whether over a connection of its own; else over one that is idle, or a new one where none is."""
    leaves: bool = False
    """Whether the client goes away at the first bytes of the body."""


class Answer(NamedTuple):
    """What a request got, and when, in seconds; the clock of the loop knows whole milliseconds alone."""

    kind: str
    status: int
    due: float
    sent: float
    end: float

    @property
    def seconds(self) -> float:
        """From when the request was due: that it could not be sent in time is no excuse."""
        return self.end - self.due


Draw = Callable[[], Request]


class _Connection(asyncio.Protocol):
    """Asks one thing at a time; keeps itself among the `idle` in between."""

    def __init__(self, idle: "list[_Connection]") -> None:
        self._idle = idle
        self._answered: Callable[[int], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: Request, answered: Callable[[int], None]) -> None:
        """Calls `answered` with the status of the whole answer, or with FAILED or LEFT."""
        self._request, self._answered = request, answered
        self._parser = HttpResponseParser(self)
        closing = "Connection: close\r\n" if request.is_fresh else ""
        self._transport.write(f"GET {request.path} HTTP/1.1\r\nHost: a\r\n{closing}{request.headers}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._end(FAILED)
            self._transport.abort()

    def on_body(self, _: bytes) -> None:
        if self._request.leaves:
            self._end(LEFT)
            self._transport.abort()

    def on_message_complete(self) -> None:
        status, is_kept = self._parser.get_status_code(), self._parser.should_keep_alive()
        if is_kept and not self._request.is_fresh:
            self._idle.append(self)
        else:
            self._transport.close()
        self._end(status)

    def connection_lost(self, _: Exception | None) -> None:
        if self in self._idle:
            self._idle.remove(self)
        self._end(FAILED)

    def hang_up(self) -> None:
        self._transport.abort()

    def _end(self, status: int) -> None:
        answered, self._answered = self._answered, None
        if answered:
            answered(status)


class Traffic:
    """What one client asks of a port of loopback, and the answers so far. Linux has all addresses 127.…"""

    def __init__(self, port: int, client: str = "127.0.0.1") -> None:
        self.answers: list[Answer] = []
        self._port = port
        self._client = client
        self._idle: list[_Connection] = []
        self._asking: set[_Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()

    async def at_rate(self, rate: float, seconds: float, draw: Draw) -> None:
        """Sends at an even rate, and waits for the last answer; then no connection is left."""
        begin = now()
        for i in range(int(rate * seconds)):
            due = begin + i / rate
            if (early := due - now()) > 0:
                await asyncio.sleep(early)
                due = now()  # whole milliseconds are what uvloop's timers know
            elif i % 16 == 0:
                await asyncio.sleep(0)  # late: answers are read all the same
            self._ask(draw(), due, lambda: None)
        end = now() + PATIENCE
        while (self._asking or self._opening) and now() < end:
            await asyncio.sleep(0.01)
        self.hang_up()

    async def by_clients(self, clients: int, seconds: float, draw: Draw) -> None:
        """Each of a few clients asks again as soon as it is answered: a closed loop."""
        end = now() + seconds

        async def client() -> None:
            while now() < end:
                done = asyncio.Event()
                self._ask(draw(), now(), done.set)
                await done.wait()

        await asyncio.gather(*(client() for _ in range(clients)))
        self.hang_up()

    async def in_turn(self, requests: Sequence[Request]) -> None:
        """Asks for one after another, each once the one before is answered."""
        for request in requests:
            done = asyncio.Event()
            self._ask(request, now(), done.set)
            await done.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Closes every connection; what is on its way has failed."""
        for connection in [*self._asking, *self._idle]:
            connection.hang_up()

    def _ask(self, request: Request, due: float, then: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        sent = now()

        def answered(status: int) -> None:
            self.answers.append(Answer(request.kind, status, due, sent, now()))
            then()

        def over(connection: _Connection) -> None:
            def ended(status: int) -> None:
                self._asking.discard(connection)
                answered(status)

            self._asking.add(connection)
            connection.ask(request, ended)

        async def over_a_new_one() -> None:
            try:
                _, connection = await loop.create_connection(
                    lambda: _Connection(self._idle), "127.0.0.1", self._port, local_addr=(self._client, 0)
                )
            except OSError:
                answered(FAILED)
            else:
                over(connection)

        if self._idle and not request.is_fresh:
            over(self._idle.pop())
        else:
            self._opening.add(task := loop.create_task(over_a_new_one()))
            task.add_done_callback(self._opening.discard)


def run(main: Coroutine[Any, Any, T]) -> T:
    """On uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
