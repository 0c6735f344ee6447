"""HTTP as uvicorn speaks it, bounded in what clients may open and send, and how long they may send."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from attractor.api.asgi import Application, Message, Receive, Scope, Send, encode_headers, parse_size
from attractor.api.limits.readers import MeasuredTransport
from attractor.api.problems import CLOSE, MEDIA_TYPE, RETRY, Problem, problem, too_many_connections
from attractor.api.server.framing import REFUSED, TARGET_TOO_LONG, Malformed, parse_target

MAX_HEAD_BYTES = 65_536
"""The most bytes of a request line and headers that are not whole yet."""
MAX_HEADERS = 256
"""Lines of a head."""
MAX_PATH_BYTES = 1_024
"""The most bytes of a path that are looked at: no path that is answered is longer."""
REQUEST_SECONDS = 10.0
"""The time a request has to arrive whole, with its body, from the connection's or its own first byte."""
MAX_AHEAD_BYTES = 16_384
"""Bytes of requests behind an unanswered one, from which on no more is read."""
LINGER_SECONDS = 1.0
"""Seconds for which an idle connection is kept once the server stops, so that requests on their way are answered; and
for which bytes that a client still sends are taken, and dropped, behind the last answer."""

SHORT = "short"
"""The key under which the application leaves, in the state of its lifespan, a function from the target of a GET, its
headers and the client's address to an answer from where the server's own headers end, or None. It is asked before a
request has a scope and a task, which take longer than a short answer."""

_END = b"\r\n\r\n"
"""The end of a head, and of a body in chunks: the parser takes no line feed alone."""
_PIECES = 64
"""Fed to the parser in one go; a body may consist of ends."""


_HEAD_TOO_LARGE = problem(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"a head may have {MAX_HEADERS} lines and {MAX_HEAD_BYTES} bytes"
)
_NO_HTTP = problem(HTTPStatus.BAD_REQUEST, "this is no request of HTTP, or a damaged one")


class _Flow(FlowControl):
    """Pauses and resumes a connection; reading stays paused while its client is far ahead."""

    is_ahead = False

    def resume_reading(self) -> None:
        if not self.is_ahead:
            super().resume_reading()


class _Transport(MeasuredTransport):
    """A transport that `close` closes; once it `is_ended`, nothing more is sent or read."""

    def __init__(self, transport: Any, close: Callable[[], None]) -> None:
        super().__init__(transport)
        self.close = close
        self.is_ended = False

    def is_closing(self) -> bool:
        return self.is_ended or bool(self._transport.is_closing())


