"""Orbit diagrams: where the orbit goes, as one parameter varies (R. M. May, Nature 261, 459-467, 1976, fig. 4)."""

from collections.abc import Generator, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from core import slicing
from core.ensemble import final_states, orbits
from core.kernel import orbit_kernel
from core.lanes import Floats
from core.system import System


def diagram(
    system: System,
    start: Sequence[float],
    parameters: Sequence[float],
    varied: str,
    values: ArrayLike,
    coordinate: str,
    kept: int,
    transient: int = 1000,
    continuation: bool = False,
    threads: int = 1,
) -> Iterator[Floats | None]:
    """`kept` iterates of `coordinate` behind `transient` ones, for each of `values` of the parameter `varied`.

    Each value starts from `start`, or with `continuation` from the last state of the value before it, which shows
    hysteresis, takes one thread, and ends in nan where the orbit escapes. Yields float64 arrays of shape (values, kept)
    which one after the other hold all values in order, and None between slices.
    Raises ValueError on a name that the system has not, or another number of values than it has.
    """
    column, points = sweep(system, parameters, varied, values, coordinate)
    if continuation:
        yield from _continued(system, tuple(map(float, start)), points, column, kept, transient)
        return
    height = 64 * system.dimension * max(kept, 1)  # so that each piece holds whole orbits
    for piece in orbits(system, start, points, kept, skip=transient, threads=threads, piece=height):
        yield None if piece is None else np.ascontiguousarray(piece.values[:, :, column])


def sweep(
    system: System, parameters: Sequence[float], varied: str, values: ArrayLike, coordinate: str
) -> tuple[int, Floats]:
    """The index of the coordinate, and the parameters of each value, of shape (values, number of parameters)."""
    if varied not in system.parameters:
        raise ValueError(f"{system.name} has no parameter {varied}")
    if coordinate not in system.state:
        raise ValueError(f"{system.name} has no coordinate {coordinate}")
    swept = np.atleast_1d(np.asarray(values, dtype=np.float64))
    points = np.tile(np.asarray(parameters, dtype=np.float64), (len(swept), 1))
    points[:, system.parameters.index(varied)] = swept
    return system.state.index(coordinate), points


def settled(
    system: System, start: Sequence[float], points: Floats, transient: int, kept: int | None, threads: int = 1
) -> Iterator[Floats | None]:
    """The state behind the transient for each row of `points`, in order, float64 of shape (some, dimension).

    Each starts from `start`, or where `kept` is given from the state so many steps behind the one before it.
    """
    if kept is None:
        yield from final_states(system, start, points, transient, threads)
        return
    state: tuple[float, ...] = tuple(map(float, start))
    found, pace = np.empty((len(points), system.dimension)), slicing.Pace()
    for i, values in enumerate(points):
        state = yield from _advanced(system, state, tuple(values.tolist()), transient, pace)
        found[i] = state
        state = yield from _advanced(system, state, tuple(values.tolist()), kept, pace)
    yield found


def _continued(
    system: System, state: tuple[float, ...], points: Floats, column: int, kept: int, transient: int
) -> Iterator[Floats | None]:
    kernel, pace = orbit_kernel(system), slicing.Pace()
    out = np.empty((kept, system.dimension))
    for values in points:
        parameters = tuple(values.tolist())
        state = yield from _advanced(system, state, parameters, transient, pace)

        def keep(done: int, end: int, parameters: tuple[float, ...] = parameters) -> None:
            nonlocal state
            state, _ = kernel(state, parameters, 1, out[done:end])

        yield from slicing.slices(kept, keep, pace)
        yield out[None, :, column].copy()


def _advanced(
    system: System, state: tuple[float, ...], parameters: tuple[float, ...], steps: int, pace: slicing.Pace
) -> Generator[None, None, tuple[float, ...]]:
    """The state `steps` steps on, as the generator's value."""
    kernel, last = orbit_kernel(system), np.empty((1, system.dimension))

    def advance(done: int, end: int) -> None:
        nonlocal state
        state, _ = kernel(state, parameters, end - done, last)

    yield from slicing.slices(steps, advance, pace)
    return state
