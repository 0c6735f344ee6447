"""Long answers from a server of their own: its memory, its computing time, and what its clients see."""

import asyncio
import select
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from attractor.api.http.handler import _send_each
from attractor.api.limits.scheduler import Jobs
from bench.http import cpu_seconds
from bench.memory import with_helper
from tests.conftest import get_patiently, running_server, stream_patiently

LORENZ = "/calculation?system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"
FORMATS = ["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"]
IN_BINARY = {"arrow", "npy", "parquet"}
MEBIBYTE = 1 << 20

needs_proc = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads Linux's /proc")


@pytest.fixture(scope="module")
def server():
    with running_server() as (address, process):
        for name in FORMATS:  # what is loaded once is no answer's memory
            get_patiently(f"{address}{LORENZ}&steps=100000&format={name}")
        yield address, process.pid


def resident(pid, key="VmRSS"):
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(key)]
    return int(line.split()[1]) * 1024


def computing_during(pid, seconds):
    """Seconds of processor time that a worker and its helper use in the next `seconds`."""

    def used():
        return sum(map(cpu_seconds, with_helper(pid)))

    before = used()
    time.sleep(seconds)
    return used() - before


@contextmanager
def asked(address, path):
    """A connection over which `path` was asked for and nothing read yet."""
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=300) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode())
        yield connection


def is_refused(connection):
    return bool(select.select([connection], [], [], 0)[0]) and b" 503 " in connection.recv(64, socket.MSG_PEEK)


@contextmanager
def computed(address, pid, path):
    """A connection over which the process answers, though nothing is read: asked again where a busy one refuses."""
    for _ in range(60):
        with asked(address, path) as connection:
            while not is_refused(connection):
                if computing_during(pid, 0.5) > 0.03:
                    yield connection
                    return
        time.sleep(0.5)
    raise AssertionError("it is too busy")


def read(connection, size):
    while size > 0:
        size -= len(connection.recv(min(size, 65536)))


@pytest.mark.promise("A long answer is held in memory nowhere")
@needs_proc
@pytest.mark.parametrize(("name", "coding"), [*((n, "identity") for n in FORMATS), ("json", "zstd"), ("csv", "gzip")])
def test_memory_does_not_grow_with_the_answer(server, name, coding):
    address, pid = server
    idle = resident(pid)
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # begins the peak anew
    size = 0
    url = f"{address}{LORENZ}&steps={4_000_000 if name in IN_BINARY else 1_500_000}&format={name}"
    with stream_patiently(url, headers={"accept-encoding": coding}) as response:
        for chunk in response.iter_raw():
            size += len(chunk)
    assert size > (70 if coding == "identity" else 30) * MEBIBYTE  # of what is thrice as long
    assert resident(pid, "VmHWM") - idle < 64 * MEBIBYTE


@pytest.mark.promise("A long answer is computed no faster than it is read")
@needs_proc
@pytest.mark.parametrize("name", ["npy", "json"])
def test_a_slow_reader_slows_the_computation(server, name):
    address, pid = server
    with asked(address, f"{LORENZ}&steps=100000000&format={name}") as connection:
        read(connection, MEBIBYTE)
        assert any(computing_during(pid, 0.5) < 0.1 for _ in range(60))
        idle = resident(pid)
        assert computing_during(pid, 0.5) < 0.1
        assert resident(pid) - idle < 16 * MEBIBYTE
        read(connection, 100 * MEBIBYTE)  # goes on as soon as it is read


@pytest.mark.promise("Work stops when the client leaves, in whatever format, and leaves nothing behind")
@needs_proc
@pytest.mark.parametrize(
    "more",
    [
        "&format=npy",
        "&steps=100000000&format=json",
        "&every=1000000000&format=npy",
        "&skip=999999999",
        "&every=500000000",
    ],
)
def test_the_computation_stops_when_the_client_leaves(server, more):
    address, pid = server
    path = f"{LORENZ}{more}" if "steps" in more else f"{LORENZ}&steps=1000000000{more}"
    if "every" in more or "skip" in more:
        with computed(address, pid, path):
            pass
    else:
        with asked(address, path) as connection:
            read(connection, 20 * MEBIBYTE)
    assert any(computing_during(pid, 0.5) < 0.1 for _ in range(60))


