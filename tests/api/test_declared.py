"""An endpoint is declared once: one that is added to those that there are is read, answered, described and warmed."""

import json
import subprocess
import sys

import jsonschema
import pytest

from attractor.core.edition import EDITION
from tests.conftest import ROOT, Patient, answer_of, parameters_of, running_server

ADDED = """
import sys
from typing import Annotated, ClassVar
from attractor.api.endpoints import analyses
from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.analysis_query import WHOLE, AnalysisQuery
from attractor.api.queries.parameters import Sweeps, Whole
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column

class CountQuery(AnalysisQuery, frozen=True, kw_only=True):
    times: Annotated[int, Whole("How often each point is counted.", 1, 5)] = 2

    path, title, description = "/count", "Counts", "How often each point is counted."
    columns = {"^times$": WHOLE}
    kernels = (lambda system: print("WARMED", system.name),)
    sweeps, cheap = Sweeps("start", 1, 2), {"times": (1, 3)}

    def estimate_seconds(self):
        return 1e-6 * self.points

    def answer(self, settings, threads):
        yield
        sweep = Sweep(self)
        shape = (*self.shape, 1)
        rows = lambda: ([(*row, self.times) for row in swept.tolist()] for _, _, swept in sweep.chunks())
        return Records(self, (*sweep.columns, Column("times", "whole")), self.points, shape, len(self.swept), rows)

analyses.RESOURCES += (Analysis({"": CountQuery}),)
"""
SERVING = ADDED + "from attractor.api.serve import serve; serve()"
TELLING = """
import json
from attractor.api.warmup import compile_kernels
from attractor.core.catalogue import SYSTEMS
from tests.fuzz.test_document import declarations
compile_kernels([SYSTEMS["henon"]])
print(json.dumps(declarations(analyses.RESOURCES)["/count"][""]))
"""
HENON = "/count?system=henon&y0=0&a=1.4&b=0.3"


@pytest.fixture(scope="module")
def client():
    with running_server("-c", SERVING) as (address, _), Patient(base_url=address) as client:
        yield client


def test_it_is_answered_in_each_format(client):
    answer = client.get(f"{HENON}&x0=0:1:2&times=03")
    assert answer.json() == {
        "query": {"system": "henon", "x0": "0:1:2", "y0": 0, "a": 1.4, "b": 0.3, "times": 3},
        "records": [{"x0": 0.0, "times": 3}, {"x0": 1.0, "times": 3}],
        "edition": EDITION,
    }
    assert f"{HENON.replace('y0', 'x0=0:1:2&y0').replace('0.3', '.3')}&times=3&format=json" in answer.headers["link"]
    assert client.get(f"{HENON}&x0=0,1&format=csv").text.split() == ["x0,times", "0.0,2", "1.0,2"]


def test_every_culprit_is_named(client):
    errors = client.get(f"{HENON.replace('y0=0&', '')}&x0=nan&times=6&steps=1").json()["errors"]
    assert [error["parameter"] for error in errors] == ["x0", "times", "steps", "y0"]


def test_it_is_described(client):
    document = client.get("/openapi.json").json()
    assert parameters_of(document, "/count")["times"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 5,
        "default": 2,
    }
    schema = answer_of(document, "/count")["content"]["application/json"]["schema"]
    jsonschema.validate(client.get(f"{HENON}&x0=0:1:2").json(), schema | {"components": document["components"]})


def test_it_is_warmed_and_fuzzed():
    said = subprocess.run([sys.executable, "-c", ADDED + TELLING], cwd=ROOT, capture_output=True, text=True, check=True)
    *warmed, declared = said.stdout.splitlines()
    assert warmed == ["WARMED henon"]
    assert json.loads(declared)["sweeps"] == ["start", 1, 2]
    assert json.loads(declared)["cheap"] == {"times": [1, 3]}
