"""Sets what holds for a whole process, which an application by itself, in a test say, leaves alone."""

import gc
import sys
from contextlib import suppress
from pathlib import Path

from attractor.api.server.signals import end_at_once
from attractor.api.telemetry.logs import log_everything

SWITCH_INTERVAL = 0.0001  # seconds that symbolic work may keep the event loop waiting, each time it needs the GIL
TIMER_SLACK = 1_000  # nanoseconds by which Linux may end that wait late; its own 50,000 are half as long again


def prepare() -> None:
    """Makes every line on stderr a record, lets signals end the process, and switches garbage collection off.

    A start makes no garbage, and looking for it takes a fifth of the time; slow imports come after this.
    """
    gc.disable()
    log_everything()
    end_at_once()


def settle() -> None:
    """Settles a process that has loaded all that it serves with: garbage collection no longer looks through that."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    with suppress(OSError):  # only Linux has it, and where /proc may be written; threads have that of who starts them
        Path("/proc/self/timerslack_ns").write_text(f"{TIMER_SLACK}")
    gc.freeze()  # what there is by now stays
    gc.enable()
