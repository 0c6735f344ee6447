"""Whether more requests come than the event loop keeps up with."""

import asyncio
from math import inf
from time import perf_counter

_MANY = 8
_TIMES = 4
_LASTS = 0.25  # seconds
_RECOVERY = 2.0  # seconds


class Crowd:
    """Counts the requests that the event loop finds each time around.

    A loop that keeps up finds few, or many for a moment: one that was held up, or browsers that open a page. One that
    does not keep up finds many, time after time.
    """

    def __init__(self) -> None:
        self._requests = 0
        self._times = 0  # in a row that there were many
        self._until = -inf

    @property
    def calm(self) -> float:
        """0 where there was a crowd a moment ago; later, little by little, 1."""
        return min(max(0.0, (perf_counter() - self._until) / _RECOVERY), 1.0)

    def joined(self) -> None:
        """Notes a request."""
        self._requests += 1
        if self._requests == 1 and not self._times:
            asyncio.get_running_loop().call_soon(self._came_around)

    def _came_around(self) -> None:
        self._times = self._times + 1 if self._requests > _MANY else 0
        self._requests = 0
        if self._times >= _TIMES:
            self._until = perf_counter() + _LASTS
        if self._times:
            asyncio.get_running_loop().call_soon(self._came_around)
