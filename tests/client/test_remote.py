"""Real sockets; what a service may send that the service of these tests does not is sent by `tests.client.service`."""

import email.utils
import socket
import time

import pytest

from attractor.client import remote
from attractor.client.refusals import Refused, Unreachable
from tests.client.service import Sent, sending

BUSY = Sent(503, {"retry-after": "0", "content-type": "application/problem+json"})
PROBLEM = b'{"type":"/problems/busy","title":"Service Unavailable","status":503,"detail":"too much"}'
DONE = Sent(200, {"content-length": "4"}, b"done")


def test_a_busy_service_is_asked_again():
    with sending(BUSY, BUSY, Sent(429, {"retry-after": "0"}), DONE) as (address, seen):
        assert b"".join(remote.ask(address).chunks()) == b"done"
    assert len(seen) == 4


@pytest.mark.parametrize("told", ["1", lambda: email.utils.formatdate(time.time() + 2, usegmt=True)])
def test_it_is_asked_again_no_sooner_than_it_says(told):
    after = told if isinstance(told, str) else told()
    with sending(Sent(503, {"retry-after": after}), DONE) as (address, seen):
        begin = time.monotonic()
        assert b"".join(remote.ask(address).chunks()) == b"done"
    assert time.monotonic() - begin >= 1
    assert len(seen) == 2


def test_a_service_that_stays_busy_refuses_at_last():
    with sending(BUSY._replace(body=PROBLEM)) as (address, seen), pytest.raises(Refused, match="too much") as found:
        remote.ask(address)
    assert found.value.status == 503
    assert len(seen) == remote.TRIES


@pytest.mark.parametrize("headers", [{}, {"retry-after": "100000"}, {"retry-after": "soon"}])
def test_nobody_waits_without_an_end(headers):
    with sending(Sent(503, headers)) as (address, seen), pytest.raises(Unreachable, match="503"):
        remote.ask(address)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Sent(404, {"content-type": "text/html"}, b"<p>no such page"),
        Sent(400, {"content-type": "application/problem+json"}, b"{}"),
        Sent(500, {}),
    ],
)
def test_an_answer_of_something_else_is_told(answer):
    with sending(answer) as (address, _), pytest.raises(Unreachable, match="is no answer of this API"):
        remote.ask(address)


@pytest.mark.parametrize(
    "answer",
    [
        Sent(200, {"content-length": "100"}, b"a beginning"),
        Sent(200, {"transfer-encoding": "chunked"}, b"b\r\na beginning\r\n"),
    ],
)
def test_an_answer_that_breaks_off_is_no_answer(answer):
    with sending(answer) as (address, _), pytest.raises(Unreachable, match="breaks off after"):
        list(remote.ask(address).chunks())


def test_where_nobody_listens_one_sentence_says_so():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match=rf"127.0.0.1:{port} cannot be reached: Connection refused"):
        remote.ask(f"http://127.0.0.1:{port}/")


def test_a_refusal_holds_every_culprit(address):
    with pytest.raises(Refused) as found:
        remote.ask(f"{address}/calculation?system=henon&x0=a&y0=0&stepz=1")
    assert [fault.parameter for fault in found.value.faults] == ["x0", "stepz", "a", "b"]
    assert found.value.status == 400


def test_a_form_is_posted(address):
    query = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3&format=csv"
    posted = b"".join(remote.ask(f"{address}/calculation", query.encode()).chunks())
    assert posted == b"".join(remote.ask(f"{address}/calculation?{query}").chunks())
