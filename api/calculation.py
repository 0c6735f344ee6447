"""GET /calculation: one orbit."""

from collections.abc import Mapping

from api.answer import DecimalAnswer, DoubleAnswer, answered
from api.formats import FORMATS, Format
from api.options import Declared
from api.orbit_query import PATH, OrbitQuery
from api.query import Options, read_query
from api.settings import Settings
from core.slicing import Work


class Calculation:
    """The resource, as `api.resource.Resource` wants it."""

    path: str = PATH
    formats: dict[str, Format] = FORMATS
    kinds: Mapping[str, type[Declared]] = {"": Options}
    read = staticmethod(read_query)

    def answered(self, query: OrbitQuery, settings: Settings, _: int) -> Work[DoubleAnswer | DecimalAnswer]:
        return answered(query, settings)
