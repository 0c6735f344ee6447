"""The code blocks of the documents: what is run, what it prints, and why a block is not run."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
ADDRESS = "http://127.0.0.1:8000"
"""What the documents call the service."""
RUN = ("sh", "python")
REASONS = ("apt", "deploy", "docker", "long", "pip", "serves", "sketch")
"""Words that say why a block is not run, each the second of its info string."""
ELLIPSIS = "…"


class Block(NamedTuple):
    """A fenced block of a document."""

    path: Path
    line: int
    """Of its first line of code, from 1 on."""
    language: str
    reason: str
    """Why it is not run; empty where it is."""
    code: str
    output: str | None
    """The block right behind it, where that is one of text or json."""

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of code of a document, in order. Raises ValueError where a fence is not closed."""
    given: list[Block] = []
    for block, following in pairwise([*_fenced(path.read_text().splitlines()), None]):
        begin, _, info, code = block
        language, _, reason = info.partition(" ")
        if language.startswith("{"):
            continue  # a directive of Sphinx
        is_shown = following and following[2] in ("text", "json") and following[1] == begin + len(code)
        output = "\n".join(following[3]) if is_shown else None
        given.append(Block(path, begin, language, reason, "\n".join(code) + "\n", output))
    return given


def _fenced(lines: list[str]) -> Iterator[tuple[int, int, str, list[str]]]:
    """Of each block the line of its code, the line of what was last seen before it, its info string, its code."""
    info: str | None = None
    begin, seen, before = 0, 0, 0
    code: list[str] = []
    for number, line in enumerate(lines, 1):
        fence = re.fullmatch(r"\s*(`{3,})(.*)", line)
        if info is None and fence:
            info, begin, before, code = fence[2].strip(), number + 1, seen, []
        elif info is not None and fence and not fence[2]:
            yield begin, before, info, code
            info, seen = None, number
        elif info is not None:
            code.append(line)
        elif line.strip() and not line.startswith("<!--"):
            seen = number
    if info is not None:
        raise ValueError(f"the block that begins at line {begin - 1} has no end")


def example() -> tuple[str, str]:
    """The path and query of the README's example, and the beginning of its answer."""
    block = next(each for each in blocks(ROOT / "README.md") if each.output)
    path = re.search(rf"'{ADDRESS}(/\S+)'", block.code)
    assert path
    return path[1], beginning(block.output or "")


def beginning(output: str) -> str:
    """What an answer begins with, as the document shows it: without its line feeds, up to the ellipsis."""
    return output.partition(ELLIPSIS)[0].replace("\n", "")
