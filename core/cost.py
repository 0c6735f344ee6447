"""About how long kernels take, in CPU seconds, told before they begin.

Of numbers of ordinary size, on a virtual core of 2020 or later: `make bench-costs` compares. Subnormal numbers and
sines of huge arguments take up to 50 times as long, and an orbit may reach them midway: no estimate can know, so such
work is bounded while it runs, as is that of which nobody knows beforehand how much there will be (`core.allowance`).

What an analysis costs is told by constants of its module, which is imported by who asks: one orbit needs none of them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from attractor.core.system import System, per_system

if TYPE_CHECKING:
    from attractor.core.lanes import Floats

_NANO = 1e-9
_FUNCTION, _REMAINDER = 12, 20  # nanoseconds
_FUNCTION_IN_LANES, _REMAINDER_IN_LANES = 3, 1.5  # of their quick forms, side by side
_ROUGHLY = 20_000  # units of a search for fixed points, which halves few boxes

BALL_RUNS = 3
"""Runs of an exact orbit: a pilot, and one or two with the precision that it foretells."""
_RESOLVED = 20_000  # steps after which only an exact orbit that loses little is resolved

_CYCLES = 4_096  # points of cycles, at most

POINT = 150 * _NANO
"""A point of a grid beside its steps: its values, its place in a block, its row."""

DRAWN = 1_000 * _NANO
"""A value of a parameter in a diagram beside its steps."""

CONTINUED = 80_000 * _NANO
"""Seconds of a value of a diagram whose orbits continue each other, beside its steps."""

SPECTRUM = 60_000 * _NANO
"""A spectrum beside its steps."""

SPECTRUM_IN_LANES = 6_000 * _NANO
"""The same where the spectra of a block are made together."""


PROOF = 1_000_000 * _NANO
"""A try to prove that a cycle attracts, of a short period."""

VISIT = 3 * _NANO
"""An iterate of a chart that marks a cell, or is compared with the least and the greatest, beside its step."""

TALLIED = 1.5 * _NANO
"""An iterate of a diagram that is counted in a cell, or compared with the least and the greatest, beside its step."""


def padded(points: int, lanes: int = 0) -> int:
    """Points that blocks of `lanes`, or else of LANES, take, where the last one is filled up."""
    from attractor.core.lanes import LANES

    return -(-points // (lanes or LANES)) * (lanes or LANES)


@per_system
def functions(system: System) -> int:
    """Nanoseconds of the sines, cosines and the like, and of the remainders, of one step."""
    nodes = [node for _, _, formula in system.assignments for node in ast.walk(formula)]
    calls = sum(isinstance(node, ast.Call) and ast.unparse(node.func) != "abs" for node in nodes)
    return _FUNCTION * calls + _REMAINDER * sum(isinstance(node, ast.Mod) for node in nodes)


@per_system
def lane_functions(system: System) -> float:
    """Nanoseconds of the functions of a step in lanes, where a repeated expression is computed once."""
    nodes = [node for _, _, formula in system.assignments for node in ast.walk(formula)]
    calls = {ast.unparse(node) for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) != "abs"}
    return _FUNCTION_IN_LANES * len(calls) + _REMAINDER_IN_LANES * sum(isinstance(node, ast.Mod) for node in nodes)


def orbit_step(system: System) -> float:
    """A step of one orbit, each of which waits for the one before."""
    return (4 + functions(system)) * _NANO


def lane_step(system: System) -> float:
    """A step of one of many orbits, which `core.lanes` takes side by side."""
    return (0.03 * system.operations + lane_functions(system)) * _NANO


def tangent_step(system: System) -> float:
    """A step of an orbit and of its tangent space, orthonormalised."""
    return (6 + 4 * system.dimension**2 + 4 / 3 * functions(system)) * _NANO


def lane_tangent_step(system: System) -> float:
    """A step of one of many orbits, side by side, and of its tangent space, orthonormalised."""
    return (1 + system.dimension**2 + 2 * lane_functions(system)) * _NANO


def density_step(system: System) -> float:
    """A step of an orbit that is counted in a cell."""
    return orbit_step(system) + 6 * _NANO


def basins_of(system: System, points: int, steps: int, parameters: Floats) -> float:
    """Basins of which no point escapes or settles, and what is told of as many charts as a round has.

    Those that soon do take down to a seventieth, those that need more rounds, or longer looks at charts that are not
    clearly chaotic, up to some times as much: which it is cannot be known beforehand. While they are found,
    `core.basins` counts steps, of which there are SPENT times `steps_expected` and a round at most. Of a map that
    preserves volume each orbit is followed for a part of the steps, its tangent vectors too where it is not regular.
    """
    from attractor.core import basins
    from attractor.core.basins.conservative import preserves_volume, steps_followed
    from attractor.core.basins.motion import EXPONENT_STEPS, FLOW_EVERY, GLANCE, WINDOW
    from attractor.core.lanes import LANES
    from attractor.core.lyapunov import WIDTH

    if preserves_volume(system, parameters):
        count = steps_followed(steps)
        return 0.1 + points * (count * (lane_step(system) + tangent_step(system) + 10 * _NANO) + POINT)
    step, followed = lane_step(system), lane_step(system) + 4 * _NANO
    drawn = basins.VISITS * LANES // basins.CHARTS * 2 * step + 2 * basins.VISITS * VISIT
    shown = basins.CHARTS * EXPONENT_STEPS * followed
    looked_at = LANES * WINDOW * (FLOW_EVERY if system.is_flow else 1) * step
    glanced = 2 * WIDTH * GLANCE * 9 / 8 * lane_tangent_step(system)
    scouts = 2 * basins.FAR * min(points, basins.SCOUTS)
    told = basins.CHARTS * PROOF + drawn + shown + looked_at + glanced
    return told + (points + scouts) * steps * followed


def fixed_points_at(system: System, period: int) -> float:
    """The cycles of a period at one set of parameters, with as many points as those of a quadratic map.

    How many there are, and how many boxes tell them apart, is not known beforehand: the work is counted while it runs.
    """
    from attractor.core.fixed_points import ELIMINATION, SEARCH, UNIT_SECONDS, certificate_units

    units = ELIMINATION + 3 * certificate_units(system, 1)
    if period > 1 or not system.is_rational or "abs(" in ast.unparse(system.definition):
        units += min(SEARCH, _ROUGHLY + (40 << (period + system.dimension)))
        units += min(_CYCLES, 1 << period) // period * certificate_units(system, period)
    return UNIT_SECONDS * units


def chaotic_bits(first: int, steps: int) -> int:
    """The precision that suffices for an exact orbit that loses two bits a step, where so many are tried first."""
    return first + 2 * min(steps, _RESOLVED)


BALL_STEP = 0.005
"""CPU seconds that a step in balls may take, since nothing pauses within it; the first of a precision takes several
times as long, for tables of angles."""


def horizon_step(system: System, bits: int) -> float:
    """A step of an orbit in balls of so many bits, with its Jacobian where there are functions, and a look at it."""
    product: float = 0.1e-6 + 1.7e-9 * (bits / 64) ** 1.6
    nodes = [node for _, _, formula in system.assignments for node in ast.walk(formula)]
    calls = sum(isinstance(node, ast.Call) and ast.unparse(node.func) != "abs" for node in nodes)
    tangent = 0 if system.is_rational else 40e-6
    return 10e-6 + tangent + (system.operations + 20 * calls) * product


def horizon_record(system: System) -> float:
    """An iterate whose digits are told."""
    return (1 + system.dimension) * 5e-6
