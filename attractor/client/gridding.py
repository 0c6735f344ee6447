"""A table of records as variables over dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Variables = dict[str, tuple[tuple[str, ...], NDArray[Any]]]

_CYCLE = "cycle"  # a column of tables in which points of the grid have any number of records


def grid_columns(columns: Mapping[str, NDArray[Any]], swept: Mapping[str, int]) -> tuple[Variables, Variables]:
    """The values and the coordinates of a table, each with its dimensions.

    `columns` are those of a table whose records are in the order of a grid; `swept` names the inputs that span the grid
    and how many values each has. Beside these, dimensions are n, the number of the iterate, where the table has it, or
    `record`, where a point has several.
    """
    left = dict(columns)
    count, points = len(next(iter(left.values()))), prod(swept.values())
    if _CYCLE in left or count % points:
        labels: Variables = {name: (("record",), left.pop(name)) for name in swept if name in left}
        return {name: (("record",), column) for name, column in left.items()}, labels
    each, inner = count // points, "n" if "n" in left else "record"
    names, shape = (*swept, inner), (*swept.values(), each)
    if inner == "record" and each == 1:
        names, shape = names[:-1], shape[:-1]
    coordinates: Variables = {}
    for name in [name for name in names if name in left]:
        along = tuple(slice(None) if other == name else 0 for other in names)
        coordinates[name] = (name,), left.pop(name).reshape(shape)[along]
    return {name: (names, column.reshape(shape)) for name, column in left.items()}, coordinates
