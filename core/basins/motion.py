"""Which motion an orbit is in: chaotic by its exponent, regular by its averages, or undecided.

An orbit is *chaotic* where its greatest Lyapunov exponent over N steps is more than SIGMAS of its standard errors above
0, and N times it above 2 ln N: neighbours then part faster than by any square of N, where those of regular motion part
like N. Where it is clearly so, GLANCE steps tell it, and as many at the end. It is *regular* (quasi-periodic, or
periodic) where the weighted Birkhoff averages of each observable over two windows agree in DIGITS digits of its range,
and it ranges over the same in both: E. Sander, J. D. Meiss, Birkhoff averages and rotational invariant circles for
area-preserving maps, Physica D 411, 132569 (2020). With the weight exp(-1/(t(1 - t))) they converge faster than any
power on quasi-periodic orbits, and like the root of N on chaotic ones.
Observables are the coordinates, and of an angle (one that the step takes modulo a number) two periodic functions.
"""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numba import types
from numpy.typing import NDArray

from attractor.core.balls.evaluation import circles
from attractor.core.compiling import compiled
from attractor.core.elementary.values import apply
from attractor.core.ensemble import final_states, orbits
from attractor.core.lanes import LANES, Floats
from attractor.core.lyapunov import BATCHES, spectra
from attractor.core.selection import Selection
from attractor.core.slicing import Work
from attractor.core.system import System, per_system

SIGMAS, DIGITS = 3, 4.5
WINDOW = 1 << 12
"""Iterates of each window in which an attractor is looked at."""
FLOW_EVERY = 16
"""Steps between two of them, where a step is a small part of a turn."""
EXPONENT_STEPS = 1 << 17
"""Steps from which the exponent of an attractor is told."""
GLANCE = 1 << 13
"""Steps that suffice where they are clearly chaotic, at first and again EXPONENT_STEPS later."""
CLEAR_SIGMAS, CLEAR_GROWN = 12, 16
"""What is clear: standard errors, four times as many as SIGMAS, and so many times the parting of regular motion."""
SAME, ALIKE = 0.01, 0.1
"""The distance that the ends of two windows' ranges may have, on an attractor, or of a shorter orbit's halves."""

Words = NDArray[np.str_]


def _average(values, first, weights, rates, found):  # type: ignore[no-untyped-def]  # typed by Numba
    """Sets found[i, j], of orbit i and observable j, to the weighted average, the least and the greatest value."""
    for i in range(values.shape[0]):
        for k in range(values.shape[2]):
            for j in range(2):
                found[i, 2 * k + j, 0] = 0.0
                found[i, 2 * k + j, 1] = np.inf
                found[i, 2 * k + j, 2] = -np.inf
            for n in range(len(weights)):
                x, weight = values[i, first + n, k], weights[n]
                odd = x
                if rates[k] > 0.0:
                    u = x * rates[k]
                    u -= np.floor(u)
                    x = u * u * (1.0 - u) * (1.0 - u)
                    odd = x * (1.0 - 2.0 * u)
                for j in range(2):
                    value = x if j == 0 else odd
                    found[i, 2 * k + j, 0] += weight * value
                    found[i, 2 * k + j, 1] = value if value < found[i, 2 * k + j, 1] else found[i, 2 * k + j, 1]
                    found[i, 2 * k + j, 2] = value if value > found[i, 2 * k + j, 2] else found[i, 2 * k + j, 2]


@cache
def average_kernel() -> Callable[..., None]:
    """`kernel(values, first, weights, rates, found)` averages as many records from `first` on as there are weights."""
    rows = types.float64[:, :, ::1]
    signature = rows, types.int64, types.float64[::1], types.float64[::1], rows
    kernel: Callable[..., None] = compiled(_average, "basins_average", signature)
    return kernel


@per_system
def periods(system: System) -> Floats:
    """The circumference of the circle on which each coordinate lies, 0 of those on a line."""
    return np.array([turn or 0.0 for turn in circles(system)])


def averages(values: Floats, first: int, count: int, of: Floats) -> Floats:
    """The averages, and the ends of the ranges, of `count` records from `first` on of orbits whose coordinates have
    periods `of`: float64 of shape (orbits, observables, 3), from `values` of shape (orbits, records, dimension).

    Raises ValueError where there are fewer records.
    """
    if first + count > values.shape[1]:
        raise ValueError(f"{first + count} records are needed, and there are {values.shape[1]}")
    found = np.empty((len(values), 2 * values.shape[2], 3))
    t = np.arange(1, count + 1) / (count + 1)
    weights = apply("exp", -1 / (t * (1 - t)))
    rates = np.divide(1, of, out=np.zeros_like(of), where=of > 0)
    average_kernel()(values, first, weights / weights.sum(), rates, found)
    return found


