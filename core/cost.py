"""About how long kernels take, in CPU seconds, told before they begin.

Of numbers of ordinary size, on a virtual core of 2020 or later: `bench/test_costs.py` compares. Subnormal numbers and
sines of huge arguments take up to 50 times as long.
"""

import ast

from core import basins
from core.fixed_points import STARTS
from core.system import System, per_system

_NANO = 1e-9


@per_system
def functions(system: System) -> int:
    """Sines, cosines and the like in one step."""
    nodes = (node for _, _, formula in system.assignments for node in ast.walk(formula))
    return sum(isinstance(node, ast.Call) and ast.unparse(node.func) != "abs" for node in nodes)


def orbit_step(system: System) -> float:
    """A step of one orbit, each of which waits for the one before."""
    return (4 + 12 * functions(system)) * _NANO


def lane_step(system: System) -> float:
    """A step of one of many orbits, which `core.lanes` takes side by side."""
    return (0.03 * system.operations + 12 * functions(system)) * _NANO


def tangent_step(system: System) -> float:
    """A step of an orbit and of its tangent space, orthonormalised."""
    return (30 + 2 * system.dimension**2 + 12 * functions(system)) * _NANO


def density_step(system: System) -> float:
    """A step of an orbit that is counted in a cell."""
    return orbit_step(system) + 6 * _NANO


def basins_of(system: System, points: int, steps: int) -> float:
    """Basins of which every point takes all its steps; most escape or settle long before."""
    scouts = basins.ROUNDS * basins.SCOUTS * basins.FAR
    return 0.3 + (points + scouts) * steps * (lane_step(system) + 4 * _NANO)


def fixed_points_at(period: int) -> float:
    """The cycles of a period at one set of parameters, with as many points as those of a quadratic map."""
    return 0.05 + 0.05 * period + 1.5e-4 * period * min(STARTS, 1 << period)
