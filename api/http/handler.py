"""Answers every URL that computes. It is the service's hot path, so it speaks ASGI itself.

A small answer is computed where it is asked for and sent whole. Any other is computed and written by `Jobs` and sent
chunk by chunk, the next being made while one is sent; it stops when the client leaves.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from time import perf_counter
from typing import Generic, NamedTuple

from attractor.api.asgi import Headers, Receive, Scope, Send
from attractor.api.formats import Chunk, Format
from attractor.api.http.byte_ranges import Unsatisfiable, cut_chunks, parse_range
from attractor.api.http.caching import caching_headers, headers_of_post, precondition, repr_digest, validators
from attractor.api.http.compression import CODINGS, SENSIBLE, compress
from attractor.api.http.exchange import Exchange
from attractor.api.http.form import BadForm, ClientLeft, form_body, form_size
from attractor.api.http.negotiation import PLAIN, Coding, choose_coding, choose_format, media_types
from attractor.api.http.written import Chunks, Written, write
from attractor.api.limits.clients import client_key
from attractor.api.limits.helper import Helper, HelperEnded
from attractor.api.limits.memory_budget import Budget, Full
from attractor.api.limits.scheduler import Job, Jobs, TooLong, finish_at_once
from attractor.api.problems import (
    RETRY,
    BadQuery,
    BrokenOff,
    NoCoding,
    NotAcceptable,
    Problem,
    bad_query,
    busy,
    internal_error,
    no_coding,
    not_acceptable,
    out_of_memory,
    out_of_time,
    precondition_failed,
    range_not_satisfiable,
)
from attractor.api.queries.query_string import check_length
from attractor.api.resource import A, Answer, Q, Resource
from attractor.api.settings import Settings
from attractor.api.telemetry.logs import FIELDS
from attractor.core.slicing import Work

_QUICK = 1_000
"""The longest query, in bytes, that is read on the event loop: one of 16 kB may take some ten milliseconds."""
_PIECE = 1 << 19
"""Bytes that a connection is given at once, between two looks at all others: the kernel copies them meanwhile."""
_COPIES = 6
"""About how many copies of a long query's text are in memory while it is read, at most."""

_log = logging.getLogger(__name__)


