"""The OpenAPI description of what computes, whose queries Litestar does not read and so cannot describe.

Names, bounds and examples are those of the catalogue, the options and the settings.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from litestar.openapi.spec import Operation

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.analysis_query import DOUBLE, EXPONENT, WHOLE, AnalysisQuery
from attractor.api.endpoints.orbit_answer import LOOKAHEAD
from attractor.api.formats import FORMATS, Format
from attractor.api.http.caching import FOR_GOOD, VARY
from attractor.api.http.form import MEDIA_TYPE as FORM_TYPE
from attractor.api.problems import MEDIA_TYPE, Problem
from attractor.api.queries.calculation_query import Options
from attractor.api.queries.parameters import SIDE, Option, gather_parameters, names_of
from attractor.api.queries.ranges import PATTERN
from attractor.api.resource import Resource
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.edition import EDITION
from attractor.core.system import System


def operation_class(resource: Resource[Any, Any], settings: Settings) -> type[Operation]:
    """The class from which Litestar makes the operation of a resource's route."""

    class Described(Operation):
        def __init__(self, **made: Any) -> None:
            super().__init__(**made)
            self.described = _describe(resource, settings)

        def to_schema(self) -> dict[str, Any]:
            return self.described

    return Described


def document(made: dict[str, Any], settings: Settings) -> bytes:
    """The whole document as JSON, from the one that Litestar made of the routes."""
    told: dict[str, Any] = made["info"] | {
        "summary": "Orbits of discrete-time dynamical systems: one URL names one orbit.",
        "license": {"name": "MIT", "identifier": "MIT"},
    }
    if contact := settings.contact:
        is_address = contact.startswith("mailto:")
        told["contact"] = {"email": contact.removeprefix("mailto:")} if is_address else {"url": contact}
    paths = {
        path: {"get": _complete_operation(path, _drop_deprecated(item["get"]), settings)}
        for path, item in made["paths"].items()
    }
    parameters = _inputs() | {"system": _options({"system": Options.options()["system"]}, {}, settings)[0]}
    parameters |= _shared_parameters(paths)
    answers: dict[str, Any] = {}
    for item in paths.values():
        if _is_computing(item["get"]):
            name, responses = item["get"]["operationId"], item["get"]["responses"]
            answers[name] = responses["200"]
            responses["200"] = _refer_to(name, "responses")
            if part := responses.get("206"):
                known = next((each for each in answers if answers[each] == part), f"{name}Part")
                answers[known] = part
                responses["206"] = _refer_to(known, "responses")
            item["post"] = _post_operation(item["get"])
    components = made["components"] | {
        "parameters": parameters,
        "headers": _headers(),
        "responses": answers | _refusal_responses() | _post_responses(settings) | _shared_responses(settings),
        "requestBodies": {"Form": _FORM},
    }
    components["schemas"] |= _SHARED | {n: {"type": "object", "properties": each} for n, each in _PLACES.items()}
    whole = made | {"info": told, "security": [], "tags": _TAGS, "paths": paths, "components": components}
    return msgspec.json.encode(whole)


def _is_computing(operation: Mapping[str, Any]) -> bool:
    return "304" in operation["responses"]


