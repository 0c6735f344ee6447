"""The bucket for Terraform's state is really made, and really holds one."""

import json

import pytest

from tests.terraform.stack import REGION, REPOSITORY, Stack, emulated_aws

LOOPBACK = ("skip_credentials_validation=true", "skip_metadata_api_check=true", "use_path_style=true")


@pytest.fixture(scope="module")
def aws():
    with emulated_aws() as aws:
        yield aws


def test_the_bucket_holds_a_state_as_the_output_says(aws, tmp_path):
    github = {"github_repository": "example/attractor", "github_deploys": ["attractor-production"]}
    bootstrap = Stack(tmp_path, "bootstrap", aws, aws_region=REGION, **github)
    bootstrap.run("apply", "-input=false", "-auto-approve")
    assert bootstrap.run("plan", "-input=false", "-detailed-exitcode", check=False).returncode == 0
    assert bootstrap.outputs["repository_url"] == REPOSITORY
    deployer = "arn:aws:iam::123456789012:role/attractor-production-deployer"
    assert bootstrap.outputs["deployer_role_arns"] == {"attractor-production": deployer}
    (bucket,) = aws.client("s3").list_buckets()["Buckets"]
    # The emulator reads no conditions, and so would refuse what comes by TLS too.
    aws.client("s3").delete_bucket_policy(Bucket=bucket["Name"])
    bootstrap.files = []
    for source in bootstrap.folder.glob("*.tf"):
        source.unlink()
    bootstrap.folder.joinpath("main.tf").write_text('resource "terraform_data" "kept" { input = "kept" }\n')
    bootstrap.folder.joinpath("backend.tf").write_text(bootstrap.outputs["backend"])
    bootstrap.folder.joinpath("terraform.tfstate").unlink()
    bootstrap.run("init", "-input=false", *(f"-backend-config={each}" for each in LOOPBACK))
    bootstrap.run("apply", "-input=false", "-auto-approve")
    state = aws.client("s3").get_object(Bucket=bucket["Name"], Key="attractor/terraform.tfstate")
    assert [each["type"] for each in json.load(state["Body"])["resources"]] == ["terraform_data"]
    assert state["ServerSideEncryption"] == "aws:kms"
