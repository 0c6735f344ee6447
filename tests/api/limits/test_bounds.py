"""What a client can make the service do, and for how long, is bounded: clients that misbehave, over real sockets."""

import signal
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.host import cpus, threads
from attractor.api.http.client_address import parse_address
from attractor.api.settings import Settings
from tests.conftest import connected, get_patiently, request, running_server
from tests.waiting import until

HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
ENDLESS = f"{HENON}&steps=1000000000&format=npy"


def declared(path):
    """Bytes that the service says it holds for an answer."""
    url = urlsplit(path)
    (resource,) = [each for each in RESOURCES if each.path == url.path]
    return resource.read(url.query.encode(), Settings(), next(iter(resource.formats))).memory


ROOM = 39 * declared(ENDLESS) // 10
SHORT = """
import attractor.api.server.protocol
attractor.api.server.protocol.REQUEST_SECONDS = 0.5
from attractor.api.serve import serve
serve()
"""


def ended(connection):
    """Waits until the other side has closed; what it had sent."""
    received = bytearray()
    try:
        while data := connection.recv(1 << 16):
            received += data
    except ConnectionResetError:
        pass
    return bytes(received)


@pytest.fixture(scope="module")
def small():
    """A server with room for two long answers of one client, and little patience."""
    with running_server("-c", SHORT, ATTRACTOR_MAX_MEMORY=str(ROOM), ATTRACTOR_MAX_CONNECTIONS="60") as (
        address,
        process,
    ):
        yield address, process


@pytest.fixture(scope="module")
def hasty():
    """A server whose answers may take a second each, and that waits for an hour for the end of a request."""
    with running_server("-c", SHORT.replace("0.5", "3600"), ATTRACTOR_MAX_SECONDS="1") as (address, _):
        yield address


MISTAKEN = """
from attractor.api.endpoints import ensemble, lyapunov
ensemble.orbit_step = ensemble.lane_step = lyapunov.tangent_step = lambda system: 0.0
from attractor.api.serve import serve
serve()
"""
"""A server that thinks that steps take no time."""


@pytest.mark.promise("What takes twice the bound on CPU seconds all the same is broken off")
def test_what_takes_longer_than_was_estimated_is_given_up():
    endless = f"{HENON.partition('?')[2]}&steps=1000000000"
    with running_server("-c", MISTAKEN, ATTRACTOR_MAX_SECONDS="1") as (address, server):
        answer = httpx.get(f"{address}/picture?of=lyapunov&{endless.replace('y0=0', 'y0=0:0.1:2')}", timeout=300)
        assert answer.status_code == 503
        assert answer.json()["detail"] == "the answer took more than 2 CPU seconds; ask for less"
        with pytest.raises(httpx.RemoteProtocolError):  # what has begun
            httpx.get(f"{address}/ensemble?{endless}", timeout=300)
        assert httpx.get(address + HENON, timeout=300).status_code == 200
        server.terminate()
        log = server.communicate()[1]
    assert "/ensemble is broken off: the answer took more than 2 CPU seconds; ask for less" in log
    assert "Traceback" not in log  # a limit is no fault


def wait_for_room(address):
    """Until two long answers are had at once, as where nothing is held."""

    def both():
        with (
            httpx.stream("GET", address + ENDLESS, timeout=300) as one,
            httpx.stream("GET", address + ENDLESS, timeout=300) as two,
        ):
            return one.status_code == two.status_code == 200

    until(both)


@pytest.mark.promise("What does not fit beside what is in flight is refused at once")
@pytest.mark.promise("Beside what is heavy the light is answered, a refusal says when to come back, room is given back")
def test_what_does_not_fit_is_refused_at_once_and_the_light_is_still_answered(small):
    address, _ = small
    with connected(address, request(ENDLESS)) as one, connected(address, request(ENDLESS)) as two:
        assert one.recv(12) == two.recv(12) == b"HTTP/1.1 200"
        with httpx.stream("GET", address + ENDLESS, timeout=300) as refused:
            assert refused.status_code == 503
            refused.read()
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.headers["content-type"] == "application/problem+json"
        assert "too much" in refused.json()["detail"]
        assert "cache-control" not in refused.headers
        assert httpx.get(address + HENON, timeout=300).status_code == 200
        assert httpx.get(f"{address}/health/ready", timeout=300).status_code == 200
    wait_for_room(address)  # as soon as they have left


