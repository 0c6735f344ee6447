"""terraform-compliance over the real plans: every scenario holds, and each is seen to fail where its rule is broken."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.terraform.faults import FAULTS

pytestmark = pytest.mark.xdist_group("policy")

SCENARIOS = ROOT / "terraform" / "compliance"
TAGS = {"minimal": ["--tags=not production"], "production": []}


def complied(policy: Path, plan: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [policy / "terraform-compliance", "-f", SCENARIOS, "-p", plan, "--no-ansi", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def runs(policy, plans, tmp_path_factory) -> dict[str, dict[str, set[str]]]:
    """For each example the scenarios that ran, and the states of their steps."""
    folder = tmp_path_factory.mktemp("compliance")
    found = {}
    for name, plan in plans.items():
        result = complied(policy, plan, f"--cucumber-json={folder / name}", *TAGS[name])
        assert result.returncode == 0, result.stdout
        found[name] = {
            scenario["name"]: {step["result"]["status"] for step in scenario["steps"]}
            for feature in json.loads((folder / name).read_text())
            for scenario in feature["elements"]
        }
    return found


@pytest.fixture(scope="module")
def failures(policy, plans, tmp_path_factory) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """For each scenario, over the plan with its fault: what the failure must name; what failed, with which messages."""
    folder = tmp_path_factory.mktemp("faults")
    whole = plans["production"].read_text()
    named = {}
    for scenario, fault in FAULTS.items():
        plan = json.loads(whole)
        del plan["planned_values"]  # the same again, without what is unknown
        named[scenario] = fault(plan)
        (folder / f"{scenario}.json").write_text(json.dumps(plan))
    hook = Path(__file__).parent / "radish"
    result = complied(policy, plans["production"], f"--basedir={hook}", f"--user-data=faults={folder}")
    assert result.returncode == 0, result.stderr
    return {name: (named[name], json.loads((folder / f"{name}.failures").read_text())) for name in FAULTS}


def test_every_scenario_holds(runs):
    assert len(runs["minimal"]) >= 25
    for name in {**runs["minimal"], **runs["production"]}:
        assert {"passed"} in (runs[example].get(name) for example in TAGS), f"{name}: never ran to its end"


def test_every_scenario_has_a_fault(runs):
    assert set(runs["production"]) == set(FAULTS)
    assert set(runs["minimal"]) <= set(FAULTS)


@pytest.mark.parametrize("scenario", FAULTS)
def test_a_fault_fails_its_scenario_alone(failures, scenario):
    named, failed = failures[scenario]
    messages = failed.pop(scenario, [])
    assert messages, "the scenario still passes"
    assert all(named in message for message in messages)
    # Where a fault leaves out all of a kind, what else is said of that kind has nothing to say it of.
    absent = f"Failure: Can not find {named} defined in target terraform plan."
    assert all(message == absent for other in failed.values() for message in other)
