"""From a query string to a validated query.

The good path is one `msgspec.convert` into the system's own struct. It stops at the first fault, so a
refused query is gone through again, parameter by parameter, to name every fault at once.
"""

import re
from collections.abc import Iterator
from decimal import Context, Decimal
from functools import cache
from math import isinf
from typing import Annotated, Literal, cast
from urllib.parse import unquote_to_bytes

from msgspec import Meta, Struct, ValidationError, convert, defstruct
from msgspec.structs import astuple

from api.problems import BadQuery, Fault, nearest, shown
from api.settings import Settings
from core.decimals import DIGITS, work
from core.kernel import Floats
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
_PLAIN_INTEGER_DIGITS = 16  # from here on repr(float), too, writes a whole number with an exponent

Number = Annotated[str, Meta(pattern=_NUMBER, max_length=MAX_NUMBER_LENGTH)]
Whole = Annotated[str, Meta(pattern=_WHOLE, max_length=MAX_NUMBER_LENGTH)]
Precision = Literal["auto", "double", "decimal"]


class Options(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a query may say beside its system's initial conditions and parameters, as text."""

    system: str = DEFAULT
    steps: Whole = "20"
    precision: Precision = "auto"
    digits: Whole | None = None


OPTIONS = Options.__struct_fields__


@cache
def query_type(system: System) -> type[Options]:
    """The struct of a query for `system`: its initial conditions and parameters, all required, and the options."""
    inputs = [(name, Number) for name in system.inputs]
    name = f"{system.step.__name__}_query"
    struct = defstruct(name, inputs, bases=(Options,), kw_only=True, forbid_unknown_fields=True)
    return cast(type[Options], struct)


class OrbitQuery(Struct, frozen=True):
    """A valid query for one orbit."""

    system: System
    inputs: tuple[str, ...]
    """The initial conditions, then the parameters, as written."""
    start: Floats
    parameters: Floats
    steps: int
    precision: Precision
    digits: int

    def exact(self) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
        """Initial conditions and parameters with every digit that was written."""
        values = tuple(map(_exact, self.inputs))
        return values[: self.system.dimension], values[self.system.dimension :]

    def work_per_step(self) -> int:
        """What a step costs in decimal, in the units of `core.decimals.work`."""
        return work(self.system, max(self.digits, *map(len, self.inputs)))


def read_query(raw: bytes, settings: Settings) -> OrbitQuery:
    """The query that a URL's query string spells. Raises BadQuery, naming every fault."""
    pairs = _split(raw)
    values = dict(pairs)
    system = SYSTEMS.get(values.get("system", DEFAULT))
    if system is not None and len(values) == len(pairs):
        try:
            query = _resolved(convert(values, query_type(system)), system)
        except ValidationError:
            pass
        else:
            if not any(_out_of_bounds(query, "digits" in values, settings)):
                return query
    raise BadQuery(_faults(pairs, system, settings))


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


def _resolved(query: Options, system: System) -> OrbitQuery:
    inputs = astuple(query)[len(OPTIONS) :]
    numbers = tuple(map(float, inputs))
    return OrbitQuery(
        system,
        inputs,
        numbers[: system.dimension],
        numbers[system.dimension :],
        int(query.steps),
        query.precision,
        int(query.digits or DIGITS),
    )


def _exact(text: str) -> Decimal:
    """The value as written, in the one form that all its spellings share: 1, 1.0 and 1e0 give 1."""
    if float(text) == 0:  # whose exponent may be past what Decimal takes
        return Decimal("-0" if text.startswith("-") else "0")
    value = _EXACT.normalize(Decimal(text))
    if value.adjusted() < _PLAIN_INTEGER_DIGITS and value == value.to_integral_value():
        return value.quantize(Decimal(1))
    return value


def _out_of_bounds(query: OrbitQuery, digits_given: bool, settings: Settings) -> Iterator[Fault]:
    """What a query of the right form asks for and cannot have."""
    system = query.system
    numbers = query.start + query.parameters
    for name, text, number in zip(system.inputs, query.inputs, numbers, strict=True):
        if isinf(number):
            yield Fault(name, "is out of range: larger than any double", shown(text), _NUMBER_RULE)
        elif number == 0 and _NOT_ZERO.match(text):
            yield Fault(name, "is out of range: closer to zero than any double", shown(text), _NUMBER_RULE)
    if not 1 <= query.steps <= settings.max_steps:
        yield Fault("steps", "is out of range", str(query.steps), _whole_rule(settings.max_steps))
    if not 1 <= query.digits <= settings.max_digits:
        yield Fault("digits", "is out of range", str(query.digits), _whole_rule(settings.max_digits))
    elif digits_given and query.precision != "decimal":
        yield Fault("digits", "goes with precision=decimal only", str(query.digits), "leave it out")
    if query.precision == "decimal":
        if not system.is_rational:
            rule = f"auto or double: the step of {system.name} is not rational, so decimal is not available for it"
            yield Fault("precision", "is not available for this system", "decimal", rule)
        elif query.digits <= settings.max_digits:
            yield from too_much_decimal(query, settings)


def too_much_decimal(query: OrbitQuery, settings: Settings) -> Iterator[Fault]:
    """A fault where the decimal evaluation of `query` would cost more than the bound."""
    bound = settings.max_decimal_work // query.work_per_step()
    if query.steps > bound:
        why = f"is too large for decimal arithmetic of {query.digits} digits"
        yield Fault("steps", why, str(query.steps), f"at most {bound} there, or precision=double")


def _faults(pairs: list[tuple[str, str]], system: System | None, settings: Settings) -> list[Fault]:
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
    query = _resolved(convert({**dict.fromkeys(checked.inputs, "1"), **sound}, query_type(checked)), checked)
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
        case "steps":
            return _whole_rule(settings.max_steps), None if _is(value, Whole) else "is not a whole number"
        case "digits":
            return _whole_rule(settings.max_digits), None if _is(value, Whole) else "is not a whole number"
    if _is(value, Number):
        return _NUMBER_RULE, None
    if len(value) > MAX_NUMBER_LENGTH:
        return _NUMBER_RULE, f"is {len(value)} characters long; the limit is {MAX_NUMBER_LENGTH}"
    if value.strip("+-").casefold() in ("nan", "inf", "infinity"):
        return _NUMBER_RULE, "is not finite"
    return _NUMBER_RULE, "is not a plain decimal number"


def _whole_rule(bound: int) -> str:
    return f"a whole number from 1 to {bound}"


def _is(value: str, form: object) -> bool:
    try:
        convert(value, form)
    except ValidationError:
        return False
    return True
