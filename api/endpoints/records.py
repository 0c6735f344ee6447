"""The table of records that answers a query for many orbits."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import msgspec
import numpy as np

from attractor.api.endpoints.analysis_query import CHUNK, AnalysisQuery
from attractor.api.formats.table import PAUSE, Column, Rows
from attractor.api.resource import InDouble
from attractor.core.edition import EDITION
from attractor.core.kernel import Orbit
from attractor.core.lanes import Floats
from attractor.core.selection import Block
from attractor.core.slicing import Work

_TUPLES = 1_024  # rows of Python's values that are written together


class Sweep:
    """The swept values of a grid's points, and all their values, chunk by chunk."""

    def __init__(self, query: AnalysisQuery) -> None:
        self._grid = query.grid()
        self._places = [list(query.inputs).index(name) for name in query.swept]
        self._states = sum(name in query.system.start for name in query.inputs)
        self.columns = tuple(Column(name) for name in query.swept)

    def chunks(self, size: int = CHUNK) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Initial conditions, parameters, and swept values, of up to `size` points each."""
        for first in range(0, self._grid.size, size):
            rows = self._grid.rows(first, min(first + size, self._grid.size))
            yield rows[:, : self._states], rows[:, self._states :], rows[:, self._places]

    def starts(self) -> Work[Floats]:
        """The initial conditions of all points, as the generator's value; pauses between chunks."""
        found, done = np.empty((self._grid.size, self._states)), 0
        for start, _, _ in self.chunks():
            found[done : done + len(start)] = start
            done += len(start)
            yield
        return found


class Records(InDouble, frozen=True):
    """An answer, as `api.formats.table.Table` wants it."""

    query: AnalysisQuery
    columns: tuple[Column, ...]
    records: int
    shape: tuple[int, ...]
    bare: int
    source: Callable[[], Iterator[Rows | None]]
    """The records in order, as arrays or lists of tuples, and None wherever the work may pause."""
    summary: dict[str, Any] = msgspec.field(default_factory=dict)
    outcome: dict[str, Any] = msgspec.field(default_factory=dict)
    """Facts of all records, complete once they are written; in JSON they stand behind the records."""

    every: ClassVar[int] = 1

    @property
    def stem(self) -> str:
        return f"{self.query.system.name}-{self.query.path[1:]}"

    @property
    def preface(self) -> bytes:
        return msgspec.json.encode(self._about())[:-1] + b',"records":'

    @property
    def conclusion(self) -> bytes:
        return b"," + msgspec.json.encode(self.outcome)[1:-1] if self.outcome else b""

    @property
    def metadata(self) -> dict[str, str]:
        about = {name: msgspec.json.encode(value).decode() for name, value in self._about().items()}
        return {"system": self.query.system.name, **about, "precision": self.arithmetic}

    def _about(self) -> dict[str, Any]:
        return {"query": self.query.echo(), "edition": EDITION, **self.summary}

    def blocks(self, rows: int, _: Callable[[int], Orbit] | None = None) -> Iterator[Block[Any]]:
        for part in self.source():
            if part is None:
                yield PAUSE
                continue
            size = rows if isinstance(part, np.ndarray) else min(rows, _TUPLES)
            for first in range(0, len(part), size):
                piece = part[first : first + size]
                yield Block(0, np.ascontiguousarray(piece) if isinstance(piece, np.ndarray) else piece, None)
