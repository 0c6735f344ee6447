"""Divides the memory for answers among clients. Each answer's estimate is known before it begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

ALONE = 0.75
"""The fraction of what others leave that one client may hold, so that there is always some for another."""
AWAITED = 0.25
"""The fraction of the whole that one client may hold while another waits."""

_PATIENCE = 5.0  # seconds for which a client that was refused counts as waiting; it is told to come back after 2
_MISSED = 2  # clients that are remembered to wait: one by itself would not know of another


class Full(Exception):
    """There is no room for another answer now."""


def share(room: float, others: float, is_awaited: bool) -> float:
    """The most that one client may hold of a `room` of which others hold `others`, in the same unit."""
    left = ALONE * (room - others)
    return min(left, AWAITED * room) if is_awaited else left


class Budget:
    """A budget of `room` bytes, divided among clients. It has no queue: what does not fit is refused.

    While nothing is in flight, one answer may hold all of it. A client that holds nothing is forgotten.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._of: dict[str, int] = {}  # bytes that each client holds
        self._missed: dict[str, float] = {}  # until when each counts as waiting
        self.used = 0

    @contextmanager
    def reserve(self, client: str, size: int) -> Iterator[None]:
        """Reserves `size` bytes for a client's answer while the context lasts. Raises Full."""
        if not size:  # who holds nothing is not noted, and may be forgotten meanwhile
            yield
            return
        if not self._fits(client, size):
            raise Full
        self.used += size
        self._of[client] = self._of.get(client, 0) + size
        try:
            yield
        finally:
            self.used -= size
            self._of[client] -= size
            if not self._of[client]:
                del self._of[client]

    def _fits(self, client: str, size: int) -> bool:
        if not self.used:
            return size <= self._room
        own, now = self._of.get(client, 0), perf_counter()
        is_awaited = any(other != client and now < until for other, until in self._missed.items())
        if own + size <= share(self._room, self.used - own, is_awaited):
            return True
        if own + size <= AWAITED * self._room:  # which it would have, were it not for others
            self._missed.pop(client, None)
            self._missed[client] = now + _PATIENCE
            if len(self._missed) > _MISSED:
                del self._missed[next(iter(self._missed))]
        return False
