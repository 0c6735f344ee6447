"""The service answers as its OpenAPI document says, whatever it is asked: Schemathesis, every check on, every endpoint.

Of sound queries, which must be answered; of those with one parameter changed; and of any.
"""

import json
import os
import subprocess
from collections import Counter

import pytest

from attractor.api.endpoints.analyses import RESOURCES
from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT, running_server

CASES = int(os.environ.get("FUZZ_CASES", "20000"))
SEED = os.environ.get("FUZZ_SEED", "1")

BOUNDS = {  # so that any case is cheap
    "ATTRACTOR_MAX_STEPS": "20000",
    "ATTRACTOR_MAX_TEXT_RECORDS": "5000",
    "ATTRACTOR_MAX_BINARY_RECORDS": "5000",
    "ATTRACTOR_MAX_PARQUET_RECORDS": "5000",
    "ATTRACTOR_MAX_POINTS": "500",
    "ATTRACTOR_MAX_SECONDS": "5",
    "ATTRACTOR_MAX_DIGITS": "60",
    "ATTRACTOR_MAX_DECIMAL_WORK": "10000000",
}


DEAR = ["/picture", "/fixed-points", "/basins"]  # a tenth as many cases of each

CONFIGURATION = """
workers = 2
request-timeout = 300
continue-on-failure = true
warnings = false
seed = {seed}
[generation]
max-examples = {cases}
[[operations]]
include-path = {dear}
[operations.generation]
max-examples = {fewer}
"""

ONLY_FUZZING = """
[phases]
examples.enabled = false
coverage.enabled = false
stateful.enabled = false
"""

LENIENT = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "404", "406"]
"""

RULES = {
    # Whatever is not answered is a failure.
    "sound": ONLY_FUZZING,
    # Sound but for one parameter, which keeps to its own schema and may still not go with the others.
    "mixed": ONLY_FUZZING + LENIENT,
    # Which inputs are required depends on the system, so what keeps to each parameter's schema may be refused.
    "any": LENIENT,
}


def declarations(resources):
    """What each kind of query declares, for the fuzzer, which runs without the service's packages."""
    return {
        resource.path: {
            of: {
                "sweeps": kind.sweeps,
                "cheap": kind.cheap,
                "formats": list(resource.formats),
                "inputs": {system.name: kind.inputs_of(system) for system in SYSTEMS.values()},
            }
            for of, kind in resource.kinds.items()
        }
        for resource in resources
    }


@pytest.mark.promise("No 5xx but the 503 of a busy service; every answer is as the OpenAPI document says")
@pytest.mark.parametrize(
    ("queries", "paths", "share", "each"),  # of all cases, at least; of those for each endpoint that is cheap, at most
    [
        ("sound", "^/", 0.25, 1 / 6),
        ("any", "^/[a-e]", 0.15, 5 / 12),  # Hypothesis ends some early
        ("any", "^/([^a-e]|$)", 0.4, 5 / 32),
        ("mixed", "^/", 0.2, 5 / 16),
    ],
)
def test_every_answer_is_as_the_document_says(queries, paths, share, each, tmp_path):
    counts, configuration = tmp_path / "counts.json", tmp_path / "schemathesis.toml"
    cases = round(CASES * share)
    numbers = {"cases": 1 + round(cases * each), "fewer": 1 + round(cases * each / 10)}
    configuration.write_text(CONFIGURATION.format(seed=SEED, dear=DEAR, **numbers) + RULES[queries])
    with running_server(**BOUNDS) as (address, server):
        known = {"FUZZ_ADDRESS": address, "FUZZ_QUERIES": queries, "FUZZ_COUNTS": str(counts)}
        known["FUZZ_ENDPOINTS"] = json.dumps(declarations(RESOURCES))
        run = subprocess.run(
            [
                ROOT / ".venv-fuzz/bin/schemathesis",
                f"--config-file={configuration}",
                "run",
                f"{address}/openapi.json",
                "--checks=all",
                "--max-response-time=300",  # the machine may be busy
                f"--include-path-regex={paths}",
                f"--mode={'all' if queries == 'any' else 'positive'}",
            ],
            cwd=ROOT,
            env={**os.environ, **known, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT)},
            text=True,
            stdout=subprocess.PIPE,
        )
        server.terminate()
        log = server.communicate()[1]
    by_status = Counter()
    for path, status, count, milliseconds in sorted(json.loads(counts.read_text())):
        print(f"{path:20} {status} {count:7}, on average {milliseconds:.1f} ms")
        by_status[status] += count
    print(f"{queries}: {by_status.total()} cases, {by_status[200] / by_status.total():.0%} of them answered with 200")
    assert run.returncode == 0, run.stdout
    assert by_status.total() >= cases
    assert by_status[200] >= by_status.total() * {"sound": 0.85, "mixed": 0.2, "any": 0}[queries]
    assert "Traceback" not in log
    assert "ERROR" not in log
