"""The OpenAPI description of /calculation, which Litestar does not route and so cannot describe.

Names, bounds and examples are those of the catalogue, the query structs and the settings.
"""

from typing import Any, get_args

from litestar.openapi.spec import OpenAPI

from api.answer import LOOKAHEAD
from api.calculation import PATH
from api.formats import DEFAULT_FORMAT, FORMATS
from api.orbit_query import Precision
from api.problems import MEDIA_TYPE, Problem
from api.query import Options
from api.settings import Settings
from core.decimals import DIGITS
from core.system import System
from core.systems import SYSTEMS

_DEFAULTS = Options()


def describe_calculation(document: OpenAPI, settings: Settings) -> None:
    """Add /calculation to `document`, whose components already hold the schema of Problem."""
    if document.paths is None:
        raise ValueError("the document has no paths")
    document.paths[PATH] = {"get": _operation(settings)}  # type: ignore[assignment]  # rendered as it is


def _operation(settings: Settings) -> dict[str, Any]:
    return {
        "operationId": "Calculation",
        "summary": "One orbit",
        "description": "Iterates of a system of the catalogue, by default each from 1 to `steps`. Every initial "
        "condition and parameter of the system is required, so that the URL is a complete citation; none of another "
        "is accepted.",
        "parameters": [*_options(settings), *_inputs()],
        "responses": {
            "200": {
                "description": "The kept iterates in order. In text, null (in CSV, nothing) stands for a value that is "
                "not finite. A pure function of the URL and the version.",
                "headers": {
                    "attractor-arithmetic": _header(
                        "Which arithmetic answered: double, or decimal with its digits.", "decimal; digits=28"
                    ),
                    "attractor-left-range-at": _header(
                        "The n at which the orbit left the range of that arithmetic; absent where it did not, or did "
                        f"so after more than {LOOKAHEAD} steps.",
                        "9",
                    ),
                    "link": _header("The canonical URL of the answer.", f'<{PATH}?system=henon&…>; rel="canonical"'),
                    "etag": _header("The answer's strong validator.", '"5f0b6c1d2e3f405162738495"'),
                    "content-disposition": _header("A filename.", 'attachment; filename="henon-20.csv"'),
                },
                "content": _contents(),
            },
            "304": {"description": "What If-None-Match names is the answer still."},
            "400": _refusal("The query names no orbit; errors lists every offending parameter."),
            "406": _refusal("Accept takes none of the formats, and the query names none."),
        },
    }


def _refusal(description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _contents() -> dict[str, Any]:
    json = {
        "schema": {"oneOf": [_records(), _columns()]},
        "examples": {
            "json": {"value": [{"n": 1, "x": 9, "y": -6, "z": 1}]},
            "columns": {"value": {"n": [1], "x": [9], "y": [-6], "z": [1]}},
        },
    }
    others: dict[str, Any] = {f.media_type: {"schema": {"type": "string"}} for f in FORMATS.values()}
    return others | {FORMATS[DEFAULT_FORMAT].media_type: json}


def _options(settings: Settings) -> list[dict[str, Any]]:
    steps, digits = settings.max_steps, settings.max_digits
    flag = ["false", "true"]
    bounds = ", ".join(f"{name} {f.bound(settings)}" for name, f in FORMATS.items())
    precision = (
        "double: IEEE 754 throughout. decimal: numbers as strings, of `digits` significant digits. auto: double "
        f"while the orbit stays finite, otherwise all of it in decimal of {DIGITS} digits, numbers as numbers."
    )
    return [
        _parameter("system", "A map of the catalogue.", {"enum": list(SYSTEMS), "default": _DEFAULTS.system}),
        _parameter("steps", "How many iterations.", _whole(1, steps, _DEFAULTS.steps)),
        _parameter("skip", "The transient: iterations whose iterates are dropped.", _whole(0, steps, _DEFAULTS.skip)),
        _parameter("every", "Keep the iterates that this divides.", _whole(1, steps, _DEFAULTS.every)),
        _parameter("include_start", "Whether to begin with n = 0.", {"enum": flag, "default": _DEFAULTS.include_start}),
        _parameter("precision", precision, {"enum": list(get_args(Precision)), "default": _DEFAULTS.precision}),
        _parameter("digits", "Significant digits, with precision=decimal only.", _whole(1, digits, DIGITS)),
        _parameter(
            "format",
            f"How the answer is written; goes before Accept. Records that each may hold: {bounds}. columns is json, "
            "one array a column; npy holds doubles only.",
            {"enum": list(FORMATS), "default": DEFAULT_FORMAT},
        ),
    ]


def _inputs() -> list[dict[str, Any]]:
    """Each initial condition and parameter of the catalogue, once, with the systems that it belongs to."""
    users: dict[str, list[System]] = {}
    for system in SYSTEMS.values():
        for name in system.inputs:
            users.setdefault(name, []).append(system)
    return [
        _parameter(name, f"Required by {', '.join(s.name for s in systems)}; refused elsewhere.", {"type": "number"})
        | {"examples": {s.name: {"value": s.canonical[name]} for s in systems}}
        for name, systems in users.items()
    ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _whole(lowest: int, highest: int, default: int | str) -> dict[str, Any]:
    return {"type": "integer", "minimum": lowest, "maximum": highest, "default": int(default)}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


_VALUE = {"type": ["number", "string", "null"]}


def _records() -> dict[str, Any]:
    record = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 0}},
        "required": ["n"],
        "additionalProperties": _VALUE,
    }
    return {"type": "array", "items": record}


def _columns() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"n": {"type": "array", "items": {"type": "integer", "minimum": 0}}},
        "required": ["n"],
        "additionalProperties": {"type": "array", "items": _VALUE},
    }
