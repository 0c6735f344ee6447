"""What goes wrong around the service: processes that are killed or stopped, clients that leave, disks, clocks."""

import asyncio
import os
import signal
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from attractor.api.formats import FORMATS
from tests.api.load import Load
from tests.api.server.test_streaming import computing_during
from tests.api.telemetry.test_metrics import free_ports, read, total
from tests.conftest import connected, get_patiently, request, running_server, serving
from tests.waiting import PATIENCE, until, until_meanwhile

HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
SHORT_AND_LONG = [
    HENON,
    f"{HENON}&steps=5000&format=csv",
    f"{HENON}&steps=200000&format=npy",
    "/lyapunov?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=5000",
]
ROOMY = {  # so that little is refused or given up
    "ATTRACTOR_MAX_MEMORY": str(1 << 40),
    "ATTRACTOR_DRAIN_SECONDS": str(int(PATIENCE)),
}

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")


def right_answers(address):
    """Some queries, short and long, and the body that each is answered with."""
    return {path: get_patiently(address + path).raise_for_status().content for path in SHORT_AND_LONG}


@pytest.mark.promise("A killed worker is replaced, and takes nothing along but what it was answering")
@needs_proc
def test_a_killed_worker_takes_nothing_along_but_what_it_was_answering():
    async def killing(address, process):
        async with Load(address, right_answers(address), {"renewed": 8, "new": 4}) as load:
            await until_meanwhile(lambda: len({*load.held.values()}) == 2)
            held = dict(load.held)
            killed, kept = serving(process)
            os.kill(killed, signal.SIGKILL)
            await until_meanwhile(lambda: killed not in serving(process))
            gone = time.monotonic()
            load.pause = 0.2  # what it takes to start another is no load
            await until_meanwhile(lambda: len(serving(process)) == 2)
            workers = {*held.values()}
            await until_meanwhile(lambda: {*load.held.values()} - workers)  # the new one answers too
            await until_meanwhile(lambda: load.answering_since(gone) & workers)
            assert kept in serving(process)
        return load, workers, gone

    with running_server(WORKERS="2", **ROOMY) as (address, process):
        load, workers, gone = asyncio.run(killing(address, process))
        assert get_patiently(address + HENON).status_code == 200
    lost = [outcome for outcome in load.outcomes if outcome.what == "lost"]
    (kept,) = load.answering_since(gone) & workers
    (killed,) = workers - {kept}
    assert [outcome for outcome in lost if outcome.worker not in (killed, "") or outcome.opened > gone] == []
    assert load.count("wrong") == load.count("refused") == 0


@pytest.mark.promise("A stop under load loses nothing that is sent over an open connection")
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("unready", ["0", "1"])
def test_told_to_stop_under_load_it_loses_nothing(workers, unready):
    """Who has a connection is told when its answer is the last. Who opens others has to look at readiness."""
    kinds = {"kept": 8, "new": 4} if unready == "1" else {"kept": 8}

    async def stopping(address, process):
        async with Load(address, right_answers(address), kinds) as load:
            process.send_signal(signal.SIGTERM)
            if unready == "1":
                async with httpx.AsyncClient(timeout=300) as client:
                    while (await client.get(f"{address}/health/ready")).status_code == 200:
                        await asyncio.sleep(0.01)
                load.may_connect = False
            assert await asyncio.to_thread(process.wait, 300) == 0
        return load

    with running_server(WORKERS=workers, ATTRACTOR_UNREADY_SECONDS=unready, **ROOMY) as (address, process):
        load = asyncio.run(stopping(address, process))
    assert [outcome for outcome in load.outcomes if outcome.what in ("lost", "wrong")] == []
    assert load.count("refused") if unready == "0" else not load.count("refused")


