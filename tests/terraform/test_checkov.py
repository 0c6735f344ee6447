"""checkov finds nothing in the sources and nothing in the plans; each skip is needed, and says why in a sentence.

terraform/compliance holds production to what a skip leaves to the caller.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.conftest import EXAMPLES
from tests.terraform.stack import IGNORED, TERRAFORM

pytestmark = pytest.mark.xdist_group("policy")

SKIP = re.compile(r" *#checkov:skip=(\w+):(.*)\n")
OFFLINE = ["--skip-download", "--download-external-modules=false"]
PLAN = ["--framework=terraform_plan", "--repo-root-for-plan-enrichment"]  # then the sources' skips count for the plan


def checked(policy: Path, *arguments: str | Path) -> dict[str, Any]:
    result = subprocess.run(
        [policy / "checkov", *arguments, *OFFLINE, "--compact", "--output=json"], capture_output=True, text=True
    )
    assert result.returncode in (0, 1), result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["results"]["parsing_errors"] == []
    assert report["summary"]["passed"] > 100
    return report


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


def test_nothing_is_found_in_the_sources(policy):
    assert failed(checked(policy, "-d", TERRAFORM, "--framework=terraform")) == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_found_in_a_plan(policy, plans, name):
    assert failed(checked(policy, "-f", plans[name], *PLAN, TERRAFORM)) == set()


def test_every_skip_is_needed_and_a_missing_protection_is_found(policy, plans, bare):
    found = failed(checked(policy, "-d", bare, "--framework=terraform"))
    found |= failed(checked(policy, "-f", plans["minimal"], *PLAN, bare))
    assert found == {(check, source) for check, source, _ in skips(TERRAFORM)} | {
        ("CKV_AWS_51", "modules/registry/main.tf")
    }


def test_every_skip_gives_its_reason_in_a_sentence():
    for check, source, reason in skips(TERRAFORM):
        assert re.fullmatch(r"[A-Z].*\.", reason), f"{source}: {check}"
        assert len(reason.split()) >= 6, f"{source}: {check}"
