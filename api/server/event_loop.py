"""uvloop, where there is one, which takes in more than one connection each time around.

libuv accepts one connection of each listener between two looks at all that are open. While requests over many open ones
keep it busy, those that wait to be accepted would wait for as many rounds as there are of them.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvloop import Loop as Fastest
else:
    try:
        from uvloop import Loop as Fastest
    except ImportError:  # not everywhere is there one
        Fastest = asyncio.SelectorEventLoop

_LISTENERS = 32
_RECEIVED = 32_768
"""Bytes that the kernel holds for a connection, as Linux counts them twice: what one read may bring."""


class _Listeners:
    """Several servers as one, as far as uvicorn knows them."""

    def __init__(self, servers: list[Any]) -> None:
        self._servers = servers
        self.sockets = servers[0].sockets

    def close(self) -> None:
        for server in self._servers:
            server.close()

    async def wait_closed(self) -> None:
        for server in self._servers:
            await server.wait_closed()


class Loop(Fastest):
    """The event loop that uvicorn runs on."""

    async def create_server(self, protocol_factory: Callable[[], Any], *where: Any, **named: Any) -> Any:
        """Listens so many times on the same sockets."""
        listen: Any = super().create_server
        servers = [await listen(protocol_factory, *where, **named)]
        for listening in servers[0].sockets:
            with socket.socket(fileno=os.dup(listening.fileno())) as bounded:  # and so what it accepts
                bounded.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED)
            for _ in range(_LISTENERS - 1):
                same = socket.socket(fileno=os.dup(listening.fileno()))
                servers.append(await listen(protocol_factory, sock=same, backlog=named["backlog"]))
        return _Listeners(servers)
