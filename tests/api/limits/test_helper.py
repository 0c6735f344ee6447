"""The process that makes answers beside a worker: it is killed, filled and stopped, and nobody else notices."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import NamedTuple

import httpx
import pytest

from attractor.api.limits import helper as helpers
from attractor.api.limits.helper import Helper, HelperEnded
from attractor.api.problems import BadQuery
from attractor.api.settings import Settings
from attractor.core.slicing import finish
from bench.http import cpu_seconds
from tests.api.limits.helped import children, ready_helper
from tests.conftest import running_server
from tests.waiting import PATIENCE, until

SHORT = "/fixed-points?system=henon&a=1.4&b=0.3"
SEARCH = f"{SHORT}&period=12"
LARGE = "/picture?of=density&system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=200000000&width=2000&height=2000"
"""Counts for seconds, and then draws what takes more memory than there was before."""
LONG = "/fixed-points?system=henon&a=1.39:1.4:30&b=0.3&period=12"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc, which Linux has")


class Helped(NamedTuple):
    """A service, its process and that of its helper, which is ready."""

    address: str
    worker: int
    helper: int


def is_gone(pid: int) -> bool:
    """Whether a process has ended, though nobody may have asked for its status yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def helped() -> Iterator[Helped]:
    with running_server() as (address, process):
        assert httpx.get(address + SEARCH).status_code == 200  # by the worker, whose helper begins meanwhile
        yield Helped(address, process.pid, ready_helper(process.pid))


@contextmanager
def searching(helped: Helped, path: str) -> Iterator["Future[httpx.Response]"]:
    """The answer to come, which the helper is at work on."""
    before = cpu_seconds(helped.helper)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.get, helped.address + path, timeout=PATIENCE)
        until(lambda: cpu_seconds(helped.helper) > before + 0.05)
        yield answer


def test_what_is_short_is_found_by_the_worker() -> None:
    with running_server() as (address, process):
        assert httpx.get(address + SHORT).status_code == 200
        assert children(process.pid) == []


HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
LOGISTIC = "system=logistic&x0=0.3&r=3.9"
SQUARE = "system=henon&x0=-2:2:200&y0=-2:2:200&a=1.4&b=0.3"
FILE = f"/calculation?{HENON}&steps=3000000&format=parquet"
"""Of tens of megabytes, so that it is not all made before its client has read of it."""
LOCKING = [
    SEARCH,
    f"/calculation?{HENON}&steps=1000000&format=parquet",
    f"/ensemble?{HENON.replace('y0=0', 'y0=0:0.1:300')}&keep=orbits&steps=2000&format=parquet",
    f"/calculation?{LOGISTIC}&steps=9000&precision=decimal&digits=400&format=csv",
    f"/calculation?{LOGISTIC}&steps=9000&precision=decimal&digits=400&format=arrow",
    f"/calculation?{LOGISTIC}&steps=1500&correct=300",
    f"/basins?{SQUARE}&format=json",
    f"/basins?{SQUARE}&format=npy",
    f"/horizon?{LOGISTIC}&steps=1000&format=parquet",
    f"/picture?{HENON}&steps=200000",
]


def test_a_helper_makes_the_same_answer(helped: Helped) -> None:
    with alone() as address:
        for path in LOCKING:
            before = cpu_seconds(helped.helper)
            for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"accept-encoding": "gzip"}), ("GET", PART)):
                found, expected = (
                    httpx.request(method, each + path, headers=headers) for each in (helped.address, address)
                )
                assert found.status_code == expected.status_code
                assert found.content == expected.content, path
                assert told(found) == told(expected), path
            assert cpu_seconds(helped.helper) > before, path


def told(answer: httpx.Response) -> list[tuple[str, str]]:
    """The headers, but for those of this one exchange."""
    return [(name, value) for name, value in answer.headers.multi_items() if name not in ("date", "x-request-id")]


PART = {"range": "bytes=100-199"}
ALONE = """
from attractor.api.limits.helper import Helper
Helper.takes = lambda *_: False
from attractor.api.serve import serve
serve()
"""


@contextmanager
def alone() -> Iterator[str]:
    """A service whose worker makes everything by itself."""
    with running_server("-c", ALONE) as (address, process):
        yield address
        assert children(process.pid) == []


@pytest.mark.promise("A helper that is killed is replaced, and what it did is done again")
def test_a_file_whose_helper_is_killed_midway_arrives_whole(helped: Helped) -> None:
    """However often, as long as each makes more of it: what another client asks for may end them."""
    whole = httpx.get(helped.address + FILE, timeout=PATIENCE).content
    with httpx.stream("GET", helped.address + FILE, timeout=PATIENCE) as answer:
        chunks, body, times = answer.iter_raw(), b"", 0
        for chunk in chunks:
            body += chunk
            if len(body) * 4 > len(whole) * (times + 1) and times < 3:
                times += 1
                kill_helpers(helped.worker)
    assert times == 3
    assert body == whole
    assert ready_helper(helped.worker, but=helped.helper)


