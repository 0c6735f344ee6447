"""The trust horizon: how many digits of a double orbit are those of the exact orbit, and up to which step.

The exact orbit is approached in arithmetic of growing length, until two lengths agree: decimal, or where the step has
functions that decimal lacks, mpmath's.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from time import perf_counter
from typing import Any

import numpy as np

from core.decimals import context
from core.jacobian import exactly, step_over
from core.kernel import orbit_kernel
from core.lanes import Floats
from core.slicing import SECONDS
from core.system import System

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
) -> Iterator[Horizon | None]:
    """Compare the double orbit with the exact one of the inputs as written, at each `every`-th of `steps` iterates.

    The double orbit begins with the doubles nearest to the inputs, so their rounding counts as error; pass
    Decimal(double) to leave that out. Literals and constants of the step are the doubles that they are. Two lengths
    agree where every compared number agrees in 20 significant digits.
    Yields None between slices and the whole at the end. Raises NotResolved where more than `most_digits` are needed.
    """
    double = np.empty((steps // every, system.dimension))
    orbit_kernel(system)(tuple(map(float, state)), tuple(map(float, parameters)), every, double)
    finite = np.isfinite(double).all(axis=1)
    count = len(double) if finite.all() else int(finite.argmin())
    length, _exact = FIRST, _in_decimal if system.is_rational else _in_mpmath
    shorter = yield from _exact(system, state, parameters, count, every, length)
    while True:
        length *= 2
        if length > most_digits:
            raise NotResolved(f"the orbit is not resolved by {most_digits} digits")
        exact = yield from _exact(system, state, parameters, count, every, length)
        if len(exact) == len(shorter) and _agree(shorter, exact):
            break
        shorter = exact
    rows = double[: len(exact)].tolist()
    with localcontext(context(40)):
        pairs = [[(Decimal(f), e) for f, e in zip(*row, strict=True)] for row in zip(rows, exact, strict=True)]
        coordinates = np.array([[_digits(abs(f - e), abs(e)) for f, e in row] for row in pairs])
        coordinates = coordinates.reshape(len(exact), system.dimension)
        digits = np.array([_digits(max(abs(f - e) for f, e in row), max(abs(e) for _, e in row)) for row in pairs])
    compared = tuple(every * (i + 1) for i in range(len(exact)))
    reached = next((n for n, d in zip(compared, digits, strict=True) if d < least), None)
    yield Horizon(compared, digits, coordinates, reached, length)


def _in_decimal(
    system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], count: int, every: int, digits: int
) -> Generator[None, None, list[tuple[Decimal, ...]]]:
    current, kept = tuple(state), []
    arithmetic, began = context(digits), perf_counter()
    for _ in range(count):
        for _ in range(every):
            with localcontext(arithmetic):
                current = system.step(*current, *parameters)
            if perf_counter() - began > SECONDS:
                yield
                began = perf_counter()
        if not all(value.is_finite() for value in current):
            break
        kept.append(current)
    return kept


def _in_mpmath(
    system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], count: int, every: int, digits: int
) -> Generator[None, None, list[tuple[Decimal, ...]]]:
    import mpmath

    step = step_over(system, mpmath.mp)
    kept: list[tuple[Decimal, ...]] = []
    with exactly(digits):
        current: tuple[Any, ...] = tuple(mpmath.mpf(str(value)) for value in state)
        values = [mpmath.mpf(str(value)) for value in parameters]
    done, began = 0, perf_counter()
    while done < count * every:
        with exactly(digits):
            while done < count * every and perf_counter() - began < SECONDS:
                current = step(*current, *values)
                done += 1
                if not all(map(mpmath.isfinite, current)):
                    return kept
                if done % every == 0:
                    kept.append(tuple(Decimal(mpmath.nstr(value, digits)) for value in current))
        yield
        began = perf_counter()
    return kept


def _agree(first: list[tuple[Decimal, ...]], second: list[tuple[Decimal, ...]]) -> bool:
    with localcontext(context(40)):
        return all(
            abs(a - b) <= abs(b).scaleb(-_AGREED)
            for row in zip(first, second, strict=True)
            for a, b in zip(*row, strict=True)
        )


def _digits(error: Decimal, size: Decimal) -> float:
    if not error:
        return MOST
    return 0.0 if error >= size else min(MOST, -float((error / size).log10()))
