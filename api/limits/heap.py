"""Returns freed memory to the system, and keeps garbage collection away from what a first use has loaded.

A full collection over matplotlib's objects holds the interpreter for 150 to 400 ms, the event loop too.
"""

import asyncio
import ctypes
import gc
import sys

GIVEN_BACK = 10.0
"""Seconds between two times that memory is given back."""


async def give_back() -> None:
    """Gives freed memory back every GIVEN_BACK seconds: glibc keeps what lies below memory that is in use.

    Other C libraries do so by themselves.
    """
    trim, loaded = getattr(ctypes.CDLL(None), "malloc_trim", None), len(sys.modules)
    while True:
        await asyncio.sleep(GIVEN_BACK)
        loaded = keep(loaded)
        if trim is not None:
            await asyncio.to_thread(trim, 0)


def keep(loaded: int) -> int:
    """Collects garbage and then freezes all objects, where the number of modules is no longer `loaded`.

    Returns that number. Objects in use at that moment are frozen too, once for each library that is loaded.
    """
    if len(sys.modules) != loaded:
        gc.collect()
        gc.freeze()
    return len(sys.modules)
