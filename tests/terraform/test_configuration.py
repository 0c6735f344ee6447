"""What needs no AWS: form, validity, Terraform's own tests, and the sentence that answers each wrong variable."""

import json
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT
from tests.terraform.stack import REGION, REPOSITORY, SWEEPS, TERRAFORM, Aws, Stack, environment


@pytest.fixture(scope="module")
def variables_alone(tmp_path_factory):
    """A configuration of the root module's variables and nothing else, which Terraform checks in no time."""
    folder = tmp_path_factory.mktemp("variables")
    for name in ("variables.tf", "settings.tf"):
        shutil.copy(TERRAFORM / name, folder)
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


@pytest.fixture(scope="module")
def mocked(root):
    """The root module as Terraform's own tests take it, with a provider that is mocked."""
    (root.folder / "emulated_override.tf").unlink()
    return root


def test_terraforms_own_tests_pass(mocked):
    assert "0 failed" in mocked.run("test").stdout


@pytest.mark.parametrize("file", ["case_study", "trial", "production"])
def test_terraforms_own_test_of_a_variables_file_passes(mocked, monkeypatch, file):
    """In its workspace, which is the default one for the case study."""
    monkeypatch.setitem(mocked.environment, "TF_WORKSPACE", "default" if file == "case_study" else file)
    folder = "tests/variables"
    chosen = f"-test-directory={folder}", f"-filter={folder}/{file}.tftest.hcl", f"-var-file=variables/{file}.tfvars"
    assert "1 passed, 0 failed" in mocked.run("test", *chosen).stdout


