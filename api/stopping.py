"""What happens first when the server is told to stop: whoever asks is told that it is not ready any more."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType


def before_stopping(announce: Callable[[], None], seconds: float) -> None:
    """From now on, SIGTERM calls `announce` at once, and does what it did before after so many seconds.

    Only the main thread hears signals: elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    stop = signal.getsignal(signal.SIGTERM)
    if not callable(stop):
        return
    loop = asyncio.get_running_loop()

    def told(number: int, frame: FrameType | None) -> None:
        announce()
        loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, frame)

    signal.signal(signal.SIGTERM, told)
