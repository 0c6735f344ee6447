"""Signals, in any order and number: nothing is lost, nothing is logged as an error, and every process ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import ROOT, running_server, serving, stream_patiently
from tests.waiting import until

LONG = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=3000000&format=npy"

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")


def descendants(pid):
    """The process ids of all that `pid` started, and those have."""
    found = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child, *descendants(child)}
    return found


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def unexpected(lines):
    """Lines that are no record, or one of an error."""
    return [line for line in lines if not line.startswith("{") or json.loads(line)["level"] == "error"]


@pytest.mark.promise("Signals in any number drain once")
@pytest.mark.parametrize(
    ("workers", "signals"),
    [
        ("1", [SIGTERM, SIGTERM]),
        ("1", [SIGHUP, SIGTERM]),
        ("1", [SIGTERM, SIGHUP, SIGINT, SIGTERM]),
        ("2", [SIGHUP, SIGTERM]),
        ("2", [SIGTERM, SIGHUP, SIGINT, SIGTERM]),
        ("2", [SIGINT, SIGTERM]),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(signal.name for signal in each),
)
def test_repeated_signals_lose_nothing_and_log_no_error(workers, signals):
    with running_server(WORKERS=workers) as (address, process):
        started = descendants(process.pid)
        with stream_patiently(address + LONG) as answer:
            received = answer.iter_raw()
            size = len(next(received))
            for each in signals:
                process.send_signal(each)
                time.sleep(0.3)
            assert size + sum(map(len, received)) == int(answer.headers["content-length"])
        assert process.wait(300) == 0
        until(lambda: not any(map(lives, started)))
        assert unexpected(process.stderr.read().splitlines()) == []


def test_sigint_twice_waits_for_nobody():
    with running_server(ATTRACTOR_DRAIN_SECONDS="3600") as (address, process):
        with stream_patiently(address + LONG.replace("3000000", "1000000000")) as answer:
            next(answer.iter_raw())
            process.send_signal(SIGINT)
            time.sleep(0.3)
            process.send_signal(SIGINT)
            assert process.wait(300) == 0
        assert unexpected(process.stderr.read().splitlines()) == []


@pytest.mark.promise("SIGHUP drains the one worker")
def test_sighup_drains_the_one_worker():
    with running_server() as (address, process), stream_patiently(address + LONG) as answer:
        received = answer.iter_raw()
        size = len(next(received))
        process.send_signal(SIGHUP)
        time.sleep(0.3)
        assert size + sum(map(len, received)) == int(answer.headers["content-length"])
        assert process.wait(300) == 0
        assert unexpected(process.stderr.read().splitlines()) == []


def test_sighup_replaces_several_workers_one_by_one_and_drains_each():
    with running_server(WORKERS="2") as (address, process):
        old = serving(process)
        with stream_patiently(address + LONG) as answer:
            received = answer.iter_raw()
            size = len(next(received))
            process.send_signal(SIGHUP)
            until(lambda: serving(process) - old)
            assert size + sum(map(len, received)) == int(answer.headers["content-length"])
        until(lambda: not old & serving(process) and len(serving(process)) == 2)
        assert httpx.get(f"{address}/health/ready", timeout=300).status_code == 200
        process.send_signal(SIGTERM)
        assert process.wait(300) == 0
        assert unexpected(process.stderr.read().splitlines()) == []


@pytest.mark.promise("Workers end with a parent that is killed, and leave its port")
def test_workers_end_with_a_parent_that_is_killed_and_leave_its_port():
    with running_server(WORKERS="2", ATTRACTOR_DRAIN_SECONDS="3600", ATTRACTOR_UNREADY_SECONDS="3600") as (
        address,
        process,
    ):
        started = descendants(process.pid)
        with stream_patiently(address + LONG.replace("3000000", "1000000000")) as answer:
            next(answer.iter_raw())
            process.kill()
            until(lambda: not any(map(lives, started)))
        place = urlsplit(address)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((place.hostname, place.port))


@pytest.mark.promise("A stop while kernels are compiled ends every process")
@pytest.mark.parametrize(("workers", "again"), [("1", True), ("2", False)], ids=["1 twice", "2 once"])
def test_a_stop_while_kernels_are_compiled_ends_every_process(tmp_path, workers, again):
    environment = {**os.environ, "PORT": "0", "WORKERS": workers, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "attractor", "serve"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        until(lambda: list(tmp_path.rglob("*.kernel")))  # so some are compiled, and others are not
        started = descendants(process.pid)
        assert started
        process.send_signal(signal.SIGTERM)
        if again:
            process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
        said = process.stderr.read()  # all of whoever holds it
    until(lambda: not any(map(lives, started)))
    assert unexpected(said.splitlines()) == []
    assert "startup complete" not in said