BASE = {"aws_region": REGION, "image": f"{REPOSITORY}:0.1.0"}
HTTP = {"allow_http": True, **BASE}
DOMAIN = {"domain_name": "orbits.example.org", **BASE}
SUBNETS = {"public_subnet_ids": ["subnet-1", "subnet-2"], "private_subnet_ids": ["subnet-3", "subnet-4"]}
CDN = {"certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/a"} | {
    "cdn_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/a"
}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (BASE, "set domain_name, with zone_id or certificate_arn, to serve HTTPS; or allow_http = true"),
        (DOMAIN, "HTTPS needs a certificate. Set zone_id"),
        (HTTP | DOMAIN | {"zone_id": "Z0123456789"}, "allow_http: leave it out"),
        (BASE | {"domain_name": "https://orbits.example.org"}, "without scheme or path"),
        (DOMAIN | {"zone_id": "example.org"}, "zone_id: write the zone's id"),
        (HTTP | {"zone_id": "Z0123456789"}, "and with it domain_name"),
        (DOMAIN | {"certificate_arn": "orbits"}, "write arn:aws:acm:REGION:ACCOUNT:certificate/ID"),
        (HTTP | {"cdn_certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/a"}, "us-east-1 only"),
        (HTTP | {"cdn_price_class": "cheap"}, "write PriceClass_100"),
        (HTTP | {"name": "Attractor_1"}, "write 3 to 24 lower-case letters"),
        (HTTP | {"tags": {"aws:name": "x"}}, "AWS keeps keys that begin with aws:"),
        (HTTP | {"name": "attractor-trial"}, "belongs to the workspace trial, and this is default"),
        (HTTP | {"aws_region": "Frankfurt"}, "write a region's code"),
        (HTTP | {"image": "attractor"}, "write the whole reference with a tag or a digest"),
        (HTTP | {"image": f"{REPOSITORY}@sha256:0123"}, "write the whole reference with a tag or a digest"),
        (HTTP | {"image": "docker.io/example/attractor:latest"}, "outside ECR of eu-central-1 latest cannot be pinned"),
        (HTTP | {"image": f"{REPOSITORY}:1".replace(REGION, "us-east-1"), "network": "own"}, "and no other registry"),
        (HTTP | {"architecture": "arm"}, "write X86_64 or ARM64"),
        (HTTP | {"cpu": 1000}, "Fargate offers 256, 512"),
        (HTTP | {"cpu": 4096, "memory": 2048}, "does not offer 2048 MiB with 4096 CPU units"),
        (HTTP | {"cpu": 256, "memory": 512}, "512 MiB are too few for 1 workers, which 256 CPU units make; they need"),
        (HTTP | {"settings": {"HOST": "x", "ATTRACTOR_MAX_STEP": "1"}}, "settings: ATTRACTOR_MAX_STEP, HOST may not"),
        (HTTP | {"max_seconds": 60}, "a whole number from 1 to 55: an answer may be silent for twice as long"),
        (DOMAIN | CDN | {"max_seconds": 30}, "write at most 29 behind CloudFront"),
        (HTTP | {"idle_seconds": 4000}, "a whole number from 12 to 3585"),
        (HTTP | {"deregistration_delay": 4000}, "a whole number from 0 to 3600"),
        (HTTP | {"drain_seconds": 500}, "a whole number from 1 to 110"),
        (HTTP | {"cluster_name": "arn:aws:ecs:a:b:cluster/c"}, "the cluster's name, not its ARN"),
        (HTTP | {"min_tasks": 1}, "the loss of one zone is the loss of the service"),
        (HTTP | {"min_tasks": 4, "max_tasks": 3}, "at least min_tasks, which is 4"),
        (HTTP | {"cpu_target": 100}, "write 10 to 90 percent"),
        (HTTP | {"requests_per_target": 0}, "how many requests a minute"),
        (HTTP | {"network": "mine"}, 'network: write "default", "own", or'),
        (HTTP | {"network": SUBNETS}, "at least two ids"),
        (
            HTTP | {"network": SUBNETS | {"vpc_id": "vpc-1", "private_subnet_ids": ["subnet-1", "subnet-3"]}},
            "none in both",
        ),
        (HTTP | {"vpc_cidr": "10.1.2.3/16"}, "whose host bits are zero"),
        (HTTP | {"vpc_cidr": "10.0.0.0/28"}, "between /16 and /22"),
        (HTTP | {"zone_count": 1}, "a load balancer needs two"),
        (HTTP | {"egress": "internet"}, "write endpoints, nat or nat-per-zone"),
        (HTTP | {"egress": "nat"}, "egress: leave it out; it is of the VPC that"),
        (
            HTTP | {"egress": "nat", "network": SUBNETS | {"vpc_id": "vpc-1"}},
            "egress: leave it out; it is of the VPC that",
        ),
        (HTTP | {"vpc_cidr": "10.1.0.0/16"}, "vpc_cidr: leave it out; it is of the VPC that"),
        (
            HTTP | {"zone_count": 3, "network": SUBNETS | {"vpc_id": "vpc-1"}},
            "zone_count: leave it out; the subnets that",
        ),
        (HTTP | {"ssl_policy": "ELBSecurityPolicy-2016-08"}, "speak TLS below 1.2"),
        (HTTP | {"ingress_cidrs": ["everyone"]}, "write at least one IPv4 range"),
        (HTTP | {"rate_limit": 10}, "at least 100 requests"),
        (HTTP | {"ingress_cidrs": ["203.0.113.1/24"]}, "with its host bits zero"),
        (HTTP | {"bytes_alarm_gigabytes": 0}, "a positive number of gigabytes"),
        (HTTP | {"log_retention_days": 8}, "CloudWatch offers 1, 3, 5"),
        (HTTP | {"budget": {"dollars": 0, "address": "a@example.org"}}, "write { dollars = 100"),
        (HTTP | {"budget": {"dollars": 9, "address": "me"}}, "write { dollars = 100"),
        (DOMAIN | CDN | {"ingress_cidrs": ["192.0.2.0/24"]}, "leave it out behind CloudFront"),
        (
            DOMAIN | CDN | {"settings": {"ATTRACTOR_ALLOWED_ORIGINS": "https://a.example"}},
            "one answer for the pages of all origins",
        ),
        (HTTP | {"access_log_retention_days": 0}, "a whole number of days"),
        (HTTP | {"alarm_topic_arns": ["me@example.org"]}, "arn:aws:sns:REGION:ACCOUNT:NAME"),
        (HTTP | {"latency_alarm_seconds": 0}, "a positive number of seconds"),
        (HTTP | {"sweep": SWEEPS | {"tag": "a:b"}}, "write as tag that of an image in the repository of"),
        (HTTP | {"sweep": SWEEPS | {"budget": {"dollars": 9, "address": "me"}}}, "write budget = { dollars = 50"),
        (HTTP | {"sweep": {"tag": "sweep"}}, 'attribute "budget" is required'),
        (HTTP | {"sweep": SWEEPS | {"max_cpus": 0.5}}, "max_cpus a whole number of at least 1"),
        (HTTP | {"sweep": SWEEPS | {"hours": 0}}, "hours a whole number of at least 1"),
        (HTTP | {"sweep": SWEEPS, "architecture": "ARM64"}, "Fargate Spot takes jobs of Batch for X86_64 alone"),
    ],
)
def test_a_wrong_variable_is_answered_with_what_to_write(variables_alone, variables, sentence):
    (variables_alone / "given.tfvars.json").write_text(json.dumps(variables))
    command = ["terraform", "plan", "-no-color", "-input=false", "-var-file=given.tfvars.json"]
    refused = subprocess.run(
        command, cwd=variables_alone, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert refused.returncode == 1
    assert sentence in " ".join(refused.stderr.split())


def test_the_firewall_of_cloudfront_is_where_cloudfront_looks_for_it():
    provider = re.search(r'(?s)provider "aws" \{[^}]*alias +=[^}]*\}', (TERRAFORM / "versions.tf").read_text())
    assert re.findall(r'(alias|region) += "(.*)"', provider[0]) == [("alias", "global"), ("region", "us-east-1")]
    for name, block in (("main.tf", 'module "cdn_firewall"'), ("key.tf", 'resource "aws_kms_key" "global"')):
        body = (TERRAFORM / name).read_text().partition(block)[2].partition("\n}")[0]
        assert re.search(r"provider.*= (\{ aws = )?aws\.global", body), name


def test_the_runbook_says_of_each_alarm_what_to_do():
    source = (TERRAFORM / "alarms.tf").read_text()
    alarms = re.findall(r"(?m)^    (\w+) = \{\n +says ", source) + re.findall(r'"\$\{var\.name\}-(\w+)"', source)
    rows = re.findall(r"(?m)^\| `(\w+)` \|(.+)\|(.+)\|(.+)\|$", (ROOT / "docs/runbook.md").read_text())
    assert sorted(name for name, *_ in rows) == sorted(alarms)
    assert all(cell.strip() for row in rows for cell in row)


def test_a_plan_needs_no_more_than_the_lock_file_names():
    """It names the provider for every platform, by what its maker signed and by what a mirror here holds."""
    root, bootstrap = ((TERRAFORM / part / ".terraform.lock.hcl").read_text() for part in (".", "bootstrap"))
    assert root == bootstrap
    assert 'version     = "5.100.0"' in root
    assert root.count('"zh:') > 10
