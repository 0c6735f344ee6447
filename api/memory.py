"""Memory that answers held goes back to the system."""

import asyncio
import ctypes

GIVEN_BACK = 10.0
"""Seconds after which it is."""


async def give_back() -> None:
    """Gives back what the heap has free, time after time: glibc keeps whatever lies below something that is in use.

    Other C libraries do so by themselves.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while trim is not None:
        await asyncio.sleep(GIVEN_BACK)
        await asyncio.to_thread(trim, 0)
