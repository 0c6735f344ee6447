"""The CPUs and the memory that this process may use: the machine's, or less by its affinity or a cgroup."""

import math
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

WORKER_MEMORY = 512 << 20
"""Bytes that a worker is given: it takes 180 MiB idle, 350 once it has drawn and solved, and up to 150 more for one
answer."""

_ROOT = Path("/")
_MOUNT = r"^\S+ \S+ \S+ (/\S*) (/\S*) .* - (cgroup2?) \S+ (\S+)$"


def workers(cpus: float, memory: float) -> int:
    """The default number of workers: each has a CPU and WORKER_MEMORY; at least one."""
    return max(1, int(min(cpus, memory / WORKER_MEMORY)))


def most_workers(cpus: float, memory: float) -> int:
    """The greatest number of workers: four for each CPU, rounded up, with WORKER_MEMORY each; at least one."""
    return max(1, int(min(math.ceil(4 * cpus), memory / WORKER_MEMORY)))


def threads(cpus: float, workers: int) -> int:
    """Threads for kernels in each worker: its share of the CPUs."""
    return max(1, int(cpus / workers))


def cpus() -> float:
    """The number of CPUs that this process may use, a fraction where a quota gives one."""
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(usable, cpu_quota())


def memory() -> float:
    """The bytes of memory that this process may use."""
    return min(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), memory_limit())


def cpu_quota(root: Path = _ROOT) -> float:
    """CPUs that cgroups of either version allow; infinite without a limit."""
    limits = [_numbers(group, "cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us") for group in _groups(root, "cpu")]
    return min((limit[0] / limit[1] for limit in limits if len(limit) == 2), default=math.inf)


def memory_limit(root: Path = _ROOT) -> float:
    """Bytes that cgroups of either version allow; infinite, or absurdly large, without a limit."""
    limits = [_numbers(group, "memory.max", "memory.limit_in_bytes") for group in _groups(root, "memory")]
    return min((limit[0] for limit in limits if limit), default=math.inf)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of the cgroups around this process that may limit `controller`, as far as they are mounted."""
    paths: dict[str, PurePosixPath] = {}  # by controller of version 1; version 2 has one path for all, under ""
    for controllers, path in re.findall(r"^\d+:(.*?):(/.*)$", _text(root / "proc/self/cgroup"), re.MULTILINE):
        paths |= dict.fromkeys(controllers.split(","), PurePosixPath(path))
    for top, point, kind, options in re.findall(_MOUNT, _text(root / "proc/self/mountinfo"), re.MULTILINE):
        name = controller if kind == "cgroup" else ""
        if name not in paths or (name and name not in options.split(",")):
            continue
        # In a container the mount may begin at the process's own group, or be seen from another namespace.
        below = paths[name].relative_to(top) if paths[name].is_relative_to(top) else PurePosixPath()
        for group in (below, *below.parents):
            yield root / point.lstrip("/") / group


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # not Linux, or not mounted
        return ""


def _numbers(group: Path, *names: str) -> list[int]:
    """Reads numbers from those files that exist; yields nothing where one is not positive: `max`, -1 or nonsense."""
    words = [word for name in names for word in _text(group / name).split()]
    return [int(word) for word in words] if all(word.isdecimal() and int(word) for word in words) else []
