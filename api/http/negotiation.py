"""Chooses a format by Accept and a content coding by Accept-Encoding (RFC 9110, 12.5)."""

import re
from collections.abc import Mapping
from math import isnan
from typing import NamedTuple

from attractor.api.formats import Format
from attractor.api.http.compression import CODINGS
from attractor.api.problems import NoCoding

MAX_ITEMS = 64
"""The most items of a header that count."""

_MAX_PARAMETERS = 8
_LONGEST_QUOTED = 4_096  # bytes of a header in which quoted text is looked for
_LONGEST_WEIGHT = 8  # characters
_PART = r'(?:[^"{0}]|"(?:[^"\\]|\\.)*"?)+'
_ITEM, _PARAMETER = re.compile(_PART.format(",")), re.compile(_PART.format(";"))

Parameters = frozenset[str]
MediaTypes = tuple[tuple[str, Parameters, str], ...]
"""Media types with their parameters, the best first, each with the name of its format."""


def media_types(formats: Mapping[str, Format]) -> MediaTypes:
    """The media types of formats. Of formats that share one, the first has it: only `format` names the others."""
    first: dict[str, str] = {}
    for name, form in formats.items():
        first.setdefault(form.media_type, name)
    return tuple(media_type(full, name) for full, name in first.items())


def media_type(full: str, name: str) -> tuple[str, Parameters, str]:
    """A media type as MediaTypes has it; what is text is in UTF-8, which a client may say."""
    essence, *parameters = full.lower().replace(" ", "").split(";")
    is_text = essence.startswith("text/") or essence.endswith("json")
    return essence, frozenset({*parameters, *(["charset=utf-8"] if is_text else [])}), name


class _Range(NamedTuple):
    """A media range of an Accept header, compared first by what makes it go before others."""

    specific: int
    weight: float
    place: int
    essence: str
    parameters: Parameters

    def covers(self, essence: str, parameters: Parameters) -> bool:
        main = essence.partition("/")[0]
        return self.essence in (essence, f"{main}/*", "*/*") and self.parameters <= parameters


def choose_format(accept: bytes, known: MediaTypes) -> str | None:
    """Chooses the best format under an Accept header; None where it takes none of them.

    A media type has the quality that the most specific range which covers it gives it. Of the best, first comes what is
    named more specifically, then earlier. A range with a parameter that a type has not does not cover it. A header
    without a range takes all. The first MAX_ITEMS ranges count.
    """
    if not (ranges := _parse_ranges(accept)):
        return known[0][2]
    best, best_rank = None, (0.0, 0, 0)
    for essence, parameters, name in known:
        found = max((each for each in ranges if each.covers(essence, parameters)), default=None)
        if found and found.weight > 0 and (rank := (found.weight, found.specific, found.place)) > best_rank:
            best, best_rank = name, rank
    return best


def _parse_ranges(accept: bytes) -> list[_Range]:
    found = []
    for place, item in enumerate(_items(accept)):
        essence, *rest = (part.strip() for part in _split(_PARAMETER, item, _MAX_PARAMETERS))
        weight, parameters = 1.0, set()
        for part in rest:
            name, _, value = part.partition("=")
            if name == "q":
                weight = _parse_weight(value, 1.0)
                break  # what follows is no parameter of the range
            if part:
                parameters.add(f"{name}={_unquote(value)}")
        specific = 0 if essence == "*/*" else 1 if essence.endswith("/*") else 2 + len(parameters)
        found.append(_Range(specific, weight, -place, essence, frozenset(parameters)))
    return found


class Coding(NamedTuple):
    """A content coding of a body."""

    name: str | None
    """The name of the coding; None where the body is sent as it is."""
    is_needed: bool
    """Whether the client refuses the body as it is, however small it is."""


PLAIN = Coding(None, False)


def choose_coding(accept_encoding: bytes, pays: bool = True) -> Coding:
    """Chooses the best coding under an Accept-Encoding header; where compressing does not pay, none if that is allowed.

    The first MAX_ITEMS codings count. What is not named has the quality of *; the body as it is, if there is no *
    either, that of what comes last. Raises NoCoding where the client takes none of them.
    """
    weights: dict[str, float] = {}
    for item in _items(accept_encoding):
        name, *rest = (part.strip() for part in item.split(";", 1))
        said = rest[0] if rest else "q=1"
        weight = _parse_weight(said[2:], -1.0) if said.startswith("q=") else 1.0
        if weight >= 0:  # one with no weight of sense is as one that is not named
            weights[_ALIASES.get(name, name)] = weight
    every = weights.get("*")
    best, most = None, 0.0
    for coding in CODINGS:
        if (weight := weights.get(coding, every or 0.0)) > most:  # of equals, the first
            best, most = coding, weight
    plain = weights.get("identity", every)
    takes_plain = plain is None or plain > 0
    if takes_plain and (not pays or best is None or (plain or 0) > most):
        return PLAIN
    if best is None:
        raise NoCoding
    return Coding(best, not takes_plain)


_ALIASES = {"x-gzip": "gzip"}


def _items(header: bytes) -> list[str]:
    """The items of a header's list, MAX_ITEMS at most."""
    return _split(_ITEM, header.decode("latin-1").lower(), MAX_ITEMS)


def _split(part: re.Pattern[str], text: str, most: int) -> list[str]:
    if '"' in text:
        found = part.findall(text[:_LONGEST_QUOTED])[:most]
    else:
        mark = "," if part is _ITEM else ";"
        found = text.split(mark, most)[:most]
    return [item.strip() for item in found if item.strip()]


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if len(text) > 1 and text[0] == text[-1] == '"' else text


def _parse_weight(text: str, otherwise: float) -> float:
    try:
        weight = float(text[:_LONGEST_WEIGHT])
    except ValueError:
        return otherwise
    return otherwise if isnan(weight) else min(max(weight, 0.0), 1.0)
