"""GET /horizon: how far the digits of an orbit can be trusted."""

from collections.abc import Generator, Iterator
from itertools import product
from typing import Any

import numpy as np

from attractor.api.endpoints.analysis import WHOLE, Analysis
from attractor.api.endpoints.records import Records
from attractor.api.formats import FORMATS
from attractor.api.formats.table import Column
from attractor.api.problems import BadQuery, Fault
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Number, Option, Whole
from attractor.api.settings import Settings
from attractor.core.cost import horizon_record, horizon_step
from attractor.core.decimals import work
from attractor.core.horizon import FIRST, NotResolved, horizon
from attractor.core.lanes import Floats

_ORBIT_SECONDS = 3e-4  # that an orbit takes beside its steps
_SUMMARY_BYTES = 600  # of what the summary says of a point
_NUMBER_BYTES = 40  # of the whole number of an iterate, and of its place
_DEARER = 100  # times that an operation of mpmath costs more than one of decimal


def _answer(query: AnalysisQuery, settings: Settings, _: int) -> Generator[None, None, Records]:
    yield
    system, options, swept = query.system, query.options, query.swept
    records: list[Floats] = []
    summary: list[dict[str, Any]] = []
    most = max(_affordable(query, settings), default=0)
    for values in product(*(each.decimals() for each in query.inputs.values())):
        mine = {name: float(value) for name, value in zip(query.inputs, values, strict=True) if name in swept}
        start, parameters = values[: system.dimension], values[system.dimension :]
        try:
            for found in horizon(system, start, parameters, options["steps"], options["every"], options["least"], most):
                yield
                if found is None:
                    continue
                summary.append({**mine, "horizon": found.reached, "decimal_digits": found.length})
                labels = np.tile(list(mine.values()), (len(found.steps), 1))
                records.append(np.column_stack([labels, found.steps, found.digits, found.coordinates]))
        except NotResolved as error:
            rule = "fewer steps, after which fewer digits are lost"
            raise BadQuery([Fault("steps", f"are too many: {error}", query.texts["steps"], rule)]) from None
    names = ["digits", *(f"digits_{name}" for name in system.state)]
    return Records(
        query,
        (*map(Column, swept), Column("n", "whole"), *map(Column, names)),
        sum(map(len, records)),
        (),
        0,
        lambda: iter(records),
        {"horizons": summary},
    )


def _affordable(query: AnalysisQuery, settings: Settings) -> Iterator[int]:
    """The lengths of decimal arithmetic, each twice the one before, for which the bound on its work suffices."""
    longest = _longest(query)
    digits, left = FIRST, settings.max_decimal_work
    steps = query.points * query.options["steps"] * (1 if query.system.is_rational else _DEARER)
    while (left := left - steps * work(query.system, max(digits, longest))) >= 0:
        yield digits
        digits *= 2


def _longest(query: AnalysisQuery) -> int:
    """Digits of the longest input."""
    return max(len(part) for values in query.inputs.values() for part in values.text.split(","))


def _records(query: AnalysisQuery) -> int:
    records: int = query.points * (query.options["steps"] // query.options["every"])
    return records


def _seconds(query: AnalysisQuery) -> float:
    """Of the first two lengths; as many more as `_affordable` says may follow."""
    system = query.system
    longest = _longest(query)
    steps = sum(horizon_step(system, max(digits, longest)) for digits in (FIRST, 2 * FIRST))
    return query.steps * steps + _records(query) * horizon_record(system) + query.points * _ORBIT_SECONDS


def _holds(query: AnalysisQuery) -> int:
    """Bytes of all records and horizons, and of the records of one orbit while they are computed."""
    values = len(query.swept) + 2 + query.system.dimension
    return (
        _records(query) * values * 8
        + _records(query) // max(1, query.points) * (16 * values + _NUMBER_BYTES)
        + query.points * _SUMMARY_BYTES
    )


def _beyond(query: AnalysisQuery, settings: Settings) -> Iterator[Fault]:
    steps = query.options["steps"]
    if query.options["every"] > steps:
        yield Fault("every", "keeps no iterate", query.texts["every"], f"at most steps, {steps}")
    if query.points > settings.max_decimal_work or len(list(_affordable(query, settings))) < 2:
        yield Fault("steps", f"are too many for {query.points} orbits in decimal", query.texts["steps"], "fewer")


HORIZON = Analysis(
    "/horizon",
    "The trust horizon",
    "How many significant digits of an orbit in double arithmetic are those of the exact orbit of the numbers as "
    "written, which is approached in arithmetic of growing length until two lengths agree: digits, of the "
    "greatest error over the greatest coordinate, and those of each coordinate (digits_x, …), at most 17.",
    (
        Option("steps", "How many iterations.", Whole(1, 1_000_000), "100"),
        Option("every", "Compare the iterates that this divides.", Whole(1, 1_000_000), "1"),
        Option("least", "The horizon is the first n with fewer digits left than this.", Number(above=0), "1"),
    ),
    _answer,
    _seconds,
    _records,
    _beyond,
    holds=_holds,
    formats={name: form for name, form in FORMATS.items() if name != "npy"},
    is_held=True,
    columns={"^n$": WHOLE, "^digits": {"type": "number", "maximum": 17}},
    summary={
        "horizons": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"horizon": {"type": ["integer", "null"]}, "decimal_digits": {"type": "integer"}},
                "required": ["horizon", "decimal_digits"],
                "additionalProperties": {"type": "number"},
            },
            "description": "for each point of the grid the first compared n with fewer than least digits (null where "
            "there is none), and the length in decimal digits that sufficed",
        }
    },
)