class Protocol(HttpToolsProtocol):
    """A connection. The parser gets one request at a time; bytes that a client sends ahead are kept as they came."""

    flow: _Flow
    _opened: ClassVar[tuple[Any, bytes]] = (None, b"")  # the headers that an answer was last opened with, and how

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._most, self.limit_concurrency = self.limit_concurrency, None  # beyond which uvicorn refuses by plain text
        self.url = b""
        self._is_in_head = False
        self._head = 0  # bytes of it so far, or of a body behind its last data: trailers, extensions of chunks
        self._lines = 0  # of that
        self._is_in_body = False
        self._length: int | None = None  # of the rest of that body, where it is told
        self._ahead, self._at = b"", 0  # what is received, and how much of it is parsed
        self._last = b""  # bytes that the parser got, which may begin an _END
        self._late = 0  # bytes received since the server stops
        self._slow: asyncio.TimerHandle | None = None
        self._has_no_end = False  # whether what follows the last request is none
        self._is_last = False  # whether the server stops, and the next answer is to say that it is the last
        self._lingering: asyncio.TimerHandle | None = None
        self._short = self.app_state.get(SHORT)
        self._is_answered = False  # whether the last request was, at once
        self._answered_at = 0.0
        self._idle: asyncio.TimerHandle | None = None  # one an answer would take a microsecond each

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self._bare, self._measured = transport, _Transport(transport, self._close)
        self.transport = cast(asyncio.Transport, self._measured)
        self._slow = self.loop.call_later(REQUEST_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._measured.forget()
        del self._measured.close  # which knows who knows it
        for timer in (self._slow, self._lingering, self._idle):
            if timer is not None:
                timer.cancel()
        self._ahead = b""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._measured.is_ended:
            return
        if self._is_last:
            self._late += len(data)
        if self._ahead or self._is_answering():
            self._ahead, self._at = self._ahead[self._at :] + data, 0
            if len(self._ahead) >= MAX_AHEAD_BYTES:
                self.flow.pause_reading()
                self.flow.is_ahead = True
        elif self._is_in_head or self._is_in_body or data.find(_END) != len(data) - len(_END):
            self._ahead = data
            self._advance()
        else:  # one request, as nearly always
            self._feed(data)

    def _advance(self) -> None:
        """Feeds the parser up to the end of the first request that has no answer yet."""
        pieces = 0
        while self._ahead and not self._is_answering() and not self.transport.is_closing():
            if pieces == _PIECES:
                self.loop.call_soon(self._advance)
                return
            pieces += 1
            start, self._at = self._at, self._piece_end()
            piece = self._ahead[start : self._at]
            if self._at == len(self._ahead):
                self._ahead, self._at = b"", 0
            self._feed(piece)
        if self.flow.is_ahead and self._bytes_ahead() < MAX_AHEAD_BYTES:
            self.flow.is_ahead = False
            self.flow.resume_reading()

    def _piece_end(self) -> int:
        """The end of the next piece of the bytes ahead, which holds the end of one request at most."""
        start, ahead = self._at, self._ahead
        if self._is_in_body:
            if self._length is None:
                self._length = next((parse_size(value) for name, value in self.headers if name == b"content-length"), 0)
            if self._length:
                end = min(start + self._length, len(ahead))
                self._length -= end - start
                return end
        edge = (self._last + ahead[start : start + len(_END) - 1]).find(_END)
        if edge >= 0:
            return start + edge + len(_END) - len(self._last)
        found = ahead.find(_END, start)
        return found + len(_END) if found >= 0 else len(ahead)

    def _bytes_ahead(self) -> int:
        return len(self._ahead) - self._at

    def _feed(self, data: bytes) -> None:
        """Has `data` parsed, which reaches no further than the end of a request, and the time for the rest run."""
        self._last = data[1 - len(_END) :]
        if not self._is_in_body:
            lines, head = (self._lines, self._head) if self._is_in_head else (0, 0)
            self._lines = lines + data.count(b"\n")
            if self._lines > MAX_HEADERS or head + len(data) > MAX_HEAD_BYTES:
                end = data.find(b"\n")
                is_target = not lines and (end < 0 or head + end > MAX_HEAD_BYTES)
                self._refuse(TARGET_TOO_LONG if is_target else _HEAD_TOO_LARGE, b"" if self._is_in_head else data)
                return
        else:
            self._head += len(data)
            self._lines += data.count(b"\n")
        self._is_answered = False
        super().data_received(data)
        if self._is_answered:
            self._cancel_slow()
            return
        cycle = self.cycle
        if self._is_in_body and (self._head > MAX_HEAD_BYTES or self._lines > MAX_HEADERS):
            self._refuse_asked(_HEAD_TOO_LARGE)
            return
        if self._is_in_head:
            self._head += len(data)
        elif cycle is not None and not (cycle.more_body or cycle.response_complete):
            self._cancel_slow()
            return
        if self._slow is None:  # most come whole, and need no timer
            self._slow = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _cancel_slow(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head = True, 0

    def on_body(self, body: bytes) -> None:
        self._head = self._lines = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_body = False
        if not self._is_answered:
            super().on_message_complete()

    def on_headers_complete(self) -> None:
        self._is_in_head, self._is_in_body, self._length = False, True, None
        self._head = self._lines = 0
        method, version = self.parser.get_method().decode("ascii"), self.parser.get_http_version()
        self.expect_100_continue &= version == "1.1"  # an older client would take that answer for its own
        try:
            self.url = parse_target(method, version, self.url, self.headers)
        except Malformed as error:
            self.url = b"/"
            self.scope["state"][REFUSED] = error.refusal[0], (*error.refusal[1], CLOSE)
        else:
            if self._most is not None and len(self.connections) > self._most:
                self.scope["state"][REFUSED] = too_many_connections(), (RETRY, CLOSE)
            elif self._short is not None and method == "GET" and version == "1.1" and self._answer_at_once(self._short):
                return
        if len(self.url) > MAX_PATH_BYTES:
            path, mark, query = self.url.partition(b"?")
            if len(path) > MAX_PATH_BYTES:
                self.url = path[:MAX_PATH_BYTES] + b"..." + mark + query
        self.scope["headers"] = self.headers[:]  # what stands behind a body is added to the other (RFC 9110, 6.5.1)
        super().on_headers_complete()
        if self._is_last and self.cycle is not None and self._bytes_ahead() <= self._late:
            self.cycle.keep_alive = False

    def _answer_at_once(self, short: Any) -> bool:
        """Answers a GET by `short`, where the connection stays open behind it. Returns whether it did."""
        if self._is_last or self.flow.write_paused or not self.parser.should_keep_alive():
            return False
        answer = short(self.url, self.headers, self.client[0] if self.client else "")
        if answer is None:
            return False
        self.transport.write(self._opening() + answer)
        self._is_answered = True
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._close_if_long_idle)
        return True

    def _close_if_long_idle(self) -> None:
        """Closes the connection where nothing came for as long as it may be idle since an answer at once."""
        self._idle = None
        if self._is_answered:  # else another timer runs
            rest = self._answered_at + self.timeout_keep_alive - self.loop.time()
            if rest > 0:
                self._idle = self.loop.call_later(rest, self._close_if_long_idle)
            else:
                self.timeout_keep_alive_handler()

    def _opening(self) -> bytes:
        """The beginning of an answer: the status, and the server's own headers, which it makes anew each second."""
        headers = self.server_state.default_headers
        if self._opened[0] is not headers:
            Protocol._opened = headers, STATUS_LINE[200] + encode_headers(headers)
        return self._opened[1]

    def shutdown(self) -> None:
        """Answers what has been sent and closes behind the last answer, which says that it is the last."""
        self._is_last = True
        if self._is_idle():
            self._linger()
        elif not (self.cycle.response_started or self._ahead):
            super().shutdown()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._ahead:
            self._advance()
        if self._is_last and self._is_idle():
            self._linger()

    def _linger(self) -> None:
        drain = self.config.timeout_graceful_shutdown
        seconds = LINGER_SECONDS if drain is None else min(LINGER_SECONDS, drain / 2)
        self._lingering = self.loop.call_later(seconds, self._close_if_idle)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _is_answering(self) -> bool:
        """Whether a whole request has arrived that has no answer yet."""
        return not (self._is_in_body or self._is_in_head or self._is_idle())

    def _unsupported_upgrade_warning(self) -> None:
        """The parser cannot tell where a request ends that asks for an upgrade, so its answer is the last."""
        self.logger.warning("Unsupported upgrade request.")
        self._has_no_end = True
        self.cycle.keep_alive = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.scope["http_version"] != "1.1":
            app = _without_chunks(cycle, app)
        if cycle.waiting_for_100_continue:
            app = _last_without_body(cycle, app)
        super()._start_asgi_task(cycle, app)

    def _close_if_idle(self) -> None:
        if self._is_idle():
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # as uvicorn's
        """Refuses what is no HTTP."""
        self._refuse_asked(_NO_HTTP)

    def _refuse_asked(self, refusal: Problem) -> None:
        """Refuses what may have been asked; a request that has begun to be answered gets no second answer."""
        is_asked = self._is_in_body and self.cycle is not None
        if is_asked and self.cycle.response_started:
            if not self.cycle.response_complete:
                self.transport.abort()
                return
            self._end()
            return
        if is_asked:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._refuse(refusal)

    def _refuse(self, refusal: Problem, unparsed: bytes = b"") -> None:
        """Answers what is not asked of the application, and ends the connection. No answer to HEAD has a body."""
        body = refusal.encode()
        told = (b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(body)), CLOSE
        head = STATUS_LINE[refusal.status] + encode_headers((*self.server_state.default_headers, *told))
        is_parsed_head = self.url and self.parser.get_method() == b"HEAD"
        is_head = unparsed.lstrip().startswith(b"HEAD ") if unparsed else is_parsed_head
        self.transport.write(head + b"\r\n" + (b"" if is_head else body))
        self._end()

    def _close(self) -> None:
        """Ends the connection behind an answer that is the last."""
        if self._is_in_body or self._is_in_head or self._has_no_end or self._ahead:
            self._end()
        else:
            self._bare.close()

    def _end(self) -> None:
        """Sends no more, and for a while takes what still comes.

        Were it closed at once, what is not taken would reset it, and an answer on its way with it.
        """
        if self._measured.is_ended or self._bare.is_closing():
            return
        self._measured.is_ended, self._ahead, self.flow.is_ahead = True, b"", False
        self._bare.write_eof()
        self.flow.resume_reading()
        self._unset_keepalive_if_required()
        self._lingering = self.loop.call_later(LINGER_SECONDS, self._bare.close)


def _without_chunks(cycle: RequestResponseCycle, app: Application) -> Any:
    """Wraps `app` for HTTP/1.0: an answer whose length is not known ends with the connection."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = is_open = False

        async def sending(message: Message) -> None:
            nonlocal has_begun, is_open
            if not has_begun:
                has_begun = True
                is_open = all(name != b"content-length" for name, _ in message["headers"])
                cycle.chunked_encoding = False if is_open else None
            elif is_open:
                cycle.expected_content_length = len(message["body"])
            await send(message)

        await app(scope, receive, sending)

    return answer


def _last_without_body(cycle: RequestResponseCycle, app: Application) -> Any:
    """Wraps `app`: an answer that comes before the client was asked to send its body is the connection's last.

    Whether that still comes nobody knows (RFC 9110, 10.1.1).
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if cycle.waiting_for_100_continue and cycle.more_body:
                cycle.keep_alive = False
            await send(message)

        await app(scope, receive, sending)

    return answer
