"""Memory that answers held goes back to the system; what a first use loads is not looked through for garbage again.

A full collection over matplotlib's objects holds the interpreter for 150 to 400 ms, the event loop too.
"""

import asyncio
import ctypes
import gc
import sys

GIVEN_BACK = 10.0
"""Seconds after which it is."""


async def give_back() -> None:
    """Gives back what the heap has free, time after time: glibc keeps whatever lies below something that is in use.

    Other C libraries do so by themselves.
    """
    trim, loaded = getattr(ctypes.CDLL(None), "malloc_trim", None), len(sys.modules)
    while True:
        await asyncio.sleep(GIVEN_BACK)
        loaded = keep(loaded)
        if trim is not None:
            await asyncio.to_thread(trim, 0)


def keep(loaded: int) -> int:
    """Takes what there is out of garbage collection where not so many modules are loaded, after a last look.

    Returns how many are. What is in use at that moment stays too, once for each library that is loaded at all.
    """
    if len(sys.modules) != loaded:
        gc.collect()
        gc.freeze()
    return len(sys.modules)
