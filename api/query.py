"""From a query string to a validated query.

The good path is one `msgspec.convert` into the system's own struct. It stops at the first fault, so a
refused query is gone through again, parameter by parameter, to name every fault at once.
"""

import re
from collections.abc import Iterator
from decimal import Context, Decimal
from functools import cache, lru_cache
from math import isinf
from typing import Annotated, Any, Literal, cast
from urllib.parse import unquote_to_bytes

from msgspec import Meta, Struct, ValidationError, convert, defstruct
from msgspec.structs import astuple

from api.answer import too_much_decimal
from api.formats import DEFAULT_FORMAT, FORMATS
from api.orbit_query import OrbitQuery, Precision
from api.problems import BadQuery, Fault, NotAcceptable, nearest, shown
from api.settings import Settings
from core.decimals import DIGITS
from core.selection import Selection
from core.system import System
from core.systems import DEFAULT, SYSTEMS

MAX_QUERY_BYTES = 16_384
MAX_PARAMETERS = 100
MAX_NUMBER_LENGTH = 1_100

# Plain ASCII: float() and int() also take underscores, spaces, other scripts' digits, nan and inf. A leading + is
# how forms write a space. The lookahead is for Python alone, whose $ would let a line feed through.
_NUMBER = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$(?!\n)"
_WHOLE = r"^[0-9]+$(?!\n)"
_NUMBER_RULE = "a plain decimal number such as 1, -0.5 or 2.5e-3, zero or of magnitude from 5e-324 to 1.79e308"
_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_NOT_ZERO = re.compile("[^eE]*[1-9]")
_EXACT = Context(prec=2 * MAX_NUMBER_LENGTH)
_LOWEST_PLAIN, _HIGHEST_PLAIN = -6, 14  # powers of ten that are written without an exponent
_PLAIN = re.compile(r"(?:-?(?:0(?:\.0{0,5}[1-9](?:[0-9]{0,20}[1-9])?)?|[1-9][0-9]{0,14}(?:\.[0-9]{0,20}[1-9])?) )*")
"""Numbers, a space behind each, that are canonical already and in range: most of those that people write."""

Number = Annotated[str, Meta(pattern=_NUMBER, max_length=MAX_NUMBER_LENGTH)]
Numbers = tuple[Number, ...]
Whole = Annotated[str, Meta(pattern=_WHOLE, max_length=MAX_NUMBER_LENGTH)]


