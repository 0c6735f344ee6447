"""From a query string to a valid query for one orbit.

The good path is one `msgspec.convert` into the system's own struct. It stops at the first fault, so a
refused query is gone through again, parameter by parameter, to name every fault at once.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import ceil
from typing import Any, Literal, cast, get_args

from msgspec import Struct, ValidationError, convert, defstruct
from msgspec.structs import astuple

from attractor.api.endpoints.orbit_answer import too_much_decimal
from attractor.api.formats import DEFAULT_FORMAT, FORMATS
from attractor.api.problems import BadQuery, Fault, NotAcceptable
from attractor.api.queries import numbers
from attractor.api.queries.numbers import PLAIN, canonical
from attractor.api.queries.orbit_query import OrbitQuery, Precision, canonical_form, memory, seconds
from attractor.api.queries.parameters import (
    SYSTEM,
    Choice,
    Flag,
    Number,
    Option,
    Where,
    Whole,
    names_of,
    sorted_out,
    whole_rule,
)
from attractor.api.queries.query_string import names_and_values
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.decimals import DIGITS
from attractor.core.selection import Selection
from attractor.core.system import System, per_system

Numbers = tuple[numbers.Number, ...]

_SHORT = 100  # characters of options together that are kept


class Options(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a query may say beside its system's initial conditions and parameters, as text; OPTIONS says of it more."""

    system: str = DEFAULT
    steps: numbers.Whole = "20"
    skip: numbers.Whole = "0"
    every: numbers.Whole = "1"
    include_start: Literal["false", "true"] = "false"
    precision: Precision = "auto"
    digits: numbers.Whole | None = None
    format: str | None = None


_DEFAULTS = Options()
_LESS = "at most %d: another format, or fewer steps"

OPTIONS = (
    SYSTEM,
    Option("steps", "How many iterations.", Whole(1, lambda s: s.max_steps), _DEFAULTS.steps),
    Option(
        "skip",
        "The transient: iterations whose iterates are dropped.",
        Whole(0, lambda s: s.max_steps),
        _DEFAULTS.skip,
    ),
    Option("every", "Keep the iterates that this divides.", Whole(1, lambda s: s.max_steps), _DEFAULTS.every),
    Option("include_start", "Whether to begin with n = 0.", Flag(), _DEFAULTS.include_start),
    Option(
        "precision",
        "double: IEEE 754 throughout. decimal: numbers as strings, of `digits` significant digits. auto: double "
        f"while the orbit stays finite, otherwise all of it in decimal of {DIGITS} digits, numbers as numbers.",
        Choice(get_args(Precision), "is not a known precision"),
        _DEFAULTS.precision,
    ),
    Option("digits", "Significant digits, with precision=decimal only.", Whole(1, lambda s: s.max_digits), str(DIGITS)),
    Option(
        "format",
        "How the answer is written; goes before Accept. columns is json, one array a column; npy holds doubles only.",
        Choice(tuple(FORMATS), "is not a known format", many=True),
        DEFAULT_FORMAT,
    ),
)


@per_system
def query_type(system: System) -> type[Options]:
    """The struct of a query for `system`: its initial conditions and parameters, all required, and the options."""
    inputs = [(name, str) for name in system.inputs]  # their form is looked at in one go
    name = f"{system.step.__name__}_query"
    struct = defstruct(name, inputs, bases=(Options,), kw_only=True, forbid_unknown_fields=True)
    return cast(type[Options], struct)


def read_query(raw: bytes, settings: Settings, negotiated: str | None = DEFAULT_FORMAT) -> OrbitQuery:
    """The query that a URL's query string spells, in the format `negotiated` where it names none.

    Raises BadQuery, naming every fault, or NotAcceptable where there is no format.
    """
    pairs = names_and_values(raw)
    values = dict(pairs)
    system = SYSTEMS.get(values.get("system", DEFAULT))
    if system is not None and len(values) == len(pairs):
        try:
            given = astuple(convert(values, query_type(system)))
            query = _resolved(given, system, negotiated)
        except ValidationError:
            pass
        else:
            if _is_within_bounds(query, "digits" in values, settings):
                if negotiated is None and "format" not in values:
                    raise NotAcceptable
                return query
    raise BadQuery(_faults(pairs, system, settings, negotiated))


def _resolved(fields: tuple[Any, ...], system: System, negotiated: str | None) -> OrbitQuery:
    """Raises ValidationError where an input is no number in range or the format unknown."""
    inputs = fields[len(OPTIONS) :]
    if not PLAIN.fullmatch(" ".join(inputs) + " "):
        inputs = tuple(map(_canonical, convert(inputs, Numbers)))
    values = tuple(map(float, inputs))
    start, parameters = values[: system.dimension], values[system.dimension :]
    options = fields[1 : len(OPTIONS)]
    read = _options if sum(map(len, filter(None, options))) <= _SHORT else _options.__wrapped__
    return OrbitQuery(system, inputs, start, parameters, *read(system, *options, negotiated))


def _canonical(text: str) -> str:
    if problem := numbers.out_of_range(text):
        raise ValidationError(problem)
    return canonical(text)


