"""GET /basins: basins of attraction."""

from collections.abc import Generator, Iterator
from typing import Any

import numpy as np

from attractor.api.endpoints.analysis import DOUBLE, WHOLE, Analysis, result, too_many
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import Fault
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Number, Option, Whole
from attractor.api.settings import Settings
from attractor.core.basins import Basins, basins
from attractor.core.basins.lattice import CELLS
from attractor.core.cost import basins_of

_MOST_CELLS = 1_000_000  # all are held
_CELL_BYTES = 110
_ORBITS = 7 << 20
_SHOWN = 3  # points of an aperiodic attractor in the legend


def found(query: AnalysisQuery, threads: int) -> Generator[None, None, Basins]:
    """The basins on the points of a query's grid, as the generator's value."""
    options, (_, parameters) = query.options, query.first()
    start = yield from Sweep(query).starts()
    work = basins(query.system, start, parameters, options["steps"], options["escape"], threads)
    return (yield from result(work))


def legend(query: AnalysisQuery, found: Basins) -> list[dict[str, Any]]:
    """What each label that occurs stands for."""
    attractors = {
        a.label: {
            "kind": a.kind,
            "period": a.period or None,
            "points": [dict(zip(query.system.state, p, strict=True)) for p in a.points[: a.period or _SHOWN].tolist()],
        }
        for a in found.attractors
    }
    others = {0: {"kind": "escape"}, -1: {"kind": "undecided"}}
    counts = np.bincount(found.labels + 1)  # from label -1 on
    return [
        {"label": label, **(others | attractors)[label], "share": count / len(found.labels)}
        for label, count in enumerate(counts.tolist(), -1)
        if count
    ]


def _answer(query: AnalysisQuery, _: Settings, threads: int) -> Generator[None, None, Records]:
    sweep = Sweep(query)
    ends = yield from found(query, threads)
    return Records(
        query,
        (*sweep.columns, Column("label", "whole"), Column("steps", "whole")),
        query.points,
        (*query.shape, 2),
        len(sweep.columns),
        lambda: _rows(sweep, ends),
        {"legend": legend(query, ends)},
    )


def _rows(sweep: Sweep, ends: Basins) -> Iterator[Rows | None]:
    done = 0
    for _, _, swept in sweep.chunks():
        mine = slice(done, done + len(swept))
        yield np.column_stack([swept, ends.labels[mine], ends.steps[mine]])
        done += len(swept)


def holds(query: AnalysisQuery) -> int:
    """Bytes of all cells, of two lattices over the attractors, and of orbits on them."""
    lattice: int = 4 * min(1 << 21, CELLS**query.system.dimension)
    return _CELL_BYTES * query.points + 2 * lattice + _ORBITS


def seconds(query: AnalysisQuery) -> float:
    """CPU seconds that basins take to find at most, about."""
    return basins_of(query.system, query.points, query.options["steps"])


def beyond(query: AnalysisQuery, _: Settings) -> Iterator[Fault]:
    """What a query asks for and cannot have."""
    initial = query.system.start
    for name in query.swept:
        if name not in initial:
            rule = "one number: basins are those of initial conditions at one set of parameters"
            yield Fault(name, "is swept", query.inputs[name].text, rule)
    if not any(name in initial for name in query.swept):
        yield Fault(initial[0], "no initial condition is swept", None, "start:stop:count or a list for one or more")
    if query.points > _MOST_CELLS:
        yield too_many(query, "cells", query.points, _MOST_CELLS)


OPTIONS = (
    Option("steps", "The most iterations of an orbit.", Whole(1, 10_000_000), "10000"),
    Option("escape", "An orbit escapes where a coordinate is beyond this.", Number(above=0), "1000000"),
)

BASINS = Analysis(
    "/basins",
    "Basins of attraction",
    "Which attractor each initial condition of a grid reaches: label, 0 for escape, -1 for undecided within steps, "
    "else the number of an attractor; and steps, the n at which it escaped or began to stay there. Attractors are "
    "fixed points, cycles, and those found by recurrence to cells visited before (G. Datseris, A. Wagemakers, Chaos "
    "32, 023104, 2022).",
    OPTIONS,
    _answer,
    seconds,
    lambda query: query.points,
    beyond,
    holds=holds,
    is_held=True,
    columns={"^label$": WHOLE, "^steps$": WHOLE},
    summary={
        "legend": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "label": {"type": "integer", "minimum": -1},
                    "kind": {"enum": ["escape", "undecided", "fixed point", "cycle", "aperiodic"]},
                    "period": {"type": ["integer", "null"]},
                    "points": {"type": "array", "items": {"type": "object", "additionalProperties": DOUBLE}},
                    "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                },
                "required": ["label", "kind", "share"],
                "additionalProperties": False,
            },
            "description": "what each label stands for: kind, period, points and share of the grid",
        }
    },
)
