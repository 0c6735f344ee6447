"""Reads a query string as a valid query for one orbit.

The good path is one `msgspec.convert` into the system's own struct. It stops at the first fault, so a
refused query is gone through again, parameter by parameter, to name every fault at once.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import ceil
from typing import Annotated, Any, ClassVar, Literal, cast, get_args

from msgspec import ValidationError, convert, defstruct
from msgspec.structs import astuple

from attractor.api.formats import DEFAULT_FORMAT, FORMATS
from attractor.api.problems import BadQuery, Fault, NotAcceptable, as_given
from attractor.api.queries import numbers
from attractor.api.queries.numbers import canonical, canonical_if_plain, parse_whole, whole_rule
from attractor.api.queries.orbit_query import (
    Arithmetic,
    OrbitQuery,
    Precision,
    canonical_form,
    memory,
    seconds,
    too_long_correct,
    too_much_decimal,
)
from attractor.api.queries.parameters import (
    PINNED,
    SYSTEM,
    Choice,
    Declared,
    Flag,
    Number,
    Ranges,
    Where,
    Whole,
    names_of,
    parse_parameters,
)
from attractor.api.queries.query_string import parse_pairs
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.decimals import DIGITS
from attractor.core.edition import EDITION
from attractor.core.selection import Selection
from attractor.core.system import System, per_system

_SETTLED = ("precision", "digits")
"""Options that `correct` stands in place of."""
_SHORT = 100  # characters of options together that are kept


def _kernel(system: System) -> object:
    """The one that an orbit may need; a short one does without Numba."""
    from attractor.core.kernel import orbit_kernel

    return orbit_kernel(system)


class Options(Declared, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a query, beside its system's inputs. Numbers stay text until they are checked against bounds."""

    system: Annotated[str, SYSTEM] = DEFAULT
    steps: Annotated[numbers.Whole, Whole("The number of iterations.", 1)] = "20"
    skip: Annotated[numbers.Whole, Whole("The transient: iterations whose iterates are dropped.", 0)] = "0"
    every: Annotated[numbers.Whole, Whole("The answer has the iterates whose n this divides.", 1)] = "1"
    include_start: Annotated[Literal["false", "true"], Flag("Whether the answer begins with n = 0.")] = "false"
    precision: Annotated[
        Precision,
        Choice(
            "double: IEEE 754. decimal: `digits` significant digits, as strings. auto: double, or decimal where the "
            "orbit leaves its range.",
            get_args(Precision),
            "is not a known precision",
            is_long=False,
        ),
    ] = "auto"
    digits: Annotated[
        numbers.Whole,
        Whole("Significant digits, with precision=decimal only.", 1, lambda s: s.max_digits),
    ] = str(DIGITS)
    correct: Annotated[
        numbers.Whole | None,
        Whole(
            "Significant digits as strings, each one of the exact orbit; in place of precision and digits.",
            1,
            lambda s: s.max_digits,
        ),
    ] = None
    format: Annotated[
        str,
        Choice(
            "The format of the answer; it overrides Accept. columns is json, one array a column; npy holds doubles "
            "only.",
            tuple(FORMATS),
            "is not a known format",
        ),
    ] = DEFAULT_FORMAT
    edition: Annotated[numbers.Whole | None, PINNED] = None

    kernels = (_kernel,)
    cheap: ClassVar[Ranges] = {"steps": (20, 40), "skip": (0, 10), "every": (1, 10)}


_COUNT = len(Options.__struct_fields__)
_LESS = "at most %d: another format, or fewer steps"


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
    pairs = parse_pairs(raw)
    values = dict(pairs)
    system = SYSTEMS.get(values.get("system", DEFAULT))
    if system is not None and len(values) == len(pairs):
        try:
            given = convert(values, query_type(system))
            query = _resolve(given, system, None if "format" in values else negotiated)
        except ValidationError:
            pass
        else:
            if _is_within_bounds(query, values, settings):
                if negotiated is None and "format" not in values:
                    raise NotAcceptable
                return query
    raise BadQuery(_faults(pairs, system, settings, negotiated))


def _resolve(given: Options, system: System, negotiated: str | None) -> OrbitQuery:
    """The query that the texts `given` mean, in the format `negotiated` where there is one.

    Raises ValidationError where an input is no number in range or the format unknown.
    """
    texts = astuple(given)
    inputs = texts[_COUNT:]
    plain = canonical_if_plain(inputs)
    inputs = tuple(plain or map(_canonical, convert(inputs, tuple[numbers.Number, ...])))
    values = tuple(map(float, inputs))
    start, parameters = values[: system.dimension], values[system.dimension :]
    options = texts[1:_COUNT]
    read = _options if sum([len(text or "") for text in options]) <= _SHORT else _options.__wrapped__
    return OrbitQuery(system, inputs, start, parameters, *read(system, options, negotiated))


def _canonical(text: str) -> str:
    if problem := numbers.out_of_range(text):
        raise ValidationError(problem)
    return canonical(text)


