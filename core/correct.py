"""Orbits whose every printed digit is one of the exact orbit of the inputs as written.

The exact orbit is enclosed in balls (`core.balls`), with as many bits as it takes until each ball rounds to one number
of so many digits, half even. Where a ball holds a tie, or 0, and no precision can tell, exact fractions do, as long as
they are short: an orbit that reaches such a number has few digits until then.
"""

from collections.abc import Sequence
from decimal import MAX_EMAX, Decimal, localcontext
from fractions import Fraction
from math import ceil, log2
from typing import NamedTuple

from flint import arb, ctx, fmpz

from attractor.core.balls.orbit import PILOT, ExactOrbit, NotResolved, enough
from attractor.core.balls.precision import bits
from attractor.core.decimals import context
from attractor.core.selection import Selection
from attractor.core.slicing import Pace, Work
from attractor.core.system import System

_GUARD = 64  # bits beside those of the digits
_EXACT = 20_000  # bits of numerators and denominators up to which fractions are followed
_LOG_2 = 30102999566398119521, 10**20  # log10 2

Row = tuple[Decimal, ...]


class Correct(NamedTuple):
    """The kept iterates, each coordinate rounded half even to so many digits of which the last may be zeros.

    The orbit ends before `left_at`, the first n with a coordinate that is no number (a division by zero) or past the
    range of `decimal`. `bits` is the precision that sufficed.
    """

    rows: list[Row]
    left_at: int | None
    bits: int


class _Left(ArithmeticError):
    """A coordinate is past decimal's range, or is no number."""


def bits_of(digits: int) -> int:
    """The bits that a ball needs for so many digits."""
    return ceil(digits * log2(10)) + _GUARD


def correct_orbit(
    system: System,
    start: Sequence[Decimal],
    parameters: Sequence[Decimal],
    selection: Selection,
    digits: int,
    most_bits: int = 100_000,
) -> Work[Correct]:
    """The kept iterates of the exact orbit, each coordinate to `digits` significant digits.

    Literals of the step are the doubles that they are, pi is the exact one. Raises NotResolved where more than
    `most_bits` are needed, which a tie that fractions do not reach always does.
    """
    least = bits_of(digits)
    found = _Rounding(system, start, parameters, selection, digits)
    count, lasted = max(PILOT, 2 * least), 0
    while count <= most_bits:
        lasted = yield from found.run(count)
        if lasted == selection.last or found.left_at is not None:
            return Correct(found.rows, found.left_at, count)
        wanted = enough(count, least, lasted, selection.last)
        count = most_bits if count < most_bits < wanted else wanted  # how far all that is allowed reaches
    raise NotResolved(most_bits, lasted)


class _Rounding:
    """The iterates that are resolved so far; another run with more bits adds to them."""

    def __init__(
        self,
        system: System,
        start: Sequence[Decimal],
        parameters: Sequence[Decimal],
        selection: Selection,
        digits: int,
    ) -> None:
        self._system, self._start, self._parameters = system, start, parameters
        self._selection, self._digits = selection, digits
        self._fractions = _Fractions(system, start, parameters)
        self._lasted = 0
        self.rows: list[Row] = []
        self.left_at: int | None = None
        if selection.start:
            self.rows.append(tuple(round_exactly(Fraction(value), digits) for value in start))

    def run(self, count: int) -> Work[int]:
        """Rounds iterates as far as `count` bits resolve them; the number of these is the generator's value."""
        selection, pace = self._selection, Pace()
        orbit = ExactOrbit(self._system, self._start, self._parameters, count, bits_of(self._digits))
        for n in range(1, selection.last + 1):
            with bits(orbit.precision):
                state = orbit.advance()
                if n > self._lasted:
                    try:
                        row = self._row(n, state)
                    except _Left:
                        self.left_at = n
                        return n
                    if row is None:
                        return n - 1
                    self._lasted = n
                    if n >= selection.first and n % selection.every == 0:
                        self.rows.append(row)
            yield from pace.pauses()
        return selection.last

    def _row(self, n: int, state: list[arb]) -> Row | None:
        """The rounded coordinates; None where they are not resolved. Raises _Left."""
        values = [round_ball(x, self._digits) for x in state]
        if None in values:
            exact = self._fractions.at(n)
            if exact is None:
                return None
            return tuple(round_exactly(x, self._digits) for x in exact)
        return tuple(values)  # type: ignore[arg-type]


