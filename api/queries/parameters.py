"""What the parameters of a query may be: the forms of their values, and the finding of every fault at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import Struct, ValidationError, convert

from attractor.api.problems import Fault, nearest, shown
from attractor.api.queries import numbers
from attractor.api.queries import ranges as inputs
from attractor.api.queries.numbers import Whole as WholeText
from attractor.api.queries.query_string import Broken
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.system import System


class Where(NamedTuple):
    """What a form may depend on."""

    system: System | None
    """None where the query names none that is known."""
    settings: Settings


class Form(Protocol):
    """What values of a parameter are like."""

    def problem(self, text: str, where: Where) -> str | None:
        """What is wrong with a value."""

    def rule(self, text: str, where: Where) -> str:
        """What is allowed, said beside the wrong `text`."""

    def read(self, text: str) -> Any:
        """What a sound value means."""

    def spelled(self, text: str) -> str:
        """The one spelling that all spellings of a sound value share."""

    def schema(self, settings: Settings) -> dict[str, Any]:
        """The JSON schema of a value."""


class Option(Struct, frozen=True):
    """A parameter that every system's queries may have."""

    name: str
    about: str
    form: Form
    default: str | Callable[[System], str] | None = None
    """Of every system, or of each; None where there is none."""

    def default_of(self, system: System, settings: Settings) -> str | None:
        default = self.default(system) if callable(self.default) else self.default
        if default and isinstance(self.form, Whole):  # a bound may have been set below it
            return str(min(int(default), self.form.most(settings)))
        return default

    def schema(self, settings: Settings) -> dict[str, Any]:
        """The schema of a value, with the default where all systems share one."""
        schema = self.form.schema(settings)
        if not isinstance(self.default, str):
            return schema
        default = self.default_of(SYSTEMS[DEFAULT], settings)
        return schema | {"default": default if schema["type"] == "string" else msgspec.json.decode(str(default))}


def whole_rule(lowest: int, highest: int) -> str:
    """What is allowed where a whole number between bounds is."""
    return f"a whole number from {lowest} to {highest}"


class Whole(Struct, frozen=True):
    """A whole number between bounds."""

    lowest: int
    highest: int | Callable[[Settings], int]

    def problem(self, text: str, where: Where) -> str | None:
        try:
            convert(text, WholeText)
        except ValidationError:
            return "is not a whole number"
        return None if self.lowest <= int(text) <= self.most(where.settings) else "is out of range"

    def rule(self, _: str, where: Where) -> str:
        return whole_rule(self.lowest, self.most(where.settings))

    def read(self, text: str) -> int:
        return int(text)

    def spelled(self, text: str) -> str:
        return str(int(text))

    def schema(self, settings: Settings) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.lowest, "maximum": self.most(settings)}

    def most(self, settings: Settings) -> int:
        return self.highest if isinstance(self.highest, int) else self.highest(settings)


class Choice(Struct, frozen=True):
    """One of some words."""

    words: tuple[str, ...]
    wrong: str
    many: bool = False
    """Whether there are so many that the nearest helps."""

    def problem(self, text: str, _: Where) -> str | None:
        return None if text in self.words else self.wrong

    def rule(self, text: str, _: Where) -> str:
        if self.many:
            return f"the nearest known is {nearest(text, self.words)}; known are {', '.join(self.words)}"
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def read(self, text: str) -> Any:
        return text

    def spelled(self, text: str) -> str:
        return text

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


class Flag(Choice, frozen=True):
    """true or false."""

    words: tuple[str, ...] = ("true", "false")
    wrong: str = "is neither true nor false"

    def read(self, text: str) -> bool:
        return text == "true"


class Number(Struct, frozen=True):
    """One number, above a bound where there is one."""

    above: float | None = None

    def problem(self, text: str, _: Where) -> str | None:
        if wrong := numbers.problem(text):
            return wrong
        return "is out of range" if self.above is not None and float(text) <= self.above else None

    def rule(self, _: str, where: Where) -> str:  # noqa: ARG002
        return numbers.RULE + (f", above {self.above:g}" if self.above is not None else "")

    def read(self, text: str) -> float:
        return float(text)

    def spelled(self, text: str) -> str:
        return numbers.canonical(text)

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "number"} | ({} if self.above is None else {"exclusiveMinimum": self.above})


class Interval(Struct, frozen=True):
    """Two numbers, the first below the second, joined by a colon."""

    def problem(self, text: str, _: Where) -> str | None:
        parts = text.split(":")
        if len(parts) != 2:
            return "is no interval: that has two parts, low:high"
        for name, part in zip(("low", "high"), parts, strict=True):
            if wrong := numbers.problem(part):
                return f"has a {name} that {wrong}"
        return None if float(parts[0]) < float(parts[1]) else "is reversed or empty: its low is not below its high"

    def rule(self, _: str, where: Where) -> str:  # noqa: ARG002
        return f"low:high, low below high, each {numbers.RULE}"

    def read(self, text: str) -> tuple[float, float]:
        low, high = map(float, text.split(":"))
        return low, high

    def spelled(self, text: str) -> str:
        return ":".join(map(numbers.canonical, text.split(":")))

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{numbers.FORM}:{numbers.FORM}$"}


