"""Phase-plane density: how often an orbit visits each cell of a plane, counted in the kernel, no point stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from attractor.core import slicing
from attractor.core.compiling import compiled, jit
from attractor.core.elementary.steps import full_step, sources
from attractor.core.kernel import _floats
from attractor.core.lanes import Floats
from attractor.core.slicing import Work
from attractor.core.system import System, per_system

Bounds: TypeAlias = tuple[float, float, float, float]

step: Any = None  # in a template: the compiled step of the system that the template is bound to


def _count(state, parameters, steps, i, j, bounds, counts):  # type: ignore[no-untyped-def]  # a template
    height, width = counts.shape
    left, right, bottom, top = bounds
    across, up = width / (right - left), height / (top - bottom)
    for _ in range(steps):
        state = step(*state, *parameters)
        x, y = state[i], state[j]
        # False for nan; within, a product is at least 0 and rounds to little more than the cells: `scale` is finite.
        if left <= x <= right and bottom <= y <= top:
            column, row = min(int((x - left) * across), width - 1), min(int((y - bottom) * up), height - 1)
            counts[row, column] += 1
    return state


def _extend(state, parameters, steps, extremes):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for _ in range(steps):
        state = step(*state, *parameters)
        for k in range(len(state)):
            if abs(state[k]) < np.inf:
                extremes[k, 0] = min(extremes[k, 0], state[k])
                extremes[k, 1] = max(extremes[k, 1], state[k])
    return state


@per_system
def count_kernel(system: System) -> Callable[..., tuple[float, ...]]:
    """`kernel(state, parameters, steps, i, j, bounds, counts)` adds each iterate's cell of the plane of coordinates
    i and j to `counts`, int64 of shape (height, width), row 0 at the bottom; it returns the last state."""
    given = _floats(system.dimension), _floats(len(system.parameters))
    signature = (*given, types.int64, types.int64, types.int64, _floats(4), types.int64[:, ::1])
    name, step = f"{system.step.__name__}_count", jit(full_step(system))
    kernel: Callable[..., tuple[float, ...]] = compiled(_count, name, signature, *sources(system), step=step)
    return kernel


@per_system
def extend_kernel(system: System) -> Callable[..., tuple[float, ...]]:
    """`kernel(state, parameters, steps, extremes)` widens each coordinate's least, greatest by the iterates."""
    given = _floats(system.dimension), _floats(len(system.parameters))
    signature = (*given, types.int64, types.float64[:, ::1])
    name, step = f"{system.step.__name__}_extend", jit(full_step(system))
    kernel: Callable[..., tuple[float, ...]] = compiled(_extend, name, signature, *sources(system), step=step)
    return kernel


FARTHEST = 1e300
"""Bounds of a plane are between this and its negative: their distance is far from the end of double's range."""


class NoScale(ValueError):
    """No scale fits one of two axes: `axis` is "horizontal" or "vertical"."""

    def __init__(self, axis: str, problem: str) -> None:
        super().__init__(problem)
        self.axis = axis


class Plane(NamedTuple):
    """The plane of two coordinates, cut into `size` cells, so many wide and so many high, within `bounds`.

    `bounds` are left, right, bottom, top, in the coordinates' units; None stands for those of the iterates in it,
    widened by a hundredth on each side.
    """

    axes: tuple[str, str]
    size: tuple[int, int] = (800, 800)
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Density:
    """`counts`, int64 of shape (height, width), row 0 at the bottom, of a plane within `bounds`.

    Iterates outside these or past double's range are not counted, so counts.sum() may be below the number of steps.
    """

    counts: NDArray[np.int64]
    bounds: Bounds


def density(
    system: System,
    start: Sequence[float],
    parameters: Sequence[float],
    steps: int,
    plane: Plane,
    transient: int = 1000,
) -> Work[Density]:
    """The density of `steps` iterates behind `transient` ones in a plane; its bounds take a first pass to find.

    Raises ValueError on a coordinate that the system has not, on bounds that are not finite and ascending, and where no
    iterate is finite; as NoScale where bounds are as `scale` refuses them.
    """
    if unknown := [name for name in plane.axes if name not in system.state]:
        raise ValueError(f"{system.name} has no coordinate {', '.join(unknown)}")
    i, j = (system.state.index(name) for name in plane.axes)
    size, bounds = plane.size, plane.bounds
    given = tuple(map(float, parameters))
    state: tuple[float, ...] = tuple(map(float, start))
    extremes: Floats = np.tile([np.inf, -np.inf], (system.dimension, 1))
    counts = np.zeros((size[1], size[0]), dtype=np.int64)
    extend = extend_kernel(system)

    def widen(done: int, end: int) -> None:
        nonlocal state
        state = extend(state, given, end - done, extremes)

    yield from slicing.slices(transient, widen)
    settled = state
    if bounds is None:
        extremes[:] = np.inf, -np.inf
        yield from slicing.slices(steps, widen)
        if not np.isfinite(extremes[[i, j]]).all():
            raise ValueError("no iterate is finite: there is no density")
        bounds = *widened(*extremes[i].tolist()), *widened(*extremes[j].tolist())
    for axis, cells, low, high in zip(("horizontal", "vertical"), size, bounds[::2], bounds[1::2], strict=True):
        scale(cells, low, high, axis)
    frame, kernel, state = tuple(map(float, bounds)), count_kernel(system), settled

    def count(done: int, end: int) -> None:
        nonlocal state
        state = kernel(state, given, end - done, i, j, frame, counts)

    yield from slicing.slices(steps, count)
    return Density(counts, bounds)


def widened(least: float, greatest: float) -> tuple[float, float]:
    """The two, a hundredth of their distance further apart on each side."""
    margin = (greatest - least) / 100 or max(abs(least), 1.0) / 100
    return least - margin, greatest + margin


def scale(cells: int, low: float, high: float, axis: str) -> float:
    """Cells for each unit between two bounds.

    Raises NoScale where they are not finite, do not ascend, are beyond FARTHEST, or so near that a kernel could not
    tell a value's cell.
    """
    found = cells / (high - low) if -FARTHEST <= low < high <= FARTHEST else 0.0
    if not 0 < found < np.inf:
        raise NoScale(axis, f"bounds must ascend, be apart, and be within ±{FARTHEST:g}: {low!r}, {high!r}")
    return found
