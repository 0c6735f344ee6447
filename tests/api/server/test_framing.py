"""One request, one answer, whatever its framing: over raw sockets, and through nginx and HAProxy."""

import itertools
import json
import re
import socket
import time
from typing import NamedTuple

import pytest

from tests.conftest import connected, running_server
from tests.proxies import PROXIES, proxy

PATH = "/calculation?system=henon&x0={}&y0=0&a=1.4&b=0.3&steps=1"
GET = f"GET {PATH.format(1)} HTTP/1.1\r\n".encode()
HEAD = GET.replace(b"GET", b"HEAD", 1)
HOST = b"Host: localhost\r\n"
INNER = b"GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADE = GET + HOST + b"Connection: Upgrade\r\nUpgrade: %b\r\n"
SIZED = b"Content-Length: %d\r\n\r\n" % len(INNER)
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
IN_CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(INNER), INNER)
POST = b"POST /calculation HTTP/1.1\r\n" + HOST + FORM
H2C, WEBSOCKET = UPGRADE % b"h2c", UPGRADE % b"websocket"


class Connection:
    """What answers come over, one behind the other."""

    def __init__(self, connection: socket.socket) -> None:
        self.send, self._file = connection.sendall, connection.makefile("rb")

    def answer(self) -> "Answer":
        status, lines = int(self._file.readline().split()[1]), []
        while line := self._file.readline().decode().strip():
            lines.append(line.lower().partition(": "))
        headers = {name: value for name, _, value in lines}
        if status == 204:
            body = b""
        elif "content-length" in headers:
            body = self._file.read(int(headers["content-length"]))
        elif "transfer-encoding" in headers:
            body = b""
            while size := int(self._file.readline(), 16):
                body += self._file.read(size)
                self._file.readline()
            self._file.readline()
        else:
            body = self._file.read()
        return Answer(status, headers, body)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def told(connection: socket.socket) -> bytes:
    """All that comes until the other side ends; raises ConnectionResetError where it breaks off."""
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", received)]