def agree(one: Floats, other: Floats, apart: float) -> NDArray[np.bool_]:
    """Whether what `averages` says of two windows is that of regular motion, their ranges' ends up to `apart` alike."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        ranges = np.maximum(one[:, :, 2], other[:, :, 2]) - np.minimum(one[:, :, 1], other[:, :, 1])
        size = np.maximum(np.abs(one[:, :, 1:]), np.abs(other[:, :, 1:])).max(axis=2)
        constant = ranges <= 2.0**-40 * size
        same = (np.abs(one[:, :, 1:] - other[:, :, 1:]) <= apart * ranges[:, :, None]).all(axis=2)
        near = np.abs(one[:, :, 0] - other[:, :, 0]) <= 10.0**-DIGITS * ranges
        moves = ranges > 2.0**-24 * size  # what has not moved says nothing
    return np.asarray((constant | (same & near)).all(axis=1) & (moves & same).any(axis=1))


def chaotic(
    system: System,
    states: Floats,
    parameters: Floats,
    steps: int,
    threads: int,
    sigmas: float = SIGMAS,
    grown: float = 1,
) -> Work[NDArray[np.bool_]]:
    """Whether the orbit from each of `states` is chaotic, over `steps` steps behind an eighth as many.

    Its exponent is then above `sigmas` of its errors, and neighbours part by `grown` times what is told above.
    """
    found = np.zeros(len(states), dtype=np.bool_)
    steps = max(steps, BATCHES)
    for some in spectra(system, states, parameters, steps, steps // 8, threads):
        yield
        if some is not None:
            exponent, error = some.exponents[:, 0], some.errors[:, 0]
            parted = steps * exponent > 2 * grown * apply("log", steps)  # false for nan
            found[some.first : some.first + len(exponent)] = parted & (exponent > sigmas * error)
    return found


def clearly_chaotic(system: System, states: Floats, parameters: Floats, threads: int) -> Work[NDArray[np.bool_]]:
    """Whether the orbit from each of `states` is chaotic beyond doubt, by so few steps as GLANCE."""
    return chaotic(system, states, parameters, GLANCE, threads, CLEAR_SIGMAS, CLEAR_GROWN)


def motions(system: System, states: Floats, parameters: Floats, age: int, threads: int) -> Work[Words]:
    """ "chaotic", "regular" or "" for undecided, of attractors on which `states` have come to lie within `age` steps.

    The windows are `age` steps apart, so that what approaches its limit like a power of n is still on its way.
    """
    found = np.full(len(states), "", dtype="<U7")
    if not len(states):
        return found
    begun, parts = [states], []  # both windows of a state are computed side by side, in lanes that would be idle
    for some in final_states(system, states, parameters, age, threads):
        yield
        if some is not None:
            begun.append(some)
    every = FLOW_EVERY if system.is_flow else 1
    kept = Selection(WINDOW * every, every=every)
    whole = WINDOW * LANES * system.dimension
    for piece in orbits(system, np.vstack(begun), parameters, kept, threads, whole):
        yield
        if piece is not None:
            parts.append(averages(piece.values, 0, WINDOW, periods(system)))
    early, late = np.split(np.concatenate(parts), 2)
    found[agree(early, late, SAME)] = "regular"
    found[(yield from chaotic(system, states, parameters, EXPONENT_STEPS, threads))] = "chaotic"
    return found


def motions_in_halves(
    system: System, states: Floats, parameters: Floats, steps: int, escape: float, threads: int
) -> Iterator[tuple[int, NDArray[np.bool_], NDArray[np.int64]] | None]:
    """Of consecutive orbits of `steps` steps: the first of them, whether each is regular, and the n at which it is
    beyond `escape`, 0 where it is not. None between slices."""
    for piece in orbits(system, states, parameters, Selection(steps), threads, 1 << 22):
        if piece is None:
            yield None
            continue
        half = steps // 2
        windows = [averages(piece.values, first, half, periods(system)) for first in (0, half)]
        inside = np.asarray((np.abs(piece.values) <= escape).all(axis=2))  # false for nan
        beyond = ~inside
        when = np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1, 0)
        yield piece.first_orbit, agree(windows[0], windows[1], ALIKE) & (when == 0), when
