"""The same bits on every x86 target; `make digests` runs it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ROOT
from tests.machines.digests import TARGETS

NAMES = os.environ.get("DIGESTS", "functions standard").split()


@pytest.mark.promise("Orbits and ensembles have the same bits on every machine")
def test_the_digests_are_those_of_every_target(tmp_path):
    def told(target):
        environment = {**os.environ, **TARGETS[target]}
        if TARGETS[target]:
            environment["NUMBA_CACHE_DIR"] = str(tmp_path / target)
        command = [sys.executable, "-m", "tests.machines.digests", *NAMES]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return run.stdout.splitlines()

    with ThreadPoolExecutor(2) as pool:
        here, *others = pool.map(told, TARGETS)
    assert [line.split()[0] for line in here] == NAMES
    assert others == [here] * (len(TARGETS) - 1)