@pytest.mark.promise("A stop loses nothing that waits to be accepted")
@needs_proc
@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_was_sent_before_it_stops_listening_is_answered(workers):
    """Over connections that nobody has accepted yet, and over idle ones; the processes stand still meanwhile."""
    with running_server(WORKERS=workers) as (address, process), ExitStack() as stack:
        right = get_patiently(address + HENON).content
        idle = [stack.enter_context(connected(address, request(HENON))) for _ in range(20)]
        for connection in idle:
            assert right in received(connection, right)
        stopped = [*serving(process), process.pid]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        fresh = [stack.enter_context(connected(address, request(HENON))) for _ in range(300)]
        for connection in idle:
            connection.sendall(request(HENON))
        for pid in stopped:
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGCONT)
        answers = [received(connection, right) for connection in (*fresh, *idle)]
        assert [answer for answer in answers if right not in answer] == []
        assert process.wait(300) == 0


def received(connection, awaited):
    """What comes until `awaited` is there, or the connection ends."""
    data = b""
    while awaited not in data and (piece := connection.recv(1 << 16)):
        data += piece
    return data


LONG = "steps=100000000"
LEAVING = {name: f"{HENON}&{LONG}&format={name}" for name in FORMATS} | {
    "png": "/picture?system=clifford&x0=0.1&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7&steps=1000000000&format=png",
    "svg": "/picture?system=clifford&x0=0.1&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7&steps=1000000000&format=svg",
    "analysis": "/ensemble?system=henon&x0=0:0.1:4096&y0=0&a=1.4&b=0.3&steps=20000000&format=json",
}


@pytest.fixture(scope="module")
def watched():
    """A server with metrics, the port of those, its process id, and what it says."""
    port = free_ports(1)
    with running_server(ATTRACTOR_METRICS_PORT=str(port), **ROOMY) as (address, process):
        lines = []
        reader = Thread(target=lambda: lines.extend(process.stderr))
        reader.start()
        yield address, port, process.pid, lines
        process.terminate()
        reader.join()


@pytest.mark.promise("Work stops when the client leaves, in whatever format, and leaves nothing behind")
@needs_proc
def test_clients_that_leave_in_the_middle_of_any_format_leave_nothing_behind(watched):
    address, port, pid, lines = watched
    descriptors = lambda: len(list(Path(f"/proc/{pid}/fd").iterdir()))  # noqa: E731
    get_patiently(address + LEAVING["png"].replace("1000000000", "1000"))  # what is loaded once stays
    before, cancelled = descriptors(), total(read(port), "cancellations_total")
    for name, path in LEAVING.items():
        with connected(address, request(path)) as connection:
            if name in FORMATS:
                assert connection.recv(12) == b"HTTP/1.1 200"
                assert connection.recv(1 << 16)
            until(lambda: total(read(port), "in_flight") == 1)
        cancelled += 1
        until(lambda: total(read(port), "in_flight") == 0), name
        assert total(read(port), "cancellations_total") == cancelled
    until(lambda: descriptors() <= before)
    until(lambda: computing_during(pid, 0.5) < 0.1)
    assert get_patiently(address + HENON).status_code == 200
    assert total(read(port), "broken_off_total") == 0
    assert [line for line in lines if "error" in line.lower() or "Traceback" in line] == []


FEW = """
import resource
from attractor.core.catalogue import SYSTEMS
for name in {*SYSTEMS} - {"modified-lorenz", "henon"}:
    del SYSTEMS[name]
if IS_FULL:  # no file may have a byte
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
from attractor.api.serve import serve
serve()
"""


@pytest.mark.promise("Where no cache can be written kernels are compiled all the same, and that is said once")
@pytest.mark.parametrize("is_full", [True, False], ids=["full", "read-only"])
def test_where_nothing_can_be_written_kernels_are_compiled_all_the_same_and_that_is_said_once(tmp_path, is_full):
    folder = str(tmp_path) if is_full else "/proc/nowhere"  # where root cannot write either
    said = []
    code = FEW.replace("IS_FULL", str(is_full))
    with running_server("-c", code, said=said, NUMBA_CACHE_DIR=folder) as (address, process):
        assert get_patiently(address + HENON).status_code == 200
        plane = "x0=0.1&y0=0&a=1.4&b=0.3&steps=1000"
        assert get_patiently(f"{address}/ensemble?system=henon&{plane}").status_code == 200  # another kernel
        assert get_patiently(f"{address}/picture?system=henon&{plane}").content.startswith(b"\x89PNG")
        process.terminate()
        said += process.stderr
    warnings = [line for line in said if '"level":"info"' not in line]
    assert len(warnings) == 1, warnings
    assert f"compiled but not cached in {folder}" in warnings[0]
    assert list(tmp_path.iterdir()) == []


