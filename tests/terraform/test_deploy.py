"""`make deploy` where it must stop: each time with a sentence, and with nothing waiting for what is not there."""

import json

import pytest

from tests.terraform.stack import Stack, deploy, emulated_aws, example


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with emulated_aws() as aws:
        yield example("minimal", tmp_path_factory.mktemp("deploy"), aws)


def kinds(stack: Stack) -> set[str]:
    """The kinds of resource that were made."""
    state = json.loads((stack.folder / "terraform.tfstate").read_text())
    return {each["type"] for each in state["resources"] if each["mode"] == "managed"}


def test_wrong_variables_end_it_before_anything_is_made(stack):
    refused = deploy(stack, "--tag", "latest", "--no-build", "--yes")
    assert refused.returncode == 1
    assert "image_tag: write a tag that always means the same image" in refused.stderr
    assert not (stack.folder / "terraform.tfstate").exists()


def test_without_a_yes_nothing_is_made(stack):
    refused = deploy(stack, "--tag", "0.9.0", "--no-build")
    assert refused.returncode == 1
    assert not (stack.folder / "terraform.tfstate").exists()


def test_a_missing_image_is_found_before_a_service_waits_for_it(stack):
    refused = deploy(stack, "--tag", "0.9.0", "--no-build", "--yes")
    assert refused.returncode == 1
    assert "The registry has no image" in refused.stderr
    assert "attractor-minimal:0.9.0. Push it" in refused.stderr
    assert kinds(stack) == {"aws_kms_key", "aws_ecr_repository", "aws_ecr_lifecycle_policy"}


def test_a_folder_without_a_configuration_is_told_which_has_one(tmp_path, stack):
    stack.folder, before = tmp_path, stack.folder
    refused = deploy(stack, "--no-build")
    stack.folder = before
    assert refused.returncode == 2
    assert "try terraform/examples/minimal" in refused.stderr
