"""Long work in short slices, on as many threads as are given: so that it can be stopped, streamed and shared.

`Work` does a slice for each `next` and has one result. A worker has several: it gives one or, meanwhile, None.
Kernels release the GIL, so plain threads use every core; no result depends on where slices end.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from threading import local
from time import perf_counter, thread_time
from typing import Generic, TypeAlias, TypeVar, cast

SECONDS = 0.01
"""The seconds that a slice should take; a stop waits for the last slice."""

PART = SECONDS / 20
"""The seconds that a part of a slice should take: subnormal numbers make the next up to 50 times as long."""

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
    """CPU seconds of this thread, and of others for it in `run`, since some moment; without those `uncounted`."""
    return thread_time() + _besides.seconds


def charge(seconds: float) -> None:
    """Charges this thread with CPU seconds of another process for it."""
    _besides.seconds += seconds


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


class Stride:
    """How many items a part of a slice has, carried over from work to work that takes alike."""

    items = 1


def slices(
    total: int, work: Callable[[int, int], object], pace: Pace | None = None, stride: Stride | None = None
) -> Iterator[None]:
    """Call `work(first, end)` on consecutive parts of range(total), and pause as `pace` says.

    Parts begin with one, or where `stride` is, and grow until one takes PART, so nothing need be known of what an item
    costs. A `pace` that is given holds over several calls, each too short for a pause.
    """
    pace, stride = pace or Pace(), stride or Stride()
    done = 0
    while done < total:
        size = stride.items
        end = min(total, done + size)
        began = perf_counter()
        work(done, end)
        took = perf_counter() - began
        fitting = int((end - done) * PART / took) if took else 8 * size
        stride.items = max(1, min(8 * size, fitting))
        done = end
        yield from pace.pauses()


class _Running(Generic[T]):
    """A worker that is among those that are active, and what it has given that is not passed on yet."""

    def __init__(self, worker: Iterator[T | None]) -> None:
        self._worker = worker
        self.given: deque[T] = deque()
        self.is_over = False
        self.helped: Future[None] | None = None
        """The work of a thread of the pool for this worker."""
        self.worked = 0.0
        """CPU seconds of such threads, slice by slice: who waits for one sees what others do meanwhile."""
        self._charged = 0.0

    def advance(self) -> None:
        """About a slice: short work costs one visit to a thread."""
        began = perf_counter()
        for result in self._worker:
            if result is not None:
                self.given.append(result)
            if result is None or perf_counter() - began > SECONDS:
                return
        self.is_over = True

    def help(self, patience: "_Patience") -> None:
        """Advances for as long as there is `patience`, a slice at least."""
        while True:
            before = cpu_seconds()
            self.advance()
            self.worked += cpu_seconds() - before
            if self.is_over or perf_counter() >= patience.end:
                return

    def charge(self) -> float:
        """CPU seconds of helpers since this was last called."""
        worked = self.worked
        since, self._charged = worked - self._charged, worked
        return since


class _Patience:
    """The moment until which helpers go on, which who calls for them moves on as it goes on itself."""

    end = 0.0


def run(workers: Iterable[Iterator[T | None]], threads: int) -> Iterator[T | None]:
    """All that `workers` give, in their order, `threads` of them at a time; None between slices.

    The caller's thread is one of them: others help while it goes on, and stop within two slices where it does not.
    A worker runs on one thread at a time. Results of a later worker wait for the earlier to end, so at most
    `threads` workers' results are held. Closing this iterator stops every worker at the end of its slice.
    Raises what a worker raises.
    """
    if threads == 1:
        for worker in workers:
            yield from worker
        return
    waiting = (_Running(worker) for worker in workers)
    active = deque(islice(waiting, threads))
    pool, patience = _pool(threads - 1), _Patience()
    try:
        while active:
            patience.end = perf_counter() + 2 * SECONDS
            free = [each for each in active if not (each.is_over or each.helped)]
            for each in free[1:]:
                each.helped = pool.submit(each.help, patience)
            if free:
                free[0].advance()
            else:
                wait([each.helped for each in active if each.helped], return_when=FIRST_COMPLETED)
            for each in active:
                if each.helped and each.helped.done():
                    each.helped.result()
                    each.helped = None
                _besides.seconds += each.charge()
            yield None
            while active:
                first = active[0]
                while first.given:
                    yield first.given.popleft()
                if not first.is_over or first.helped:
                    break
                active.popleft()
                active.extend(islice(waiting, 1))
    finally:
        patience.end = 0.0
        helping = [each.helped for each in active if each.helped]
        for future in helping:
            future.cancel()
        wait(helping)


@lru_cache(maxsize=16)
def _pool(threads: int) -> ThreadPoolExecutor:
    """Kept, since starting threads takes as long as a small ensemble; every task is a few slices, so they share it."""
    return ThreadPoolExecutor(threads, thread_name_prefix="core")