PATIENT = """
import attractor.api.server.protocol, attractor.api.limits.readers
attractor.api.server.protocol.REQUEST_SECONDS, attractor.api.limits.readers.SECONDS = 2, 3
from attractor.api.serve import serve
serve()
"""


def answered(response):
    """A response that is no refusal, or None."""
    return response if response.status_code == 200 else None


def is_held(connection):
    """Whether a process has the other end of a connection open: one that is cut off may have bytes to come."""
    _, port = connection.getsockname()
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(line[2] == f"0100007F:{port:04X}" and line[9] != "0" for line in lines)


@pytest.mark.promise("A clock that jumps moves no timer and shuts nobody out")
@pytest.mark.parametrize("jump", ["+1d", "-1d"])
def test_a_clock_that_jumps_moves_no_timer_and_shuts_nobody_out(clock, jump):
    environment, set_by = clock
    environment |= {"ATTRACTOR_RATE_LIMIT": "8/2 second", "ATTRACTOR_DRAIN_SECONDS": "1"}
    with running_server("-c", PATIENT, **environment) as (address, process), ExitStack() as stack:
        started = datetime.now(UTC)
        long = f"{HENON}&steps=2000000&format=npy"
        kept = stack.enter_context(httpx.Client(base_url=address, timeout=300))
        right = until(lambda: answered(kept.get(long))).content  # on a busy machine it is refused for a while
        stream = until(lambda: answered(stack.enter_context(kept.stream("GET", long))))
        received, has_jumped = [], Event()

        def receive():
            for piece in stream.iter_raw(1 << 18):  # all the time: who reads nothing for long is cut off
                received.append(piece)
                has_jumped.wait(0.05)

        reading = Thread(target=receive)
        reading.start()

        def unread_answer():
            connection = stack.enter_context(connected(address, request(f"{HENON}&steps=1000000000&format=npy")))
            return connection if connection.recv(12) == b"HTTP/1.1 200" else None

        unread = until(unread_answer)
        quick = stack.enter_context(httpx.Client(base_url=address, timeout=300))
        assert any(quick.get(HENON).status_code == 429 for _ in range(100))

        half = stack.enter_context(connected(address, b"GET / HTTP/1.1\r\n"))
        set_by(jump)
        half.settimeout(0.3)
        with pytest.raises(TimeoutError):
            half.recv(1)  # not cut off before its time

        def date():
            return parsedate_to_datetime(httpx.get(f"{address}/health/live", timeout=300).headers["date"])

        until(lambda: abs(date() - started) > timedelta(hours=23))  # it does see the other time
        has_jumped.set()
        reading.join()
        assert b"".join(received) == right
        assert kept.get("/health/live").status_code == 200
        half.settimeout(300)
        assert half.recv(1) == b""  # but then
        until(lambda: httpx.get(address + HENON, timeout=300).status_code == 200)
        waits = [quick.get(HENON).headers.get("retry-after", "0") for _ in range(20)]
        assert 1 <= max(map(int, waits)) <= 2
        until(lambda: not is_held(unread))  # it is cut off too, as who does not read
        with suppress(ConnectionError):
            while unread.recv(1 << 20):
                pass
        until(lambda: httpx.get(address + HENON, timeout=300).status_code == 200)
        with connected(address, request(f"{HENON}&steps=1000000000&format=npy")) as last:
            assert last.recv(12)
            process.send_signal(signal.SIGTERM)
            set_by("+0")
            while last.recv(1 << 20):
                pass
        assert process.wait(300) == 0
