"""Terraform, needed by everything here: where it is not, that is said loudly, and in CI it is a failure."""

import os
import shutil

import pytest

MISSING = "terraform is not on PATH: NOTHING OF terraform/ WAS TESTED"


@pytest.fixture(autouse=True, scope="session")
def terraform() -> None:
    if not shutil.which("terraform"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
