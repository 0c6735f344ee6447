"""The exact orbit of the numbers as written, in balls whose precision goes down with what is left of it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flint import arb, ctx

from attractor.core.balls.arb import FUNCTIONS, ball
from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import circumferences, step_over
from attractor.core.balls.precision import bits
from attractor.core.system import System

PILOT = 256
"""Bits of the first precision that is tried: a chaotic orbit loses as many at each step, so it foretells the one that
suffices."""

_SPARE = 40  # bits beside those that an orbit still has
_SLOPES = 64  # bits of Jacobians, and of quotients that are rounded to whole numbers
_REVIEWED = 32  # steps between two looks at how many it has


class NotResolved(ArithmeticError):
    """No precision within the bound resolves the orbit; `lasted` of its iterates are resolved all the same."""

    def __init__(self, most_bits: int, lasted: int) -> None:
        super().__init__(f"the orbit is not resolved by {most_bits} bits")
        self.lasted = lasted


def enough(count: int, least: int, lasted: int, steps: int) -> int:
    """The precision that suffices for `steps`, where `count` bits kept the `least` that are needed for `lasted`."""
    if not lasted:
        return 2 * count
    return max(count + count // 4, int((count - least) * 1.08 * steps / lasted) + 2 * least)


class ExactOrbit:
    """An orbit that begins with balls of `count` bits and keeps at least `least`."""

    def __init__(
        self, system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], count: int, least: int
    ) -> None:
        self.precision = count
        self.is_spent = False
        """Whether every coordinate is known to fewer than `least` bits, so that further iterates are of no use."""
        self.turns: list[Any] = []
        """For each coordinate the circumference of the circle on which it lies, None on a line."""
        self._told = 0  # bits of these
        self._least = least
        self._system = system
        self._step: Callable[..., tuple[Any, ...]] = step_over(system, FUNCTIONS)
        self._jacobian = None if system.is_rational else with_jacobian(system, FUNCTIONS)
        self._n = 0
        with bits(count):
            self._state, self._parameters = (list(map(ball, given)) for given in (state, parameters))

    def advance(self) -> list[arb]:
        """The next iterate. Call it, and use what it gives, within `bits(self.precision)`."""
        if self._told != self.precision:
            self.turns, self._told = circumferences(self._system, FUNCTIONS), self.precision
        self._state = [_within(arb(x), turn) for x, turn in zip(self._image(), self.turns, strict=True)]
        self._n += 1
        if self._n % _REVIEWED == 0:
            known = max((x.rel_accuracy_bits() for x in self._state if not x.is_exact()), default=self.precision)
            self.precision = max(2 * self._least, min(self.precision, known + _SPARE))
            self.is_spent = known < self._least
        return self._state

    def _image(self) -> Sequence[Any]:
        """An enclosure of the step's values.

        Functions are costly at many bits, and lose more of them than the map does: the mean value form, which encloses
        f(m + r) by f(m) and the Jacobian over the ball times r, loses what the map stretches alone.
        """
        if self._jacobian is None:
            return self._step(*self._state, *self._parameters)
        ctx.prec = _SLOPES
        _, rows = self._jacobian(self._state, self._parameters)
        radii = [x.rad() for x in self._state]
        errors = [sum((abs(s) * r for s, r in zip(row, radii, strict=True) if s is not None), arb(0)) for row in rows]
        ctx.prec = self.precision
        middle = self._step(*(x.mid() for x in self._state), *self._parameters)
        return [value + arb(0, error.abs_upper()) for value, error in zip(middle, errors, strict=True)]


def turns_of(value: arb, turn: Any) -> arb:
    """The quotient of two long numbers to few bits, as far as it decides how many whole turns there are."""
    before, ctx.prec = ctx.prec, _SLOPES
    quotient = arb(value / turn)
    ctx.prec = before
    return quotient


def _within(value: arb, turn: Any) -> arb:
    """The number from 0 to a turn that stands for a point of a circle; an enclosure of 0 where it may be either."""
    if turn is None or not value.is_finite():
        return value
    whole = turns_of(value, turn).floor().unique_fmpz()
    return arb(value - turn * arb((value / turn).mid().floor().unique_fmpz() if whole is None else whole))
