"""The helper process of a worker, as Linux tells of it."""

import resource
from pathlib import Path

from tests.waiting import until


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    return [int(child) for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()]


def ready_helper(worker: int, but: int = 0) -> int:
    """The helper of a worker, another than `but`, once it is ready: it limits its memory last."""
    (helper,) = until(lambda: {*children(worker)} - {but})
    until(lambda: resource.prlimit(helper, resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY)
    return helper
