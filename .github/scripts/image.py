"""The image, from a commit to a registry, by buildah and skopeo. .github/workflows/release.yml runs it, and tests do.

`image.py build REVISION FOLDER SBOM` builds it for this machine's architecture into FOLDER, an OCI layout, with two
in-toto statements of what is in it and how it was made, in the form that BuildKit gives them.
`image.py push REPOSITORY:TAG FOLDER…` joins such folders into one image index, pushes that, and says its digest.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
OCI = "application/vnd.oci.image."
MANIFEST, INDEX, CONFIG = f"{OCI}manifest.v1+json", f"{OCI}index.v1+json", f"{OCI}config.v1+json"

Descriptor = dict[str, Any]


def main() -> None:
    """Raises SystemExit with a sentence where a tool fails, which says why before."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build it for this machine's architecture")
    building.add_argument("revision", help="the commit that is built, which its answers tell")
    building.add_argument("folder", type=Path, help="a new folder, for the image as an OCI layout")
    building.add_argument("sbom", type=Path, help="CycloneDX of what the service runs with, as `make sbom` writes it")
    building.add_argument("options", nargs="*", help="after --, for `buildah build`")
    pushing = commands.add_parser("push", help="push it, for every architecture that it was built for")
    pushing.add_argument("reference", help="REPOSITORY:TAG; where it is there, that is what counts")
    pushing.add_argument("folders", type=Path, nargs="+", help="what was built, a folder for each architecture")
    options = parser.parse_args()
    os.environ.setdefault("BUILDAH_ISOLATION", "chroot")  # which needs no runtime of containers
    if options.command == "build":
        build(options.revision, options.folder, options.sbom, options.options)
    else:
        print(push(options.reference, options.folders))


def build(revision: str, folder: Path, sbom: Path, options: list[str]) -> None:
    """Build the image into `folder`, from a base that its digest names. The local name of it is attractor:REVISION."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    (python,) = re.findall(r"^ARG PYTHON=(\S+)$", dockerfile, re.MULTILINE)
    base = f"docker.io/library/python:{python}-slim-bookworm"
    base_digest = _remote_digest(base)
    if base_digest is None:
        raise SystemExit(f"No registry says what {base} is; it says why above.")
    name, begun = f"localhost/attractor:{revision}", _now()
    arguments = {"DIGEST": f"@{base_digest}", "REVISION": revision, "TARGETARCH": ARCHITECTURES[platform.machine()]}
    with TemporaryDirectory() as scratch:
        # buildah 1.28 knows TARGETARCH in FROM only where the file declares it, where BuildKit must not.
        adapted = Path(scratch, "Dockerfile")
        adapted.write_text(f"ARG TARGETARCH\n{dockerfile}")
        given = [word for each, value in arguments.items() for word in ("--build-arg", f"{each}={value}")]
        # Not --layers: it takes a layer for the same although the default of its ARG was changed.
        _run("buildah", "build", "--format", "docker", *given, *options, "--file", adapted, "--tag", name, ROOT)
        _run("buildah", "push", "--quiet", "--format", "v2s2", name, f"dir:{scratch}/image")
        image = _as_layout(Path(scratch, "image"), folder, arguments["TARGETARCH"])
    bill = json.loads(sbom.read_text())
    bill["components"] = [*bill.get("components", []), *_packages_of_the_base(name)]
    made = _provenance(revision, arguments, base, begun)
    predicates = {"https://cyclonedx.org/bom": bill, "https://slsa.dev/provenance/v1": made}
    _write_index(folder, [image, _attested(folder, predicates, image)])
    print(f"{name}: {image['digest']}, from {base}@{base_digest}")


def push(reference: str, folders: list[Path]) -> str:
    """Push what `folders` hold as one index, unless `reference` is there; its digest."""
    if already := _remote_digest(reference):
        print(f"{reference} is in the registry already, and a tag always means the same.", file=sys.stderr)
        return already
    with TemporaryDirectory() as scratch:
        joined = Path(scratch, "joined")
        for folder in folders:
            shutil.copytree(folder / "blobs", joined / "blobs", dirs_exist_ok=True)
        _write_index(joined, [each for folder in folders for each in _read_index(folder)])
        whole = _write_blob(joined, (joined / "index.json").read_bytes(), INDEX)
        _write_index(joined, [whole])
        _run("skopeo", "copy", "--all", "--preserve-digests", f"oci:{joined}", f"docker://{reference}")
    if _remote_digest(reference) != whole["digest"]:
        raise SystemExit(f"{reference} is not what was pushed, {whole['digest']}.")
    return str(whole["digest"])


def _remote_digest(reference: str) -> str | None:
    """The digest of the manifest or index that a registry has for a tag; None where it has none."""
    command = ["skopeo", "inspect", "--raw", f"docker://{reference}"]
    inspected = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return _digest(inspected.stdout) if inspected.returncode == 0 else None


def _as_layout(image: Path, folder: Path, architecture: str) -> Descriptor:
    """Write what `skopeo` calls a dir: into an OCI layout; the descriptor of its manifest.

    The configuration stays as it is, with the health check, which skopeo would leave out: OCI does not forbid it.
    """
    manifest = json.loads((image / "manifest.json").read_text())
    layers = [_described(each, f"{OCI}layer.v1.tar+gzip") for each in manifest["layers"]]
    config = _described(manifest["config"], CONFIG)
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for each in (config, *layers):
        shutil.move(image / _hexadecimal(each), blobs / _hexadecimal(each))
    whole = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    return _write_blob(folder, _to_json(whole), MANIFEST) | {"platform": {"os": "linux", "architecture": architecture}}


def _packages_of_the_base(name: str) -> list[dict[str, str]]:
    """Debian's packages in the image, and its Python, as components of CycloneDX."""
    container = _run("buildah", "from", "--pull-never", name)
    listing = "dpkg-query --show --showformat '${Package} ${Version}\\n' && python --version"
    try:
        listed = _run("buildah", "run", container, "sh", "-c", listing).splitlines()
    finally:
        _run("buildah", "rm", container)
    *packages, python = (line.split() for line in listed)
    component = {"type": "library"}
    return [
        *(component | {"name": each, "version": of, "purl": f"pkg:deb/debian/{each}@{of}"} for each, of in packages),
        component | {"name": "python", "version": python[1], "purl": f"pkg:generic/python@{python[1]}"},
    ]


