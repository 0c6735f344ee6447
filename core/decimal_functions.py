"""The functions of a step over decimals: the exact value at the decimals that are given, rounded half even once.

At a rational number other than where it is told here, the sine, cosine, exponential function, logarithm, hyperbolic
and inverse tangent are transcendental (F. von Lindemann, Math. Ann. 20, 213 (1882)), so their value is never halfway
between two decimals: balls of ever more bits round to one of them (A. Ziv, ACM Trans. Math. Softw. 17, 410 (1991)).
"""

from collections.abc import Callable
from decimal import MAX_PREC, ROUND_CEILING, ROUND_FLOOR, Decimal, getcontext
from functools import cached_property

from flint import arb

from attractor.core.balls.precision import bits
from attractor.core.balls.rounding import bits_of, round_ball, shift
from attractor.core.decimals import LARGEST_ANGLE, context

_ANY = context(MAX_PREC)
_NOTHING = Decimal("Infinity")
_BITS_PER_PLACE = 4  # of a decimal, at most
_PAST = 15  # the exponent of exponents that are within decimal's range
_ALIKE = 1_000  # places behind those that are told in which an inverse tangent of so great a number is a quarter turn


class Functions:
    """Those of `math` that a step may call, pi, and remainders, as `core.balls.evaluation` wants them.

    Call them in a decimal context of `digits` digits. Where there is no value they do what that does at an invalid
    operation.
    """

    def __init__(self, digits: int) -> None:
        self._digits = digits

    @cached_property
    def pi(self) -> Decimal:
        return self._nearest(arb.pi)

    @staticmethod
    def number(value: float) -> Decimal:
        """A literal, which is the double that it is."""
        return Decimal(value)

    def sin(self, x: Decimal | int) -> Decimal:
        x = Decimal(x)
        if not _is_angle(x):
            return _undefined()
        return self._odd(x, lambda: _ball(x).sin())

    def cos(self, x: Decimal | int) -> Decimal:
        x = Decimal(x)
        if not _is_angle(x):
            return _undefined()
        if not x:
            return Decimal(1)
        if 2 * (x.adjusted() + 1) <= -self._digits:  # 1 - x²/2 is nearest to 1
            return self._one()
        return self._nearest(lambda: _ball(x).cos(), x)

    def tanh(self, x: Decimal | int) -> Decimal:
        x = Decimal(x)
        if x.is_nan():
            return x
        if x.copy_abs() > 2 * self._digits + 2:  # 1 - 2 exp(-2 |x|) is nearest to 1
            return self._one().copy_sign(x)
        return self._odd(x, lambda: _ball(x).tanh())

    def atan(self, x: Decimal | int) -> Decimal:
        x = Decimal(x)
        if x.is_nan():
            return x
        places = self._digits + _ALIKE
        if x.is_infinite() or x.adjusted() > places:  # less than a quarter turn, by 1 / |x|
            return self._nearest(lambda: arb.pi() / 2 - arb(10) ** -places * arb(0.5, 0.5)).copy_sign(x)
        return self._odd(x, lambda: _ball(x).atan())

    def exp(self, x: Decimal | int) -> Decimal:
        x = Decimal(x)
        if not (x and x.is_finite() and abs(x.adjusted()) < min(self._digits, _PAST)):
            return x.exp()  # rounded so as well, and at once where the result is near 1 or past the range
        return self._nearest(lambda: _ball(x).exp(), x)

    def log(self, x: Decimal | int) -> Decimal:
        x = Decimal(x)
        return self._nearest(lambda: _ball(x).log()) if x.is_finite() and x > 0 and x != 1 else x.ln()

    @staticmethod
    def sqrt(x: Decimal | int) -> Decimal:
        return Decimal(x).sqrt()

    @staticmethod
    def floor(x: Decimal | int) -> Decimal:
        return +Decimal(x).to_integral_value(ROUND_FLOOR)

    @staticmethod
    def ceil(x: Decimal | int) -> Decimal:
        return +Decimal(x).to_integral_value(ROUND_CEILING)

    @staticmethod
    def fabs(x: Decimal | int) -> Decimal:
        return abs(Decimal(x))

    @staticmethod
    def copysign(x: Decimal | int, sign: Decimal | int) -> Decimal:
        return Decimal(x).copy_sign(Decimal(sign))

    @staticmethod
    def remainder(a: Decimal | int, b: Decimal | int) -> Decimal:
        """a - b ⌊a / b⌋, of the sign of b as Python has it."""
        a, b = Decimal(a), Decimal(b)
        if not (a.is_finite() and b.is_finite() and b):
            return _undefined()
        if a.copy_abs().compare(b.copy_abs()) < 0 and a:
            return +a if a.is_signed() == b.is_signed() else a + b
        (one, low), (other, high) = _whole(a), _whole(b)
        least = min(low, high)
        divisor = other * 10 ** (high - least)
        found = one * pow(10, low - least, abs(divisor)) % divisor
        return Decimal(found).scaleb(least).copy_sign(b)

    turned = remainder

    def _odd(self, x: Decimal, value: Callable[[], arb]) -> Decimal:
        """That of a function which is 0 at 0, and else nearer to 0 than x, by less than |x|³."""
        if not x:
            return x
        places = max(self._digits, len(x.as_tuple().digits)) + 3
        if 2 * x.adjusted() + places + 3 < 0:  # nothing that it is rounded to, or halfway, lies between it and x
            return +context(places).next_toward(x, Decimal(0))
        return self._nearest(value, x)

    def _nearest(self, value: Callable[[], arb], at: Decimal = Decimal(1)) -> Decimal:
        """What a transcendental number rounds to; `value` encloses it, the better the more bits."""
        count = bits_of(self._digits) + _BITS_PER_PLACE * max(0, at.adjusted())
        while True:
            with bits(count):
                found = round_ball(value(), self._digits)
            if found is not None:
                return found
            count *= 2

    def _one(self) -> Decimal:
        """1 with all digits, as what is not exact has them."""
        return Decimal((0, (1, *[0] * (self._digits - 1)), 1 - self._digits))


def _is_angle(x: Decimal) -> bool:
    return x.is_finite() and x.adjusted() <= LARGEST_ANGLE


def _undefined() -> Decimal:
    return getcontext().subtract(_NOTHING, _NOTHING)


def _whole(x: Decimal) -> tuple[int, int]:
    """m and e of x = m · 10^e, which is finite."""
    exponent = int(x.as_tuple().exponent)
    return int(x.scaleb(-exponent, _ANY)), exponent


def _ball(x: Decimal) -> arb:
    whole, exponent = _whole(x)
    return shift(arb(whole), exponent)
