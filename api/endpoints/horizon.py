"""GET /horizon: how far the digits of an orbit can be trusted."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Any, ClassVar

import numpy as np

from attractor.api.endpoints.analysis_query import WHOLE, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records
from attractor.api.formats import TABULAR
from attractor.api.formats.table import Column
from attractor.api.problems import BadQuery, Fault
from attractor.api.queries.parameters import Number, Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.balls.orbit import PILOT, NotResolved
from attractor.core.cost import BALL_RUNS, BALL_STEP, chaotic_bits, horizon_record, horizon_step
from attractor.core.horizon import MOST, horizon
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.slicing import Work

_ORBIT_SECONDS = 3e-4  # that an orbit takes beside its steps
_SUMMARY_BYTES = 600  # of what the summary says of a point
_NUMBER_BYTES = 40  # of the whole number of an iterate, and of its place


class HorizonQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for trust horizons."""

    steps: Annotated[int, Whole("The number of iterations.", 1, 1_000_000)] = 100
    every: Annotated[int, Whole("The answer compares the iterates whose n this divides.", 1, 1_000_000)] = 1
    least: Annotated[str, Number("The horizon is the first n with fewer digits left than this.", above=0)] = "1"

    path = "/horizon"
    title = "The trust horizon"
    description = (
        "How many significant digits of an orbit in double arithmetic are those of the exact orbit of the numbers as "
        "written, which is enclosed in balls until all that is told is proven: digits, of the greatest error over the "
        "greatest coordinate, and those of each coordinate (digits_x, …), at most 17."
    )
    columns: ClassVar[Schemas] = {"^n$": WHOLE, "^digits": {"type": "number", "maximum": 17}}
    summary: ClassVar[Schemas] = {
        "horizons": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"horizon": {"type": ["integer", "null"]}, "bits": {"type": "integer"}},
                "required": ["horizon", "bits"],
                "additionalProperties": {"type": "number"},
            },
            "description": "for each point of the grid the first n with fewer than least digits, compared or not (null "
            "where there is none), and the precision in bits that sufficed",
        }
    }
    sweeps = Sweeps("inputs", 0, 1)
    kernels = (orbit_kernel,)
    cheap: ClassVar[Ranges] = {"steps": (10, 20), "every": (1, 10), "least": (1, 9)}
    formats = TABULAR
    is_held = True
    holds_lock = True

    def count_steps(self) -> int:
        return self.steps

    def count_records(self) -> int:
        return self.points * (self.steps // self.every)

    def estimate_seconds(self) -> float:
        """About how many CPU seconds the horizons take, if each orbit loses two bits a step."""
        orbits = self.points * self._orbit_seconds(chaotic_bits(PILOT, self.steps))
        return BALL_RUNS * orbits + self.count_records() * horizon_record(self.system)

    def _orbit_seconds(self, bits: int) -> float:
        return self.steps * horizon_step(self.system, bits) + _ORBIT_SECONDS

    def estimate_bytes(self) -> int:
        """Bytes of all records and horizons, of the records of one orbit while they are computed, and of its double."""
        values = len(self.swept) + 2 + self.system.dimension
        return (
            self.count_records() * values * 8
            + self.count_records() // max(1, self.points) * (16 * values + _NUMBER_BYTES)
            + self.points * _SUMMARY_BYTES
            + self.steps * self.system.dimension * 8
        )

    def check(self, settings: Settings) -> Iterator[Fault]:
        if self.every > self.steps:
            yield Fault("every", "keeps no iterate", str(self.every), f"at most steps, {self.steps}")
        if float(self.least) > MOST:
            yield Fault("least", "is out of range", self.least, f"at most {MOST:g}, which is all that a double has")
        if self.points * self._orbit_seconds(PILOT) > settings.max_seconds:
            most = int((settings.max_seconds / self.points - _ORBIT_SECONDS) / horizon_step(self.system, PILOT))
            rule = f"at most {most}" if most > 0 else "fewer points"
            yield Fault("steps", f"are too many for {self.points} exact orbits", str(self.steps), rule)

    def affordable(self, settings: Settings) -> int:
        """The bits of precision for which the bound on CPU seconds suffices, and with which a step holds up nobody."""
        most = settings.max_seconds / self.points
        count = PILOT
        while self._orbit_seconds(2 * count) <= most and horizon_step(self.system, 2 * count) <= BALL_STEP:
            count *= 2
        return count

    def answer(self, settings: Settings, _: int) -> Work[Answer]:
        yield
        system, swept = self.system, self.swept
        records: list[Floats] = []
        summary: list[dict[str, Any]] = []
        most = self.affordable(settings)
        for values in product(*(each.decimals() for each in self.inputs.values())):
            mine = {name: float(value) for name, value in zip(self.inputs, values, strict=True) if name in swept}
            start, parameters = values[: system.dimension], values[system.dimension :]
            try:
                least = float(self.least)
                found = yield from horizon(system, start, parameters, self.steps, self.every, least, most)
            except NotResolved as error:
                rule = "fewer steps, after which fewer digits are lost"
                raise BadQuery([Fault("steps", f"are too many: {error}", str(self.steps), rule)]) from None
            summary.append({**mine, "horizon": found.reached, "bits": found.bits})
            labels = np.tile(list(mine.values()), (len(found.steps), 1))
            records.append(np.column_stack([labels, found.steps, found.digits, found.coordinates]))
        names = ["digits", *(f"digits_{name}" for name in self.system.state)]
        return Records(
            self,
            (*map(Column, swept), Column("n", "whole"), *map(Column, names)),
            sum(map(len, records)),
            (),
            0,
            lambda: iter(records),
            {"horizons": summary},
        )
