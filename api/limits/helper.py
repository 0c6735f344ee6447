"""A process beside a worker for work that holds the interpreter's lock, as arithmetic of balls and drawing do.

It advances that work by a slice whenever a job asks for one, so jobs take turns there as they do on threads. It is
begun at the first use and, until it is there, as while it is replaced, the worker computes by itself. It dies with the
worker, whose pipe ends. `api.server.helper` is what runs in it.
"""

import logging
import os
import subprocess
import sys
from collections import deque
from itertools import count
from multiprocessing.connection import Connection
from socket import socketpair
from threading import Lock
from time import perf_counter
from typing import Any, NamedTuple

from attractor.api.settings import Settings
from attractor.core.slicing import SECONDS, Work, charge

PROGRAM = "attractor.api.server.helper"
_PATIENCE = 30.0
"""Seconds that a slice may take, and a start; a helper that is silent for longer is killed."""
_TRIES = 2

_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What a worker asks of its helper: a slice of the work `number`, which begins where there is a query."""

    number: int
    query: tuple[str, bytes] | None = None
    """A path and a query string."""
    dropped: tuple[int, ...] = ()
    """The numbers of works that nobody waits for any more."""


class Slice(NamedTuple):
    """What a slice took, and what came of it."""

    seconds: float
    """CPU seconds."""
    is_over: bool
    value: Any = None
    error: Exception | None = None


class HelperEnded(Exception):
    """The helper has ended twice during the same work, which needs more memory than it has, above all."""


GONE = EOFError, OSError
"""What a pipe raises whose other end is closed."""


class Helper:
    """The helper of this process: one at most, begun when it is first asked for, and again when it has ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()  # of the one below
        self._running: _Running | None = None
        self._numbers = count()

    def knows(self, system: str) -> bool:
        """Whether there is a helper to ask of a system; one is begun where there is none.

        It knows those of the catalogue, not one that a program has declared before it serves.
        """
        try:
            running = self._find(0.0)
        except GONE:
            return False
        return running is not None and system in running.systems

    def find(self, path: str, raw: bytes) -> Work[Any]:
        """What the query `raw` at `path` finds, or raises. Raises HelperEnded."""
        for _ in range(_TRIES):
            try:
                while (running := self._find(SECONDS)) is None:
                    yield
                told = yield from self._advance(running, Asked(next(self._numbers), (path, raw)))
            except GONE:
                continue
            if told.error:
                raise told.error
            return told.value
        raise HelperEnded

    def close(self) -> None:
        """Ends the helper, whatever it is doing."""
        with self._lock:
            if self._running:
                self._running.kill()
            self._running = None

    def _find(self, seconds: float) -> "_Running | None":
        """The helper where it is ready within so many seconds. Raises one of GONE."""
        with self._lock:
            if self._running is None:
                self._running = _Running(self._settings)
            running = self._running
        try:
            return running if running.is_ready(seconds) else None
        except GONE:
            self._bury(running)
            raise

    def _advance(self, running: "_Running", asked: Asked) -> Work[Slice]:
        """The last slice of what is asked. Raises one of GONE."""
        try:
            told = running.ask(asked)
            while not told.is_over:
                charge(told.seconds)
                yield
                told = running.ask(Asked(asked.number))
        except GONE:
            self._bury(running)
            raise
        except GeneratorExit:
            running.dropped.append(asked.number)  # told with the next question: the event loop may be here
            raise
        charge(told.seconds)
        return told

    def _bury(self, running: "_Running") -> None:
        with self._lock:
            if self._running is running:
                self._running = None
                _log.warning("the helper %d ended with %s, and is replaced", running.pid, running.kill())


class _Running:
    """A helper that runs, and the pipe to it, which one thread at a time uses."""

    def __init__(self, settings: Settings) -> None:
        mine, its = socketpair()
        with its:
            path = [os.path.abspath(folder) for folder in sys.path]  # it finds what this process has found
            program = f"import sys; sys.path[:] = {path!r}; from {PROGRAM} import main; main()"
            command = [sys.executable, "-c", program, str(its.fileno())]
            nothing = subprocess.DEVNULL
            self._process = subprocess.Popen(  # noqa: S603
                command, pass_fds=[its.fileno()], stdin=nothing, stdout=nothing, stderr=nothing
            )  # every line on stderr is a record
        self.pid = self._process.pid
        self._pipe = Connection(mine.detach())
        self._lock = Lock()  # of the pipe
        self.systems: frozenset[str] = frozenset()
        """The systems that it knows, once it is ready."""
        self._began = perf_counter()
        self.dropped: deque[int] = deque()
        self._pipe.send(settings)

    def is_ready(self, seconds: float) -> bool:
        """Whether it has said that it is, or does within so many seconds. Raises one of GONE where it never will."""
        if not self.systems:
            with self._lock:
                if not self.systems and perf_counter() - self._began > _PATIENCE:
                    self._process.kill()
                if not self.systems and self._pipe.poll(seconds):
                    self.systems = self._pipe.recv()
        return bool(self.systems)

    def ask(self, asked: Asked) -> Slice:
        """A slice of some work. Raises one of GONE, also where there is none for _PATIENCE."""
        with self._lock:
            dropped = tuple(self.dropped.popleft() for _ in range(len(self.dropped)))
            self._pipe.send(asked._replace(dropped=dropped))
            if not self._pipe.poll(_PATIENCE):
                self._process.kill()
            told: Slice = self._pipe.recv()
            return told

    def kill(self) -> int:
        """The status with which it has ended."""
        self._process.kill()
        self._pipe.close()
        return self._process.wait()
