"""`python -m api`: what it prints, and that it stops when told to."""

import signal
import subprocess
import sys

import httpx

from tests.conftest import ROOT, running_server


def test_it_serves_with_several_workers_and_stops_on_sigterm():
    with running_server(WORKERS="2") as (address, process):
        for _ in range(20):
            assert httpx.get(f"{address}/health/ready", timeout=30).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_it_prints_the_example_url_before_it_serves():
    with running_server() as (_, process):
        assert "/calculation?system=modified-lorenz&x0=1&y0=2" in process.stdout.readline()


def test_a_wrong_argument_is_answered_with_the_right_ones():
    result = subprocess.run([sys.executable, "-m", "api", "serv"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1
    assert "python -m api compile" in result.stderr


def test_a_wrong_setting_ends_it_with_one_line():
    result = subprocess.run(
        [sys.executable, "-m", "api"], cwd=ROOT, env={"PORT": "http"}, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "PORT" in result.stderr
