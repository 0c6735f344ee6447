"""What is seen of a request while it is answered."""

from typing import Any

from msgspec import Struct


class Seen(Struct):
    """`api.observed` puts one into each scope, under "seen"; who computes an answer fills it in."""

    id: str
    query: Any = None
    """The `api.endpoint.Query`, once it is read."""
    answer: Any = None
    """The `api.endpoint.Answer`, once it is computed."""
    kernel: float | None = None
    """Seconds that an answer took to compute that is made at once."""
    encoding: float | None = None
    """Seconds that it took to write."""
