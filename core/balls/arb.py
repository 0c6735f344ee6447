"""The functions of a step over arb balls."""

from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq


def ball(value: Any) -> arb:
    """The exact number as a ball, rounded to the precision in force."""
    exact = Fraction(value)
    return arb(fmpq(exact.numerator, exact.denominator))


class _Functions:
    """The functions of `math` over balls, as `core.balls.evaluation` wants them; pi is exact to the precision in force.

    A step often wants the sine and the cosine of one argument, which cost as much as one of them.
    """

    def __init__(self) -> None:
        self._last: tuple[Any, int, tuple[arb, arb]] = None, 0, (arb(0), arb(1))

    def _circular(self, x: Any) -> tuple[arb, arb]:
        """Sine and cosine; those of the last argument are kept, for the precision in force."""
        argument, precision, both = self._last
        if argument is not x or precision != ctx.prec:
            both = arb(x).sin_cos()
            self._last = x, ctx.prec, both
        return both

    @property
    def pi(self) -> arb:
        return arb.pi()

    def sin(self, x: Any) -> arb:
        return self._circular(x)[0]

    def cos(self, x: Any) -> arb:
        return self._circular(x)[1]

    @staticmethod
    def exp(x: Any) -> arb:
        return arb(x).exp()

    @staticmethod
    def log(x: Any) -> arb:
        return arb(x).log()

    @staticmethod
    def tanh(x: Any) -> arb:
        return arb(x).tanh()

    @staticmethod
    def atan(x: Any) -> arb:
        return arb(x).atan()

    @staticmethod
    def sqrt(x: Any) -> arb:
        return arb(x).sqrt()

    @staticmethod
    def square(x: arb) -> arb:
        return x * x  # a power of a ball around 0 is nan

    @staticmethod
    def sign(x: arb) -> arb:
        if x > 0:
            return arb(1)
        return arb(-1) if x < 0 else arb(0, 1)

    @staticmethod
    def turned(x: Any, _: Any) -> Any:
        """The value itself: the caller takes whole turns off."""
        return x

    @staticmethod
    def remainder(x: Any, by: Any) -> arb:
        """The remainder, exact where the quotient has one whole part; else nan, which encloses everything."""
        whole = (arb(x) / by).floor().unique_fmpz()
        return arb.nan() if whole is None else arb(x) - by * arb(whole)

    @staticmethod
    def jump(x: Any, by: Any) -> arb:
        """The derivative of `remainder`, nan where it jumps."""
        return arb.nan() if (arb(x) / by).floor().unique_fmpz() is None else arb(1)


FUNCTIONS = _Functions()
