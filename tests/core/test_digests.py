"""The same bits on every x86 target: what `make digests` does for every system, here for the functions and one map."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.core.digests import TARGETS


@pytest.mark.promise("Orbits and ensembles have the same bits on every machine")
def test_the_digests_are_those_of_every_target(tmp_path):
    names = os.environ.get("DIGESTS", "functions standard").split()
    found = {}
    for target, variables in TARGETS.items():
        environment = {**os.environ, **variables}
        if variables:
            environment["NUMBA_CACHE_DIR"] = str(tmp_path / target)
        command = [sys.executable, "-m", "tests.core.digests", *names]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        found[target] = run.stdout.splitlines()
    assert [line.split()[0] for line in found["here"]] == names
    assert found["haswell"] == found["here"]
    assert found["x86-64"] == found["here"]