class _Fractions:
    """The exact orbit in fractions, as long as they are short."""

    def __init__(self, system: System, start: Sequence[Decimal], parameters: Sequence[Decimal]) -> None:
        self._step = system.step
        self._n = 0
        self._is_short = system.is_rational
        self._state = [Fraction(value) for value in start]
        self._parameters = [Fraction(value) for value in parameters]

    def at(self, n: int) -> list[Fraction] | None:
        """Iterate n, or None where it is too long to be known. Raises _Left where there is none."""
        while self._is_short and self._n < n:
            try:
                self._state = list(self._step(*self._state, *self._parameters))
            except ZeroDivisionError:
                raise _Left from None
            self._n += 1
            length = max(x.numerator.bit_length() + x.denominator.bit_length() for x in self._state)
            self._is_short = length <= _EXACT
        return self._state if self._is_short and self._n == n else None


def round_ball(x: arb, digits: int) -> Decimal | None:
    """The one number of so many digits to which all of a ball rounds, half even; None where there are several.

    Raises _Left where it is past decimal's range. Call it within `bits`; it works with more where it must.
    """
    if x.is_zero():
        return Decimal(0)
    if not x.is_finite() or not (x > 0 or x < 0):
        return None
    man, exp = x.mid().man_exp()
    exponent = (int(man).bit_length() + int(exp)) * _LOG_2[0] // _LOG_2[1] + 1  # of a power of ten near |x|
    if abs(exponent) > MAX_EMAX:
        raise _Left
    with bits(max(ctx.prec, bits_of(digits)) + exponent.bit_length()):
        whole, exponent = _whole(abs(x), digits, exponent)
    if whole is None:
        return None
    if abs(exponent) > MAX_EMAX:
        raise _Left
    return Decimal(f"{'-' if x < 0 else ''}{whole}E{exponent - digits}")


def _whole(x: arb, digits: int, exponent: int) -> tuple[int | None, int]:
    """The digits as a whole number m, where x rounds to m · 10^(exponent - digits), None where they are not known."""
    low, high = fmpz(10) ** (digits - 1), fmpz(10) ** digits
    scaled = _shift(x, digits - exponent)
    while not scaled >= low:  # a ball that holds a power of ten is taken as from below it, where it rounds to that
        scaled, exponent = _shift(x, digits - exponent + 1), exponent - 1
    while scaled > high:
        scaled, exponent = _shift(x, digits - exponent - 1), exponent + 1
    raised = scaled + arb(0.5)
    floor = raised.floor().unique_fmpz()
    if floor is None or not (raised.is_exact() or raised > floor):
        return None, exponent
    whole = int(floor)
    if raised.is_exact() and raised == floor:
        whole -= whole % 2  # a tie
    return (int(low), exponent + 1) if whole == high else (whole, exponent)


def _shift(x: arb, places: int) -> arb:
    """x · 10^places, exact where that is representable."""
    power = arb(10) ** abs(places)
    return arb(x * power) if places >= 0 else arb(x / power)


def round_exactly(x: Fraction, digits: int) -> Decimal:
    """The number of so many digits nearest to x, half even."""
    if not x:
        return Decimal(0)
    with localcontext(context(digits)) as rounding:
        value = Decimal(x.numerator) / Decimal(x.denominator)
        return value.quantize(Decimal((0, (1,), value.adjusted() - digits + 1)), context=rounding)
