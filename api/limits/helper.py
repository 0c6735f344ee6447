"""A process beside a worker for answers whose making holds the interpreter's lock, as arithmetic and drawing do.

It computes and writes them, a slice or a part of the body whenever a job asks for one: so jobs take turns there as they
do on threads, and nothing is made ahead of its reader. It is begun at the first use and, until it is there, the worker
makes them by itself. It dies with the worker, whose pipe ends. `api.server.helper` is what runs in it.
"""

import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
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
_SHORT = 0.03
"""CPU seconds of an answer that is made sooner in the worker than by asking its helper."""

_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What a worker asks of its helper: the next slice of the answer `number`, which begins where there is a query."""

    number: int
    query: tuple[str, bytes] | None = None
    """A path and a query string."""
    dropped: tuple[int, ...] = ()
    """The numbers of answers that nobody waits for any more."""


class Slice(NamedTuple):
    """What a slice took, and what came of it."""

    seconds: float
    """CPU seconds."""
    is_over: bool
    part: Any = None
    """What is told of the answer, the first time, and then a part of its body; None where the slice was over first."""
    error: Exception | None = None


class HelperEnded(Exception):
    """The helper has ended twice at the same part of an answer, which needs more memory than it has, above all."""


class _Ended(Exception):
    """The helper has ended."""


GONE = EOFError, OSError
"""What a pipe raises whose other end is closed."""


class Helper:
    """The helper of this process: one at most, begun when it is first asked for, and again when it has ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()  # of the one below
        self._running: _Running | None = None
        self._numbers = count()

    def takes(self, seconds: float, system: str) -> bool:
        """Whether an answer of so many CPU seconds is made here: it is no short one, and there is a helper to ask.

        One is begun where there is none. It knows the systems of the catalogue, not one that a program has declared
        before it serves.
        """
        if seconds <= _SHORT:
            return False
        try:
            running = self._find(0.0)
        except _Ended:
            return False
        return running is not None and system in running.systems

    def write(self, path: str, raw: bytes) -> Work[tuple[Any, Iterator[bytes | None]]]:
        """What is told of the answer to the query `raw` at `path`, and the parts of its body, with None for pauses.

        A part is made when it is asked for. Raises what making it does, and HelperEnded, as the parts do.
        """
        parts = self._parts(path, raw)
        while (told := next(parts)) is None:
            yield
        return told, parts

    def _parts(self, path: str, raw: bytes) -> Iterator[Any]:
        """What is told of an answer, then its parts. Where a helper ends, another one makes again what was told."""
        told = ended = 0
        while ended < _TRIES:
            again = told
            try:
                while (running := self._find(SECONDS)) is None:
                    yield None
                for part in self._advance(running, Asked(next(self._numbers), (path, raw))):
                    if part is None or again:
                        again -= part is not None
                        yield None
                    else:
                        told, ended = told + 1, 0
                        yield part
            except _Ended:
                ended += 1
            else:
                return
        raise HelperEnded

    def close(self) -> None:
        """Ends the helper, whatever it is doing."""
        with self._lock:
            if self._running:
                self._running.kill()
            self._running = None

    def _find(self, seconds: float) -> "_Running | None":
        """The helper where it is ready within so many seconds. Raises _Ended."""
        with self._lock:
            if self._running is None:
                self._running = _Running(self._settings)
            running = self._running
        try:
            return running if running.is_ready(seconds) else None
        except GONE:
            self._bury(running)
            raise _Ended from None

    def _advance(self, running: "_Running", asked: Asked) -> Iterator[Any]:
        """The part of each slice of what is asked, or None. Raises _Ended, and what making them does."""
        try:
            while not (told := running.ask(asked)).is_over:
                charge(told.seconds)
                yield told.part
                asked = Asked(asked.number)
        except GONE:
            self._bury(running)
            raise _Ended from None
        except GeneratorExit:
            running.dropped.append(asked.number)  # told with the next question: the event loop may be here
            raise
        charge(told.seconds)
        if told.error:
            raise told.error

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
