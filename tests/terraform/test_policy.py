"""The plans hold to the rules: terraform-compliance's scenarios, each seen to fail where it is broken, and checkov's.

checkov finds nothing, and each of its skips is needed and says why; the scenarios hold production to what a skip leaves
to the caller.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.terraform.faults import BOOTSTRAP, DEPLOYS, FAULTS, SWEEP
from tests.terraform.stack import IGNORED, REGION, TERRAFORM, Stack, emulated_aws, stack, stack_with_sweeps

SCENARIOS = TERRAFORM / "compliance"
TAGS = {
    "trial": ["--tags=not production and not bootstrap and not sweep"],
    "production": ["--tags=not bootstrap and not sweep"],
    "bootstrap": ["--tags=bootstrap"],
    "sweep": ["--tags=not production and not bootstrap"],
}
"""The scenarios that each plan is held to; "sweep" is a trial with sweeps."""
EVERY = FAULTS | BOOTSTRAP | SWEEP
SKIP = re.compile(r" *#checkov:skip=(\w+):(.*)\n")
OFFLINE = ["--skip-download", "--download-external-modules=false"]
PLAN = ["--framework=terraform_plan", "--repo-root-for-plan-enrichment"]  # then the sources' skips count for the plan


@pytest.fixture(scope="module")
def policy() -> Path:
    """Where the command-line tools of requirements/policy.txt are."""
    return ROOT / ".venv-policy" / "bin"


@pytest.fixture(scope="module")
def plans(tmp_path_factory) -> dict[str, Path]:
    """The real plan of each, as JSON, in a file. The key is there already, so that they know its ARN."""
    folder = tmp_path_factory.mktemp("plans")
    found = {}
    with emulated_aws() as aws:
        for name in TAGS:
            (folder / name).mkdir()
            if name == "bootstrap":
                github = {"github_repository": "example/attractor", "github_deploys": [DEPLOYS]}
                made = Stack(folder / name, name, aws, aws_region=REGION, **github)
            else:
                made = stack_with_sweeps(folder / name, aws) if name == "sweep" else stack(name, folder / name, aws)
                made.run(
                    "apply", "-input=false", "-auto-approve", "-target=aws_kms_key.this", "-target=aws_kms_key.global"
                )
            found[name] = folder / f"{name}.json"
            found[name].write_text(json.dumps(made.plan()))
    return found


def complied(policy: Path, plan: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [policy / "terraform-compliance", "-f", SCENARIOS, "-p", plan, "--no-ansi", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def runs(policy, plans, tmp_path_factory) -> dict[str, dict[str, set[str]]]:
    """For each plan the scenarios that ran, and the states of their steps."""
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
    named = {}
    for scenario, fault in EVERY.items():
        plan = json.loads(plans[plan_of(scenario)].read_text())
        del plan["planned_values"]  # the same again, without what is unknown
        named[scenario] = fault(plan)
        (folder / f"{scenario}.json").write_text(json.dumps(plan))
    hook = Path(__file__).parent / "radish"
    result = complied(policy, plans["production"], f"--basedir={hook}", f"--user-data=faults={folder}")
    assert result.returncode == 0, result.stderr
    return {name: (named[name], json.loads((folder / f"{name}.failures").read_text())) for name in EVERY}


def plan_of(scenario: str) -> str:
    """The plan that a fault is put into."""
    return "bootstrap" if scenario in BOOTSTRAP else "sweep" if scenario in SWEEP else "production"


def test_every_scenario_holds(runs):
    assert len(runs["trial"]) >= 25
    for name in {name for plan in TAGS for name in runs[plan]}:
        assert {"passed"} in (runs[plan].get(name) for plan in TAGS), f"{name}: never ran to its end"


def test_every_scenario_has_a_fault(runs):
    assert set(runs["production"]) == set(FAULTS)
    assert set(runs["trial"]) <= set(FAULTS)
    assert set(runs["bootstrap"]) == set(BOOTSTRAP)
    assert set(runs["sweep"]) == set(SWEEP) | set(runs["trial"])


@pytest.mark.parametrize("scenario", EVERY)
def test_a_fault_fails_its_scenario_alone(failures, scenario):
    named, failed = failures[scenario]
    messages = failed.pop(scenario, [])
    assert messages, "the scenario still passes"
    assert all(named in message for message in messages)
    # Where a fault leaves out all of a kind, what else is said of that kind has nothing to say it of.
    absent = f"Failure: Can not find {named} defined in target terraform plan."
    assert all(message == absent for other in failed.values() for message in other)


def failed(report: dict[str, Any]) -> set[tuple[str, str]]:
    """Which checks, and in which file."""
    return {(check["check_id"], check["file_path"].lstrip("/")) for check in report["results"]["failed_checks"]}


def skips(folder: Path) -> list[tuple[str, str, str]]:
    """Which checks, in which file, and why."""
    return [
        (check, str(source.relative_to(folder)), reason)
        for source in folder.rglob("*.tf")
        if ".terraform" not in source.parts
        for check, reason in SKIP.findall(source.read_text())
    ]


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """The sources without their skips, and with one protection less: an image tag may be moved."""
    folder = tmp_path_factory.mktemp("bare") / "terraform"
    shutil.copytree(TERRAFORM, folder, ignore=IGNORED)
    for source in folder.rglob("*.tf"):
        source.write_text(SKIP.sub("", source.read_text()).replace('"IMMUTABLE"', '"MUTABLE"'))
    return folder


# To start checkov takes longer than most of its runs, and to end it a second: each run is a fork, which just ends.
CHECKOV = """
import json, os, sys
from checkov.main import Checkov
for report, arguments in json.load(sys.stdin).items():
    if os.fork() == 0:
        sys.stdout = open(report, "w")
        code = Checkov(arguments).run()
        sys.stdout.flush()
        os._exit(code)
    assert os.WEXITSTATUS(os.wait()[1]) in (0, 1)
