"""Tells whether the event loop keeps up with requests, and which clients ask for more than others.

The measure is how late the loop runs what was due, not how many ask.
"""

import asyncio
from math import inf
from time import perf_counter, thread_time

_TICK = 0.010  # seconds between two looks
_LATE = 0.025  # seconds; a loop that is later each time for _LASTING does not keep up
_LASTING = 0.200  # seconds
_BUSY = 0.25  # of a CPU, less than which others hold the loop up (a library that is imported), not what it is asked
_EACH = 0.005  # seconds of the loop that a request takes at most, which is late for another reason where few came
_CALMING = 0.25  # seconds after which it is trusted again
_RECOVERY = 2.0  # seconds that trust takes to be whole
_PERIOD = 1.0  # seconds, at least, for which it is known who asked


class Load:
    """Measures how late the event loop is. One delay, however long, is no overload; one tick in time ends it.

    Delays that so few requests cannot have caused are no overload either, as when requests load a library.
    """

    def __init__(self) -> None:
        self.greatest = 0.0
        """Seconds that the loop was late at most, since the start."""
        self._late_since = inf
        self._worked = 0.0  # CPU seconds of the loop until then
        self._until = -inf
        self._came = 0  # requests since the last look
        self._asked: dict[str, int] = {}  # requests of each client in this period
        self._before: dict[str, int] = {}  # and in the one before
        self._begin = perf_counter()

    def note_request(self, client: str) -> None:
        """Counts a client's request."""
        self._came += 1
        self._asked[client] = self._asked.get(client, 0) + 1

    def headroom(self, client: str) -> float:
        """A client's headroom: 0 while the loop does not keep up and shortly after, then growing to 1.

        It is always 1 for a client that asks less often than the average: others overload the loop.
        """
        calm = min(max(0.0, (perf_counter() - self._until) / _RECOVERY), 1.0)
        if calm == 1:
            return calm
        counts = [self._asked.get(each, 0) + self._before.get(each, 0) for each in self._asked.keys() | self._before]
        own = self._asked.get(client, 0) + self._before.get(client, 0)
        return 1.0 if own * len(counts) < sum(counts) else calm

    def note_delay(self, seconds: float) -> None:
        """Notes, on the loop's thread, that something ran `seconds` after it was due."""
        now = perf_counter()
        self.greatest = max(self.greatest, seconds)
        came, self._came = self._came, 0
        if seconds < _LATE or came * _EACH < seconds:
            self._late_since = inf
        elif self._late_since == inf:
            self._late_since, self._worked = now, thread_time()
        elif (lasts := now - self._late_since) >= _LASTING and thread_time() - self._worked >= _BUSY * lasts:
            self._until = now + _CALMING
        if now - self._begin >= _PERIOD:
            self._begin, self._before, self._asked = now, self._asked, {}

    async def watch(self) -> None:
        """Measures the delay of every tick, for as long as the loop runs."""
        while True:
            due = perf_counter() + _TICK
            await asyncio.sleep(_TICK)
            self.note_delay(max(0.0, perf_counter() - due))
