"""Long work outside the event loop, in slices, on few threads."""

import asyncio
import os
import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any, TypeVar, cast

_SLICE = 0.010  # seconds after which work lets others have its thread, and may stop
_QUEUE = 8  # slices that may wait for a thread when another answer is begun
_PAUSED: Any = object()

Item = TypeVar("Item")


class Jobs:
    """Threads that advance generators. None that a generator yields is where it may pause."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "job", initializer=_give_way)
        self._most = _QUEUE * threads
        self._waiting = 0

    @property
    def is_full(self) -> bool:
        """Whether so much waits for a thread that more would wait for too long."""
        return self._waiting >= self._most

    async def next(self, work: Iterator[Item | None], gone: "asyncio.Future[Any]") -> Item | None:
        """The next item of `work`; None at its end, or once `gone` is done."""
        loop = asyncio.get_running_loop()
        while not gone.done():
            self._waiting += 1
            try:
                item: Item | None = await loop.run_in_executor(self._pool, _advance, work)
            finally:
                self._waiting -= 1
            if item is not _PAUSED:
                return item
        return None

    async def result(self, work: Generator[None, None, Item], gone: "asyncio.Future[Any]") -> Item | None:
        """The value that `work` returns; None once `gone` is done."""
        return await self.next(_then_its_value(work), gone)


def at_once(work: Generator[None, None, Item]) -> Item | None:
    """The value that `work` returns before it first pauses, or None."""
    try:
        next(work)
    except StopIteration as end:
        return cast(Item, end.value)
    return None


def _then_its_value(work: Generator[None, None, Item]) -> Iterator[Item | None]:
    yield (yield from work)


def _advance(work: Iterator[Any]) -> Any:
    """The next item, or _PAUSED when a slice is over, or None at the end."""
    until = perf_counter() + _SLICE
    for item in work:
        if item is not None:
            return item
        if perf_counter() > until:
            return _PAUSED
    return None


def _give_way() -> None:
    """Lets the event loop's thread go first; only Linux knows threads of different niceness."""
    if sys.platform == "linux":
        os.nice(5)
