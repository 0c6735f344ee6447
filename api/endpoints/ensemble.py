"""GET /ensemble: many orbits at once."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np

from attractor.api.endpoints.analysis_query import WHOLE, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import Fault
from attractor.api.queries.parameters import Choice, Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.cost import POINT, lane_step, orbit_step, padded
from attractor.core.ensemble import advance_kernel, final_states, orbits, record_kernel
from attractor.core.lanes import LANES, Floats
from attractor.core.orbit import orbit_blocks
from attractor.core.selection import Selection
from attractor.core.slicing import Work

_PIECE = 1 << 20  # numbers of the orbits that lie in memory together
_TOGETHER = 1 << 14  # records that are made together, about


class EnsembleQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for orbits, or for their ends."""

    steps: Annotated[int, Whole("The number of iterations.", 1)] = 1_000
    keep: Annotated[
        Literal["final", "orbits"],
        Choice(
            "Whether the answer has each orbit's last state, or its iterates.",
            ("final", "orbits"),
            "is neither",
            is_long=False,
        ),
    ] = "final"
    skip: Annotated[int, Whole("With keep=orbits: iterations whose iterates are dropped.", 0)] = 0
    every: Annotated[int, Whole("With keep=orbits: the answer has the iterates whose n this divides.", 1)] = 1

    path = "/ensemble"
    title = "Many orbits"
    description = "The orbit of each point of a grid, in double arithmetic, bit for bit as /calculation gives it."
    columns: ClassVar[Schemas] = {"^n$": WHOLE}
    is_certain = True
    sweeps = Sweeps("inputs", 0, 2)
    kernels = (advance_kernel, record_kernel)
    cheap: ClassVar[Ranges] = {"steps": (1, 50)}

    @property
    def selection(self) -> Selection:
        if self.keep == "final":
            return Selection(self.steps, every=self.steps)
        return Selection(self.steps, self.skip, self.every)

    @property
    def is_one_by_one(self) -> bool:
        """Whether orbits are computed one after the other, since those of a block do not fit in memory together."""
        return self.keep == "orbits" and self.selection.records * LANES * self.system.dimension > _PIECE

    def count_steps(self) -> int:
        return self.steps

    def count_records(self) -> int:
        return self.points * self.selection.records

    def estimate_seconds(self) -> float:
        if self.is_one_by_one:
            return self.points * (self.steps * orbit_step(self.system) + POINT)
        return padded(self.points) * self.steps * lane_step(self.system) + self.points * POINT

    def estimate_bytes(self) -> int:
        """Bytes of pieces of orbits, and of the numbers of their iterates."""
        if self.keep == "final":
            return 0
        records, size = self.selection.records, self.system.dimension
        together = LANES if records * LANES * size <= _PIECE else 1
        return 8 * (min(records, _PIECE) + 3 * min(min(self.points, together) * records * size, _PIECE))

    def check(self, settings: Settings) -> Iterator[Fault]:  # noqa: ARG002
        if self.keep == "final":
            for name, value, default in (("skip", self.skip, 0), ("every", self.every, 1)):
                if value != default:
                    yield Fault(name, "applies to keep=orbits only", str(value), "leave it out")
        elif self.skip >= self.steps:
            yield Fault("skip", "leaves no iterate", str(self.skip), f"less than steps, {self.steps}")
        elif not self.selection.records:
            yield Fault("every", "keeps no iterate", str(self.every), f"at most steps, {self.steps}")

    def answer(self, _: Settings, threads: int) -> Work[Answer]:
        yield
        sweep, selection, system = Sweep(self), self.selection, self.system
        whole = self.keep == "orbits"
        numbers = (Column("n", "whole"),) if whole else ()
        return Records(
            self,
            (*sweep.columns, *numbers, *map(Column, system.state)),
            self.count_records(),
            (*self.shape, *([selection.records] if whole else []), system.dimension),
            len(sweep.columns) + len(numbers),
            lambda: _orbits(self, sweep, selection, threads) if whole else _finals(self, sweep, threads),
        )


def _finals(query: EnsembleQuery, sweep: Sweep, threads: int) -> Iterator[Rows | None]:
    for start, parameters, swept in sweep.chunks():
        done = 0
        for states in final_states(query.system, start, parameters, query.steps, threads):
            if states is None:
                yield None
                continue
            yield np.column_stack([swept[done : done + len(states)], states])
            done += len(states)


def _orbits(query: EnsembleQuery, sweep: Sweep, selection: Selection, threads: int) -> Iterator[Rows | None]:
    system = query.system
    if query.is_one_by_one:
        yield from _one_by_one(query, sweep, selection)
        return
    numbers = np.arange(selection.first, selection.last + 1, selection.every, dtype=np.float64)
    for start, parameters, swept in sweep.chunks():
        for piece in orbits(system, start, parameters, selection, threads, _PIECE):
            if piece is None:
                yield None
                continue
            few = max(1, _TOGETHER // len(numbers))
            for first in range(0, len(piece.values), few):
                some = piece.values[first : first + few]
                mine = swept[piece.first_orbit + first :][: len(some)]
                yield _label(mine, numbers, some.reshape(-1, system.dimension))


def _one_by_one(query: EnsembleQuery, sweep: Sweep, selection: Selection) -> Iterator[Rows | None]:
    """Long orbits: the writing takes longer than the computing, and one fits in memory where a block does not."""
    for starts, parameters, swept in sweep.chunks():
        for start, values, mine in zip(starts.tolist(), parameters.tolist(), swept, strict=True):
            for first, rows, _ in orbit_blocks(query.system, tuple(start), tuple(values), selection):
                numbers = np.arange(first, first + len(rows) * selection.every, selection.every, dtype=np.float64)
                yield _label(mine[None], numbers, rows) if len(rows) else None


def _label(swept: Floats, numbers: Floats, states: Floats) -> Floats:
    labels = np.repeat(swept, len(numbers), axis=0)
    return np.column_stack([labels, np.tile(numbers, len(swept)), states])
