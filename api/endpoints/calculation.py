"""GET /calculation: one orbit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attractor.api.endpoints.orbit_answer import DecimalAnswer, DoubleAnswer, compute_orbit
from attractor.api.formats import FORMATS, Format
from attractor.api.queries.calculation_query import Options, read_query
from attractor.api.queries.orbit_query import PATH, OrbitQuery, too_much_decimal
from attractor.api.queries.parameters import Declared
from attractor.api.settings import Settings

if TYPE_CHECKING:
    from attractor.core.slicing import Work


class Calculation:
    """The resource, as `api.resource.Resource` wants it."""

    path: str = PATH
    formats: dict[str, Format] = FORMATS
    kinds: Mapping[str, type[Declared]] = {"": Options}
    read = staticmethod(read_query)

    def compute(self, query: OrbitQuery, settings: Settings, _: int) -> Work[DoubleAnswer | DecimalAnswer]:
        return compute_orbit(query, settings)

    def is_certain(self, query: OrbitQuery, settings: Settings) -> bool:
        """Whether an answer always follows. A refusal may turn up where digits have to be proven, and where
        precision=auto goes over to decimal but the format holds doubles only or the work exceeds its bound."""
        if query.precision == "correct":
            return False
        if query.precision != "auto":
            return True
        return self.formats[query.format].holds_decimals and not any(too_much_decimal(query, settings))
