"""Every setting of the serving process as a whole, which an application by itself, in a test say, leaves alone."""

import gc
import sys

SWITCH_INTERVAL = 0.0005  # seconds that symbolic work may keep the event loop waiting, each time it needs the GIL


def settle() -> None:
    """Settles a process that has loaded all that it serves with: garbage collection no longer looks through that."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.freeze()  # what there is by now stays
    gc.enable()
