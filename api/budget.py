"""How much may be in flight at once: what each answer holds in memory is known before it is computed."""

from collections.abc import Iterator
from contextlib import contextmanager

STREAM = 12 << 20
"""Bytes that any answer in flight holds: blocks being computed, written and sent."""


class Full(Exception):
    """There is no room for another answer now."""


class Budget:
    """Room for so many bytes. It has no queue: what does not fit is refused, but for one that is alone."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.used = 0

    @contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Raises Full."""
        if self.used and self.used + size > self._room:
            raise Full
        self.used += size
        try:
            yield
        finally:
            self.used -= size
