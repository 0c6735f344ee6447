"""GET /lyapunov: Lyapunov spectra."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np

from attractor.api.endpoints.analysis_query import EXPONENT, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column, Rows
from attractor.api.queries.parameters import Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.cost import SPECTRUM, SPECTRUM_IN_LANES, lane_tangent_step, padded, tangent_step
from attractor.core.lyapunov import BATCHES, FEWEST, WIDTH, spectra, stretch_kernel
from attractor.core.slicing import Work

_EXPONENTS = "exponent", "per_time"


class LyapunovQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for spectra."""

    steps: Annotated[int, Whole("Steps of the average.", BATCHES)] = 10_000
    transient: Annotated[int, Whole("Steps that each orbit takes before the analysis.", 0)] = 1_000

    path = "/lyapunov"
    title = "Lyapunov spectra"
    description = (
        "All Lyapunov exponents, per step in descending order (exponent1, …), their standard errors from the means of "
        "correlated batches (error1, …), for Euler maps of flows both per unit time too (per_time1, …), the "
        "Kaplan-Yorke dimension, and as entropy the sum of the positive ones (Pesin). An exponent is "
        '"-Infinity" on a superstable cycle and where the Jacobian is singular, null where there is none.'
    )
    columns: ClassVar[Schemas] = {
        "^(exponent|error|per_time|per_time_error)[1-9][0-9]*$": EXPONENT,
        "^(kaplan_yorke|entropy)$": EXPONENT,
    }
    is_certain = True
    sweeps = Sweeps("inputs", 0, 2)
    kernels = (stretch_kernel, lambda system: stretch_kernel(system, 1))
    cheap: ClassVar[Ranges] = {"steps": (100, 200), "transient": (0, 50)}

    def count_steps(self) -> int:
        return self.transient + self.steps

    def count_values(self) -> int:
        return len(self.swept) + 4 * self.system.dimension + 2

    def estimate_seconds(self) -> float:
        if self.points < FEWEST:
            return self.iterations * tangent_step(self.system) + self.points * SPECTRUM
        steps = padded(self.points, WIDTH) * self.count_steps()
        return steps * lane_tangent_step(self.system) + self.points * SPECTRUM_IN_LANES

    def answer(self, _: Settings, threads: int) -> Work[Answer]:
        yield
        sweep = Sweep(self)
        kinds = ("exponent", "error", *(("per_time", "per_time_error") if self.system.is_flow else ()))
        names = [f"{kind}{i + 1}" for kind in kinds for i in range(self.system.dimension)]
        names += ["kaplan_yorke", "entropy"]
        return Records(
            self,
            (*sweep.columns, *(Column(name, "exponent") for name in names)),
            self.points,
            (*self.shape, len(names)),
            len(sweep.columns),
            lambda: spectra_of(self, sweep, threads),
        )


def spectra_of(query: LyapunovQuery, sweep: Sweep, threads: int) -> Iterator[Rows | None]:
    """The records, as arrays."""
    for start, parameters, swept in sweep.chunks():
        for found in spectra(query.system, start, parameters, query.steps, query.transient, threads):
            if found is None:
                yield None
                continue
            mine = swept[found.first : found.first + len(found.exponents)]
            with np.errstate(all="ignore"):  # a time step may be 0, or next to it
                measured = [found.exponents, found.errors]
                per_time = []
                if found.time_step is not None:
                    per_time = [
                        found.exponents / found.time_step[:, None],
                        found.errors / abs(found.time_step[:, None]),
                    ]
            yield np.column_stack([mine, *measured, *per_time, found.kaplan_yorke, found.entropy])
