"""The workflow: who may do what in it, and that what it runs is there. `make lint` looks at its form."""

import re

import yaml

from tests.conftest import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
JOBS = WORKFLOW["jobs"]


def steps(name):
    return [step for job in JOBS.values() for step in job["steps"] if name in step]


def test_only_what_pushes_and_what_applies_has_a_key():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    keyed = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    assert keyed == {name: {"contents": "read", "id-token": "write"} for name in ("push", "apply")}
    assert "refs/heads/main" in JOBS["push"]["if"]
    assert (JOBS["apply"]["environment"], JOBS["apply"]["needs"]) == ("production", "push")  # whose reviewers agree


def test_nothing_is_pushed_before_it_is_tested_on_both_architectures():
    assert JOBS["push"]["needs"] == "build"
    assert set(JOBS["build"]["needs"]) == {"lint", "test"}
    both = {"runner": ["ubuntu-24.04", "ubuntu-24.04-arm"]}
    assert JOBS["test"]["strategy"]["matrix"] == JOBS["build"]["strategy"]["matrix"] == both


def test_the_actions_of_others_are_named_by_their_commit():
    used = [step["uses"] for step in steps("uses")]
    assert len(used) > 5
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each)] == []


def test_what_is_run_is_a_target_of_make_or_the_script_that_tests_run():
    run = "\n".join(step["run"] for step in steps("run"))
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", run, re.MULTILINE)) == {"lint", "test", "sbom", "deploy"} <= there
    for script in re.findall(r"python3 (\S+)", run):
        assert (ROOT / script).is_file()
