"""The same bits on every x86 target and of every choice that libraries make by the CPU; `make digests` runs it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from numpy._core import _multiarray_umath

from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT
from tests.machines.digests import NAMES
from tests.machines.symbols import foreign

DISPATCHED = _multiarray_umath.__cpu_dispatch__
# What libraries are told to take this CPU for.
PLAIN = {"NPY_DISABLE_CPU_FEATURES": " ".join(DISPATCHED), "OPENBLAS_CORETYPE": "Prescott"}
HASWELL = {"NPY_DISABLE_CPU_FEATURES": " ".join(f for f in DISPATCHED if "512" in f or "V4" in f)}
HASWELL["OPENBLAS_CORETYPE"] = "Haswell"


def told(names, **environment):
    """The lines that a process says of `names`."""
    command = [sys.executable, "-m", "tests.machines.digests", *names]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


@pytest.fixture(scope="module")
def here():
    """Those of this CPU."""
    names = [*dict.fromkeys((*NAMES, *SYSTEMS))]
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(told, (names[::2], names[1::2]))
    return {line for part in parts for line in part}


@pytest.mark.promise("What libraries choose by the CPU changes no answer")
def test_what_libraries_choose_by_the_cpu_changes_no_answer(here):
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda names: told(names, **PLAIN), ([*SYSTEMS][::2], [*SYSTEMS][1::2]))
    found = {line for part in parts for line in part}
    assert len(found) > 10 * len(SYSTEMS)
    assert not found - here


@pytest.mark.promise("Every answer has the same bits on every machine")
def test_what_is_compiled_for_other_cpus_gives_the_same_answers(here, tmp_path):
    targets = {
        "haswell": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2", **HASWELL},
        "x86-64": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "", **PLAIN},  # without fused multiply-add
    }

    def found(name):
        return told(NAMES, NUMBA_CACHE_DIR=str(tmp_path / name), **targets[name])

    expected = {line for line in here if line.split()[1] in NAMES}
    with ThreadPoolExecutor(2) as pool:
        for lines in pool.map(found, targets):
            assert not set(lines) ^ expected
    for name in targets:  # a fused multiply-add that the CPU has not, say, would be one of the C library
        kernels = [path.read_bytes() for path in (tmp_path / name / "kernels").iterdir()]
        assert len(kernels) >= len(NAMES)
        assert not foreign(kernels), name
