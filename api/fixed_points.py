"""GET /fixed-points: fixed points and cycles."""

from collections.abc import Generator
from typing import Any

from api.analysis import DOUBLE, WHOLE, Analysis
from api.analysis_query import AnalysisQuery
from api.formats import FORMATS
from api.options import Option, Whole
from api.records import Records, Sweep
from api.table import Column
from core.cost import fixed_points_at
from core.fixed_points import fixed_points

_MOST_PERIOD = 12
_RECORD_BYTES = 500


def _answer(query: AnalysisQuery, *_: Any) -> Generator[None, None, Records]:
    sweep, system = Sweep(query), query.system
    records: list[tuple[Any, ...]] = []
    complete = True
    for _start, parameters, swept in sweep.chunks():
        for values, mine in zip(parameters.tolist(), swept.tolist(), strict=True):
            for found in fixed_points(system, values, query.options["period"]):
                yield
                if found is None:
                    continue
                complete &= found.complete
                for i, cycle in enumerate(found.cycles):
                    parts = [part for value in cycle.eigenvalues for part in (value.real, value.imag)]
                    records += [
                        (*mine, i + 1, j + 1, *point, cycle.stability, *parts, cycle.residual)
                        for j, point in enumerate(cycle.points)
                    ]
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
        len(records),
        (),
        0,
        lambda: iter([records]),
        {"complete": complete},
    )


def _seconds(query: AnalysisQuery) -> float:
    return query.points * fixed_points_at(query.options["period"])


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
    holds=lambda query: _RECORD_BYTES * query.points << query.options["period"],
    width=lambda query: len(query.swept) + 3 * query.system.dimension + 4,
    takes=lambda system: system.parameters,
    formats={name: form for name, form in FORMATS.items() if name != "npy"},
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
