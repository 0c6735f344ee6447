"""GET /calculation: one orbit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attractor.api.endpoints.orbit_answer import DecimalAnswer, DoubleAnswer, answered
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

    def answered(self, query: OrbitQuery, settings: Settings, _: int) -> Work[DoubleAnswer | DecimalAnswer]:
        return answered(query, settings)

    def is_certain(self, query: OrbitQuery, settings: Settings) -> bool:
        """Not where correct digits may not be had, nor where auto may go over to decimal, which the format does not
        hold, or which costs too much."""
        if query.precision == "correct":
            return False
        if query.precision != "auto":
            return True
        return self.formats[query.format].holds_decimals and not any(too_much_decimal(query, settings))
