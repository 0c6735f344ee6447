"""Grids of initial conditions and parameters: every combination of some values of each."""

from collections.abc import Sequence

import numpy as np

from core.lanes import Floats


class Grid:
    """The points of `values`, one array for each initial condition and parameter; the last varies fastest."""

    def __init__(self, values: Sequence[Floats]) -> None:
        self._values = values
        self._counts = [len(each) for each in values]
        self.size = int(np.prod(self._counts, dtype=object)) if values else 1

    def rows(self, first: int, end: int) -> Floats:
        """Points first … end - 1, float64 of shape (points, inputs)."""
        found = np.empty((end - first, len(self._values)))
        index = np.arange(first, end)
        for k in reversed(range(len(self._values))):
            index, place = np.divmod(index, self._counts[k])
            found[:, k] = self._values[k][place]
        return found