class Options(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a query may say beside its system's initial conditions and parameters, as text."""

    system: str = DEFAULT
    steps: Whole = "20"
    skip: Whole = "0"
    every: Whole = "1"
    include_start: Literal["false", "true"] = "false"
    precision: Precision = "auto"
    digits: Whole | None = None
    format: str | None = None


OPTIONS = Options.__struct_fields__


@cache
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
    pairs = _split(raw)
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


def _split(raw: bytes) -> list[tuple[str, str]]:
    """Names and values in order, percent-decoded. A + stays a +, since no value here holds a space."""
    if len(raw) > MAX_QUERY_BYTES:
        raise BadQuery([Fault("query", "is too long", None, f"at most {MAX_QUERY_BYTES} bytes")])
    text = raw.decode("latin-1")  # keeps every byte; those past ASCII are read as UTF-8 below
    pairs = [(name, value) for name, _, value in (part.partition("=") for part in text.split("&") if part)]
    if len(pairs) > MAX_PARAMETERS:
        raise BadQuery([Fault("query", f"has {len(pairs)} parameters", None, f"at most {MAX_PARAMETERS}")])
    if "%" in text or not text.isascii():
        pairs = [(_decoded(name), _decoded(value)) for name, value in pairs]
    return pairs


class _Broken(str):
    """Text whose percent-encoding cannot be decoded, as it came."""


def _decoded(text: str) -> str:
    if _BROKEN_ESCAPE.search(text):
        return _Broken(text)
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeDecodeError:
        return _Broken(text)


def _resolved(fields: tuple[Any, ...], system: System, negotiated: str | None) -> OrbitQuery:
    """Raises ValidationError where an input is no number in range or the format unknown."""
    inputs = fields[len(OPTIONS) :]
    if not _PLAIN.fullmatch(" ".join(inputs) + " "):
        inputs = tuple(map(_canonical, convert(inputs, Numbers)))
    numbers = tuple(map(float, inputs))
    start, parameters = numbers[: system.dimension], numbers[system.dimension :]
    return OrbitQuery(system, inputs, start, parameters, *_options(*fields[: len(OPTIONS)], negotiated))


@lru_cache(maxsize=1024)  # few choices are asked for over and over
def _options(
    _: str,
    steps: str,
    skip: str,
    every: str,
    include_start: str,
    precision: Precision,
    digits: str | None,
    form: str | None,
    negotiated: str | None,
) -> tuple[Selection, Precision, int, str]:
    """The fields of Options as an OrbitQuery holds them. Raises ValidationError where the format is unknown."""
    form = (negotiated or DEFAULT_FORMAT) if form is None else form
    if form not in FORMATS:
        raise ValidationError(f"unknown format {form}")
    selection = Selection(int(steps), int(skip), int(every), include_start == "true")
    return selection, precision, int(digits or DIGITS), form


def _canonical(text: str) -> str:
    """The one spelling that all spellings of a number share, with every digit written: 1, 1.0 and 1e0 give 1.

    Raises ValidationError where it is out of double's range: its exponent may be past what Decimal takes.
    """
    number = float(text)
    if problem := _out_of_range(number, text):
        raise ValidationError(problem)
    if number == 0:
        return "-0" if text.startswith("-") else "0"
    value = _EXACT.normalize(Decimal(text))
    if _LOWEST_PLAIN <= value.adjusted() <= _HIGHEST_PLAIN:
        return f"{value:f}"
    return str(value).lower().replace("e+", "e")


def _out_of_range(number: float, text: str) -> str | None:
    if isinf(number):
        return "is out of range: larger than any double"
    if number == 0 and _NOT_ZERO.match(text):
        return "is out of range: closer to zero than any double"
    return None


def _is_within_bounds(query: OrbitQuery, digits_given: bool, settings: Settings) -> bool:
    if digits_given or query.precision == "decimal":
        return not any(_out_of_bounds(query, digits_given, settings))
    return _is_well_selected(query.selection, query.format, settings)


def _out_of_bounds(query: OrbitQuery, digits_given: bool, settings: Settings) -> Iterator[Fault]:
    """What a query of the right form asks for and cannot have."""
    system = query.system
    yield from _badly_selected(query.selection, query.format, settings)
    if not 1 <= query.digits <= settings.max_digits:
        yield Fault("digits", "is out of range", str(query.digits), _whole_rule(1, settings.max_digits))
    elif digits_given and query.precision != "decimal":
        yield Fault("digits", "goes with precision=decimal only", str(query.digits), "leave it out")
    if query.precision == "decimal":
        if not system.is_rational:
            rule = f"auto or double: the step of {system.name} is not rational, so decimal is not available for it"
            yield Fault("precision", "is not available for this system", "decimal", rule)
        elif query.digits <= settings.max_digits:
            yield from too_much_decimal(query, settings)
        if not FORMATS[query.format].holds_decimals:
            rule = f"{', '.join(name for name, f in FORMATS.items() if f.holds_decimals)}; or precision=double"
            yield Fault("format", "holds doubles only", query.format, rule)


@lru_cache(maxsize=1024)
def _is_well_selected(selection: Selection, form: str, settings: Settings) -> bool:
    return not any(_badly_selected(selection, form, settings))


def _badly_selected(selection: Selection, form: str, settings: Settings) -> Iterator[Fault]:
    """What is wrong with the choice of iterates."""
    steps, skip, every, start = selection
    if not 1 <= steps <= settings.max_steps:
        yield Fault("steps", "is out of range", str(steps), _whole_rule(1, settings.max_steps))
        return  # what the others may be follows from it
    if skip >= steps:
        yield Fault("skip", "leaves no iterate", str(skip), _whole_rule(0, steps - 1))
    elif not every:
        yield Fault("every", "is out of range", "0", _whole_rule(1, steps))
    elif not selection.records - start:
        yield Fault("every", f"keeps no iterate after {skip} and up to {steps}", str(every), _whole_rule(1, steps))
    elif selection.records > (bound := FORMATS[form].bound(settings)):
        wider = max(every, (steps - skip) // bound)
        while selection._replace(every=wider).records > bound:
            wider += 1
        shorter = (skip // every + bound - start + 1) * every - 1
        problem = f"makes {selection.records} records, more than {form} may hold"
        yield Fault("steps", problem, str(steps), f"at most {bound} records: every={wider} or steps={shorter} fits")


def _faults(
    pairs: list[tuple[str, str]], system: System | None, settings: Settings, negotiated: str | None
) -> list[Fault]:
    """Every fault of a refused query: parameters in the order given, then the missing ones."""
    inputs = system.inputs if system else tuple(dict.fromkeys(name for s in SYSTEMS.values() for name in s.inputs))
    known = OPTIONS + inputs
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    faults = {
        name: fault for name, values in given.items() if (fault := _fault(name, values, known, settings)) is not None
    }
    if system:
        for name in system.inputs:
            if name not in given:
                faults[name] = Fault(name, f"is missing: {system.name} needs it", None, _NUMBER_RULE)
    # What stands in for the faulty is valid, so that the bounds of the others can be told at once.
    checked = system or SYSTEMS[DEFAULT]
    fields = OPTIONS + checked.inputs
    sound = {name: values[0] for name, values in given.items() if name in fields and name not in faults}
    values = {**dict.fromkeys(checked.inputs, "1"), **sound}
    query = _resolved(astuple(convert(values, query_type(checked))), checked, negotiated)
    for fault in _out_of_bounds(query, "digits" in sound and "precision" not in faults, settings):
        faults.setdefault(fault.parameter, fault)
    return list(faults.values())


def _fault(name: str, values: list[str], known: tuple[str, ...], settings: Settings) -> Fault | None:
    """What is wrong with the form of one parameter's values."""
    if name not in known:
        problem = "has a broken percent-encoding" if isinstance(name, _Broken) else "is unknown"
        allowed = f"the nearest known name is {nearest(name, known)}; known are {', '.join(known)}"
        return Fault(shown(name), problem, shown(values[0]), allowed)
    value = values[0]
    rule, wrong_form = _form(name, value, settings)
    if len(values) > 1:
        return Fault(name, f"is given {len(values)} times", [shown(v) for v in values], rule)
    if isinstance(value, _Broken):
        return Fault(name, "has a broken percent-encoding", shown(value), rule)
    if not value:
        return Fault(name, "is empty", "", rule)
    return Fault(name, wrong_form, shown(value), rule) if wrong_form else None


def _form(name: str, value: str, settings: Settings) -> tuple[str, str | None]:
    """What the form of a parameter must be, and how `value` is not of it."""
    match name:
        case "system":
            rule = f"the nearest known is {nearest(value, tuple(SYSTEMS))}; known are {', '.join(SYSTEMS)}"
            return rule, None if value in SYSTEMS else "is not a known system"
        case "precision":
            return "auto, double or decimal", None if _is(value, Precision) else "is not a known precision"
        case "include_start":
            return "true or false", None if value in ("true", "false") else "is neither true nor false"
        case "format":
            rule = f"the nearest known is {nearest(value, tuple(FORMATS))}; known are {', '.join(FORMATS)}"
            return rule, None if value in FORMATS else "is not a known format"
        case "steps" | "every":
            return _whole_rule(1, settings.max_steps), None if _is(value, Whole) else "is not a whole number"
        case "skip":
            return _whole_rule(0, settings.max_steps), None if _is(value, Whole) else "is not a whole number"
        case "digits":
            return _whole_rule(1, settings.max_digits), None if _is(value, Whole) else "is not a whole number"
    if _is(value, Number):
        return _NUMBER_RULE, _out_of_range(float(value), value)
    if len(value) > MAX_NUMBER_LENGTH:
        return _NUMBER_RULE, f"is {len(value)} characters long; the limit is {MAX_NUMBER_LENGTH}"
    if value.strip("+-").casefold() in ("nan", "inf", "infinity"):
        return _NUMBER_RULE, "is not finite"
    return _NUMBER_RULE, "is not a plain decimal number"


def _whole_rule(lowest: int, highest: int) -> str:
    return f"a whole number from {lowest} to {highest}"


def _is(value: str, form: object) -> bool:
    try:
        convert(value, form)
    except ValidationError:
        return False
    return True
