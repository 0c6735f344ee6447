"""The OpenAPI description of what computes, whose queries Litestar does not read and so cannot describe.

Names, bounds and examples are those of the catalogue, the options and the settings.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litestar.openapi.spec import Operation
from msgspec.structs import replace

from api.analysis import DOUBLE, WHOLE, Analysis
from api.answer import LOOKAHEAD
from api.caching import CACHE_CONTROL, VARY
from api.endpoint import Resource
from api.formats import Format
from api.options import SYSTEM, Flag, Form, Number, Option, Swept, names_of
from api.picture import Pictures
from api.problems import MEDIA_TYPE, Problem
from api.query import OPTIONS
from api.settings import Settings
from core.system import System
from core.systems import SYSTEMS


def operation_class(resource: Resource, settings: Settings) -> type[Operation]:
    """What Litestar makes the operation of a resource's route of; it needs the schema of Problem among components."""

    class Described(Operation):
        def __init__(self, **made: Any) -> None:
            super().__init__(**made)
            self.described = _described(resource, settings)

        def to_schema(self) -> dict[str, Any]:
            return self.described

    return Described


def _described(resource: Resource, settings: Settings) -> dict[str, Any]:
    match resource:
        case Analysis():
            return _analysis(resource, settings)
        case Pictures():
            return _pictures(resource, settings)
        case _:
            return _calculation(resource, settings)


def _calculation(resource: Resource, settings: Settings) -> dict[str, Any]:
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
        [*_options(OPTIONS, resource.formats, settings), *_inputs(inputs, settings)],
        {"attractor-left-range-at": left_at},
        _either(_named(dict.fromkeys(_COORDINATES, _VALUE)) | {"^n$": WHOLE}, lambda records: records),
        {
            "json": {"value": [{"n": 1, "x": 9, "y": -6, "z": 1}]},
            "columns": {"value": {"n": [1], "x": [9], "y": [-6], "z": [1]}},
        },
    )


def _analysis(analysis: Analysis, settings: Settings) -> dict[str, Any]:
    options = (SYSTEM, *analysis.options, analysis.format_option)
    inputs = dict.fromkeys(analysis.inputs(None), Swept())
    values = _named(dict.fromkeys((*inputs, *_COORDINATES), DOUBLE)) | analysis.columns
    said = {name: Swept().schema(settings) for name in inputs} | {o.name: _said(o, settings) for o in options[:-1]}
    summed = "; ".join(f"{name}: {schema['description']}" for name, schema in analysis.summary.items())
    return _operation(
        analysis,
        analysis.title,
        f"{analysis.about} Every input is a number, a range start:stop:count or a list 1,2,5; several of them form a "
        "grid, the last named by /systems varying fastest. The JSON object repeats the query with every default"
        + (f", and holds {summed}." if summed else "."),
        [*_options(options, analysis.formats, settings), *_inputs(inputs, settings)],
        {},
        _either(
            values,
            lambda records: _object(
                {
                    "query": {"type": "object", "properties": said, "additionalProperties": False},
                    **analysis.summary,
                    "records": records,
                }
            ),
        ),
        {},
    )


def _pictures(pictures: Pictures, settings: Settings) -> dict[str, Any]:
    uses: dict[str, list[str]] = {}
    for name, kind in pictures.kinds.items():
        for option in kind.options:
            uses.setdefault(option.name, []).append(name)
    options = {option.name: option for kind in pictures.kinds.values() for option in kind.options}
    some, *_ = pictures.kinds.values()
    described = [
        option
        if len(uses[option.name]) == len(pictures.kinds)
        else replace(option, about=f"{option.about} With of={' or '.join(uses[option.name])}.")
        for option in options.values()
    ]
    inputs = dict.fromkeys(some.inputs(None), Swept())
    return _operation(
        pictures,
        some.title,
        some.about,
        [
            *_options((SYSTEM, *described, some.format_option), {}, settings),
            *_inputs(inputs, settings),
        ],
        {},
        {},
        {},
    )


def _operation(
    resource: Resource,
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


def _options(options: Sequence[Option], formats: dict[str, Format], settings: Settings) -> list[dict[str, Any]]:
    bounds = ", ".join(f"{name} {f.bound(settings)}" for name, f in formats.items())
    more = {"format": f" Records that each may hold: {bounds}."} if formats else {}
    return [_parameter(o.name, o.about + more.get(o.name, ""), o.schema(settings)) for o in options]


def _inputs(forms: Mapping[str, Form], settings: Settings) -> list[dict[str, Any]]:
    """Each initial condition and parameter of the catalogue, once, with the systems that it belongs to."""
    users: dict[str, list[System]] = {name: [] for name in forms}
    for system in SYSTEMS.values():
        for name in system.inputs:
            if name in users:
                users[name].append(system)
    return [
        _parameter(
            name,
            f"Required by {', '.join(s.name for s in systems)}; refused elsewhere.",
            forms[name].schema(settings),
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


def _either(values: dict[str, Any], whole: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Records of such values, as they are wrapped in format=json; or format=columns."""
    columns = {pattern: {"type": "array", "items": schema} for pattern, schema in values.items()}
    record, table = (
        {"type": "object", "patternProperties": patterns, "additionalProperties": False, "minProperties": 1}
        for patterns in (values, columns)
    )
    return {"oneOf": [whole({"type": "array", "items": record}), table]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _said(option: Option, settings: Settings) -> dict[str, Any]:
    """The schema of an option as an answer repeats it."""
    return {"type": "boolean"} if isinstance(option.form, Flag) else option.form.schema(settings)
