"""The OpenAPI description of /calculation, which Litestar does not route and so cannot describe.

Names, bounds and examples are those of the catalogue, the query structs and the settings.
"""

from typing import Any, get_args

from litestar.openapi.spec import OpenAPI

from api.calculation import PATH
from api.problems import MEDIA_TYPE, Problem
from api.query import Options, Precision
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
        "description": "The iterates 1 … steps of a system of the catalogue. Every initial condition and parameter "
        "of the system is required, so that the URL is a complete citation; none of another system is accepted.",
        "parameters": [*_options(settings), *_inputs()],
        "responses": {
            "200": {
                "description": "One record for each iterate, in order; null stands for a value that is not finite.",
                "headers": {
                    "attractor-arithmetic": _header(
                        "Which arithmetic answered: double, or decimal with its digits.", "decimal; digits=28"
                    ),
                    "attractor-left-range-at": _header(
                        "The n at which the orbit left the range of that arithmetic; absent where it did not.", "9"
                    ),
                },
                "content": {"application/json": {"schema": _records(), "example": [{"n": 1, "x": 9, "y": -6, "z": 1}]}},
            },
            "400": {
                "description": "The query names no orbit; errors lists every offending parameter.",
                "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
            },
        },
    }


def _options(settings: Settings) -> list[dict[str, Any]]:
    steps, digits = settings.max_steps, settings.max_digits
    precision = (
        "double: IEEE 754 throughout. decimal: numbers as strings, of `digits` significant digits. auto: double "
        f"while the orbit stays finite, otherwise all of it in decimal of {DIGITS} digits, numbers as numbers."
    )
    return [
        _parameter("system", "A map of the catalogue.", {"enum": list(SYSTEMS), "default": _DEFAULTS.system}),
        _parameter("steps", "How many iterates.", _whole(steps, int(_DEFAULTS.steps))),
        _parameter("precision", precision, {"enum": list(get_args(Precision)), "default": _DEFAULTS.precision}),
        _parameter("digits", "Significant digits, with precision=decimal only.", _whole(digits, DIGITS)),
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


def _whole(bound: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": bound, "default": default}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


def _records() -> dict[str, Any]:
    value = {"type": ["number", "string", "null"]}
    record = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 1}},
        "required": ["n"],
        "additionalProperties": value,
    }
    return {"type": "array", "items": record}
