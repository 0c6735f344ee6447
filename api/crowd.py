"""How many requests come at once."""

import asyncio


class Crowd:
    """Counts the requests that the event loop finds each time around.

    A loop that keeps up finds few, whatever else may hold it up for a moment; one that does not finds ever more.
    """

    def __init__(self) -> None:
        self._count = 0
        self._last = 0

    @property
    def size(self) -> int:
        """Of this time, or of the last if that was greater."""
        return max(self._count, self._last)

    def joined(self) -> None:
        """Notes a request."""
        if not (self._count or self._last):
            asyncio.get_running_loop().call_soon(self._came_around)
        self._count += 1

    def _came_around(self) -> None:
        self._last, self._count = self._count, 0
        if self._last:
            asyncio.get_running_loop().call_soon(self._came_around)
