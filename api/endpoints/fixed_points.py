"""GET /fixed-points: fixed points and cycles."""

from collections.abc import Generator, Iterator

import numpy as np

from attractor.api.endpoints.analysis import DOUBLE, WHOLE, Analysis, result
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats import FORMATS
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import BadQuery, Fault, shown
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Option, Whole
from attractor.api.settings import Settings
from attractor.core.allowance import Allowance, TooMuchWork
from attractor.core.cost import fixed_points_at
from attractor.core.fixed_points import STARTS, UNIT_SECONDS, Cycles, fixed_points
from attractor.core.lanes import Floats

_MOST_PERIOD = 12
_MOST_RECORDS = 50_000
_TABLE_BYTES = 100  # of a value while a table of Arrow is made
_CHUNK = 4_096  # records that are tuples of Python's values at once
_STABILITIES = ("neutral", "saddle", "stable", "unstable")


def _answer(query: AnalysisQuery, settings: Settings, _: int) -> Generator[None, None, Records]:
    sweep, system, period = Sweep(query), query.system, query.options["period"]
    allowance = Allowance(settings.max_seconds / UNIT_SECONDS)
    found: list[Floats] = []
    records, complete = 0, True
    for _start, parameters, swept in sweep.chunks():
        for values, mine in zip(parameters.tolist(), swept, strict=True):
            try:
                cycles = yield from result(fixed_points(system, values, period, allowance))
            except TooMuchWork:
                raise BadQuery([_too_much(query, f"{settings.max_seconds} CPU seconds of work")]) from None
            complete &= cycles.complete
            found.append(_rows(cycles, mine))
            records += len(found[-1])
            if records > _MOST_RECORDS:
                raise BadQuery([_too_much(query, f"{_MOST_RECORDS} records")])
    eigenvalues = [Column(f"{part}{i + 1}") for i in range(system.dimension) for part in ("real", "imag")]
    return Records(
        query,
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


def _too_much(query: AnalysisQuery, what: str) -> Fault:
    """That the longest sweep, or where nothing is swept the period, makes more than `what`."""
    name = max(query.swept, key=lambda name: query.inputs[name].count, default="period")
    given = query.inputs[name].text if name in query.inputs else query.texts[name]
    rule = "fewer values" if name in query.inputs else "a lower period, or parameters at which there are fewer cycles"
    return Fault(name, f"makes more than {what}, as the cycles found here show", shown(given), rule)


def _seconds(query: AnalysisQuery) -> float:
    return query.points * fixed_points_at(query.system, query.options["period"])


def _holds(query: AnalysisQuery) -> int:
    """Bytes of the most records that there can be, and of what a table of them is made from."""
    records: int = min(query.points * STARTS * query.options["period"], _MOST_RECORDS)
    values: int = len(query.swept) + 4 + 3 * query.system.dimension
    return records * values * (_TABLE_BYTES if query.format in ("arrow", "parquet") else np.dtype(np.float64).itemsize)


FIXED_POINTS = Analysis(
    "/fixed-points",
    "Fixed points and cycles",
    "Every real fixed point that can be found (all of them where the map is rational and they are isolated, as the "
    "summary's complete says), or the cycles of a period: coordinates to full double precision, the stability (stable, "
    "unstable, saddle or neutral), and the eigenvalues of the Jacobian of the map applied period times (real1, imag1, "
    "…) by descending modulus. Takes no initial conditions.",
    (Option("period", "The minimal period of the cycles.", Whole(1, _MOST_PERIOD), "1"),),
    _answer,
    _seconds,
    lambda _: 0,
    holds=_holds,
    width=lambda query: len(query.swept) + 3 * query.system.dimension + 4,
    takes=lambda system: system.parameters,
    formats={name: form for name, form in FORMATS.items() if name != "npy"},
    is_held=True,
    columns={
        "^(cycle|point)$": WHOLE,
        "^stability$": {"enum": ["stable", "unstable", "saddle", "neutral"]},
        "^(real|imag)[1-9][0-9]*$": DOUBLE,
        "^residual$": DOUBLE,
    },
    summary={
        "complete": {
            "type": "boolean",
            "description": "whether no other real fixed point exists at any of the points of the grid",
        }
    },
)
