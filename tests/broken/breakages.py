"""What a careless change could do to each promise: service.txt, and image.txt for what shows only in a container.

Below a promise is a line for each breakage, `place: old → new`, where \\n ends a line. A place is a function, a
`Class.method`, an assigned name or a `Class.field`, wherever it is, with as much before it as makes it unique; or the
path of a file in another language.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

FOLDERS = "core", "api", "requirements"
KINDS = "service", "image"


class Misplaced(Exception):
    """There is no such place, or it has another text."""


class Breakage(NamedTuple):
    promise: str
    place: str
    old: str
    new: str


def breakages(kind: str) -> Iterator[Breakage]:
    promise = ""
    for line in (Path(__file__).parent / f"{kind}.txt").read_text().splitlines():
        if line.startswith(" "):
            if not (parts := re.fullmatch(r" +([\w./]+): (.+?) →(?: (.+))?", line)):
                raise Misplaced(f"{kind}.txt has a line that is no `place: old → new`: {line}")
            place, old, new = (part.replace(r"\n", "\n") for part in parts.groups(""))
            yield Breakage(promise, place, old, new)
        else:
            promise = line


def broken(breakage: Breakage) -> tuple[Path, str]:
    """The file to break, as a path in the repository, and its text then. Raises Misplaced."""
    path, begin, end = _place(breakage.place)
    lines = (ROOT / path).read_text().splitlines(keepends=True)
    text = "".join(lines[begin:end])
    if (times := text.count(breakage.old)) != 1:
        raise Misplaced(f"{breakage.place} in {path} has this {times} times: {breakage.old}")
    return path, "".join([*lines[:begin], text.replace(breakage.old, breakage.new), *lines[end:]])


def _place(name: str) -> tuple[Path, int, int]:
    """A file, and which of its lines."""
    if (ROOT / name).is_file():
        return Path(name), 0, (ROOT / name).read_text().count("\n") + 1
    found = [lines for dotted, lines in _places() if f".{dotted}".endswith(f".{name}")]
    if len(found) != 1:
        raise Misplaced(f"{name} names {len(found)} places: {', '.join(str(path) for path, _, _ in found)}")
    return found[0]


@cache
def _places() -> list[tuple[str, tuple[Path, int, int]]]:
    return [
        (dotted, (path.relative_to(ROOT), *lines))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for dotted, lines in _named(ast.parse(path.read_text()), ".".join(path.relative_to(ROOT).with_suffix("").parts))
    ]


def _named(node: ast.AST, prefix: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What a module, a class or a function defines, by dotted names, with its lines."""
    for child in getattr(node, "body", ()):
        names = [target.id for target in getattr(child, "targets", ()) if isinstance(target, ast.Name)]
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names = [child.name]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
        begin = min(part.lineno for part in (child, *getattr(child, "decorator_list", ())))
        for name in names:
            yield f"{prefix}.{name}", (begin - 1, child.end_lineno)
            yield from _named(child, f"{prefix}.{name}")
