"""The service answers as its OpenAPI document says, whatever it is asked: Schemathesis, every check on, every endpoint.

Two runs: of sound queries, which must be answered, and of any, some of them sound ones with something else mixed in.
"""

import json
import os
import subprocess
from collections import Counter

import pytest

from tests.conftest import ROOT, running_server

CASES = int(os.environ.get("FUZZ_CASES", "20000"))
SEED = os.environ.get("FUZZ_SEED", "1")

BOUNDS = {  # so that any case is cheap
    "ATTRACTOR_MAX_STEPS": "20000",
    "ATTRACTOR_MAX_TEXT_RECORDS": "5000",
    "ATTRACTOR_MAX_BINARY_RECORDS": "5000",
    "ATTRACTOR_MAX_PARQUET_RECORDS": "5000",
    "ATTRACTOR_MAX_POINTS": "500",
    "ATTRACTOR_MAX_TOTAL_STEPS": "500000",
    "ATTRACTOR_MAX_DIGITS": "60",
    "ATTRACTOR_MAX_DECIMAL_WORK": "10000000",
}


@pytest.mark.parametrize("queries", ["sound", "any"])
def test_every_answer_is_as_the_document_says(queries, tmp_path):
    counts = tmp_path / "counts.json"
    with running_server(**BOUNDS) as (address, server):
        known = {"FUZZ_ADDRESS": address, "FUZZ_QUERIES": queries, "FUZZ_COUNTS": str(counts)}
        run = subprocess.run(
            [
                ROOT / ".venv-fuzz/bin/schemathesis",
                f"--config-file={ROOT / 'tests/fuzz' / queries}.toml",
                "run",
                f"{address}/schema/openapi.json",
                "--checks=all",
                f"--max-examples={CASES // 16}",  # for each of the eight endpoints that compute
                "--continue-on-failure",
                "--workers=2",
                "--warnings=off",
                *(["--mode=positive"] if queries == "sound" else []),
                f"--seed={SEED}",
            ],
            cwd=ROOT,
            env={**os.environ, **known, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT)},
            text=True,
            stdout=subprocess.PIPE,
        )
        server.terminate()
        log = server.communicate()[1]
    table = {(path, status): count for path, status, count in json.loads(counts.read_text())}
    by_status = Counter()
    for (path, status), count in sorted(table.items()):
        print(f"{path:20} {status} {count:7}")
        by_status[status] += count
    print(f"{queries}: {by_status.total()} cases, {by_status[200] / by_status.total():.0%} of them answered with 200")
    assert run.returncode == 0, run.stdout
    assert by_status.total() >= CASES // 2
    assert by_status[200] > by_status.total() * (0.9 if queries == "sound" else 0.2)
    assert "Traceback" not in log
    assert "ERROR" not in log
