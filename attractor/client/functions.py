"""The functions of `attractor`: one for each path that computes, made from what the class of its queries declares."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from attractor.api.endpoints.systems import Entry, entry
from attractor.api.queries.parameters import (
    Choice,
    Coordinates,
    Declared,
    Edition,
    Flag,
    Interval,
    Kind,
    Option,
    Whole,
    gather_parameters,
)
from attractor.client.resources import resource_at
from attractor.client.result import Result, result
from attractor.client.spelling import query_of
from attractor.client.urls import origin_of, read_url, without_format
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.system import System

PATHS = {
    "orbit": "/calculation",
    "ensemble": "/ensemble",
    "lyapunov": "/lyapunov",
    "bifurcation": "/bifurcation",
    "fixed_points": "/fixed-points",
    "horizon": "/horizon",
    "basins": "/basins",
    "picture": "/picture",
}
"""The path of each function."""


def systems() -> Mapping[str, Entry]:
    """The catalogue: what there is to know of each system, by its name."""
    return {name: entry(system) for name, system in SYSTEMS.items()}


def get(url: str, *, at: str | None = None) -> Result:
    """The answer that a URL of the service names, computed here whatever its host, or asked of the service `at`.

    Raises Refused with every culprit, Unreachable where the service does not answer.
    """
    asked = read_url(url)
    query, form = without_format(asked.query)
    return result(asked.path, query.encode(errors="surrogateescape"), at and origin_of(at), form)


def __getattr__(name: str) -> Callable[..., Result]:
    if name not in PATHS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return function(name)


@cache
def function(name: str) -> Callable[..., Result]:
    """The function of a name in PATHS, with the signature and the documentation of its options."""
    path = PATHS[name]
    kinds = resource_at(path).kinds
    options = {name: option for name, option in gather_parameters(kinds.values()).items() if name != "system"}

    def compute(system: str = DEFAULT, *, at: str | None = None, **values: Any) -> Result:
        kind = kinds.get(str(values.get("of", "")), next(iter(kinds.values())))
        form = values.pop("format", None)
        query = query_of({"system": system, **values}, _joints(kind, SYSTEMS.get(str(system))))
        return result(path, query, at and origin_of(at), form)

    compute.__name__ = compute.__qualname__ = name
    compute.__module__ = "attractor"
    compute.__doc__ = _documentation(path, options)
    compute.__signature__ = _signature(options)  # type: ignore[attr-defined]
    return compute


def _joints(kind: type[Declared], system: System | None) -> dict[str, str]:
    """The text that joins several values of an option or input, by name, where it is not a comma."""
    names = [name for name, option in kind.options().items() if isinstance(option.kind, Interval)]
    return dict.fromkeys([*names, *(kind.sides_of(system) if system else ())], ":")


def hint(kind: Kind) -> str:
    """The type of an option's values."""
    match kind:
        case Flag():
            return "bool"
        case Choice():
            return f"Literal[{', '.join(map(repr, kind.words))}]".replace("'", '"')
        case Whole() | Edition():
            return "int"
        case Interval():
            return "Ends"
        case Coordinates():
            return "str | Iterable[str]"
    return "Number"


def _signature(options: Mapping[str, Option]) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("system", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=DEFAULT, annotation="str"),
        inspect.Parameter("at", keyword, default=None, annotation="str | None"),
        *(
            inspect.Parameter(name, keyword, default=None, annotation=f"{hint(each.kind)} | None")
            for name, each in options.items()
        ),
        inspect.Parameter("inputs", inspect.Parameter.VAR_KEYWORD, annotation="Value"),
    ]
    return inspect.Signature(parameters, return_annotation="Result")


def _documentation(path: str, options: Mapping[str, Option]) -> str:
    lines = [f"What {path} answers, computed in this process or asked of the service `at`.", ""]
    lines += [f"    {name}: {option.kind.description}" for name, option in options.items()]
    lines += [
        "",
        "The other arguments are initial conditions and parameters of the system, such as x0=0.1 and a=1.4. Text is",
        'taken digit by digit; where an input may be swept, so is "start:stop:count", and several numbers are.',
        "Raises attractor.Refused with every culprit, and of a service attractor.Unreachable.",
        "",
    ]
    return "\n".join(lines)
