"""GET /calculation: one orbit."""

from collections.abc import Generator

from attractor.api.endpoints.orbit_answer import DecimalAnswer, DoubleAnswer, answered
from attractor.api.formats import FORMATS, Format
from attractor.api.queries.calculation_query import read_query
from attractor.api.queries.orbit_query import PATH, OrbitQuery
from attractor.api.settings import Settings


class Calculation:
    """The resource, as `api.http.handler.Resource` wants it."""

    path: str = PATH
    formats: dict[str, Format] = FORMATS
    read = staticmethod(read_query)

    def answered(
        self, query: OrbitQuery, settings: Settings, _: int
    ) -> Generator[None, None, DoubleAnswer | DecimalAnswer]:
        return answered(query, settings)
