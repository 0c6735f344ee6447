"""The helper process of a worker, as Linux tells of it."""

from bench.memory import ready_helpers, with_helper
from tests.waiting import until


def children(pid: int) -> list[int]:
    """The process ids of a worker's children."""
    return with_helper(pid)[1:]


def ready_helper(worker: int, but: int = 0) -> int:
    """The helper of a worker, another than `but`, once it is ready."""
    (helper,) = until(lambda: ready_helpers(worker) - {but})
    return helper
