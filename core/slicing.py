"""Long work in short slices, on as many threads as are given: so that it can be stopped, streamed and shared.

`Work` does a slice for each `next` and has one result. A worker has several: it gives one or, meanwhile, None.
Kernels release the GIL, so plain threads use every core; no result depends on where slices end.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from threading import local
from time import perf_counter, thread_time
from typing import Any, TypeAlias, TypeVar, cast

SECONDS = 0.01
"""How long a slice should take; the last before a stop is waited for."""

PART = SECONDS / 20
"""How long a part of a slice should take: numbers that become subnormal make the next one up to 50 times as long."""

T = TypeVar("T")

Work: TypeAlias = Generator[None, None, T]
"""Work that gives one result, as the generator's value, and yields between slices."""


def finish(work: Work[T]) -> T:
    """The result of `work`, without any pause."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return cast(T, end.value)


class _Besides(local):
    seconds = 0.0


_besides = _Besides()


def cpu_seconds() -> float:
    """What this thread has worked, and others for it in `run`, since some moment; without what is `uncounted`."""
    return thread_time() + _besides.seconds


@contextmanager
def uncounted() -> Iterator[None]:
    """Work that is done once for all, so that none who waits for it is charged with it."""
    began = thread_time()
    try:
        yield
    finally:
        _besides.seconds -= thread_time() - began


class Pace:
    """Pauses for work that is done in pieces of unknown length."""

    def __init__(self) -> None:
        self._began = perf_counter()

    def pauses(self) -> Iterator[None]:
        """Yields once where half of SECONDS has passed since it last did, or since the beginning."""
        if perf_counter() - self._began >= SECONDS / 2:
            yield
            self._began = perf_counter()


def slices(total: int, work: Callable[[int, int], object], pace: Pace | None = None) -> Iterator[None]:
    """Call `work(first, end)` on consecutive parts of range(total), and pause as `pace` says.

    Parts begin with one and grow until one takes PART, so nothing need be known of what an item costs. A `pace` that
    is given holds over several calls, each too short for a pause.
    """
    pace = pace or Pace()
    done, size = 0, 1
    while done < total:
        end = min(total, done + size)
        began = perf_counter()
        work(done, end)
        took = perf_counter() - began
        done = end
        size = max(1, min(8 * size, int(size * PART / took) if took else 8 * size))
        yield from pace.pauses()


def run(workers: Iterable[Iterator[T | None]], threads: int) -> Iterator[T | None]:
    """All that `workers` give, in their order, `threads` of them at a time; None between slices.

    A worker runs on one thread at a time. Results of a later worker wait for the earlier to end, so at most
    `threads` workers' results are held. Closing this iterator stops every worker at the end of its slice.
    Raises what a worker raises.
    """
    if threads == 1:
        for worker in workers:
            yield from worker
        return
    waiting = iter(workers)
    active = list(islice(waiting, threads))
    finished: set[int] = set()
    results: dict[int, list[T]] = {id(worker): [] for worker in active}
    futures: dict[Future[tuple[bool, list[Any], float]], Iterator[T | None]] = {}
    pool = _pool(threads)
    try:
        futures.update((pool.submit(_next, worker), worker) for worker in active)
        while active:
            done, _ = wait(futures, return_when=FIRST_COMPLETED)
            for future in done:
                worker = futures.pop(future)
                more, given, took = future.result()
                _besides.seconds += took
                results[id(worker)] += given
                if more:
                    futures[pool.submit(_next, worker)] = worker
                else:
                    finished.add(id(worker))
            yield None
            while active:
                yield from results[id(active[0])]
                results[id(active[0])].clear()
                if id(active[0]) not in finished:
                    break
                first = active.pop(0)
                finished.discard(id(first))
                del results[id(first)]
                for worker in islice(waiting, 1):
                    active.append(worker)
                    results[id(worker)] = []
                    futures[pool.submit(_next, worker)] = worker
    finally:
        for future in futures:
            future.cancel()
        wait(futures)


def _next(worker: Iterator[T | None]) -> tuple[bool, list[Any], float]:
    """Whether it goes on, what it gave in about a slice (short work costs one visit to a thread), and CPU seconds."""
    given: list[Any] = []
    began, worked = perf_counter(), cpu_seconds()
    for result in worker:
        if result is not None:
            given.append(result)
        if result is None or perf_counter() - began > SECONDS:
            return True, given, cpu_seconds() - worked
    return False, given, cpu_seconds() - worked


@lru_cache(maxsize=16)
def _pool(threads: int) -> ThreadPoolExecutor:
    """Kept, since starting threads takes as long as a small ensemble; every task is one slice, so they share it."""
    return ThreadPoolExecutor(threads, thread_name_prefix="core")
