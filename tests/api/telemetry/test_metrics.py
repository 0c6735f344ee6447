"""What Prometheus is told, on a port of its own."""

import asyncio
import os
import socket
import subprocess
import sys
from collections import Counter

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from attractor import __version__
from attractor.api.settings import Settings
from attractor.api.telemetry.metrics import Metrics, expose
from tests.conftest import ROOT, running_server
from tests.waiting import until

HENON = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3"
LEAVING = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
BILLION = f"{HENON}&steps=1000000000&format=npy"
FAILING = """
from msgspec.structs import replace
from attractor.api.serve import serve
from attractor.api.formats import FORMATS

def failing(answer):
    yield b"n"
    raise RuntimeError("a fault in the middle")

FORMATS["csv"] = replace(FORMATS["csv"], write=failing, is_quick=False)
serve()
"""


def free_ports(count):
    """The first of so many neighbours that nothing listens on."""
    for first in range(20_000 + os.getpid() % 5_000, 32_000, count):
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def read(port):
    """Each metric's samples by their labels, once the port answers."""
    text = until(lambda: fetched(port))
    return {
        (sample.name.removeprefix("attractor_"), *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def fetched(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/metrics").text
    except httpx.TransportError:
        return None


def total(metrics, name, **labels):
    """The sum of a metric over all that has these labels."""
    return sum(v for (found, *pairs), v in metrics.items() if found == name and labels.items() <= dict(pairs).items())


@pytest.fixture(scope="module")
def server():
    port = free_ports(1)
    with running_server("-c", FAILING, ATTRACTOR_METRICS_PORT=str(port)) as (address, _):
        yield address, port


@pytest.fixture
def grown(server):
    """What requests add to the metrics."""
    address, port = server

    def grown(*requests):
        before = read(port)
        answers = [httpx.request(method, address + path, headers=headers) for method, path, headers in requests]
        return answers, Counter(read(port)) - Counter(before)

    return grown


def get(path, **headers):
    return "GET", path, {"accept-encoding": "identity", **{k.replace("_", "-"): v for k, v in headers.items()}}


@pytest.mark.promise("The public port has no metrics")
def test_the_public_port_has_no_metrics(server):
    assert httpx.get(f"{server[0]}/metrics").status_code == 404


@pytest.mark.promise("Steps and records are counted of what was sent whole")
def test_what_was_sent_and_computed_is_counted(grown):
    paths = (HENON, f"{HENON}&steps=9&every=2&format=npy", f"{HENON}&steps=5000")
    (short, binary, long), more = grown(*map(get, paths))
    json, npy = ({"route": "/calculation", "status": "200", "format": name} for name in ("json", "npy"))
    assert (total(more, "requests_total", **json), total(more, "requests_total", **npy)) == (2, 1)
    assert total(more, "sent_bytes_total", **json) == len(short.content) + len(long.content)
    assert total(more, "sent_bytes_total", **npy) == len(binary.content)
    assert (total(more, "steps_total", **json), total(more, "steps_total", **npy)) == (5020, 8)
    assert (total(more, "records_total", **json), total(more, "records_total", **npy)) == (5020, 4)
    assert total(more, "request_seconds_count", **json) == total(more, "request_seconds_bucket", le="+Inf", **json) == 2
    assert 0 < total(more, "request_seconds_sum") < 10


def test_many_orbits_are_counted_together(grown):
    path = "/ensemble?system=henon&x0=0:0.1:7&y0=0&a=1.4&b=0.3&steps=10"
    _, more = grown(get(path))
    assert (total(more, "steps_total", route="/ensemble"), total(more, "records_total", route="/ensemble")) == (70, 7)


def test_head_sends_and_counts_no_body(grown):
    _, more = grown(("HEAD", HENON, {}), ("HEAD", "/systems", {}))
    assert total(more, "requests_total") == 2
    assert total(more, "sent_bytes_total") == total(more, "steps_total") == 0


@pytest.mark.promise("Refusals, fallbacks and what clients had already are counted")
def test_refusals_fallbacks_and_what_the_client_had_are_counted(grown, server):
    tag = httpx.get(server[0] + HENON, headers={"accept-encoding": "identity"}).headers["etag"]
    _, more = grown(get(f"{HENON}&steps=0"), ("PUT", HENON, {}), get(LEAVING), get(HENON, if_none_match=tag))
    assert total(more, "refusals_total") == 2
    assert total(more, "refusals_total", status="400") == total(more, "refusals_total", status="405") == 1
    assert total(more, "decimal_fallbacks_total") == 1
    assert total(more, "not_modified_total") == total(more, "not_modified_total", status="304", format="json") == 1
    asked_for, more = grown(get(f"{LEAVING}&precision=decimal"))
    assert asked_for[0].status_code == 200
    assert total(more, "decimal_fallbacks_total") == 0


def test_the_longest_slice_and_the_greatest_lag_are_told(grown, server):
    grown(get(f"{HENON}&steps=100000"))
    metrics = read(server[1])
    assert total(metrics, "longest_slice_seconds") > 0
    assert total(metrics, "loop_lag_seconds") > 0


@pytest.mark.promise("Metrics tell only known paths")
def test_only_known_paths_are_told(grown):
    paths = ["/secret", "/calculation/x", "/systems/henon", "/systems/none", "/docs", "/assets/x", "/", "/health/live"]
    _, more = grown(*map(get, paths))
    counts = {route: total(more, "requests_total", route=route) for route in {*paths, "other", "/systems/", "/assets/"}}
    known = {"other": 2, "/systems/": 2, "/assets/": 1, "/docs": 1, "/": 1, "/health/live": 1}
    assert {route: count for route, count in counts.items() if count} == known


@pytest.mark.promise("Bytes are counted as they are sent")
@pytest.mark.promise("Clients that leave are counted")
def test_a_stream_counts_as_it_is_sent_and_its_client_is_missed(server):
    address, port = server
    before = read(port)
    with httpx.stream("GET", address + BILLION) as answer:
        received = answer.iter_raw()
        next(received)
        until(lambda: total(read(port), "sent_bytes_total") > total(before, "sent_bytes_total"))
        assert total(read(port), "in_flight") == 1
        assert total(read(port), "cancellations_total") == total(before, "cancellations_total")
    until(lambda: total(read(port), "cancellations_total", format="npy") == 1)
    after = read(port)
    assert total(after, "in_flight") == 0
    assert total(after, "steps_total") == total(before, "steps_total")  # it was not whole


@pytest.mark.promise("Clients that leave are counted")
def test_so_is_one_that_leaves_before_the_answer_begins(server):
    address, port = server
    before = total(read(port), "cancellations_total", status="499")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{address}{HENON.replace('calculation', 'picture')}&steps=1000000000", timeout=0.5)
    until(lambda: total(read(port), "cancellations_total", status="499", route="/picture") == before + 1)


@pytest.mark.promise("Answers that fail midway are counted")
def test_an_answer_that_fails_midway_is_told_from_one_whose_client_left(server):
    address, port = server
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{address}{HENON}&format=csv")
    after = read(port)
    assert (total(after, "broken_off_total", format="csv"), total(after, "cancellations_total", format="csv")) == (1, 0)


@pytest.mark.promise("Metrics say what runs")
def test_it_says_what_runs(server):
    metrics = read(server[1])
    assert total(metrics, "build_info", version=__version__) == 1
    assert total(metrics, "process_resident_memory_bytes") > 1e6 or sys.platform != "linux"


STARTING = """
import asyncio, sys
from attractor.api.app import create_app

async def start():
    messages = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive():
        await asyncio.sleep(0.3)
        return {"type": next(messages)}

    async def send(message):
        print(message["type"])

    await create_app()({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)

asyncio.run(start())
print(*{"prometheus_client", "opentelemetry.sdk"} & {*sys.modules})
"""


@pytest.mark.promise("Nothing of metrics or traces is loaded, and nothing listens, unless asked for")
def test_nothing_is_loaded_unless_asked_for():
    for environment, loaded in (({}, ""), ({"ATTRACTOR_METRICS_PORT": "0"}, "prometheus_client")):
        command, given = [sys.executable, "-c", STARTING], {**os.environ, **environment}
        result = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True)
        assert result.stdout.split("\n") == ["lifespan.startup.complete", "lifespan.shutdown.complete", loaded, ""]


@pytest.mark.promise("Metrics are served on the address that is set and on no other")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
@pytest.mark.parametrize(("host", "other"), [("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")])
def test_they_are_served_on_the_address_that_is_set_and_on_no_other(host, other):
    settings = Settings(workers=1, metrics_port=free_ports(1), metrics_host=host)
    asyncio.run(expose(Metrics(), settings))
    assert httpx.get(f"http://{host}:{settings.metrics_port}/metrics").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{other}:{settings.metrics_port}/metrics")


@pytest.mark.promise("Each worker has a port for metrics")
def test_each_worker_has_a_port():
    port = free_ports(2)
    with running_server(WORKERS="2", ATTRACTOR_METRICS_PORT=str(port)) as (address, _):
        for _ in range(10):
            httpx.get(address + HENON)
        assert sum(total(read(each), "requests_total", route="/calculation") for each in (port, port + 1)) == 10


@pytest.mark.promise("A worker gets the port for metrics of the one it replaces")
def test_a_worker_waits_for_the_port_of_the_one_it_replaces(caplog):
    settings = Settings(workers=1, metrics_port=free_ports(1))

    async def replaced():
        with socket.create_server(("127.0.0.1", settings.metrics_port)):
            exposing = asyncio.ensure_future(expose(Metrics(), settings))
            await asyncio.sleep(0.1)
        await exposing

    asyncio.run(replaced())
    assert "no port for metrics" in caplog.text
    assert total(read(settings.metrics_port), "build_info") == 1
