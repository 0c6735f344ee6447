"""What .github/scripts/image.py builds and pushes, which is all that the workflow does with the image."""

import hashlib
import json
import os
import shutil

import httpx
import pytest

from bench.http import free_port
from tests.conftest import ROOT
from tests.image.conftest import REVISION
from tests.image.runc import HERE, Runc

LARGEST = 250e6
"""Bytes to be pulled before a task starts."""


@pytest.fixture(scope="module")
def built(engine, image):  # noqa: ARG001  # which it builds
    """What has built the image by the script, in its layout."""
    if not isinstance(engine, Runc):
        said = "A Docker engine answers: .github/scripts/image.py, WHICH BUILDS RELEASES BY BUILDAH, WAS NOT TESTED"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    return engine


@pytest.fixture(scope="module")
def pushed(built, tmp_path_factory):
    """The digest of an index of it, and of the same again as if it were for another architecture."""
    other = tmp_path_factory.mktemp("other") / "layout"
    shutil.copytree(built.layout, other)
    index = (other / "index.json").read_text()
    (other / "index.json").write_text(index.replace(HERE, "another"))
    yield built.script("push", f"{built.registry}/attractor:{REVISION}", built.layout, other)
    shutil.rmtree(other)


KINDS = [f"application/vnd.oci.image.{kind}.v1+json" for kind in ("index", "manifest")]
ACCEPT = {"accept": ", ".join([*KINDS, "application/vnd.docker.distribution.manifest.v2+json"])}


def fetched(built, digest, kind="manifests"):
    """What the registry has under a digest, as JSON."""
    answer = httpx.get(f"http://{built.registry}/v2/attractor/{kind}/{digest}", headers=ACCEPT)
    assert hashlib.sha256(answer.content).hexdigest() == digest.removeprefix("sha256:")
    return answer.json()


def test_one_index_has_the_image_of_each_architecture_and_what_is_said_of_it(built, image, pushed):
    manifests = fetched(built, pushed)["manifests"]
    assert [each["platform"]["architecture"] for each in manifests] == [HERE, "unknown", "another", "unknown"]
    ours, attestation = manifests[:2]
    config = fetched(built, fetched(built, ours["digest"])["config"]["digest"], "blobs")
    assert config["architecture"] == HERE
    assert config["config"]["Healthcheck"] == image.config()["Healthcheck"]  # which OCI does not know
    assert attestation["annotations"]["vnd.docker.reference.digest"] == ours["digest"]
    said = {}
    for layer in fetched(built, attestation["digest"])["layers"]:
        statement = fetched(built, layer["digest"], "blobs")
        assert [f"sha256:{each['digest']['sha256']}" for each in statement["subject"]] == [ours["digest"]]
        assert statement["predicateType"] == layer["annotations"]["in-toto.io/predicate-type"]
        said[statement["predicateType"]] = statement["predicate"]
    packages = {each["purl"].partition("@")[0] for each in said["https://cyclonedx.org/bom"]["components"]}
    assert {"pkg:pypi/numpy", "pkg:deb/debian/libc6", "pkg:generic/python"} <= packages


def test_the_base_is_named_by_the_digest_that_its_tag_had(built, pushed):
    attestation = fetched(built, pushed)["manifests"][1]
    provenance = fetched(built, fetched(built, attestation["digest"])["layers"][1]["digest"], "blobs")["predicate"]
    tag = built.base.replace(":", "/manifests/")
    asked = httpx.get(f"http://{built.registry}/v2/library/{tag}", headers=ACCEPT)
    base = hashlib.sha256(asked.content).hexdigest()
    made = provenance["buildDefinition"]
    assert made["externalParameters"]["buildArguments"]["DIGEST"] == f"@sha256:{base}"
    used = {each["uri"]: each["digest"] for each in made["resolvedDependencies"]}
    assert used[f"docker://docker.io/library/{built.base}"] == {"sha256": base}
    locked = hashlib.sha256((ROOT / "requirements/serve.txt").read_bytes()).hexdigest()
    assert used["requirements/serve.txt"] == {"sha256": locked}
    assert {"gitCommit": REVISION} in used.values()


def test_a_tag_that_is_there_stays_as_it_is(built, pushed):
    assert built.script("push", f"{built.registry}/attractor:{REVISION}", built.layout) == pushed


def test_a_base_that_no_registry_has_ends_the_build(built, tmp_path):
    settings = tmp_path / ".config/containers"
    settings.mkdir(parents=True)
    nowhere = f'location = "127.0.0.1:{free_port()}"\ninsecure = true\n'
    (settings / "registries.conf").write_text(f'[[registry]]\nprefix = "docker.io"\n{nowhere}')
    with pytest.raises(AssertionError, match="No registry says what docker"):
        built.script("build", REVISION, tmp_path / "layout", ROOT / ".cache/sbom.json", HOME=str(tmp_path))
    assert not (tmp_path / "layout").exists()


def test_what_a_task_pulls_is_not_large(built, record_property, capsys):
    image = json.loads((built.layout / "index.json").read_text())["manifests"][0]
    manifest = json.loads((built.layout / "blobs" / image["digest"].replace(":", "/")).read_text())
    size = sum(layer["size"] for layer in manifest["layers"])
    record_property("megabytes", round(size / 1e6))
    with capsys.disabled():
        print(f"\nThe image has {size / 1e6:.0f} MB to be pulled.")
    assert size < LARGEST
