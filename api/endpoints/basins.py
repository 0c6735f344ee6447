"""GET /basins: basins of attraction."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np

from attractor.api.endpoints.analysis_query import DOUBLE, WHOLE, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records, Sweep
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import Fault, shorten
from attractor.api.queries.parameters import Kernels, Number, Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.basins import KINDS, Attractor, Basins, basins
from attractor.core.basins.conservative import steps_followed
from attractor.core.basins.follower import follow_kernel
from attractor.core.basins.lattice import CELLS, Integers, mark_kernel
from attractor.core.basins.motion import WINDOW, average_kernel
from attractor.core.cost import basins_of
from attractor.core.ensemble import advance_kernel, record_kernel
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import LANES
from attractor.core.lyapunov import stretch_kernel
from attractor.core.slicing import Work

_MOST_CELLS, _LESS = 1_000_000, 10  # all are held: of more points than by default, a tenth may be
_CELL_BYTES = 110
_ORBITS = 7 << 20
_SHOWN = 3  # points of an attractor without a period in the legend

Legend = list[dict[str, Any]]


class BasinsQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for basins."""

    steps: Annotated[int, Whole("The most iterations of an orbit.", 1, 10_000_000)] = 10_000
    escape: Annotated[str, Number("An orbit escapes where a coordinate is beyond this.", above=0)] = "1000000"

    path = "/basins"
    title = "Basins of attraction"
    description = (
        "Which attractor each initial condition reaches: label, 0 for escape, -1 for undecided, else an attractor's "
        "number; and steps, the n at which it escaped or began to stay there. Cycles are proven to attract; chaotic "
        "and regular motion is told by the exponent and by weighted Birkhoff averages. Of a map that preserves volume "
        "labels 1 and 2 are regular and chaotic motion. See G. Datseris, A. Wagemakers, Chaos 32, 023104."
    )
    columns: ClassVar[Schemas] = {"^label$": WHOLE, "^steps$": WHOLE}
    summary: ClassVar[Schemas] = {
        "legend": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "label": {"type": "integer", "minimum": -1},
                    "kind": {"enum": ["escape", "undecided", *KINDS]},
                    "period": {"type": ["integer", "null"]},
                    "points": {"type": "array", "items": {"type": "object", "additionalProperties": DOUBLE}},
                    "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                },
                "required": ["label", "kind", "share"],
                "additionalProperties": False,
            },
            "description": "what each label stands for: kind, period, points and share of the grid",
        }
    }
    is_certain = True
    sweeps = Sweeps("start", 1, 2)
    kernels: ClassVar[Kernels] = (
        *(follow_kernel, orbit_kernel, advance_kernel, record_kernel, stretch_kernel),
        *(lambda system: stretch_kernel(system, 1), lambda _: mark_kernel(), lambda _: average_kernel()),
    )
    cheap: ClassVar[Ranges] = {"steps": (1, 500), "escape": (100, 1000)}
    is_held = True
    holds_lock = True

    def count_steps(self) -> int:
        return self.steps

    def estimate_seconds(self) -> float:
        return basins_of(self.system, self.points, self.steps, np.array(self.first()[1]))

    def estimate_bytes(self) -> int:
        """Bytes of all cells, of two lattices over the attractors, and of orbits on them or, without any, of a part."""
        lattice: int = 4 * min(1 << 21, CELLS**self.system.dimension)
        orbits = 2 * 8 * LANES * self.system.dimension * max(WINDOW, steps_followed(self.steps))
        return _CELL_BYTES * self.points + 2 * lattice + max(_ORBITS, orbits)

    def check(self, settings: Settings) -> Iterator[Fault]:
        initial = self.system.start
        for name in self.swept:
            if name not in initial:
                rule = "one number: basins are those of initial conditions at one set of parameters"
                yield Fault(name, "is swept", self.inputs[name].text, rule)
        if not any(name in initial for name in self.swept):
            problem, rule = (
                "is not swept, nor is any other initial condition",
                "start:stop:count or a list for one or more",
            )
            yield Fault(initial[0], problem, shorten(self.text(initial[0])), rule)
        if self.points > (most := max(_MOST_CELLS, settings.max_points // _LESS)):
            yield self.too_many("cells", self.points, most)

    def answer(self, _: Settings, threads: int) -> Work[Answer]:
        found = yield from compute_basins(self, threads)
        counts = np.bincount(found.labels + 1)
        return self.make_records(found.labels, found.steps, legend(self, found.attractors, counts))

    def make_records(self, labels: Integers, steps: Integers, legend: Legend) -> Records:
        """The answer where each point has one of `labels`, and one of `steps`; none is looked at before the records."""
        sweep = Sweep(self)
        return Records(
            self,
            (*sweep.columns, Column("label", "whole"), Column("steps", "whole")),
            self.points,
            (*self.shape, 2),
            len(sweep.columns),
            lambda: _rows(sweep, labels, steps),
            {"legend": legend},
        )


def compute_basins(query: BasinsQuery, threads: int) -> Work[Basins]:
    """Computes the basins on the points of a query's grid."""
    _, parameters = query.first()
    start = yield from Sweep(query).starts()
    return (yield from basins(query.system, start, parameters, query.steps, float(query.escape), threads))


def legend(query: BasinsQuery, found: Sequence[Attractor], counts: Integers) -> Legend:
    """What each label that occurs stands for; `counts` are those of the points with labels from -1 on."""
    attractors = {
        a.label: {
            "kind": a.kind,
            "period": a.period or None,
            "points": [dict(zip(query.system.state, p, strict=True)) for p in a.points[: a.period or _SHOWN].tolist()],
        }
        for a in found
    }
    others = {0: {"kind": "escape"}, -1: {"kind": "undecided"}}
    total = int(counts.sum())
    return [
        {"label": label, **(others | attractors)[label], "share": count / total}
        for label, count in enumerate(counts.tolist(), -1)
        if count
    ]


def _rows(sweep: Sweep, labels: Integers, steps: Integers) -> Iterator[Rows | None]:
    done = 0
    for _, _, swept in sweep.chunks():
        mine = slice(done, done + len(swept))
        yield np.column_stack([swept, labels[mine], steps[mine]])
        done += len(swept)
