"""Computes the chunks of a long body on a thread of their own, so that they are written meanwhile."""

import gc
from collections.abc import Generator, Iterator
from time import monotonic

from attractor.api.formats import Chunk

PATIENCE = 0.05
"""Seconds before there is such a thread: most answers take less, and what threads need takes as long to load."""
AHEAD = 2
"""Chunks that are there, or come to be, while one is written."""
_PAUSE = 0.1  # seconds


def compute_ahead(chunks: Iterator[Chunk | None]) -> Generator[Chunk | None, None, None]:
    """The chunks, with None now and then where none is there yet.

    The work stops at its next pause where the caller closes this iterator. Raises what the work raises.
    """
    until = monotonic() + PATIENCE
    gc.disable()  # what is loaded first is no garbage, and to look for some takes a tenth of the time
    try:
        for chunk in chunks:
            yield chunk
            if monotonic() > until:
                break
        else:
            return
    finally:
        gc.enable()
    yield from _on_a_thread(chunks)


def _on_a_thread(chunks: Iterator[Chunk | None]) -> Iterator[Chunk | None]:
    from concurrent.futures import ThreadPoolExecutor, wait
    from threading import Event

    left = Event()

    def following() -> Chunk | None:
        """The next chunk; None at the end, or once the caller has left."""
        return next((chunk for chunk in chunks if chunk or left.is_set()), None)

    with ThreadPoolExecutor(1, "ahead") as pool:
        waiting = [pool.submit(following) for _ in range(AHEAD)]
        try:
            while True:
                while not wait(waiting[:1], _PAUSE).done:
                    yield None
                if (chunk := waiting.pop(0).result()) is None:
                    return
                waiting.append(pool.submit(following))
                yield chunk
        finally:
            left.set()
