"""uvloop, which takes in more than one connection each time around.

libuv accepts one connection of each listener between two looks at all others: while a hundred connections that are
there already keep it busy, those that wait to be accepted would wait a hundred times as long.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

import uvloop

_LISTENERS = int(os.environ.get('XLISTEN','16'))


class _Listeners(asyncio.AbstractServer):
    """Several servers as one."""

    def __init__(self, servers: Sequence[asyncio.Server]) -> None:
        self._servers = servers

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        return self._servers[0].sockets

    def close(self) -> None:
        for server in self._servers:
            server.close()

    async def wait_closed(self) -> None:
        for server in self._servers:
            await server.wait_closed()


class Loop(uvloop.Loop):
    """The event loop that uvicorn runs on."""

    async def create_server(self, protocol_factory: Callable[[], Any], *where: Any, **named: Any) -> Any:
        """Listens several times on the same sockets."""
        first = await super().create_server(protocol_factory, *where, **named)
        same = [socket.socket(fileno=os.dup(s.fileno())) for s in first.sockets for _ in range(_LISTENERS - 1)]
        backlog = named.get("backlog", 100)
        others = [await super(Loop, self).create_server(protocol_factory, sock=s, backlog=backlog) for s in same]
        return _Listeners([first, *others])
