"""What is logged: JSON where stderr is no terminal, else readable lines; and nobody can forge one."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import ROOT, running_server

HENON = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3"
FORGING = "/x%0A%7B%22level%22:%22info%22%7D%0D%1B%5B2J%C2%85%E2%80%A8%22%5C"
FAILING = """
from attractor.api.serve import serve
from attractor.api.endpoints.lyapunov import LyapunovQuery

def fail(*_):
    raise RuntimeError("a fault\\nof two lines")

LyapunovQuery.answer = fail
serve()
"""


def everything(address):
    """Requests of every kind; the answers by their paths."""
    paths = [HENON, f"{HENON}&steps=5000&format=csv", f"{HENON}&steps=0&x0=%0a%22", FORGING, "/health/live",
             HENON.replace("calculation", "lyapunov")]  # fmt: skip
    answers = {path: httpx.get(address + path, headers={"accept-encoding": "identity"}) for path in paths}
    with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) as connection:
        connection.sendall(b"not http\n\n\r\n\r\n")
        connection.recv(1000)
    return answers


def ended(process):
    """All that was logged since the server listened."""
    process.send_signal(signal.SIGTERM)
    return process.stderr.read()


@pytest.fixture(scope="module")
def logged():
    with running_server("-c", FAILING, ATTRACTOR_ACCESS_LOG="true") as (address, process):
        answers = everything(address)
        text = ended(process)
    lines = [json.loads(line) for line in text.strip().split("\n")]
    requests = [line for line in lines if line["logger"] == "attractor.requests" and line["path"] != "/health/ready"]
    return answers, lines, requests, text


@pytest.mark.promise("Every line of the log is an object in ASCII, whoever logs it")
def test_every_line_is_an_object_whoever_logs_it(logged):
    _, lines, _, text = logged
    assert text.isascii()
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["time"])
        assert line["level"] in ("info", "warning", "error")
        assert line["message"]
    assert {"uvicorn.error", "attractor.requests", "attractor.api.http.handler"} <= {line["logger"] for line in lines}


@pytest.mark.promise("Each request has one line in the log, whatever it holds")
def test_each_request_has_one_line_whatever_it_holds(logged):
    answers, _, requests, _ = logged
    ids = [response.headers["x-request-id"] for response in answers.values()]
    assert [line["request_id"] for line in requests] == ids
    assert [line["status"] for line in requests] == [response.status_code for response in answers.values()]
    assert requests[3]["path"] == '/x\n{"level":"info"}\r\x1b[2J\x85\u2028"\\'


@pytest.mark.promise("A line of the log says what was asked for and what it cost")
def test_it_says_what_was_asked_for_and_what_it_cost(logged):
    answers, _, (short, long, refused, *_), _ = logged
    assert (short["method"], short["path"], short["message"]) == ("GET", "/calculation", "answered")
    assert f"</calculation?{short['query']}>" in answers[HENON].headers["link"]
    assert (short["format"], short["steps"], short["arithmetic"]) == ("json", 20, "double")
    assert (long["format"], long["steps"], long["arithmetic"]) == ("csv", 5000, "double")
    assert 0 < short["kernel_seconds"] + short["encoding_seconds"] <= short["seconds"] < 10
    for line, response in zip((short, long, refused), answers.values(), strict=False):
        assert line["bytes"] == len(response.content)
    assert refused["query"] == f"{HENON.partition('?')[2]}&steps=0&x0=%0a%22"


@pytest.mark.promise("A failure is one line with its traceback and the request")
def test_a_failure_is_one_line_with_its_traceback_and_the_request(logged):
    answers, lines, requests, _ = logged
    (failure,) = [line for line in lines if line["logger"] == "attractor.api.http.handler"]
    assert failure["request_id"] == requests[-1]["request_id"]
    assert "RuntimeError: a fault\nof two lines" in failure["exception"]
    assert requests[-1]["level"] == "warning"
    assert [r.status_code for r in answers.values()][-1] == 500


@pytest.mark.promise("Requests need not be logged")
def test_requests_need_not_be_logged():
    with running_server(ATTRACTOR_ACCESS_LOG="false") as (address, process):
        everything(address)
        text = ended(process)
    assert "attractor.requests" not in text
    assert "Invalid HTTP" in text  # what is wrong is


@pytest.mark.promise("No client forges a line on a terminal, or moves its cursor")
def test_on_a_terminal_lines_are_readable_and_stay_lines():
    terminal, end = pty.openpty()
    command, environment = [sys.executable, "-m", "attractor", "serve"], {**os.environ, "PORT": "0", "WORKERS": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=end, stdout=subprocess.DEVNULL)
    os.close(end)
    with open(terminal, newline="\r\n", encoding="utf-8") as lines:
        address = next(found[1] for line in lines if (found := re.search(r"running on (http://\S+)", line)))
        for path in (HENON, FORGING, "/x%0A%1B%5B2Jy", "/x%20status=200"):
            httpx.get(address + path, headers={"x-request-id": "mine"})
        process.send_signal(signal.SIGTERM)
        short, *forging = (next(lines) for _ in range(4))
        try:
            rest = lines.read()
        except OSError:  # how Linux tells the end of a terminal
            rest = ""
    assert process.wait(300) == 0
    assert re.match(r"\d\d:\d\d:\d\d INFO     answered request_id=mine method=GET path=/calculation query=", short)
    assert "status=200" in short
    for line in forging:
        assert "request_id=mine" in line
        assert " status=404" in line
        assert line.removesuffix("\r\n").isprintable()
    assert 'path="/x status=200"' in forging[-1]
    assert "2J" not in rest
