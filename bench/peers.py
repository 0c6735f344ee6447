"""`python -m bench.peers`: the kernels beside other libraries and C, on the same work, in one run; prints a table.

All on one core but for the last rows, beside which stand two plain threads, each with half of the points: what two
cores give at that moment. Each side is compiled and found to agree before it is timed; then they take turns, and each
figure is the median of the rounds' ratios, with the least and the greatest. Of the peers, heyoka integrates flows: here
Python applies its compiled function of one step, to all points at once. dysts does the same with Numba; its maps of one
dimension take no batch, and neither has exponents of maps.
"""

import attractor.core.compiling  # noqa: F401  # first: Numba learns how wide vectors are before a peer compiles

# isort: split

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any, TypeAlias

import dysts.maps
import heyoka
import numba
import numpy as np
from pynamicalsys import DiscreteDynamicalSystem

from attractor.core import lanes
from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.catalogue import SYSTEMS
from attractor.core.ensemble import final_states
from attractor.core.kernel import orbit_kernel
from attractor.core.lyapunov import spectra
from bench.c_orbit import NoCompiler, c_ensemble
from bench.recording import Table

Side: TypeAlias = Callable[[int], Any]  # from a number of steps to the answer, ours as a list of consecutive arrays

ROUNDS = 7
HENON, LOGISTIC, LORENZ = SYSTEMS["henon"], SYSTEMS["logistic"], SYSTEMS["lorenz"]
A, B = 1.4, 0.3
CONVECTION = [10, 28, 8 / 3, 0.01]
START = np.array([0.1, 0.1])
MANY = np.random.default_rng(1).uniform(0, 0.1, (4096, 2))
NEAR_ONE = 1 + np.random.default_rng(1).uniform(0, 0.1, (4096, 3))
VALUES = np.linspace(2.5, 4, 4000)
TRANSIENT = 1000

x, y = heyoka.make_vars("x", "y")
heyoka_henon = heyoka.cfunc([1 - A * x * x + y, B * x], [x, y])
heyoka_logistic = heyoka.cfunc([heyoka.par[0] * x * (1 - x)], [x])
dysts_henon = dysts.maps.Henon(parameters={"a": A, "b": B})
their_henon = DiscreteDynamicalSystem(model="henon map")
their_logistic = DiscreteDynamicalSystem(model="logistic map")


def drain(results: Any) -> list[Any]:
    return [result for result in results if result is not None]


def orbit(steps: int) -> Any:
    out = np.empty((steps, 2))
    orbit_kernel(HENON)(tuple(START), (A, B), 1, out)
    return [out]


def heyoka_orbit(steps: int) -> Any:
    out = np.vstack([START, np.empty((steps, 2))])
    for here, there in pairwise(out):
        heyoka_henon(here, outputs=there)
    return out[1:]


def heyoka_ensemble(steps: int) -> Any:
    here, there = MANY.T.copy(), np.empty(MANY.T.shape)
    for _ in range(steps):
        heyoka_henon(here, outputs=there)
        here, there = there, here
    return here.T


def dysts_ensemble(steps: int) -> Any:
    here = MANY
    for _ in range(steps):
        here = dysts_henon(here)
    return here


def c(width: int) -> Side:
    loop = c_ensemble(LORENZ, width)

    def run(steps: int) -> Any:
        packed = lanes.blocks(lanes.points(LORENZ, NEAR_ONE, CONVECTION), lanes=width)
        loop(packed, steps)
        return lanes.unblocked(packed, len(NEAR_ONE), 0, 3, width)

    return run


def lorenz(points: Any, threads: int = 1) -> Side:
    return lambda steps: drain(final_states(LORENZ, points, CONVECTION, steps, threads))


def exponents(points: Any, threads: int = 1) -> Side:
    """Arrays (points, exponents and errors, dimension)."""
    return lambda steps: [
        np.stack([s.exponents, s.errors], 1) for s in drain(spectra(HENON, points, [A, B], steps, TRANSIENT, threads))
    ]


def in_plain_threads(side: Callable[[Any], Side], points: Any) -> Side:
    """Half of the points in each of two threads that nothing else is asked of."""
    halves, pool = [side(half) for half in np.array_split(points, 2)], ThreadPoolExecutor(2)
    return lambda steps: [found for half in pool.map(lambda half: half(steps), halves) for found in half]


def their_exponents(points: Any, method: str) -> Side:
    def run(steps: int) -> Any:
        options = {"parameters": [A, B], "method": method, "transient_time": TRANSIENT}
        return np.array([their_henon.lyapunov(point, steps + TRANSIENT, **options) for point in points])

    return run


