"""The image of sweeps, as AWS Batch runs it: by what is not root, on a read-only root, and without a service."""

import re
import subprocess
import sys

import pytest

from attractor.commands import DIFFERS, FAILED, REFUSED, USAGE
from tests.conftest import ROOT
from tests.image.conftest import REVISION
from tests.waiting import until

PLANE = "/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:400&b=0.1:0.3:200&steps=200"
"""A plane of two shards."""

DIGESTS = """
import hashlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
for path in sorted(root.rglob("*")):
    if path.is_file() and "parts" not in path.parts:
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.relative_to(root))
"""
INSTALLED = "from importlib.metadata import distributions; print(*(each.metadata['Name'] for each in distributions()))"
USER = "import os; print(os.getuid(), os.getgid(), os.access('/app', os.W_OK))"


@pytest.fixture(scope="module")
def sweep_image(engine, image):  # noqa: ARG001  # of which it is built
    return engine.build_sweep(REVISION)


@pytest.fixture(scope="module")
def sweeping(sweep_image):
    """A container in which sweeps can be started, with what Batch gives to a part."""
    with sweep_image.running(command=["sleep", "3600"], memory=2 << 30) as container:
        until(lambda: container.run("true").returncode == 0)
        yield container


def installed(container):
    """The packages that its Python has, by the names of lock files."""
    names = container.run("python", "-c", INSTALLED).stdout.split()
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def locked(name):
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE))


@pytest.mark.promise("The image of sweeps computes parts as user 10001, on a read-only root and with the same bits")
def test_parts_are_computed_by_who_is_not_root_and_have_the_bits_that_they_have_here(sweeping, tmp_path):
    assert sweeping.run("python", "-c", USER).stdout.split() == ["10001", "10001", "False"]

    def attractor(*arguments):
        done = sweeping.run("python", "-m", "attractor", *arguments)
        return done.returncode, done.stdout, done.stderr

    sweep = "sweep", PLANE, "--out", "/tmp/plane", "--yes", "--part"  # noqa: S108
    code, out, error = attractor(*sweep, "1/2")
    assert (code, out) == (0, "/tmp/plane lacks 1 shard of other parts\n"), error  # noqa: S108
    assert error.count("\n") == 1  # what it costs, and no warning
    assert attractor("verify", "/tmp/plane")[0] == DIFFERS  # noqa: S108
    assert attractor(*sweep, "2/2")[:2] == (0, "/tmp/plane holds all of it\n")  # noqa: S108
    for how in ([], ["--sample", "2"]):
        code, out, error = attractor("verify", "/tmp/plane", *how)  # noqa: S108
        assert (code, "is whole: 2 shards" in out, error) == (0, True, "")
    here = [sys.executable, "-m", "attractor", "sweep", PLANE, "--out", tmp_path, "--yes", "--part", "1/1"]
    subprocess.run(here, cwd=ROOT, check=True, capture_output=True)
    listed = subprocess.run([sys.executable, "-c", DIGESTS, tmp_path], capture_output=True, text=True, check=True)
    assert "exponent1/c/" in listed.stdout
    assert sweeping.run("python", "-c", DIGESTS, "/tmp/plane").stdout == listed.stdout  # noqa: S108


@pytest.mark.parametrize(
    ("url", "given", "code", "told"),
    [
        (PLANE, ["--out", "/tmp/a", "--part", "3/2"], USAGE, "'3/2' is no part i/n, such as 1/4"),  # noqa: S108
        (PLANE, ["--part", "1/2"], USAGE, "Missing option '--out'"),
        (PLANE.replace("henon", "henom"), ["--out", "/tmp/a"], REFUSED, "the nearest known is henon"),  # noqa: S108
        (PLANE, ["--out", "/results", "--part", "1/2"], FAILED, "attractor: /results: Read-only file system"),
        (PLANE, ["--out", "s3:///plane", "--part", "1/2"], FAILED, "attractor: s3:///plane names no bucket"),
    ],
)
def test_what_is_wrong_ends_a_part_with_a_sentence(sweep_image, url, given, code, told):
    """As a part's own process, whose status Batch sees: what the API refuses is not tried again."""
    with sweep_image.running(command=["python", "-m", "attractor", "sweep", url, "--yes", *given]) as container:
        assert container.wait(300) == code, container.log()
        assert told in container.log()
        assert "Traceback" not in container.log()


def test_it_runs_no_service_and_tells_by_itself_how_a_sweep_is_started(sweep_image, image):
    config, service = sweep_image.config(), image.config()
    assert config["Cmd"] == ["python", "-m", "attractor", "sweep", "--help"]
    assert not config["Entrypoint"]
    assert not config.get("Healthcheck")
    assert not config.get("ExposedPorts")
    for same in ("User", "WorkingDir", "Volumes", "Labels"):
        assert config[same] == service[same]
    assert set(config["Env"]) == set(service["Env"]) - {"HOST=0.0.0.0", "PORT=8000"}
    with sweep_image.running() as container:
        assert container.wait(300) == 0
        assert "Usage: attractor sweep [OPTIONS] URL" in container.log()


@pytest.mark.promise("The service's image holds nothing that only sweeps need")
def test_it_has_what_a_sweep_needs_and_the_service_nothing_of_that(sweeping, container):
    ours, services = installed(sweeping), installed(container)
    assert services <= locked("serve")
    assert ours - services <= locked("sweep") - locked("serve")
    assert services <= ours
    assert {"distributed", "zarr", "obstore"} <= ours - services


def test_it_holds_what_a_sweep_needs_and_no_more(sweep_image, sweeping, image, record_property, capsys):
    found = sweeping.run("sh", "-c", "for tool in python gcc cc clang ld make pip pip3; do command -v $tool; done")
    assert found.stdout.split() == ["/venv/bin/python"]
    assert set(sweeping.run("ls", "-A", "/app").stdout.split()) == {"api", "attractor", "core", "requirements"}
    assert sweeping.run("find", "/venv", "-name", "tests", "-o", "-name", "*.py[ix]").stdout == ""
    left = sweeping.run("find", "/", "-xdev", "-name", "pip.conf", "-o", "-xdev", "-name", "wheels").stdout
    assert left == ""
    more = (sweep_image.size() - image.size()) / 1e6
    record_property("megabytes", round(more))
    with capsys.disabled():
        print(f"\nThe image of sweeps holds {more:.0f} MB more than the service's.")
    assert more < 100
