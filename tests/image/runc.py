"""The image built by buildah and run by runc, where there is no Docker engine.

Nothing is pulled: a Debian of debootstrap with Python stands in for the official base image, and the locked wheels
are fetched by the pip of this environment, under this machine's settings, and shown to the build in its /root.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.http import free_port
from tests.conftest import ROOT

PACKAGES = "buildah", "runc", "debootstrap"
CACHE = ROOT / ".cache" / "image"
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def install():
    """What is missing, from Debian's packages; ends the run where that cannot be done."""
    missing = [package for package in PACKAGES if not shutil.which(package)]
    if os.geteuid() or (missing and not shutil.which("apt-get")):
        pytest.exit(
            "Tests of the image need a Docker engine that answers `docker info`, "
            f"or else root on Debian with the packages {', '.join(PACKAGES)}.",
            returncode=1,
        )
    if missing:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-qq", env=quiet)
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, env=quiet)


def run(*command, **options):
    """What a command prints; what it says in error is told where it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def buildah(*arguments):
    folders = "--root", CACHE / "storage", "--runroot", CACHE / "run"
    return run("buildah", *folders, *arguments, env={**os.environ, "BUILDAH_ISOLATION": "chroot"})


class Runc:
    says = "buildah and runc, on a stand-in for the official base image"

    def __init__(self):
        install()
        self._tag = f"attractor-test:{uuid.uuid4().hex}"
        self._bundles = Path(tempfile.mkdtemp(prefix="attractor-image-"))

    def build(self, **arguments):
        dockerfile = (ROOT / "Dockerfile").read_text()
        stand_in(re.search(r"^ARG PYTHON=(\S+)", dockerfile, re.MULTILINE)[1])
        # Debian 12's buildah knows TARGETARCH in FROM only where the file declares it, where BuildKit must not.
        adapted = self._bundles / "Dockerfile"
        adapted.write_text(f"ARG TARGETARCH\n{dockerfile}")
        arguments["TARGETARCH"] = ARCHITECTURES[platform.machine()]
        options = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
        # Not --layers: Debian 12's buildah takes a layer for the same although the default of its ARG was changed.
        options += ["--format", "docker", "--pull-never", "--network", "none"]
        options += ["--volume", f"{wheels()}:/root:ro", "--file", adapted, "--tag", self._tag]
        buildah("build", *options, ROOT)
        self._container = buildah("from", "--pull-never", self._tag)
        self._rootfs = os.path.realpath(buildah("mount", self._container))  # runc follows no link

    def config(self):
        return json.loads(buildah("inspect", "--type", "image", self._tag))["Docker"]["config"]

    def size(self):
        return int(run("du", "-sbx", self._rootfs).split()[0])

    @contextmanager
    def running(self, command=(), cpus=1, memory=1 << 30, mounts=None, is_writable=True, **environment):
        name = f"attractor-{uuid.uuid4().hex}"
        bundle = self._bundles / name
        bundle.mkdir()
        run("runc", "spec", cwd=bundle)
        environment = {"HOST": "127.0.0.1", "PORT": str(free_port()), **environment}
        spec = json.loads((bundle / "config.json").read_text())
        image = self.config()
        user, group = map(int, image["User"].split(":"))
        spec["process"] |= {
            "terminal": False,
            "user": {"uid": user, "gid": group},
            "args": [*(command or image["Cmd"])],
            "env": [*image["Env"], *(f"{key}={value}" for key, value in environment.items())],
            "cwd": image["WorkingDir"],
            "capabilities": {},
            "noNewPrivileges": True,
        }
        spec["root"] = {"path": self._rootfs, "readonly": True}
        if is_writable:
            spec["mounts"].append({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"]})  # noqa: S108
        else:
            shared = "/dev/shm", "/dev/mqueue"  # noqa: S108
            spec["mounts"] = [mount for mount in spec["mounts"] if mount["destination"] not in shared]
        for source, target in (mounts or {}).items():
            spec["mounts"].append(
                {"destination": target, "type": "bind", "source": str(source), "options": ["rbind", "ro"]}
            )
        linux = spec["linux"]
        linux["namespaces"] = [space for space in linux["namespaces"] if space["type"] != "network"]  # our loopback
        linux["resources"] |= {"memory": {"limit": memory}, "cpu": {"quota": int(cpus * 100_000), "period": 100_000}}
        (bundle / "config.json").write_text(json.dumps(spec))
        container = Container(name, bundle, f"http://127.0.0.1:{environment['PORT']}")
        try:
            yield container
        finally:
            container.remove()

    def close(self):
        buildah("rm", self._container)
        buildah("rmi", self._tag)
        shutil.rmtree(self._bundles)


class Container:
    def __init__(self, name, bundle, address):
        self.address = address
        self._name, self._log = name, bundle / "log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(["runc", "run", name], cwd=bundle, stdout=log, stderr=log)

    def run(self, *command):
        return subprocess.run(["runc", "exec", self._name, *command], capture_output=True, text=True)

    def terminate(self):
        run("runc", "kill", self._name, "TERM")

    def wait(self, seconds):
        return self._process.wait(seconds)

    def lives(self):
        return self._process.poll() is None

    def log(self):
        return self._log.read_text()

    def remove(self):
        subprocess.run(["runc", "delete", "--force", self._name], capture_output=True)
        self._process.wait(300)


def stand_in(version):
    """The base image, unless it is there: the folders and commands of the official one, with Debian's Python."""
    name = f"localhost/python:{version}-slim-bookworm"
    CACHE.mkdir(parents=True, exist_ok=True)
    if name in buildah("images", "--format", "{{.Name}}:{{.Tag}}").split():
        return
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        run("debootstrap", "--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm", folder)
        run("chroot", folder, "python3", "-m", "venv", "/usr/local")
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, folder, "/")
    buildah("config", "--env", f"PATH={PATH}", container)
    buildah("commit", "--quiet", "--rm", container, name)


def wheels():
    """A folder to stand for /root in the build: the wheels of the lock file, and settings that take none but them."""
    lock = ROOT / "requirements" / "serve.txt"
    home = CACHE / f"wheels-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not home.exists():
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            download = "download", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:"
            run(sys.executable, "-m", "pip", *download, "--requirement", lock, "--dest", f"{folder}/home/wheels")
            settings = Path(folder, "home", ".config", "pip", "pip.conf")
            settings.parent.mkdir(parents=True)
            settings.write_text("[global]\nno-index = true\nfind-links = /root/wheels\n")
            Path(folder, "home").rename(home)
    return home
