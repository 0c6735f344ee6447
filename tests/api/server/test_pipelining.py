"""Requests that a client sends ahead: each is answered, in order, and none is parsed before its turn."""

import asyncio
import json
import re
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.limits.test_bounds import ended
from tests.api.load import read_answer
from tests.conftest import connected, get_patiently, request, running_server
from tests.waiting import until

HENON = "/calculation?system=henon&x0={}&y0=0&a=1.4&b=0.3&steps=1"
SLOW = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=300000&format=csv"

COUNTING = """
import resource, signal
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
from attractor.api.server.protocol import Protocol
parsed, most = Protocol.on_headers_complete, 0

def counted(self):
    global most
    parsed(self)
    most = max(most, len(self.pipeline) + (self.cycle is not None and not self.cycle.response_complete))

Protocol.on_headers_complete = counted
signal.signal(signal.SIGUSR1, lambda *_: print("MOST", most, flush=True))
from attractor.api.serve import serve
serve()
"""


@pytest.fixture(scope="module")
def counting():
    """A server that says, on SIGUSR1, how many requests of one connection were parsed and had no answer yet."""
    with running_server("-c", COUNTING) as (address, process):
        yield address, process


def most_unanswered(process):
    process.send_signal(signal.SIGUSR1)
    while not (line := process.stdout.readline()).startswith("MOST"):
        assert line, "the server has ended"
    return int(line.split()[1])


async def answers(address, pieces, count):
    """What comes back for `count` requests that are sent in `pieces`."""
    host = urlsplit(address)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)

    async def send():
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    sending = asyncio.create_task(send())
    try:
        return [await asyncio.wait_for(read_answer(reader), 300) for _ in range(count)]
    finally:
        await sending
        writer.close()


def numbered(i):
    return request(HENON.format(i))


def told(body):
    """Which of the `numbered` a body answers: b·x is the y of its only record."""
    return round(json.loads(body)[0]["y"] / 0.3)


@pytest.mark.promise("A connection has one request in work; what is sent ahead stays unparsed, and is bounded")
def test_thousands_in_one_go_are_answered_in_order_one_at_a_time(counting):
    address, process = counting
    sent = b"".join(map(numbered, range(3_000)))
    assert [told(body) for _, body in asyncio.run(answers(address, [sent], 3_000))] == [*range(3_000)]
    assert most_unanswered(process) <= 1  # a short answer is there as soon as its request


def with_body(i, random):
    """The same with a body, of a known length or in chunks, in which there may be a request."""
    head = numbered(i)[:-2]
    body = random.choice([b"", b"x", b"\r\n\r\n", b"\r\n\r\n" * 400, numbered(-1), numbered(-1) * 20, b"0\r\n\r\n"])
    if random.random() < 0.5:
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n" + random.choice([b"", b"A: b\r\n"]) + b"\r\n"


@pytest.mark.parametrize("seed", range(4))
def test_bodies_blank_lines_and_edges_of_segments_change_nothing(counting, seed):
    address, process = counting
    random, sent = Random(seed), b""
    for i in range(300):
        sent += random.choice([numbered(i), with_body(i, random)]) + b"\r\n" * random.randint(0, 2)
    pieces, longest = [], random.choice([3, 40, 400, 40_000])
    while sent:
        size = random.randint(1, longest)
        pieces.append(sent[:size])
        sent = sent[size:]
    assert [told(body) for _, body in asyncio.run(answers(address, pieces, 300))] == [*range(300)]
    assert most_unanswered(process) <= 1  # a short answer is there as soon as its request


def test_a_put_is_refused_before_its_body_is_there_and_what_follows_is_answered(counting):
    post = b"PUT /calculation HTTP/1.1\r\nHost: localhost\r\n"
    sized = post + b"Content-Length: 100000\r\n\r\n" + b"\r\n\r\n" * 25_000
    chunked = post + b"Transfer-Encoding: chunked\r\n\r\n186a0\r\n" + b"\r\n\r\n" * 25_000 + b"\r\n0\r\n\r\n"
    found = asyncio.run(answers(counting[0], [sized + numbered(1) + chunked + numbered(2)], 4))
    assert [told(body) for _, body in found[1::2]] == [1, 2]
    assert [json.loads(body)["status"] for _, body in found[::2]] == [405, 405]


