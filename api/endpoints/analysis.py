"""What URLs that ask for many orbits have in common: how their queries are read and bounded."""

import math
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from attractor.api.endpoints.records import CHUNK
from attractor.api.formats import FORMATS, Format
from attractor.api.problems import BadQuery, Fault, NotAcceptable, shown
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import SYSTEM, Choice, Form, Option, Swept, Where, Whole, names_of, sorted_out
from attractor.api.queries.query_string import names_and_values
from attractor.api.queries.ranges import Values
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.grid import PART
from attractor.core.system import System

T = TypeVar("T")

_POINT_BYTES = 40  # that each input of a point takes while it is computed: in rows, in blocks, and as swept

WHOLE = {"type": "integer"}
DOUBLE = {"type": ["number", "null"]}
"""JSON schemas of values of records; null stands for what is not finite."""

TRANSIENT = Option("transient", "Steps before what is looked at.", Whole(0, lambda s: s.max_steps), "1000")


def result(work: Iterator[T | None]) -> Generator[None, None, T]:
    """What `work` gives in the end, as the generator's value; pauses where it does."""
    for found in work:
        if found is not None:
            return found
        yield
    raise RuntimeError("the work ended without a result")


class Analysis(Struct, frozen=True):
    """A resource, as `api.http.handler.Resource` wants it."""

    path: str
    title: str
    about: str
    options: tuple[Option, ...]
    answer: Callable[[AnalysisQuery, Settings, int], Generator[None, None, Any]]
    """The answer to a valid query, on so many threads, as the generator's value."""
    seconds: Callable[[AnalysisQuery], float]
    """CPU seconds that it takes to compute, about."""
    records: Callable[[AnalysisQuery], int]
    """How many there are, as far as that is known beforehand."""
    beyond: Callable[[AnalysisQuery, Settings], Iterator[Fault]] = lambda _, __: iter(())
    """What a query of the right form asks for and cannot have."""
    takes: Callable[[System], tuple[str, ...]] = lambda system: system.inputs
    """The inputs that a query must give."""
    formats: dict[str, Format] = msgspec.field(default_factory=lambda: FORMATS)
    holds: Callable[[AnalysisQuery], int] = lambda _: 0
    """Bytes that an answer holds beyond its grid's points of one moment and what is being written, about."""
    is_held: bool = False
    """Whether an answer is computed before it is written, rather than as often as it is run through."""
    width: Callable[[AnalysisQuery], int] = lambda query: len(query.swept) + 1 + query.system.dimension
    """Values of a record, about."""
    columns: dict[str, Any] = msgspec.field(default_factory=dict)
    """JSON schemas of a record's values, by patterns of their names, beside those of swept inputs and coordinates."""
    summary: dict[str, Any] = msgspec.field(default_factory=dict)
    """The JSON schemas, described, of what the JSON object holds beside query and records."""

    @property
    def format_option(self) -> Option:
        words = tuple(self.formats)
        about = "How the answer is written; goes before Accept."
        return Option("format", about, Choice(words, "is not a known format", many=True), words[0])

    def inputs(self, system: System | None) -> tuple[str, ...]:
        """Those of `system`, or where it is not known, of every one."""
        return names_of(system, self.takes)

    def read(self, raw: bytes, settings: Settings, negotiated: str | None) -> AnalysisQuery:
        """The query that a URL's query string spells, in the format `negotiated` where it names none.

        Raises BadQuery, naming every fault, or NotAcceptable where there is no format.
        """
        pairs = names_and_values(raw)
        system = SYSTEMS.get(dict(pairs).get("system", DEFAULT))
        inputs = self.inputs(system)
        options = (SYSTEM, *self.options, self.format_option)
        forms: dict[str, Form] = {option.name: option.form for option in options} | dict.fromkeys(inputs, Swept())
        sound, faults = sorted_out(pairs, forms, inputs if system else (), Where(system, settings))
        # What stands in for the faulty is valid, so that the bounds of the others can be told at once.
        checked = system or SYSTEMS[DEFAULT]
        texts = {option.name: sound.get(option.name, option.default_of(checked, settings)) for option in self.options}
        given = {name: text for name, text in texts.items() if text is not None}
        query = AnalysisQuery(
            self.path,
            checked,
            {name: Swept().read(sound.get(name, "1")) for name in self.takes(checked)},
            {name: forms[name].read(text) for name, text in given.items()},
            {name: forms[name].spelled(text) for name, text in given.items()},
            sound.get("format", negotiated or next(iter(self.formats))),
        )
        query = replace(query, memory=self._memory(query), seconds=self._seconds(query))
        if not faults.keys() & query.inputs.keys():
            for fault in (*self.beyond(query, settings), *self._too_much(query, settings)):
                faults.setdefault(fault.parameter, fault)
        if faults:
            raise BadQuery(list(faults.values()))
        if negotiated is None and "format" not in sound:
            raise NotAcceptable
        return query

    def answered(self, query: AnalysisQuery, settings: Settings, threads: int) -> Generator[None, None, Any]:
        return self.answer(query, settings, threads)

    def _seconds(self, query: AnalysisQuery) -> float:
        records, width, form = self.records(query), self.width(query), self.formats[query.format]
        runs = 1 if self.is_held else form.runs(records, width)
        return runs * self.seconds(query) + records * width * form.value_seconds

    def _memory(self, query: AnalysisQuery) -> int:
        points = _POINT_BYTES * min(query.points, CHUNK) * len(query.inputs)
        values = 8 * sum(min(values.count, PART) for values in query.inputs.values())
        written = self.formats[query.format].held(self.records(query), self.width(query))
        return points + values + self.holds(query) + written

    def _too_much(self, query: AnalysisQuery, settings: Settings) -> Iterator[Fault]:
        if query.points > settings.max_points:
            yield too_many(query, "points", query.points, settings.max_points)
        if (records := self.records(query)) > (most := self.formats[query.format].bound(settings)):
            yield too_many(query, "records", records, most)
        if query.seconds > settings.max_seconds:
            culprit = "steps" if "steps" in query.texts else None
            yield too_many(query, "CPU seconds of work", math.ceil(query.seconds), settings.max_seconds, culprit)
        if query.memory > settings.max_memory:
            yield self._too_large(query, settings.max_memory)

    def _too_large(self, query: AnalysisQuery, most: int) -> Fault:
        """Names what, were it least, would let the answer hold least, and how much of it fits."""

        def held(name: str, count: int) -> int:
            return self._memory(_with(query, name, count))

        whole = {name: query.options[name] for name in query.options if type(query.options[name]) is int}
        sizes = {name: query.inputs[name].count for name in query.swept} | whole
        culprit = min(sizes, key=lambda name: held(name, 1), default="format")
        given = query.inputs[culprit].text if culprit in query.inputs else query.texts.get(culprit, query.format)
        fits = bisect_right(range(sizes.get(culprit, 0)), most, key=lambda count: held(culprit, count)) - 1
        what = f"{fits} values" if culprit in query.inputs else str(fits)
        rule = f"at most {what}, or at most {most} bytes in all" if fits > 0 else f"at most {most} bytes in all"
        return Fault(
            culprit, f"makes an answer hold {query.memory} bytes in memory, more than one may", shown(given), rule
        )


def _with(query: AnalysisQuery, name: str, count: int) -> AnalysisQuery:
    """The query with as many values of an input, or so great an option."""
    if name not in query.inputs:
        return replace(query, options={**query.options, name: count})
    return replace(query, inputs={**query.inputs, name: Values(":".join(["0", "1", str(count)]))})


def too_many(query: AnalysisQuery, what: str, count: int, most: int, culprit: str | None = None) -> Fault:
    """That `culprit`, else the longest sweep, or the one value of each input, makes too many of something."""
    parameter = culprit or max(query.swept, key=lambda name: query.inputs[name].count, default="steps")
    given = query.inputs[parameter].text if parameter in query.inputs else query.texts.get(parameter, "")
    return Fault(parameter, f"makes {count} {what}, more than an answer may have", shown(given), f"at most {most}")
