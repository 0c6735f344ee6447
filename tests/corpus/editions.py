"""What the edition and the validators promise of answers: records of their numbers, and of their bytes.

A number that is other than recorded wants another edition (`core/edition.py`); bytes that are other under the validator
that they were recorded with want another version of what writes their format (`Format.version`). Neither can be
recorded anew without.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.corpus.asking import Answer
from tests.corpus.requests import Request, requests
from tests.corpus.values import Parts, Values, says_numbers, url_of, values

VALUES = Path(__file__).with_name("values.txt")
BYTES = Path(__file__).with_name("bytes.txt")

_INDENT = "  "
_OWN = re.compile(r'"[0-9]+-[a-z]+[0-9]+"')


class Said(NamedTuple):
    """The values of an edition."""

    edition: int
    values: Values


Written = dict[str, dict[str, str]]
"""A digest of the bytes of each answer, by its validator and the name of its request."""


def said(answers: list[tuple[Request, Answer]]) -> Said:
    """What the service says now. Raises Disagreement."""
    return Said(int(answers[0][1].header("attractor-edition")), values(answers))


def written(answers: list[tuple[Request, Answer]]) -> Written:
    """How the service writes it."""
    found: Written = {}
    for request, answer in answers:
        if says_numbers(request, answer):
            found.setdefault(answer.header("etag"), {})[request.name] = _digest(answer)
    return found


def _digest(answer: Answer) -> str:
    """Of the bytes without their coding."""
    return sha256(answer.body).hexdigest()[:12]


def broken(values: Said, digests: Written) -> Iterator[str]:
    """What is other than recorded and may not be."""
    yield from changed_values(read_values(), values, requests())
    yield from changed_bytes(read_bytes(), digests)


def changed_values(old: Said, new: Said, asked: Iterable[Request]) -> Iterator[str]:
    """What says other numbers than in the same edition before, or none, of what is `asked`."""
    urls = set(map(url_of, asked))
    if old.edition != new.edition:
        return
    for url, parts in old.values.items():
        if url not in new.values:
            if url in urls:
                yield f"{url} is no longer answered"
            continue
        now = new.values[url]
        if other := [name for name in parts if now.get(name, parts[name]) != parts[name]]:
            yield f"{url} has other {', '.join(other)}"


def changed_bytes(old: Written, new: Written) -> Iterator[str]:
    """What has other bytes than before under the same validator."""
    for tag, digests in old.items():
        now = new.get(tag, {})
        for name, digest in digests.items():
            if now.get(name, digest) != digest:
                yield f"{name} has other bytes under {tag}"


def own(written: Written) -> Written:
    """What our own writers alone have written, which is the same on every machine."""
    return {tag: digests for tag, digests in written.items() if _OWN.fullmatch(tag)}


def read_values(file: Path = VALUES) -> Said:
    first, *lines = file.read_text().splitlines()
    found: Values = {}
    for line in lines:
        url, _, told = line.partition(_INDENT)
        parts: Parts = dict(reversed(part.split(" ", 1)) for part in told.split(", "))  # type: ignore[misc]
        found[url] = parts
    return Said(int(first.removeprefix("edition ")), found)


def write_values(found: Said, file: Path = VALUES) -> None:
    lines = [
        f"{url}{_INDENT}{', '.join(f'{digest} {name}' for name, digest in sorted(parts.items()))}"
        for url, parts in sorted(found.values.items())
    ]
    file.write_text("\n".join([f"edition {found.edition}", *lines, ""]))


def read_bytes(file: Path = BYTES) -> Written:
    found: Written = {}
    tag = ""
    for line in file.read_text().splitlines():
        if line.startswith(_INDENT):
            digest, _, name = line.strip().partition(" ")
            found[tag][name] = digest
        else:
            tag = line
            found[tag] = {}
    return found


def write_bytes(found: Written, file: Path = BYTES) -> None:
    lines = [
        line
        for tag, digests in sorted(found.items())
        for line in (tag, *(f"{_INDENT}{digest} {name}" for name, digest in sorted(digests.items())))
    ]
    file.write_text("\n".join([*lines, ""]))
