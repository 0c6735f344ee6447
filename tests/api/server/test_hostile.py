"""Malformed HTTP over raw sockets: the server answers 4xx or closes, says nothing of it, and goes on answering.

And what it does to its machine, whatever it is asked: nothing.
"""

import os
import re
import socket
from collections.abc import Callable
from random import Random
from threading import Thread

import httpx
import pytest

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.pictures.canvas import cache_fonts
from attractor.core.catalogue import SYSTEMS
from tests.api.queries.test_reading import sound
from tests.conftest import get_patiently, running_server
from tests.waiting import PATIENCE

ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "60"))
GOOD = b"GET /calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3 HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = GOOD.replace(b"Host", b"Connection: close\r\nHost")
POST = b"POST /calculation HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
EXPECTED = re.compile(  # uvicorn's own words
    r'(.*"(Invalid HTTP request received|Unsupported upgrade request|No supported WebSocket).*|.*"level":"info".*)?\n?'
)


def noise(random: Random, most: int = 2000) -> bytes:
    return random.randbytes(random.randint(1, most))


def words(random: Random) -> bytes:
    """Any bytes that the value of a header may have."""
    return bytes(random.choices([*range(0x20, 0x7F), *range(0x80, 0x100)], k=random.randint(1, 200)))


def damaged(random: Random) -> bytes:
    """A good request of which some bytes are others, missing or doubled."""
    request = bytearray(GOOD)
    for _ in range(random.randint(1, 8)):
        place = random.randrange(len(request))
        request[place : place + random.randint(0, 2)] = random.randbytes(random.randint(0, 2))
    return bytes(request)


def request_line(random: Random) -> bytes:
    method = random.choice([b"GET", b"get", b"", b"G\x00T", b"X" * 300, b"PRI", b"CONNECT", b"\xff"])
    target = random.choice(
        [b"/", b"*", b"", b"//", b"http://[::1", b"/%", b"/\x00", b"/../../etc", b"/a b", b"?#", noise(random, 20)]
    )
    version = random.choice(
        [b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"HTTP/2.0", b"", b"http/1.1", b"HTTP/" + b"1" * 99]
    )
    return method + b" " + target + b" " + version + random.choice([b"\r\n", b"\n", b"\r"]) * 2


def headers(random: Random) -> bytes:
    some = [b"Host: a\r\nHost: b", b"A: " + b"b" * 70_000, b"\r\n".join(b"X%d: y" % i for i in range(5_000))]
    some += [
        b": none",
        b"no colon",
        b"Content-Length: -1",
        b"Content-Length: 9" * 2,
        b"Content-Length: 1e9",
        b" folded: x",
    ]
    some += [
        name + b": " + value(random)
        for name in (b"Accept", b"Accept-Encoding", b"If-None-Match", b"X-Request-ID", b"Origin", b"X-Forwarded-For")
        for value in (noise, words)
    ]
    some += [
        b"Upgrade: websocket\r\nConnection: upgrade",
        b"Upgrade: h2c\r\nConnection: upgrade",
        b"Expect: 100-continue",
    ]
    return GOOD[:-2] + random.choice(some) + b"\r\n\r\n"


def long_query(random: Random) -> bytes:
    part = random.choice([b"x0=1&", b"%", b"%41", b"%ff", b"\xff", b"&", b"=", b"1,", b"0:1:", b"system="])
    return b"GET /ensemble?" + part * random.randint(1, 12_000) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


def half(random: Random) -> bytes:
    return GOOD[: random.randrange(1, len(GOOD))]


def pipelined(random: Random) -> bytes:
    return GOOD * random.randint(1, 5) + random.choice([noise(random), damaged(random), half(random)])


def chunked(random: Random) -> bytes:
    size = random.choice([b"z", b"-1", b"f" * 17, b"5;" + b"x" * 5000, b"", b"0x5", b"5\n", b"7fffffffffffffff"])
    return POST + size + b"\r\n" + noise(random, 50) + b"\r\n0\r\n\r\n"