def _shared_parameters(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Moves parameters that several operations share among the components, and has the operations refer to them."""
    told: dict[bytes, list[tuple[list[Any], int]]] = {}
    for item in paths.values():
        parameters = item["get"].get("parameters", [])
        for place, each in enumerate(parameters):
            if "$ref" not in each:
                told.setdefault(msgspec.json.encode(each), []).append((parameters, place))
    found: dict[str, Any] = {}
    for text, places in told.items():
        if len(places) > 1:
            each = msgspec.json.decode(text)
            name = each["name"]
            while name in found:
                name += "_"  # another one of that name
            found[name] = each
            for parameters, place in places:
                parameters[place] = _refer_to_parameters([name])[0]
    return found


def _post_operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The operation of POST at a path whose GET is `operation`."""
    kept = {name: operation[name] for name in ("summary", "tags")}
    answered = operation["responses"]["200"]
    others = {status: _refer_to(status, "responses") for status in ("413", "415", "default")}
    return kept | {
        "operationId": f"{operation['operationId']}ByPost",
        "requestBody": {"$ref": "#/components/requestBodies/Form"},
        "responses": {"200": answered, **others},
    }


_FORM = {
    "description": "The parameters that GET has, for what is too long for a URL. Where a URL fits after all, "
    "Content-Location names it; else the answer says no-store.",
    "required": True,
    "content": {
        FORM_TYPE: {
            "schema": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
            "example": {"system": "henon", "x0": "0,0.1", "y0": 0, "a": 1.4, "b": 0.3},
        }
    },
}


def _post_responses(settings: Settings) -> dict[str, Any]:
    return {
        "413": _refusal(f"The body has more than {settings.max_body_bytes} bytes.", "errors"),
        "415": _refusal("The body is no form."),
        "default": _refusal("As of GET."),
    }


def _shared_responses(settings: Settings) -> dict[str, Any]:
    told = {"4XX": _refusal("The request is refused by its head, whatever it asks for.")}
    if settings.rate_limit:
        more = f"More than {settings.rate_limit} of one client; Retry-After says when to ask again."
        told["429"] = _refusal(more)
    return told


def _drop_deprecated(made: Any) -> Any:
    """Litestar's part of the document without `deprecated`, which is false everywhere."""
    if isinstance(made, dict):
        return {name: _drop_deprecated(value) for name, value in made.items() if name != "deprecated"}
    return [_drop_deprecated(each) for each in made] if isinstance(made, list) else made


_SHARED = {
    "Doubles": {"type": "array", "items": DOUBLE},
    "Exponent": EXPONENT,
    "Exponents": {"type": "array", "items": {"$ref": "#/components/schemas/Exponent"}},
    "Side": SIDE.schema(Settings()) | {"description": SIDE.description},
    "Input": {
        "anyOf": [
            {"type": "number"},
            {
                "type": "string",
                "pattern": PATTERN,
                "description": "A range start:stop:count, up or down, or a list 1,2,5; not at /calculation. Several "
                "form a grid, the last named by /systems varying fastest.",
            },
        ]
    },
}
"""Schemas that many others refer to."""

_TAGS = [
    {"name": "Orbits", "description": "Iterates of one system or of many points."},
    {
        "name": "Analyses",
        "description": "What orbits mean: exponents, diagrams, fixed points, basins, trust, pictures.",
    },
    {"name": "Catalogue", "description": "The systems that there are."},
    {"name": "Service", "description": "Whether it answers."},
]


def _complete_operation(path: str, operation: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Completes an operation with its tag and its responses, and drops the 400 that Litestar adds but never gives."""
    is_computing = _is_computing(operation)
    tag = "Orbits" if path in ("/calculation", "/ensemble") else "Analyses" if is_computing else "Catalogue"
    responses = {s: each for s, each in operation["responses"].items() if s != "400" or is_computing}
    for status, response in responses.items():
        if headers := response.get("headers"):  # a set of Litestar's, in an order that each process has of its own
            responses[status] = response | {"headers": dict(sorted(headers.items()))}
    if path == "/health/ready":
        responses["503"] = {
            "description": "It is told to stop.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    if settings.rate_limit and not path.startswith("/health"):
        responses["429"] = _refer_to("429", "responses")
    if not is_computing:
        responses["4XX"] = _refer_to("4XX", "responses")
        if not path.startswith("/health"):
            responses["200"] |= {
                "headers": _refer_to_headers("etag", "repr-digest") | responses["200"].get("headers", {})
            }
    return operation | {"tags": ["Service" if path.startswith("/health") else tag], "responses": responses}


def _describe(resource: Resource[Any, Any], settings: Settings) -> dict[str, Any]:
    match resource:
        case Analysis(kinds={"": kind}):
            return _describe_analysis(resource, kind, settings)
        case Analysis():
            return _describe_pictures(resource, settings)
        case _:
            return _describe_calculation(resource, settings)


def _describe_calculation(resource: Resource[Any, Any], settings: Settings) -> dict[str, Any]:
    left_at = _header(
        "The n at which the orbit left the range of that arithmetic; absent where it did not, or did so after more "
        f"than {LOOKAHEAD} steps.",
        "9",
    )
    json = {
        "schema": _records_schema({"n": WHOLE} | dict.fromkeys(_COORDINATES, _VALUE), {}),
        "examples": {
            "json": {"value": [{"n": 1, "x": "9", "y": "-6", "z": "1"}]},
            "columns": {"value": {"n": [1], "x": ["9"], "y": ["-6"], "z": ["1"]}},
        },
    }
    headers = _refer_to_headers("repr-digest") | {"attractor-left-range-at": left_at}
    return {
        "operationId": _operation_id(resource),
        "summary": "One orbit",
        "description": "Iterates of a system of the catalogue, by default each from 1 to `steps`. Every initial "
        "condition and parameter of the system is required, so that the URL is a complete citation; none of another is "
        "accepted. In JSON, null stands for a value that is not finite; CSV has NaN, inf and -inf.",
        "parameters": [
            *_refer_to_parameters(["system"]),
            *_options(_but_system(Options.options()), _bounds(resource.formats, settings), settings),
            *_refer_to_parameters(names_of(None, lambda system: system.inputs)),
        ],
        "responses": _responses(resource, headers, json),
    }


def _describe_analysis(resource: Analysis, query: type[AnalysisQuery], settings: Settings) -> dict[str, Any]:
    options, inputs = query.parameters(), names_of(None, query.inputs_of)
    sides = names_of(None, query.sides_of)
    values = dict.fromkeys((*inputs, *_COORDINATES), DOUBLE) | _columns(query.columns)
    said: dict[str, Any] = {"system": {"type": "string"}}
    said |= {name: _echo_schema(option, settings) for name, option in query.options().items()}
    said |= dict.fromkeys(sides, _refer_to("Side"))
    types = {"number", "string"} | {each["type"] for each in said.values() if each.get("type") == "boolean"}
    echo = {"type": "object", "properties": said, "additionalProperties": {"type": sorted(types)}}  # those of all
    json = {"schema": _records_schema(values, {"query": echo, "edition": WHOLE, **query.summary})}
    return {
        "operationId": _operation_id(resource),
        "summary": query.title,
        "description": query.description,
        "parameters": [
            *_refer_to_parameters(["system"]),
            *_options(_but_system(options), _bounds(query.formats, settings), settings),
            *[{"name": name, "in": "query", "schema": _refer_to("Side")} for name in sides],
            *_refer_to_parameters(inputs),
        ],
        "responses": _responses(resource, {}, json),
    }


def _describe_pictures(resource: Analysis, settings: Settings) -> dict[str, Any]:
    uses: dict[str, list[str]] = {}
    options = gather_parameters(resource.kinds.values())
    defaults: dict[str, dict[str, Any]] = {}
    for of, query in resource.kinds.items():
        for name, option in query.parameters().items():
            uses.setdefault(name, []).append(of)
            defaults.setdefault(name, {})[of] = option.schema(settings).get("default")
    more = {
        name: _describe_use(of, tuple(resource.kinds)) for name, of in uses.items() if len(of) < len(resource.kinds)
    }
    for name, of_kind in defaults.items():
        if len({*of_kind.values()}) > 1:  # one for all would be wrong
            options[name] = Option(options[name].kind, None)
            using: dict[Any, list[str]] = {}
            for of, default in of_kind.items():
                using.setdefault(default, []).append(of)
            told = ", ".join(
                f"{default} with {' or '.join(of)}" for default, of in using.items() if default is not None
            )
            more[name] = f"{more.get(name, '')} By default {told}."
    inputs = names_of(None, query.inputs_of)
    return {
        "operationId": _operation_id(resource),
        "summary": query.title,
        "description": query.description,
        "parameters": [
            *_refer_to_parameters(["system"]),
            *_options(_but_system(options), more, settings),
            *_refer_to_parameters(inputs),
        ],
        "responses": _responses(resource, {}, {}),
    }


def _describe_use(of: list[str], kinds: tuple[str, ...]) -> str:
    """A short text about the kinds of picture that an option goes with."""
    if len(others := [kind for kind in kinds if kind not in of]) == 1:
        return f" Not with of={others[0]}."
    return f" With of={' or '.join(of)}."


def _operation_id(resource: Resource[Any, Any]) -> str:
    return resource.path[1:].title().replace("-", "")


def _responses(resource: Resource[Any, Any], headers: dict[str, Any], json: dict[str, Any]) -> dict[str, Any]:
    """What a resource may answer; `headers` are those of its own, and `json` is told of its JSON where it has that."""
    content: dict[str, Any] = {
        f.media_type: {"schema": _TEXT if f.is_text else _BYTES} if f.is_text or f.body else {}
        for f in resource.formats.values()
    }
    has_words = any(
        "enum" in each for kind in resource.kinds.values() for each in getattr(kind, "columns", {}).values()
    )
    parts = [f.media_type for f in resource.formats.values() if f.has_parts and not has_words]
    more = [*["accept-ranges"] * bool(parts), *["repr-digest"] * any(f.body for f in resource.formats.values())]
    return {
        "200": {
            "description": "A pure function of the URL and the edition.",
            "headers": _headers_of("content-disposition", "attractor-arithmetic", *more) | headers,
            "content": content | ({"application/json": json} if "application/json" in content else {}),
        },
        **({"206": _part(parts)} if parts else {}),
        **{status: _refer_to(status, "responses") for status in _refusal_responses() if parts or status != "416"},
    }


_TEXT = {"type": "string"}
_BYTES = _TEXT | {"format": "binary"}
"""The schema of a picture's bytes, one value to its reader; OpenAPI 3.1 has no schema of other bytes."""


def _part(media_types: Iterable[str]) -> dict[str, Any]:
    return {
        "description": "The bytes that Range asks for, if If-Range names the answer or is left out.",
        "headers": _refer_to_headers("content-range", "etag"),
        "content": {name: {"schema": _BYTES} for name in media_types},
    }


def _refusal(description: str, *more: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"} | ({"required": [*more]} if more else {})
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _options(options: Mapping[str, Option], more: Mapping[str, str], settings: Settings) -> list[dict[str, Any]]:
    """Parameters, with more to say of some."""
    return [
        _parameter(name, option.kind.description + more.get(name, ""), _schema(name, option, settings))
        for name, option in options.items()
    ]


def _but_system(options: Mapping[str, Option]) -> dict[str, Option]:
    return {name: option for name, option in options.items() if name != "system"}


def _schema(name: str, option: Option, settings: Settings) -> dict[str, Any]:
    """The schema of an option, without a default that the service would refuse beside the other defaults."""
    schema = option.schema(settings)
    if name == "digits":
        del schema["default"]
    return schema


def _bounds(formats: dict[str, Format], settings: Settings) -> dict[str, str]:
    bounds: dict[int, list[str]] = {}
    for name, form in formats.items():
        bounds.setdefault(form.bound(settings), []).append(name)
    told = "; ".join(f"{', '.join(names)}: {most}" for most, names in bounds.items())
    return {"format": f" Records that each may hold: {told}."}


def _inputs() -> dict[str, Any]:
    """A parameter for each initial condition and parameter of the catalogue, with the systems that it belongs to."""
    users: dict[str, list[System]] = {}
    for system in SYSTEMS.values():
        for name in system.inputs:
            users.setdefault(name, []).append(system)
    return {
        name: _parameter(name, f"Required by {', '.join(s.name for s in systems)}.", _refer_to("Input"))
        | {"examples": {s.name: {"value": _short(s.canonical[name])} for s in systems}}
        for name, systems in users.items()
    }


def _short(number: float) -> float:
    return int(number) if number.is_integer() else number


def _refer_to_parameters(names: Iterable[str]) -> list[dict[str, Any]]:
    return [_refer_to(name, "parameters") for name in names]


_HEADERS = {
    "link": (
        "The canonical URL of the answer; absent where it is long.",
        '</calculation?system=henon&…>; rel="canonical"',
    ),
    "etag": ("The answer's strong validator.", f'"{EDITION}-json{FORMATS["json"].version}"'),
    "cache-control": ("How long it may be kept: a day, or for good with edition.", FOR_GOOD.decode()),
    "vary": ("The request headers that it depends on.", VARY.decode()),
    "content-disposition": ("A filename.", 'attachment; filename="henon-20.csv"'),
    "attractor-arithmetic": ("Which arithmetic answered.", "decimal; digits=28"),
    "attractor-edition": ("The edition of the values.", str(EDITION)),
    "accept-ranges": ("Where one Range of bytes may be asked for.", "bytes"),
    "content-range": ("Which bytes of how many; in a refusal, of how many.", "bytes 0-99/448"),
    "repr-digest": ("The SHA-256 of the whole body; absent where that is not known before it is sent.", "sha-256=:…:"),
}
"""The headers that answers have, with an example of each."""
_ALWAYS = {*_HEADERS} - {"link", "accept-ranges", "content-range", "repr-digest"}


def _headers() -> dict[str, Any]:
    return {n: _header(*told) | ({"required": True} if n in _ALWAYS else {}) for n, told in _HEADERS.items()}


def _headers_of(*describing: str) -> dict[str, Any]:
    """Headers of an answer: those that caches need, and those named."""
    return _refer_to_headers("link", "etag", "cache-control", "vary", "attractor-edition", *describing)


def _refer_to_headers(*names: str) -> dict[str, Any]:
    return {name: _refer_to(name, "headers") for name in names}


def _refusal_responses() -> dict[str, Any]:
    """The responses that every endpoint which computes may give beside 200."""
    return {
        "304": {
            "description": "What If-None-Match names is the answer still.",
            "headers": _headers_of(),
        },
        "400": _refusal("The query names no answer; errors lists every offending parameter.", "errors"),
        "406": _refusal("Accept takes none of the formats, and the query names none; or Accept-Encoding no coding."),
        "410": _refusal("The edition named was, and is no longer served; errors names the one that is.", "errors"),
        "412": _refusal("If-Match names another answer than the one that there is."),
        "414": _refusal("The query is longer than one may be.", "errors"),
        "416": _refusal("Range begins behind the end.") | {"headers": _refer_to_headers("content-range")},
        "503": _refusal("Too much is being computed now; Retry-After says when to ask again."),
    }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


_VALUE = {"type": ["number", "string", "null"]}
_COORDINATES = names_of(None, lambda system: system.state)
_TAKEN = "d"
"""An input that is not named among properties: what openapi-python-client generates has a variable of that name."""
_NAMES = [name for name in (*names_of(None, lambda system: system.inputs), *_COORDINATES) if name != _TAKEN]
_PLACES: dict[str, dict[str, Any]] = {
    "Place": dict.fromkeys(_NAMES, DOUBLE),
    "Places": {name: {"$ref": "#/components/schemas/Doubles"} for name in _NAMES},
}
"""The values that records of all analyses may hold: swept inputs and coordinates; in columns, many of each."""


def _columns(patterns: Mapping[str, Any]) -> dict[str, Any]:
    """Schemas by the names that match `patterns`, numbered ones up to the greatest number of coordinates."""
    most = max(system.dimension for system in SYSTEMS.values())
    found: dict[str, Any] = {}
    for pattern, schema in patterns.items():
        words, numbered, ends = _PATTERN.fullmatch(pattern).groups()  # type: ignore[union-attr]
        for word in words.strip("()").split("|"):
            numbers = [f"{word}{i + 1}" for i in range(most)] if numbered else [word]
            each = numbers if ends else [word, *(f"{word}_{name}" for name in _COORDINATES)]
            found |= dict.fromkeys(each, schema)
    return found


_PATTERN = re.compile(r"\^(\w+|\([\w|]+\))(\[1-9\]\[0-9\]\*)?(\$?)")
"""The form of columns' names: words, numbered or not; without an end, for the whole and for each coordinate."""


def _records_schema(values: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """The schema of records of `values`: in format=json, alone or in an object with `beside`, or in format=columns."""
    columns = {
        name: _refer_to("Doubles" if schema == DOUBLE else "Exponents")
        if schema in (DOUBLE, EXPONENT)
        else {"type": "array", "items": schema}
        for name, schema in values.items()
    }
    values = {name: _refer_to("Exponent") if schema == EXPONENT else schema for name, schema in values.items()}
    record, table = _object(values, "Place"), _object(columns, "Places")
    records = {"type": "array", "items": record}
    held = beside | {"records": records}
    whole = {"type": "object", "properties": held, "required": list(held), "additionalProperties": False}
    return {"anyOf": [whole if beside else records, table]}


def _object(properties: dict[str, Any], shared: str) -> dict[str, Any]:
    """The schema of an object with `properties`; those that all analyses share are referred to."""
    own = {name: schema for name, schema in properties.items() if schema != _PLACES[shared].get(name)}
    other: Any = own.pop(_TAKEN, False)
    said: dict[str, Any] = {"type": "object", "properties": own}
    if not own.keys() ^ properties.keys():
        return said | {"additionalProperties": False, "minProperties": 1}
    parts = [_refer_to(shared), said] if own else [_refer_to(shared)]  # an empty object is one that holds nothing
    return {"allOf": parts, "unevaluatedProperties": other, "minProperties": 1}


def _refer_to(name: str, among: str = "schemas") -> dict[str, Any]:
    """A reference to a component, such as a schema of _SHARED."""
    return {"$ref": f"#/components/{among}/{name}"}


def _echo_schema(option: Option, settings: Settings) -> dict[str, Any]:
    """The schema of an option in an answer's echo: its type alone, since its bounds stand at the parameter."""
    return {"type": option.kind.schema(settings)["type"]}
