"""The precision of arb: one for the whole process, so one lock, inside which nothing pauses."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from flint import ctx

_PRECISION = RLock()


@contextmanager
def bits(count: int) -> Iterator[None]:
    """Balls are rounded to so many bits, for this thread alone. Whoever pauses inside holds up all others."""
    with _PRECISION:
        before = ctx.prec
        ctx.prec = count
        try:
            yield
        finally:
            ctx.prec = before
