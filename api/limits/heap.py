"""Returns freed memory to the system, and keeps garbage collection away from what a first use has loaded.

A full collection over matplotlib's objects holds the interpreter for 150 to 400 ms, the event loop too.
"""

import asyncio
import ctypes
import gc
import sys

GIVEN_BACK = 10.0
"""Seconds between two times that memory is given back."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as glibc's mallopt numbers them
_KEPT, _MAPPED = 48 << 20, 32 << 20
"""Bytes that may lie free at the end of each of glibc's heaps until then, and from which a block is no part of one.

By itself it gives back 10 MiB and more where an array goes, and holds the interpreter for 5 ms, several times a second.
"""


async def give_back() -> None:
    """Gives freed memory back every GIVEN_BACK seconds: glibc keeps what lies below memory that is in use.

    Other C libraries do so by themselves.
    """
    libc, loaded = ctypes.CDLL(None), len(sys.modules)
    trim = getattr(libc, "malloc_trim", None)
    if trim is not None:
        libc.mallopt(_MMAP_THRESHOLD, _MAPPED)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT)
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