@pytest.fixture(scope="module")
def server():
    """Its host and port, and the lines of its stderr, which somebody must read."""
    with running_server(ATTRACTOR_DRAIN_SECONDS="1") as (address, process):
        lines: list[str] = []
        reader = Thread(target=lambda: lines.extend(process.stderr))
        reader.start()
        host, port = address.removeprefix("http://").split(":")
        yield (host, int(port)), lines
        process.terminate()
        reader.join()


def statuses(place: tuple[str, int], sent: bytes, patience: float = 0.05) -> list[bytes]:
    """Those of all answers until the server closes, or waits for more."""
    answer = b""
    with socket.create_connection(place, timeout=300) as connection:
        try:
            connection.sendall(sent)
            connection.settimeout(patience)
            while piece := connection.recv(1 << 16):
                answer += piece
        except (ConnectionError, TimeoutError):
            pass
    return re.findall(rb"HTTP/1\.1 (\d+)", answer)


def _patiently(place: tuple[str, int]) -> list[bytes]:
    """What a good request is answered."""
    return statuses(place, LAST, PATIENCE)


@pytest.mark.promise("Whatever the bytes, no failure, nothing in the log but uvicorn's one warning, service afterwards")
@pytest.mark.parametrize("kind", [noise, damaged, request_line, headers, long_query, half, pipelined, chunked])
def test_no_bytes_make_the_server_fail(server, kind: Callable[[Random], bytes]):
    place, lines = server
    random, answered = Random(kind.__name__), 0
    for seed in range(ROUNDS):
        sent = kind(Random(f"{kind.__name__} {seed}")) + random.choice([b"", LAST])
        found = statuses(place, sent)
        answered += len(found)
        assert all(status[:1] in b"234" or status == b"505" for status in found), (seed, sent[:200], found)
    assert answered >= ROUNDS / 4
    assert _patiently(place) == [b"200"]
    assert [line for line in lines if not EXPECTED.fullmatch(line)] == []


@pytest.mark.promise("200 connections that never end their request keep nobody waiting")
def test_many_half_requests_at_once_do_not_keep_others_waiting(server):
    place, _ = server
    waiting = [socket.create_connection(place) for _ in range(200)]
    try:
        for connection in waiting:
            connection.sendall(GOOD[:50])
        assert _patiently(place) == [b"200"]
    finally:
        for connection in waiting:
            connection.close()


TELLING = """
import os, sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGING = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "os.symlink", "os.link")
REACHING = ("socket.connect", "socket.sendto", "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn")

def tell(event, arguments):
    if event in REACHING or event in CHANGING or event == "open" and (arguments[2] or 0) & WRITING:
        if event in REACHING or not any(cache in str(arguments[0]) for cache in CACHES):
            print("DID", event, arguments, file=sys.stderr, flush=True)

CACHES = "__pycache__", os.environ.get("NUMBA_CACHE_DIR", "__pycache__"), "/proc/self/timerslack_ns"
from attractor.api.limits.helper import Helper
Helper.takes = lambda *_: False  # which does the same, but tells nobody
from attractor.api.warmup import compile_kernels
from attractor.core.catalogue import SYSTEMS
compile_kernels([SYSTEMS["henon"]])  # by another process, where they are not here already
sys.addaudithook(tell)
from attractor.api.serve import serve
serve()
"""


@pytest.mark.promise("It fetches nothing, runs nothing that a client sends, and writes nothing but its caches")
def test_it_reaches_for_nothing_runs_nothing_and_writes_nothing_but_kernels():
    cache_fonts()  # whose list is made by another program, and may be here already
    with running_server("-c", TELLING) as (address, process):
        for resource in RESOURCES:
            query = sound(resource.path, SYSTEMS["henon"], lambda names: names[0])
            for name in resource.formats:
                for more in ({}, {"nothing": "1"}):
                    params = query | {"format": name} | more
                    answer = get_patiently(address + resource.path, params=params)
                    assert answer.status_code == (400 if more else 200), answer.text
        for path in ("/", "/docs", "/systems", "/openapi.json", "/health/ready", "/nothing"):
            assert httpx.get(address + path, headers={"accept": "text/html"}).status_code in (200, 404)
        process.terminate()
        log = process.communicate()[1]
    assert [line for line in log.splitlines() if "DID" in line] == []
