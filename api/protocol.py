"""HTTP as uvicorn speaks it, bounded in what clients may open and send, and how long they may send."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.readers import Measured

MAX_HEAD_BYTES = 65_536
"""Of a request line and its headers that are not whole yet."""
REQUEST_SECONDS = 10.0
"""Until it is there whole, its body too, from the connection's or its own first moment."""
LINGER_SECONDS = 1.0
"""How long a connection without a request is kept once the server stops: what is on its way is answered."""

OVER = "is_over"
"""What is set in the state of a request over a connection beyond the bound, which the application refuses."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._most, self.limit_concurrency = self.limit_concurrency, None  # beyond which uvicorn refuses by plain text
        self._is_in_head = False
        self._head = 0  # bytes of it so far
        self._slow: asyncio.TimerHandle | None = None
        self._is_last = False  # whether the server stops, and the next answer is to say that it is the last
        self._lingering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._measured = Measured(transport)
        self.transport = cast(asyncio.Transport, self._measured)
        self._slow = self.loop.call_later(REQUEST_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._measured.lost()
        for timer in (self._slow, self._lingering):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle = self.cycle
        if self._is_in_head:
            self._head += len(data)
            if self._head > MAX_HEAD_BYTES:
                self._refuse_head()
                return
        elif cycle is not None and not (cycle.more_body or cycle.response_complete):
            if self._slow is not None:
                self._slow.cancel()
                self._slow = None
            return
        if self._slow is None:  # most come whole, and need no timer
            self._slow = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head = True, 0

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        if self._most is not None and len(self.connections) > self._most:
            self.scope["state"][OVER] = True
        super().on_headers_complete()
        if self._is_last and self.cycle is not None:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Answers what has been sent, and says so of the last answer: none is cut off behind one that did not."""
        self._is_last = True
        if self._is_idle():
            self._linger()
        elif not self.cycle.response_started:
            super().shutdown()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_last and self._is_idle():
            self._linger()

    def _linger(self) -> None:
        drain = self.config.timeout_graceful_shutdown
        seconds = LINGER_SECONDS if drain is None else min(LINGER_SECONDS, drain / 2)
        self._lingering = self.loop.call_later(seconds, self._close_if_idle)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_if_idle(self) -> None:
        if self._is_idle():
            self.transport.close()

    def _refuse_head(self) -> None:
        if self._is_idle():
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        else:  # an answer is on its way, behind which no other can be told
            self.transport.abort()