"""


@pytest.fixture(scope="module")
def reports(policy, plans, bare, tmp_path_factory) -> dict[str, dict[str, Any]]:
    """What checkov says of the sources and of the plans, with the skips and without."""
    folder = tmp_path_factory.mktemp("checkov")
    runs = {
        "sources": ["-d", TERRAFORM, "--framework=terraform"],
        "bare sources": ["-d", bare, "--framework=terraform"],
        **{name: ["-f", plan, *PLAN, TERRAFORM] for name, plan in plans.items()},
        **{f"bare {name}": ["-f", plans[name], *PLAN, bare] for name in ("trial", "production", "sweep")},
    }
    given = {str(folder / name): [*map(str, run), *OFFLINE, "--compact", "--output=json"] for name, run in runs.items()}
    subprocess.run([policy / "python", "-c", CHECKOV], input=json.dumps(given), text=True, check=True)
    found = {name: json.loads((folder / name).read_text()) for name in runs}
    for report in found.values():
        assert report["results"]["parsing_errors"] == []
        assert report["summary"]["passed"] > 20
    return found


def test_nothing_is_found_in_the_sources(reports):
    assert failed(reports["sources"]) == set()


@pytest.mark.parametrize("name", TAGS)
def test_nothing_is_found_in_a_plan(reports, name):
    assert failed(reports[name]) == set()


def test_every_skip_is_needed_and_a_missing_protection_is_found(reports):
    found = {each for name, report in reports.items() if name.startswith("bare") for each in failed(report)}
    assert found == {(check, source) for check, source, _ in skips(TERRAFORM)} | {
        ("CKV_AWS_51", "bootstrap/registry.tf")
    }


def test_every_skip_gives_its_reason_in_a_sentence():
    for check, source, reason in skips(TERRAFORM):
        assert re.fullmatch(r"[A-Z].*\.", reason), f"{source}: {check}"
        assert len(reason.split()) >= 6, f"{source}: {check}"
