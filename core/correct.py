"""Orbits whose every printed digit is one of the exact orbit of the inputs as written.

The exact orbit is enclosed in balls (`core.balls`), with as many bits as it takes until each ball rounds to one number
of so many digits, half even. Where a ball holds a tie, or 0, and no precision can tell, exact fractions do, as long as
they are short: an orbit that reaches such a number has few digits until then.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from flint import arb

from attractor.core.balls.orbit import PILOT, ExactOrbit, NotResolved, enough
from attractor.core.balls.precision import bits
from attractor.core.balls.rounding import NoDecimal, bits_of, round_ball
from attractor.core.decimals import context
from attractor.core.selection import Selection
from attractor.core.slicing import Pace, Work
from attractor.core.system import System

_EXACT = 20_000  # bits of numerators and denominators up to which fractions are followed

Row = tuple[Decimal, ...]


class Correct(NamedTuple):
    """The kept iterates, each coordinate rounded half even to so many digits of which the last may be zeros.

    The orbit ends before `left_at`, the first n with a coordinate that is no number (a division by zero) or past the
    range of `decimal`. `bits` is the precision that sufficed.
    """

    rows: list[Row]
    left_at: int | None
    bits: int


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
    count, lasted, pace = max(PILOT, 2 * least), 0, Pace()
    while count <= most_bits:
        lasted = yield from found.run(count)
        if lasted == selection.last or found.left_at is not None:
            return Correct(found.rows, found.left_at, count)
        wanted = enough(count, least, lasted, selection.last)
        count = most_bits if count < most_bits < wanted else wanted  # how far all that is allowed reaches
        yield from pace.pauses()
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
                    except NoDecimal:
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
        """The rounded coordinates; None where they are not resolved. Raises NoDecimal."""
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
        """Iterate n, or None where it is too long to be known. Raises NoDecimal where there is none."""
        while self._is_short and self._n < n:
            try:
                self._state = list(self._step(*self._state, *self._parameters))
            except ZeroDivisionError:
                raise NoDecimal from None
            self._n += 1
            length = max(x.numerator.bit_length() + x.denominator.bit_length() for x in self._state)
            self._is_short = length <= _EXACT
        return self._state if self._is_short and self._n == n else None


def round_exactly(x: Fraction, digits: int) -> Decimal:
    """The number of so many digits nearest to x, half even."""
    if not x:
        return Decimal(0)
    with localcontext(context(digits)) as rounding:
        value = Decimal(x.numerator) / Decimal(x.denominator)
        return value.quantize(Decimal((0, (1,), value.adjusted() - digits + 1)), context=rounding)
