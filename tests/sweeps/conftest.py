"""Sweeps of small grids, cut into shards as small as those of great ones are beside them."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from attractor.commands import run
from attractor.sweeps import plan
from tests.conftest import ROOT

SMALL = "from attractor.sweeps import plan; plan._LEAST_SECONDS = 1e-6"
"""What cuts them so, for a process of its own."""

PLANE = "/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:40&b=0.1:0.3:40&steps=200&transient=50"
"""A plane of 40 shards."""


@pytest.fixture
def attractor(capfd, monkeypatch) -> Callable[..., tuple[int, str, str]]:
    """The exit code of a command, and what it writes."""
    monkeypatch.setattr(plan, "_LEAST_SECONDS", 1e-6)

    def ran(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            run(list(map(str, arguments)))
        out, error = capfd.readouterr()
        return end.value.code or 0, out, error

    return ran


def started(
    *arguments: object, first: str = "", stderr: int = subprocess.PIPE, **environment: str
) -> subprocess.Popen[str]:
    """A command in a process group of its own, which begins with a line of Python."""
    code = f"{first or 'pass'}; {SMALL}; from attractor.__main__ import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", f"if __name__ == '__main__':\n    {code}", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )
