"""Shards on the workers of a Dask cluster: one that is started here, or one that there is."""

import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import dask
from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed
from distributed.comm import get_address_host_port
from msgspec import MsgspecError, Struct, json

from attractor.sweeps.failures import Failed
from attractor.sweeps.forking import METHOD, SINGLE
from attractor.sweeps.work import Task, compute_and_write, fingerprint

_WINDOW, _EACH = 32, 4  # shards that are handed out together: at least, and for each thread
_CONNECTING, _CLOSING = 30, 2  # seconds
_GONE = "the scheduler is gone"
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.low-level-log-length": 50,  # of what schedulers and workers did: 1,000 of each hold 10 MB
    "distributed.scheduler.allowed-failures": 10,
    "distributed.scheduler.http.routes": [],
    # Without Dask's MALLOC_TRIM_THRESHOLD_, by which every array is mapped anew: a quarter more CPU.
    "distributed.nanny.pre-spawn-environ": SINGLE,
    "distributed.worker.multiprocessing-method": METHOD,
}
"""Background work made quiet, short logs, deaths of workers that are no shard's fault, and plain processes' memory."""


class _SchedulerFile(Struct):
    """What we need of the file that a scheduler writes."""

    address: str


class _Started(WorkerPlugin):  # type: ignore[misc]  # of a package without types
    """Prepares a worker process that this process has started."""

    def setup(self, worker: Any) -> None:  # noqa: ARG002
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's, who stops its workers


@contextmanager
def local(workers: int, is_adaptive: bool) -> Iterator[Client]:
    """The client of a cluster of processes of one thread each."""
    with (
        dask.config.set(QUIET),
        TemporaryDirectory(prefix="attractor-") as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=0,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # None alone is port 8787, which may be taken
            local_directory=folder,
            silence_logs=logging.CRITICAL,  # of workers that die and come back
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        client.register_plugin(_Started())
        if is_adaptive:
            cluster.adapt(minimum=1, maximum=workers)
        yield client


@contextmanager
def existing(address: str | None, file: str | None) -> Iterator[Client]:
    """The client of a cluster by its scheduler's address, or the file that tells it. Raises Failed."""
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes away is told by us
    told = address or _read_address(file or "")
    try:
        get_address_host_port(told)  # of a client that has begun, Dask would wait for a minute at its end
        client = Client(told, timeout=_CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Failed(f"no scheduler answers at {address or file}: {error}") from None
    try:
        yield client
    finally:
        client.close(timeout=_CLOSING)


def _read_address(file: str) -> str:
    """The address in a file that a scheduler has written. Raises Failed where it is no such file."""
    try:
        return json.decode(Path(file).read_bytes(), type=_SchedulerFile).address
    except (OSError, MsgspecError):
        raise Failed(f"{file} is no file that a scheduler of Dask has written: it tells no address") from None


class Workers:
    """The workers of a cluster that compute the same values."""

    def __init__(self, client: Client, path: str, system: str, known: str | None) -> None:
        """Warms all workers that there are, and learns their fingerprints; `known` is that of the sweep so far.

        Raises Failed.
        """
        self._client = client
        self._refused: set[str] = set()
        try:
            first = client.submit(fingerprint, path, system, pure=False).result()  # which waits for a worker
            told: dict[str, str | Exception] = client.run(fingerprint, path, system, on_error="return")
            if wrong := [each for each in told.values() if isinstance(each, Exception) and not _has_left(each)]:
                raise wrong[0]
        except Exception as error:
            raise Failed(f"workers cannot compute it: {error}; they need this version of attractor[sweep]") from None
        found = {worker: each for worker, each in told.items() if isinstance(each, str)}
        self.fingerprint = known or Counter([*found.values(), first]).most_common(1)[0][0]
        self.refused = [worker for worker, each in found.items() if each != self.fingerprint]

    @property
    def count(self) -> int:
        """The threads of all workers. Raises Failed."""
        return sum(self._threads().values())

    def compute(self, task: Task, missing: Iterator[int], tell: Callable[[str], None]) -> Iterator[tuple[int, str]]:
        """The shards as they are done, each with its digest. Raises Failed, and OSError as `compute_and_write` does."""
        run, running = uuid4().hex, as_completed(loop=self._client.loop)
        indices: dict[str, int] = {}
        for worker in self.refused:
            self._refuse(worker, tell)

        def submit(some: Iterator[int]) -> None:
            for index in some:
                future = self._client.submit(
                    _compute_here, task, index, key=f"shard-{index}-{run}", pure=False, workers=self._sound()
                )
                indices[future.key] = index
                running.add(future)

        submit(islice(missing, self._window()))
        for future in running:
            index = indices.pop(future.key)
            worker, found = self._result(future, index)
            if found is None:
                self._refuse(worker, tell)
                submit(iter([index]))
            else:
                yield index, found
            future.release()
            if len(indices) <= (window := self._window()) // 2:
                submit(islice(missing, window - len(indices)))

    def _window(self) -> int:
        return max(_WINDOW, _EACH * self.count)

    def _sound(self) -> list[str] | None:
        """The workers that may compute; None for all."""
        if not self._refused:
            return None
        if found := [each for each in self._threads() if each not in self._refused]:
            return found
        raise Failed("every worker computes other values than those of the sweep: a processor or a library differs")

    def _threads(self) -> dict[str, int]:
        try:
            found: dict[str, int] = self._client.nthreads()
        except OSError:
            raise Failed(_GONE) from None
        return found

    def _refuse(self, worker: str, tell: Callable[[str], None]) -> None:
        if worker not in self._refused:
            tell(f"{worker} is refused: it computes other values, by its processor or its libraries")
            self._refused.add(worker)

    def _result(self, future: Any, index: int) -> tuple[str, str | None]:
        try:
            found: tuple[str, str | None] = future.result()  # computed again where the worker that had it has died
        except KilledWorker as error:
            last = error.last_worker.address
            raise Failed(f"shard {index} was lost with each worker that computed it, {last} last") from None
        except Failed:
            raise
        except (CancelledError, OSError) as error:
            if future.status == "error":  # the shard's own
                raise
            raise Failed(_GONE) from error
        except Exception as error:
            raise Failed(f"shard {index}: {error!r}") from error
        return found


def _has_left(error: Exception) -> bool:
    """Whether a worker has not answered since it went away, as where there is less work than there are workers."""
    return isinstance(error, OSError)


def _compute_here(task: Task, index: int) -> tuple[str, str | None]:
    """The address of the worker, and what `compute_and_write` gives."""
    from distributed import get_worker

    return get_worker().address, compute_and_write(task, index)
