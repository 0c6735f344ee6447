"""What a client's Accept headers ask for."""

from collections.abc import Mapping
from functools import lru_cache

from litestar.datastructures.headers import Accept

from api.compression import CODINGS
from api.formats import Format

MediaTypes = tuple[tuple[str, str], ...]
"""Media types, the best first, each with the name of its format."""


def media_types(formats: Mapping[str, Format]) -> MediaTypes:
    """Of formats that share one, the first has it: only `format` names the others."""
    first: dict[str, str] = {}
    for name, form in formats.items():
        first.setdefault(form.media_type.partition(";")[0], name)
    return tuple(first.items())


@lru_cache(maxsize=1024)
def accepted_format(accept: bytes, known: MediaTypes) -> str | None:
    """The best of some formats under an Accept header, or None where it takes none of them."""
    best = Accept(accept.decode("latin-1")).best_match([media_type for media_type, _ in known])
    return dict(known)[best] if best else None


@lru_cache(maxsize=1024)
def accepted_coding(accept_encoding: bytes) -> str | None:
    """The best known coding under an Accept-Encoding header, or None for the body as it is."""
    weights: dict[str, float] = {}
    for item in accept_encoding.decode("latin-1").lower().split(","):
        name, _, weight = item.replace(" ", "").partition(";q=")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            weights[name] = 0.0
    best = max(CODINGS, key=lambda coding: weights.get(coding, 0.0))  # of equals, the first
    return best if weights.get(best, 0.0) > 0 else None
