"""Several processes that serve, and the one that starts them, replaces them and stops them.

Each tells it that it lives, over a pipe, whose end tells each that the other has gone.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from attractor.api.server.shutdown import Server
from attractor.api.server.signals import SIGNALS, ignore
from attractor.api.settings import Settings
from attractor.api.telemetry.logs import log_everything

_TICK = 0.5  # seconds between two looks at all workers
_SILENCE = 30  # looks without a word from a worker that has begun, after which it is killed
_START = 240  # looks that a worker may take to be ready when it replaces one that serves
_GRACE = 5.0  # seconds beyond the drain after which what was told to stop is killed
_ORPHAN_DRAIN = 2  # seconds
_ORPHAN_END = 4.0  # seconds

_spawn = get_context("spawn")


class _Worker:
    """A process that serves, as the one that started it knows it."""

    def __init__(self, options: dict[str, Any], listening: socket.socket) -> None:
        self._pipe, other = _spawn.Pipe()
        self.process = _spawn.Process(target=_work, args=(options, listening, other))
        self.process.start()
        other.close()
        self.is_ready = False
        self.looks = 0
        """Since it began, until it is ready; then since it was last heard of."""
        self.told_at: float | None = None

    def look(self, has_passed: bool) -> None:
        """Hears what the process said since the last look, which a tick has passed since, or less."""
        self.looks += has_passed
        try:
            while self._pipe.poll():
                is_ready = self._pipe.recv_bytes() == b"1"
                if self.is_ready or is_ready:
                    self.looks = 0
                self.is_ready = is_ready
        except (EOFError, OSError):  # it has ended, which its process tells
            pass

    def stop(self) -> None:
        if self.told_at is None:
            self.told_at = time.monotonic()
            self.process.terminate()

    def close(self) -> None:
        self.process.join()
        self._pipe.close()


class Workers:
    """The worker processes, as many as the settings say, on one socket, with the options of uvicorn.

    SIGHUP replaces each, once another is ready; SIGTERM and SIGINT stop all. A worker that ends is replaced.
    """

    def __init__(self, options: dict[str, Any], listening: socket.socket, settings: Settings) -> None:
        self._options = options
        self._listening = listening
        self._count = settings.workers
        self._patience = settings.unready_seconds + settings.drain_seconds + _GRACE
        self._serving: list[_Worker] = []
        self._stale: list[_Worker] = []
        self._next: _Worker | None = None
        self._leaving: list[_Worker] = []
        self._log = logging.getLogger(__name__)
        self._heard: list[int] = []
        self._looked = 0.0
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)

    def run(self) -> int:
        """The status to exit with, once all have ended."""
        for each in SIGNALS:
            signal.signal(each, self._hear)
        self._log.info("parent process %d starts %d workers", os.getpid(), self._count)
        try:
            status = self._serve()
        finally:
            self._stop()
            ignore()
        return status

    def _serve(self) -> int:
        """Keeps the workers running until a signal asks for a stop (0), or no worker can start."""
        status = 0
        while not status and not {signal.SIGTERM, signal.SIGINT} & {*self._heard}:
            while len(self._serving) < self._count and not self._heard:
                self._serving.append(_Worker(self._options, self._listening))
            if signal.SIGHUP in self._heard:
                self._heard.remove(signal.SIGHUP)
                self._log.info("each worker is replaced, as SIGHUP asks for")
                self._stale = [*self._serving]
            self._wait()
            status = self._look()
            self._replace()
        return status

    def _hear(self, number: int, _: Any) -> None:
        self._heard.append(number)
        with suppress(BlockingIOError):  # it has been told often enough
            os.write(self._wake, b"!")

    def _all(self) -> list[_Worker]:
        return [*self._serving, *([self._next] if self._next else []), *self._leaving]

    def _wait(self) -> None:
        """Waits for a signal, the end of a worker, or the next tick."""
        workers = {each.process.sentinel: each for each in self._all()}
        ready = wait([self._woken, *workers], _TICK)
        if self._woken in ready:
            os.read(self._woken, 1 << 16)
        for sentinel, worker in workers.items():
            if sentinel in ready:
                worker.process.join()  # it has closed its files, and is as good as gone

    def _look(self) -> int:
        """Buries workers that ended and kills those that hang. Returns a status other than 0 where none can start."""
        now = time.monotonic()
        if has_passed := now - self._looked >= _TICK:
            self._looked = now
        for worker in self._all():
            worker.look(has_passed)
            overdue = worker.told_at is not None and now - worker.told_at > self._patience
            if worker.process.exitcode is None and (overdue or (worker.is_ready and worker.looks > _SILENCE)):
                reason = "has not ended" if overdue else "has said nothing"
                self._log.error("worker %d %s in time, and is killed", worker.process.pid, reason)
                worker.process.kill()
            if (code := worker.process.exitcode) is None:
                continue
            worker.close()
            if worker in self._leaving:
                self._leaving.remove(worker)
            elif worker is self._next:
                self._give_up(f"worker {worker.process.pid} ended with {code} before it was ready")
            else:
                self._serving.remove(worker)
                if worker in self._stale:
                    self._stale.remove(worker)
                if code == STARTUP_FAILURE:
                    self._log.error("worker %d cannot start, so all stop", worker.process.pid)
                    return STARTUP_FAILURE
                self._log.warning("worker %d ended with %d, and is replaced", worker.process.pid, code)
        return 0

    def _replace(self) -> None:
        """Brings one more worker into service for one that is stale."""
        if self._next and self._next.is_ready:
            if self._stale:
                old = self._stale.pop(0)
                self._serving.remove(old)
                self._leaving.append(old)
                old.stop()
            else:  # the stale one has ended by itself, and has been replaced
                self._leaving.append(self._next)
                self._next.stop()
                self._next = None
                return
            self._serving.append(self._next)
            self._next = None
        if self._next and self._next.looks > _START:
            self._next.process.kill()
        if self._stale and not self._next:
            self._next = _Worker(self._options, self._listening)

    def _give_up(self, reason: str) -> None:
        self._log.error("%s, so the other workers stay", reason)
        self._next = None
        self._stale.clear()

    def _stop(self) -> None:
        """Ends every worker. The socket is let go of first: else clients would connect to where nobody takes them."""
        self._log.info("all workers are stopped")
        self._listening.close()
        self._leaving = self._all()
        self._serving, self._next = [], None
        for worker in self._leaving:
            worker.stop()
        while self._leaving:
            self._wait()
            if self._heard.count(signal.SIGINT) > 1:  # a terminal sends it to workers too, who heed it likewise
                for worker in self._leaving:
                    worker.process.kill()
            self._look()
        self._log.info("parent process %d ends", os.getpid())


def _work(options: dict[str, Any], listening: socket.socket, parent: Connection) -> None:
    """Serves, in a process of its own."""
    log_everything()
    server = Server(uvicorn.Config(**options))
    threading.Thread(target=_tell, args=(server, parent), daemon=True).start()
    run(server, [listening])


def run(server: Server, sockets: list[socket.socket] | None = None) -> None:
    """Serves until it is told to stop. Raises SystemExit where it cannot start."""
    server.run(sockets)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def _tell(server: Server, parent: Connection) -> None:
    """Tells the parent that this process lives, and ends it soon after the parent has."""
    try:
        while True:
            parent.send_bytes(b"1" if server.started else b"0")
            if parent.poll(_TICK):
                parent.recv_bytes()  # raises, since the parent says nothing
    except (EOFError, OSError):
        pass
    logging.getLogger(__name__).error("worker %d ends, since its parent process has", os.getpid())
    server.is_orphan = True
    server.config.timeout_graceful_shutdown = min(server.config.timeout_graceful_shutdown or 0, _ORPHAN_DRAIN)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_ORPHAN_END)
    os._exit(1)
