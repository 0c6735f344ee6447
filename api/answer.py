"""From a validated query to the orbit it names, in the arithmetic it asks for."""

from collections.abc import Generator, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from api.orbit_query import OrbitQuery
from api.problems import BadQuery, Fault
from api.settings import Settings
from core.decimals import decimal_blocks
from core.kernel import Orbit
from core.orbit import orbit_blocks, short_orbit
from core.selection import Block, Selection

LOOKAHEAD = 250_000
"""Iterations after which auto no longer asks whether an orbit leaves double's range: an answer has begun by then."""

_HELD = 16_384  # iterations of an orbit that is computed once and held

DecimalRow = tuple[Decimal | None, ...]


class DoubleAnswer(Struct, frozen=True):
    """An orbit in double arithmetic."""

    query: OrbitQuery
    left_at: int | None
    """The n of the first iterate with a value that is not finite, as far as LOOKAHEAD."""
    held: Sequence[Block[Orbit]] | None
    arithmetic: str = "double"

    def blocks(self, rows: int) -> Iterator[Block[Orbit]]:
        """The kept iterates in blocks of at most `rows`, or, of an orbit that is held, _HELD; some of them empty."""
        if self.held is not None:
            return iter(self.held)
        query = self.query
        return orbit_blocks(query.system, query.start, query.parameters, query.selection, rows)


class DecimalAnswer(Struct, frozen=True):
    """An orbit in decimal arithmetic. What it costs is bounded, so it is held."""

    query: OrbitQuery
    left_at: int | None
    held: Sequence[Block[list[tuple[Decimal, ...]]]]
    arithmetic: str

    @property
    def as_text(self) -> bool:
        """Whether numbers are to be written as strings: they were asked for to all their digits."""
        return self.query.precision == "decimal"

    def blocks(self, _: int) -> Iterator[Block[Sequence[DecimalRow]]]:
        """The kept iterates, None for every value from where the orbit left decimal's range."""
        selection = self.query.selection
        kept = -selection.start
        for block in self.held:
            kept += len(block.rows)
            yield Block(block.first, block.rows, None)
        nothing: DecimalRow = (None,) * self.query.system.dimension
        missing = selection.records - selection.start - kept
        yield Block(selection.first + kept * selection.every, [nothing] * missing, self.left_at)


Answer = DoubleAnswer | DecimalAnswer


def answered(query: OrbitQuery, settings: Settings) -> Generator[None, None, Answer]:
    """The orbit that `query` names, as the generator's value; pauses every few milliseconds, and not before.

    precision=auto evaluates in decimal what leaves double's range within LOOKAHEAD, where the system has a decimal
    evaluation. Raises BadQuery where that would cost more than the bound.
    """
    if query.precision == "decimal":
        return (yield from _decimal(query))
    found = _short(query) if query.selection.last <= _HELD else (yield from _long(query))
    if found.left_at is None or query.precision == "double" or not query.system.is_rational:
        return found
    for fault in too_much_decimal(query, settings):
        why = f"{fault.problem}, which the orbit needs since it leaves double's range at n = {found.left_at}"
        raise BadQuery([Fault(fault.parameter, why, fault.given, fault.allowed)])
    return (yield from _decimal(query))


def _short(query: OrbitQuery) -> DoubleAnswer:
    held = short_orbit(query.system, query.start, query.parameters, query.selection)
    return DoubleAnswer(query, held[-1].left_at, held)


def _long(query: OrbitQuery) -> Generator[None, None, DoubleAnswer]:
    ahead = min(query.selection.last, LOOKAHEAD)
    left_at = None
    for block in orbit_blocks(query.system, query.start, query.parameters, Selection(ahead, every=ahead)):
        left_at = block.left_at
        yield
    return DoubleAnswer(query, left_at, None)


def _decimal(query: OrbitQuery) -> Generator[None, None, DecimalAnswer]:
    held: list[Block[list[tuple[Decimal, ...]]]] = []
    for block in decimal_blocks(query.system, *query.exact(), query.selection, query.digits):
        if held:
            yield
        held.append(block)
    return DecimalAnswer(query, held[-1].left_at, held, f"decimal; digits={query.digits}")


def too_much_decimal(query: OrbitQuery, settings: Settings) -> Iterator[Fault]:
    """A fault where the decimal evaluation of `query` would cost more than the bound."""
    bound = settings.max_decimal_work // query.work_per_step()
    steps = query.selection.steps
    if steps > bound:
        why = f"is too large for decimal arithmetic of {query.digits} digits"
        yield Fault("steps", why, str(steps), f"at most {bound} there, or precision=double")
