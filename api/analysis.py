"""What a URL of many orbits has in common: its query, with values swept over a grid, and its table of records."""

import json
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec
import numpy as np
from msgspec import Struct

from api import VERSION
from api.formats import FORMATS, Format
from api.options import SYSTEM, Choice, Form, Option, Swept, Where, Whole, sorted_out
from api.problems import BadQuery, Fault, NotAcceptable, shown
from api.query_string import names_and_values
from api.settings import Settings
from api.table import PAUSE, Column
from api.values import Values
from core.grid import Grid
from core.lanes import Floats
from core.selection import Block
from core.system import System
from core.systems import DEFAULT, SYSTEMS

CHUNK = 1 << 16
"""Points of a grid that are computed together."""

T = TypeVar("T")
Rows = Floats | Sequence[tuple[Any, ...]]


TRANSIENT = Option("transient", "Steps before what is looked at.", Whole(0, lambda s: s.max_steps), "1000")


class AnalysisQuery(Struct, frozen=True):
    """A valid query: each input and each option by its name, in canonical order."""

    path: str
    system: System
    inputs: dict[str, Values]
    options: dict[str, Any]
    """What the texts of the options mean."""
    texts: dict[str, str]
    format: str

    is_short: ClassVar[bool] = False

    @property
    def canonical(self) -> str:
        spelled = {name: values.text for name, values in self.inputs.items()}
        pairs = {"system": self.system.name, **spelled, **self.texts, "format": self.format}
        return f"{self.path}?" + "&".join(f"{name}={text}" for name, text in pairs.items())

    @property
    def swept(self) -> list[str]:
        """The inputs with more than one value."""
        return [name for name, values in self.inputs.items() if values.is_swept]

    @property
    def points(self) -> int:
        return math.prod(values.count for values in self.inputs.values())

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the grid."""
        return tuple(self.inputs[name].count for name in self.swept)

    def grid(self) -> Grid:
        return Grid([values.doubles() for values in self.inputs.values()])

    def said(self) -> dict[str, Any]:
        """The query as an answer repeats it, with every default."""
        inputs = {n: v.text if v.is_swept else float(v.text) for n, v in self.inputs.items()}
        plain = (bool, int, float)
        options = {n: v if isinstance(v, plain) else self.texts[n] for n, v in self.options.items()}
        return {"system": self.system.name, **inputs, **options}


class Sweep:
    """The swept values of a grid's points, and all their values, chunk by chunk."""

    def __init__(self, query: AnalysisQuery) -> None:
        self._grid = query.grid()
        self._places = [list(query.inputs).index(name) for name in query.swept]
        self._states = sum(name in query.system.start for name in query.inputs)
        self.columns = tuple(Column(name) for name in query.swept)

    def chunks(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Initial conditions, parameters, and swept values, of up to CHUNK points each."""
        for first in range(0, self._grid.size, CHUNK):
            rows = self._grid.rows(first, min(first + CHUNK, self._grid.size))
            yield rows[:, : self._states], rows[:, self._states :], rows[:, self._places]


class Records(Struct, frozen=True):
    """An answer, as `api.table.Table` wants it."""

    query: AnalysisQuery
    columns: tuple[Column, ...]
    records: int
    shape: tuple[int, ...]
    bare: int
    source: Callable[[], Iterator[Rows | None]]
    """The records in order, as arrays or lists of tuples, and None wherever the work may pause."""
    summary: dict[str, Any] = {}

    every: ClassVar[int] = 1
    as_text: ClassVar[bool] = False
    arithmetic: ClassVar[str] = "double"
    left_at: ClassVar[int | None] = None

    @property
    def stem(self) -> str:
        return f"{self.query.system.name}-{self.query.path[1:]}"

    @property
    def preface(self) -> bytes:
        return msgspec.json.encode({"query": self.query.said(), **self.summary})[:-1] + b',"records":'

    @property
    def metadata(self) -> dict[str, str]:
        about = {"query": self.query.said(), **self.summary}
        return {
            "system": self.query.system.name,
            **{name: json.dumps(value) for name, value in about.items()},
            "precision": self.arithmetic,
            "version": VERSION,
        }

    def blocks(self, rows: int) -> Iterator[Block[Any]]:
        for part in self.source():
            if part is None:
                yield PAUSE
                continue
            for first in range(0, len(part), rows):
                piece = part[first : first + rows]
                yield Block(0, np.ascontiguousarray(piece) if isinstance(piece, np.ndarray) else piece, None)


def result(work: Iterator[T | None]) -> Generator[None, None, T]:
    """What `work` gives in the end, as the generator's value; pauses where it does."""
    for found in work:
        if found is not None:
            return found
        yield
    raise RuntimeError("the work ended without a result")


class Analysis(Struct, frozen=True):
    """A resource, as `api.endpoint.Resource` wants it."""

    path: str
    title: str
    about: str
    options: tuple[Option, ...]
    answer: Callable[[AnalysisQuery, Settings, int], Generator[None, None, Any]]
    """The answer to a valid query, on so many threads, as the generator's value."""
    beyond: Callable[[AnalysisQuery, Settings], Iterator[Fault]] = lambda _, __: iter(())
    """What a query of the right form asks for and cannot have."""
    takes: Callable[[System], tuple[str, ...]] = lambda system: system.inputs
    """The inputs that a query must give."""
    formats: dict[str, Format] = msgspec.field(default_factory=lambda: FORMATS)
    summary: str = ""
    """What the JSON object holds beside query and records."""

    @property
    def format_option(self) -> Option:
        words = tuple(self.formats)
        about = "How the answer is written; goes before Accept."
        return Option("format", about, Choice(words, "is not a known format", many=True), words[0])

    def inputs(self, system: System | None) -> tuple[str, ...]:
        """Those of `system`, or where it is not known, of every one."""
        systems = [system] if system else SYSTEMS.values()
        return tuple(dict.fromkeys(name for each in systems for name in self.takes(each)))

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
        texts = {option.name: sound.get(option.name, option.default_of(checked)) for option in self.options}
        given = {name: text for name, text in texts.items() if text is not None}
        query = AnalysisQuery(
            self.path,
            checked,
            {name: Swept().read(sound.get(name, "1")) for name in self.takes(checked)},
            {name: forms[name].read(text) for name, text in given.items()},
            {name: forms[name].spelled(text) for name, text in given.items()},
            sound.get("format", negotiated or next(iter(self.formats))),
        )
        if not faults.keys() & query.inputs.keys():
            for fault in (*_too_many_points(query, settings), *self.beyond(query, settings)):
                faults.setdefault(fault.parameter, fault)
        if faults:
            raise BadQuery(list(faults.values()))
        if negotiated is None and "format" not in sound:
            raise NotAcceptable
        return query

    def answered(self, query: AnalysisQuery, settings: Settings, threads: int) -> Generator[None, None, Any]:
        return self.answer(query, settings, threads)


def _too_many_points(query: AnalysisQuery, settings: Settings) -> Iterator[Fault]:
    if query.points > settings.max_points:
        yield too_many(query, "points", query.points, settings.max_points)


def too_many(query: AnalysisQuery, what: str, count: int, most: int) -> Fault:
    """That the sweep, or the one value of each input, makes too many of something."""
    parameter = max(query.swept, key=lambda name: query.inputs[name].count, default="steps")
    given = query.inputs[parameter].text if parameter in query.inputs else query.texts.get("steps", "")
    return Fault(parameter, f"makes {count} {what}, more than an answer may hold", shown(given), f"at most {most}")


def too_much(query: AnalysisQuery, each: int, settings: Settings) -> Iterator[Fault]:
    """A fault where orbits of `each` steps, one for each point, make more steps together than the bound."""
    if (total := query.points * each) > settings.max_total_steps:
        problem = f"makes {total} steps of {query.points} orbits together, more than an answer may take"
        yield Fault("steps", problem, str(each), f"at most {settings.max_total_steps} together")


def too_long(query: AnalysisQuery, records: int, formats: dict[str, Format], settings: Settings) -> Iterator[Fault]:
    """A fault where there are more records than the format may hold."""
    if records > (most := formats[query.format].bound(settings)):
        yield too_many(query, "records", records, most)
