"""Values of initial conditions and parameters, and grids of them, computed in parts: many take little memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from attractor.core.lanes import Floats

PART = 1 << 12
"""Values that are computed together, and held where there are no more."""


class Axis(Protocol):
    """The values of one initial condition or parameter."""

    @property
    def count(self) -> int: ...

    def doubles(self, first: int = 0, end: int | None = None) -> Floats:
        """Values first … end - 1, float64 of shape (end - first,); all from `first` on where `end` is None."""


@dataclass(frozen=True)
class _Given:
    """Values that lie in memory."""

    values: Floats

    @property
    def count(self) -> int:
        return len(self.values)

    def doubles(self, first: int = 0, end: int | None = None) -> Floats:
        return self.values[first:end]


def axis(values: ArrayLike | Axis) -> Axis:
    """`values` themselves where they are an axis, else an axis of these numbers."""
    if hasattr(values, "doubles"):
        return values  # type: ignore[return-value]
    return _Given(np.atleast_1d(np.asarray(values, dtype=np.float64)))


class Grid:
    """The points of `axes`, one for each initial condition and parameter; the last varies fastest."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        self._axes = axes
        self._held: dict[int, Floats] = {}
        self._counts = [each.count for each in axes]
        self.size = int(np.prod(self._counts, dtype=object)) if axes else 1

    def rows(self, first: int, end: int) -> Floats:
        """Points first … end - 1, float64 of shape (points, inputs)."""
        found = np.empty((end - first, len(self._axes)))
        index, after = np.arange(first, end), 1  # points between two values of an axis
        for k in reversed(range(len(self._axes))):
            count = self._counts[k]
            if count <= PART:
                found[:, k] = self._whole(k)[index // after % count]
            else:
                lowest = first // after
                found[:, k] = self._some(k, lowest, (end - 1) // after + 1)[index // after - lowest]
            after *= count
        return found

    def _whole(self, k: int) -> Floats:
        if k not in self._held:
            self._held[k] = self._axes[k].doubles()
        return self._held[k]

    def _some(self, k: int, first: int, end: int) -> Floats:
        """Values first … end - 1 of an axis that begins anew where it ends."""
        axis, count = self._axes[k], self._counts[k]
        place, left, parts = first % count, end - first, []
        while left:
            parts.append(axis.doubles(place, min(count, place + left)))
            left -= len(parts[-1])
            place = 0
        return np.concatenate(parts)