@pytest.mark.parametrize("zeros", [1, 4_300, 60_000])
def test_the_length_of_a_body_may_begin_with_zeros(counting, zeros):
    body = numbered(3)
    length = b"0" * zeros + b"%d" % len(body)
    sent = numbered(1)[:-2] + b"Content-Length: " + length + b"\r\n\r\n" + body + numbered(2)
    assert [told(body) for _, body in asyncio.run(answers(counting[0], [sent], 2))] == [1, 2]


@pytest.mark.parametrize("rubbish", [b"rubbish\r\n\r\n", b"GET / HTTP/1.1\r\n: no name\r\n\r\n", b"\x00" * 1000])
def test_a_sound_request_before_rubbish_has_its_own_answer_first(counting, rubbish):
    for path in (HENON.format(1), SLOW):
        with connected(counting[0], request(path) + rubbish) as connection:
            assert re.findall(rb"HTTP/1.1 (\d+)", ended(connection)) == [b"200", b"400"]


def test_an_answer_to_who_asks_for_an_upgrade_is_the_last(counting):
    upgrade = request(HENON.format(1))[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
    body = b"Content-Length: %d\r\n\r\n" % len(numbered(2)) + numbered(2)
    with connected(counting[0], upgrade + body) as connection:
        answer = ended(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200"]
    assert b"connection: close" in answer


def test_a_head_behind_another_request_is_bounded_and_has_its_own_time(counting):
    with connected(counting[0], numbered(1) + b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000) as connection:
        assert re.findall(rb"HTTP/1.1 (\d+)", ended(connection)) == [b"200", b"431"]


def resident(process):
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    return int(found[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
@pytest.mark.parametrize("first", [HENON.format(0), SLOW], ids=["short", "long"])
def test_250_clients_that_send_and_do_not_read_hold_less_than_64_mib(counting, first):
    address, process = counting
    host = urlsplit(address)
    sent = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 10_000
    get_patiently(address + SLOW)  # what is loaded once stays
    before = resident(process)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection((host.hostname, host.port), timeout=300)) for _ in range(250)
        ]
        for client in clients:
            client.sendall(request(first))
            client.setblocking(False)
        quiet = 0
        while quiet < 5:  # times around that no client could send any more
            quiet += 1
            for client in clients:
                try:
                    client.send(sent)
                    quiet = 0
                except BlockingIOError:
                    pass
            time.sleep(0.1)
        assert resident(process) - before < 64
        assert most_unanswered(process) <= 1  # a short answer is there as soon as its request
        assert httpx.get(address + HENON.format(1), timeout=300).status_code == 200


def listens_no_more(address):
    try:
        with connected(address):
            return False
    except ConnectionError:
        return True


def test_told_to_stop_it_answers_what_is_behind_and_says_of_the_last_that_it_is():
    unread = SLOW.replace("300000", "1000000")  # more than lies in buffers, so that it is on its way until it is read
    with running_server() as (address, process), connected(address, request(unread)) as connection:
        connection.sendall(b"".join(map(numbered, range(5))))
        received = connection.recv(12)
        process.send_signal(signal.SIGTERM)
        until(lambda: listens_no_more(address))
        received += ended(connection)
        assert process.wait(300) == 0
    assert [json.loads(found)[0]["y"] for found in re.findall(rb'\[\{"n":1.*?\]', received)] == [
        pytest.approx(0.3 * i) for i in range(5)
    ]
    last = received[received.rindex(b"HTTP/1.1 200") :]
    assert (received.count(b"connection: close"), last.count(b"connection: close")) == (1, 1)
