"""What a client's Accept headers ask for."""

from collections.abc import Mapping
from math import isnan

from attractor.api.formats import Format
from attractor.api.http.compression import CODINGS

MAX_ITEMS = 64
"""Of a header, as many as count."""
_MAX_PARAMETERS = 8
_LONGEST_WEIGHT = 8  # characters

MediaTypes = tuple[tuple[str, str], ...]
"""Media types, the best first, each with the name of its format."""


def media_types(formats: Mapping[str, Format]) -> MediaTypes:
    """Of formats that share one, the first has it: only `format` names the others."""
    first: dict[str, str] = {}
    for name, form in formats.items():
        first.setdefault(form.media_type.partition(";")[0], name)
    return tuple(first.items())


def accepted_format(accept: bytes, known: MediaTypes) -> str | None:
    """The best of some formats under an Accept header, or None where it takes none of them.

    A media type has the quality that its most specific range gives it (RFC 9110, 12.5.1). Of the best, first comes
    what is named more specifically, then earlier. The first MAX_ITEMS ranges count.
    """
    ranges = _ranges(accept)
    best, best_rank = None, (0.0, 0, 0)
    for media_type, name in known:
        main = media_type.partition("/")[0]
        found = ranges.get(media_type) or ranges.get(f"{main}/*") or ranges.get("*/*")
        if found and found > best_rank and found[0] > 0:
            best, best_rank = name, found
    return best


def _ranges(accept: bytes) -> dict[str, tuple[float, int, int]]:
    """Each range with what ranks it: quality, how specific it is, and how early it comes."""
    found: dict[str, tuple[float, int, int]] = {}
    for place, item in enumerate(_items(accept)):
        name, *parameters = (part.strip() for part in item.split(";", _MAX_PARAMETERS))
        weights = [part[2:] for part in parameters if part.startswith("q=")]
        specific = 0 if name == "*/*" else 1 if name.endswith("/*") else 2 + (len(parameters) > len(weights))
        rank = _weight(weights[0], 1.0) if weights else 1.0, specific, -place
        found[name] = max(found.get(name, rank), rank)
    return found


def accepted_coding(accept_encoding: bytes) -> str | None:
    """The best known coding under an Accept-Encoding header, or None for the body as it is.

    The first MAX_ITEMS codings count.
    """
    weights: dict[str, float] = {}
    for item in _items(accept_encoding):
        name, _, weight = item.replace(" ", "").partition(";q=")
        weights[name] = _weight(weight or "1", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, 0.0))  # of equals, the first
    return best if weights.get(best, 0.0) > 0 else None


def _items(header: bytes) -> list[str]:
    """The items of a list, no more than count."""
    return header.decode("latin-1").lower().split(",", MAX_ITEMS)[:MAX_ITEMS]


def _weight(text: str, otherwise: float) -> float:
    try:
        weight = float(text[:_LONGEST_WEIGHT])
    except ValueError:
        return otherwise
    return otherwise if isnan(weight) else min(max(weight, 0.0), 1.0)
