"""Orbit diagrams: where the orbit goes, as one parameter varies (R. M. May, Nature 261, 459-467, 1976, fig. 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from attractor.core import slicing
from attractor.core.continuation import Continuation
from attractor.core.ensemble import orbits
from attractor.core.grid import PART, Axis, axis
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.selection import Selection
from attractor.core.system import System

_TOGETHER = 1 << 13  # kept iterates that are handed on together, at least


class OrbitDiagram(NamedTuple):
    """The orbits of a diagram, one for each value of a parameter.

    They start from `start` and have `parameters`, but for the one that is `varied`, whose `values` may descend. Of each
    orbit `kept` iterates of `coordinate` behind `transient` ones are looked at.
    """

    system: System
    start: Sequence[float]
    parameters: Sequence[float]
    varied: str
    values: ArrayLike | Axis
    coordinate: str
    kept: int
    transient: int = 1000


def diagram(of: OrbitDiagram, continuation: Continuation | None = None, threads: int = 1) -> Iterator[Floats | None]:
    """Computes the kept iterates, float64 of shape (values, kept), in arrays that hold all values in order.

    With a `continuation` each value starts from the last state of the value before it, which shows hysteresis and takes
    one thread. What is past double's range is nan or inf. Yields None between slices. Raises ValueError on a name that
    the system does not have, or another number of values than it has.
    """
    swept = sweep(of)
    if continuation:
        yield from _continue(continuation, swept, of.kept, of.transient)
        return
    kept = Selection(of.transient + of.kept, of.transient)
    height = 64 * of.system.dimension * max(of.kept, 1)  # so that each piece holds whole orbits
    for first in range(0, swept.count, PART):
        points, together = swept.points(first, first + PART), []
        for piece in orbits(of.system, of.start, points, kept, threads, height):
            if piece is None:
                yield None
                continue
            together.append(np.ascontiguousarray(piece.values[:, :, swept.column]))
            if sum(map(np.size, together)) >= _TOGETHER:
                yield _join(together)
                together.clear()
        if together:
            yield _join(together)


def _join(parts: Sequence[Floats]) -> Floats:
    """One after the other; a single one as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@dataclass(frozen=True)
class Swept:
    """The parameters of a system at each value of one of them, and the index of the coordinate that is looked at."""

    values: Axis
    column: int
    parameters: Floats
    place: int
    """The index of the one parameter."""

    @property
    def count(self) -> int:
        return self.values.count

    def points(self, first: int, end: int) -> Floats:
        """All parameters at values first … end - 1, as far as there are any, of shape (values, parameters)."""
        some = self.values.doubles(first, min(end, self.count))
        found = np.tile(self.parameters, (len(some), 1))
        found[:, self.place] = some
        return found


def sweep(of: OrbitDiagram) -> Swept:
    """The parameters of a diagram's orbits. Raises ValueError on a name that the system does not have."""
    system = of.system
    if of.varied not in system.parameters:
        raise ValueError(f"{system.name} has no parameter {of.varied}")
    if of.coordinate not in system.state:
        raise ValueError(f"{system.name} has no coordinate {of.coordinate}")
    given = np.asarray(of.parameters, dtype=np.float64)
    return Swept(axis(of.values), system.state.index(of.coordinate), given, system.parameters.index(of.varied))


def _continue(carried: Continuation, swept: Swept, kept: int, transient: int) -> Iterator[Floats | None]:
    kernel, pace = orbit_kernel(carried.system), slicing.Pace()
    together = max(1, _TOGETHER // max(kept, 1))
    for first in range(0, swept.count, together):
        points = swept.points(first, first + together)
        values = points[:, swept.place].tolist()
        found, out = np.empty((len(points), kept)), np.empty((kept, carried.system.dimension))
        for i, (value, row) in enumerate(zip(values, points.tolist(), strict=True)):
            parameters = tuple(row)
            begin = state = yield from carried.settle(value, parameters, transient, pace)

            def keep(done: int, end: int, parameters: tuple[float, ...] = parameters) -> None:
                nonlocal state
                state, _ = kernel(state, parameters, 1, out[done:end])  # noqa: B023

            yield from slicing.slices(kept, keep, pace)
            carried.carry(begin, state)
            found[i] = out[:, swept.column]
        yield found
