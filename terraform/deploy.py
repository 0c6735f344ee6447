"""From a variables file to a URL that answers: image, plan, apply, smoke test. `make deploy` runs it.

It asks before it pushes an image and before it applies the plan that it has shown. Whatever goes wrong ends it with one
sentence that says what to do; whatever it did stays, so that running it again goes on from there. In the end the file
names the image that runs, so that a plain `terraform apply` with it changes nothing.
"""

import argparse
import base64
import json
import re
import shutil
import subprocess
import time
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError

TERRAFORM = Path(__file__).resolve().parent
ROOT = TERRAFORM.parent
HELD = ("core", "api", "attractor", "requirements/serve.txt", "Dockerfile", ".dockerignore")
"""What the image holds; whatever else has changed, the commit names it."""

EXAMPLE = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}
SMOKE_SECONDS = 300  # a new record or distribution takes minutes to be known
ECR = re.compile(r"[0-9]{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^:@]+)")
TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|//[^\n]*|/\*.*?\*/|<<-?(?P<end>\w+)\n.*?\n\s*(?P=end)\b)"""
    r"""|(?P<string>"(?:[^"\\]|\\.)*")|(?P<open>[{\[(])|(?P<close>[)\]}])|(?P<name>[A-Za-z_][\w-]*)\s*=(?!=)""",
    re.DOTALL | re.VERBOSE,
)


