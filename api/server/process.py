"""Sets what holds for a whole process, which an application by itself, in a test say, leaves alone."""

import ctypes
import gc
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

from attractor.api.server.signals import end_at_once
from attractor.api.telemetry.logs import log_everything

SWITCH_INTERVAL = 0.0001  # seconds that symbolic work may keep the event loop waiting, each time it needs the GIL
TIMER_SLACK = 1_000  # nanoseconds by which Linux may end that wait late; its own 50,000 are half as long again
SLICE = 100_000  # nanoseconds of a CPU that the event loop asks for at a time; Linux serves short ones first

_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}  # the number of the system call, for which Python has no function
_SCHED_ATTR = struct.Struct("=IIQiIQQQ")  # as Linux declares it: size, policy, flags, niceness, priority, slice, -, -
_RESET_ON_FORK = 1


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
    _come_first()
    gc.freeze()  # what there is by now stays
    gc.enable()


def _come_first() -> None:
    """Has this thread, the event loop's, run as soon as it wakes, beside those that compute; they keep longer slices.

    Linux heeds it from 6.12 on; elsewhere, and where it may not be asked for, nothing changes.
    """
    number = _SCHED_SETATTR.get(os.uname().machine)
    if sys.platform == "linux" and number:
        niceness = os.getpriority(os.PRIO_PROCESS, 0)
        asked = _SCHED_ATTR.pack(_SCHED_ATTR.size, os.SCHED_OTHER, _RESET_ON_FORK, niceness, 0, SLICE, 0, 0)
        ctypes.CDLL(None).syscall(number, 0, asked, 0)
