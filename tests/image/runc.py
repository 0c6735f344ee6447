"""The image built as a release is, by .github/scripts/image.py, and run by runc, where there is no Docker engine.

Nothing is pulled from elsewhere: in a registry on loopback a Debian of debootstrap with Python stands in for the
official base image, and the locked wheels are fetched by the pip of this environment, under this machine's settings,
and shown to the build in its /root.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.http import free_port
from tests.conftest import ROOT
from tests.waiting import until

PACKAGES = "buildah", "runc", "debootstrap", "skopeo", "docker-registry"
CACHE = ROOT / ".cache" / "image"
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
UNNEEDED = "var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"
"""Folders of Debian that the official base image has not either."""
HERE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
SCRIPT = ROOT / ".github" / "scripts" / "image.py"


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


class Runc:
    says = "buildah and runc, on a stand-in for the official base image"

    def __init__(self):
        install()
        self._bundles = Path(tempfile.mkdtemp(prefix="attractor-image-"))
        self.registry = f"127.0.0.1:{free_port()}"
        self._serving = self._serve_registry()
        self._images: list[Image] = []
        # What is asked of docker.io is asked there. No settings of this machine count, and no images of it.
        settings = self._bundles / ".config" / "containers"
        settings.mkdir(parents=True)
        here = [
            f'[[registry]]\nprefix = "{place}"\nlocation = "{self.registry}"\ninsecure = true\n'
            for place in ("docker.io", self.registry)
        ]
        (settings / "registries.conf").write_text('unqualified-search-registries = ["docker.io"]\n' + "".join(here))
        storage = settings / "storage.conf"
        storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{CACHE}/storage"\nrunroot = "{CACHE}/run"\n')
        chroot = {"BUILDAH_ISOLATION": "chroot"}  # as the script has it
        self._environment = {
            **os.environ,
            **chroot,
            "HOME": str(self._bundles),
            "CONTAINERS_STORAGE_CONF": str(storage),
        }

    def build(self, revision):
        """The service's image, as the workflow builds it."""
        (python,) = re.findall(r"^ARG PYTHON=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        self.base = f"python:{python}-slim-bookworm"
        self._stand_in(f"localhost/{self.base}")
        self._buildah("push", "--quiet", f"localhost/{self.base}", f"docker://{self.registry}/library/{self.base}")
        run("make", "-o", ".venv/dev", "sbom", cwd=ROOT)
        self.layout = self._bundles / "layout"
        self.script("build", revision, self.layout, ROOT / ".cache/sbom.json", "--", *options())
        return self._image(f"localhost/attractor:{revision}")

    def build_sweep(self, revision):
        """That of sweeps, whose stage `build` is what the service's image has of it: that takes minutes."""
        built, tag = f"localhost/attractor:{revision}", f"localhost/attractor:sweep-{revision}"
        copied = "".join(f"COPY --from={built} {folder} {folder}\n" for folder in ("/venv", "/app"))
        dockerfile = (ROOT / "Dockerfile").read_text()
        shared, count = re.subn(r"(?<= AS build\n)(.+\n)+", lambda _: copied, dockerfile)
        assert count == 1
        adapted = self._bundles / "Dockerfile"
        adapted.write_text(f"ARG TARGETARCH\n{shared}")
        given = "--build-arg", f"REVISION={revision}", "--build-arg", f"TARGETARCH={HERE}"
        named = "--file", adapted, "--target", "sweep", "--tag", tag
        self._buildah("build", "--format", "docker", *given, *options(), *named, ROOT)
        return self._image(tag)

    def _image(self, tag):
        self._images.append(Image(self._buildah, tag, self._bundles))
        return self._images[-1]

    def script(self, *arguments, **environment):
        """What .github/scripts/image.py prints."""
        return run(sys.executable, SCRIPT, *arguments, env={**self._environment, **environment})

    def _buildah(self, *arguments):
        return run("buildah", *arguments, env=self._environment)

    def _serve_registry(self):
        storage = {"filesystem": {"rootdirectory": str(self._bundles / "registry")}}
        settings = {"version": 0.1, "storage": storage, "http": {"addr": self.registry}}
        given = self._bundles / "registry.yml"
        given.write_text(json.dumps(settings))  # which YAML is
        with (self._bundles / "registry.log").open("w") as log:
            serving = subprocess.Popen(["docker-registry", "serve", given], stdout=log, stderr=log)

        def answers():
            assert serving.poll() is None, (self._bundles / "registry.log").read_text()
            with socket.socket() as asking:
                return not asking.connect_ex(("127.0.0.1", int(self.registry.rpartition(":")[2])))

        until(answers)
        return serving

    def _stand_in(self, name):
        """The base image, unless it is there: the folders and commands of the official one, with Debian's Python."""
        if name in self._buildah("images", "--format", "{{.Name}}:{{.Tag}}").split():
            return
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            packages = "python3,python3-venv,ca-certificates"
            run("debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", folder)
            run("chroot", folder, "python3", "-m", "venv", "/usr/local")
            for each in UNNEEDED:
                shutil.rmtree(Path(folder, each))
            container = self._buildah("from", "scratch")
            self._buildah("add", "--quiet", container, folder, "/")
        self._buildah("config", "--env", f"PATH={PATH}", container)
        self._buildah("commit", "--quiet", "--rm", container, name)

    def close(self):
        self._serving.terminate()
        self._serving.wait(300)
        for image in self._images:
            image.remove()
        shutil.rmtree(self._bundles)


class Image:
    """One that buildah holds, and a container of it, whose files those that run share."""

    def __init__(self, buildah, tag, bundles):
        self._buildah, self._tag, self._bundles = buildah, tag, bundles
        self._container = buildah("from", "--pull-never", tag)
        self._rootfs = os.path.realpath(buildah("mount", self._container))  # runc follows no link

    def config(self):
        return json.loads(self._buildah("inspect", "--type", "image", self._tag))["Docker"]["config"]

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

    def remove(self):
        self._buildah("rm", self._container)
        self._buildah("rmi", self._tag)


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


def options():
    """Those of `buildah build` by which it reaches the wheels, and nothing else."""
    return "--network", "none", "--volume", f"{wheels()}:/root:ro"


def wheels():
    """A folder to stand for /root in the build: the wheels of a lock file, and settings that take none but them.

    What a sweep needs is all that the service does, in the same versions, and some more.
    """
    lock = ROOT / "requirements" / "sweep.txt"
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