LAST = [
    pytest.param([H2C + SIZED, INNER], 200, id="upgrade with a body in a second segment"),
    pytest.param([H2C + SIZED + INNER], 200, id="in one segment"),
    pytest.param([H2C + SIZED, INNER[:9], INNER[9:]], 200, id="in three"),
    pytest.param([H2C + CHUNKED, IN_CHUNKS], 200, id="in chunks"),
    pytest.param([WEBSOCKET + SIZED, INNER], 200, id="a websocket"),
    pytest.param([(UPGRADE % b"TLS/1.0, HTTP/9") + SIZED, INNER], 200, id="several protocols"),
    pytest.param([H2C + b"\r\n", INNER], 200, id="upgrade and another request"),
    pytest.param([H2C + b"\r\n" + INNER], 200, id="upgrade and another request in one segment"),
    pytest.param([H2C.replace(b"GET", b"POST", 1) + SIZED, INNER], 400, id="post"),
    pytest.param([H2C.replace(b"GET", b"POST", 1) + FORM + SIZED, INNER], 400, id="post of a form"),
    pytest.param([H2C.replace(b"GET", b"POST", 1) + FORM + SIZED + INNER], 400, id="post of a form in one segment"),
    pytest.param([H2C.replace(b"GET", b"POST", 1) + FORM + CHUNKED, IN_CHUNKS], 400, id="post of a form in chunks"),
    pytest.param([POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + IN_CHUNKS], 400, id="a form in another coding"),
    pytest.param([POST + b"Transfer-Encoding: gzip\r\n" + CHUNKED + IN_CHUNKS], 400, id="which is told in two lines"),
    pytest.param([b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", INNER], 405, id="connect"),
    pytest.param([GET + HOST + CHUNKED, b"zz\r\n" + INNER], (200, 400), id="chunks that are none, about the answer"),
    pytest.param([GET + HOST + CHUNKED + b"zz\r\n", INNER], 400, id="chunks that are none, before it"),
    pytest.param([GET + HOST + b"Connection: close\r\n\r\n" + INNER], 200, id="behind the last"),
    pytest.param([GET + HOST + b"Connection: close\r\n" + SIZED, INNER], 200, id="a body behind the last"),
    pytest.param([GET + b"\r\n" + INNER], 400, id="no host"),
    pytest.param([GET + HOST + HOST + b"\r\n" + INNER], 400, id="a host twice"),
    pytest.param([GET + HOST + b"A: b\r\nhOST: other\r\n\r\n" + INNER], 400, id="two hosts"),
    pytest.param([GET + b"Host: a/b\r\n\r\n" + INNER], 400, id="a host with a path"),
    pytest.param([GET + b"Host: u@a\r\n\r\n"], 400, id="a host with a user"),
    pytest.param([GET + b"Host: a b\r\n\r\n"], 400, id="two words"),
    pytest.param([GET + b"Host: [::1\r\n\r\n"], 400, id="half a bracket"),
    pytest.param([GET + b"Host: " + b"a" * 301 + b"\r\n\r\n"], 400, id="a long host"),
    pytest.param([b"GET http://u@a/ HTTP/1.1\r\n" + HOST + b"\r\n"], 400, id="a target with a user"),
    pytest.param([b"GET ftp://a/ HTTP/1.1\r\n" + HOST + b"\r\n"], 400, id="a target of another scheme"),
    pytest.param([b"GET * HTTP/1.1\r\n" + HOST + b"\r\n" + INNER], 400, id="a target for OPTIONS only"),
    pytest.param([GET.replace(b"1.1", b"2.0") + HOST + b"\r\n"], 505, id="2.0"),
    pytest.param([GET.replace(b"1.1", b"0.9") + HOST + b"\r\n"], 505, id="0.9"),
    pytest.param([GET.replace(b"1.1", b"3.7") + HOST + b"\r\n" + INNER], 400, id="3.7"),
    pytest.param([GET + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab" + INNER], 400, id="two lengths"),
    pytest.param([GET + HOST + b"Content-Length: 1\r\n" + CHUNKED + b"0\r\n\r\n" + INNER], 400, id="two framings"),
    pytest.param([GET + HOST + b"Transfer-Encoding: gzip\r\n\r\n" + INNER], 400, id="another coding"),
    pytest.param([GET + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", IN_CHUNKS], 400, id="two codings"),
    pytest.param([b"rubbish\r\n\r\n" + INNER], 400, id="rubbish"),
    pytest.param([b"GET /" + b"a" * 70_000, b" HTTP/1.1\r\n" + HOST + b"\r\n"], 414, id="a long target"),
    pytest.param([b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"], 414, id="a long target at once"),
    pytest.param([b"GET /" + b"a" * 65_100 + b" HTTP/1.1\r\n" + HOST + b"\r\n"], 414, id="a target just too long"),
    pytest.param([GET + HOST + b"A: " + b"b" * 200_000, b"\r\n\r\n"], 431, id="a long head"),
    pytest.param([GET + HOST + b"A: " + b"b" * 70_000 + b"\r\n\r\n"], 431, id="a long head at once"),
    pytest.param([GET + HOST + b"A: b\r\n" * 300 + b"\r\n" + INNER], 431, id="many lines"),
    pytest.param([GET.replace(b"1.1", b"1.0") + b"\r\n" + INNER], 200, id="1.0"),
    pytest.param([GET.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n" + INNER], 200, id="1.0 that is kept"),
]


@pytest.mark.promise("A request has one answer; where it ends cannot be trusted, that is the last and arrives whole")
@pytest.mark.parametrize(("segments", "status"), LAST)
def test_the_answer_is_one_and_the_last_and_arrives_whole(address, segments, status):
    with connected(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for segment in segments:
            connection.sendall(segment)
        received = told(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    (found,) = statuses(received)
    assert found == status or (isinstance(status, tuple) and found in status)
    if status not in (200, (200, 400)):
        assert b"content-type: application/problem+json\r\n" in head
        assert b"x-content-type-options: nosniff\r\n" in head
        assert json.loads(body)["status"] == status
        assert json.loads(body)["detail"]
        assert b"connection: close" in head
    assert (b"allow: " in head) == (status == 405)


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (HOST + b"A: b\r\n" * 300 + b"\r\n", 431),
        (HOST + b"A: " + b"b" * 200_000, 431),
        (HOST + b": no name\r\n\r\n", 400),
        (HOST + HOST + b"\r\n", 400),
        (HOST + b"Content-Length: x\r\n\r\n", 400),
    ],
)
def test_no_refusal_of_head_has_a_body(address, rest, status):
    with connected(address, HEAD + rest) as connection:
        head, _, body = told(connection).partition(b"\r\n\r\n")
    assert (statuses(head), body) == ([status], b"")
    assert b"content-length: " in head


def test_what_is_no_request_is_refused_with_a_body_behind_one_of_head(address):
    with connected(address, HEAD + HOST + b"\r\nrubbish\r\n\r\n") as connection:
        received = told(connection)
    assert statuses(received) == [200, 400]
    assert json.loads(received.rpartition(b"\r\n\r\n")[2])["status"] == 400


@pytest.mark.parametrize("path", ["/systems", PATH.format(1), PATH.format(1).replace("=1", "=100000")])
@pytest.mark.parametrize("more", ["", "Connection: keep-alive\r\n", "Host: a\r\n", "TE: chunked\r\n"])
def test_http_1_0_has_no_chunks(address, path, more):
    with connected(address, f"GET {path} HTTP/1.0\r\n{more}\r\n".encode()) as connection:
        head, _, body = told(connection).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    length = re.search(rb"content-length: (\d+)", head)
    assert length is None or int(length[1]) == len(body)
    assert isinstance(json.loads(body), list)


OPEN = [
    (b"Host: a\r\n", b"", "a"),
    (b"Host: a:80\r\n", b"http://b", "b"),
    (b"Host: a\r\n", b"HTTP://B:81", "B:81"),
    (b"A: b\r\nHost: [::1]:80\r\n", b"https://[::2]:5", "[::2]:5"),
    (b"Host: [fe80::1]:80\r\n", b"", "[fe80::1]:80"),
    (b"Host: a%20b_c.d.\r\n", b"", "a%20b_c.d."),
]


@pytest.mark.parametrize(("headers", "prefix", "host"), OPEN)
def test_the_targets_authority_goes_before_host(address, headers, prefix, host):
    asked = b"GET %b/systems/henon HTTP/1.1\r\n%b\r\n" % (prefix, headers)
    with connected(address, asked + asked) as connection:
        answers = Connection(connection)
        for _ in range(2):
            answer = answers.answer()
            assert (answer.status, answer.headers.get("connection")) == (200, None)
            assert json.loads(answer.body)["example"].startswith(f"http://{host}/calculation?")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET http://a HTTP/1.1", 200),
        ("GET http://a?b=c HTTP/1.1", 200),
        ("OPTIONS http://a HTTP/1.1", 204),
        ("OPTIONS * HTTP/1.1", 204),
        ("GET // HTTP/1.1", 200),
    ],
)
def test_a_target_without_a_path_is_for_the_root(address, line, status):
    with connected(address, f"{line}\r\nHost: a\r\n\r\n".encode()) as connection:
        answer = Connection(connection).answer()
    assert answer.status == status
    assert status == 204 or answer.body.startswith(b"Attractor")


@pytest.mark.promise("An idle connection is kept for longer than a load balancer keeps its own")
def test_an_idle_connection_is_kept(address):
    with connected(address, GET + HOST + b"\r\n") as connection:
        answers = Connection(connection)
        assert answers.answer().status == 200
        time.sleep(5.5)  # uvicorn's own limit is 5 seconds, which a load balancer does not know
        answers.send(GET + HOST + b"\r\n")
        assert answers.answer().status == 200


AT_ONCE, AS_OTHERS = GET + HOST + b"\r\n", GET + HOST + b"Accept: text/csv\r\n\r\n"


@pytest.mark.parametrize("first", [AT_ONCE, AS_OTHERS])
@pytest.mark.parametrize("second", [AT_ONCE, AS_OTHERS])
def test_an_idle_connection_is_closed_when_its_time_is_over(first, second):
    with running_server(ATTRACTOR_KEEP_ALIVE_SECONDS="1") as (address, _), connected(address) as connection:
        answers = Connection(connection)
        for request in first, second:
            answers.send(request)
            assert answers.answer().status == 200
        assert connection.recv(1) == b""


@pytest.mark.parametrize("requests", [[AT_ONCE], [AS_OTHERS], [AT_ONCE, AS_OTHERS]])
def test_the_time_counts_from_the_last_answer(requests):
    kept = 2
    with running_server(ATTRACTOR_KEEP_ALIVE_SECONDS=str(kept)) as (address, _), connected(address) as connection:
        answers, begin = Connection(connection), time.monotonic()
        answered = begin
        for request in itertools.cycle(requests):
            time.sleep(0.1)
            try:
                answers.send(request)
                assert answers.answer().status == 200
            except (IndexError, ConnectionError):  # it is closed, which only a machine that stands still may see
                assert time.monotonic() - answered > kept
                return
            answered = time.monotonic()
            if answered - begin > 1.5 * kept:
                return


def y(answer: Answer) -> float:
    """What tells the answers to the numbered requests apart."""
    return round(json.loads(answer.body)[0]["y"] / 0.3)


@pytest.mark.parametrize("name", PROXIES)
def test_through_a_proxy_each_request_has_its_own_answer(address, name, tmp_path):
    def numbered(i: int, *headers: bytes, version: bytes = b"1.1") -> bytes:
        more = b"".join(header + b"\r\n" for header in headers)
        return f"GET {PATH.format(i)} ".encode() + b"HTTP/" + version + b"\r\n" + HOST + more + b"\r\n"

    hostile = [
        (b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: %d" % len(INNER)),
        (b"Connection: Upgrade", b"Upgrade: websocket"),
        (b"Connection: keep-alive, Upgrade", b"Upgrade: a/b", b"Content-Length: %d" % len(INNER)),
        (b"Content-Length: %d" % len(INNER),),
        (b"Transfer-Encoding: chunked",),
        (b"Connection: close",),
    ]
    with proxy(name, address, tmp_path) as connect:
        for i, headers in enumerate(hostile):
            with connect() as one, connect() as two:
                kept, other = Connection(one), Connection(two)
                for j in (1, 2):
                    kept.send(numbered(j))
                    assert y(kept.answer()) == j
                other.send(numbered(3, *headers))
                if b"Content-Length" in headers[-1]:
                    other.send(INNER)
                elif b"chunked" in headers[-1]:
                    other.send(IN_CHUNKS)
                answer = other.answer()
                assert answer.status in (200, 400, 501), (i, answer.status)  # proxies refuse some themselves
                assert answer.status != 200 or y(answer) == 3
                for j in range(4, 9):  # nothing is left in a connection that the proxy keeps to the service
                    kept.send(numbered(j))
                    assert y(kept.answer()) == j, (i, j)
        with connect() as old:
            old.sendall(f"GET {PATH.format(1).replace('=1', '=50000')} HTTP/1.0\r\n".encode() + HOST + b"\r\n")
            _, _, body = told(old).partition(b"\r\n\r\n")
            assert len(json.loads(body)) == 50_000


@pytest.mark.parametrize("name", PROXIES)
def test_through_a_proxy_pipelined_requests_are_answered_in_order(address, name, tmp_path):
    asked = b"".join(f"GET {PATH.format(i)} HTTP/1.1\r\n".encode() + HOST + b"\r\n" for i in range(20))
    with proxy(name, address, tmp_path) as connect, connect() as connection:
        connection.sendall(asked + GET + HOST + b"Connection: close\r\n\r\n")
        found = told(connection)
    assert [round(float(y) / 0.3) for y in re.findall(rb'"y":([\d.]+)', found)] == [*range(20), 1]
