"""Whose turn it is on the threads that compute, and who is let in."""

import asyncio
import socket
import time
from contextlib import closing
from threading import Event

import pytest

from attractor.api.limits.memory_budget import Full
from attractor.api.limits.scheduler import Jobs
from attractor.api.server.event_loop import Loop
from tests.waiting import PATIENCE

SLICE = 0.011  # seconds, a little more than work may take before it pauses


def work(name, slices, log):
    for _ in range(slices):
        log.append(name)
        time.sleep(SLICE)
        yield
    return name


def begun(jobs, log, *wanted):
    """All parts of work of such names, estimated seconds, slices and clients, asked for while one thread is busy."""

    async def all_done():
        nobody = asyncio.get_running_loop().create_future()
        busy = jobs.begin(0.001).result(work("busy", 3, []), nobody)
        parts = [
            jobs.begin(seconds, *client).result(work(name, slices, log), nobody)
            for name, seconds, slices, *client in wanted
        ]
        assert await asyncio.gather(busy, *parts) == ["busy", *(name for name, *_ in wanted)]

    asyncio.run(all_done())
    return "".join(log)


def test_what_takes_little_is_computed_to_its_end_in_the_order_of_coming():
    assert begun(Jobs(1), [], ("a", 0.001, 3), ("b", 0.001, 3)) == "aaabbb"


def test_what_takes_long_takes_turns():
    assert begun(Jobs(1), [], ("A", 1, 4), ("B", 1, 4)) == "ABABABAB"


def test_what_takes_little_passes_what_takes_long():
    assert begun(Jobs(1), [], ("A", 1, 3), ("b", 0.001, 2)).index("b") <= 1  # A may have had the first turn


def test_what_takes_long_has_a_quarter_of_the_time():
    order = begun(Jobs(1), [], ("A", 1, 30), *[("b", 0.001, 3)] * 10)
    assert order[: order.rindex("b")].count("A") >= 9
    assert order.count("A") == 30


def test_what_takes_longer_than_was_thought_takes_turns():
    order = begun(Jobs(1), [], ("a", 0.001, 30), ("b", 0.001, 2))
    assert order.index("b") < 29


def test_a_job_that_fails_says_so_and_others_go_on():
    def failing():
        yield
        raise ZeroDivisionError

    async def asked():
        jobs, nobody = Jobs(1), asyncio.get_running_loop().create_future()
        with pytest.raises(ZeroDivisionError):
            await jobs.begin(0.001).result(failing(), nobody)
        assert await jobs.begin(0.001).result(work("a", 1, []), nobody) == "a"

    asyncio.run(asked())


def test_chunks_that_are_small_come_together_with_their_end():
    async def asked():
        jobs, nobody = Jobs(1), asyncio.get_running_loop().create_future()
        job, chunks = jobs.begin(0.001), iter([b"[", None, b"1", b"2" * (1 << 16), b"3", b"]"])
        assert await job.chunks(chunks, nobody) == ([b"["], False)  # the first at once
        assert [len(chunk) for chunk in (await job.chunks(chunks, nobody))[0]] == [1, 1 << 16]
        assert await job.chunks(chunks, nobody) == ([b"3", b"]"], True)

    asyncio.run(asked())


@pytest.mark.parametrize("threads", [1, 2])
def test_where_enough_waits_no_more_of_its_kind_is_let_in(threads):
    async def asked():
        jobs, nobody = Jobs(threads), asyncio.get_running_loop().create_future()
        parts = [jobs.begin(0.019).result(work("a", 3, []), nobody) for _ in range(6 * threads)]
        with pytest.raises(Full):
            jobs.begin(0.019)
        parts += [jobs.begin(1).result(work("A", 1, []), nobody) for _ in range(12 * threads)]
        with pytest.raises(Full):
            jobs.begin(1)
        await asyncio.gather(*parts)
        jobs.begin(1)
        jobs.begin(0.001)

    asyncio.run(asked())


def test_a_job_whose_client_leaves_is_settled_before_its_turn():
    async def asked():
        jobs = Jobs(1)
        gone, nobody, log = asyncio.get_running_loop().create_future(), asyncio.get_running_loop().create_future(), []
        others = [jobs.begin(1, client).result(work(client, 5, log), nobody) for client in "ABC"]
        left = jobs.begin(1, "D").result(work("D", 5, log), gone)
        await asyncio.sleep(0)  # by now they wait
        gone.set_result(None)
        assert await left is None
        assert not all(other.done() for other in others)
        await asyncio.gather(*others)
        assert log.count("D") <= 1

    asyncio.run(asked())


def test_the_longest_slice_is_known():
    def working():
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass
        yield
        return "a"

    async def asked():
        jobs, nobody = Jobs(1), asyncio.get_running_loop().create_future()
        assert await jobs.begin(0.001).result(working(), nobody) == "a"
        assert await jobs.begin(0.001).result(work("b", 1, []), nobody) == "b"
        assert jobs.longest >= 0.05

    asyncio.run(asked())


@pytest.mark.promise("Clients take turns on the threads, whatever each has waiting")
@pytest.mark.parametrize("seconds", [1, 0.001])
def test_clients_take_turns_whatever_each_has_waiting(seconds):
    order = begun(Jobs(1), [], *[("a", seconds, 1, "A")] * 5, ("b", seconds, 1, "B"), ("c", seconds, 1, "C"))
    assert len(order) == 7
    assert max(order.index("b"), order.index("c")) <= 3  # one of A's may have been first


def test_of_several_slices_that_take_little_a_client_waits_once():
    order = begun(Jobs(1), [], ("a", 0.001, 3, "A"), ("b", 0.001, 3, "B"), ("c", 0.001, 3, "A"))
    assert order == "aaabbbccc"


@pytest.mark.parametrize(("seconds", "most"), [(1, 12), (0.0099, 12)])
def test_one_client_leaves_room_for_another_and_has_a_quarter_beside_it(seconds, most):
    async def asked():
        jobs, nobody = Jobs(1), asyncio.get_running_loop().create_future()
        parts = []

        def ask(client):
            parts.append(jobs.begin(seconds, client).result(work("a", 1, []), nobody))

        for _ in range(most):
            ask("A")
        with pytest.raises(Full):
            jobs.begin(seconds, "A")
        for client in ("B", "C", "D", "E", "F"):  # each finds room
            ask(client)
        with pytest.raises(Full):
            jobs.begin(seconds, "A")
        await asyncio.gather(*parts)
        parts.clear()
        ask("B")
        for _ in range(4):
            ask("A")
        with pytest.raises(Full):
            jobs.begin(seconds, "A")
        await asyncio.gather(*parts)
        jobs.begin(seconds, "A")

    asyncio.run(asked())


@pytest.mark.parametrize("seconds", [1, 0.001])
def test_nobody_is_let_in_while_some_client_waits_too_long_for_its_turn(seconds, monkeypatch):
    async def asked():
        jobs, nobody, release = Jobs(1), asyncio.get_running_loop().create_future(), Event()

        def held():
            release.wait()
            return None
            yield

        parts = [jobs.begin(seconds, client).result(held(), nobody) for client in "AB"]
        await asyncio.sleep(0)
        jobs.begin(seconds, "C")
        monkeypatch.setattr("attractor.api.limits.turns.perf_counter", lambda: time.perf_counter() + 2)
        with pytest.raises(Full):
            jobs.begin(seconds, "C")
        release.set()
        await asyncio.gather(*parts)
        jobs.begin(seconds, "C")

    asyncio.run(asked())


def test_as_many_clients_as_would_wait_a_second_are_let_in():
    async def asked():
        jobs, nobody = Jobs(1), asyncio.get_running_loop().create_future()
        parts = [jobs.begin(1, str(client)).result(work("a", 1, []), nobody) for client in range(101)]
        with pytest.raises(Full):
            jobs.begin(1, "another")
        await asyncio.gather(*parts)

    asyncio.run(asked())


def test_many_connections_are_accepted_each_time_around():
    """libuv by itself accepts one."""
    accepted = []
    rounds = 0

    class Accepting(asyncio.Protocol):
        def connection_made(self, transport):
            accepted.append(rounds)
            transport.close()

    async def accepting():
        nonlocal rounds
        server = await asyncio.get_running_loop().create_server(Accepting, "127.0.0.1", 0, backlog=100)
        address = server.sockets[0].getsockname()
        clients = [socket.create_connection(address) for _ in range(60)]
        while len(accepted) < len(clients):
            rounds += 1
            await asyncio.sleep(0)
        for client in clients:
            client.close()
        server.close()
        await server.wait_closed()
        with closing(socket.socket()) as late:
            assert late.connect_ex(address) != 0  # none of the listeners is left

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(asyncio.wait_for(accepting(), PATIENCE))
    assert accepted[-1] - accepted[0] < 10