def test_short_answers_pass_long_ones(server):
    address, _ = server
    path = f"{LORENZ}&steps=1000000000&every=1000000000"
    with asked(address, path), asked(address, path), asked(address, path), asked(address, path):
        for _ in range(50):
            assert httpx.get(f"{address}{LORENZ}").status_code == 200


HEAVY = [  # each takes most of a minute, or more
    "/ensemble?system=henon&x0=0:0.1:4096&y0=0&a=1.4&b=0.3&steps=20000000",
    "/lyapunov?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=1000000000",
    "/bifurcation?system=logistic&x0=0.2&r=3:4:1000&transient=20000000",
    "/bifurcation?system=logistic&x0=0.2&r=3:4:1000&transient=20000000&continuation=true",
    "/fixed-points?system=chen&a=30:36:1000&b=3&c=28&delta_t=0.001",
    "/basins?system=standard&theta0=0:6:300&p0=0:6:300&k=0.97&steps=50000",
    "/picture?system=clifford&x0=0.1&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7&steps=1000000000",
]


@pytest.mark.promise("An analysis stops when the client leaves")
@needs_proc
@pytest.mark.parametrize("path", HEAVY)
def test_an_analysis_stops_when_the_client_leaves(server, path):
    address, pid = server
    with computed(address, pid, path):
        assert httpx.get(f"{address}{LORENZ}").status_code == 200  # and lets the short ones pass
    assert any(computing_during(pid, 0.5) < 0.1 for _ in range(30))  # what is compiled meanwhile ends first


@needs_proc
@pytest.mark.parametrize("name", ["csv", "npy", "arrow"])
def test_memory_does_not_grow_with_an_ensemble(server, name):
    address, pid = server
    url = f"{address}/ensemble?system=henon&x0=0:0.1:{{}}&y0=0&a=1.4&b=0.3&keep=orbits&steps=1000&format={name}"
    get_patiently(url.format(100))  # what is loaded once is no answer's memory
    idle, size = resident(pid), 0
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    with stream_patiently(
        url.format(5000 if name in IN_BINARY else 1500), headers={"accept-encoding": "identity"}
    ) as response:
        for chunk in response.iter_raw():
            size += len(chunk)
    assert size > 70 * MEBIBYTE
    assert resident(pid, "VmHWM") - idle < 64 * MEBIBYTE


FAILING = """
from msgspec.structs import replace
from attractor.api.serve import serve
from attractor.api.formats import FORMATS

def failing(write):
    def chunks(answer):
        for i, chunk in enumerate(write(answer)):
            if i == 3:
                raise RuntimeError("a fault in the middle")
            yield chunk
    return chunks

for name, form in FORMATS.items():
    FORMATS[name] = replace(form, write=failing(form.write))
serve()
"""


def test_a_stream_that_fails_midway_is_broken_off():
    with running_server("-c", FAILING) as (address, _):
        for name in ("json", "npy", "arrow"):
            url = f"{address}{LORENZ}&steps=1000000&format={name}"
            with stream_patiently(url) as response:
                assert response.status_code == 200
                with pytest.raises(httpx.RemoteProtocolError):
                    response.read()


def test_others_have_their_turn_between_the_pieces_of_a_large_chunk():
    """The event loop does nothing else while the kernel copies what a connection is given."""
    chunks = [b"a" * 10, b"b" * 3_000_001, memoryview(b"c" * 2_000_000), b"d"]
    taken, turns, had = [], [], []

    async def take(message):
        had.append(len(turns))
        taken.append(message["body"])
        asyncio.get_running_loop().call_soon(turns.append, None)

    async def send():
        jobs, gone = Jobs(1), asyncio.get_running_loop().create_future()
        await _send_each(jobs.begin(0.001), iter(chunks), take, gone)

    asyncio.run(send())
    assert b"".join(taken) == b"".join(chunks)
    assert max(map(len, taken)) == 1 << 19
    assert all(had[k + 1] > k for k, piece in enumerate(taken) if len(piece) == 1 << 19)
