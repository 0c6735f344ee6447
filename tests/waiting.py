"""Waiting for what a busy machine brings late: nothing counts as failed before PATIENCE is over."""

import asyncio
import os
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = float(os.environ.get("PATIENCE", "300"))
"""Seconds; `make broken`, where much never comes, has less of it."""

T = TypeVar("T")


def until(is_so: Callable[[], T]) -> T:
    """What `is_so` gives once that is true. Raises AssertionError where it never is."""
    end = time.monotonic() + PATIENCE
    while not (found := is_so()):
        assert time.monotonic() < end, f"not so after {PATIENCE} seconds"
        time.sleep(0.05)
    return found


async def until_meanwhile(is_so: Callable[[], T]) -> T:
    """The same, while other tasks go on."""
    end = time.monotonic() + PATIENCE
    while not (found := is_so()):
        assert time.monotonic() < end, f"not so after {PATIENCE} seconds"
        await asyncio.sleep(0.02)
    return found
