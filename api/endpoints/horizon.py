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
from attractor.core.cost import horizon_record, horizon_step
from attractor.core.decimals import work
from attractor.core.horizon import FIRST, NotResolved, horizon
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import Floats
from attractor.core.slicing import Work

_ORBIT_SECONDS = 3e-4  # that an orbit takes beside its steps
_SUMMARY_BYTES = 600  # of what the summary says of a point
_NUMBER_BYTES = 40  # of the whole number of an iterate, and of its place
_DEARER = 100  # times that an operation of mpmath costs more than one of decimal


class HorizonQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for trust horizons."""

    steps: Annotated[int, Whole("How many iterations.", 1, 1_000_000)] = 100
    every: Annotated[int, Whole("Compare the iterates that this divides.", 1, 1_000_000)] = 1
    least: Annotated[str, Number("The horizon is the first n with fewer digits left than this.", above=0)] = "1"

    path = "/horizon"
    title = "The trust horizon"
    description = (
        "How many significant digits of an orbit in double arithmetic are those of the exact orbit of the numbers as "
        "written, which is approached in arithmetic of growing length until two lengths agree: digits, of the "
        "greatest error over the greatest coordinate, and those of each coordinate (digits_x, …), at most 17."
    )
    columns: ClassVar[Schemas] = {"^n$": WHOLE, "^digits": {"type": "number", "maximum": 17}}
    summary: ClassVar[Schemas] = {
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
    }
    sweeps = Sweeps("inputs", 0, 1)
    kernels = (orbit_kernel,)
    cheap: ClassVar[Ranges] = {"steps": (10, 20), "every": (1, 10), "least": (1, 9)}
    formats = TABULAR
    is_held = True

    def count_steps(self) -> int:
        return self.steps

    def count_records(self) -> int:
        return self.points * (self.steps // self.every)

    def estimate_seconds(self) -> float:
        """Of the first two lengths; as many more as `affordable` says may follow."""
        longest = self._longest()
        steps = sum(horizon_step(self.system, max(digits, longest)) for digits in (FIRST, 2 * FIRST))
        return (
            self.iterations * steps + self.count_records() * horizon_record(self.system) + self.points * _ORBIT_SECONDS
        )

    def estimate_bytes(self) -> int:
        """Bytes of all records and horizons, and of the records of one orbit while they are computed."""
        values = len(self.swept) + 2 + self.system.dimension
        return (
            self.count_records() * values * 8
            + self.count_records() // max(1, self.points) * (16 * values + _NUMBER_BYTES)
            + self.points * _SUMMARY_BYTES
        )

    def check(self, settings: Settings) -> Iterator[Fault]:
        if self.every > self.steps:
            yield Fault("every", "keeps no iterate", str(self.every), f"at most steps, {self.steps}")
        if self.points > settings.max_decimal_work or len(list(self.affordable(settings))) < 2:
            yield Fault("steps", f"are too many for {self.points} orbits in decimal", str(self.steps), "fewer")

    def affordable(self, settings: Settings) -> Iterator[int]:
        """The lengths of decimal arithmetic, each twice the one before, for which the bound on its work suffices."""
        longest = self._longest()
        digits, left = FIRST, settings.max_decimal_work
        steps = self.iterations * (1 if self.system.is_rational else _DEARER)
        while (left := left - steps * work(self.system, max(digits, longest))) >= 0:
            yield digits
            digits *= 2

    def _longest(self) -> int:
        """Digits of the longest input."""
        return max(len(part) for values in self.inputs.values() for part in values.text.split(","))

    def answer(self, settings: Settings, _: int) -> Work[Answer]:
        yield
        system, swept = self.system, self.swept
        records: list[Floats] = []
        summary: list[dict[str, Any]] = []
        most = max(self.affordable(settings), default=0)
        for values in product(*(each.decimals() for each in self.inputs.values())):
            mine = {name: float(value) for name, value in zip(self.inputs, values, strict=True) if name in swept}
            start, parameters = values[: system.dimension], values[system.dimension :]
            try:
                least = float(self.least)
                found = yield from horizon(system, start, parameters, self.steps, self.every, least, most)
            except NotResolved as error:
                rule = "fewer steps, after which fewer digits are lost"
                raise BadQuery([Fault("steps", f"are too many: {error}", str(self.steps), rule)]) from None
            summary.append({**mine, "horizon": found.reached, "decimal_digits": found.length})
            labels = np.tile(list(mine.values()), (len(found.steps), 1))
            records.append(np.column_stack([labels, found.steps, found.digits, found.coordinates]))
        names = ["digits", *(f"digits_{name}" for name in system.state)]
        return Records(
            self,
            (*map(Column, swept), Column("n", "whole"), *map(Column, names)),
            sum(map(len, records)),
            (),
            0,
            lambda: iter(records),
            {"horizons": summary},
        )
