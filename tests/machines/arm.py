"""A Python of AArch64 that runs on this machine by emulation: Debian's, with the locked dependencies of the service.

It is unpacked into a folder and installed nowhere. It shows that the code that is made for AArch64 computes what IEEE
754 says, not how fast a real one is.
"""

import os
import subprocess
from pathlib import Path
from shutil import which

from tests.conftest import ROOT

FOLDER = ROOT / ".cache/arm"
PLATFORM = "aarch64-manylinux_2_28"
_PACKAGES = "python3", "libstdc++6"  # and all that they need
_SOURCES = "/etc/apt/sources.list.d/debian.sources"


def command() -> list[str]:
    """What runs Python there, made where it is not there yet. Needs apt and dpkg of Debian, but no root."""
    root, done = FOLDER / "root", FOLDER / "done"
    emulator = which("qemu-aarch64-static") or which("qemu-aarch64") or str(root / "usr/bin/qemu-aarch64-static")
    if not done.exists():
        for name in ("lists/partial", "archives/partial", "root"):
            (FOLDER / name).mkdir(parents=True, exist_ok=True)
        (FOLDER / "status").touch()
        archives = FOLDER / "archives"
        _apt("update")
        _apt("install", "--yes", "--download-only", "--no-install-recommends", *_PACKAGES)
        if not Path(emulator).exists():
            subprocess.run(["apt-get", "download", "--quiet", "qemu-user-static"], cwd=archives, check=True)
        for package in archives.glob("*.deb"):
            subprocess.run(["dpkg", "--extract", package, root], check=True)
        _install(FOLDER / "packages")
        done.touch()
    return [emulator, "-L", str(root), str(root / "usr/bin/python3.11")]


def environment() -> dict[str, str]:
    """In which it finds its packages, and keeps its kernels."""
    path = os.pathsep.join(map(str, (FOLDER / "packages", ROOT)))
    return {**os.environ, "PYTHONPATH": path, "NUMBA_CACHE_DIR": str(FOLDER), "MPLCONFIGDIR": str(FOLDER)}


def _apt(*arguments: str) -> None:
    """apt-get for AArch64, which neither reads nor changes what is installed on this machine."""
    options = {
        "APT::Architecture": "arm64",
        "APT::Architectures": "arm64",
        "Dir::Etc::sourcelist": _SOURCES,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::status": FOLDER / "status",
        "Dir::State::lists": FOLDER / "lists",
        "Dir::Cache::archives": FOLDER / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
    }
    settings = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    subprocess.run(["apt-get", "--quiet", *settings, *arguments], check=True)


def _install(folder: Path) -> None:
    uv = ROOT / ".venv/bin/uv"
    platform = ["--python-platform", PLATFORM, "--python-version", "3.11", "--only-binary", ":all:"]
    command = [uv, "pip", "install", "--quiet", "--target", folder, *platform]
    subprocess.run([*command, "--require-hashes", "-r", ROOT / "requirements/serve.txt"], check=True)
