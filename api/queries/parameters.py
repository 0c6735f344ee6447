"""The options of a query: each is a field of the query's class, annotated with the kind of its values.

From these annotations come reading, refusals that name every culprit at once, canonical spellings and the OpenAPI text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct, convert

from attractor.api.formats import DEFAULT_FORMAT, FORMATS
from attractor.api.problems import Fault, PastEdition, nearest, shorten
from attractor.api.queries import numbers, ranges
from attractor.api.queries.query_string import Broken
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.edition import EDITION, PAST
from attractor.core.system import System


class Gone(ValueError):
    """A text names an edition that was served once."""


class Where(NamedTuple):
    """The system and the settings under which a text is read."""

    system: System | None
    """The system of the query; None where it names no known one."""
    settings: Settings


class Kind(Struct, frozen=True):
    """A kind of parameter: it reads, refuses, spells, echoes and describes its values."""

    description: str = ""

    def parse(self, text: str, where: Where) -> Any:
        """The value that a text means. Raises ValueError, whose message is the problem, where it means none."""
        raise NotImplementedError

    def allowed(self, text: str, where: Where) -> str:
        """The rule that a refusal of `text` tells."""
        raise NotImplementedError

    def schema(self, settings: Settings) -> dict[str, Any]:
        """The JSON schema of a text."""
        raise NotImplementedError

    def spell(self, value: Any) -> str:
        """The one spelling that all spellings of a value share."""
        return str(value)

    def echo(self, value: Any) -> Any:
        """The value as an answer in JSON repeats it."""
        return value

    def default(self, declared: Any, where: Where) -> Any:  # noqa: ARG002
        """The value of an option that is not given, from its field's default, `declared`."""
        return declared


class Whole(Kind, frozen=True):
    """A whole number between bounds."""

    lowest: int = 0
    highest: int | Callable[[Settings], int] = lambda settings: settings.max_steps

    def parse(self, text: str, where: Where) -> int:
        number = _whole(text)
        if not self.lowest <= number <= self.most(where.settings):
            raise ValueError("is out of range")
        return number

    def allowed(self, _: str, where: Where) -> str:
        return numbers.whole_rule(self.lowest, self.most(where.settings))

    def schema(self, settings: Settings) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.lowest, "maximum": self.most(settings)}

    def spell(self, value: int) -> str:
        return numbers.spell_whole(value)

    def default(self, declared: Any, where: Where) -> Any:
        return declared and min(int(declared), self.most(where.settings))  # a bound may have been set below it

    def most(self, settings: Settings) -> int:
        return self.highest if isinstance(self.highest, int) else self.highest(settings)


class Edition(Kind, frozen=True):
    """The edition of the values, of which there is one here."""

    def parse(self, text: str, _: Where) -> int:
        number = _whole(text)
        if number in PAST:
            raise Gone(f"is no longer served: edition {EDITION} is")
        if number != EDITION:
            raise ValueError(f"never was: edition {EDITION} is served")
        return number

    def allowed(self, _: str, where: Where) -> str:  # noqa: ARG002
        return f"{EDITION}, which is served; or leave it out, and values may change with an upgrade"

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "integer", "enum": [EDITION]}


class Choice(Kind, frozen=True):
    """One of some words."""

    words: tuple[str, ...] = ()
    wrong: str = "is not known"
    is_long: bool = True
    """Whether there are so many words that the nearest helps."""

    def parse(self, text: str, _: Where) -> Any:
        if text not in self.words:
            raise ValueError(self.wrong)
        return text

    def allowed(self, text: str, _: Where) -> str:
        if self.is_long:
            return f"the nearest known is {nearest(text, self.words)}; known are {', '.join(self.words)}"
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


class FormatChoice(Choice, frozen=True):
    """A format; of one that other answers have it is told why these do not."""

    wrong: str = "is not a known format"

    def parse(self, text: str, where: Where) -> Any:
        if text not in self.words and text in FORMATS:
            of_records = "npy holds numbers only, and these answers have words or missing ones"
            raise ValueError(of_records if DEFAULT_FORMAT in self.words else "is a format of records, not of pictures")
        return super().parse(text, where)


class Flag(Choice, frozen=True):
    """true or false."""

    words: tuple[str, ...] = ("true", "false")
    wrong: str = "is neither true nor false"
    is_long: bool = False

    def parse(self, text: str, where: Where) -> bool:
        return bool(super().parse(text, where) == "true")

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "boolean"}

    def spell(self, value: Any) -> str:
        return str(value).lower()


