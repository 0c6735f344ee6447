"""Overload is delay, whatever causes it, and nothing that is merely many."""

import asyncio

import pytest

from attractor.api.endpoints.calculation import Calculation
from attractor.api.http.exchange import Exchange
from attractor.api.http.handler import Endpoint
from attractor.api.limits import overload
from attractor.api.limits.memory_budget import Budget, Full
from attractor.api.limits.overload import Load
from attractor.api.limits.scheduler import Jobs
from attractor.api.settings import Settings
from attractor.api.telemetry.metrics import Metrics


@pytest.fixture
def clock(monkeypatch):
    """The time, which tests set, and in which the loop works all the time."""
    now = [100.0]
    monkeypatch.setattr(overload, "thread_time", lambda: now[0])
    monkeypatch.setattr(overload, "perf_counter", lambda: now[0])
    return now


CROWD = ("crowd",) * 20


def noted(load, clock, *delays, crowd=CROWD):
    """Notes such delays in seconds, of something due 10 ms after the one before, and each time a request of each."""
    for delay in delays:
        for client in crowd:
            load.note_request(client)
        clock[0] += 0.010 + delay
        load.note_delay(delay)


def test_a_loop_that_is_late_time_after_time_is_overloaded_and_trusted_again_by_and_by(clock):
    load = Load()
    noted(load, clock, *[0.05] * 5)
    assert load.headroom("crowd") == 0
    clock[0] += 0.75
    assert 0 < load.headroom("crowd") < 1
    clock[0] += 2
    assert load.headroom("crowd") == 1


@pytest.mark.parametrize("delays", [(0.010,) * 100, (0.9,), (0.05, 0.05, 0.0, 0.05, 0.05), (0.024,) * 50])
def test_one_delay_or_small_ones_are_no_overload(clock, delays):
    load = Load()
    noted(load, clock, *delays)
    assert load.headroom("") == 1
    assert load.greatest == max(delays)


@pytest.mark.parametrize("worked", [0, 0.2])
def test_a_loop_that_others_keep_from_working_is_not_overloaded(clock, monkeypatch, worked):
    """Others are other processes, and this one's threads, which hold the interpreter while they import a library."""
    monkeypatch.setattr(overload, "thread_time", lambda: clock[0] * worked)
    load = Load()
    noted(load, clock, *[0.05] * 50)
    assert load.headroom("crowd") == 1


@pytest.mark.parametrize(("delay", "crowd"), [(0.05, 2), (0.5, 2), (0.5, 50)])
def test_what_so_few_requests_cannot_have_caused_is_no_overload(clock, delay, crowd):
    """One after the other, each of which loads what it needs on the loop's thread."""
    load = Load()
    noted(load, clock, *[delay] * 50, crowd=CROWD[:1] * crowd)
    assert load.headroom("crowd") == 1


@pytest.mark.promise("A loop that does not keep up is overloaded, and lets nothing in that needs a thread")
def test_an_overloaded_loop_lets_nothing_in_that_needs_a_thread(clock):
    jobs = Jobs(1)
    jobs.begin(0.001)
    noted(jobs.load, clock, *[0.05] * 5)
    for seconds in (0.001, 1):
        with pytest.raises(Full):
            jobs.begin(seconds, "crowd")


@pytest.mark.promise("Who asks less than others is let in while they overload the loop")
def test_who_asks_less_than_others_is_let_in_while_they_overload_the_loop(clock):
    load = Load()
    noted(load, clock, *[0.05] * 5, crowd=["A"] * 200 + ["B"] * 4)
    load.note_request("C")
    assert [load.headroom(client) for client in "ABCD"] == [0, 1, 1, 1]
    for _ in range(3):  # periods
        clock[0] += 2
        noted(load, clock, *[0.05] * 5, crowd=["B"] * 20)
    assert [load.headroom(client) for client in "ABC"] == [1, 0, 1]


def test_while_equals_overload_the_loop_none_of_them_is_let_in(clock):
    load = Load()
    noted(load, clock, *[0.05] * 5, crowd=[str(client) for client in range(1000)])
    assert load.headroom("7") == 0


def test_the_delay_of_the_loop_is_seen(clock):
    """Time passes here only where something holds the loop up."""

    async def held_up():
        load = Load()
        watching = asyncio.ensure_future(load.watch())
        await asyncio.sleep(0.05)
        clock[0] += 3
        while load.greatest < 1:
            await asyncio.sleep(0.01)
        watching.cancel()
        return load.greatest

    assert 2.9 < asyncio.run(held_up()) <= 3


QUERY = b"system=henon&x0=0.1&y0=0&a=1.4&b=0.3"


@pytest.mark.promise("A thousand trifles at once are no overload")
@pytest.mark.parametrize(
    ("method", "query", "given", "status"),
    [
        ("GET", b"system=none", {}, 400),
        ("GET", QUERY, {b"accept": b"image/png"}, 406),
        ("GET", QUERY, {b"if-none-match": b"*"}, 304),
        ("GET", QUERY + b"&steps=1", {}, 200),
    ],
)
def test_a_thousand_trifles_at_once_refuse_nobody(method, query, given, status):
    jobs, metrics = Jobs(1), Metrics()
    endpoint = Endpoint(Calculation(), Settings(), jobs, Budget(1 << 30), 1)
    statuses = []

    async def send(message):
        statuses.append(message.get("status", status))

    async def asked():
        exchange = Exchange(metrics.tallies, send, method, "/calculation", given, b"1", [])
        scope = {"method": method, "query_string": query, "client": ("192.0.2.1", 1), "exchange": exchange}
        await endpoint(scope, None, send)

    async def many():
        for _ in range(10):  # times around
            await asyncio.gather(*(asked() for _ in range(100)))
            jobs.begin(0.001, "192.0.2.1")
            jobs.begin(1, "192.0.2.1")

    asyncio.run(many())
    assert statuses == [status] * 2000
