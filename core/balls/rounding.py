"""Balls as decimals: the one number of so many digits to which all of a ball rounds, half even."""

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from functools import lru_cache
from math import ceil, log2

from flint import arb, ctx, fmpz

_GUARD = 64  # bits beside those of the digits
_SHORT = 2_000  # places of powers of ten that are whole numbers
_HALF = arb(0.5)
_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LOG_2 = 30102999566398119521, 10**20  # log10 2


class NoDecimal(ArithmeticError):
    """A number is past decimal's range, or there is none."""


def bits_of(digits: int) -> int:
    """The bits that a ball needs for so many digits."""
    return ceil(digits * log2(10)) + _GUARD


def round_ball(x: arb, digits: int) -> Decimal | None:
    """The one number of so many digits to which all of a ball rounds, half even; None where there are several.

    Raises NoDecimal. Call it within `bits`; it works with more where it must.
    """
    if x.is_zero():
        return Decimal(0)
    size = abs(x)
    if not (size > 0 and x.is_finite()):
        return None
    man, exp = size.mid().man_exp()
    exponent = (man.bit_length() + int(exp)) * _LOG_2[0] // _LOG_2[1] + 1  # of a power of ten near |x|
    if abs(exponent) > MAX_EMAX:
        raise NoDecimal
    before = ctx.prec
    ctx.prec = max(before, bits_of(digits)) + exponent.bit_length()
    try:
        whole, exponent = _whole(size, digits, exponent)
    finally:
        ctx.prec = before
    if whole is None:
        return None
    if abs(exponent) > MAX_EMAX:
        raise NoDecimal
    found = Decimal(whole).scaleb(exponent - digits, _WIDE)
    return found if x > 0 else found.copy_negate()


def _whole(x: arb, digits: int, exponent: int) -> tuple[int | None, int]:
    """The digits as a whole number m, where x rounds to m · 10^(exponent - digits), None where they are not known."""
    low, high = _power(digits - 1), _power(digits)
    scaled = shift(x, digits - exponent)
    while not scaled >= low:  # a ball that holds a power of ten is taken as from below it, where it rounds to that
        scaled, exponent = shift(x, digits - exponent + 1), exponent - 1
    while scaled > high:
        scaled, exponent = shift(x, digits - exponent - 1), exponent + 1
    raised = scaled + _HALF
    floor = raised.floor().unique_fmpz()
    if floor is None or not (raised > floor or raised.is_exact()):
        return None, exponent
    whole = int(floor)
    if raised == floor:  # and so exact: a tie
        whole -= whole % 2
    return (int(low), exponent + 1) if floor == high else (whole, exponent)


@lru_cache(maxsize=64)
def _power(places: int) -> fmpz:
    return fmpz(10) ** places


def shift(x: arb, places: int) -> arb:
    """x · 10^places, exact where that is representable."""
    if abs(places) <= _SHORT:
        return arb(x * _power(places)) if places >= 0 else arb(x / _power(-places))
    power = arb(10) ** abs(places)
    return arb(x * power) if places >= 0 else arb(x / power)
