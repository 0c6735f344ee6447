"""Long work outside the event loop, in slices, on few threads.

Clients take turns. Of one client, answers that take little are computed in the order in which they were begun, each to
its end, so that one of several slices waits once and not for each of them. Those that take more, or turn out to, take
turns behind them, with a quarter of the time for themselves.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from math import inf
from threading import Lock
from time import perf_counter
from typing import Any, NamedTuple, TypeVar, cast

from attractor.api.formats import Chunk
from attractor.api.limits.memory_budget import Full, share
from attractor.api.limits.overload import Load
from attractor.api.limits.turns import Turns
from attractor.core.slicing import Work, cpu_seconds

_SLICE = 0.010  # seconds after which work lets others have its thread, and may stop
_ENOUGH = 1 << 16  # bytes that are worth handing over
_TURN = 0.030  # seconds after which an answer is a long one
_SHARE = 3  # slices' time that short ones may take before a long one has its turn
_WAIT = 0.160  # seconds of short ones, for each thread, of which clients have shares
_QUEUE = 16  # long ones, for each thread, of which clients have shares
_LATE = 1.0  # seconds that a client may have to wait for its turn when another answer is begun
_LEAST = 0.001  # seconds that each takes, whatever was thought

Item = TypeVar("Item")
_Step = Callable[[], Any]


class TooLong(Exception):
    """An answer took more CPU seconds than any may."""


class _Paused(Exception):
    """A slice is over, and there is nothing to hand over yet."""


class Job:
    """The work for one answer, computed one part at a time."""

    def __init__(self, jobs: "Jobs", seconds: float, client: str) -> None:
        self._jobs = jobs
        self.client = client
        self.number = jobs.begun
        self._thought = seconds
        self.waiting: _Waiting | None = None
        self.spent = 0.0
        """CPU seconds."""
        self._used = 0.0
        self._has_begun = False

    @property
    def remaining(self) -> float:
        """CPU seconds that the job still takes, by the estimate it began with."""
        return self._thought - self._used

    @property
    def is_long(self) -> bool:
        return max(self._thought, self._used) > _TURN

    def charge(self, computed: float, passed: float) -> None:
        """Charges the job with a part that took `computed` CPU seconds and `passed` seconds."""
        self.spent += computed
        self._used += max(computed, passed / 4)  # most of what passes beyond is waiting for the interpreter

    def result(self, work: Work[Item], gone: "asyncio.Future[Any]") -> "asyncio.Future[Item | None]":
        """A future of the value that `work` returns; None once `gone` is done."""
        return self._jobs.submit(self, lambda: _advance_to_value(work), gone)

    def chunks(
        self, work: Iterator[Chunk | None], gone: "asyncio.Future[Any]"
    ) -> "asyncio.Future[tuple[list[Chunk], bool] | None]":
        """A future of the next chunks of `work`, and whether they are the last; None once `gone` is done.

        None that `work` yields is where it may pause. The first chunk comes as soon as it is there.
        """
        enough = _ENOUGH if self._has_begun else 1
        self._has_begun = True
        return self._jobs.submit(self, lambda: _next_chunks(work, enough), gone)


class _Waiting(NamedTuple):
    """A part of a job that waits for a thread."""

    job: Job
    step: _Step
    gone: "asyncio.Future[Any]"
    done: "asyncio.Future[Any]"


class Jobs:
    """Threads that advance jobs, each for at most so many CPU seconds."""

    def __init__(self, threads: int, most: float = inf) -> None:
        self._threads = threads
        self.most = most
        self._pool = ThreadPoolExecutor(threads, "job", initializer=_give_way)
        self.load = Load()
        self.longest = 0.0
        """CPU seconds of the longest slice yet, on its thread and, meanwhile, on others for it."""
        self.begun = 0
        self._waiting: set[Job] = set()
        self._lock = Lock()  # of the five below
        self._short: Turns[_Waiting] = Turns()
        self._long: Turns[_Waiting] = Turns()
        self._order = count()  # of long ones
        self._since_long = 0.0  # seconds that short ones took since a long one had its turn

    def begin(self, seconds: float, client: str = "") -> Job:
        """Begins a client's job of about `seconds` CPU seconds. Raises Full where it, or others, would wait too long.

        A client that has nothing waiting is let in whatever others have, as long as clients have their turns in time.
        """
        self.begun += 1
        job = Job(self, seconds, client)
        waiting = [other for other in self._waiting if other.is_long is job.is_long]
        calm = self.load.headroom(client)
        room, turn = (_QUEUE, _SLICE) if job.is_long else (_WAIT, _TURN)
        own, total = (sum(map(_place, of)) for of in ([each for each in waiting if each.client == client], waiting))
        most = share(room * self._threads * calm, total - own, is_awaited=own < total)
        clients = len({each.client for each in waiting})
        with self._lock:
            age = (self._long if job.is_long else self._short).age()
        if not calm or age > _LATE or clients * turn > _LATE * self._threads or (own and own + _place(job) > most):
            raise Full
        return job

    def submit(self, job: Job, step: _Step, gone: "asyncio.Future[Any]") -> "asyncio.Future[Any]":
        """Submits a step. The future has its result once it does not raise _Paused, or None once `gone` is done."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        if job.waiting is None:
            gone.add_done_callback(lambda _: self._leave(job))
        job.waiting = _Waiting(job, step, gone, done)
        self._waiting.add(job)
        loop.call_soon(self._enqueue, job.waiting)  # once what is there is being sent
        return done

    def _enqueue(self, waiting: _Waiting, goes_on: bool = False) -> None:
        job = waiting.job
        with self._lock:
            if job.is_long:
                self._long.put(job.client, next(self._order), waiting)
            else:
                self._short.put(job.client, job.number, waiting, goes_on)
        self._pool.submit(self._advance)

    def _leave(self, job: Job) -> None:
        """Settles what waits for a client that is gone, without waiting for its turn."""
        waiting = job.waiting
        with self._lock:
            was_there = any(turns.discard(job.client, waiting) for turns in (self._short, self._long))
        if waiting and was_there:
            self._settle(job, waiting.done, None, None)

    def _take(self) -> _Waiting | None:
        """Takes the part whose turn it is; None where its client has left meanwhile."""
        with self._lock:
            if self._long and not (self._short and self._since_long < _SHARE * _SLICE):
                self._since_long = 0.0
                return self._long.take()
            return self._short.take()

    def _advance(self) -> None:
        """Runs one slice of the part whose turn it is, on a thread."""
        waiting = self._take()
        if waiting is None:
            return
        job, step, gone, done = waiting
        begin = perf_counter(), cpu_seconds()
        item, error, is_over = None, None, True
        try:
            if not gone.done():
                item = step()
        except _Paused:
            is_over = False
        except BaseException as exception:
            error = exception
        self._charge(job, begin)
        if job.spent > self.most and not gone.done():
            error = error or TooLong()
        elif not is_over:
            self._enqueue(waiting, goes_on=True)
            return
        done.get_loop().call_soon_threadsafe(self._settle, job, done, item, error)

    def _charge(self, job: Job, begin: tuple[float, float]) -> None:
        passed, computed = perf_counter() - begin[0], cpu_seconds() - begin[1]
        self.longest = max(self.longest, computed)
        if not job.is_long:
            self._since_long += passed
        job.charge(computed, passed)

    def _settle(self, job: Job, done: "asyncio.Future[Any]", item: Any, error: BaseException | None) -> None:
        self._waiting.discard(job)
        if done.done():
            return
        if error:
            done.set_exception(error)
        else:
            done.set_result(item)


def _place(job: Job) -> float:
    """The room that a waiting job takes: its seconds if it is short, 1 if it is long."""
    return 1 if job.is_long else max(job.remaining, _LEAST)


def finish_at_once(work: Work[Item]) -> Item | None:
    """The value that `work` returns, or None where it pauses first."""
    try:
        next(work)
    except StopIteration as end:
        return cast(Item, end.value)
    return None


def _advance_to_value(work: Work[Item]) -> Item:
    until = perf_counter() + _SLICE
    try:
        while perf_counter() < until:
            next(work)
    except StopIteration as end:
        return cast(Item, end.value)
    raise _Paused


def _next_chunks(work: Iterator[Chunk | None], enough: int) -> tuple[list[Chunk], bool]:
    until = perf_counter() + _SLICE
    chunks: list[Chunk] = []
    size = 0
    for chunk in work:
        if chunk is not None:
            chunks.append(chunk)
            size += len(chunk)
        if size >= enough or perf_counter() > until:
            if not chunks:
                raise _Paused
            return chunks, False
    return chunks, True


def _give_way() -> None:
    """Lets the event loop's thread go first; only Linux knows threads of different niceness."""
    if sys.platform == "linux":
        os.nice(5)
