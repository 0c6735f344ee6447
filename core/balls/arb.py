"""The functions of a step over arb balls."""

from fractions import Fraction
from typing import Any

from flint import arb, fmpq


def ball(value: Any) -> arb:
    """The exact number as a ball, rounded to the precision in force."""
    exact = Fraction(value)
    return arb(fmpq(exact.numerator, exact.denominator))


class _Functions:
    """Those of `math`, as `core.balls.evaluation` wants them; pi is the exact one, to the precision in force."""

    @property
    def pi(self) -> arb:
        return arb.pi()

    @staticmethod
    def sin(x: Any) -> arb:
        return arb(x).sin()

    @staticmethod
    def cos(x: Any) -> arb:
        return arb(x).cos()

    @staticmethod
    def exp(x: Any) -> arb:
        return arb(x).exp()

    @staticmethod
    def log(x: Any) -> arb:
        return arb(x).log()

    @staticmethod
    def sqrt(x: Any) -> arb:
        return arb(x).sqrt()

    @staticmethod
    def square(x: arb) -> arb:
        return x**2

    @staticmethod
    def sign(x: arb) -> arb:
        if x > 0:
            return arb(1)
        return arb(-1) if x < 0 else arb(0, 1)

    @staticmethod
    def turned(x: Any, _: Any) -> Any:
        """But for whole turns, which who asks takes off."""
        return x

    @staticmethod
    def remainder(x: Any, by: Any) -> arb:
        """Where the quotient has one whole part, exact; else nan, which encloses everything."""
        whole = (arb(x) / by).floor().unique_fmpz()
        return arb.nan() if whole is None else arb(x) - by * arb(whole)

    @staticmethod
    def jump(x: Any, by: Any) -> arb:
        """The derivative of `remainder`, nan where it jumps."""
        return arb.nan() if (arb(x) / by).floor().unique_fmpz() is None else arb(1)


FUNCTIONS = _Functions()
