"""The file of recorded answers, and what differs from it.

The file is for readers of diffs. Names of requests begin lines, and what is held of the answer that they have in common
follows, indented. What more than half of the answers with a status have in common is said once, under `*` and the
status; an answer that lacks a line of it has that line with a `-` before it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import NamedTuple

from tests.corpus.asking import Answer, answers
from tests.corpus.holding import agree, lines
from tests.corpus.requests import Request, requests

FILE = Path(__file__).with_name("answers.txt")

_COMMON = "* "
_LACKS = "- "
_INDENT = "  "
_MANY = 5  # answers with a status, from which it is worth saying what they have in common

Recorded = dict[str, list[str]]
"""The lines of each answer by the name of its request."""


class Difference(NamedTuple):
    request: str
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.request}\n    {self.what}\n      was {self.old or 'nothing'}\n      is  {self.new or 'nothing'}"


def answered(address: str, every: int = 1) -> list[tuple[Request, Answer]]:
    """What the service at an address answers now to each, or every so many, of the requests of the corpus."""
    return list(answers(address, islice(requests(), 0, None, every)))


def held(found: Iterable[tuple[Request, Answer]]) -> Recorded:
    """What is held of answers."""
    return {request.name: lines(request, answer) for request, answer in found}


def write(found: Recorded, file: Path = FILE) -> None:
    common = _common(found.values())
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(found, key=_order):
        status, *rest = found[name]
        shared = common.get(status, [])
        own = [line for line in rest if line not in shared]
        groups.setdefault((status, *own, *(_LACKS + line for line in shared if line not in rest)), []).append(name)
    blocks = [([_COMMON + status], shared) for status, shared in sorted(common.items())]
    blocks += [(names, list(own)) for own, names in groups.items()]
    text = [line for names, own in blocks for line in (*names, *(_INDENT + line for line in own))]
    file.write_text("\n".join([*text, ""]))


def read(file: Path = FILE) -> Recorded:
    found: Recorded = {}
    common: Recorded = {}
    for names, own in _blocks(file.read_text().split("\n")[:-1]):
        if names[0].startswith(_COMMON):
            common[names[0].removeprefix(_COMMON)] = own
            continue
        status, *rest = own
        lacking = {line.removeprefix(_LACKS) for line in rest if line.startswith(_LACKS)}
        shared = [line for line in common.get(status, []) if line not in lacking]
        whole = [*shared, *(line for line in rest if not line.startswith(_LACKS))]
        found |= {name: [status, *whole] for name in names}
    return found


def differences(old: Recorded, new: Recorded) -> Iterator[Difference]:
    """Everything that differs, request by request."""
    for name in sorted({*old, *new}, key=_order):
        if name not in new:
            yield Difference(name, "is no longer asked", old[name][0], "")
        elif name not in old:
            yield Difference(name, "is not recorded", "", new[name][0])
        else:
            yield from _different(name, old[name], new[name])


def _different(name: str, old: list[str], new: list[str]) -> Iterator[Difference]:
    if old[0] != new[0]:
        yield Difference(name, "status", old[0], new[0])
    before, after = _headers(old), _headers(new)
    for header in sorted({*before, *after}):
        if before.get(header) != after.get(header):
            yield Difference(name, header, "; ".join(before.get(header, [])), "; ".join(after.get(header, [])))
    for was, now in zip_longest(_of_body(old), _of_body(new), fillvalue=""):
        if not agree(was, now):
            yield Difference(name, "body", was, now)


def _is_of_body(line: str) -> bool:
    return line[:2] in ("| ", "= ", "~ ", "? ", "≈ ")


def _of_body(answer: list[str]) -> list[str]:
    return [line for line in answer[1:] if _is_of_body(line)]


def _headers(answer: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in answer[1:]:
        if not _is_of_body(line):
            name, _, value = line.partition(": ")
            found.setdefault(name, []).append(value)
    return {name: sorted(values) for name, values in found.items()}


def _common(found: Iterable[list[str]]) -> Recorded:
    """The headers, and the beginning of the body, that more than half of the answers with a status have."""
    statuses: dict[str, list[list[str]]] = {}
    for status, *rest in found:
        statuses.setdefault(status, []).append(rest)
    common: Recorded = {}
    for status, each in statuses.items():
        counts: Counter[str] = Counter()
        for rest in each:
            counts.update({line for line in rest if not _is_of_body(line)} | set(_of_body(["", *rest])[:1]))
        shared = sorted(line for line, count in counts.items() if 2 * count > len(each) and line[:1] not in "~≈")
        if len(each) >= _MANY:
            common[status] = shared
    return common


def _order(name: str) -> tuple[str, str]:
    """By path first."""
    method, _, rest = name.partition(" ")
    return rest.partition("?")[0].partition(" ")[0], rest + method


def _blocks(text: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    names: list[str] = []
    own: list[str] = []
    for line in text:
        if line.startswith(_INDENT):
            own.append(line.removeprefix(_INDENT))
            continue
        if own:
            yield names, own
            names, own = [], []
        names.append(line)
    yield names, own
