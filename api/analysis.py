"""What URLs that ask for many orbits have in common: how their queries are read."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from api.analysis_query import AnalysisQuery
from api.formats import Format
from api.options import Declared, Swept, Where, names_of, parse_parameters
from api.problems import BadQuery, NotAcceptable
from api.query_string import names_and_values
from api.records import Records
from api.settings import Settings
from api.values import Values
from core.slicing import Work
from core.systems import DEFAULT, SYSTEMS

T = TypeVar("T")
Q = TypeVar("Q", bound=AnalysisQuery)

Schemas = dict[str, Any]
WHOLE = {"type": "integer"}
DOUBLE = {"type": ["number", "null"]}
"""JSON schemas of values of records; null stands for what is not finite."""


def result(work: Iterator[T | None]) -> Work[T]:
    """What `work` gives in the end, as the generator's value; pauses where it does."""
    for found in work:
        if found is not None:
            return found
        yield
    raise RuntimeError("the work ended without a result")


def read_query(kind: type[Q], raw: bytes, settings: Settings, negotiated: str | None) -> Q:
    """The query of a `kind` that a URL's query string spells, in the format `negotiated` where it names none.

    Raises BadQuery, naming every fault, or NotAcceptable where there is no format.
    """
    pairs = names_and_values(raw)
    system = SYSTEMS.get(dict(pairs).get("system", DEFAULT))
    inputs, options = names_of(system, kind.inputs_of), kind.parameters()
    kinds = {name: option.kind for name, option in options.items()} | dict.fromkeys(inputs, Swept())
    parsed, faults = parse_parameters(pairs, kinds, inputs if system else (), Where(system, settings))
    # What stands in for the faulty is valid, so that the bounds of the others can be told at once.
    checked = system or SYSTEMS[DEFAULT]
    where = Where(checked, settings)
    values = {name: parsed.get(name, option.kind.default(option.default, where)) for name, option in options.items()}
    given = {name: parsed.get(name, Values("1")) for name in kind.inputs_of(checked)}
    form = parsed.get("format", negotiated or values["format"])
    query = kind(**{**values, "system": checked, "inputs": given, "format": form})
    if not faults.keys() & given.keys():
        for fault in query.beyond(settings):
            faults.setdefault(fault.parameter, fault)
    if faults:
        raise BadQuery(list(faults.values()))
    if negotiated is None and "format" not in parsed:
        raise NotAcceptable
    return query


class Analysis(ABC, Generic[Q]):
    """A resource, as `api.endpoint.Resource` wants it: each endpoint is a class that declares itself."""

    query: type[Q]
    title: ClassVar[str]
    description: ClassVar[str]
    columns: ClassVar[Schemas] = {}
    """JSON schemas of a record's values, by patterns of their names, beside those of swept inputs and coordinates."""
    summary: ClassVar[Schemas] = {}
    """The JSON schemas, described, of what the JSON object holds beside query and records."""

    @property
    def kinds(self) -> Mapping[str, type[Declared]]:
        return {"": self.query}

    @property
    def path(self) -> str:
        return self.query.path

    @property
    def formats(self) -> dict[str, Format]:
        return self.query.formats

    def read(self, raw: bytes, settings: Settings, negotiated: str | None) -> Q:
        return read_query(self.query, raw, settings, negotiated)

    @abstractmethod
    def answered(self, query: Q, settings: Settings, threads: int) -> Work[Records]:
        """The answer to a valid query, on so many threads, as the generator's value."""
