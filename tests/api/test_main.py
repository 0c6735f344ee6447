"""`attractor serve`: what it prints, and that it stops when told to."""

import signal
import subprocess
import sys
import time

import httpx
import pytest

from attractor.api.formats import FORMATS
from tests.conftest import ROOT, Patient, get_patiently, running_server, stream_patiently
from tests.waiting import until

BILLION = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=1000000000&format=npy"


@pytest.mark.promise("A stop exits with 0")
@pytest.mark.promise("Answers that do not end within the drain are broken off")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_answer_on_its_way_holds_a_stopping_server_no_longer_than_the_drain(workers):
    with (
        running_server(WORKERS=workers, ATTRACTOR_DRAIN_SECONDS="1") as (address, process),
        stream_patiently(address + BILLION) as answer,
    ):
        assert "/calculation?system=modified-lorenz&x0=1&y0=2" in process.stdout.readline()  # before it serves
        for _ in range(20):
            assert httpx.get(f"{address}/health/ready", timeout=300).status_code == 200
        received = answer.iter_raw()
        next(received)
        begin = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx.TransportError):  # what did not end well is not whole
            until(lambda: not next(received))  # who reads on is cut off by nothing else
        assert process.wait(timeout=300) == 0
        assert time.perf_counter() - begin >= 1


@pytest.mark.promise("Answers that end within the drain are whole")
def test_an_answer_that_ends_within_the_drain_is_whole():
    with (
        running_server(ATTRACTOR_DRAIN_SECONDS="300") as (address, process),
        stream_patiently(address + BILLION.replace("000000&", "0000&")) as answer,
    ):
        received = answer.iter_raw()
        size = len(next(received))
        process.send_signal(signal.SIGTERM)
        time.sleep(1)  # what is not read keeps the answer from ending before the server would break it off
        assert size + sum(map(len, received)) == int(answer.headers["content-length"])
        assert process.wait(timeout=300) == 0


FEW = """
from attractor.core.catalogue import SYSTEMS
for name in {*SYSTEMS} - {"modified-lorenz", "henon"}:
    del SYSTEMS[name]
from attractor.api.serve import serve
serve()
"""


def test_it_serves_without_uvloop_where_there_is_none():
    program = "import sys; sys.modules['uvloop'] = None; from attractor.api.serve import serve; serve()"
    with running_server("-c", program) as (address, process), Patient(base_url=address, timeout=300) as client:
        whole = client.get("/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=300000&format=npy")
        assert (whole.status_code, len(whole.content)) == (200, int(whole.headers["content-length"]))
        assert client.get("/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3").json()[0] == {"n": 1, "x": 1.0, "y": 0.0}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=300) == 0


def test_what_a_start_leaves_in_the_cache_is_all_that_requests_for_orbits_use(tmp_path):
    with running_server("-c", FEW, NUMBA_CACHE_DIR=str(tmp_path)) as (address, _):
        compiled = sorted(tmp_path.rglob("*"))
        assert compiled
        for name in FORMATS:
            url = f"{address}/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=2000&format={name}"
            assert get_patiently(url).status_code == 200
    assert sorted(tmp_path.rglob("*")) == compiled


LOADING = """
import sys
from attractor.api import app, warmup
known = {*sys.modules}
warmup.load_kernels()
print(*sys.modules.keys() - known)
"""


def test_a_start_imports_nothing_for_what_its_kernels_inline():
    for _ in range(2):  # the first compiles those that are not cached
        imported = subprocess.check_output([sys.executable, "-c", LOADING], cwd=ROOT, text=True)
    assert imported.split() == []


def test_a_wrong_argument_is_answered_with_the_right_ones():
    result = subprocess.run([sys.executable, "-m", "attractor", "serv"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 2
    assert "No such command 'serv'. Did you mean 'serve'?" in result.stderr


def test_a_system_that_there_is_not_is_answered_with_those_there_are():
    command = [sys.executable, "-m", "attractor", "compile", "henom"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 2
    assert "henom" in result.stderr
    assert "henon" in result.stderr


def test_a_wrong_setting_ends_it_with_one_line():
    result = subprocess.run(
        [sys.executable, "-m", "attractor", "serve"], cwd=ROOT, env={"PORT": "http"}, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "PORT" in result.stderr
