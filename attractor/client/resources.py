"""The endpoints by path, each loaded when it is first needed: an orbit needs no analyses, and these no pictures."""

from http import HTTPStatus
from typing import Any

from attractor.api.endpoints.calculation import Calculation
from attractor.api.formats import Format
from attractor.api.problems import nearest, problem, shorten
from attractor.api.resource import Resource
from attractor.client.refusals import Refused

_ORBIT = Calculation()


def resource_at(path: str) -> Resource[Any, Any]:
    """The endpoint at `path`. Raises Refused, naming the nearest path, where none computes there."""
    if path == _ORBIT.path:
        return _ORBIT
    from attractor.api.endpoints.tables import ANALYSES

    for table in ANALYSES:
        if table.path == path:
            return table
    from attractor.api.endpoints.analyses import RESOURCES

    known = {resource.path: resource for resource in RESOURCES}
    if path not in known:
        what = f"nothing computes at {shorten(path)}; the nearest is {nearest(path, tuple(known))}"
        raise Refused(problem(HTTPStatus.NOT_FOUND, f"{what}; known are {', '.join(known)}"))
    return known[path]


def no_format(formats: dict[str, Format], file: str, instead: str) -> str:
    """A sentence: the file's ending names none of these formats; `instead` names one."""
    endings = ", ".join(dict.fromkeys(f".{form.suffix}" for form in formats.values()))
    return f"{file} tells no format by its ending; known here are {endings}; or say {instead}"


def format_of(formats: dict[str, Format], file: str) -> str | None:
    """The first of some formats whose suffix the name of a file has."""
    return next((name for name, form in formats.items() if file.lower().endswith(f".{form.suffix}")), None)
