"""The class of valid queries for many orbits, from which each endpoint's query inherits."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self

from msgspec import Raw, field
from msgspec.structs import replace

from attractor.api.formats import FORMATS, Format
from attractor.api.problems import Fault, shorten
from attractor.api.queries.parameters import PINNED, SYSTEM, Declared, FormatChoice, Option, Whole
from attractor.api.queries.ranges import Values
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT
from attractor.core.edition import EDITION
from attractor.core.grid import PART, Axis, Grid, axis
from attractor.core.slicing import Work
from attractor.core.system import System

Schemas = dict[str, Any]
WHOLE = {"type": "integer"}
DOUBLE = {"type": ["number", "null"]}
EXPONENT = {"anyOf": [DOUBLE, {"enum": ["-Infinity", "Infinity"]}]}
"""JSON schemas of values of records; null stands for what is not finite, but for infinite exponents."""

_PLAIN_IN_JSON = 2**53  # beyond, whole numbers without an exponent are not taken for doubles

_NO_ZERO = re.compile(r"^-?(?=\.)")  # before a point, where JSON has one

CHUNK = 1 << 14
"""Points of a grid that are computed together."""

_TEXTS = 4  # that the text of a list is part of: its own, the URL's, an answer's
_POINT_BYTES = 40  # that each input of a point takes while it is computed: in rows, in blocks, and as swept


class AnalysisQuery(Declared, frozen=True, kw_only=True):
    """A valid query. The class of an endpoint's adds its options, and says what an answer costs."""

    system: System
    inputs: dict[str, Values]
    """Each input by its name, in canonical order."""
    format: str
    sides: dict[str, str] = field(default_factory=dict)
    """The region that the query names, as low:high by the coordinate's name; empty where it names none."""

    edition: int | None = None
    """The present edition where the query names it, else None."""

    path: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    columns: ClassVar[Schemas] = {}
    """JSON schemas of a record's values, by patterns of their names, beside those of swept inputs and coordinates."""
    summary: ClassVar[Schemas] = {}
    """The JSON schemas, described, of what the JSON object holds beside query and records."""
    formats: ClassVar[dict[str, Format]] = FORMATS
    """The first is the default."""
    is_held: ClassVar[bool] = False
    """Whether an answer is computed once, before it is written, rather than once for each pass of the writer."""
    holds_lock: ClassVar[bool] = False
    """Whether computing an answer holds the interpreter's lock."""
    is_short: ClassVar[bool] = False
    is_certain: ClassVar[bool] = False
    """Whether an answer always follows: no refusal can turn up while it is computed."""

    @classmethod
    def parameters(cls) -> dict[str, Option]:
        words = tuple(cls.formats)
        form = FormatChoice("The format of the answer; it overrides Accept.", words)
        common = {"format": Option(form, words[0]), "edition": Option(PINNED, None)}
        return {"system": Option(SYSTEM, DEFAULT), **cls.options(), **common}

    @classmethod
    def derive_defaults(cls, values: Mapping[str, Any]) -> dict[str, object]:  # noqa: ARG003
        """Defaults of options whose field has none, derived from the values of the other options and the inputs."""
        return {}

    def answer(self, settings: Settings, threads: int, /) -> Work[Answer]:
        """Computes the answer on `threads` threads. Raises BadQuery where it turns out that there is none."""
        raise NotImplementedError

    def check(self, settings: Settings) -> Iterator[Fault]:  # noqa: ARG002
        """Yields faults that depend on more than one value."""
        yield from ()

    @property
    def iterations(self) -> int:
        """The steps of all orbits together, as far as the options tell."""
        return self.points * self.count_steps()

    def count_steps(self) -> int:
        """The steps of each orbit, its transient included."""
        return 0

    def count_records(self) -> int:
        """The records of the answer, as far as their number is known beforehand."""
        return self.points

    def count_values(self) -> int:
        """About how many values a record has."""
        return len(self.swept) + 1 + self.system.dimension

    def estimate_seconds(self) -> float:
        """About how many CPU seconds the answer takes to compute."""
        raise NotImplementedError

    def estimate_bytes(self) -> int:
        """About how many bytes the answer holds, beyond one chunk of the grid and what is being written."""
        return 0

    @property
    def seconds(self) -> float:
        """About how many CPU seconds the answer takes to compute and to write."""
        records, width, form = self.count_records(), self.count_values(), self.formats[self.format]
        runs = 1 if self.is_held else form.runs(records, width)
        return runs * self.estimate_seconds() + records * width * form.value_seconds

    @property
    def memory(self) -> int:
        """About how many bytes the answer holds while it is in flight."""
        points = _POINT_BYTES * min(self.points, CHUNK) * len(self.inputs)
        values = 8 * sum(min(values.count, PART) for values in self.inputs.values())
        written = self.formats[self.format].held(self.count_records(), self.count_values())
        texts = _TEXTS * sum(len(values.text) for values in self.inputs.values() if "," in values.text)
        return points + values + texts + self.estimate_bytes() + written

    @property
    def canonical(self) -> str:
        inputs = {name: values.text for name, values in self.inputs.items()}
        options = {**self.texts(), "format": self.format, "edition": str(EDITION)}
        pairs = {"system": self.system.name, **inputs, **self.sides, **options}
        return f"{self.path}?" + "&".join(f"{name}={text}" for name, text in pairs.items())

    def texts(self) -> dict[str, str]:
        """The options that have a value, in their one spelling."""
        values = {name: (option.kind, getattr(self, name)) for name, option in self.options().items()}
        return {name: kind.spell(value) for name, (kind, value) in values.items() if value is not None}

    def text(self, name: str) -> str:
        """The spelling of an input or an option in the canonical URL; empty where the option has no value."""
        return self.inputs[name].text if name in self.inputs else self.texts().get(name, "")

    @property
    def swept(self) -> list[str]:
        """The inputs with more than one value."""
        return [name for name, values in self.inputs.items() if values.is_swept]

    @property
    def points(self) -> int:
        return math.prod(values.count for values in self.inputs.values())

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each swept input."""
        return tuple(self.inputs[name].count for name in self.swept)

    def grid(self) -> Grid:
        return Grid([self.axis(name) for name in self.inputs])

    def axis(self, name: str) -> Axis:
        """The values of an input; those of a list, which are few, lie in memory."""
        values = self.inputs[name]
        return values if ":" in values.text else axis(values.doubles())

    def first(self) -> tuple[list[float], list[float]]:
        """Initial conditions and parameters of the grid's first point."""
        values = self.grid().rows(0, 1)[0].tolist()
        return values[: self.system.dimension], values[self.system.dimension :]

    def echo(self) -> dict[str, Any]:
        """The query as an answer repeats it, with every default."""
        inputs = {n: v.text if v.is_swept else as_json(v.text) for n, v in self.inputs.items()}
        options = {name: option.kind.echo(getattr(self, name)) for name, option in self.options().items()}
        return {"system": self.system.name, **inputs, **self.sides, **options}

    def check_limits(self, settings: Settings) -> Iterator[Fault]:
        """Yields faults of a well-formed query: those of `check`, then those that exceed a limit."""
        yield from self.check(settings)
        if self.points > settings.max_points:
            yield self.too_many("points", self.points, settings.max_points)
        if self.count_records() > (most := self.formats[self.format].bound(settings)):
            yield self.too_many("records", self.count_records(), most)
        if (seconds := self.seconds) > settings.max_seconds:
            culprit = "steps" if "steps" in self.options() else None
            yield self.too_many("CPU seconds", math.ceil(seconds), settings.max_seconds, culprit, "would take about")
        if self.memory > settings.max_memory:
            yield self._find_memory_fault(settings.max_memory)

    def too_many(
        self, what: str, count: int, most: int, culprit: str | None = None, would: str = "would give"
    ) -> Fault:
        """A fault: the query makes `count` of `what`, because of `culprit`, by default the longest sweep or steps."""
        name = culprit or max(self.swept, key=lambda name: self.inputs[name].count, default="steps")
        problem = f"{would} {count} {what}; the limit is {most}"
        return Fault(name, problem, shorten(self.text(name)), f"at most {most}")

    def _find_memory_fault(self, most: int) -> Fault:
        """A fault: the answer needs too much memory. It names the parameter that matters most, and how much fits."""

        def count_bytes(name: str, count: int) -> int:
            return self._with(name, count).memory

        whole = {name: getattr(self, name) for name, option in self.options().items() if isinstance(option.kind, Whole)}
        sizes = {name: self.inputs[name].count for name in self.swept} | whole
        culprit = min(sizes, key=lambda name: count_bytes(name, 1), default="format")
        counts = range(1, sizes.get(culprit, 0) + 1)
        fits = bisect_right(counts, most, key=lambda count: count_bytes(culprit, count))
        what = f"{fits} values" if culprit in self.inputs else str(fits)
        rule = f"at most {what}, or at most {most} bytes in all" if fits > 0 else f"at most {most} bytes in all"
        given = self.text(culprit) or self.format
        problem = f"would take about {self.memory} bytes of memory; the limit is {most}"
        return Fault(culprit, problem, shorten(given), rule)

    def _with(self, name: str, count: int) -> Self:
        """The query with `count` values of an input, or with an option of that value."""
        if name not in self.inputs:
            return replace(self, **{name: count})
        return replace(self, inputs={**self.inputs, name: Values(f"0:1:{count}")})


def as_json(text: str) -> Raw:
    """A number in JSON with every digit that was written, as a string where it has more than a double keeps."""
    number, spelled = float(text), _NO_ZERO.sub(r"\g<0>0", text)
    if Decimal(repr(number)) != Decimal(text):
        return Raw(f'"{spelled}"'.encode())
    is_plain = abs(number) < _PLAIN_IN_JSON and text != "-0"  # which parsers of whole numbers take for 0
    return Raw((spelled if is_plain else repr(number)).encode())