class Number(Kind, frozen=True):
    """A number, above a bound where there is one. It stays text, to keep every digit."""

    above: float | None = None

    def parse(self, text: str, _: Where) -> str:
        if wrong := numbers.find_problem(text):
            raise ValueError(wrong)
        if self.above is not None and float(text) <= self.above:
            raise ValueError("is out of range")
        return numbers.canonical(text)

    def allowed(self, _: str, where: Where) -> str:  # noqa: ARG002
        return numbers.RULE + (f", above {self.above:g}" if self.above is not None else "")

    def echo(self, value: str) -> float:
        return float(value)

    def default(self, declared: Any, where: Where) -> Any:  # noqa: ARG002
        return declared and numbers.canonical(declared)

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "number"} | ({} if self.above is None else {"exclusiveMinimum": self.above})


class Interval(Kind, frozen=True):
    """Two numbers, the first below the second, joined by a colon. They stay text."""

    def parse(self, text: str, _: Where) -> str:
        parts = text.split(":")
        if len(parts) != 2:
            raise ValueError("must be low:high")
        for name, part in zip(("low", "high"), parts, strict=True):
            if wrong := numbers.find_problem(part):
                raise ValueError(f"has a {name} that {wrong}")
        if float(parts[0]) >= float(parts[1]):
            raise ValueError("must have its low below its high")
        return ":".join(map(numbers.canonical, parts))

    def allowed(self, _: str, where: Where) -> str:  # noqa: ARG002
        return f"low:high, low below high, each {numbers.RULE}"

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{numbers.FORM}:{numbers.FORM}$"}


SIDE = Interval("The side of the region that is searched along this coordinate, low:high.")


class Coordinates(Kind, frozen=True):
    """`count` different coordinates of the system, joined by commas; by default the first ones."""

    count: int = 1

    def parse(self, text: str, where: Where) -> tuple[str, ...]:
        names = text.split(",")
        if where.system and (unknown := [name for name in names if name not in where.system.state]):
            raise ValueError(f"names {shorten(unknown[0])!r}, which is not a coordinate of {where.system.name}")
        if len(names) != self.count or len(set(names)) != self.count:
            raise ValueError(f"must name {self.count} different coordinate{'s' * (self.count > 1)}")
        return tuple(names)

    def allowed(self, _: str, where: Where) -> str:
        system = where.system or SYSTEMS[DEFAULT]
        return f"{self.count} of {', '.join(system.state)}"

    def spell(self, value: tuple[str, ...]) -> str:
        return ",".join(value)

    echo = spell

    def schema(self, _: Settings) -> dict[str, Any]:
        name = "|".join(dict.fromkeys(name for system in SYSTEMS.values() for name in system.state))
        return {"type": "string", "pattern": f"^({name}){f'(,({name}))' * (self.count - 1)}$"}

    def default(self, declared: Any, where: Where) -> tuple[str, ...]:  # noqa: ARG002
        return (where.system or SYSTEMS[DEFAULT]).state[: self.count]


class Swept(Kind, frozen=True):
    """The value of an input, or the values in a range or a list."""

    def parse(self, text: str, where: Where) -> ranges.Values:
        found = ranges.read_values(text)
        if found.count > (most := where.settings.max_points):
            raise ValueError(f"has {found.count} values; the limit is {most} points")
        return found

    def allowed(self, _: str, where: Where) -> str:  # noqa: ARG002
        return ranges.RULE

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": ["number", "string"], "pattern": ranges.PATTERN}


class Option(NamedTuple):
    """An option as its field declares it."""

    kind: Kind
    default: Any
    """The field's default: None where there is none, empty where each system has its own."""

    def default_of(self, where: Where) -> Any:
        return self.kind.default(self.default, where)

    def schema(self, settings: Settings) -> dict[str, Any]:
        """The schema of a text, with the default where all systems share one."""
        schema = self.kind.schema(settings)
        if self.default in (None, ()):
            return schema
        default = self.default_of(Where(None, settings))
        if not isinstance(default, int):
            spell_whole = self.kind.spell(default)
            default = spell_whole if schema["type"] == "string" else msgspec.json.decode(spell_whole)
        return schema | {"default": default}


PINNED = Edition("The edition of the values, with which the answer never changes; by default the present one.")
SYSTEM = Choice("The map, one of the catalogue.", tuple(SYSTEMS), "is not a known system")


def _whole(text: str) -> int:
    """The whole number that a text means. Raises ValueError."""
    try:
        return numbers.parse_whole(convert(text, numbers.Whole))
    except ValueError:  # ValidationError is one
        raise ValueError("is not a whole number") from None


_SUGGESTIONS = 3
"""Unknown names beside which a refusal tells the nearest and all that are known; finding it takes long."""


