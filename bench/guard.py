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
from bench.http import PARAMETERS, PINNED, cpu_to_bare
from bench.test_orbit import INPUTS

STEPS = 1_000_000
ROUNDS = 41
TRIES = 3  # what else runs on the machine can spoil one measurement; what has become slower misses the floor each time
FLOOR = 0.9  # of the speed of C
HTTP_FLOOR = 0.6  # of the requests of a bare ASGI constant, by CPU time; docs/benchmarks.md has what is usual


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


def best(measure: Callable[[str], float], what: str, floor: float) -> float:
    """The highest of a few measurements; one where it reaches the floor."""
    reached = 0.0
    for _ in range(TRIES):
        reached = max(reached, measure(what))
        if reached >= floor:
            break
    return reached


def main() -> int:
    """0 where every ratio is above its floor."""
    if not shutil.which("wrk"):
        print("wrk is not installed (Debian's package wrk)")
        return 1
    is_slow = False
    for name in INPUTS:
        try:
            speed = best(speed_against_c, name, FLOOR)
        except NoCompiler as missing:
            print(missing)
            return 1
        print(f"{name}: one stored orbit of {STEPS} steps at {speed:.2f} of the speed of C; the floor is {FLOOR}")
        is_slow |= speed < FLOOR
    for what, parameters in (("20 steps", PARAMETERS), ("20 steps of an edition", PINNED)):
        rate = best(cpu_to_bare, parameters, HTTP_FLOOR)
        print(f"{what} over HTTP at {rate:.2f} of the requests of a bare ASGI constant; the floor is {HTTP_FLOOR}")
        is_slow |= rate < HTTP_FLOOR
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main())