class Endpoint(Generic[Q, A]):
    """A resource under some settings, whose kernels may use `threads` threads. All endpoints share one `budget`.

    The helper, which they share too, is asked for what would hold the interpreter's lock for long.
    """

    def __init__(
        self,
        resource: Resource[Q, A],
        settings: Settings,
        jobs: Jobs,
        budget: Budget,
        threads: int,
        helper: Helper | None = None,
    ) -> None:
        self._resource = resource
        self._settings = settings
        self._jobs = jobs
        self._budget = budget
        self._threads = threads
        self._helper = helper
        self._media_types = media_types(resource.formats)
        self._default = next(iter(resource.formats))
        self._validators = validators(resource.formats, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers GET, HEAD by what the answer to GET begins with, and POST, whose body goes on with the query."""
        exchange: Exchange = scope["exchange"]
        try:
            await self._answer(exchange, scope, receive, send)
        except ClientLeft:
            return
        except BrokenOff:
            raise  # the server ends the connection, all that the client can still be told
        except Exception as error:
            refusal, headers = self._refusal(error, exchange, scope["query_string"])
            await exchange.refuse(refusal, *headers)

    def _refusal(self, error: Exception, exchange: Exchange, raw: bytes) -> tuple[Problem, Headers]:
        """What a client is told of an error, and in which headers."""
        match error:
            case Full():
                return busy(), [RETRY]
            case TooLong():
                return out_of_time(self._jobs.most), []
            case HelperEnded():
                return out_of_memory(), []
            case BadQuery():
                return bad_query(error), []
            case BadForm():
                return error.refusal
            case NoCoding():
                return no_coding(exchange.given[b"accept-encoding"], [*CODINGS, "identity"]), []
            case _OutsideRange():
                length = b"bytes */%d" % error.length
                return range_not_satisfiable(error.length), [(b"content-range", length)]
            case NotAcceptable():
                accept = exchange.given.get(b"accept", b"")
                return not_acceptable(accept, [media_type for media_type, _, _ in self._media_types]), []
        said = {FIELDS: {"request_id": exchange.id.decode()}}
        _log.error("%s failed: %r", self._resource.path, raw[:200], exc_info=error, extra=said)
        return internal_error(), []

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        client = client_key(scope)
        self._jobs.load.note_request(client)
        given = exchange.given
        accept = given.get(b"accept")
        negotiated = choose_format(accept, self._media_types) if accept else self._default
        raw = scope["query_string"]
        check_length(raw)
        is_posted = exchange.method == "POST"
        if is_posted:
            query = await self._read_post(exchange, receive, raw, client, negotiated)
        elif len(raw) <= _QUICK:
            query = self._resource.read(raw, self._settings, negotiated)
        else:
            query = await asyncio.to_thread(self._resource.read, raw, self._settings, negotiated)
        exchange.query = query
        form = self._resource.formats[query.format]
        codings = given.get(b"accept-encoding")
        coding = PLAIN if codings is None else choose_coding(codings, form.is_text)
        tag = self._validators[query.format, coding]
        headers = (headers_of_post if is_posted else caching_headers)(query.canonical, query.edition is not None, tag)
        is_conditional = b"if-none-match" in given or b"if-match" in given
        is_certain = is_conditional and self._resource.is_certain(query, self._settings)
        if is_certain and (status := precondition(given, tag)):
            await _answer_precondition(exchange, status, headers)
            return
        exchange.read_at = perf_counter()
        work = self._resource.compute(query, self._settings, self._threads)
        reply = _Reply(form, headers, coding, tag)
        if query.is_short and form.is_quick and (answer := finish_at_once(work)):
            await _answer_at_once(exchange, answer, reply)
        else:
            job = self._jobs.begin(query.seconds, client)
            with self._budget.reserve(client, query.memory):
                await self._stream(exchange, receive, send, job, self._write(query, work, form), reply)

    async def _read_post(
        self, exchange: Exchange, receive: Receive, raw: bytes, client: str, negotiated: str | None
    ) -> Q:
        """Reads the query of a POST, whose text counts as held in memory meanwhile."""
        most = self._settings.max_body_bytes
        size = form_size(exchange.given, most)
        try:
            with self._budget.reserve(client, _COPIES * size):
                body = await form_body(receive, most)
                return await asyncio.to_thread(self._resource.read, raw + b"&" + body, self._settings, negotiated)
        except Full:
            raise BadForm(busy(), RETRY) from None

    def _write(self, query: Q, work: Work[A], form: Format) -> Work[tuple[Written, Chunks]]:
        """What is told of an answer, and its chunks, by the helper where that holds the interpreter's lock for long."""
        helper = self._helper
        if helper and (query.holds_lock or form.holds_lock) and helper.takes(query.seconds, query.system.name):
            path, _, raw = query.canonical.partition("?")
            return (yield from helper.write(path, raw.encode()))
        return write((yield from work), form)

    async def _stream(
        self,
        exchange: Exchange,
        receive: Receive,
        send: Send,
        job: Job,
        work: Work[tuple[Written, Chunks]],
        reply: "_Reply",
    ) -> None:
        """Computes an answer on the threads of jobs, and sends each chunk while the next one is made.

        Stops when the client leaves. Raises BadQuery before anything is sent, and BrokenOff once something was.
        """
        gone = asyncio.ensure_future(_departure(receive))
        try:
            found = await job.result(work, gone)
            if found is None:
                return
            answer, chunks = found
            form, headers, coding, tag = reply
            if status := precondition(exchange.given, tag):
                await _answer_precondition(exchange, status, headers)
                return
            exchange.answer = answer
            told: int = HTTPStatus.OK
            headers += describing_headers(answer, form)
            if coding.name:
                headers.append((b"content-encoding", coding.name.encode()))
                chunks = compress(chunks, coding.name)
            elif answer.digest:
                headers.append((b"repr-digest", answer.digest))
            if not coding.name and (length := answer.length):
                told, part = _select_part(exchange, tag, length, headers)
                if part is not None:
                    length, chunks = len(part), cut_chunks(chunks, part)
                headers.append((b"content-length", b"%d" % length))
            await send({"type": "http.response.start", "status": told, "headers": headers})
            try:
                await _send_each(job, iter(()) if exchange.method == "HEAD" else chunks, send, gone)
            except TooLong:
                raise BrokenOff(f"{self._resource.path} is broken off: {out_of_time(self._jobs.most).detail}") from None
            except Exception as error:
                raise BrokenOff from error
        finally:
            gone.cancel()


class _Reply(NamedTuple):
    """The form of an answer to a request: its format, the headers so far, its coding and its validator."""

    format: Format
    headers: Headers
    coding: Coding
    tag: bytes


async def _answer_at_once(exchange: Exchange, answer: Answer, reply: _Reply) -> None:
    form, headers, coding, tag = reply
    exchange.computed_at = perf_counter()
    exchange.answer = answer
    chunks = form.write(answer)
    if status := precondition(exchange.given, tag):
        await _answer_precondition(exchange, status, headers)
        return
    body = b"".join([chunk for chunk in chunks if chunk])
    headers, body = _compress([*headers, *describing_headers(answer, form)], body, coding)
    headers.append((b"repr-digest", repr_digest(body)))
    status, part = _select_part(exchange, tag, None if coding.name else form.length(answer), headers)
    await exchange.send_whole(status, headers, body if part is None else body[part.start : part.stop])


class _OutsideRange(Exception):
    """The request asks for a range of bytes that lies outside a body of this `length`."""

    def __init__(self, length: int) -> None:
        self.length = length


def _select_part(exchange: Exchange, tag: bytes, length: int | None, headers: Headers) -> tuple[int, range | None]:
    """The status of an answer of `length` bytes, and the range that the request asks for, None where it asks for all.

    Adds the headers of ranges to `headers`, and none where the length is not known. Raises _OutsideRange.
    """
    if not length or exchange.method == "POST":
        return HTTPStatus.OK, None
    headers.append((b"accept-ranges", b"bytes"))
    if b"range" not in exchange.given or exchange.method != "GET":
        return HTTPStatus.OK, None
    try:
        part = parse_range(exchange.given, tag, length)
    except Unsatisfiable:
        raise _OutsideRange(length) from None
    if part is None:
        return HTTPStatus.OK, None
    headers.append((b"content-range", b"bytes %d-%d/%d" % (part.start, part.stop - 1, length)))
    return HTTPStatus.PARTIAL_CONTENT, part


async def _send_each(job: Job, work: Iterator[Chunk | None], send: Send, gone: "asyncio.Future[None]") -> None:
    following, is_last = job.chunks(work, gone), False
    try:
        while not is_last and (found := await following):
            chunks, is_last = found
            if not is_last:
                following = job.chunks(work, gone)
            for piece in chain.from_iterable(map(_pieces, chunks)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                if len(piece) == _PIECE:
                    await asyncio.sleep(0)
    finally:
        await asyncio.wait([following])
    if not gone.done():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _pieces(chunk: Chunk) -> Iterable[Chunk]:
    """A chunk in pieces of _PIECE bytes."""
    if len(chunk) <= _PIECE:
        return (chunk,)
    whole = memoryview(chunk)
    return (whole[i : i + _PIECE] for i in range(0, len(whole), _PIECE))


async def _departure(receive: Receive) -> None:
    """Waits until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer_precondition(exchange: Exchange, status: int, headers: Headers) -> None:
    """Answers a request whose precondition fails: 304 without a body, or 412."""
    if status == HTTPStatus.NOT_MODIFIED and exchange.method != "POST":
        await exchange.send_whole(status, headers, b"")
    else:
        await exchange.refuse(precondition_failed())


def describing_headers(answer: Answer | Written, form: Format) -> Headers:
    """Headers that describe an answer: its media type, its file's name, its arithmetic, and where it left range."""
    headers = _naming(answer.stem, form.media_type, form.disposition, form.suffix, answer.arithmetic)
    if answer.left_at is not None:
        return [*headers, (b"attractor-left-range-at", b"%d" % answer.left_at)]
    return headers


@lru_cache(maxsize=1024)
def _naming(stem: str, media_type: str, disposition: str, suffix: str, arithmetic: str) -> Headers:
    return [
        (b"content-type", media_type.encode()),
        (b"content-disposition", f'{disposition}; filename="{stem}.{suffix}"'.encode()),
        (b"attractor-arithmetic", arithmetic.encode()),
    ]


def _compress(headers: Headers, body: bytes, coding: Coding) -> tuple[Headers, bytes]:
    """Compresses a body where that makes it smaller, or where the client takes it no other way."""
    if coding.name and (coding.is_needed or len(body) >= SENSIBLE):
        smaller = b"".join([chunk for chunk in compress(iter([body]), coding.name) if chunk])
        if coding.is_needed or len(smaller) < len(body):
            return [*headers, (b"content-encoding", coding.name.encode())], smaller
    return headers, body
