"""GET /fixed-points: fixed points and cycles."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np

from attractor.api.endpoints.analysis_query import DOUBLE, WHOLE, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats import TABULAR
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import BadQuery, Fault, shown
from attractor.api.queries.parameters import Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.allowance import Allowance, TooMuchWork
from attractor.core.cost import fixed_points_at
from attractor.core.fixed_points import STARTS, UNIT_SECONDS, Cycles, fixed_points
from attractor.core.lanes import Floats
from attractor.core.slicing import Work
from attractor.core.system import System

_MOST_PERIOD = 12
_MOST_RECORDS = 50_000
_TABLE_BYTES = 100  # of a value while a table of Arrow is made
_CHUNK = 4_096  # records that are tuples of Python's values at once
_STABILITIES = ("neutral", "saddle", "stable", "unstable")


class FixedPointsQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for fixed points or cycles."""

    period: Annotated[int, Whole("The minimal period of the cycles.", 1, _MOST_PERIOD)] = 1

    path = "/fixed-points"
    title = "Fixed points and cycles"
    description = (
        "Every real fixed point that can be found (all of them where the map is rational and they are isolated, as the "
        "summary's complete says), or the cycles of a period: coordinates to full double precision, the stability "
        "(stable, unstable, saddle or neutral), and the eigenvalues of the Jacobian of the map applied period times "
        "(real1, imag1, …) by descending modulus. Takes no initial conditions."
    )
    columns: ClassVar[Schemas] = {
        "^(cycle|point)$": WHOLE,
        "^stability$": {"enum": ["stable", "unstable", "saddle", "neutral"]},
        "^(real|imag)[1-9][0-9]*$": DOUBLE,
        "^residual$": DOUBLE,
    }
    summary: ClassVar[Schemas] = {
        "complete": {
            "type": "boolean",
            "description": "whether no other real fixed point exists at any of the points of the grid",
        }
    }
    sweeps = Sweeps("parameters", 0, 1)
    cheap: ClassVar[Ranges] = {"period": (1, 2)}
    formats = TABULAR
    is_held = True

    @staticmethod
    def inputs_of(system: System) -> tuple[str, ...]:
        return system.parameters

    def count_records(self) -> int:
        return 0

    def count_values(self) -> int:
        return len(self.swept) + 3 * self.system.dimension + 4

    def estimate_seconds(self) -> float:
        return self.points * fixed_points_at(self.system, self.period)

    def estimate_bytes(self) -> int:
        """Bytes of the most records that there can be, and of what a table of them is made from."""
        records = min(self.points * STARTS * self.period, _MOST_RECORDS)
        return records * self.count_values() * (_TABLE_BYTES if self.format in ("arrow", "parquet") else 8)

    def answer(self, settings: Settings, _: int) -> Work[Answer]:
        sweep, system, period = Sweep(self), self.system, self.period
        allowance = Allowance(settings.max_seconds / UNIT_SECONDS)
        found: list[Floats] = []
        records, complete = 0, True
        for _start, parameters, swept in sweep.chunks():
            for values, mine in zip(parameters.tolist(), swept, strict=True):
                try:
                    cycles = yield from fixed_points(system, values, period, allowance)
                except TooMuchWork:
                    raise BadQuery([_too_much(self, f"{settings.max_seconds} CPU seconds of work")]) from None
                complete &= cycles.complete
                found.append(_rows(cycles, mine))
                records += len(found[-1])
                if records > _MOST_RECORDS:
                    raise BadQuery([_too_much(self, f"{_MOST_RECORDS} records")])
        eigenvalues = [Column(f"{part}{i + 1}") for i in range(system.dimension) for part in ("real", "imag")]
        return Records(
            self,
            (
                *sweep.columns,
                Column("cycle", "whole"),
                Column("point", "whole"),
                *map(Column, system.state),
                Column("stability", "text"),
                *eigenvalues,
                Column("residual"),
            ),
            records,
            (),
            0,
            lambda: _tuples(found, len(sweep.columns), system.dimension),
            {"complete": complete},
        )


def _rows(cycles: Cycles, swept: Floats) -> Floats:
    """The records of one set of parameters, the stability by its place in _STABILITIES."""
    rows = [
        (
            *swept,
            i + 1,
            j + 1,
            *point,
            _STABILITIES.index(cycle.stability),
            *(part for value in cycle.eigenvalues for part in (value.real, value.imag)),
            cycle.residual,
        )
        for i, cycle in enumerate(cycles.cycles)
        for j, point in enumerate(cycle.points)
    ]
    return np.array(rows, dtype=np.float64)


def _tuples(found: list[Floats], swept: int, dimension: int) -> Iterator[Rows | None]:
    """The same with whole numbers and words, some at a time."""
    cycle, stability = swept, swept + 2 + dimension
    for rows in found:
        for first in range(0, len(rows), _CHUNK):
            yield [
                (
                    *row[:cycle],
                    *map(int, row[cycle : cycle + 2]),
                    *row[cycle + 2 : stability],
                    _STABILITIES[int(row[stability])],
                    *row[stability + 1 :],
                )
                for row in rows[first : first + _CHUNK].tolist()
            ]


def _too_much(query: FixedPointsQuery, what: str) -> Fault:
    """That the longest sweep, or where nothing is swept the period, makes more than `what`."""
    name = max(query.swept, key=lambda name: query.inputs[name].count, default="period")
    rule = "fewer values" if name in query.inputs else "a lower period, or parameters at which there are fewer cycles"
    return Fault(name, f"makes more than {what}, as the cycles found here show", shown(query.text(name)), rule)