@pytest.mark.promise("What does not fit beside what is in flight is refused at once")
@pytest.mark.promise("What takes nearly all the room is answered alone")
def test_what_takes_nearly_all_the_room_is_answered_alone(small):
    address, _ = small
    grids = (f"/basins?system=henon&x0=-1:1:{n}&y0=-1:1:{n}&a=1.4&b=0.3&steps=20&format=npy" for n in range(50, 1000))
    basins = next(path for path in grids if declared(path) > 0.65 * ROOM)
    assert declared(basins) < 0.75 * ROOM
    until(lambda: httpx.get(address + basins).status_code == 200)  # once others' answers have ended

    def refused_beside_another():
        with connected(address, request(ENDLESS)) as one:
            if one.recv(12) != b"HTTP/1.1 200":  # what was held is yet to be given back
                return False
            assert httpx.get(address + basins, timeout=300).status_code == 503
            return True

    until(refused_beside_another)


def of_client(path, client):
    """A request for a path by way of a proxy that is trusted."""
    return request(path).replace(b"\r\n\r\n", f"\r\nX-Forwarded-For: {client}\r\n\r\n".encode())


def held_by(stack, address, path, client):
    """How many answers a client gets before it is refused; it reads none of them."""
    for count in range(1000):
        connection = stack.enter_context(connected(address, of_client(path, client)))
        if connection.recv(12) == b"HTTP/1.1 503":
            return count
    raise AssertionError("it may hold any number")


ENSEMBLE = f"/ensemble?{HENON.partition('?')[2].replace('y0=0', 'y0=0:0.1:20')}&steps=20"


@pytest.mark.promise("One client leaves room for another that arrives, and for the next")
@pytest.mark.promise("An IPv6 client is its /64")
def test_clients_share_the_room_and_none_leaves_nothing_for_another():
    with running_server(ATTRACTOR_MAX_MEMORY=str(16 * declared(ENDLESS))) as (address, _), ExitStack() as stack:
        assert held_by(stack, address, ENDLESS, "192.0.2.1") == 12
        for number in range(10):
            with connected(address, of_client(ENSEMBLE, f"192.0.2.{number + 2}")) as another:
                assert another.recv(12) == b"HTTP/1.1 200"
        assert held_by(stack, address, ENDLESS, "2001:db8::1") == 3  # three quarters of what is left
        assert held_by(stack, address, ENSEMBLE, "2001:db8::2") == 0  # which is the same client
        assert held_by(stack, address, ENDLESS, "2001:db8:0:1::1") == 0
        with connected(address, of_client(ENSEMBLE, "2001:db8:0:1::1")) as another:
            assert another.recv(12) == b"HTTP/1.1 200"


@pytest.mark.promise("What fails gives its room back, too")
def test_what_is_refused_once_it_is_computed_gives_its_room_back(small):
    address, _ = small
    wait_for_room(address)
    leaving = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2&steps=100000000"
    for _ in range(4):  # in decimal it would take too long
        assert get_patiently(address + leaving).status_code == 400  # once those who left before are noticed
    wait_for_room(address)


@pytest.mark.promise("Where too many wait for a thread another is refused at once")
def test_where_too_many_wait_for_a_thread_another_is_refused_at_once():
    computing = f"{HENON}&steps=1000000000&every=1000000000"
    most = 12 * max(1, threads(cpus(), 1) - 1)  # of one client
    with running_server(ATTRACTOR_MAX_MEMORY=str(1 << 40)) as (address, _), ExitStack() as stack:
        connections = [stack.enter_context(connected(address, request(computing))) for _ in range(most)]
        time.sleep(1)
        refused = httpx.get(address + computing)
        assert refused.status_code == 503
        assert httpx.get(address + HENON).status_code == 200
        assert httpx.get(f"{address}{HENON}&steps=20000").status_code == 200  # which takes little
        with connected(address, of_client(computing, "192.0.2.1")) as another:
            assert another.recv(12) == b"HTTP/1.1 200"
        assert {connection.recv(12) for connection in connections} == {b"HTTP/1.1 200"}


