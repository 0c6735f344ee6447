"""What the image says of itself, and what it does not hold."""

import re

import pytest

from attractor import __version__
from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT
from tests.image.conftest import REVISION


@pytest.mark.promise("The container is user 10001 without any capability")
@pytest.mark.promise("The image has a health check")
@pytest.mark.promise("A container told to stop while it starts stops")
def test_it_runs_the_service_itself_as_a_user_of_fixed_id(image):
    config = image.config()
    assert config["Cmd"] == ["python", "-m", "attractor", "serve"]  # no shell, which would keep SIGTERM to itself
    assert not config["Entrypoint"]
    assert config["User"] == "10001:10001"
    assert list(config["ExposedPorts"]) == ["8000/tcp"]
    assert list(config["Volumes"]) == ["/tmp"]  # noqa: S108  # Fargate makes it writable for that
    assert {"HOST=0.0.0.0", "PORT=8000"} <= set(config["Env"])
    assert config["Healthcheck"]["Test"] == ["CMD", "python", "-m", "attractor", "health"]


@pytest.mark.promise("Build arguments name the base image and the CPU, which every host has")
@pytest.mark.promise("No host compiles the image's kernels, whatever its CPU")
def test_build_arguments_name_the_base_image_and_the_cpu():
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(
        r"^ARG PYTHON=\S+$(.|\n)*^ARG DIGEST=$", text, re.MULTILINE
    )  # a tag alone, unless a release is built
    assert re.search(r"^FROM python:\$\{PYTHON\}-slim-bookworm\$\{DIGEST\} AS base$", text, re.MULTILINE)
    baselines = r"^ARG CPU_NAME=(\S+)\nENV NUMBA_CPU_NAME=\$\{CPU_NAME\} NUMBA_CPU_FEATURES=$"
    assert re.findall(baselines, text, re.MULTILINE) == ["x86-64-v3", "neoverse-n1"]
    assert re.search(r"^FROM base-\$\{TARGETARCH\} AS build$", text, re.MULTILINE)
    assert re.search(r"^FROM base-\$\{TARGETARCH\} AS bare$", text, re.MULTILINE)
    assert re.findall(r"^FROM (bare.*)$", text, re.MULTILINE) == ["bare AS sweep", "bare"]  # the service by default


def test_its_labels_tell_what_it_is(image):
    prefix = "org.opencontainers.image."
    labels = {name.removeprefix(prefix): value for name, value in image.config()["Labels"].items() if prefix in name}
    assert labels.pop("description")
    assert labels == {"title": "Attractor", "licenses": "MIT", "version": __version__, "revision": REVISION}


@pytest.mark.promise("No compiler and no pip is left in the image")
def test_no_compiler_and_no_pip_is_left_in_it(container):
    found = container.run("sh", "-c", "for tool in python gcc cc clang ld make pip pip3; do command -v $tool; done")
    assert found.stdout.split() == ["/venv/bin/python"]
    for python in ("python", "/usr/local/bin/python"):
        assert "No module named pip" in container.run(python, "-m", "pip").stderr


@pytest.mark.promise("The image's kernels are compiled while it is built, so it needs nothing writable")
def test_it_holds_the_service_and_no_more(container):
    assert set(container.run("ls", "-A", "/app").stdout.split()) == {"api", "attractor", "core", "requirements"}
    cached = container.run("sh", "-c", "ls /app/core/__pycache__/kernels/*.kernel").stdout.split()
    assert len(cached) == len(SYSTEMS) * 10 + 14  # and none of the kernels that lie about where it was built


def test_nothing_of_how_this_machine_reaches_registries_is_left_in_it(image, container):
    names = {setting.partition("=")[0] for setting in image.config()["Env"]}
    assert not {name for name in names if name.startswith("PIP") or "CERT" in name or "proxy" in name.lower()}
    found = container.run("find", "/", "-xdev", "-name", "pip.conf", "-o", "-xdev", "-name", "wheels").stdout
    assert found == ""


@pytest.mark.promise("The image holds nothing twice")
def test_its_size(image, record_property, capsys):
    size = image.size() / 1e6
    record_property("megabytes", round(size))
    with capsys.disabled():
        print(f"\nThe image holds {size:.0f} MB.")
    assert size <= 750
