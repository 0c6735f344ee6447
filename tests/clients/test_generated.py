"""A client that openapi-python-client generates returns every number: its answers are those of plain requests."""

import json
import os
import subprocess

import httpx
import pytest

from tests.conftest import ROOT

TOOLS = ROOT / ".venv-clients/bin"
HENON = {"system": "henon", "x0": 0.1, "y0": 0.0, "a": 1.4, "b": 0.3}
OVER_A = {**HENON, "a": "1.2:1.4:3"}
ASKED = [
    ("orbits", "calculation", HENON),
    ("orbits", "calculation", {**HENON, "precision": "decimal"}),
    ("orbits", "ensemble", {**HENON, "x0": "0,0.1", "steps": 7}),
    ("analyses", "lyapunov", {**OVER_A, "steps": 100}),
    ("analyses", "lyapunov", {"system": "logistic", "x0": 0.5, "r": 2.0}),  # whose exponent is -Infinity
    ("analyses", "bifurcation", {**OVER_A, "kept": 3}),
    ("analyses", "fixed_points", {"system": "henon", "a": "1.2,1.4", "b": 0.3, "period": 2}),
    ("analyses", "horizon", HENON),
    ("analyses", "basins", {**HENON, "x0": "-1:1:5", "y0": "-1:1:5", "steps": 100}),
]
FORMS = ["json", "columns"]
QUESTIONS = [
    (tag, name, {**values, "format": form}, is_posted)
    for tag, name, values in ASKED
    for form in FORMS
    for is_posted in (False, True)
]


@pytest.fixture(scope="module")
def found(address: str, tmp_path_factory):
    """What a generated client holds of the answer to each question."""
    folder = tmp_path_factory.mktemp("generated")
    document, settings = folder / "openapi.json", folder / "settings.json"
    document.write_bytes(httpx.get(f"{address}/openapi.json").content)
    are_bytes = ("image/png", "image/svg+xml", "application/x-npy", "application/vnd.apache.arrow.stream")
    overridden = dict.fromkeys(are_bytes, "application/octet-stream")
    settings.write_text(json.dumps({"content_type_overrides": overridden}))
    command = [TOOLS / "openapi-python-client", "generate", "--path", document, "--meta", "none", "--fail-on-warning"]
    with_tools = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}
    made = subprocess.run(
        [*command, "--config", settings, "--output-path", folder / "client"],
        env=with_tools,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    done = subprocess.run(
        [TOOLS / "python", ROOT / "tests/clients/generated.py", address],
        env={**os.environ, "PYTHONPATH": str(folder)},
        input=json.dumps([(tag, name, values, is_posted) for tag, name, values, is_posted in QUESTIONS]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_it_holds_all_that_plain_requests_get(client, found):
    for (_, name, values, is_posted), held in zip(QUESTIONS, found, strict=True):
        plain = client.get(f"/{name.replace('_', '-')}", params=values)
        assert plain.status_code == 200
        assert held == plain.json(), (name, values, is_posted)