@lru_cache(maxsize=1024)  # few choices are asked for over and over
def _options(
    system: System, texts: tuple[Any, ...], negotiated: str | None
) -> tuple[Selection, Arithmetic, int, str, int | None, int, int, str]:
    """The fields of Options as an OrbitQuery holds them.

    Raises ValidationError where the format is unknown, or the edition another one.
    """
    steps, skip, every, include_start, precision, digits, correct, form, edition = texts
    if correct is not None:
        precision, digits = "correct", correct
    form = negotiated or form
    if form not in FORMATS:
        raise ValidationError(f"unknown format {form}")
    try:
        selection = Selection(parse_whole(steps), parse_whole(skip), parse_whole(every), include_start == "true")
        count = parse_whole(digits)
        pinned = None if edition is None else parse_whole(edition)
    except ValueError as error:
        raise ValidationError(str(error)) from None
    if pinned not in (None, EDITION):
        raise ValidationError(f"another edition, {edition}")
    # A skip or every out of range has yet to be refused: 0 is no divisor.
    sizes = (selection.last, selection.records) if selection.every else (0, 0)
    spelled = canonical_form(system, selection, precision, count, form)
    return selection, precision, count, form, pinned, *sizes, spelled


def _is_within_bounds(query: OrbitQuery, given: Mapping[str, str], settings: Settings) -> bool:
    if "digits" in given or query.precision in ("decimal", "correct"):
        return not any(_bound_faults(query, given, settings))
    return _is_well_selected(query.system, query.selection, query.format, settings)


def _bound_faults(query: OrbitQuery, given: Mapping[str, str], settings: Settings) -> Iterator[Fault]:
    """Yields faults of a well-formed query that exceeds a limit or contradicts itself; `given` are its own options."""
    system = query.system
    yield from _selection_faults(system, query.selection, query.format, settings)
    if query.precision == "correct":
        yield from _not_correct(query, given, settings)
        return
    digits_given = "digits" in given
    if not 1 <= query.digits <= settings.max_digits:
        yield Fault("digits", "is out of range", str(query.digits), whole_rule(1, settings.max_digits))
    elif digits_given and query.precision != "decimal":
        yield Fault("digits", "applies to precision=decimal only", str(query.digits), "leave it out")
    if query.precision == "decimal":
        if query.digits <= settings.max_digits:
            yield from too_much_decimal(query, settings)
            yield from _too_large(query, "digits", settings)
        yield from _not_held(query)


def _not_correct(query: OrbitQuery, given: Mapping[str, str], settings: Settings) -> Iterator[Fault]:
    """Yields faults of a query for correct digits that cannot be computed."""
    for name in filter(given.__contains__, _SETTLED):
        yield Fault(name, "is given beside correct, which decides it", given[name], "leave one of the two out")
    if not 1 <= query.digits <= settings.max_digits:
        yield Fault("correct", "is out of range", str(query.digits), whole_rule(1, settings.max_digits))
    else:
        yield from too_long_correct(query, settings)
        yield from _too_large(query, "correct", settings)
    yield from _not_held(query)


def _too_large(query: OrbitQuery, parameter: str, settings: Settings) -> Iterator[Fault]:
    if query.memory > settings.max_memory:
        problem = f"would take about {query.memory} bytes of memory; the limit is {settings.max_memory}"
        yield Fault(parameter, problem, str(query.digits), _LESS % settings.max_memory)


def _not_held(query: OrbitQuery) -> Iterator[Fault]:
    if not FORMATS[query.format].holds_decimals:
        rule = f"{', '.join(name for name, f in FORMATS.items() if f.holds_decimals)}; or precision=double"
        yield Fault("format", "holds doubles only", query.format, rule)


@lru_cache(maxsize=1024)
def _is_well_selected(system: System, selection: Selection, form: str, settings: Settings) -> bool:
    return not any(_selection_faults(system, selection, form, settings))


def _selection_faults(system: System, selection: Selection, form: str, settings: Settings) -> Iterator[Fault]:
    """Yields faults of the choice of iterates."""
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
        problem = f"would give {selection.records} records; the limit of {form} is {bound}"
        yield Fault("steps", problem, str(steps), f"at most {bound} records: every={wider} or steps={shorter} fits")
    elif (cost := seconds(system, selection, form)) > settings.max_seconds:
        problem = f"would take about {ceil(cost)} CPU seconds; the limit is {settings.max_seconds}"
        rule = f"at most {settings.max_seconds}: fewer steps, or a greater every"
        yield Fault("steps", problem, str(steps), rule)
    elif (held := memory(system, selection, form)) > settings.max_memory:
        problem = f"would take about {held} bytes of memory; the limit is {settings.max_memory}"
        yield Fault("format", problem, form, _LESS % settings.max_memory)


def _faults(
    pairs: list[tuple[str, str]], system: System | None, settings: Settings, negotiated: str | None
) -> list[Fault]:
    """Every fault of a refused query: parameters in the order given, then the missing ones."""
    inputs = names_of(system, lambda each: each.inputs)
    kinds = {name: option.kind for name, option in Options.options().items()} | dict.fromkeys(inputs, Number())
    parsed, faults = parse_parameters(pairs, kinds, system.inputs if system else (), Where(system, settings))
    # What stands in for the faulty is valid, so that the bounds of the others can be told at once.
    checked = system or SYSTEMS[DEFAULT]
    fields = (*Options.options(), *checked.inputs)
    sound = {name: kinds[name].spell(parsed[name]) for name in fields if name in parsed}
    values = dict.fromkeys(checked.inputs, "1") | sound
    given = convert(values, query_type(checked))
    query = _resolve(given, checked, None if "format" in values else negotiated)
    told = {} if faults.keys() & {"correct", "precision"} - sound.keys() else sound
    texts = dict(pairs)
    for fault in _bound_faults(query, told, settings):
        faults.setdefault(fault.parameter, as_given(fault, texts))
    return list(faults.values())
