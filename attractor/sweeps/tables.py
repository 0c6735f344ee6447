"""Sweeps as Parquet: a file for each shard, which is the service's answer to its part of the query.

One after the other, by their names, they hold the records of the whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

from attractor.api.endpoints.records import Records
from attractor.api.formats import FORMATS
from attractor.sweeps.forms import Files, Values
from attractor.sweeps.plan import Plan

ROOT = "records"


class Tables:
    """The tables of a sweep."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._digits = plan, max(6, len(str(plan.count - 1)))

    def common(self, about: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        yield from ()

    def size(self) -> int:
        return 8 * self._plan.query.count_records() * self._plan.query.count_values()

    def files(self, index: int, answer: Records) -> Files:
        written = FORMATS["parquet"].write(answer)
        return {name: b"".join(filter(None, written)) for name in self.names(index)}

    def names(self, index: int) -> list[str]:
        return [f"{ROOT}/{index:0{self._digits}}.parquet"]

    def values(self, index: int, files: Files) -> Values:  # noqa: ARG002
        import pyarrow.parquet  # which takes long to load, and which arrays do without

        (data,) = files.values()
        try:
            table = pyarrow.parquet.read_table(pyarrow.BufferReader(data))
        except (pyarrow.ArrowException, OSError) as error:
            raise ValueError(str(error)) from error
        return {name: _array(table[name]) for name in table.column_names}


def _array(column: Any) -> NDArray[Any]:
    found: NDArray[Any] = column.to_numpy()
    return found
