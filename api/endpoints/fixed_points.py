"""GET /fixed-points: fixed points and cycles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Annotated, Any, ClassVar

import numpy as np

from attractor.api.endpoints.analysis_query import DOUBLE, WHOLE, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats import TABULAR
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import BadQuery, Fault, shorten
from attractor.api.queries.parameters import Kernels, Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.allowance import Allowance, TooMuchWork
from attractor.core.cost import fixed_points_at
from attractor.core.cycles.bounds import Box
from attractor.core.cycles.contraction import contract_kernel
from attractor.core.cycles.search import BYTES
from attractor.core.cycles.stability import WORDS
from attractor.core.fixed_points import UNIT_SECONDS, Cycles, fixed_points
from attractor.core.lanes import Floats
from attractor.core.matrices import invert_kernel, multiply_kernel
from attractor.core.slicing import Work
from attractor.core.system import System

_MOST_PERIOD = 20
_MOST_RECORDS = 50_000
_CYCLES = 4_096  # of one set of parameters, about, at most
_TABLE_BYTES = 100  # of a value while a table of Arrow is made
_CHUNK = 4_096  # records that are tuples of Python's values at once
_UNDECIDED = 64  # boxes that are told

_SIDES = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
}


class FixedPointsQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for fixed points or cycles."""

    period: Annotated[int, Whole("The minimal period of the cycles.", 1, _MOST_PERIOD)] = 1

    path = "/fixed-points"
    title = "Fixed points and cycles"
    description = (
        "Fixed points, or the cycles of a period, each proven to exist, at parameters taken as doubles: coordinates "
        "nearest to the exact ones, proven stability, the eigenvalues of the Jacobian of the map applied period times "
        "(real1, imag1, …; null at a kink), and the multiplicity as a zero. x=-2:2, low:high for each coordinate, "
        "asks for the cycles within a region. Takes no initial conditions."
    )
    columns: ClassVar[Schemas] = {
        "^(cycle|point)$": WHOLE,
        "^stability$": {"enum": ["stable", "unstable", "saddle", "neutral", "undecided"]},
        "^(real|imag)[1-9][0-9]*$": DOUBLE,
        "^multiplicity$": {"type": ["integer", "null"]},
    }
    summary: ClassVar[Schemas] = {
        "complete": {
            "type": "boolean",
            "description": "whether it is proven that at no point of the grid there is another cycle in the region",
        },
        "region": {
            **_SIDES,
            "type": ["object", "null"],
            "description": "low and high of each coordinate of what was searched, null for all real numbers",
        },
        "undecided": {
            "type": "array",
            "items": _SIDES,
            "description": "boxes of that form that may hold a point of others",
        },
        "continuum": {"type": "boolean", "description": "whether others are proven to form a continuum"},
    }
    sweeps = Sweeps("parameters", 0, 1)
    kernels: ClassVar[Kernels] = (lambda _: invert_kernel(), lambda _: multiply_kernel(), lambda _: contract_kernel())
    cheap: ClassVar[Ranges] = {"period": (1, 2)}
    formats = TABULAR
    is_held = True
    holds_lock = True

    @staticmethod
    def inputs_of(system: System) -> tuple[str, ...]:
        return system.parameters

    @staticmethod
    def sides_of(system: System) -> tuple[str, ...]:
        return system.state

    def check(self, settings: Settings) -> Iterator[Fault]:  # noqa: ARG002
        for name in self.system.state:
            if self.sides and name not in self.sides:
                rule = "low:high for each coordinate, or for none"
                yield Fault(name, "is missing: a region has a side along each coordinate", None, rule)

    @property
    def region(self) -> Box | None:
        """The region that is asked for, its ends as the doubles nearest to them."""
        sides = [self.sides[name].split(":") for name in self.system.state] if self.sides else None
        return None if sides is None else tuple((float(low), float(high)) for low, high in sides)

    def count_records(self) -> int:
        return 0

    def count_values(self) -> int:
        return len(self.swept) + 3 * self.system.dimension + 4

    def estimate_seconds(self) -> float:
        return self.points * fixed_points_at(self.system, self.period)

    def estimate_bytes(self) -> int:
        """Bytes of the most records that there can be, of what a table of them is made from, and of a search."""
        records = min(self.points * _CYCLES * self.period, _MOST_RECORDS)
        searched = 0 if self.period == 1 and self.system.is_rational else BYTES * self.period * self.system.dimension
        return searched + records * self.count_values() * (_TABLE_BYTES if self.format in ("arrow", "parquet") else 8)

    def answer(self, settings: Settings, _: int) -> Work[Answer]:
        sweep, system, period = Sweep(self), self.system, self.period
        allowance = Allowance(settings.max_seconds / UNIT_SECONDS)
        found = _Found([], _Proven(system.state))
        for _start, parameters, swept in sweep.chunks():
            for values, mine in zip(parameters.tolist(), swept, strict=True):
                try:
                    cycles = yield from fixed_points(system, values, period, allowance, self.region)
                except TooMuchWork:
                    raise BadQuery([_too_much(self, f"{settings.max_seconds} CPU seconds")]) from None
                found.add(cycles, mine)
                if found.records > _MOST_RECORDS:
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
                Column("multiplicity", "whole"),
            ),
            found.records,
            (),
            0,
            lambda: _tuples(found.rows, len(sweep.columns), system.dimension),
            found.proven.summary(),
        )


