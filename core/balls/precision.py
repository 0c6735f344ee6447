"""The precision of arb: one for the whole process, so one lock, inside which nothing pauses."""

from threading import RLock

from flint import ctx

_PRECISION = RLock()


class bits:  # noqa: N801  # a context, as decimal's localcontext
    """Balls are rounded to so many bits, for this thread alone. Whoever pauses inside holds up all others."""

    __slots__ = ("_before", "_count")

    def __init__(self, count: int) -> None:
        self._count = count

    def __enter__(self) -> None:
        _PRECISION.acquire()
        self._before: int = ctx.prec
        ctx.prec = self._count

    def __exit__(self, *_: object) -> None:
        ctx.prec = self._before
        _PRECISION.release()
