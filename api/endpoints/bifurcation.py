"""GET /bifurcation: orbit diagrams."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import numpy as np

from attractor.api.endpoints.analysis_query import WHOLE, AnalysisQuery, Schemas
from attractor.api.endpoints.records import Records
from attractor.api.formats.table import Column, Rows
from attractor.api.problems import Fault, shorten
from attractor.api.queries.parameters import Coordinates, Flag, Kernels, Ranges, Sweeps, Whole
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.continuation import MOST_TOLD, Continuation
from attractor.core.cost import CONTINUED, DRAWN, lane_step, orbit_step, padded
from attractor.core.ensemble import advance_kernel, record_kernel
from attractor.core.lanes import LANES
from attractor.core.slicing import Work

MOST_KEPT = 10_000  # so that what a block of lanes keeps stays small
_TOGETHER = 1 << 14  # records that are made together


class BifurcationQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for an orbit diagram."""

    transient: Annotated[int, Whole("Steps that each orbit takes before the analysis.", 0)] = 1_000
    kept: Annotated[int, Whole("Iterates kept of each orbit.", 1, MOST_KEPT)] = 100
    coordinate: Annotated[tuple[str, ...], Coordinates("The coordinate that is kept.", 1)] = ()
    continuation: Annotated[
        bool, Flag("Whether each value starts from the last state of the value before it, which shows hysteresis.")
    ] = False

    path = "/bifurcation"
    title = "Orbit diagrams"
    description = (
        "Where the orbit goes behind its transient, for each value of one parameter, which takes a range or a list. "
        "With continuation=true each begins where the one before ended, or, if that has escaped or repels, beside the "
        f"last finite state. The JSON object counts escaped orbits and tells the first {MOST_TOLD} restarts."
    )
    is_certain = True
    summary: ClassVar[Schemas] = {
        "escaped": WHOLE | {"description": "at how many values the orbit leaves double's range"},
        "restarted": WHOLE | {"description": "at how many values a continuation had to start anew"},
        "restarts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "value": {"type": "number"},
                    "reason": {"enum": ["escaped", "absorbed"]},
                    "displacement": {"type": "number"},
                },
                "required": ["value", "reason", "displacement"],
                "additionalProperties": False,
            },
            "description": "at which value, for which reason and by how much in each coordinate",
        },
    }
    sweeps = Sweeps("parameters", 1, 1)
    kernels: ClassVar[Kernels] = (advance_kernel, record_kernel)
    cheap: ClassVar[Ranges] = {"transient": (0, 50), "kept": (1, 20)}

    @property
    def varied(self) -> str:
        """The parameter of the diagram."""
        return self.swept[0]

    @property
    def diagram(self) -> OrbitDiagram:
        start, parameters = self.first()
        values, coordinate = self.axis(self.varied), self.coordinate[0]
        return OrbitDiagram(self.system, start, parameters, self.varied, values, coordinate, self.kept, self.transient)

    def count_steps(self) -> int:
        return self.transient + self.kept

    def count_records(self) -> int:
        return self.points * self.kept

    def count_values(self) -> int:
        return 2

    def estimate_seconds(self) -> float:
        kept = 0 if self.continuation else self.kept
        return self.estimate_transient_seconds() + padded(self.points) * kept * lane_step(self.system)

    def estimate_transient_seconds(self) -> float:
        """CPU seconds up to the ends of transients; where orbits continue each other, of all steps."""
        if self.continuation:
            return self.iterations * orbit_step(self.system) + self.points * CONTINUED
        return padded(self.points) * self.transient * lane_step(self.system) + self.points * DRAWN

    def estimate_bytes(self) -> int:
        """Bytes of the iterates of a block of lanes, twice, and of the one coordinate of them that is kept."""
        return 8 * self.kept * min(self.points, LANES) * (2 * self.system.dimension + 2)

    def check(self, settings: Settings) -> Iterator[Fault]:  # noqa: ARG002
        parameters = self.system.parameters
        swept = [name for name in self.swept if name in parameters]
        for name in self.swept:
            if name not in parameters or name != swept[0]:
                rule = "one number: a diagram is over the values of one parameter"
                yield Fault(name, "is swept", self.inputs[name].text, rule)
        if not swept:
            name = parameters[0] if parameters else "system"
            rule = "start:stop:count or a list for one parameter" if parameters else "a system with a parameter"
            yield Fault(name, "is not swept, nor is any other parameter", shorten(self.text(name)), rule)

    def answer(self, _: Settings, threads: int) -> Work[Answer]:
        yield
        outcome: dict[str, Any] = {}
        return Records(
            self,
            (Column(self.varied), Column(self.coordinate[0])),
            self.count_records(),
            (self.points, self.kept),
            1,
            lambda: _rows(self, threads, outcome),
            outcome=outcome,
        )


def _rows(query: BifurcationQuery, threads: int, outcome: dict[str, Any]) -> Iterator[Rows | None]:
    """The records; once they are made, `outcome` holds what is known of them all."""
    orbits, swept, done, escaped = query.diagram, query.axis(query.varied), 0, 0
    carried = Continuation(orbits.system, orbits.start) if query.continuation else None
    for found in diagram(orbits, carried, threads):
        if found is None:
            yield None
            continue
        mine = swept.doubles(done, done + len(found))
        done += len(found)
        escaped += len(found) - int(np.isfinite(found).all(axis=1).sum())
        few = max(1, _TOGETHER // found.shape[1])
        for first in range(0, len(found), few):
            some = found[first : first + few]
            yield np.column_stack([np.repeat(mine[first : first + few], some.shape[1]), some.ravel()])
    restarts = [restart._asdict() for restart in carried.restarts] if carried else []
    outcome.update(escaped=escaped, restarted=carried.restarted if carried else 0, restarts=restarts)