class _Proven:
    """Collects what is proven at each point of a grid into one summary."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._complete, self._continuum = True, False
        self._regions: list[Box] = []
        self._undecided: set[Box] = set()

    def add(self, cycles: Cycles) -> None:
        self._complete &= cycles.complete
        self._continuum |= cycles.continuum
        self._regions = list({*self._regions, cycles.region} - {None})  # type: ignore[arg-type]
        self._undecided |= {*cycles.undecided} if len(self._undecided) < _UNDECIDED else set()

    def summary(self) -> dict[str, Any]:
        """The region is what was searched at every point of the grid."""
        region = None
        if self._regions:
            region = tuple(
                (max(s[0] for s in sides), min(s[1] for s in sides)) for sides in zip(*self._regions, strict=True)
            )
        return {
            "complete": self._complete,
            "region": None if region is None else self._describe_box(region),
            "undecided": [self._describe_box(box) for box in sorted(self._undecided)],
            "continuum": self._continuum,
        }

    def _describe_box(self, box: Box) -> dict[str, Sequence[float]]:
        return dict(zip(self._names, box, strict=True))


@dataclass
class _Found:
    """The records of each point of a grid so far, and what is proven of them."""

    rows: list[Floats]
    proven: _Proven
    records: int = 0

    def add(self, cycles: Cycles, swept: Floats) -> None:
        self.proven.add(cycles)
        self.rows.append(_rows(cycles, swept))
        self.records += len(self.rows[-1])


def _rows(cycles: Cycles, swept: Floats) -> Floats:
    """The records of one set of parameters, the stability by its place in WORDS."""
    nothing = [complex(nan, nan)] * len(cycles.cycles[0].points[0]) if cycles.cycles else []
    rows = [
        (
            *swept,
            i + 1,
            j + 1,
            *point,
            WORDS.index(cycle.stability),
            *(part for value in cycle.eigenvalues or nothing for part in (value.real, value.imag)),
            nan if cycle.multiplicity is None else cycle.multiplicity,
        )
        for i, cycle in enumerate(cycles.cycles)
        for j, point in enumerate(cycle.points)
    ]
    return np.array(rows, dtype=np.float64)


def _tuples(found: list[Floats], swept: int, dimension: int) -> Iterator[Rows | None]:
    """The records of many cycles as tuples, with whole numbers and words, some at a time."""
    cycle, stability = swept, swept + 2 + dimension
    for rows in found:
        for first in range(0, len(rows), _CHUNK):
            yield [
                (
                    *row[:cycle],
                    *map(int, row[cycle : cycle + 2]),
                    *row[cycle + 2 : stability],
                    WORDS[int(row[stability])],
                    *row[stability + 1 : -1],
                    None if isnan(row[-1]) else int(row[-1]),
                )
                for row in rows[first : first + _CHUNK].tolist()
            ]


def _too_much(query: FixedPointsQuery, what: str) -> Fault:
    """A fault: the longest sweep, or where nothing is swept the period, makes more than `what`."""
    name = max(query.swept, key=lambda name: query.inputs[name].count, default="period")
    rule = "fewer values" if name in query.inputs else "a lower period, or parameters at which there are fewer cycles"
    return Fault(name, f"exceeds {what}, as the cycles found so far show", shorten(query.text(name)), rule)
