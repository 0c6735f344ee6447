"""GET /lyapunov: Lyapunov spectra."""

from collections.abc import Generator, Iterator

import numpy as np

from attractor.api.endpoints.analysis import DOUBLE, TRANSIENT, Analysis
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column, Rows
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Option, Whole
from attractor.api.settings import Settings
from attractor.core.cost import SPECTRUM, tangent_step
from attractor.core.lyapunov import BATCHES, spectra


def _answer(query: AnalysisQuery, _: Settings, threads: int) -> Generator[None, None, Records]:
    yield
    sweep = Sweep(query)
    kinds = ("exponent", "error", "per_time") if query.system.is_flow else ("exponent", "error")
    names = [f"{kind}{i + 1}" for kind in kinds for i in range(query.system.dimension)] + ["kaplan_yorke"]
    return Records(
        query,
        (*sweep.columns, *map(Column, names)),
        query.points,
        (*query.shape, len(names)),
        len(sweep.columns),
        lambda: spectra_of(query, sweep, threads),
    )


def spectra_of(query: AnalysisQuery, sweep: Sweep, threads: int) -> Iterator[Rows | None]:
    """The records, as arrays."""
    steps, transient = query.options["steps"], query.options["transient"]
    for start, parameters, swept in sweep.chunks():
        for found in spectra(query.system, start, parameters, steps, transient, threads):
            if found is None:
                yield None
                continue
            mine = swept[found.first : found.first + len(found.exponents)]
            with np.errstate(divide="ignore", invalid="ignore"):  # a time step may be 0
                per_time = [] if found.time_step is None else [found.exponents / found.time_step[:, None]]
            yield np.column_stack([mine, found.exponents, found.errors, *per_time, found.kaplan_yorke])


def seconds(query: AnalysisQuery) -> float:
    """CPU seconds that all spectra take, about."""
    return query.steps * tangent_step(query.system) + query.points * SPECTRUM


OPTIONS = (Option("steps", "Steps of the average.", Whole(BATCHES, lambda s: s.max_steps), "10000"), TRANSIENT)

LYAPUNOV = Analysis(
    "/lyapunov",
    "Lyapunov spectra",
    "All Lyapunov exponents at each point of a grid: natural logarithms per step (exponent1, …), their standard errors "
    f"from the means of {BATCHES} batches (error1, …), for Euler maps of flows also per unit time (per_time1, …), and "
    "the Kaplan-Yorke dimension.",
    OPTIONS,
    _answer,
    seconds,
    lambda query: query.points,
    width=lambda query: len(query.swept) + 3 * query.system.dimension + 1,
    columns={"^(exponent|error|per_time)[1-9][0-9]*$": DOUBLE, "^kaplan_yorke$": DOUBLE},
)
