"""A real server on a free port of loopback, one for each test process."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parent.parent

# On a busy machine an answer may be late: httpx gives up after 5 seconds by default, which is one object for all.
httpx._config.DEFAULT_TIMEOUT_CONFIG.read = PATIENCE
# Each httpx.get makes a client, and each client would read all certificates anew: ten times what asking takes.
httpx._transports.default.create_ssl_context = cache(httpx._transports.default.create_ssl_context)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, lest all wait for it in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/corpus/"))


@contextmanager
def running_server(
    *arguments: str, said: list[str] | None = None, cwd: Path = ROOT, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`attractor serve`, or Python with other arguments, with `environment` set.

    It logs no requests, since nobody would read that; what it says until it listens is added to `said`. Yields its
    address once it listens, and stops it by its process id.
    """
    process = subprocess.Popen(
        [sys.executable, *(arguments or ("-m", "attractor", "serve"))],
        cwd=cwd,
        env={**os.environ, "PORT": "0", "WORKERS": "1", "ATTRACTOR_ACCESS_LOG": "false", **environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        read: list[str] = [] if said is None else said
        for line in process.stderr:
            read.append(line)
            if found := re.search(r"running on (http://\S+)", line):
                break
        else:
            raise AssertionError(f"the server ended: {''.join(read)}")
        _wait_until_it_answers(found[1])
        yield found[1], process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=300)


@contextmanager
def application(**environment: str) -> Iterator[httpx.Client]:
    """A client of an application in this process: a server costs ten times as much, for a setting."""
    from litestar.testing import TestClient

    from attractor.api.app import create_app
    from attractor.api.settings import from_environment

    with TestClient(create_app(from_environment({"ATTRACTOR_ACCESS_LOG": "false", **environment}))) as client:
        yield client


def declaring(folder: Path, declaration: str) -> str:
    """A program that serves with a system more, which is read from its source in `folder`."""
    (folder / "declared.py").write_text(declaration)
    return f"import sys; sys.path.append({str(folder)!r}); import declared, attractor.api.serve as api; api.serve()"


def _wait_until_it_answers(address: str) -> None:
    """With several workers the parent speaks of an address before any worker listens on it."""

    def answered() -> httpx.Response | None:
        try:
            return httpx.get(f"{address}/health/ready", timeout=300).raise_for_status()
        except httpx.ConnectError:
            return None

    until(answered)


def serving(process: subprocess.Popen[str]) -> set[int]:
    """The process ids of a server's workers."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = set()
    for pid in children:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


@contextmanager
def connected(address: str, sent: bytes = b"") -> Iterator[socket.socket]:
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        yield connection


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


class Patient(httpx.Client):
    """A client that comes back when a busy service says so, as clients should."""

    def send(self, *arguments: Any, **named: Any) -> httpx.Response:
        end = time.monotonic() + PATIENCE
        while (answer := super().send(*arguments, **named)).status_code == 503 and "retry-after" in answer.headers:
            assert time.monotonic() < end, "it is busy all the time"
            answer.close()
            time.sleep(0.3)
        return answer


def get_patiently(url: str, **given: Any) -> httpx.Response:
    """The answer to a GET of a server that may be busy."""
    with Patient(timeout=300) as client:
        return client.get(url, **given)


@contextmanager
def stream_patiently(url: str, **given: Any) -> Iterator[httpx.Response]:
    """The same, of which nothing is read yet."""
    with Patient(timeout=300) as client, client.stream("GET", url, **given) as answer:
        yield answer


def parameters_of(document: dict, path: str) -> dict[str, dict]:
    """The parameters of a path by their names, as the OpenAPI document describes them."""
    shared = document["components"]["parameters"]
    parameters = document["paths"][path]["get"]["parameters"]
    return {p["name"]: p for p in (shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in parameters)}


def answer_of(document: dict, path: str) -> dict:
    """What the OpenAPI document says of the answer of a path that computes."""
    name = document["paths"][path]["get"]["responses"]["200"]["$ref"].rpartition("/")[2]
    return document["components"]["responses"][name]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with running_server() as (address, _):
        yield address


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with Patient(base_url=address) as client:
        yield client
