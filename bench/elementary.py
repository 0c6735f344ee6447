"""`python -m bench.elementary`: the kernels' functions beside those of the C library, in lanes and one after the other.

In lanes each of many numbers is taken as `core.elementary.values` does it: those that the quick form does not decide
again. In a chain each argument is made of the result before. A figure is the C library's time over ours, and where it
is above 1 ours are faster; for orbits, the time of the same step over the C library's functions over that of ours.
"""

import math
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numpy as np
from numba import types

from attractor.core import lanes
from attractor.core.catalogue import SYSTEMS
from attractor.core.compiling import compiled, jit
from attractor.core.elementary import values
from attractor.core.elementary.steps import FULL, MODULES, QUICK, full_step
from attractor.core.lanes import LANES
from attractor.core.system import System

ROUNDS = 9
VALUES, REPEATS = 4_096, 75  # a few of so many are not decided
SPANS = {
    "exp": (-20, 20),
    "log": (0.01, 100),
    "sin": (-10, 10),
    "cos": (-10, 10),
    "tanh": (-3, 3),
    "atan": (-5, 5),
    "remainder": (-40, 40),
}

function: Any = None  # in the templates: what they are bound to
each: Any = None


def _lanes(values, found, rounds):  # type: ignore[no-untyped-def]  # typed by Numba
    for _ in range(rounds):
        each(values, found)


def _plain_lanes(values, found, rounds):  # type: ignore[no-untyped-def]  # typed by Numba
    for _ in range(rounds):
        for i in range(len(values)):
            found[i] = function(values[i])


def _chain(values, found, rounds):  # type: ignore[no-untyped-def]  # typed by Numba
    last = 0.0
    for _ in range(rounds):
        for i in range(len(values)):
            last = function(values[i] + 1e-9 * last)  # waits for the one before, and stays in the span
    found[0] = last


def seconds(run: Callable[[], object]) -> float:
    begin = process_time()
    run()
    return process_time() - begin


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """Their time over ours, the median of rounds in turns."""
    ours(), theirs()
    return median(seconds(theirs) / seconds(ours) for _ in range(ROUNDS))


def of_function(name: str) -> tuple[float, float, float]:
    """In lanes, in a chain, and the nanoseconds of ours in a chain."""
    row = types.float64[::1]
    given = np.random.default_rng(0).uniform(*SPANS[name], VALUES)
    found = np.empty_like(given)

    def made(template: Any, what: str, **bound: Any) -> Callable[[], None]:
        kernel = compiled(
            template, f"bench_{what}_{name}", (row, row, types.int64), *MODULES, values, __file__, **bound
        )
        return lambda: kernel(given, found, REPEATS)

    full, fast, theirs = FULL[name], QUICK[name], getattr(math, name)
    if name == "remainder":
        divided, quickly, by = full, fast, 2 * math.pi
        full, fast, theirs = (jit(lambda x: divided(x, by)), jit(lambda x: quickly(x, by)), jit(lambda x: x % by))
    ours = lanes.inlined(values.each, {"function": full, "quick": fast})
    side = made(_lanes, "lanes", each=ours), made(_plain_lanes, "plain", function=theirs)
    chain = made(_chain, "chain", function=full), made(_chain, "plain_chain", function=theirs)
    return ratio(*side), ratio(*chain), min(seconds(chain[0]) for _ in range(5)) / REPEATS / VALUES * 1e9


step: Any = None
advance: Any = None


def _many(block, spare, steps):  # type: ignore[no-untyped-def]  # typed by Numba
    for _ in range(steps):
        advance(block, spare)


def of_lanes(system: System) -> float:
    """The C library's time over ours of orbits in lanes."""
    rows = np.random.default_rng(0).uniform(0, 0.1, (LANES, system.dimension))
    parameters = list(system.canonical.values())[system.dimension :]
    row, steps = types.float64[::1], 2_000
    width = system.dimension + len(system.parameters)
    plain = {"LANES": LANES, "step": jit(system.step), "read": lanes.reader(width)}
    plain |= {"write": lanes.writer(system.dimension)}
    theirs = lanes.inlined(lanes._advance, plain)

    def made(what: str, of: Any) -> Callable[[], None]:
        name = f"bench_{what}_{system.step.__name__}"
        kernel = compiled(_many, name, (row, row, types.int64), *MODULES, lanes, __file__, advance=of)
        block = lanes.blocks(lanes.points(system, rows, parameters))[0]
        spare = np.empty(system.dimension * LANES)
        return lambda: kernel(block, spare, steps)

    return ratio(made("many", lanes.advance(system)), made("many_c", theirs))


def _orbit(state, parameters, steps):  # type: ignore[no-untyped-def]  # typed by Numba
    for _ in range(steps):
        state = step(*state, *parameters)
    return state


def of_system(system: System) -> tuple[float, float]:
    """Nanoseconds of a step of one orbit over our functions, and over the C library's."""
    canonical = list(system.canonical.values())
    state, parameters = tuple(canonical[: system.dimension]), tuple(canonical[system.dimension :])
    signature = types.UniTuple(types.float64, len(state)), types.UniTuple(types.float64, len(parameters)), types.int64
    name = f"bench_orbit_{system.step.__name__}"
    ours = compiled(_orbit, name, signature, *MODULES, __file__, step=jit(full_step(system)))
    theirs = compiled(_orbit, f"{name}_c", signature, *MODULES, __file__, step=jit(system.step))
    steps = 200_000
    runs = [lambda: ours(state, parameters, steps), lambda: theirs(state, parameters, steps)]
    taken = [[seconds(run) for run in runs] for _ in range(ROUNDS)]
    return tuple(min(each) / steps * 1e9 for each in zip(*taken, strict=True))  # type: ignore[return-value]


if __name__ == "__main__":
    for name in SPANS:
        side, chain, nanoseconds = of_function(name)
        print(f"{name:10} lanes {side:5.2f}  chain {chain:5.2f}  ({nanoseconds:.1f} ns)", flush=True)
    for name in ("clifford", "standard", "ikeda", "thomas"):
        alone, theirs = of_system(SYSTEMS[name])
        print(f"{name:10} an orbit: {alone:5.1f} ns, over the C library's functions {theirs:5.1f} ns", end="; ")
        print(f"in lanes {of_lanes(SYSTEMS[name]):5.2f}", flush=True)