def heyoka_diagram(steps: int) -> Any:
    here, there, values = np.full((1, len(VALUES)), 0.2), np.empty((1, len(VALUES))), VALUES[None]
    for _ in range(steps):
        heyoka_logistic(here, pars=values, outputs=there)
        here, there = there, here
    out = np.empty((steps, *here.shape))
    for row in out:
        heyoka_logistic(here, pars=values, outputs=row)
        here = row
    return out[:, 0].T


def their_diagram(steps: int) -> Any:
    return their_logistic.bifurcation_diagram([0.2], 0, VALUES, 2 * steps, transient_time=steps)[1]


def close(ours: Any, theirs: Any) -> bool:
    return ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=0, atol=1e-9)


def same(ours: Any, theirs: Any) -> bool:
    """Whether what comes in parts has the same bits."""
    return np.array_equal(ours, np.concatenate(theirs), equal_nan=True)


def as_likely(ours: Any, theirs: Any) -> bool:
    """Whether exponents differ by what two chaotic orbits do: 6 standard errors of the difference."""
    return bool((np.abs(ours[:, 0] - theirs) < 6 * 2**0.5 * ours[:, 1]).all())


def seconds(side: Side, steps: int) -> float:
    begin = perf_counter()
    side(steps)
    return perf_counter() - begin


def row(
    table: Table,
    what: str,
    aim: str,
    steps: int,
    ours: Side,
    agree: Callable[[Any, Any], bool],
    at: int,
    **peers: Side,
) -> None:
    """Checks, after `at` steps, and times each of `peers` against `ours`; adds a row to the table."""
    for name, peer in peers.items():
        if not agree(np.concatenate(ours(at)), peer(at)):
            raise SystemExit(f"{what}: {name} gives something else")
    ratios = {
        name: [seconds(peer, steps) / seconds(ours, steps) for _ in range(ROUNDS)] for name, peer in peers.items()
    }
    reached = (f"{name} {median(found):.3g} ({min(found):.3g} to {max(found):.3g})" for name, found in ratios.items())
    table.row(what, aim, ", ".join(reached).replace("_", " "))


def main() -> int:
    """0 once the table is printed, whatever it says."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    numba.set_num_threads(1)
    heyoka.set_nthreads(1)
    try:
        in_c = {f"C_{width}_lanes": c(width) for width in (16, 32, 64)}
    except NoCompiler as missing:
        print(missing)
        return 1
    table = Table("peers", "make bench-peers", "what", "aim", "times as fast as")
    row(
        table,
        "one orbit of henon, stored, 1,000,000 steps", "≥ 6", 1_000_000, orbit, close, 20,
        pynamicalsys=lambda steps: their_henon.trajectory(START, steps, parameters=[A, B]),
        heyoka=heyoka_orbit,
        dysts=lambda steps: dysts_henon.make_trajectory(steps, init_cond=START),
    )  # fmt: skip
    row(
        table,
        "4,096 orbits of henon, state after 2,000 steps", "≥ 50", 2000,
        lambda steps: drain(final_states(HENON, MANY, [A, B], steps)), close, 20,
        pynamicalsys=lambda steps: their_henon.trajectory(MANY, steps, parameters=[A, B], transient_time=steps - 1),
        heyoka=heyoka_ensemble,
        dysts=dysts_ensemble,
    )  # fmt: skip
    for count, steps in ((256, 10_000), (1, 1_000_000)):
        row(
            table,
            f"Lyapunov spectrum of henon, points x steps: {count} x {steps:,}", "≥ 20", steps,
            exponents(MANY[:count]), as_likely, steps,
            pynamicalsys_QR=their_exponents(MANY[:count], "QR"),
            pynamicalsys_ER=their_exponents(MANY[:count], "ER"),
        )  # fmt: skip
    row(
        table,
        "orbit diagram of logistic, 4,000 values x (1,000 + 1,000)", "≥ 50", 1000,
        lambda steps: drain(diagram(OrbitDiagram(LOGISTIC, [0.2], [0], "r", VALUES, "x", steps, steps))), close, 20,
        pynamicalsys=their_diagram,
        heyoka=heyoka_diagram,
    )  # fmt: skip
    ensemble = lorenz(NEAR_ONE)
    row(table, "4,096 orbits of lorenz, state after 2,000 steps", "≥ 1", 2000, ensemble, np.array_equal, 2000, **in_c)
    os.sched_setaffinity(0, cores)
    for what, side, points, steps in (
        ("… on two cores", lorenz, NEAR_ONE, 2000),
        ("Lyapunov spectra of henon, 4,096 points x 10,000 steps, on two cores", exponents, MANY, 10_000),
    ):
        row(
            table, what, "≥ 1.8", steps, side(points, 2), same, steps,
            one_core=side(points),
            two_plain_threads=in_plain_threads(side, points),
        )  # fmt: skip
    table.record()
    return 0


if __name__ == "__main__":
    sys.exit(main())
