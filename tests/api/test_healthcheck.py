"""The health check asks the service on loopback, and says in one line why it fails."""

import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.conftest import ROOT, running_server


def check(port, host="127.0.0.1"):
    environment = {**os.environ, "PORT": str(port), "HOST": host}
    command = [sys.executable, "-m", "attractor", "health"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_it_passes_where_the_service_is_ready(address):
    result = check(address.rpartition(":")[2])
    assert (result.returncode, result.stdout) == (0, "ready\n")


def test_addresses_of_ipv6_are_told_as_urls_have_them_and_asked():
    known = Path("/proc/net/if_inet6")
    lines = [line.split() for line in known.read_text().splitlines()] if known.exists() else []
    if not lines:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("this machine speaks no IPv6: NOTHING WAS ASKED BY IT")
    zoned = [f"{':'.join(re.findall('....', line[0]))}%{line[5]}" for line in lines if line[0].startswith("fe80")]
    with running_server(HOST="::") as (address, process):
        port = address.rpartition(":")[2]
        assert address == f"http://[::]:{port}"
        assert process.stdout.readline().startswith("Try http://[::]:0/calculation?")
        for host in ("::", "::1", *zoned):
            result = check(port, host)
            assert (result.returncode, result.stdout) == (0, "ready\n"), host


def test_it_fails_where_the_port_is_none():
    result = check("http")
    assert (result.returncode, result.stdout, result.stderr) == (1, "PORT is 'http', which is no port\n", "")
    result = check(99_999)
    assert (result.returncode, result.stdout.count("\n"), result.stderr) == (1, 1, "")


def test_it_fails_where_nothing_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        result = check(port)
    assert result.returncode == 1
    assert result.stdout.startswith(f"no answer on port {port}: ")
    assert result.stdout.count("\n") == 1
    assert not result.stderr


@pytest.mark.promise("The health check fails where the answer is another")
@pytest.mark.parametrize(
    ("answer", "reason"), [(b"HTTP/1.1 503 no\r\n\r\n", "status 503 on port"), (b"hello\r\n\r\n", "no answer on port")]
)
def test_it_fails_where_the_answer_is_another(answer, reason):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once():
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        threading.Thread(target=once).start()
        result = check(listening.getsockname()[1])
    assert result.returncode == 1
    assert result.stdout.startswith(reason)


LIGHT = {
    "attractor.api.healthcheck, attractor.__main__": {"numba", "numpy", "litestar", "uvicorn", "msgspec"},
    "attractor.api.serve": {"numba", "numpy", "litestar"},  # what starts workers serves nothing itself
}


@pytest.mark.parametrize(("modules", "heavy"), LIGHT.items())
def test_it_loads_nothing_that_takes_long(modules, heavy):
    code = f"import sys, {modules}; print(*{heavy} & {{*sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