def _provenance(revision: str, arguments: dict[str, str], base: str, begun: str) -> dict[str, Any]:
    """How the image was made, as SLSA tells it, on GitHub or by hand."""
    github = {name: os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")}
    repository = "{SERVER_URL}/{REPOSITORY}".format(**github)
    locked = hashlib.sha256((ROOT / "requirements/serve.txt").read_bytes()).hexdigest()
    return {
        "buildDefinition": {
            "buildType": "buildah build, by .github/scripts/image.py",
            "externalParameters": {"buildArguments": arguments},
            "resolvedDependencies": [
                {"uri": f"git+{repository}", "digest": {"gitCommit": revision}},
                {"uri": f"docker://{base}", "digest": {"sha256": arguments["DIGEST"].removeprefix("@sha256:")}},
                {"uri": "requirements/serve.txt", "digest": {"sha256": locked}},
            ],
        },
        "runDetails": {
            "builder": {"id": os.environ.get("GITHUB_WORKFLOW_REF", platform.node())},
            "metadata": {
                "invocationId": f"{repository}/actions/runs/{github['RUN_ID']}",
                "startedOn": begun,
                "finishedOn": _now(),
            },
        },
    }


def _attested(folder: Path, predicates: dict[str, dict[str, Any]], image: Descriptor) -> Descriptor:
    """Write in-toto statements into a layout, as BuildKit does: in a manifest beside the image's, which names that."""
    subject = {"name": "attractor", "digest": {"sha256": _hexadecimal(image)}}
    said = {"_type": "https://in-toto.io/Statement/v1", "subject": [subject]}
    layers = [
        _write_blob(
            folder, _to_json({**said, "predicateType": kind, "predicate": each}), "application/vnd.in-toto+json"
        )
        | {"annotations": {"in-toto.io/predicate-type": kind}}
        for kind, each in predicates.items()
    ]
    nowhere = {"os": "unknown", "architecture": "unknown"}
    empty = {**nowhere, "config": {}, "rootfs": {"type": "layers", "diff_ids": [each["digest"] for each in layers]}}
    config = _write_blob(folder, _to_json(empty), CONFIG)
    whole = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    names = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image["digest"]}
    return _write_blob(folder, _to_json(whole), MANIFEST) | {"platform": nowhere, "annotations": names}


def _read_index(folder: Path) -> list[Descriptor]:
    manifests: list[Descriptor] = json.loads((folder / "index.json").read_text())["manifests"]
    return manifests


def _write_index(folder: Path, manifests: list[Descriptor]) -> None:
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_bytes(_to_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}))


def _write_blob(folder: Path, content: bytes, kind: str) -> Descriptor:
    written: Descriptor = {"mediaType": kind, "digest": _digest(content), "size": len(content)}
    (folder / "blobs" / "sha256" / _hexadecimal(written)).write_bytes(content)
    return written


def _described(descriptor: Descriptor, kind: str) -> Descriptor:
    return {"mediaType": kind, "digest": descriptor["digest"], "size": descriptor["size"]}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _hexadecimal(descriptor: Descriptor) -> str:
    return str(descriptor["digest"]).partition(":")[2]


def _to_json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _run(*command: str | Path) -> str:
    """What a command prints."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{' '.join(map(str, command[:2]))} failed; it says why above.")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