class Coordinates(Struct, frozen=True):
    """So many different coordinates of the system, joined by commas."""

    count: int

    def problem(self, text: str, where: Where) -> str | None:
        names = text.split(",")
        if where.system and (unknown := [name for name in names if name not in where.system.state]):
            return f"names {shown(unknown[0])!r}, which is no coordinate of {where.system.name}"
        if len(names) != self.count or len(set(names)) != self.count:
            return f"does not name {self.count} different coordinate{'s' * (self.count > 1)}"
        return None

    def rule(self, _: str, where: Where) -> str:
        system = where.system or SYSTEMS[DEFAULT]
        return f"{self.count} of {', '.join(system.state)}"

    def read(self, text: str) -> tuple[str, ...]:
        return tuple(text.split(","))

    def spelled(self, text: str) -> str:
        return text

    def schema(self, _: Settings) -> dict[str, Any]:
        name = "|".join(dict.fromkeys(name for system in SYSTEMS.values() for name in system.state))
        return {"type": "string", "pattern": f"^({name})(,({name})){{{self.count - 1}}}$"}


class Swept(Struct, frozen=True):
    """The value of an input, or the values in a range or a list."""

    def problem(self, text: str, where: Where) -> str | None:
        try:
            count = inputs.read_values(text).count
        except ValueError as error:
            return str(error)
        most = where.settings.max_points
        return f"has {count} values, more than the {most} points that an answer may hold" if count > most else None

    def rule(self, _: str, where: Where) -> str:  # noqa: ARG002
        return inputs.RULE

    def read(self, text: str) -> inputs.Values:
        return inputs.read_values(text)

    def spelled(self, text: str) -> str:
        return inputs.read_values(text).text

    def schema(self, _: Settings) -> dict[str, Any]:
        return {"type": ["number", "string"], "pattern": inputs.PATTERN}


_SUGGESTIONS = 3
"""Unknown names beside which a refusal tells the nearest and all that are known; finding it takes long."""

SYSTEM = Option(
    "system", "A map of the catalogue.", Choice(tuple(SYSTEMS), "is not a known system", many=True), DEFAULT
)


def names_of(system: System | None, takes: Callable[[System], tuple[str, ...]]) -> tuple[str, ...]:
    """What `takes` says of `system`, or where that is not known, of every one, each name once."""
    systems = [system] if system else SYSTEMS.values()
    return tuple(dict.fromkeys(name for each in systems for name in takes(each)))


def sorted_out(
    pairs: Sequence[tuple[str, str]], forms: Mapping[str, Form], needed: Sequence[str], where: Where
) -> tuple[dict[str, str], dict[str, Fault]]:
    """The sound values, and every fault: parameters in the order given, then the missing ones."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    faults: dict[str, Fault] = {}
    unknown = 0
    for name, values in given.items():
        if name not in forms:
            unknown += 1
            faults[name] = _unknown(name, values, tuple(forms), unknown <= _SUGGESTIONS)
        elif fault := _fault(name, values, forms[name], where):
            faults[name] = fault
    sound = {name: values[0] for name, values in given.items() if name not in faults}
    for name in needed:
        if name not in given:
            system = where.system.name if where.system else DEFAULT
            faults[name] = Fault(name, f"is missing: {system} needs it", None, forms[name].rule("", where))
    return sound, faults


def _unknown(name: str, values: list[str], known: Sequence[str], is_told_more: bool) -> Fault:
    problem = "has a broken percent-encoding" if isinstance(name, Broken) else "is unknown"
    allowed = "one of the names that are known, told above"
    if is_told_more:
        allowed = f"the nearest known name is {nearest(name, known)}; known are {', '.join(known)}"
    return Fault(shown(name), problem, shown(values[0]), allowed)


def _fault(name: str, values: list[str], form: Form, where: Where) -> Fault | None:
    value = values[0]
    wrong: str | None
    given: str | list[str] = shown(value)
    if len(values) > 1:
        wrong, given = f"is given {len(values)} times", [shown(v) for v in values]
    elif isinstance(value, Broken):
        wrong = "has a broken percent-encoding"
    elif not value:
        wrong, given = "is empty", ""
    else:
        wrong = form.problem(value, where)
    return Fault(name, wrong, given, form.rule(value, where)) if wrong else None  # a rule takes long to tell