def test_all_that_a_page_asks_for_at_once_is_answered(address):
    flow = "system=lorenz&x0=1&y0=1&z0=1&sigma=10&{}&beta=2.6666666666666665&delta_t=0.01"
    paths = [  # as api/explorer/pages asks
        f"/calculation?{flow.format('rho=28')}&steps=20000&format=npy",
        f"/calculation?{flow.format('rho=28.1')}&steps=20000&format=npy",
        f"/bifurcation?{flow.format('rho=0:56:400')}&transient=5000&kept=200&format=npy",
        f"/lyapunov?{flow.format('rho=0:56:300')}&steps=4000&transient=2000&format=npy",
        f"/horizon?{flow.format('rho=28')}&steps=1000&every=10",
        "/fixed-points?system=lorenz&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01",
        f"/picture?of=basins&{flow.format('rho=28').replace('x0=1&y0=1', 'x0=-9:9:40&y0=-9:9:30')}",
    ]
    for _ in range(2):  # the first time kernels are loaded
        with ExitStack() as stack:
            connections = [stack.enter_context(connected(address, request(path))) for path in paths]
            for connection, path in zip(connections, paths, strict=True):
                assert connection.recv(12) == b"HTTP/1.1 200", path


@pytest.mark.promise("What is estimated to take more CPU seconds than the bound is refused before work begins")
@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        (f"{HENON}&steps=300000000&every=300000000", "steps"),
        (f"{HENON}&steps=20000000", "steps"),  # which are written too
        ("/calculation?system=thomas&x0=1&y0=0&z0=0&b=0.2&delta_t=0.1&steps=50000000&every=50000000", "steps"),
        ("/ensemble?system=henon&x0=0:0.5:10000&y0=0&a=1.4&b=0.3&steps=1000000", "steps"),
        ("/ensemble?system=standard&theta0=0:1:10000&p0=0&k=0.97&steps=1000000", "steps"),
        ("/ensemble?system=henon&x0=0:0.5:10000&y0=0&a=1.4&b=0.3&keep=orbits&steps=1000", "steps"),
        ("/lyapunov?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=200000000", "steps"),
        ("/bifurcation?system=logistic&x0=0.2&r=3:4:10000&transient=1000000", "r"),
        ("/bifurcation?system=logistic&x0=0.2&r=3:4:10000&transient=30000&continuation=true", "r"),
        ("/fixed-points?system=henon&a=1:1.4:300&b=0.3", "a"),
        ("/fixed-points?system=henon&a=1:1.4:2&b=0.3&period=12", "a"),
        ("/basins?system=standard&theta0=0:6:300&p0=0:6:300&k=0.97", "steps"),
        ("/picture?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=100000000", "steps"),
        ("/picture?system=henon&x0=0&y0=0&a=1.4&b=0.3&width=2000&height=2000&steps=70000000", "steps"),
        ("/picture?of=basins&system=standard&theta0=0:6:300&p0=0:6:300&k=0.97", "steps"),
    ],
)
def test_what_would_take_too_long_is_refused_before_it_begins(hasty, query, culprit):
    answer = get_patiently(hasty + query)
    assert answer.status_code == 400, answer.text[:200]
    faults = {error["parameter"]: error for error in answer.json()["errors"]}
    assert "CPU seconds" in faults[culprit]["problem"]
    assert "at most 1" in faults[culprit]["allowed"]


