"""The signals that ask for a stop, and what they do to a process that has nothing to lose."""

import os
import signal

SIGNALS = signal.SIGTERM, signal.SIGINT, signal.SIGHUP


def end_at_once() -> None:
    """Lets each signal end this process with 0: a stop that was asked for is no failure.

    An exception would be caught, and logged, by whatever is being loaded or compiled.
    """
    for each in SIGNALS:
        signal.signal(each, lambda *_: os._exit(0))


def ignore() -> None:
    """Ignores further signals: this process is ending."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
