"""What a client's Accept headers ask for."""

from functools import lru_cache

from litestar.datastructures.headers import Accept

from api.compression import CODINGS
from api.formats import FORMATS

BY_MEDIA_TYPE = {f.media_type.partition(";")[0]: name for name, f in FORMATS.items() if name != "columns"}
"""The format for each media type; columns has that of json, so that only `format` names it."""

_MEDIA_TYPES = list(BY_MEDIA_TYPE)  # of equals, the first is the best


@lru_cache(maxsize=1024)
def accepted_format(accept: bytes) -> str | None:
    """The best known format under an Accept header, or None where it takes none of them."""
    best = Accept(accept.decode("latin-1")).best_match(_MEDIA_TYPES)
    return BY_MEDIA_TYPE[best] if best else None


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
