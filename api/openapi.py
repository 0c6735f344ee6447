"""The OpenAPI description of what computes, whose queries Litestar does not read and so cannot describe.

Names, bounds and examples are those of the catalogue, the options and the settings.
"""

from collections.abc import Mapping
from typing import Any

from litestar.openapi.spec import Operation

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.analysis_query import DOUBLE, WHOLE, AnalysisQuery
from attractor.api.endpoints.orbit_answer import LOOKAHEAD
from attractor.api.formats import Format
from attractor.api.http.caching import CACHE_CONTROL, VARY
from attractor.api.problems import MEDIA_TYPE, Problem
from attractor.api.queries.calculation_query import Options
from attractor.api.queries.parameters import SIDE, Flag, Kind, Number, Option, Swept, names_of
from attractor.api.resource import Resource
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.system import System


def operation_class(resource: Resource[Any, Any], settings: Settings) -> type[Operation]:
    """What Litestar makes the operation of a resource's route of; it needs the schema of Problem among components."""

    class Described(Operation):
        def __init__(self, **made: Any) -> None:
            super().__init__(**made)
            self.described = _described(resource, settings)

        def to_schema(self) -> dict[str, Any]:
            return self.described

    return Described


def _described(resource: Resource[Any, Any], settings: Settings) -> dict[str, Any]:
    match resource:
        case Analysis(kinds={"": kind}):
            return _analysis(resource, kind, settings)
        case Analysis():
            return _pictures(resource, settings)
        case _:
            return _calculation(resource, settings)


def _calculation(resource: Resource[Any, Any], settings: Settings) -> dict[str, Any]:
    inputs = dict.fromkeys(names_of(None, lambda system: system.inputs), Number())
    left_at = _header(
        "The n at which the orbit left the range of that arithmetic; absent where it did not, or did so after more "
        f"than {LOOKAHEAD} steps.",
        "9",
    )
    return _operation(
        resource,
        "One orbit",
        "Iterates of a system of the catalogue, by default each from 1 to `steps`. Every initial condition and "
        "parameter of the system is required, so that the URL is a complete citation; none of another is accepted. In "
        "text, null (in CSV, nothing) stands for a value that is not finite.",
        [*_options(Options.options(), _bounds(resource.formats, settings), settings), *_inputs(inputs, settings)],
        {"attractor-left-range-at": left_at},
        _either(_named(dict.fromkeys(_COORDINATES, _VALUE)) | {"^n$": WHOLE}, {}),
        {
            "json": {"value": [{"n": 1, "x": 9, "y": -6, "z": 1}]},
            "columns": {"value": {"n": [1], "x": [9], "y": [-6], "z": [1]}},
        },
    )


def _analysis(resource: Analysis, query: type[AnalysisQuery], settings: Settings) -> dict[str, Any]:
    options, inputs = query.parameters(), dict.fromkeys(names_of(None, query.inputs_of), Swept())
    sides = {name: Option(SIDE, None) for name in names_of(None, query.sides_of)}
    values = _named(dict.fromkeys((*inputs, *_COORDINATES), DOUBLE)) | query.columns
    said = {name: Swept().schema(settings) for name in inputs}
    said |= {name: _said(option, settings) for name, option in (sides | options).items() if name != "format"}
    echo = {"type": "object", "properties": said, "additionalProperties": False}
    summed = "; ".join(f"{name}: {schema['description']}" for name, schema in query.summary.items())
    return _operation(
        resource,
        query.title,
        f"{query.description} Every input is a number, a range start:stop:count or a list 1,2,5; several of them "
        "form a grid, the last named by /systems varying fastest. The JSON object repeats the query with every default"
        + (f", and holds {summed}." if summed else "."),
        [
            *_options(options, _bounds(query.formats, settings), settings),
            *_options(sides, {}, settings),
            *_inputs(inputs, settings),
        ],
        {},
        _either(values, {"query": echo, **query.summary}),
        {},
    )


def _pictures(resource: Analysis, settings: Settings) -> dict[str, Any]:
    uses: dict[str, list[str]] = {}
    options: dict[str, Option] = {}
    for of, query in resource.kinds.items():
        options |= query.parameters()
        for name in query.parameters():
            uses.setdefault(name, []).append(of)
    options["format"] = options.pop("format")
    more = {name: f" With of={' or '.join(of)}." for name, of in uses.items() if len(of) < len(resource.kinds)}
    inputs = dict.fromkeys(names_of(None, query.inputs_of), Swept())
    parameters = [*_options(options, more, settings), *_inputs(inputs, settings)]
    return _operation(resource, query.title, query.description, parameters, {}, {}, {})


