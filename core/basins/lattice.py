"""The lattice over all attractors: which cell has been visited by which, and how near to a point is on a cycle."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from attractor.core.compiling import compiled
from attractor.core.lanes import Floats
from attractor.core.system import System

Integers: TypeAlias = NDArray[np.int64]

CELLS = 512
"""Cells on a side of the lattice over all attractors; fewer from three dimensions on."""
NEAR = 2.0**-12
"""Of the extent of all attractors together, or of 1 if that is more and all are cycles: an orbit has reached a cycle
where it is at most this near to its first point, and within the box that is proven to be attracted."""
FARTHEST = 2.0**1020
"""Attractors are known up to here: lattices, and distances on them, then stay in double's range."""
JOINED = 1 / 8
"""Two charts are one attractor where this part of one's visits falls into cells that the other came to first."""


class Lattice(NamedTuple):
    """A cell's mark is the number of the charts in it, 0 for none, or -1 - e for entry e of `chain`.

    That holds the number of a cycle that has the point `near[e]` near the cell, and the cell's mark without it.
    """

    lower: Floats
    """Its corner, of shape (dimension,)."""
    scale: Floats
    """Cells per unit, of shape (dimension,)."""
    marks: NDArray[np.int32]
    """The mark of each cell, of shape (side to the power of the dimension,)."""
    chain: Integers
    """Of shape (entries, 2)."""
    near: Floats
    """Of shape (entries, dimension)."""
    radius: Floats
    """The distance within which a point counts as near, of shape (entries, dimension)."""


def side(system: System) -> int:
    """Cells on a side of a system's lattice, which has 2**21 at most, or CELLS squared."""
    return min(CELLS, int(2 ** (21 / system.dimension)))


def _mark(values, first, lower, scale, side, marks, visits):  # type: ignore[no-untyped-def]  # typed by Numba
    for s in range(values.shape[0]):
        for i in range(values.shape[1]):
            cell, inside = 0, True
            for k in range(values.shape[2]):
                u = (values[s, i, k] - lower[k]) * scale[k]
                inside = inside and u >= 0.0 and u < side  # false for nan
                cell = cell * side + (int(u) if inside else 0)
            if inside:
                if marks[cell] == 0:
                    marks[cell] = first + s + 1
                visits[first + s, marks[cell] - 1] += 1


@cache
def mark_kernel() -> Callable[..., None]:
    """`kernel(values, first, lower, scale, side, marks, visits)` marks the cells of orbits `first` … with their number
    from 1 on, where none is marked, and counts the visits of each to the cells of each."""
    signature = (
        types.float64[:, :, ::1],
        types.int64,
        types.float64[::1],
        types.float64[::1],
        types.int64,
        types.int32[::1],
        types.int64[:, ::1],
    )
    kernel: Callable[..., None] = compiled(_mark, "basins_mark", signature)
    return kernel


def empty_lattice(system: System, points: Floats, charted: int = 0) -> Lattice:
    """A lattice over `points` without marks; of these, `charted` are extremes of charts, the others points of cycles.

    None of `points` is beyond FARTHEST, so no extent is beyond 2**1021, and all of these are finite.
    """
    size = system.dimension
    nothing = np.zeros((1, 2), dtype=np.int64), np.zeros((1, size)), np.zeros((1, size))
    if not len(points):
        return Lattice(np.zeros(size), np.zeros(size), np.zeros(1, dtype=np.int32), *nothing)
    cells, least, greatest = side(system), points.min(axis=0), points.max(axis=0)
    floor = np.maximum(1.0, np.abs(points).max(axis=0)) * (1e-6 if charted else 1.0)  # an extent may be all rounding
    extent = np.maximum(greatest - least, floor)
    scale = (cells - 2) / extent
    marks = np.zeros(cells**size, dtype=np.int32)
    return Lattice(least - 1 / scale, scale, marks, *nothing)


def join_charts(visits: Integers) -> list[int]:
    """For each chart the first that it is one attractor with: the pair with most visits in common is joined first."""
    shared, groups = visits.astype(np.float64), np.arange(len(visits))
    while len(shared):
        overlap = shared / np.maximum(shared.sum(axis=1, keepdims=True), 1)
        np.fill_diagonal(overlap, 0)
        a, b = sorted(divmod(int(overlap.argmax()), len(shared)))
        if overlap.max() < JOINED:
            break
        shared[a] += shared[b]
        shared[:, a] += shared[:, b]
        shared[b], shared[:, b] = 0, 0
        groups[groups == b] = a
    return [int(g) for g in groups]