class Sweeps(NamedTuple):
    """The inputs among which a sound query sweeps some, and how many it sweeps at least and at most."""

    among: Literal["inputs", "start", "parameters"]
    least: int
    most: int


Ranges = dict[str, tuple[int, int]]
Kernels = tuple[Callable[[System], object], ...]


class Declared(Struct, frozen=True):
    """The base of query classes: their options, and what the warm-up, the fuzzer and the benchmarks read of them."""

    kernels: ClassVar[Kernels] = ()
    """Functions that compile, for a system, the kernels that answers need."""
    sweeps: ClassVar[Sweeps] = Sweeps("inputs", 0, 0)
    cheap: ClassVar[Ranges] = {}
    """The least and greatest values of options with which queries are sound and cheap, for who asks many."""
    first_options: ClassVar[tuple[str, ...]] = ()
    """The options that canonical URLs name before the others."""

    @classmethod
    @lru_cache(maxsize=64)
    def options(cls) -> dict[str, Option]:
        """The options of the class, in canonical order."""
        hints, found = get_type_hints(cls, include_extras=True), {}
        for each in msgspec.structs.fields(cls):
            for kind in getattr(hints[each.name], "__metadata__", ()):
                if isinstance(kind, Kind):
                    found[each.name] = Option(kind, None if each.default is NODEFAULT else each.default)
        return {name: found[name] for name in (*cls.first_options, *found)}

    @classmethod
    def parameters(cls) -> dict[str, Option]:
        """All parameters that a query may have beside its system's inputs, `system` first, format and edition last."""
        return cls.options()

    @staticmethod
    def inputs_of(system: System) -> tuple[str, ...]:
        """The inputs that a query must give."""
        return system.inputs

    @staticmethod
    def sides_of(system: System) -> tuple[str, ...]:  # noqa: ARG004
        """The coordinates by which a query may name a region."""
        return ()


def gather_parameters(kinds: Iterable[type[Declared]]) -> dict[str, Option]:
    """The parameters of several kinds of query, in that order, each as the first kind that has it declares it."""
    found: dict[str, Option] = {}
    for kind in kinds:
        for name, option in kind.parameters().items():
            found.setdefault(name, option)
    return found | {name: found.pop(name) for name in ("format", "edition")}


def names_of(system: System | None, takes: Callable[[System], tuple[str, ...]]) -> tuple[str, ...]:
    """The names that `takes` gives for `system`, or for all systems where that is None; each name once."""
    systems = [system] if system else SYSTEMS.values()
    return tuple(dict.fromkeys(name for each in systems for name in takes(each)))


def parse_parameters(
    pairs: Sequence[tuple[str, str]], kinds: Mapping[str, Kind], needed: Sequence[str], where: Where
) -> tuple[dict[str, object], dict[str, Fault]]:
    """The values of what is sound, and every fault: parameters in the order given, then the missing ones."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    parsed: dict[str, object] = {}
    faults: dict[str, Fault] = {}
    unknown = 0
    for name, texts in given.items():
        if name not in kinds:
            unknown += 1
            faults[name] = _unknown(name, texts, tuple(kinds), unknown <= _SUGGESTIONS)
            continue
        try:
            parsed[name] = _parse(texts, kinds[name], where)
        except ValueError as error:
            repeated = [shorten(text) for text in texts]
            allowed = kinds[name].allowed(texts[0], where)
            fault = PastEdition if isinstance(error, Gone) else Fault
            faults[name] = fault(name, str(error), repeated if len(texts) > 1 else repeated[0], allowed)
    for name in needed:
        if name not in given:
            system = where.system.name if where.system else DEFAULT
            faults[name] = Fault(name, f"is missing: {system} needs it", None, kinds[name].allowed("", where))
    return parsed, faults


def _unknown(name: str, texts: list[str], known: Sequence[str], is_told_more: bool) -> Fault:
    problem = "has a broken percent-encoding" if isinstance(name, Broken) else "is unknown"
    allowed = "one of the known names, listed above"
    if is_told_more:
        allowed = f"the nearest known name is {nearest(name, known)}; known are {', '.join(known)}"
    return Fault(shorten(name), problem, shorten(texts[0]), allowed)


def _parse(texts: list[str], kind: Kind, where: Where) -> object:
    """The value of a parameter that is given once. Raises ValueError, whose message is the problem."""
    if len(texts) > 1:
        raise ValueError(f"is given {len(texts)} times")
    (text,) = texts
    if isinstance(text, Broken):
        raise ValueError("has a broken percent-encoding")
    if not text:
        raise ValueError("is empty")
    return kind.parse(text, where)
