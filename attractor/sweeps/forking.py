"""A process from which a local cluster's are forked: what takes long to load is loaded once, beside the client."""

import os
from multiprocessing import forkserver

METHOD = "forkserver"
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""The environment of processes that compute with one thread."""


def begin() -> None:
    """Starts it, and has it load what workers need."""
    before = dict(os.environ)
    forkserver.set_forkserver_preload(["distributed", "attractor.sweeps.work"])
    try:
        os.environ.update(SINGLE)
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)
