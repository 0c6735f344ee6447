"""The process that `api.limits.helper` asks over a pipe, whose descriptor is the program's argument.

It has the niceness of the job that began it.
"""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.host import cpus, threads
from attractor.api.http.written import write
from attractor.api.limits.helper import GONE, Asked, Slice
from attractor.api.problems import BadQuery
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.slicing import SECONDS, cpu_seconds

_RESOURCES = {resource.path: resource for resource in RESOURCES}
_SPARE = 192 << 20
"""Bytes beyond those that answers may hold: of what is loaded at its first use, of threads, and of the heap."""
_PART = 1 << 18
"""Bytes of a part, at most: the worker holds its interpreter's lock while it copies one."""
_LEAST = 32 << 20
"""Bytes below which whatever is raised is taken for want of memory: a library that is not mapped is an ImportError."""


def main() -> None:
    """Advances work as it is asked to, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the worker ends this one
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe, works = Connection(int(sys.argv[1])), dict[int, Iterator[Any]]()
    try:
        settings = pipe.recv()
        _limit_memory(settings.max_memory + _SPARE)
        pipe.send(frozenset(SYSTEMS))
        while True:
            asked = pipe.recv()
            for number in asked.dropped:
                works.pop(number, None)
            pipe.send(_advance(works, asked, settings))
    except GONE:
        return


def _limit_memory(more: int) -> None:
    """Limits what this process may write to beyond what it has; then an allocation fails."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        resource.setrlimit(resource.RLIMIT_DATA, (most := pages * resource.getpagesize() + more, most))


def _is_exhausted() -> bool:
    """Whether hardly any memory is left, while what is raised still holds that of the work."""
    try:
        bytearray(_LEAST)
    except MemoryError:
        return True
    return False


def _write(path: str, raw: bytes, settings: Settings) -> Iterator[Any]:
    """What is told of an answer, then the parts of its body; None wherever the work may pause."""
    resource = _RESOURCES[path]
    query = resource.read(raw, settings, None)
    answer = yield from resource.compute(query, settings, threads(cpus(), settings.workers))
    written, chunks = write(answer, resource.formats[query.format])
    yield written
    for chunk in chunks:
        if chunk is None:
            yield None
        else:
            yield from (bytes(memoryview(chunk)[i : i + _PART]) for i in range(0, len(chunk), _PART))


def _advance(works: dict[int, Iterator[Any]], asked: Asked, settings: Settings) -> Slice:
    began, until = cpu_seconds(), perf_counter() + SECONDS
    try:
        if asked.query:
            works[asked.number] = _write(*asked.query, settings)
        part = None
        while part is None and perf_counter() < until:
            part = next(works[asked.number])
    except StopIteration:
        del works[asked.number]
        return Slice(cpu_seconds() - began, is_over=True)
    except Exception as error:
        if isinstance(error, MemoryError) or (not isinstance(error, BadQuery) and _is_exhausted()):
            os.abort()  # nothing that it holds is worth keeping
        works.pop(asked.number, None)
        return Slice(cpu_seconds() - began, is_over=True, error=error)
    return Slice(cpu_seconds() - began, is_over=False, part=part)
