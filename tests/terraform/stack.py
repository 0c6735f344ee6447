"""One of Terraform's configurations in a folder of its own, with the real provider and an emulated AWS of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import httpx

from bench.http import process
from tests.conftest import ROOT

REGION = "eu-central-1"
TERRAFORM = ROOT / "terraform"
IGNORED = shutil.ignore_patterns(".terraform", "*.tfstate*", "terraform.tfvars*", "backend.tf", "__pycache__")
REPOSITORY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/attractor"

# What makes the provider talk to loopback; everything else about it is as on any machine.
PROVIDER = """
provider "aws" {%s
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}
"""

# One process of the provider serves both of the root's, and so has one region: the emulator has CloudFront's firewall
# in any. That the second is in us-east-1 is for tests/terraform/test_configuration.py.
GLOBAL = f"""
  alias                       = "global"
  region                      = "{REGION}\""""

# Else the provider sleeps for half a minute, whatever the state of the distribution.
DEPLOYED = """
resource "aws_cloudfront_distribution" "this" {
  wait_for_deployment = false
}
"""


class Aws(ExitStack):
    """An emulated AWS at an address, and the process of the provider that speaks with it, which ends with it."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.environment = {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self._reattach = ""

    def reattach(self, folder: Path) -> str:
        """TF_REATTACH_PROVIDERS, for all commands to be served by one process of the provider that `folder` has.

        Else Terraform starts it several times for each, which takes more than half of the time.
        """
        if not self._reattach:
            (binary,) = folder.glob(".terraform/providers/*/hashicorp/aws/*/*/terraform-provider-aws_*")
            self._reattach = self.enter_context(running_provider(binary, environment(**self.environment)))
        return self._reattach

    def client(self, service: str, region: str = REGION) -> Any:
        address = self.environment["AWS_ENDPOINT_URL"]
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=address, region_name=region, **keys)


@contextmanager
def running_provider(binary: Path, environment: dict[str, str]) -> Iterator[str]:
    """Yields what TF_REATTACH_PROVIDERS must say for Terraform to find it; stopped by its process id."""
    quiet = {**environment, "TF_LOG_PROVIDER": "OFF", "TF_LOG_SDK": "OFF"}
    provider = subprocess.Popen(
        [binary, "-debug"], env=quiet, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield next(found[1] for line in provider.stdout if (found := re.search("TF_REATTACH_PROVIDERS='(.*)'", line)))
    finally:
        provider.send_signal(signal.SIGINT)  # SIGTERM would leave its socket
        provider.communicate(timeout=300)


@contextmanager
def emulated_aws() -> Iterator[Aws]:
    """`tests.terraform.emulator`, and no provider yet."""
    with process("-m", "tests.terraform.emulator", "PORT") as (port, _), Aws(f"http://127.0.0.1:{port}") as aws:
        yield aws


class Stack:
    """A configuration, initialised. Every call of Terraform raises AssertionError where it fails.

    `file` is one of terraform/variables, without its ending; `variables` go before what it says.
    """

    def __init__(self, folder: Path, configuration: str, aws: Aws, file: str = "", **variables: Any) -> None:
        shutil.copytree(TERRAFORM, folder / "terraform", ignore=IGNORED)
        self.folder = folder / "terraform" / configuration
        self.environment = environment(**aws.environment)
        aliases = ("", GLOBAL) if configuration == "." else ("",)
        (self.folder / "emulated_override.tf").write_text("".join(PROVIDER % alias for alias in aliases))
        (folder / "terraform/modules/cdn/emulated_override.tf").write_text(DEPLOYED)
        self.files = [f"-var-file=variables/{file}.tfvars"] if file else []
        if variables:
            (self.folder / "test.tfvars.json").write_text(json.dumps(variables))
            self.files.append("-var-file=test.tfvars.json")
        self.run("init", "-input=false")
        self.environment["TF_REATTACH_PROVIDERS"] = aws.reattach(self.folder)
        if file not in ("", "case_study"):
            self.run("workspace", "select", "-or-create", file)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`terraform` with `arguments`, without colours or questions."""
        command, *others = arguments
        colourless = ("-no-color",) if command not in ("output", "workspace", "state") else ()
        if command in ("plan", "apply", "destroy") and "plan" not in others:
            others = [*self.files, *others]
        result = subprocess.run(
            ["terraform", command, *colourless, *others],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if check and result.returncode:
            raise AssertionError(f"terraform {' '.join(arguments)}: {result.stdout[-5000:]}\n{result.stderr[-5000:]}")
        return result

    def plan(self, *arguments: str) -> dict[str, Any]:
        """The plan as `terraform show -json` tells it; it stays in the file `plan`."""
        self.run("plan", "-input=false", "-out=plan", *arguments)
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan").stdout)
        return shown

    def changes(self, *arguments: str) -> dict[str, str]:
        """What a new plan would do: the action on each resource that it would touch. It stays in the file `plan`."""
        said = self.run("plan", "-json", "-input=false", "-out=plan", *arguments).stdout  # `show` would take seconds
        changes = [each["change"] for each in map(json.loads, said.splitlines()) if each["type"] == "planned_change"]
        return {each["resource"]["addr"]: each["action"] for each in changes if each["action"] not in ("noop", "read")}

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json").stdout).items()}


def deploy(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `make deploy` runs, on `stack`."""
    file = stack.files[-1].removeprefix("-var-file=")
    command = [sys.executable, str(stack.folder / "deploy.py"), file, *arguments]
    return subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@contextmanager
def of_revision(revision: str, address: str) -> Iterator[str]:
    """The service at `address`, by way of a proxy that says what revision it is."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self):
            body = httpx.get(address + self.path).content
            self.send_response(200)
            self.send_header("Attractor-Revision", revision)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()  # else its thread outlives a test that fails


def environment(**more: str) -> dict[str, str]:
    """This process's environment, with `more`, for a quiet Terraform."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    if not Path(ours.get("TF_CLI_CONFIG_FILE", "/")).exists():
        del ours["TF_CLI_CONFIG_FILE"]
    # A garbage collector that comes less often saves a quarter of the time.
    return {**ours, "CHECKPOINT_DISABLE": "1", "GOGC": "400", "TF_IN_AUTOMATION": "1", **more}


def push(aws: Aws, tag: str) -> str:
    """Put an image into the repository, which is made first where it is not there; returns its digest."""
    ecr = aws.client("ecr")
    if not ecr.describe_repositories()["repositories"]:
        ecr.create_repository(repositoryName="attractor")
    media_type = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = json.dumps({"mediaType": media_type, "config": {"digest": f"sha256:{tag}"}})
    pushed: str = ecr.put_image(repositoryName="attractor", imageManifest=manifest, imageTag=tag)["image"]["imageId"][
        "imageDigest"
    ]
    return pushed


def stack(file: str, folder: Path, aws: Aws, **variables: Any) -> Stack:
    """The configuration with one of the variables files, and what that asks for made first."""
    _push_the_latest(aws)
    if file == "case_study":
        aws.client("ecs").create_cluster(clusterName="attractor")
    prepared = _domain(aws) if file == "production" else {}
    return Stack(folder, ".", aws, file, **prepared, **variables)


SWEEPS = {"tag": "sweep-0.1.0", "budget": {"dollars": 50, "address": "operators@example.org"}}
"""What the variable `sweep` must say."""


def stack_with_sweeps(folder: Path, aws: Aws) -> Stack:
    """A trial that also computes sweeps."""
    _push_the_latest(aws)
    push(aws, str(SWEEPS["tag"]))
    return stack("trial", folder, aws, sweep=SWEEPS)


def _push_the_latest(aws: Aws) -> None:
    if not aws.client("ecr").describe_repositories()["repositories"]:
        push(aws, "latest")


def _domain(aws: Aws) -> dict[str, Any]:
    """What of production has an id that nobody knows before: a zone, and a certificate for CloudFront."""
    zone = aws.client("route53").create_hosted_zone(Name="example.org", CallerReference="test")
    certificate = aws.client("acm", "us-east-1").request_certificate(DomainName="orbits.example.org")
    aws.client("sns").create_topic(Name="operators")
    return {
        "zone_id": zone["HostedZone"]["Id"].removeprefix("/hostedzone/"),
        "cdn_certificate_arn": certificate["CertificateArn"],
    }
