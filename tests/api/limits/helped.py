"""The helper process of a worker, as Linux tells of it."""

import resource

from bench.memory import with_helper
from tests.waiting import until


def children(pid: int) -> list[int]:
    """The process ids of a worker's children."""
    return with_helper(pid)[1:]


def ready_helper(worker: int, but: int = 0) -> int:
    """The helper of a worker, another than `but`, once it is ready: it limits its memory last."""
    (helper,) = until(lambda: {*children(worker)} - {but})
    until(lambda: resource.prlimit(helper, resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY)
    return helper
