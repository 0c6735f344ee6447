"""The resource behind every URL that asks for many orbits: it reads queries of one or several kinds."""

from collections.abc import Mapping

from msgspec import convert

from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.problems import BadQuery, NotAcceptable, as_given
from attractor.api.queries.parameters import SIDE, Swept, Where, names_of, parse_parameters
from attractor.api.queries.query_string import parse_pairs
from attractor.api.queries.ranges import Values
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.slicing import Work


class Analysis:
    """A resource, as `api.resource.Resource` wants it, whose queries are of some kinds, the first by default."""

    def __init__(self, kinds: Mapping[str, type[AnalysisQuery]]) -> None:
        self.kinds, self.first = kinds, next(iter(kinds.values()))
        self.path, self.formats = self.first.path, self.first.formats

    def read(self, raw: bytes, settings: Settings, negotiated: str | None) -> AnalysisQuery:
        """The query that a URL's query string spells, in the format `negotiated` where it names none.

        Raises BadQuery, naming every fault, or NotAcceptable where there is no format.
        """
        pairs = parse_pairs(raw)
        named = dict(pairs)
        kind, system = self.kinds.get(named.get("of", ""), self.first), SYSTEMS.get(named.get("system", DEFAULT))
        inputs, options = names_of(system, kind.inputs_of), kind.parameters()
        sides = names_of(system, kind.sides_of)
        kinds = dict.fromkeys(sides, SIDE) | {name: option.kind for name, option in options.items()}
        kinds |= dict.fromkeys(inputs, Swept())
        parsed, faults = parse_parameters(pairs, kinds, inputs if system else (), Where(system, settings))
        # What stands in for the faulty is valid, so that the bounds of the others can be told at once.
        checked = system or SYSTEMS[DEFAULT]
        values = {name: option.default_of(Where(checked, settings)) for name, option in options.items()}
        values |= {"format": negotiated or values["format"]}
        values |= {name: value for name, value in parsed.items() if name in options} | {"system": checked}
        values["inputs"] = given = {name: parsed.get(name, Values("1")) for name in kind.inputs_of(checked)}
        values["sides"] = {name: parsed[name] for name in kind.sides_of(checked) if name in parsed}
        for name, value in kind.derive_defaults(values).items():
            if values[name] is None:
                values[name] = options[name].kind.default(value, Where(checked, settings))
        query = convert(values, kind)
        if not faults.keys() & given.keys():
            for fault in query.check_limits(settings):
                faults.setdefault(fault.parameter, as_given(fault, named))
        if faults:
            raise BadQuery(list(faults.values()))
        if negotiated is None and "format" not in parsed:
            raise NotAcceptable
        return query

    def compute(self, query: AnalysisQuery, settings: Settings, threads: int) -> Work[Answer]:
        return query.answer(settings, threads)

    def is_certain(self, query: AnalysisQuery, _: Settings) -> bool:
        return query.is_certain
