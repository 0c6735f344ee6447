"""What `core.cost` tells beforehand, beside what is then taken: estimates must be of the right size, no more."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from core import cost
from core.basins import basins
from core.density import density
from core.ensemble import final_states
from core.fixed_points import fixed_points
from core.lyapunov import spectra
from core.orbit import orbit_blocks
from core.selection import Selection
from core.systems import SYSTEMS

LEAST, MOST = 0.2, 8
"""An estimate may be so many times what is taken."""
POINTS = 1024


def taken(work: Callable[[], Iterator[Any]]) -> float:
    """CPU seconds, the least of three, once kernels are compiled."""
    times = []
    for _ in range(4):
        begin = time.process_time()
        for _ in work():
            pass
        times.append(time.process_time() - begin)
    return min(times[1:])


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_estimates_are_of_the_size_of_what_is_taken(system):
    values = tuple(system.canonical.values())
    start, parameters = values[: system.dimension], values[system.dimension :]
    starts = np.array(start) * np.linspace(1, 1.01, POINTS)[:, None]
    many = np.tile(parameters, (POINTS, 1))
    one = Selection(1_000_000, every=1_000_000)
    works = {
        "orbit": (10**6 * cost.orbit_step(system), lambda: orbit_blocks(system, start, parameters, one)),
        "ensemble": (
            POINTS * 2000 * cost.lane_step(system),
            lambda: final_states(system, starts, many, 2000, 1),
        ),
        "lyapunov": (
            POINTS * 300 * cost.tangent_step(system),
            lambda: spectra(system, starts, many, 300, 0, 1),
        ),
        "fixed points": (cost.fixed_points_at(2), lambda: fixed_points(system, parameters, 2)),
    }
    if system.dimension > 1:
        works["density"] = (
            10**6 * cost.density_step(system),
            lambda: density(system, start, parameters, 10**6, system.state[:2], (400, 300), 0, None),
        )
    ratios = {name: estimate / taken(work) for name, (estimate, work) in works.items()}
    print(system.name, *(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    assert all(LEAST <= ratio <= MOST for ratio in ratios.values()), ratios


@pytest.mark.parametrize("name", ["standard", "gingerbreadman"])
def test_basins_whose_points_stay_undecided_take_no_more_than_is_estimated(name):
    system, steps = SYSTEMS[name], 640
    side = np.linspace(-1.5, 1.5, 100)
    starts = np.array([(x, y) for x in side for y in side])
    parameters = list(system.canonical.values())[system.dimension :]
    ratio = cost.basins_of(system, len(starts), steps) / taken(
        lambda: basins(system, starts, parameters, steps, 1e6, 1)
    )
    print(name, f"basins {ratio:.2f}")
    assert ratio >= LEAST
