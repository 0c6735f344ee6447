"""GET /ensemble: many orbits at once."""

from collections.abc import Generator, Iterator

import numpy as np

from attractor.api.endpoints.analysis import WHOLE, Analysis
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import Fault
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Choice, Option, Whole
from attractor.api.settings import Settings
from attractor.core.cost import POINT, lane_step, orbit_step, padded
from attractor.core.ensemble import final_states, orbits
from attractor.core.lanes import LANES, Floats
from attractor.core.orbit import orbit_blocks
from attractor.core.selection import Selection

_PIECE = 1 << 20  # numbers of the orbits that lie in memory together
_TOGETHER = 1 << 14  # records that are made together, about


def _selection(query: AnalysisQuery) -> Selection:
    options = query.options
    if options["keep"] == "final":
        return Selection(options["steps"], every=options["steps"])
    return Selection(options["steps"], options["skip"], options["every"])


def _answer(query: AnalysisQuery, _: Settings, threads: int) -> Generator[None, None, Records]:
    yield
    sweep, selection, system = Sweep(query), _selection(query), query.system
    whole = query.options["keep"] == "orbits"
    numbers = (Column("n", "whole"),) if whole else ()
    return Records(
        query,
        (*sweep.columns, *numbers, *map(Column, system.state)),
        _records(query),
        (*query.shape, *([selection.records] if whole else []), system.dimension),
        len(sweep.columns) + len(numbers),
        lambda: _orbits(query, sweep, selection, threads) if whole else _finals(query, sweep, threads),
    )


def _finals(query: AnalysisQuery, sweep: Sweep, threads: int) -> Iterator[Rows | None]:
    for start, parameters, swept in sweep.chunks():
        done = 0
        for states in final_states(query.system, start, parameters, query.options["steps"], threads):
            if states is None:
                yield None
                continue
            yield np.column_stack([swept[done : done + len(states)], states])
            done += len(states)


def _orbits(query: AnalysisQuery, sweep: Sweep, selection: Selection, threads: int) -> Iterator[Rows | None]:
    system = query.system
    if _is_one_by_one(query, selection):
        yield from _one_by_one(query, sweep, selection)
        return
    numbers = np.arange(selection.first, selection.last + 1, selection.every, dtype=np.float64)
    skip = selection.first - selection.every
    for start, parameters, swept in sweep.chunks():
        for piece in orbits(system, start, parameters, selection.records, skip, selection.every, threads, _PIECE):
            if piece is None:
                yield None
                continue
            few = max(1, _TOGETHER // len(numbers))
            for first in range(0, len(piece.values), few):
                some = piece.values[first : first + few]
                mine = swept[piece.first_orbit + first :][: len(some)]
                yield _labelled(mine, numbers, some.reshape(-1, system.dimension))


def _is_one_by_one(query: AnalysisQuery, selection: Selection) -> bool:
    """Whether the orbits of a block do not lie in memory together."""
    is_whole: bool = query.options["keep"] == "orbits"
    return is_whole and selection.records * LANES * query.system.dimension > _PIECE


def _one_by_one(query: AnalysisQuery, sweep: Sweep, selection: Selection) -> Iterator[Rows | None]:
    """Long orbits: the writing takes longer than the computing, and one fits in memory where a block does not."""
    for starts, parameters, swept in sweep.chunks():
        for start, values, mine in zip(starts.tolist(), parameters.tolist(), swept, strict=True):
            for first, rows, _ in orbit_blocks(query.system, tuple(start), tuple(values), selection):
                numbers = np.arange(first, first + len(rows) * selection.every, selection.every, dtype=np.float64)
                yield _labelled(mine[None], numbers, rows) if len(rows) else None


def _labelled(swept: Floats, numbers: Floats, states: Floats) -> Floats:
    labels = np.repeat(swept, len(numbers), axis=0)
    return np.column_stack([labels, np.tile(numbers, len(swept)), states])


def _seconds(query: AnalysisQuery) -> float:
    each: int = query.options["steps"]
    if _is_one_by_one(query, _selection(query)):
        return query.points * (each * orbit_step(query.system) + POINT)
    return padded(query.points) * each * lane_step(query.system) + query.points * POINT


def _records(query: AnalysisQuery) -> int:
    return query.points * _selection(query).records


def _holds(query: AnalysisQuery) -> int:
    """Bytes of pieces of orbits, and of the numbers of their iterates."""
    if query.options["keep"] == "final":
        return 0
    records, size = _selection(query).records, query.system.dimension
    together = LANES if records * LANES * size <= _PIECE else 1
    return 8 * (min(records, _PIECE) + 3 * min(min(query.points, together) * records * size, _PIECE))


def _beyond(query: AnalysisQuery, _: Settings) -> Iterator[Fault]:
    options = query.options
    if options["keep"] == "final":
        for name, default in (("skip", 0), ("every", 1)):
            if options[name] != default:
                yield Fault(name, "goes with keep=orbits only", query.texts[name], "leave it out")
    elif options["skip"] >= options["steps"]:
        yield Fault("skip", "leaves no iterate", query.texts["skip"], f"less than steps, {options['steps']}")
    elif not _selection(query).records:
        yield Fault("every", "keeps no iterate", query.texts["every"], f"at most steps, {options['steps']}")


ENSEMBLE = Analysis(
    "/ensemble",
    "Many orbits",
    "The orbit of each point of a grid, in double arithmetic, bit for bit as /calculation gives it.",
    (
        Option("steps", "How many iterations.", Whole(1, lambda s: s.max_steps), "1000"),
        Option(
            "keep", "The last state of each orbit, or its iterates.", Choice(("final", "orbits"), "is neither"), "final"
        ),
        Option(
            "skip", "With keep=orbits: iterations whose iterates are dropped.", Whole(0, lambda s: s.max_steps), "0"
        ),
        Option("every", "With keep=orbits: keep the iterates that this divides.", Whole(1, lambda s: s.max_steps), "1"),
    ),
    _answer,
    _seconds,
    _records,
    _beyond,
    holds=_holds,
    columns={"^n$": WHOLE},
)
