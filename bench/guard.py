"""`python -m bench.guard`: fails where the kernel or the hot path has become slower than it may be, as a ratio."""

import shutil
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from attractor.core.catalogue import SYSTEMS
from attractor.core.kernel import orbit_kernel
from bench.c_orbit import NoCompiler, c_orbit
from bench.http import hot_path
from bench.test_orbit import INPUTS

STEPS = 1_000_000
ROUNDS = 41
FLOOR = 0.8  # of the speed of C
HTTP_FLOOR = 0.5  # of the requests per second of a bare ASGI constant; docs/benchmarks.md has what is usual


def seconds(function: Callable[..., Any], *arguments: Any) -> float:
    """One call's time."""
    start = perf_counter()
    function(*arguments)
    return perf_counter() - start


def speed_against_c(name: str) -> float:
    """The median, over pairs of runs side by side, of C's time over the kernel's."""
    out = np.empty((STEPS, SYSTEMS[name].dimension))
    kernel, loop = orbit_kernel(SYSTEMS[name]), c_orbit(SYSTEMS[name])
    return median(seconds(loop, *INPUTS[name], out) / seconds(kernel, *INPUTS[name], 1, out) for _ in range(ROUNDS))


def main() -> int:
    """0 where every ratio is above its floor."""
    if not shutil.which("wrk"):
        print("wrk is not installed (Debian's package wrk)")
        return 1
    try:
        speeds = {name: speed_against_c(name) for name in INPUTS}
    except NoCompiler as missing:
        print(missing)
        return 1
    for name, speed in speeds.items():
        print(f"{name}: one stored orbit of {STEPS} steps at {speed:.2f} of the speed of C; the floor is {FLOOR}")
    served = hot_path()
    rates = {"20 steps": served["to bare"], "20 steps of an edition": served["pinned to bare"]}
    for what, rate in rates.items():
        print(f"{what} over HTTP at {rate:.2f} of the requests of a bare ASGI constant; the floor is {HTTP_FLOOR}")
    return int(any(rate < HTTP_FLOOR for rate in rates.values()) or any(speed < FLOOR for speed in speeds.values()))


if __name__ == "__main__":
    sys.exit(main())
