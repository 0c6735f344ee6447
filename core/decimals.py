"""Orbits in decimal arithmetic: the same step function, evaluated by `decimal`."""

from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, localcontext

from core.system import System

DIGITS = 28
"""Significant digits where none are asked for."""

_DIGITS_PER_WORD = 19  # of libmpdec on 64-bit machines


def context(digits: int) -> Context:
    """Arithmetic of `digits` significant digits, half even, of decimal's widest exponent range.

    Past that range, and at a division by zero, it gives infinities and nan; nothing is raised.
    """
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX, capitals=1, clamp=0, traps=[])


def decimal_orbit(
    system: System, state: Sequence[Decimal], parameters: Sequence[Decimal], steps: int, digits: int = DIGITS
) -> list[tuple[Decimal, ...]]:
    """The iterates 1 … steps, at most: the orbit ends before the first with a value that is not finite.

    `state` and `parameters` are used as they are, however many digits they have; each operation rounds.
    Raises TypeError where the system is not rational.
    """
    orbit: list[tuple[Decimal, ...]] = []
    current = tuple(state)
    with localcontext(context(digits)):
        for _ in range(steps):
            current = system.step(*current, *parameters)
            if not all(value.is_finite() for value in current):
                break
            orbit.append(current)
    return orbit


def work(system: System, digits: int) -> int:
    """What one step costs, in units of about 10 ns: linear in its operations, quadratic in their length.

    `digits` is the greater of the precision and the longest input.
    """
    words = -(-digits // _DIGITS_PER_WORD)
    return system.operations * (12 + words * words // 8)