def _operation(
    resource: Resource[Any, Any],
    title: str,
    about: str,
    parameters: list[dict[str, Any]],
    headers: dict[str, Any],
    schema: dict[str, Any],
    examples: dict[str, Any],
) -> dict[str, Any]:
    others: dict[str, Any] = {
        f.media_type: {"schema": {"type": "string"}} if f.is_text else {} for f in resource.formats.values()
    }
    naming = {
        "link": _header("The canonical URL of the answer.", f'<{resource.path}?system=henon&…>; rel="canonical"'),
        "etag": _header("The answer's strong validator.", '"5f0b6c1d2e3f405162738495"'),
        "cache-control": _header("How long it may be kept.", CACHE_CONTROL.decode()),
        "vary": _header("The request headers that it depends on.", VARY.decode()),
    }
    describing = {
        "content-disposition": _header("A filename.", 'attachment; filename="henon-20.csv"'),
        "attractor-arithmetic": _header("Which arithmetic answered.", "decimal; digits=28"),
    }
    json = {"schema": schema} | ({"examples": examples} if examples else {})
    return {
        "operationId": resource.path[1:].title().replace("-", ""),
        "summary": title,
        "description": about,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "A pure function of the URL and the version.",
                "headers": {n: h | {"required": True} for n, h in (naming | describing).items()} | headers,
                "content": others | ({"application/json": json} if "application/json" in others else {}),
            },
            "304": {
                "description": "What If-None-Match names is the answer still.",
                "headers": {n: h | {"required": True} for n, h in naming.items()},
            },
            "400": _refusal("The query names no answer; errors lists every offending parameter.", "errors"),
            "503": _refusal("Too much is being computed now; Retry-After says when to ask again."),
            "406": _refusal("Accept takes none of the formats, and the query names none."),
        },
    }


def _refusal(description: str, *more: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"} | ({"required": [*more]} if more else {})
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _options(options: Mapping[str, Option], more: Mapping[str, str], settings: Settings) -> list[dict[str, Any]]:
    """Parameters, with more to say of some."""
    return [
        _parameter(name, option.kind.description + more.get(name, ""), option.schema(settings))
        for name, option in options.items()
    ]


def _bounds(formats: dict[str, Format], settings: Settings) -> dict[str, str]:
    bounds = ", ".join(f"{name} {form.bound(settings)}" for name, form in formats.items())
    return {"format": f" Records that each may hold: {bounds}."}


def _inputs(kinds: Mapping[str, Kind], settings: Settings) -> list[dict[str, Any]]:
    """Each initial condition and parameter of the catalogue, once, with the systems that it belongs to."""
    users: dict[str, list[System]] = {name: [] for name in kinds}
    for system in SYSTEMS.values():
        for name in system.inputs:
            if name in users:
                users[name].append(system)
    return [
        _parameter(
            name,
            f"Required by {', '.join(s.name for s in systems)}; refused elsewhere.",
            kinds[name].schema(settings),
        )
        | {"examples": {s.name: {"value": s.canonical[name]} for s in systems}}
        for name, systems in users.items()
    ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


_VALUE = {"type": ["number", "string", "null"]}
_COORDINATES = names_of(None, lambda system: system.state)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Schemas by patterns that match their names alone."""
    return {f"^{name}$": schema for name, schema in values.items()}


def _either(values: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """Records of such values, in format=json alone or in an object `beside` others; or format=columns."""
    columns = {pattern: {"type": "array", "items": schema} for pattern, schema in values.items()}
    record, table = (
        {"type": "object", "patternProperties": patterns, "additionalProperties": False, "minProperties": 1}
        for patterns in (values, columns)
    )
    records = {"type": "array", "items": record}
    held = beside | {"records": records}
    whole = {"type": "object", "properties": held, "required": list(held), "additionalProperties": False}
    return {"oneOf": [whole if beside else records, table]}


def _said(option: Option, settings: Settings) -> dict[str, Any]:
    """The schema of an option as an answer repeats it."""
    return {"type": "boolean"} if isinstance(option.kind, Flag) else option.kind.schema(settings)
