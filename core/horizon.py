"""The trust horizon: how many digits of a double orbit are those of the exact orbit, and up to which step.

The exact orbit is enclosed in balls, of a precision that a pilot foretells: a chaotic orbit loses as many bits at each
step, so where so many last for some steps, so many more last for all. Every number that is told is proven.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from flint import arb, ctx

from attractor.core.balls.arb import ball
from attractor.core.balls.orbit import PILOT, ExactOrbit, NotResolved, enough, turns_of
from attractor.core.balls.precision import bits
from attractor.core.lanes import Floats
from attractor.core.orbit import orbit_blocks
from attractor.core.selection import Selection
from attractor.core.slicing import Pace, Work
from attractor.core.system import System

MOST = 17.0
"""Digits of a double that equals the exact value: as many as its decimal text ever needs."""

_COMPARED = 64  # bits of an error, and of its size
_SURE = 2.0**-40  # relative error below which an error is known to all digits that are told
_HELD = 256  # rows


@dataclass(frozen=True)
class Horizon:
    """`steps` are the 1-based numbers n of the compared iterates; the orbit ends early where one leaves double's range.

    `coordinates`, of shape (len(steps), dimension), is -log10 of each coordinate's relative error, between 0 and MOST;
    `digits`, of shape (len(steps),), is that of the greatest error over the greatest coordinate, which a coordinate
    that passes near 0 does not upset. The error of a coordinate on a circle is a distance on it. `reached` is the first
    n of all with fewer than the asked digits, or None. `bits` is the precision that sufficed.
    """

    steps: tuple[int, ...]
    digits: Floats
    coordinates: Floats
    reached: int | None
    bits: int


def horizon(
    system: System,
    state: Sequence[Decimal],
    parameters: Sequence[Decimal],
    steps: int,
    every: int = 1,
    least: float = 1.0,
    most_bits: int = 100_000,
) -> Work[Horizon]:
    """Compare the double orbit with the exact one of the inputs as written; tell each `every`-th of `steps` iterates.

    The double orbit begins with the doubles nearest to the inputs, so their rounding counts as error; pass
    Decimal(double) to leave that out. Literals of the step are the doubles that they are, pi is the exact one.
    Raises NotResolved where more than `most_bits` are needed.
    """
    double = yield from _in_double(system, state, parameters, steps)
    count, lasted, pace = PILOT, 0, Pace()
    while count <= most_bits:
        found = _Comparison(system, state, parameters, every, least, count)
        lasted = yield from found.run(double)
        if lasted == len(double):
            rows = found.rows[: found.told]
            return Horizon(tuple(found.steps), rows[:, 0], rows[:, 1:], found.reached, count)
        count = enough(count, _COMPARED, lasted, len(double))
        yield from pace.pauses()
    raise NotResolved(most_bits, lasted)


def _in_double(system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], steps: int) -> Work[Floats]:
    """The iterates, float64 of shape (iterates, dimension), up to one outside double's range."""
    double, done = np.empty((steps, system.dimension)), 0
    start, values = (tuple(map(float, given)) for given in (state, parameters))
    for block in orbit_blocks(system, start, values, Selection(steps)):
        double[done : done + len(block.rows)] = block.rows
        done += len(block.rows)
        yield
    finite = np.isfinite(double).all(axis=1)
    return double if finite.all() else double[: int(finite.argmin())]


class _Comparison:
    """A double orbit beside the exact one in balls of a precision."""

    def __init__(
        self,
        system: System,
        state: Sequence[Decimal],
        parameters: Sequence[Decimal],
        every: int,
        least: float,
        count: int,
    ) -> None:
        self._every = every
        self._orbit = ExactOrbit(system, state, parameters, count, _COMPARED)
        self._dimension = system.dimension
        self.steps: list[int] = []
        self.rows = np.empty((0, 1 + system.dimension))
        self.told = 0
        self.reached: int | None = None
        with bits(_COMPARED):
            self._least = arb(10) ** ball(-least)

    def run(self, double: Floats) -> Work[int]:
        """Compares iterates as far as the precision lasts; their number is the generator's value."""
        self.rows = np.empty((len(double) // self._every, 1 + self._dimension))
        pace = Pace()
        for n, row in enumerate(_rows(double), 1):
            with bits(self._orbit.precision):
                if not self._look(n, row, self._orbit.advance()) or self._orbit.is_spent:
                    return n - 1
            yield from pace.pauses()
        return len(double)

    def _look(self, n: int, row: Sequence[float], state: Sequence[arb]) -> bool:
        """Notes the digits of an iterate where they are proven. Returns whether they are."""
        is_told = n % self._every == 0
        if self.reached is not None and not is_told:
            return True
        errors, sizes = [], []
        for d, x, turn in zip(row, state, self._orbit.turns, strict=True):
            if not x.is_finite():
                return False
            errors.append(abs(_around(arb(d) - x, turn)))
            sizes.append(abs(x))
        ctx.prec = _COMPARED
        error, size = _greatest(errors), _greatest(sizes)
        if self.reached is None:
            allowed = size * self._least
            if error > allowed:
                self.reached = n
            elif not (error <= allowed or error.is_zero()):
                return False
        if is_told:
            told = [_digits(e, s) for e, s in ((error, size), *zip(errors, sizes, strict=True))]
            if any(digits is None for digits in told):
                self.reached = None if self.reached == n else self.reached
                return False
            self.rows[self.told] = told
            self.steps.append(n)
            self.told += 1
        return True


def _rows(double: Floats) -> Iterator[list[float]]:
    """Rows as Python's numbers, of which few are held at once."""
    for first in range(0, len(double), _HELD):
        yield from double[first : first + _HELD].tolist()


def _around(error: arb, turn: Any) -> arb:
    """The distance, on a circle of circumference `turn` where that is one."""
    if turn is None:
        return error
    return arb(error - turn * arb(round(float(turns_of(error, turn).mid()))))


def _greatest(values: Sequence[arb]) -> arb:
    found = values[0]
    for value in values[1:]:
        found = found.max(value)
    return found


def _digits(error: arb, size: arb) -> float | None:
    """-log10 of a relative error, between 0 and MOST; None where it is not known to all its digits."""
    if error.is_zero():
        return MOST
    if error >= size:
        return 0.0
    if error < size * arb(10) ** -17:
        return MOST
    if not (error.rad() < error.mid() * _SURE and size.rad() < size.mid() * _SURE):
        return None
    ratio = error.mid() / size.mid()
    # By Arb: the C library's logarithm has other last bits on other machines.
    return min(MOST, max(0.0, float(-(ratio.log() / arb(10).log()).mid())))
