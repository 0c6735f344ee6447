"""What needs no AWS: form, validity, Terraform's own tests, and the sentence that answers each wrong variable."""

import json
import shutil
import subprocess

import pytest

from tests.terraform.stack import TERRAFORM, Aws, Stack, environment


@pytest.fixture(scope="module")
def variables_alone(tmp_path_factory):
    """A configuration of the root module's variables and nothing else, which Terraform checks in no time."""
    folder = tmp_path_factory.mktemp("variables")
    shutil.copy(TERRAFORM / "variables.tf", folder)
    return folder


@pytest.fixture(scope="module")
def nowhere():
    """No AWS; the provider is not asked for anything."""
    with Aws("http://127.0.0.1:9") as aws:
        yield aws


@pytest.fixture(scope="module")
def root(nowhere, tmp_path_factory):
    """The root module."""
    return Stack(tmp_path_factory.mktemp("root"), ".", nowhere)


def test_files_are_formatted(root):
    assert root.run("fmt", "-check", "-recursive", check=False).stdout == ""


def test_the_bootstrap_is_valid(nowhere, tmp_path):
    """What is planned elsewhere is valid there. Here alone Terraform itself starts the provider that is locked."""
    bootstrap = Stack(tmp_path, "bootstrap", nowhere)
    del bootstrap.environment["TF_REATTACH_PROVIDERS"]
    bootstrap.run("validate")


def test_terraforms_own_tests_pass(root):
    (root.folder / "emulated_override.tf").unlink()
    assert "0 failed" in root.run("test").stdout


HTTP = {"allow_http": True}
DOMAIN = {"domain_name": "orbits.example.org"}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "set domain_name, with zone_id or certificate_arn, to serve HTTPS; or allow_http = true"),
        (DOMAIN, "HTTPS needs a certificate. Set zone_id"),
        (HTTP | DOMAIN | {"zone_id": "Z0123456789"}, "allow_http: leave it out"),
        ({"domain_name": "https://orbits.example.org"}, "without scheme or path"),
        (DOMAIN | {"zone_id": "example.org"}, "zone_id: write the zone's id"),
        (HTTP | {"zone_id": "Z0123456789"}, "and with it domain_name"),
        (DOMAIN | {"certificate_arn": "orbits"}, "write arn:aws:acm:REGION:ACCOUNT:certificate/ID"),
        (HTTP | {"cdn_certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/a"}, "us-east-1 only"),
        (HTTP | {"cdn_price_class": "cheap"}, "write PriceClass_100"),
        (HTTP | {"name": "Attractor_1"}, "write 3 to 24 lower-case letters"),
        (HTTP | {"tags": {"aws:name": "x"}}, "AWS keeps keys that begin with aws:"),
        (HTTP | {"image_tag": "latest"}, "not latest, which a rollback could not name"),
        (HTTP | {"image_digest": "0123"}, "write sha256: and 64"),
        (HTTP | {"architecture": "arm"}, "write X86_64 or ARM64"),
        (HTTP | {"cpu": 1000}, "Fargate offers 256, 512"),
        (HTTP | {"cpu": 4096, "memory": 2048}, "does not offer 2048 MiB with 4096 CPU units"),
        (HTTP | {"settings": {"HOST": "x"}}, "names begin with ATTRACTOR_"),
        (HTTP | {"drain_seconds": 500}, "a whole number from 1 to 110"),
        (HTTP | {"idle_seconds": 3600}, "15 below the longest that the service keeps a connection"),
        (HTTP | {"settings": {"ATTRACTOR_KEEP_ALIVE_SECONDS": "5"}}, "for ATTRACTOR_KEEP_ALIVE_SECONDS idle_seconds"),
        (HTTP | {"cluster_name": "arn:aws:ecs:a:b:cluster/c"}, "the cluster's name, not its ARN"),
        (HTTP | {"min_tasks": 1}, "the loss of one zone is the loss of the service"),
        (HTTP | {"min_tasks": 4, "max_tasks": 3}, "at least min_tasks, which is 4"),
        (HTTP | {"cpu_target": 100}, "write 10 to 90 percent"),
        (HTTP | {"requests_per_target": 0}, "how many requests a minute"),
        (
            HTTP
            | {"existing_network": {"vpc_id": "vpc-1", "public_subnet_ids": ["subnet-1"], "private_subnet_ids": []}},
            "at least two ids",
        ),
        (HTTP | {"vpc_cidr": "10.0.0.0/28"}, "between /16 and /22"),
        (HTTP | {"zone_count": 1}, "a load balancer needs two"),
        (HTTP | {"egress": "internet"}, "write endpoints, nat or nat-per-zone"),
        (HTTP | {"ssl_policy": "ELBSecurityPolicy-2016-08"}, "speak TLS below 1.2"),
        (HTTP | {"ingress_cidrs": ["everyone"]}, "write at least one IPv4 range"),
        (HTTP | {"rate_limit": 10}, "at least 100 requests"),
        (HTTP | {"kept_images": 1}, "the one to roll back to"),
        (HTTP | {"log_retention_days": 7}, "of a year and more"),
        (HTTP | {"access_log_retention_days": 0}, "a whole number of days"),
        (HTTP | {"alarm_topic_arns": ["me@example.org"]}, "arn:aws:sns:REGION:ACCOUNT:NAME"),
        (HTTP | {"latency_alarm_seconds": 0}, "a positive number of seconds"),
        (HTTP | {"github_repository": "github.com/a/b"}, "write owner/name"),
        (HTTP | {"github_subject": "*"}, "without wildcards"),
        (HTTP | {"github_provider_arn": "github"}, "or leave it out to make the provider"),
    ],
)
def test_a_wrong_variable_is_answered_with_what_to_write(variables_alone, variables, sentence):
    command = ["terraform", "plan", "-no-color", "-input=false"]
    given = {
        f"TF_VAR_{name}": value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()
    }
    refused = subprocess.run(
        command, cwd=variables_alone, env=environment(**given), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert refused.returncode == 1
    assert sentence in " ".join(refused.stderr.split())
