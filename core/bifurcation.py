"""Orbit diagrams: where the orbit goes, as one parameter varies (R. M. May, Nature 261, 459-467, 1976, fig. 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from attractor.core import slicing
from attractor.core.continuation import Continuation
from attractor.core.ensemble import orbits
from attractor.core.grid import PART, Axis, axis
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.system import System

_TOGETHER = 1 << 13  # kept iterates that are handed on together, at least


def diagram(
    system: System,
    start: Sequence[float],
    parameters: Sequence[float],
    varied: str,
    values: ArrayLike | Axis,
    coordinate: str,
    kept: int,
    transient: int = 1000,
    continuation: Continuation | None = None,
    threads: int = 1,
) -> Iterator[Floats | None]:
    """`kept` iterates of `coordinate` behind `transient` ones, for each of `values` of the parameter `varied`.

    Each value starts from `start`, or with a `continuation` from the last state of the value before it, which shows
    hysteresis and takes one thread; `values` may descend. What is past double's range is nan or inf. Yields float64
    arrays of shape (values, kept) which one after the other hold all values in order, and None between slices.
    Raises ValueError on a name that the system has not, or another number of values than it has.
    """
    swept = sweep(system, parameters, varied, values, coordinate)
    if continuation:
        yield from _continued(continuation, swept, kept, transient)
        return
    height = 64 * system.dimension * max(kept, 1)  # so that each piece holds whole orbits
    for first in range(0, swept.count, PART):
        points, together = swept.points(first, first + PART), []
        for piece in orbits(system, start, points, kept, skip=transient, threads=threads, piece=height):
            if piece is None:
                yield None
                continue
            together.append(np.ascontiguousarray(piece.values[:, :, swept.column]))
            if sum(map(np.size, together)) >= _TOGETHER:
                yield _joined(together)
                together.clear()
        if together:
            yield _joined(together)


def _joined(parts: Sequence[Floats]) -> Floats:
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


def sweep(system: System, parameters: Sequence[float], varied: str, values: ArrayLike | Axis, coordinate: str) -> Swept:
    """Raises ValueError on a name that the system has not."""
    if varied not in system.parameters:
        raise ValueError(f"{system.name} has no parameter {varied}")
    if coordinate not in system.state:
        raise ValueError(f"{system.name} has no coordinate {coordinate}")
    given = np.asarray(parameters, dtype=np.float64)
    return Swept(axis(values), system.state.index(coordinate), given, system.parameters.index(varied))


def _continued(carried: Continuation, swept: Swept, kept: int, transient: int) -> Iterator[Floats | None]:
    kernel, pace = orbit_kernel(carried.system), slicing.Pace()
    together = max(1, _TOGETHER // max(kept, 1))
    for first in range(0, swept.count, together):
        points = swept.points(first, first + together)
        values = points[:, swept.place].tolist()
        found, out = np.empty((len(points), kept)), np.empty((kept, carried.system.dimension))
        for i, (value, row) in enumerate(zip(values, points.tolist(), strict=True)):
            parameters = tuple(row)
            begin = state = yield from carried.settled(value, parameters, transient, pace)

            def keep(done: int, end: int, parameters: tuple[float, ...] = parameters) -> None:
                nonlocal state
                state, _ = kernel(state, parameters, 1, out[done:end])  # noqa: B023

            yield from slicing.slices(kept, keep, pace)
            carried.carry(begin, state)
            found[i] = out[:, swept.column]
        yield found
