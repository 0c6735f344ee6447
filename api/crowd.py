"""Whether more requests come than the event loop keeps up with."""

import asyncio
from math import inf
from time import perf_counter

_MANY = 8
_LASTS = 0.25  # seconds
_RECOVERY = 2.0  # seconds


class Crowd:
    """Counts the requests that the event loop finds each time around.

    A loop that keeps up finds few, whatever holds it up for a moment; one that does not finds many, time after time.
    """

    def __init__(self) -> None:
        self._now = self._last = self._before = 0
        self._until = -inf

    @property
    def calm(self) -> float:
        """0 where many came a moment ago, twice in a row (one browser that opens a page is no crowd); later up to 1."""
        return min(max(0.0, (perf_counter() - self._until) / _RECOVERY), 1.0)

    def joined(self) -> None:
        """Notes a request."""
        if not (self._now or self._last or self._before):
            asyncio.get_running_loop().call_soon(self._came_around)
        self._now += 1

    def _came_around(self) -> None:
        self._before, self._last, self._now = self._last, self._now, 0
        if min(self._before, self._last) > _MANY:
            self._until = perf_counter() + _LASTS
        if self._last or self._before:
            asyncio.get_running_loop().call_soon(self._came_around)