def main() -> None:
    """Raises SystemExit with a sentence where it cannot go on."""
    options = _options()
    given = _given(options.file)
    revision = None if options.image else _commit()
    image = options.image or f"{_repository(given)}:{revision}"
    terraform = Terraform(options.file, image)

    print(f"== Variables of {options.file}", flush=True)
    terraform.prepare(_workspace(given))

    print(f"== Image {image}", flush=True)
    if _is_pushed(image):
        print("It is in the registry.")
    elif options.no_build or revision is None:
        raise SystemExit(
            f"The registry has no image {image}. Push it, or leave --no-build and --image out to build it."
        )
    else:
        _push(image, revision, PLATFORMS[given.get("architecture", "X86_64")], options.yes)

    print("== Plan", flush=True)
    if terraform.plan():
        _agree(options.yes, "Apply this plan?", "Nothing was applied.")
        print("== Apply", flush=True)
        terraform("apply", "-input=false", "deploy.tfplan")
    _remember(options.file, image)
    url = options.url or json.loads(terraform.read("output", "-json"))["url"]["value"]

    print(f"== Smoke test of {url}", flush=True)
    _smoke(url, options.revision or revision)
    print(f"It answers: {url}{EXAMPLE}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="variables file, for instance variables/trial.tfvars")
    parser.add_argument("--image", help="the whole reference of an image that is pushed; that of the commit by default")
    parser.add_argument("--revision", help="what its answers must say they are of, with --image")
    parser.add_argument("--no-build", action="store_true", help="the image must be in the registry already")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument("--url", help="where the service answers, if not where the output says")
    options = parser.parse_args()
    options.file = next((path for path in (TERRAFORM / options.file, options.file) if path.is_file()), None)
    if options.file is None:
        parser.error("there is no such variables file; try variables/trial.tfvars")
    builds = not (options.no_build or options.image)
    for tool in ("terraform", *(("docker", "git") if builds else ())):
        if not shutil.which(tool):
            parser.error(f"{tool} is not on PATH")
    return options


def _given(file: Path) -> dict[str, str]:
    """What the file gives to variables, of those that are strings the value. SystemExit names all that do not exist."""
    text = file.read_text()
    given = json.loads(text) if file.suffix == ".json" else _assigned(text)
    known = re.findall(r'(?m)^variable "(\w+)"', (TERRAFORM / "variables.tf").read_text())
    unknown = [name for name in given if name not in known]
    if unknown:
        meant = {name: get_close_matches(name, known, 1) for name in unknown}
        said = ", ".join(f"{name}{f' (did you mean {near[0]}?)' if near else ''}" for name, near in meant.items())
        raise SystemExit(f"{file.name} sets what is no variable: {said}. terraform/variables.tf lists those that are.")
    return {name: value if isinstance(value, str) else "" for name, value in given.items()}


def _assigned(text: str) -> dict[str, str]:
    """The names that are assigned to at the top of HCL, each with its string, or an empty one for other values."""
    found: dict[str, str] = {}
    depth, last = 0, ""
    for token in TOKEN.finditer(text):
        if token["name"] and depth == 0:
            found[last := token["name"]] = ""
        elif token["string"] and depth == 0 and last:
            found[last] = json.loads(token["string"])
        depth += bool(token["open"]) - bool(token["close"])
    return found


def _workspace(given: dict[str, str]) -> str:
    name = given.get("name") or "attractor"
    return "default" if name == "attractor" else name.removeprefix("attractor-")


def _repository(given: dict[str, str]) -> str:
    found = ECR.match(given.get("image", ""))
    if not found:
        raise SystemExit(
            f"image: {given.get('image', 'nothing')!r} names no repository of ECR to push to. Write image = "
            '"ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG" into the file, or name an image that exists with --image.'
        )
    return found[0]


def _commit() -> str:
    """The commit's hash, which names exactly what is built."""
    if changed := _output("git", "status", "--porcelain", "--", *HELD):
        raise SystemExit(
            "What the image holds has changes that no commit names. Commit them, or name an image with --image:\n"
            + changed
        )
    return _output("git", "rev-parse", "--short=12", "HEAD")


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _agree(yes: bool, question: str, otherwise: str) -> None:
    try:
        agreed = yes or input(f"{question} Only 'yes' is a yes: ") == "yes"
    except EOFError:
        agreed = False
    if not agreed:
        raise SystemExit(otherwise)


class Terraform:
    """Terraform with one variables file, and the image that goes before the one named there."""

    def __init__(self, file: Path, image: str) -> None:
        self._variables = ("-input=false", f"-var-file={file.resolve()}", f"-var=image={image}")

    def __call__(self, *arguments: str) -> None:
        self._run(arguments, capture=False)

    def read(self, *arguments: str) -> str:
        return self._run(arguments, capture=True)

    def prepare(self, workspace: str) -> None:
        """Choose the stack's workspace. Wrong variables end here, seen in a configuration of the variables alone."""
        with TemporaryDirectory() as folder:
            for name in ("variables.tf", "settings.tf"):
                shutil.copy(TERRAFORM / name, folder)
            self._prepare(Path(folder), workspace)
            self._run(("plan", *self._variables), capture=True, folder=Path(folder))
        self._prepare(TERRAFORM, workspace)

    def _prepare(self, folder: Path, workspace: str) -> None:
        for arguments in (("init", "-input=false"), ("workspace", "select", "-or-create", workspace)):
            self._run(arguments, capture=True, folder=folder)

    def plan(self) -> bool:
        """Show what an apply would do, and keep it in a file; false where that is nothing."""
        self("plan", *self._variables, "-out=deploy.tfplan")
        plan = json.loads(self.read("show", "-json", "deploy.tfplan"))
        changes = [*plan.get("resource_changes", []), *({"change": each} for each in plan["output_changes"].values())]
        return any(each["change"]["actions"] not in (["no-op"], ["read"]) for each in changes)

    def _run(self, arguments: tuple[str, ...], capture: bool, folder: Path = TERRAFORM) -> str:
        stdout = subprocess.PIPE if capture else None
        result = subprocess.run(["terraform", *arguments], cwd=folder, stdout=stdout, text=True)
        if result.returncode:
            raise SystemExit(f"terraform {arguments[0]} failed; it says why above.")
        return result.stdout or ""


def _registry(image: str) -> tuple[Any, str]:
    """ECR where the image is, and the name of its repository."""
    found = ECR.match(image)
    if not found:
        raise SystemExit(
            f"{image} is not in ECR, the one registry that is looked into here; use terraform apply for it."
        )
    return boto3.client("ecr", region_name=found["region"]), found["name"]


def _is_pushed(image: str) -> bool:
    registry, name = _registry(image)
    _, by_digest, digest = image.partition("@")
    wanted = {"imageDigest": digest} if by_digest else {"imageTag": image.rpartition(":")[2]}
    try:
        registry.describe_images(repositoryName=name, imageIds=[wanted])
    except registry.exceptions.ImageNotFoundException:
        return False
    except registry.exceptions.RepositoryNotFoundException:
        raise SystemExit(f"There is no repository {name}. terraform/bootstrap makes it, once for an account.") from None
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(f"The registry does not say whether it has the image: {error}") from None
    return True


def _push(image: str, revision: str, platform: str, yes: bool) -> None:
    """Build the image and push it, once that is agreed to."""
    _agree(yes, f"Build {image} for {platform} and push it?", "Nothing was pushed.")
    (token,) = _registry(image)[0].get_authorization_token()["authorizationData"]
    password = base64.b64decode(token["authorizationToken"]).decode().split(":", 1)[1]
    build = ("docker", "build", "--platform", platform, "--build-arg", f"REVISION={revision}", "--tag", image, ".")
    login = ("docker", "login", "--username", "AWS", "--password-stdin", image.split("/")[0])
    for command, given in ((build, None), (login, password), (("docker", "push", image), None)):
        if subprocess.run(command, cwd=ROOT, input=given, text=True).returncode:
            raise SystemExit(f"{' '.join(command[:2])} failed; it says why above. Nothing waits for the image yet.")


def _remember(file: Path, image: str) -> None:
    """Have the file name the image that runs."""
    text = file.read_text()
    written = re.sub(r'(?m)^(\s*"?image"?\s*[=:]\s*)"[^"\n]*"', lambda found: f'{found[1]}"{image}"', text, count=1)
    if written != text:
        file.write_text(written)
        print(f"{file.name} names that image now; commit it.")


def _smoke(url: str, revision: str | None) -> None:
    """Wait until `url` is ready and says that it is of `revision`, then ask for the README's example."""
    until = time.monotonic() + SMOKE_SECONDS
    while problem := _fault(f"{url}/health/ready", revision):
        if time.monotonic() > until:
            raise SystemExit(
                f"{url} is not ready after {SMOKE_SECONDS} s: {problem}. docs/runbook.md says what to look at."
            )
        time.sleep(5)
    with urlopen(f"{url}{EXAMPLE}", timeout=30) as answer:  # noqa: S310  # the stack's own URL
        records = json.load(answer)
    if [record["n"] for record in records] != list(range(1, 21)):
        raise SystemExit(f"{url}{EXAMPLE} did not answer with 20 iterates: {records!r:.200}")


def _fault(url: str, revision: str | None) -> str:
    """Why `url` does not answer, or with what other revision; empty where it does as it should."""
    try:
        with urlopen(url, timeout=30) as answer:  # noqa: S310  # the stack's own URL
            answering = answer.headers["Attractor-Revision"]
    except (URLError, OSError) as error:
        return str(error)
    return "" if revision in (None, answering) else f"it answers as revision {answering}, and {revision} was deployed"


if __name__ == "__main__":
    main()