@lru_cache(maxsize=1024)  # few choices are asked for over and over
def _options(
    system: System,
    steps: str,
    skip: str,
    every: str,
    include_start: str,
    precision: Precision,
    digits: str | None,
    form: str | None,
    negotiated: str | None,
) -> tuple[Selection, Precision, int, str, int, int, str]:
    """The fields of Options as an OrbitQuery holds them. Raises ValidationError where the format is unknown."""
    form = (negotiated or DEFAULT_FORMAT) if form is None else form
    if form not in FORMATS:
        raise ValidationError(f"unknown format {form}")
    selection = Selection(int(steps), int(skip), int(every), include_start == "true")
    # A skip or every out of range has yet to be refused: 0 is no divisor.
    sizes = (selection.last, selection.records) if selection.every else (0, 0)
    count = int(digits or DIGITS)
    return selection, precision, count, form, *sizes, canonical_form(system, selection, precision, count, form)


def _is_within_bounds(query: OrbitQuery, digits_given: bool, settings: Settings) -> bool:
    if digits_given or query.precision == "decimal":
        return not any(_out_of_bounds(query, digits_given, settings))
    return _is_well_selected(query.system, query.selection, query.format, settings)


def _out_of_bounds(query: OrbitQuery, digits_given: bool, settings: Settings) -> Iterator[Fault]:
    """What a query of the right form asks for and cannot have."""
    system = query.system
    yield from _badly_selected(system, query.selection, query.format, settings)
    if not 1 <= query.digits <= settings.max_digits:
        yield Fault("digits", "is out of range", str(query.digits), whole_rule(1, settings.max_digits))
    elif digits_given and query.precision != "decimal":
        yield Fault("digits", "goes with precision=decimal only", str(query.digits), "leave it out")
    if query.precision == "decimal":
        if not system.is_rational:
            rule = f"auto or double: the step of {system.name} is not rational, so decimal is not available for it"
            yield Fault("precision", "is not available for this system", "decimal", rule)
        elif query.digits <= settings.max_digits:
            yield from too_much_decimal(query, settings)
            if query.memory > settings.max_memory:
                problem = f"hold {query.memory} bytes in memory, more than an answer may"
                yield Fault("digits", problem, str(query.digits), _LESS % settings.max_memory)
        if not FORMATS[query.format].holds_decimals:
            rule = f"{', '.join(name for name, f in FORMATS.items() if f.holds_decimals)}; or precision=double"
            yield Fault("format", "holds doubles only", query.format, rule)


@lru_cache(maxsize=1024)
def _is_well_selected(system: System, selection: Selection, form: str, settings: Settings) -> bool:
    return not any(_badly_selected(system, selection, form, settings))


def _badly_selected(system: System, selection: Selection, form: str, settings: Settings) -> Iterator[Fault]:
    """What is wrong with the choice of iterates."""
    steps, skip, every, start = selection
    if not 1 <= steps <= settings.max_steps:
        yield Fault("steps", "is out of range", str(steps), whole_rule(1, settings.max_steps))
        return  # what the others may be follows from it
    if skip >= steps:
        yield Fault("skip", "leaves no iterate", str(skip), whole_rule(0, steps - 1))
    elif not every:
        yield Fault("every", "is out of range", "0", whole_rule(1, steps))
    elif not selection.records - start:
        yield Fault("every", f"keeps no iterate after {skip} and up to {steps}", str(every), whole_rule(1, steps))
    elif selection.records > (bound := FORMATS[form].bound(settings)):
        wider = max(every, (steps - skip) // bound)
        while selection._replace(every=wider).records > bound:
            wider += 1
        shorter = (skip // every + bound - start + 1) * every - 1
        problem = f"makes {selection.records} records, more than {form} may hold"
        yield Fault("steps", problem, str(steps), f"at most {bound} records: every={wider} or steps={shorter} fits")
    elif (cost := seconds(system, selection, form)) > settings.max_seconds:
        problem = f"makes {ceil(cost)} CPU seconds of work, more than an answer may have"
        rule = f"at most {settings.max_seconds}: fewer steps, or a greater every"
        yield Fault("steps", problem, str(steps), rule)
    elif (held := memory(system, selection, form)) > settings.max_memory:
        yield Fault(
            "format", f"holds {held} bytes in memory, more than an answer may", form, _LESS % settings.max_memory
        )


def _faults(
    pairs: list[tuple[str, str]], system: System | None, settings: Settings, negotiated: str | None
) -> list[Fault]:
    """Every fault of a refused query: parameters in the order given, then the missing ones."""
    inputs = names_of(system, lambda each: each.inputs)
    forms = {option.name: option.form for option in OPTIONS} | dict.fromkeys(inputs, Number())
    sound, faults = sorted_out(pairs, forms, system.inputs if system else (), Where(system, settings))
    # What stands in for the faulty is valid, so that the bounds of the others can be told at once.
    checked = system or SYSTEMS[DEFAULT]
    fields = (*Options.__struct_fields__, *checked.inputs)
    values = {**dict.fromkeys(checked.inputs, "1"), **{name: sound[name] for name in fields if name in sound}}
    query = _resolved(astuple(convert(values, query_type(checked))), checked, negotiated)
    for fault in _out_of_bounds(query, "digits" in sound and "precision" not in faults, settings):
        faults.setdefault(fault.parameter, fault)
    return list(faults.values())
