"""From a validated query to the orbit it names, in the arithmetic it asks for."""

from decimal import Decimal

import numpy as np
from msgspec import Struct

from api.problems import BadQuery, Fault
from api.query import OrbitQuery, too_much_decimal
from api.settings import Settings
from core.decimals import decimal_orbit
from core.kernel import Orbit, left_range_at, orbit_kernel


class DoubleAnswer(Struct, frozen=True):
    """An orbit in double arithmetic, float64 of shape (steps, dimension)."""

    orbit: Orbit
    left_at: int | None
    """The n of the first iterate with a value that is not finite."""


class DecimalAnswer(Struct, frozen=True):
    """An orbit in decimal arithmetic, shorter than `steps` where it left decimal's range."""

    orbit: list[tuple[Decimal, ...]]
    steps: int
    digits: int
    as_text: bool
    """Whether numbers are to be written as strings: they were asked for to all their digits."""

    @property
    def left_at(self) -> int | None:
        return len(self.orbit) + 1 if len(self.orbit) < self.steps else None


Answer = DoubleAnswer | DecimalAnswer


def answer(query: OrbitQuery, settings: Settings) -> Answer:
    """The orbit that `query` names.

    precision=auto evaluates in decimal what leaves double's range, where the system has a decimal
    evaluation. Raises BadQuery where that would cost more than the bound.
    """
    if query.precision == "decimal":
        return _decimal(query)
    orbit = np.empty((query.steps, query.system.dimension))
    _, finite = orbit_kernel(query.system)(query.start, query.parameters, 1, orbit)
    if finite:
        return DoubleAnswer(orbit, None)
    left_at = left_range_at(orbit)
    if query.precision == "double" or not query.system.is_rational:
        return DoubleAnswer(orbit, left_at)
    for fault in too_much_decimal(query, settings):
        why = f"{fault.problem}, which the orbit needs since it leaves double's range at n = {left_at}"
        raise BadQuery([Fault(fault.parameter, why, fault.given, fault.allowed)])
    return _decimal(query)


def _decimal(query: OrbitQuery) -> DecimalAnswer:
    start, parameters = query.exact()
    orbit = decimal_orbit(query.system, start, parameters, query.steps, query.digits)
    return DecimalAnswer(orbit, query.steps, query.digits, query.precision == "decimal")
