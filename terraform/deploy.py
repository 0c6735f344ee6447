"""From a configuration to a URL that answers: registry, image, apply, smoke test. `make deploy` runs it.

Terraform asks before it changes anything, and so does this before it pushes an image. Whatever goes wrong ends it
with one sentence that says what to do; whatever it did stays, so that running it again goes on from there.
"""

import argparse
import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError

ROOT = Path(__file__).parent.parent
EXAMPLE = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}
SMOKE_SECONDS = 300  # a new record or distribution takes minutes to be known


def main() -> None:
    """Raises SystemExit with a sentence where it cannot go on."""
    options = _options()
    tag = options.tag or _commit()
    terraform = Terraform(options.stack, tag, options.yes)

    print(f"== Plan of {options.stack}", flush=True)
    terraform("init", "-input=false")
    plan = terraform.plan()
    image, platform = _container(plan)

    if _lacks_registry(plan):
        print("== Registry", flush=True)
        terraform.apply("-target=module.registry", "-target=module.attractor.module.registry")

    print(f"== Image {image}", flush=True)
    if _is_pushed(image):
        print("It is in the registry.")
    elif options.no_build:
        raise SystemExit(f"The registry has no image {image}. Push it, or leave --no-build out to have it built.")
    else:
        _push(image, platform, options.yes)

    print("== Apply", flush=True)
    terraform.apply()
    url = options.url or json.loads(terraform.read("output", "-json"))["url"]["value"]

    print(f"== Smoke test of {url}", flush=True)
    _smoke(url)
    print(f"It answers: {url}{EXAMPLE}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", type=Path, help="folder of the configuration, for instance terraform/examples/minimal")
    parser.add_argument("--tag", help="tag of the image; the commit's hash by default")
    parser.add_argument("--no-build", action="store_true", help="the image must be in the registry already")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument("--url", help="where the service answers, if not where the configuration's output says")
    options = parser.parse_args()
    if not (options.stack / "main.tf").exists():
        parser.error(f"{options.stack} holds no configuration; try terraform/examples/minimal")
    for tool in ("terraform", *(() if options.no_build else ("docker",))):
        if not shutil.which(tool):
            parser.error(f"{tool} is not on PATH")
    return options


def _commit() -> str:
    """The commit's hash, which names exactly what is built."""
    if _output("git", "status", "--porcelain"):
        raise SystemExit("The work tree has changes that no commit names. Commit them, or name the image with --tag.")
    return _output("git", "rev-parse", "--short=12", "HEAD")


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


class Terraform:
    """Terraform in one folder, with the tag of the image."""

    def __init__(self, folder: Path, tag: str, yes: bool) -> None:
        self._folder = folder
        self._variables = ("-input=false", f"-var=image_tag={tag}")
        self._yes = yes

    def __call__(self, *arguments: str) -> None:
        self._run(arguments, capture=False)

    def read(self, *arguments: str) -> str:
        return self._run(arguments, capture=True)

    def plan(self) -> dict[str, Any]:
        """What an apply would do; wrong variables end here, before anything is changed."""
        self("plan", *self._variables, "-out=deploy.tfplan")
        plan: dict[str, Any] = json.loads(self.read("show", "-json", "deploy.tfplan"))
        return plan

    def apply(self, *arguments: str) -> None:
        asked = ("-auto-approve",) if self._yes else ()
        variables = [each for each in self._variables if self._yes or each != "-input=false"]
        self("apply", *variables, *asked, *arguments)

    def _run(self, arguments: tuple[str, ...], capture: bool) -> str:
        stdout = subprocess.PIPE if capture else None
        result = subprocess.run(["terraform", *arguments], cwd=self._folder, stdout=stdout, text=True)
        if result.returncode:
            raise SystemExit(f"terraform {arguments[0]} failed; it says why above.")
        return result.stdout or ""


def _change(plan: dict[str, Any], kind: str) -> dict[str, Any]:
    (change,) = (each["change"] for each in plan["resource_changes"] if each["type"] == kind)
    return dict(change)


def _container(plan: dict[str, Any]) -> tuple[str, str]:
    """The image that the plan deploys, and the platform that it must be built for."""
    task = _change(plan, "aws_ecs_task_definition")["after"]
    (container,) = json.loads(task["container_definitions"])
    return container["image"], PLATFORMS[task["runtime_platform"][0]["cpu_architecture"]]


def _lacks_registry(plan: dict[str, Any]) -> bool:
    return "create" in _change(plan, "aws_ecr_repository")["actions"]


def _registry(image: str) -> Any:
    region = image.split(".")[3]  # ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG
    return boto3.client("ecr", region_name=region)


def _is_pushed(image: str) -> bool:
    name, tag = image.split("/", 1)[1].split(":")
    registry = _registry(image)
    try:
        registry.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
    except registry.exceptions.ImageNotFoundException:
        return False
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(f"The registry does not say whether it has the image: {error}") from None
    return True


def _push(image: str, platform: str, yes: bool) -> None:
    """Build the image and push it, once that is agreed to."""
    if not yes and input(f"Build {image} for {platform} and push it? Only 'yes' is a yes: ") != "yes":
        raise SystemExit("Nothing was pushed.")
    (token,) = _registry(image).get_authorization_token()["authorizationData"]
    password = base64.b64decode(token["authorizationToken"]).decode().split(":", 1)[1]
    revision = f"REVISION={image.rpartition(':')[2]}"
    build = ("docker", "build", "--platform", platform, "--build-arg", revision, "--tag", image, ".")
    login = ("docker", "login", "--username", "AWS", "--password-stdin", image.split("/")[0])
    for command, given in ((build, None), (login, password), (("docker", "push", image), None)):
        if subprocess.run(command, cwd=ROOT, input=given, text=True).returncode:
            raise SystemExit(f"{' '.join(command[:2])} failed; it says why above. Nothing waits for the image yet.")


def _smoke(url: str) -> None:
    """Wait until `url` is ready, then ask for the README's example."""
    until = time.monotonic() + SMOKE_SECONDS
    while problem := _fault(f"{url}/health/ready"):
        if time.monotonic() > until:
            raise SystemExit(
                f"{url} is not ready after {SMOKE_SECONDS} s: {problem}. See Troubleshooting in terraform/README.md."
            )
        time.sleep(5)
    with urlopen(f"{url}{EXAMPLE}", timeout=30) as answer:  # noqa: S310  # the stack's own URL
        records = json.load(answer)
    if [record["n"] for record in records] != list(range(1, 21)):
        raise SystemExit(f"{url}{EXAMPLE} did not answer with 20 iterates: {records!r:.200}")


def _fault(url: str) -> str:
    """Why `url` does not answer; empty where it does."""
    try:
        urlopen(url, timeout=30).close()  # noqa: S310  # the stack's own URL
    except (URLError, OSError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
