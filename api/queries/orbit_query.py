"""The class of valid queries for one orbit, and what their answers cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from attractor.api.formats import FORMATS
from attractor.api.formats.arrow import TEXT, TUPLES
from attractor.api.problems import Fault
from attractor.api.queries.numbers import spell_whole
from attractor.api.settings import Settings
from attractor.core.cost import BALL_RUNS, BALL_STEP, chaotic_bits, horizon_step, orbit_step
from attractor.core.decimals import WORK_SECONDS, work
from attractor.core.edition import EDITION
from attractor.core.selection import SLICE, Selection
from attractor.core.system import System

if TYPE_CHECKING:
    from attractor.core.kernel import Floats

PATH = "/calculation"

HELD_TEXT = 1 << 20
"""Characters of an orbit in decimal up to which it is held from when it is computed until it is written."""

_SHORT = 1_000  # steps
_WORK = 300_000  # of a block of `core.decimals.decimal_blocks`
_AROUND = 25  # characters of a decimal beside its digits, at most
_BASE = 1 << 18  # bytes of the chunks of a small answer
_STEP_SECONDS = 1e-6  # of a step in decimal beside its work
_TEXT_SECONDS = 3e-7  # of a value as text, or of a record that is written, beside its characters
_CHARACTER_SECONDS = 5e-9  # of each, as text that is made and taken apart again
_ROUNDED_SECONDS = 15e-6  # of a ball as a decimal
_ROUNDED = 300  # bytes of the objects of a decimal of correct digits, and of its text
_OBJECTS = 185  # bytes of the objects that a decimal takes beside its digits

Precision = Literal["auto", "double", "decimal"]
Arithmetic = Literal["auto", "double", "decimal", "correct"]


class OrbitQuery(Struct, frozen=True):
    """A valid query for one orbit."""

    system: System
    inputs: tuple[str, ...]
    """The initial conditions, then the parameters, in the one spelling that all spellings of a number share."""
    start: Floats
    parameters: Floats
    selection: Selection
    precision: Arithmetic
    digits: int
    """Significant digits, where they are decimal."""
    format: str
    edition: int | None
    """The present edition where the query names it, else None."""
    iterations: int
    """The steps that are computed, up to the last kept iterate."""
    records: int
    form: str
    """The canonical URL with a %s for each input."""

    @property
    def canonical(self) -> str:
        return self.form % self.inputs

    @property
    def memory(self) -> int:
        decimals = self._decimals()
        if self.precision == "correct":
            return decimals + self.records * self.system.dimension * (_ROUNDED + 2 * (self.digits + _AROUND))
        if self.precision == "decimal":
            return decimals
        return max(memory(self.system, self.selection, self.format), decimals)

    def _decimals(self) -> int:
        """Bytes that values in decimal hold, where the orbit is or may turn out to be in decimal, about."""
        if self.precision == "double":
            return 0
        rows = min(self.records, 1 + _WORK // self.work_per_step())
        values, length = self.records * self.system.dimension, self.digits + _AROUND
        text = min(values * length, HELD_TEXT)
        if self.format in ("arrow", "parquet"):
            together = min(values, TUPLES * self.system.dimension)
            text += 4 * min(together * length, TEXT) + 90 * together
        return _BASE + text + rows * self.system.dimension * (_OBJECTS + 3 * length)

    @property
    def seconds(self) -> float:
        if self.precision == "correct":
            return self._correct_seconds()
        if self.precision == "decimal":
            return self._decimal_seconds()
        return seconds(self.system, self.selection, self.format)

    def _decimal_seconds(self) -> float:
        """A long orbit is computed once more for each time that it is run through to be written."""
        form, dimension, length = FORMATS[self.format], self.system.dimension, self.digits + _AROUND
        values = self.records * dimension
        runs = 1 + dimension if form.by_column else 1
        times = 1 + runs if values * length > HELD_TEXT else 1
        once = self.iterations * (_STEP_SECONDS + self.work_per_step() * WORK_SECONDS)
        once += values * (_TEXT_SECONDS + length * _CHARACTER_SECONDS)
        return times * once + (runs * self.records + values) * _TEXT_SECONDS * 2 + values * length * _CHARACTER_SECONDS

    def _correct_seconds(self) -> float:
        """About how many CPU seconds correct digits take, if the orbit loses two bits a step."""
        count = chaotic_bits(self.first_bits(), self.iterations)
        values = self.records * self.system.dimension
        return BALL_RUNS * self.ball_seconds(count) + values * (_ROUNDED_SECONDS + 2 * _TEXT_SECONDS)

    def ball_seconds(self, count: int) -> float:
        """CPU seconds of the iterations in balls of so many bits."""
        return self.iterations * horizon_step(self.system, count)

    def first_bits(self) -> int:
        """The precision that is tried first for correct digits."""
        from attractor.core.balls.orbit import PILOT
        from attractor.core.balls.rounding import bits_of

        return max(PILOT, 2 * bits_of(self.digits))

    @property
    def is_short(self) -> bool:
        return self.selection.steps <= _SHORT

    @property
    def holds_lock(self) -> bool:
        return self.precision in ("decimal", "correct")

    def exact(self) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
        """Initial conditions and parameters with every digit that was written."""
        values = tuple(map(Decimal, self.inputs))
        return values[: self.system.dimension], values[self.system.dimension :]

    def work_per_step(self) -> int:
        """The cost of a step in decimal, in the units of `core.decimals.work`."""
        return work(self.system, max(self.digits, *map(len, self.inputs)))


def memory(system: System, selection: Selection, form: str) -> int:
    """Bytes that an orbit in double holds while it is computed and written, about."""
    orbit = 8 * system.dimension * min(selection.last, SLICE)
    return orbit + FORMATS[form].held(selection.records, 1 + system.dimension)


def seconds(system: System, selection: Selection, form: str) -> float:
    """CPU seconds that an orbit in double takes to compute and to write, about."""
    written = selection.records * system.dimension * FORMATS[form].value_seconds
    runs = FORMATS[form].runs(selection.records, 1 + system.dimension)
    return runs * selection.last * orbit_step(system) + written


def canonical_form(system: System, selection: Selection, precision: Arithmetic, digits: int, form: str) -> str:
    """The canonical URL with a %s for each input."""
    *counts, start = selection
    steps, skip, every = map(spell_whole, counts)
    inputs = "".join(f"&{name}=%s" for name in system.inputs)
    options = f"steps={steps}&skip={skip}&every={every}&include_start={'true' if start else 'false'}"
    arithmetic = f"precision={precision}"
    if precision == "decimal":
        arithmetic += f"&digits={spell_whole(digits)}"
    elif precision == "correct":
        arithmetic = f"correct={spell_whole(digits)}"
    return f"{PATH}?system={system.name}{inputs}&{options}&{arithmetic}&format={form}&edition={EDITION}"


def too_much_decimal(query: OrbitQuery, settings: Settings) -> Iterator[Fault]:
    """Yields a fault where the decimal evaluation of `query` would cost more than the bound."""
    bound = settings.max_decimal_work // query.work_per_step()
    steps = query.selection.steps
    if steps > bound:
        why = f"are too many for decimal arithmetic of {query.digits} digits"
        yield Fault("steps", why, str(steps), f"at most {bound} with so many digits, or precision=double")


def too_long_correct(query: OrbitQuery, settings: Settings) -> Iterator[Fault]:
    """Yields a fault where correct digits of so many steps would take more CPU seconds than the bound."""
    each = horizon_step(query.system, query.first_bits())
    if query.iterations * each > settings.max_seconds:
        why = f"are too many: {query.digits} correct digits need balls of {query.first_bits()} bits or more"
        rule = f"at most {int(settings.max_seconds / each)} with so many digits"
        yield Fault("steps", why, str(query.selection.steps), rule)


def affordable_bits(query: OrbitQuery, settings: Settings) -> int:
    """The bits of precision for which half of the bound on CPU seconds suffices, and with which a step holds up nobody:
    runs with fewer bits come before."""
    most = settings.max_seconds / 2
    count = query.first_bits()
    while query.ball_seconds(more := count + count // 8) <= most and horizon_step(query.system, more) <= BALL_STEP:
        count = more
    return count
