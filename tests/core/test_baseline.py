"""A CPU that lacks what kernels are compiled for is told so by whatever would load them: SIGILL says nothing."""

import os
import platform
import subprocess
import sys

import pytest
from llvmlite.binding import get_host_cpu_features

from attractor.core.baseline import BASELINES, missing_features
from tests.conftest import ROOT

OTHER = {"x86_64": "neoverse-n1", "aarch64": "x86-64-v3"}[platform.machine()]
"""A baseline of which this CPU has nothing."""
SAID = f"This CPU lacks {', '.join(BASELINES[OTHER])}, which kernels compiled for {OTHER} use: run this on a newer one"
HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
PLANE = "/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:4&b=0.3&steps=20"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="what a CPU of another make lacks of an Arm is not known")
def test_what_a_cpu_lacks_of_a_baseline_is_told_by_the_names_of_llvm():
    known = get_host_cpu_features()
    assert set(BASELINES["x86-64-v3"]) <= set(known)
    assert missing_features("x86-64-v3") == [name for name in BASELINES["x86-64-v3"] if not known[name]]
    assert missing_features("neoverse-n1") == list(BASELINES["neoverse-n1"])
    assert missing_features("skylake") == missing_features("") == []


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of Python as it would be on a CPU that lacks all of a baseline."""
    environment = {**os.environ, "NUMBA_CPU_NAME": OTHER, "NUMBA_CPU_FEATURES": ""}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["compile", "henon"],
        ["get", f"/calculation?{HENON}&steps=100000"],
        ["get", f"/lyapunov?{HENON}"],
        ["verify", f"/lyapunov?{HENON}", "Makefile"],
        ["sweep", PLANE, "--out", "OUT", "--yes"],
        ["sweep", PLANE, "--out", "OUT", "--yes", "--part", "1/1"],
    ],
    ids=" ".join,
)
def test_every_command_that_loads_kernels_says_what_the_cpu_lacks(command, tmp_path):
    out = tmp_path / "out"
    found = ended("-m", "attractor", *(str(out) if word == "OUT" else word for word in command))
    assert found.returncode == 1
    assert found.stdout == ""
    assert SAID in found.stderr
    assert found.stderr.count("\n") == 1
    assert not out.exists()


def test_python_is_told_by_an_exception():
    found = ended("-c", "import attractor; attractor.lyapunov('henon', x0=0.1, y0=0, a=1.4, b=0.3)")
    assert found.returncode == 1
    assert f"TooOld: {SAID}" in found.stderr


@pytest.mark.parametrize("command", [["systems", "henon"], ["get", f"/calculation?{HENON}&steps=20"]], ids=" ".join)
def test_what_needs_no_kernel_works(command):
    found = ended("-m", "attractor", *command)
    assert (found.returncode, found.stderr) == (0, "")
