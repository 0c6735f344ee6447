"""Whose turn it is on the threads that compute, and who is let in."""

import asyncio
import socket
import time
from contextlib import closing

import pytest

from api.budget import Full
from api.crowd import Crowd
from api.jobs import Jobs
from api.loop import Loop

SLICE = 0.011  # seconds, a little more than work may take before it pauses


def work(name, slices, log):
    for _ in range(slices):
        log.append(name)
        time.sleep(SLICE)
        yield
    return name


def begun(jobs, log, *wanted):
    """All parts of work of such names, estimated seconds and slices, asked for while the one thread is busy."""

    async def all_done():
        nobody = asyncio.get_running_loop().create_future()
        busy = jobs.begin(0.001).result(work("busy", 3, []), nobody)
        parts = [jobs.begin(seconds).result(work(name, slices, log), nobody) for name, seconds, slices in wanted]
        assert await asyncio.gather(busy, *parts) == ["busy", *(name for name, _, _ in wanted)]

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
        parts = [jobs.begin(0.020).result(work("a", 3, []), nobody) for _ in range(5 * threads + 1)]
        with pytest.raises(Full):
            jobs.begin(0.001)
        parts += [jobs.begin(1).result(work("A", 1, []), nobody) for _ in range(8 * threads)]
        with pytest.raises(Full):
            jobs.begin(1)
        await asyncio.gather(*parts)
        jobs.begin(1)
        jobs.begin(0.001)

    asyncio.run(asked())


def calm(*rounds, wait=0.0):
    """How calm it is after so many requests came each time around."""

    async def coming():
        crowd = Crowd()
        for count in rounds:
            for _ in range(count):
                crowd.joined()
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(wait)
        return crowd.calm

    return asyncio.run(coming())


def test_many_requests_time_after_time_are_a_crowd_which_others_trust_to_be_gone_by_and_by():
    assert calm(20, 20, 20, 20) == calm(1, 1, 20, 20, 20, 20) == 0
    assert 0 < calm(20, 20, 20, 20, wait=0.6) < 1
    assert calm(20, 20, 20, 20, wait=2.5) == 1


def test_few_requests_or_many_for_a_moment_are_none():
    assert calm(4, 4, 4, 4, 4) == calm(20, 20, 20) == calm(20, 20, 1, 20, 20, 0, 20, 20, 20) == 1


def test_in_a_crowd_nothing_is_let_in_that_needs_a_thread():
    async def coming():
        jobs = Jobs(1)
        for _ in range(4):
            for _ in range(20):
                jobs.crowd.joined()
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        for seconds in (0.001, 1):
            with pytest.raises(Full):
                jobs.begin(seconds)

    asyncio.run(coming())


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
        runner.run(asyncio.wait_for(accepting(), 30))
    assert accepted[-1] - accepted[0] < 10
