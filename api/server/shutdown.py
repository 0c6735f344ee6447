"""Starts and stops the server.

A server that stops says that it is not ready, and loses nothing that was sent to it.
"""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import uvicorn

from attractor.api.limits.heap import give_back
from attractor.api.server.process import settle
from attractor.api.server.signals import SIGNALS, ignore


class Server(uvicorn.Server):
    """A server that a signal ends at once while it starts, and drains from then on, however many signals come."""

    is_orphan = False
    """Whether the parent of this process has gone, so that it hurries."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then settles the process and looks after its memory until the event loop ends."""
        await super().startup(sockets)
        settle()
        self._giving_back = asyncio.ensure_future(give_back())  # the loop itself does not keep it

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for each in SIGNALS:
            signal.signal(each, self.end_at_once)
        yield
        ignore()

    def end_at_once(self, *_: Any) -> None:
        os._exit(0)


def before_stopping(announce: Callable[[], None], seconds: float) -> None:
    """Has a signal call `announce` at once; `seconds` later the server stops listening, then stops.

    A second signal changes nothing, but that SIGINT after SIGINT ends the process. Only the main thread hears signals:
    elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)  # uvicorn's, whose method it is
    if not isinstance(server, uvicorn.Server):
        return
    loop = asyncio.get_running_loop()
    stopping: list[asyncio.Task[None]] = []  # the loop itself does not keep them
    heard: list[int] = []

    async def stop_later(number: int, frame: FrameType | None) -> None:
        try:
            if not getattr(server, "is_orphan", False):
                await asyncio.sleep(seconds)
            await stop_listening(server)
        finally:
            server.handle_exit(number, frame)

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        if heard.count(signal.SIGINT) > 1:
            os._exit(0)
        if len(heard) > 1:
            return
        announce()
        loop.call_soon_threadsafe(lambda: stopping.append(loop.create_task(stop_later(number, frame))))

    for each in SIGNALS:
        signal.signal(each, hear)


async def stop_listening(server: uvicorn.Server) -> None:
    """Accepts the connections that the kernel has completed, which it would reset, and closes the listeners.

    Between the last one taken and the end lie some microseconds, in which one more may complete and be reset.
    """
    loop = asyncio.get_running_loop()
    waiting: list[socket.socket] = []
    for listener in getattr(server, "servers", ()):  # none while it starts
        for each in listener.sockets:
            with socket.socket(fileno=os.dup(each.fileno())) as listening:
                waiting += _accept_completed(listening)
        listener.close()
    protocol: Any = server.config.http_protocol_class  # a name before it is loaded, for its type
    made = partial(protocol, server.config, server.server_state, server.lifespan.state)
    connect: Any = loop.connect_accepted_socket  # typed for sockets that have just been made
    await asyncio.gather(*(connect(made, connection) for connection in waiting))


def _accept_completed(listening: socket.socket) -> list[socket.socket]:
    found: list[socket.socket] = []
    while True:
        try:
            found.append(listening.accept()[0])
        except BlockingIOError:
            return found
        except ConnectionAbortedError:  # by its client, while it waited
            continue
