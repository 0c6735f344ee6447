"""`make deploy` where it must stop: each time with a sentence, and with nothing waiting for what is not there."""

import shutil
import subprocess
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from tests.conftest import ROOT
from tests.terraform.stack import REPOSITORY, TERRAFORM, deploy, emulated_aws, environment, of_revision, stack

TRIAL = (TERRAFORM / "variables/trial.tfvars").read_text()
ABSENT = ("--image", f"{REPOSITORY}:0.9.0")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with emulated_aws() as aws:
        yield stack("trial", tmp_path_factory.mktemp("deploy"), aws)


@pytest.fixture
def write(made):
    """Write the variables file; it is as in the repository again afterwards."""
    file = made.folder / "variables/trial.tfvars"
    yield file.write_text
    file.write_text(TRIAL)


def nothing_is_made(made):
    return made.run("state", "list", check=False).stdout == ""


def test_wrong_variables_end_it_before_anything_is_made(made, write):
    write(TRIAL.replace("cpu       = 512", "cpu       = 500"))
    refused = deploy(made, *ABSENT, "--yes")
    assert refused.returncode == 1
    assert "cpu: Fargate offers 256, 512" in " ".join(refused.stderr.replace("│", " ").split())  # it wraps lines
    assert nothing_is_made(made)


def test_every_variable_that_does_not_exist_is_named(made, write):
    write(
        TRIAL + 'clustername = "shared" # {\nsettings_ = { cpu = 1 }\nwhatever = <<EOT\nname = "x"\nEOT\n/* a = 1 */\n'
    )
    refused = deploy(made, *ABSENT, "--yes")
    assert refused.returncode == 1
    assert (
        "trial.tfvars sets what is no variable: clustername (did you mean cluster_name?), settings_ (did you mean "
        "settings?), whatever. terraform/variables.tf lists those that are." in refused.stderr
    )


def test_without_a_yes_nothing_is_made(made):
    refused = deploy(made, "--image", f"{REPOSITORY}:latest")
    assert refused.returncode == 1
    assert "Nothing was applied." in refused.stderr
    assert refused.stdout.count("Terraform will perform the following actions") == 1
    assert nothing_is_made(made)


def test_a_missing_image_is_found_before_a_service_waits_for_it(made):
    refused = deploy(made, *ABSENT, "--yes")
    assert refused.returncode == 1
    assert f"The registry has no image {REPOSITORY}:0.9.0. Push it" in refused.stderr
    assert nothing_is_made(made)


def test_a_missing_image_fails_a_plain_plan_too(made):
    refused = made.run("plan", "-input=false", f"-var=image={ABSENT[1]}", check=False)
    assert refused.returncode == 1
    assert "reading ECR Images" in refused.stderr  # as docs/runbook.md quotes it
    assert "data.aws_ecr_image.named" in refused.stderr


def test_what_answers_as_another_revision_was_not_deployed(monkeypatch, address):
    """The old one, that is, or what a cache has kept."""
    source = spec_from_file_location("deploying", TERRAFORM / "deploy.py")
    deploying = module_from_spec(source)
    source.loader.exec_module(deploying)
    monkeypatch.setattr(deploying, "SMOKE_SECONDS", -1)
    with of_revision("0123456789ab", address) as url:
        deploying._smoke(url, "0123456789ab")
        with pytest.raises(SystemExit, match="it answers as revision 0123456789ab, and ba9876543210 was deployed"):
            deploying._smoke(url, "ba9876543210")
    with pytest.raises(SystemExit, match=r"is not ready after .* docs/runbook.md says what to look at"):
        deploying._smoke(url, None)


def test_a_file_that_is_not_there_is_answered_with_one_that_is(made, write):
    (made.folder / "variables/trial.tfvars").unlink()
    refused = deploy(made)
    write(TRIAL)
    assert refused.returncode == 2
    assert "try variables/trial.tfvars" in refused.stderr


@pytest.mark.parametrize(("changed", "refused"), [("core/more.py", True), ("terraform/variables/trial.tfvars", False)])
def test_only_what_the_image_holds_must_be_committed(tmp_path, changed, refused):
    """In a clone: what a commit does not name would be in no image's name."""
    clone = tmp_path / "clone"
    git = ("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-C", str(clone))
    shutil.copytree(TERRAFORM, clone / "terraform", ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
    (clone / "core").mkdir()
    for name in ("Dockerfile", ".gitignore"):
        shutil.copy(ROOT / name, clone)
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "all")):
        subprocess.run([*git, *arguments], check=True)
    with (clone / changed).open("a") as file:
        file.write("\n# changed\n")
    (clone / "terraform/backend.tf").write_text("")
    tools = tmp_path / "tools"  # that which comes after the commit's name ends it
    tools.mkdir()
    (tools / "terraform").write_text("#!/bin/sh\necho reached >&2\nexit 1\n")
    (tools / "docker").write_text("")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    path = environment()["PATH"]
    python = ROOT / ".venv/bin/python"
    ended = subprocess.run(
        [python, clone / "terraform/deploy.py", "variables/trial.tfvars", "--yes"],
        env=environment(PATH=f"{tools}:{path}"),
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert ("What the image holds has changes" in ended.stderr) == refused
    assert ("reached" in ended.stderr) != refused


def test_the_environment_of_a_deployment_is_small():
    """A clone is not to wait for it: what it installs is boto3, and what that needs."""
    locked = (ROOT / "requirements/deploy.txt").read_text()
    names = {line.partition("==")[0] for line in locked.splitlines() if "==" in line}
    assert names == {"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"}
