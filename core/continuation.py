"""Following an attractor as a parameter varies: each value starts from the last state of the value before it."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from attractor.core import slicing
from attractor.core.evaluation import derivative_along
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.matrices import spectral_radius
from attractor.core.slicing import Work
from attractor.core.system import System

DISPLACEMENT = 2.0**-20
ABSORBED = 2.0**-40
REPELLING = 1e-7  # more than rounding makes of a multiplier of 1
PERIOD = 64
"""See `Continuation`."""
MOST_TOLD = 1_000
"""Restarts that are remembered."""


class Restart(NamedTuple):
    """A value at which a continuation started anew, the reason, "escaped" or "absorbed", and the displacement."""

    value: float
    reason: str
    displacement: float


class Continuation:
    """The state that each value of a parameter hands on to the next, and where it has to start anew.

    A value starts from the last state of the value before it, unless that has escaped, or has been absorbed: it returns
    within PERIOD steps to within ABSORBED of the extent, though what it returns to repels. Then the value restarts
    beside the last finite state: DISPLACEMENT of the extent up in each coordinate, or down where that escapes. The
    extent is the greatest coordinate so far, of the first start and of the states at either end of what is kept.
    """

    def __init__(self, system: System, start: Sequence[float]) -> None:
        self.system = system
        self._state = self._finite = tuple(map(float, start))
        self._extent = max(map(abs, self._state))
        self._is_first = True
        self.restarts: list[Restart] = []
        """The restarts at the first MOST_TOLD values that had one."""
        self.restarted = 0
        """The number of values that had a restart."""

    def settle(
        self, value: float, parameters: tuple[float, ...], transient: int, pace: slicing.Pace
    ) -> Work[tuple[float, ...]]:
        """Computes the state behind the transient at `value` of the parameter."""
        reason = self._reason(parameters)
        self._is_first = False
        if reason is None:
            return (yield from _advance(self.system, self._state, parameters, transient, pace))
        shift = DISPLACEMENT * (self._extent or 1.0)
        for beside in (shift, -shift):
            begin = tuple(x + beside for x in self._finite)
            state = yield from _advance(self.system, begin, parameters, max(transient, 1), pace)
            if _is_finite(state):
                break
        self.restarted += 1
        if len(self.restarts) < MOST_TOLD:
            self.restarts.append(Restart(value, reason, beside))
        return state if transient else begin

    def carry(self, *states: tuple[float, ...]) -> None:
        """Takes the states at either end of the kept iterates; the last is the next value's start."""
        self._state = states[-1]
        for state in filter(_is_finite, states):
            self._finite = state
            self._extent = max(self._extent, *map(abs, state))

    def _reason(self, parameters: tuple[float, ...]) -> str | None:
        if self._is_first:
            return None
        if not _is_finite(self._state):
            return "escaped"
        orbit = np.empty((PERIOD, self.system.dimension))
        orbit_kernel(self.system)(self._state, parameters, 1, orbit)
        with np.errstate(invalid="ignore", over="ignore"):
            returned = (np.abs(orbit - self._state) <= ABSORBED * self._extent).all(axis=1)
        if not returned.any():
            return None
        with np.errstate(all="ignore"):
            product = derivative_along(
                self.system, [self._state, *orbit[: int(returned.argmax())].tolist()], parameters
            )
        repels = np.isfinite(product).all() and spectral_radius(product) > 1 + REPELLING
        return "absorbed" if repels else None


def _is_finite(state: tuple[float, ...]) -> bool:
    return all(map(isfinite, state))


def settle(carried: Continuation, values: Floats, points: Floats, transient: int, kept: int) -> Work[Floats]:
    """Computes the states behind the transient at each of `values`, float64 of shape (values, dimension).

    `points`, of shape (values, parameters), are all parameters there. Each value takes over what `kept` steps at the
    one before it have left in `carried`.
    """
    found, pace = np.empty((len(points), carried.system.dimension)), slicing.Pace()
    for i, (value, row) in enumerate(zip(values.tolist(), points.tolist(), strict=True)):
        parameters = tuple(row)
        begin = yield from carried.settle(value, parameters, transient, pace)
        found[i] = begin
        carried.carry(begin, (yield from _advance(carried.system, begin, parameters, kept, pace)))
    return found


def _advance(
    system: System, state: tuple[float, ...], parameters: tuple[float, ...], steps: int, pace: slicing.Pace
) -> Work[tuple[float, ...]]:
    """Computes the state `steps` steps on."""
    kernel, last = orbit_kernel(system), np.empty((1, system.dimension))

    def advance(done: int, end: int) -> None:
        nonlocal state
        state, _ = kernel(state, parameters, end - done, last)

    yield from slicing.slices(steps, advance, pace)
    return state
