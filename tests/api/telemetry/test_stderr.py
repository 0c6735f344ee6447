"""Where stderr is no terminal, each line on it is a record, whoever writes it."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT, running_server

SAYING = {
    "a warning": "import warnings; warnings.warn('SAID\\nin two lines', RuntimeWarning)",
    "NumPy's": "import numpy; numpy.float64(1e308) * numpy.float64(10)  # SAID: overflow",
    "a warning of a thread": "Thread(target=lambda: warnings.warn('SAID')).start()",
    "an exception": "raise RuntimeError('SAID')",
    "an exception of a thread": "Thread(target=lambda: int('SAID')).start()",
    "one that nobody can catch": "class A:\n    def __del__(self):\n        raise RuntimeError('SAID')\nA()",
    "what is printed": "print('SAID\\nin two lines', file=sys.stderr)",
    "a logger's": "logging.getLogger('other').warning('SAID')",
    "a logger's without sense": "logging.getLogger('SAID').warning('%d', 'x')",
    "a logger's that cannot be text": "logging.getLogger('api').warning('SAID \\udc80')",
    "the loop's": "async def main():\n    asyncio.get_running_loop().call_soon(lambda: int('SAID'))\n"
    "    await asyncio.sleep(0.1)\nasyncio.run(main())",
    "a task's": "async def fail(): int('SAID')\nasync def main():\n    t = asyncio.create_task(fail())\n"
    "    await asyncio.sleep(0.1)\n    del t\nasyncio.run(main())",
    "a server's thread": "import socketserver\nsocketserver.BaseServer(('SAID', 0), None).handle_error(None, 'SAID')",
    "a deprecation": "warnings.simplefilter('always'); warnings.warn('SAID', DeprecationWarning)",
}


@pytest.mark.promise("Every line on stderr is a log record, whoever says it")
@pytest.mark.parametrize("code", SAYING.values(), ids=SAYING)
def test_whoever_says_it(code):
    begun = "import asyncio, logging, sys, warnings\nfrom threading import Thread\n"
    begun += "from attractor.api.telemetry.logs import log_everything\nlog_everything()\n"
    done = subprocess.run([sys.executable, "-c", begun + code], cwd=ROOT, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines
    assert {*lines[0]} >= {"time", "level", "logger", "message"}
    assert "SAID" in done.stderr or "overflow" in done.stderr
    assert done.stdout == ""


SPOILT = """
import warnings
from threading import Thread
import attractor.api.app
from attractor.api.serve import serve
before = attractor.api.app.load_kernels

def load():
    warnings.warn("in the worker")
    Thread(target=lambda: int("in a thread")).start()
    before()

attractor.api.app.load_kernels = load
serve()
"""


def test_a_worker_says_nothing_else():
    said = []
    with running_server("-c", SPOILT, said=said) as (_, process):
        process.terminate()
        said += process.stderr
    lines = [json.loads(line) for line in said]
    assert any("in the worker" in line["message"] for line in lines)
    assert any("in a thread" in line.get("exception", "") for line in lines)


@pytest.mark.parametrize(
    "environment",
    [
        {"PORT": "http", "WORKERS": "1e3", "ATTRACTOR_RATE_LIMIT": "0/minute"},
        {"ATTRACTOR_MAX_STEP": "1"},
    ],
)
def test_a_refusal_at_start(environment):
    command = [sys.executable, "-m", "attractor", "serve"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) == len(environment)
    for name in environment:
        assert sum(name in line["message"] for line in lines) == 1
    assert {line["level"] for line in lines} == {"error"}


def test_a_port_that_is_taken(address):
    port = address.rpartition(":")[2]
    for workers in ("1", "2"):
        command, environment = [sys.executable, "-m", "attractor", "serve"], {"PORT": port, "WORKERS": workers}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode != 0
        assert [json.loads(line)["level"] for line in done.stderr.splitlines()].count("error") == 1
