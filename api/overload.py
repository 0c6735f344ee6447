"""Whether the event loop keeps up with what it is asked: by how late it runs what was due, not by how much that is."""

import asyncio
from math import inf
from time import perf_counter

_TICK = 0.010  # seconds between two looks
_LATE = 0.020  # seconds; a loop that is later each time for _LASTING does not keep up
_LASTING = 0.100  # seconds
_CALMING = 0.25  # seconds after which it is trusted again
_RECOVERY = 2.0  # seconds that trust takes to be whole


class Lag:
    """How late the event loop is. One delay, however long, is no overload; one look in time ends what may be one."""

    def __init__(self) -> None:
        self.greatest = 0.0
        """Seconds, since the start."""
        self._late_since = inf
        self._until = -inf

    @property
    def calm(self) -> float:
        """0 while the loop does not keep up and shortly after; then, little by little, 1."""
        return min(max(0.0, (perf_counter() - self._until) / _RECOVERY), 1.0)

    def noted(self, seconds: float) -> None:
        """Takes note of something that ran so many seconds after it was due."""
        now = perf_counter()
        self.greatest = max(self.greatest, seconds)
        if seconds < _LATE:
            self._late_since = inf
        else:
            self._late_since = min(self._late_since, now)
            if now - self._late_since >= _LASTING:
                self._until = now + _CALMING

    async def watch(self) -> None:
        """Looks, time after time, for as long as the loop runs."""
        while True:
            due = perf_counter() + _TICK
            await asyncio.sleep(_TICK)
            self.noted(max(0.0, perf_counter() - due))
