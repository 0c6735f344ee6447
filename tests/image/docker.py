"""The image built and run by a Docker engine."""

import json
import os
import shutil
import subprocess
import uuid
from contextlib import contextmanager

from tests.conftest import ROOT


def answers() -> bool:
    """Whether there is an engine, and not only its client."""
    return bool(shutil.which("docker")) and subprocess.run(["docker", "info"], capture_output=True).returncode == 0


def docker(*arguments, check=True):
    return subprocess.run(["docker", *map(str, arguments)], capture_output=True, text=True, check=check)


class Docker:
    says = "a Docker engine"

    def __init__(self):
        self._tags: list[str] = []

    def build(self, revision, *options):
        """The service's image."""
        self._tags.append(f"attractor-test:{uuid.uuid4().hex}")
        command = ["docker", "build", "--build-arg", f"REVISION={revision}", *options, "-t", self._tags[-1], ROOT]
        subprocess.run(command, env={**os.environ, "DOCKER_BUILDKIT": "1"}, check=True)
        return Image(self._tags[-1])

    def build_sweep(self, revision):
        """That of sweeps; the engine knows the layers that both have."""
        return self.build(revision, "--target", "sweep")

    def close(self):
        for tag in self._tags:
            docker("image", "rm", tag, check=False)  # which is not there where its build failed


class Image:
    def __init__(self, tag):
        self._tag = tag

    def config(self):
        return self._inspected()["Config"]

    def size(self):
        return self._inspected()["Size"]

    def _inspected(self):
        return json.loads(docker("image", "inspect", self._tag).stdout)[0]

    @contextmanager
    def running(self, command=(), cpus=1, memory=1 << 30, mounts=None, is_writable=True, **environment):
        options = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        # The image's volume would be writable; without a namespace of IPC there is no /dev/shm.
        options += ["--tmpfs", "/tmp"] if is_writable else ["--tmpfs", "/tmp:ro", "--ipc", "none"]  # noqa: S108
        options += ["--cpus", cpus, "--memory", memory, "--publish", "127.0.0.1::8000"]
        for source, target in (mounts or {}).items():
            options += ["--volume", f"{source}:{target}:ro"]
        for name, value in environment.items():
            options += ["--env", f"{name}={value}"]
        container = Container(docker("run", "--detach", *options, self._tag, *command).stdout.strip())
        try:
            yield container
        finally:
            docker("rm", "--force", container.id)


class Container:
    def __init__(self, container):
        self.id = container

    @property
    def address(self):
        return "http://" + docker("port", self.id, "8000").stdout.split()[0]

    def run(self, *command):
        return docker("exec", self.id, *command, check=False)

    def terminate(self):
        docker("kill", "--signal", "TERM", self.id)

    def wait(self, seconds):
        return int(subprocess.run(["docker", "wait", self.id], capture_output=True, check=True, timeout=seconds).stdout)

    def lives(self):
        return docker("inspect", "--format", "{{.State.Running}}", self.id).stdout.strip() == "true"

    def log(self):
        written = docker("logs", self.id)
        return written.stdout + written.stderr
