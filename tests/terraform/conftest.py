"""Terraform, needed by everything here: where it is not, that is said loudly, and in CI it is a failure."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.terraform.stack import emulated_aws, example

MISSING = "terraform is not on PATH: NOTHING OF terraform/ WAS TESTED"
EXAMPLES = ["minimal", "production"]


@pytest.fixture(autouse=True, scope="session")
def terraform() -> None:
    if not shutil.which("terraform"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)


@pytest.fixture(scope="session")
def policy() -> Path:
    """Where the command-line tools of requirements/policy.txt are."""
    return ROOT / ".venv-policy" / "bin"


@pytest.fixture(scope="session")
def plans(tmp_path_factory) -> dict[str, Path]:
    """The real plan of each example, as JSON, in a file. The key is there already, so that they know its ARN."""
    folder = tmp_path_factory.mktemp("plans")
    found = {}
    with emulated_aws() as aws:
        for name in EXAMPLES:
            (folder / name).mkdir()
            stack = example(name, folder / name, aws)
            stack.run("apply", "-input=false", "-auto-approve", "-target=module.attractor.aws_kms_key.this")
            found[name] = folder / f"{name}.json"
            found[name].write_text(json.dumps(stack.plan()))
    return found