@pytest.mark.promise("Who sends nothing is cut off")
@pytest.mark.parametrize(
    "sent", [b"", b"\r\n" * 5, b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\na: "]
)
def test_who_does_not_end_a_head_is_cut_off(small, sent):
    address, _ = small
    with connected(address, sent) as connection:
        assert ended(connection) == b""


@pytest.mark.promise("Who sends a head drop by drop is cut off")
def test_who_sends_a_head_drop_by_drop_is_cut_off(small):
    address, _ = small
    with connected(address, b"GET / HTTP/1.1\r\na: ") as connection:
        for _ in range(600):
            try:
                connection.sendall(b"b")
            except OSError:
                return
            time.sleep(0.05)
    raise AssertionError("it may go on for ever")


@pytest.mark.promise("Who does not end a body is cut off")
@pytest.mark.parametrize("more", [b"x", b""])
@pytest.mark.parametrize("head", [b"Content-Length: 9\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\n"])
def test_who_does_not_end_a_body_is_cut_off(small, head, more):
    address, _ = small
    with connected(address, b"POST /health/live HTTP/1.1\r\nHost: localhost\r\n" + head) as connection:
        assert connection.recv(12) == b"HTTP/1.1 405"
        connection.sendall(more)
        ended(connection)  # or times out


@pytest.mark.promise("Who sends nothing but blank lines is cut off")
def test_who_sends_nothing_but_blank_lines_is_cut_off(small):
    address, _ = small
    with connected(address, request("/health/live")) as connection:
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.sendall(b"\r\n")
        ended(connection)


@pytest.mark.promise("A second request over a connection has no more time than the first")
def test_a_second_request_has_no_more_time_than_the_first(small):
    address, _ = small
    with connected(address, request("/health/live")) as connection:
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.sendall(b"GET / HT")
        assert b"HTTP/1.1 4" not in ended(connection)


@pytest.mark.promise("A huge head is refused")
@pytest.mark.parametrize(
    ("head", "status"),
    [(b"GET /?" + b"a" * 200_000, b"414"), (b"GET / HTTP/1.1\r\n" + b"a: " + b"b" * 200_000, b"431")],
)
def test_a_huge_head_is_refused(hasty, head, status):
    with connected(hasty) as connection:
        with suppress(OSError):  # cut off while sending
            connection.sendall(head)
        assert ended(connection)[:12] == b"HTTP/1.1 " + status
    with connected(hasty, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200_000 + b"\r\n") as connection:
        assert ended(connection)[:12] in (b"HTTP/1.1 431", b"")


@pytest.mark.promise("A head may have 64 KiB, whether or not it arrives at once")
@pytest.mark.parametrize("is_at_once", [True, False])
@pytest.mark.parametrize(("size", "status"), [(60_000, b"HTTP/1.1 200"), (66_000, b"HTTP/1.1 431")])
def test_a_head_may_have_64_kib(small, size, status, is_at_once):
    address, _ = small
    head = b"GET /health/live HTTP/1.1\r\nHost: a\r\n" + (b"a: " + b"b" * 795 + b"\r\n") * (size // 800)
    with connected(address, head + b"\r\n" * is_at_once) as connection:
        if not is_at_once:
            time.sleep(0.1)  # else what follows may come with it
            connection.sendall(b"\r\n")
        assert connection.recv(12) == status


@pytest.mark.promise("Who sends nothing is cut off")
def test_idle_connections_are_bounded_and_leave(small):
    address, process = small
    descriptors = Path(f"/proc/{process.pid}/fd")
    before = len(list(descriptors.iterdir())) if descriptors.exists() else 0
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connected(address))
        until(lambda: httpx.get(f"{address}/health/ready").status_code == 200)  # once the idle have been cut off
        time.sleep(1)
        if before:
            assert len(list(descriptors.iterdir())) < before + 20


@pytest.mark.promise("Connections are bounded; what is asked over one too many is refused with 503")
def test_past_the_bound_on_connections_requests_are_refused(small):
    address, _ = small
    with ExitStack() as stack:
        statuses = []
        for _ in range(100):
            connection = stack.enter_context(connected(address, request("/health/live")))
            statuses.append(connection.recv(12)[-3:])
        assert statuses == sorted(statuses)
        assert 50 < statuses.count(b"200") <= 60
        refused = httpx.get(f"{address}/health/live", timeout=300)
    assert (refused.headers["retry-after"], refused.headers["connection"]) == ("2", "close")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "too many connections are open; ask again after 2 seconds"


@pytest.mark.promise("Nobody but a trusted proxy names a client's address")
@pytest.mark.promise("A client may be limited by its address; every answer tells the limit, health checks have none")
def test_a_client_is_limited_by_its_own_address_and_by_no_forged_one():
    with (
        running_server(ATTRACTOR_RATE_LIMIT="5/minute", ATTRACTOR_TRUSTED_PROXIES="10.0.0.0/8,127.0.0.0/8") as (
            address,
            _,
        ),
        httpx.Client(base_url=address, timeout=300) as client,
    ):
        answers = [client.get(HENON, headers={"x-forwarded-for": "6.6.6.6, 1.2.3.4"}) for _ in range(6)]
        assert [a.status_code for a in answers] == [200] * 5 + [429]
        assert [a.headers["ratelimit"].partition(";t=")[0] for a in answers[:2]] == ['"client";r=4', '"client";r=3']
        assert answers[0].headers["ratelimit-policy"] == '"client";q=5;w=60'
        assert 0 < int(answers[5].headers["retry-after"]) <= 60
        assert answers[5].json()["status"] == 429
        forged = client.get(HENON, headers={"x-forwarded-for": "7.7.7.7, 1.2.3.4"})  # the proxy adds on the right
        assert forged.status_code == 429
        assert client.get(HENON, headers={"x-forwarded-for": "1.2.3.5"}).status_code == 200
        assert "ratelimit" in client.get("/nothing").headers
        for _ in range(10):
            assert client.get("/health/live").status_code == 200


VIEWER = "CloudFront-Viewer-Address"


def test_a_client_is_told_by_the_header_that_the_operator_names():
    """As behind CloudFront and a load balancer: X-Forwarded-For ends with CloudFront, whose addresses are nobody's."""
    settings = {"ATTRACTOR_RATE_LIMIT": "2/minute", "ATTRACTOR_CLIENT_ADDRESS_HEADER": VIEWER}
    with running_server(**settings, ATTRACTOR_TRUSTED_PROXIES="127.0.0.0/8") as (address, _):

        def asked(**headers):
            return httpx.get(
                address + HENON, headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9", **headers}
            ).status_code

        one, other = {VIEWER: "198.51.100.7:46532"}, {VIEWER: "2001:db8::7:46532"}
        assert [asked(**one), asked(**{VIEWER: "198.51.100.7:1"}), asked(**one)] == [200, 200, 429]
        assert [asked(**other), asked(**{VIEWER: "2001:db8::8:1"}), asked(**other)] == [200, 200, 429]
        assert [asked(), asked(**{VIEWER: "nobody"}), asked()] == [200, 200, 429]  # then X-Forwarded-For counts
        behind_tls = {VIEWER: "198.51.100.9:1", "x-forwarded-proto": "https"}
        assert httpx.get(f"{address}/systems/henon", headers=behind_tls).json()["example"].startswith("https://")
    with running_server(**settings, ATTRACTOR_TRUSTED_PROXIES="10.0.0.0/8") as (address, _):
        forged = ({VIEWER: f"198.51.100.{n}:1", "x-forwarded-for": f"198.51.100.{n}"} for n in range(3))
        assert [httpx.get(address + HENON, headers=each).status_code for each in forged] == [200, 200, 429]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        (" 198.51.100.7:46532 ", "198.51.100.7"),
        ("2001:db8::7:46532", "2001:db8::7"),
        ("2001:db8:0:0:0:0:0:7:46532", "2001:db8:0:0:0:0:0:7"),
        ("2001:db8::f00d", "2001:db8::f00d"),
        ("::1", "::1"),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.7"),
        ("[2001:db8::7]:46532", "2001:db8::7"),
        *((each, None) for each in ("", "unknown", "198.51.100.7, 198.51.100.8", ":80", "[", "198.51.100.256:1")),
    ],
)
def test_an_address_is_read_with_its_port_or_without(text, address):
    assert parse_address(text) == address


@pytest.mark.promise("Nobody but a trusted proxy names a client's address")
def test_who_is_no_trusted_proxy_is_itself():
    with running_server(ATTRACTOR_RATE_LIMIT="2/minute", ATTRACTOR_TRUSTED_PROXIES="10.0.0.0/8") as (address, _):
        statuses = [
            httpx.get(address + HENON, headers={"x-forwarded-for": f"1.2.3.{i}"}, timeout=300).status_code
            for i in range(3)
        ]
        assert statuses == [200, 200, 429]


@pytest.mark.promise("There is no limit of requests unless it is set")
def test_without_a_limit_there_is_none(client):
    assert "ratelimit" not in client.get(HENON).headers


@pytest.mark.promise("It is not ready as soon as it is told to stop, and answers all the same")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_is_not_ready_as_soon_as_it_is_told_to_stop_and_answers_all_the_same(workers):
    with running_server(WORKERS=workers, ATTRACTOR_UNREADY_SECONDS="8") as (address, process):
        process.send_signal(signal.SIGTERM)
        until(lambda: httpx.get(f"{address}/health/ready").status_code == 503)
        assert httpx.get(address + HENON, timeout=300).status_code == 200
        assert process.wait(timeout=300) == 0
