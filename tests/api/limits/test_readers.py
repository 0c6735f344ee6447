"""Who reads too slowly is cut off, whatever is sent, and nobody else is."""

import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from attractor.api.limits import readers
from tests.conftest import get_patiently, request, running_server
from tests.waiting import until

HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
HASTY = """
import attractor.api.limits.readers
attractor.api.limits.readers.SECONDS, attractor.api.limits.readers.RATE = 3.0, 1 << 30
from attractor.api.serve import serve
serve()
"""


class Transport:
    """One whose buffer a test empties."""

    def __init__(self):
        self.waiting = 0
        self.is_aborted = False

    def get_write_buffer_size(self):
        return self.waiting

    def get_extra_info(self, _):
        return None

    def write(self, data):
        self.waiting += len(data)

    def abort(self):
        self.is_aborted = True


class Reading:
    """A client that reads of what was written, at times that a test sets; it is looked at every 5 seconds."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(readers, "perf_counter", lambda: self.now)
        self.transport = Transport()
        self.measured = readers.MeasuredTransport(self.transport)

    def reads(self, rate, seconds):
        """Whether it is cut off while it reads so many bytes a second."""
        for _ in range(seconds // 5):
            self.now += 5
            self.transport.waiting = max(0, self.transport.waiting - rate * 5)
            self.measured.cut_off_if_slow(self.now)
        return self.transport.is_aborted


@pytest.fixture
def reading(monkeypatch):
    reading = Reading(monkeypatch)
    yield reading
    reading.measured.forget()


def test_who_reads_nothing_or_little_is_cut_off_and_not_before_it_had_its_time(reading):
    reading.measured.write(b"x" * 1_000_000)
    assert not reading.reads(2_000, 30)
    assert reading.reads(2_000, 5)


@pytest.mark.parametrize("rate", [8_192, 20_000])
def test_who_reads_as_fast_as_it_must_is_not(reading, rate):
    for _ in range(60):
        reading.measured.write(b"x" * 1_000_000)
        assert not reading.reads(rate, 10)


def test_what_is_read_between_two_writes_counts_whatever_is_written(reading):
    """Small answers one after another, of which some always wait."""
    reading.measured.write(b"x" * 50_000)
    for _ in range(6):
        reading.measured.write(b"x" * 20_000)
        assert not reading.reads(4_000, 5)
    assert reading.reads(4_000, 5)


def test_who_was_fast_may_not_be_slow_for_longer(reading):
    reading.measured.write(b"x" * 10_000_000)
    assert not reading.reads(100_000, 65)  # it is looked at in the last
    assert not reading.reads(2_000, 25)
    assert reading.reads(2_000, 5)


def test_who_waits_for_what_is_computed_slowly_is_not_slow(reading):
    for _ in range(50):
        reading.measured.write(b"x" * 10_000)
        assert not reading.reads(2_000, 25)


@pytest.fixture(scope="module")
def hasty():
    """A server with little room, which demands a gibibyte a second of whoever has let something wait for 3 seconds."""
    with running_server("-c", HASTY, ATTRACTOR_MAX_MEMORY=str(24 << 20)) as (address, _):
        yield address


@contextmanager
def asked(address, sent):
    """A connection over which that was sent, whose system takes little that is not read."""
    host = urlsplit(address)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        connection.settimeout(300)
        connection.connect((host.hostname, host.port))
        connection.sendall(sent)
        yield connection


def gets_in(address):
    with httpx.stream("GET", f"{address}{HENON}&steps=1000000000&format=npy", timeout=300) as answer:
        return answer.status_code == 200


@pytest.mark.promise("Who reads slowly or not at all is cut off")
@pytest.mark.parametrize("form", ["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"])
def test_the_room_of_who_reads_slowly_is_given_to_others(hasty, form):
    until(lambda: gets_in(hasty))
    with ExitStack() as stack:
        is_over = threading.Event()
        stack.callback(is_over.set)

        def drop_by_drop(connection):
            with suppress(OSError):
                while not is_over.wait(0.05) and connection.recv(100):
                    pass

        while True:  # until there is no room
            slow = stack.enter_context(asked(hasty, request(f"{HENON}&steps=20000000&format={form}")))
            if slow.recv(12) == b"HTTP/1.1 503":
                break
            threading.Thread(target=drop_by_drop, args=(slow,), daemon=True).start()
        until(lambda: gets_in(hasty))


def is_established(connection):
    """Whether the other side, which is on this machine, has not closed it."""
    there, here = connection.getpeername()[1], connection.getsockname()[1]
    return f"0100007F:{there:04X} 0100007F:{here:04X} 01" in Path("/proc/net/tcp").read_text()


@pytest.mark.promise("Who reads slowly or not at all is cut off")
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
@pytest.mark.parametrize("path", [f"{HENON}&steps=1000", "/openapi.json", "/systems"])
def test_so_is_who_asks_for_many_small_answers_and_pages_and_does_not_read_them(hasty, path):
    size = len(get_patiently(hasty + path, headers={"accept-encoding": "identity"}).content)
    count = 8_000_000 // size
    with asked(hasty, request(path) * count) as connection:
        assert connection.recv(12) == b"HTTP/1.1 200"
        until(lambda: not is_established(connection))
        received = 12
        with suppress(ConnectionResetError):
            while data := connection.recv(1 << 16):
                received += len(data)
    assert received < count * size