def test_a_file_whose_helpers_end_at_the_same_part_is_broken_off(helped: Helped) -> None:
    with httpx.stream("GET", helped.address + FILE, timeout=PATIENCE) as answer, ThreadPoolExecutor(1) as pool:
        chunks = answer.iter_raw()
        next(chunks)
        is_over = Event()
        killing = pool.submit(lambda: [kill_helpers(helped.worker) for _ in iter(is_over.is_set, True)])
        with pytest.raises(httpx.RemoteProtocolError):
            b"".join(chunks)
        is_over.set()
        killing.result()
    assert httpx.get(helped.address + SHORT).status_code == 200


def kill_helpers(worker: int) -> None:
    for child in children(worker):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_a_helper_forgets_what_nobody_waits_for() -> None:
    helper = Helper(Settings())
    with closing(helper):
        path, _, query = FILE.partition("?")
        _, parts = finish(helper.write(path, query.encode()))
        assert next(part for part in parts if part)
        running = helper._running
        assert running is not None
        assert not running.dropped
        del parts
        assert len(running.dropped) == 1
        kept = finish(helper.write(path, query.encode()))  # by which it learns of that
        assert kept
        assert not running.dropped


def test_a_refusal_passes_through() -> None:
    helper = Helper(Settings())
    with pytest.raises(BadQuery) as refused:
        finish(helper.write("/fixed-points", b"system=henon&a=1.4&b=0.3&period=99&format=json"))
    helper.close()
    assert [fault.parameter for fault in refused.value.faults] == ["period"]


@pytest.mark.promise("A helper that is killed is replaced, and what it did is done again")
def test_a_killed_helper_is_replaced(helped: Helped) -> None:
    with searching(helped, SEARCH) as answer:
        os.kill(helped.helper, signal.SIGKILL)
        assert answer.result().status_code == 200
    assert ready_helper(helped.worker, but=helped.helper)


@pytest.mark.promise("What fills the helper's memory ends the helper, not the worker")
def test_a_filled_memory_ends_the_helper_alone(helped: Helped) -> None:
    with ThreadPoolExecutor(1) as pool:
        resource.prlimit(helped.helper, resource.RLIMIT_DATA, (1 << 20, 1 << 20))
        answer = pool.submit(httpx.get, helped.address + LARGE, timeout=PATIENCE)
        until(lambda: is_gone(helped.helper))
        again = ready_helper(helped.worker, but=helped.helper)
        resource.prlimit(again, resource.RLIMIT_DATA, (1 << 20, 1 << 20))
        refused = answer.result()
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/given-up")
    assert httpx.get(helped.address + SEARCH).status_code == 200


FAILING = """
import sys
from attractor.api.limits.helper import Asked
from attractor.api.server import helper
from attractor.api.settings import Settings

def failing():
    yield
    raise ImportError("failed to map segment from shared object")

works = {1: failing()}
helper._limit_memory(int(sys.argv[1]) << 20)
print(repr(helper._advance(works, Asked(1), Settings()).error), works)
"""


@pytest.mark.parametrize(("left", "ends_with"), [(8, -signal.SIGABRT), (256, 0)])
def test_whatever_is_raised_where_memory_ends_ends_the_helper(left: int, ends_with: int) -> None:
    limits = resource.RLIMIT_CORE, (0, 0)
    run = subprocess.run(
        [sys.executable, "-c", FAILING, str(left)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(*limits),
    )
    assert run.returncode == ends_with, run.stderr
    assert run.stdout == ("ImportError('failed to map segment from shared object') {}\n" if not ends_with else "")


def test_a_helper_that_cannot_begin_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "PROGRAM", "attractor.no_such_module")
    helper = Helper(Settings())
    with pytest.raises(HelperEnded):
        finish(helper.write("/fixed-points", b"system=henon&a=1.4&b=0.3"))
    helper.close()


def test_a_stopped_service_ends_its_helper(helped: Helped) -> None:
    with searching(helped, LONG) as answer:
        os.kill(helped.worker, signal.SIGINT)
        os.kill(helped.worker, signal.SIGINT)  # without waiting for answers
        until(lambda: is_gone(helped.worker) and is_gone(helped.helper))
        answer.exception()


def test_a_killed_worker_takes_its_helper_along(helped: Helped) -> None:
    with searching(helped, LONG) as answer:
        os.kill(helped.worker, signal.SIGKILL)
        until(lambda: is_gone(helped.helper))
        answer.exception()


def test_a_client_that_leaves_ends_the_search(helped: Helped) -> None:
    with httpx.Client(base_url=helped.address, timeout=0.5) as client, pytest.raises(httpx.ReadTimeout):
        client.get(LONG)
    httpx.get(helped.address + SEARCH)  # by which the helper learns of it
    idle = cpu_seconds(helped.helper)
    assert httpx.get(helped.address + SHORT).status_code == 200
    assert cpu_seconds(helped.helper) == idle
