"""How the server stops: whoever asks is told that it is not ready any more, and nothing that was sent to it is lost."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from uvicorn import Server
from uvicorn.supervisors import Multiprocess


def before_stopping(announce: Callable[[], None], seconds: float) -> None:
    """From now on, SIGTERM calls `announce` at once; so many seconds later the server stops listening, then stops.

    Only the main thread hears signals: elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    stop = signal.getsignal(signal.SIGTERM)
    if not callable(stop):
        return
    loop = asyncio.get_running_loop()
    server = getattr(stop, "__self__", None)  # uvicorn's, whose method it is
    stopping: list[asyncio.Task[None]] = []  # the loop itself does not keep them

    async def stop_later(number: int, frame: FrameType | None) -> None:
        await asyncio.sleep(seconds)
        try:
            if isinstance(server, Server):
                await stop_listening(server)
        finally:
            stop(number, frame)

    def told(number: int, frame: FrameType | None) -> None:
        announce()
        loop.call_soon_threadsafe(lambda: stopping.append(loop.create_task(stop_later(number, frame))))

    signal.signal(signal.SIGTERM, told)


async def stop_listening(server: Server) -> None:
    """Takes the connections that the kernel has completed, which it would reset, and has it refuse any other.

    Between the last one taken and the end lie some microseconds, in which one more may complete and be reset.
    """
    loop = asyncio.get_running_loop()
    waiting: list[socket.socket] = []
    for listener in getattr(server, "servers", ()):  # none while it starts
        for each in listener.sockets:
            with socket.socket(fileno=os.dup(each.fileno())) as listening:
                waiting += _completed(listening)
        listener.close()
    protocol: Any = server.config.http_protocol_class  # a name before it is loaded, for its type
    made = partial(protocol, server.config, server.server_state, server.lifespan.state)
    connect: Any = loop.connect_accepted_socket  # typed for sockets that have just been made
    await asyncio.gather(*(connect(made, connection) for connection in waiting))


def _completed(listening: socket.socket) -> list[socket.socket]:
    found: list[socket.socket] = []
    while True:
        try:
            found.append(listening.accept()[0])
        except BlockingIOError:
            return found
        except ConnectionAbortedError:  # by its client, while it waited
            continue


class Workers(Multiprocess):
    """Several processes that serve. What starts them holds their listening socket too, and lets go of it first:
    else clients would connect, while the last answers end, to where nobody takes them."""

    def terminate_all(self) -> None:
        for listening in self.sockets:
            listening.close()
        super().terminate_all()
