"""The trust horizon: how many digits of a double orbit are those of the exact orbit, and up to which step.

The exact orbit is approached in arithmetic of growing length, until two lengths agree: decimal, or where the step has
functions that decimal lacks, mpmath's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import mpmath
import numpy as np

from attractor.core.decimals import context
from attractor.core.jacobian import exactly, step_over
from attractor.core.lanes import Floats
from attractor.core.orbit import orbit_blocks
from attractor.core.selection import Selection
from attractor.core.slicing import Pace, Work
from attractor.core.system import System

MOST = 17.0
"""Digits of a double that equals the exact value: as many as its decimal text ever needs."""

_AGREED = 20  # digits that two lengths must share: more than any double has
FIRST = 50
"""Digits of the first length that is tried; each further one has twice as many."""


class NotResolved(ArithmeticError):
    """No two lengths within the bound agree."""


@dataclass(frozen=True)
class Horizon:
    """`steps` are the 1-based numbers n of the compared iterates; the orbit ends early where one leaves double's range.

    `coordinates`, of shape (len(steps), dimension), is -log10 of each coordinate's relative error, between 0 and MOST;
    `digits`, of shape (len(steps),), is that of the greatest error over the greatest coordinate, which a coordinate
    that passes near 0 does not upset. `reached` is the first compared n with fewer than the asked digits, or None.
    `length` is the number of decimal digits that sufficed.
    """

    steps: tuple[int, ...]
    digits: Floats
    coordinates: Floats
    reached: int | None
    length: int


def horizon(
    system: System,
    state: Sequence[Decimal],
    parameters: Sequence[Decimal],
    steps: int,
    every: int = 1,
    least: float = 1.0,
    most_digits: int = 10_000,
) -> Work[Horizon]:
    """Compare the double orbit with the exact one of the inputs as written, at each `every`-th of `steps` iterates.

    The double orbit begins with the doubles nearest to the inputs, so their rounding counts as error; pass
    Decimal(double) to leave that out. Literals and constants of the step are the doubles that they are. Two lengths
    agree where every compared number agrees in 20 significant digits.
    Raises NotResolved where more than `most_digits` are needed.
    """
    double = yield from _in_double(system, state, parameters, steps, every)
    length = FIRST
    while 2 * length <= most_digits:
        found = yield from _compared(system, state, parameters, double, every, length)
        length *= 2
        if found is not None:
            break
    else:
        raise NotResolved(f"the orbit is not resolved by {most_digits} digits")
    compared = tuple(every * (i + 1) for i in range(len(found)))
    digits, coordinates = found[:, 0], found[:, 1:]
    reached = next((n for n, d in zip(compared, digits, strict=True) if d < least), None)
    return Horizon(compared, digits, coordinates, reached, length)


def _in_double(
    system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], steps: int, every: int
) -> Work[Floats]:
    """The iterates that are compared, float64 of shape (iterates, dimension), up to one outside double's range."""
    double, done = np.empty((steps // every, system.dimension)), 0
    start, values = (tuple(map(float, given)) for given in (state, parameters))
    for block in orbit_blocks(system, start, values, Selection(steps, every=every)):
        double[done : done + len(block.rows)] = block.rows
        done += len(block.rows)
        yield
    finite = np.isfinite(double).all(axis=1)
    return double if finite.all() else double[: int(finite.argmin())]


def _compared(
    system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], double: Floats, every: int, length: int
) -> Work[Floats | None]:
    """For each iterate the digits of all of it and of each coordinate, float64 of shape (iterates, 1 + dimension), as
    arithmetic of `length` digits and of twice as many agree; None where they do not."""
    orbit = _DecimalOrbit if system.is_rational else _MpmathOrbit
    pace = Pace()
    shorter, longer = (orbit(system, state, parameters, digits) for digits in (length, 2 * length))
    found = np.empty((len(double), 1 + system.dimension))
    for n, row in enumerate(double):
        near = yield from shorter.ahead(every, pace)
        exact = yield from longer.ahead(every, pace)
        if near is None and exact is None:
            return found[:n]
        if near is None or exact is None or not _agree(near, exact):
            return None
        with localcontext(context(40)):
            errors = [abs(Decimal(f) - e) for f, e in zip(row.tolist(), exact, strict=True)]
            sizes = list(map(abs, exact))
            found[n, 0] = _digits(max(errors), max(sizes))
            found[n, 1:] = list(map(_digits, errors, sizes))
        yield from pace.pauses()
    return found


class _DecimalOrbit:
    """An orbit in decimal arithmetic."""

    def __init__(self, system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], digits: int) -> None:
        self._step, self._state, self._parameters = system.step, tuple(state), parameters
        self._arithmetic = context(digits)

    def ahead(self, steps: int, pace: Pace) -> Work[tuple[Decimal, ...] | None]:
        """The iterate so many steps on, as the generator's value; None where it is past decimal's range."""
        for _ in range(steps):
            with localcontext(self._arithmetic):
                self._state = self._step(*self._state, *self._parameters)
            yield from pace.pauses()
        return self._state if all(value.is_finite() for value in self._state) else None


class _MpmathOrbit:
    """An orbit in mpmath's arithmetic."""

    def __init__(self, system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], digits: int) -> None:
        self._step, self._digits = step_over(system, mpmath.mp), digits
        with exactly(digits):
            self._state: tuple[Any, ...] = tuple(mpmath.mpf(str(value)) for value in state)
            self._parameters = [mpmath.mpf(str(value)) for value in parameters]

    def ahead(self, steps: int, pace: Pace) -> Work[tuple[Decimal, ...] | None]:
        """The iterate so many steps on, as the generator's value; None where one is not finite."""
        for _ in range(steps):
            with exactly(self._digits):
                self._state = self._step(*self._state, *self._parameters)
                if not all(map(mpmath.isfinite, self._state)):
                    return None
            yield from pace.pauses()
        with exactly(self._digits):
            return tuple(Decimal(mpmath.nstr(value, self._digits)) for value in self._state)


def _agree(first: Sequence[Decimal], second: Sequence[Decimal]) -> bool:
    with localcontext(context(40)):
        return all(abs(a - b) <= abs(b).scaleb(-_AGREED) for a, b in zip(first, second, strict=True))


def _digits(error: Decimal, size: Decimal) -> float:
    if not error:
        return MOST
    return 0.0 if error >= size else min(MOST, -float((error / size).log10()))
