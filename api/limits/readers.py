"""Clients that read too slowly are cut off: what waits to be sent to them is held in memory.

Whatever is sent counts: answers in parts or whole, and many behind one another. It is measured only while something
waits to be sent, so what is computed slowly is not taken for read slowly.
"""

import asyncio
import socket
import sys
from time import perf_counter
from typing import Any

RATE = 8 << 10
"""Bytes a second that a client has to take: slow networks of mobile telephones manage that."""
SECONDS = 30.0
"""Seconds over which a client's rate is measured."""

_LOOKS = 6  # in that time
_ACKNOWLEDGED = 120  # where Linux's tcp_info has the bytes that the other side has acknowledged

_open: set["MeasuredTransport"] = set()


class MeasuredTransport:
    """A transport that knows how many of the bytes written its client has taken."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._waiting = transport.get_write_buffer_size
        self._written = 0
        self._since: float | None = None  # when something was seen to wait
        self._taken_then = 0
        _open.add(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._waiting():
            self._since = None
        self._written += len(data)
        self._transport.write(data)

    def forget(self) -> None:
        """Stops watching the connection, which is closed."""
        _open.discard(self)

    def cut_off_if_slow(self, now: float) -> None:
        """Aborts the connection where its client took less than RATE over SECONDS in which bytes always waited."""
        if not self._waiting():
            self._since = None
        elif self._since is None:
            self._since, self._taken_then = now, self._count_taken()
        elif (passed := now - self._since) >= SECONDS:
            taken = self._count_taken()
            if taken - self._taken_then < RATE * passed:
                self._transport.abort()
            self._since, self._taken_then = now, taken

    def _count_taken(self) -> int:
        """Counts the bytes that the client has acknowledged, or those that have left where the system does not tell.

        They leave in leaps of megabytes, which a client as slow as it may be takes in minutes.
        """
        connection = self._transport.get_extra_info("socket")
        if connection and hasattr(socket, "TCP_INFO") and connection.family in (socket.AF_INET, socket.AF_INET6):
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKNOWLEDGED + 8)
            if len(info) == _ACKNOWLEDGED + 8:
                return int.from_bytes(info[_ACKNOWLEDGED:], sys.byteorder)
        return self._written - int(self._waiting())


async def cut_off_slow_readers() -> None:
    """Looks at every connection, time after time, for as long as the loop runs."""
    while True:
        await asyncio.sleep(SECONDS / _LOOKS)
        now = perf_counter()
        for connection in [*_open]:
            connection.cut_off_if_slow(now)
