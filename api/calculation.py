"""GET /calculation: one orbit."""

from collections.abc import Generator

from api.answer import DecimalAnswer, DoubleAnswer, answered
from api.formats import FORMATS, Format
from api.orbit_query import PATH, OrbitQuery
from api.query import read_query
from api.settings import Settings


class Calculation:
    """The resource, as `api.endpoint.Resource` wants it."""

    path: str = PATH
    formats: dict[str, Format] = FORMATS
    read = staticmethod(read_query)

    def answered(
        self, query: OrbitQuery, settings: Settings, _: int
    ) -> Generator[None, None, DoubleAnswer | DecimalAnswer]:
        return answered(query, settings)
