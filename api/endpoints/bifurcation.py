"""GET /bifurcation: orbit diagrams."""

from collections.abc import Generator, Iterator

import numpy as np

from attractor.api.endpoints.analysis import TRANSIENT, Analysis
from attractor.api.endpoints.records import Records
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import Fault
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Coordinates, Flag, Option, Whole
from attractor.api.settings import Settings
from attractor.core.bifurcation import diagram
from attractor.core.cost import CONTINUED, DRAWN, lane_step, orbit_step, padded
from attractor.core.lanes import LANES

_MOST_KEPT = 10_000  # so that what a block of lanes keeps stays small
_TOGETHER = 1 << 14  # records that are made together


def varied(query: AnalysisQuery) -> str:
    """The parameter of the diagram."""
    return query.swept[0]


def _answer(query: AnalysisQuery, _: Settings, threads: int) -> Generator[None, None, Records]:
    yield
    (coordinate,) = query.options["coordinate"]
    kept = query.options["kept"]
    return Records(
        query,
        (Column(varied(query)), Column(coordinate)),
        _records(query),
        (query.points, kept),
        1,
        lambda: _rows(query, threads),
    )


def _rows(query: AnalysisQuery, threads: int) -> Iterator[Rows | None]:
    system, options = query.system, query.options
    start, parameters = query.first()
    swept, done = query.axis(varied(query)), 0
    for found in diagram(
        system,
        start,
        parameters,
        varied(query),
        swept,
        options["coordinate"][0],
        options["kept"],
        options["transient"],
        options["continuation"],
        threads,
    ):
        if found is None:
            yield None
            continue
        mine = swept.doubles(done, done + len(found))
        done += len(found)
        few = max(1, _TOGETHER // found.shape[1])
        for first in range(0, len(found), few):
            some = found[first : first + few]
            yield np.column_stack([np.repeat(mine[first : first + few], some.shape[1]), some.ravel()])


def seconds(query: AnalysisQuery) -> float:
    """CPU seconds that a diagram takes to compute, about."""
    kept: int = 0 if query.options["continuation"] else query.options["kept"]
    return settled_seconds(query) + padded(query.points) * kept * lane_step(query.system)


def settled_seconds(query: AnalysisQuery) -> float:
    """Those up to the ends of transients; where orbits continue each other, of all steps."""
    if query.options["continuation"]:
        return query.steps * orbit_step(query.system) + query.points * CONTINUED
    transient: int = query.options["transient"]
    return padded(query.points) * transient * lane_step(query.system) + query.points * DRAWN


def holds(query: AnalysisQuery) -> int:
    """Bytes of the iterates of a block of lanes, twice, and of the one coordinate of them that is kept."""
    kept: int = query.options["kept"]
    return 8 * kept * min(query.points, LANES) * (2 * query.system.dimension + 2)


def _records(query: AnalysisQuery) -> int:
    kept: int = query.options["kept"]
    return query.points * kept


def beyond(query: AnalysisQuery, _: Settings) -> Iterator[Fault]:
    """What a query asks for and cannot have."""
    parameters = query.system.parameters
    swept = [name for name in query.swept if name in parameters]
    for name in query.swept:
        if name not in parameters or name != swept[0]:
            rule = "one number: a diagram is over the values of one parameter"
            yield Fault(name, "is swept", query.inputs[name].text, rule)
    if not swept:
        name = parameters[0] if parameters else "system"
        rule = "start:stop:count or a list for one parameter" if parameters else "a system with a parameter"
        yield Fault(name, "no parameter is swept", None, rule)


OPTIONS = (
    TRANSIENT,
    Option("kept", "Iterates kept of each orbit.", Whole(1, _MOST_KEPT), "100"),
    Option("coordinate", "Which coordinate is kept.", Coordinates(1), lambda system: system.state[0]),
    Option(
        "continuation",
        "Whether each value starts from the last state of the value before it, which shows hysteresis.",
        Flag(),
        "false",
    ),
)

BIFURCATION = Analysis(
    "/bifurcation",
    "Orbit diagrams",
    "Where the orbit goes behind its transient, for each value of one parameter, which takes a range or a list.",
    OPTIONS,
    _answer,
    seconds,
    _records,
    beyond,
    holds=holds,
    width=lambda _: 2,
)
