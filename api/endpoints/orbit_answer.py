"""Computes the orbit that a valid query names, in the arithmetic that it asks for.

Numba and FLINT are imported when they are first needed: a short orbit may do without both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from msgspec import Struct

from attractor.api.formats.table import Column, Kind
from attractor.api.problems import BadQuery, Fault
from attractor.api.queries.orbit_query import HELD_TEXT, OrbitQuery, affordable_bits, too_much_decimal
from attractor.api.settings import Settings
from attractor.core.decimals import decimal_blocks
from attractor.core.edition import EDITION
from attractor.core.plain_orbit import is_plain, plain_orbit
from attractor.core.selection import Block, Selection
from attractor.core.system import System, per_system

if TYPE_CHECKING:
    from attractor.core.correct import Row
    from attractor.core.orbit import Room
    from attractor.core.slicing import Work

LOOKAHEAD = 250_000
"""Iterations after which auto no longer asks whether an orbit leaves double's range: an answer has begun by then."""

_HELD = 16_384  # iterations of an orbit that is computed once and held

_TOGETHER = 1_024  # rows of decimals that are written together
_KERNELS = "attractor.core.kernel"

DecimalRow = tuple[str | None, ...]


class _Orbit(Struct, frozen=True):
    """An orbit as an `api.formats.table.Table`, whichever the arithmetic."""

    query: OrbitQuery
    arithmetic: str
    left_at: int | None
    """The n of the first iterate with a value that is not finite, in double as far as LOOKAHEAD."""

    kind: ClassVar[Kind] = "double"
    preface: ClassVar[bytes] = b""
    conclusion: ClassVar[bytes] = b""
    bare: ClassVar[int] = 0

    @property
    def fell_back(self) -> bool:
        return self.kind == "decimal" and self.query.precision == "auto"

    @property
    def columns(self) -> tuple[Column, ...]:
        return _columns(self.query.system, self.kind)

    @property
    def records(self) -> int:
        return self.query.records

    @property
    def every(self) -> int:
        return self.query.selection.every

    @property
    def shape(self) -> tuple[int, ...]:
        return self.query.selection.records, self.query.system.dimension

    @property
    def stem(self) -> str:
        return f"{self.query.system.name}-{self.query.selection.steps}"

    @property
    def metadata(self) -> dict[str, str]:
        import json

        query = self.query
        return {
            "system": query.system.name,
            "parameters": json.dumps(dict(zip(query.system.inputs, query.inputs, strict=True))),
            "precision": self.arithmetic,
            "edition": str(EDITION),
        }


@per_system
def _columns(system: System, kind: Kind) -> tuple[Column, ...]:
    return Column("n", "n"), *(Column(name, kind) for name in system.state)


class DoubleAnswer(_Orbit, frozen=True):
    """An orbit in double arithmetic."""

    held: Sequence[Block[Any]] | None
    """Their rows are arrays, or tuples where no kernel is loaded."""

    def blocks(self, rows: int, room: Room | None = None) -> Iterator[Block[Any]]:
        """The kept iterates in blocks of at most `rows`, or, of an orbit that is held, _HELD; some of them empty."""
        if self.held is not None:
            return iter(self.held)
        from attractor.core.orbit import orbit_blocks

        query = self.query
        return orbit_blocks(query.system, query.start, query.parameters, query.selection, rows, room)


class DecimalAnswer(_Orbit, frozen=True):
    """An orbit in decimal arithmetic, its values as text.

    What it costs is bounded, so a long one is computed again as it is written.
    """

    held: Sequence[Block[bytes]] | None

    kind: ClassVar[Kind] = "decimal"

    def blocks(self, rows: int, __: Room | None = None) -> Iterator[Block[Sequence[DecimalRow]]]:
        """The kept iterates, None for every value from where the orbit left decimal's range."""
        query, selection = self.query, self.query.selection
        rows, dimension, kept = min(rows, _TOGETHER), query.system.dimension, -selection.start
        for first, texts, _ in _texts(query) if self.held is None else self.held:
            values = texts.decode().split()
            found = list(zip(*[iter(values)] * dimension, strict=True))
            kept += len(found)
            for i in range(0, len(found), rows):
                yield Block(first + i * selection.every, found[i : i + rows], None)
            if not found:
                yield Block(first, found, None)
        nothing: DecimalRow = (None,) * dimension
        for i in range(kept, selection.records - selection.start, rows):
            missing = min(rows, selection.records - selection.start - i)
            yield Block(selection.first + i * selection.every, [nothing] * missing, self.left_at)


Answer: TypeAlias = DoubleAnswer | DecimalAnswer


def compute_orbit(query: OrbitQuery, settings: Settings) -> Work[Answer]:
    """Computes the orbit that `query` names; pauses every few milliseconds, and not before.

    precision=auto evaluates in decimal what leaves double's range within LOOKAHEAD. Raises BadQuery where that would
    cost more than the bound.
    """
    if query.precision == "correct":
        return (yield from _compute_correct(query, settings))
    if query.precision == "decimal":
        return (yield from _compute_decimal(query))
    found = _compute_short(query) if query.selection.last <= _HELD else (yield from _compute_long(query))
    if found.left_at is None or query.precision == "double":
        return found
    for fault in too_much_decimal(query, settings):
        why = f"{fault.problem}, which the orbit needs since it leaves double's range at n = {found.left_at}"
        raise BadQuery([Fault(fault.parameter, why, fault.given, fault.allowed)])
    return (yield from _compute_decimal(query))


def _compute_short(query: OrbitQuery) -> DoubleAnswer:
    if _KERNELS not in sys.modules and is_plain(query.system):  # to load them takes longer than such an orbit
        plain, left_at = plain_orbit(query.system, query.start, query.parameters, query.selection)
        if left_at is None or query.precision == "auto":  # whose double is not kept
            return DoubleAnswer(query, "double", left_at, plain)
    from attractor.core.orbit import short_orbit

    held = short_orbit(query.system, query.start, query.parameters, query.selection)
    return DoubleAnswer(query, "double", held[-1].left_at, held)


def _compute_long(query: OrbitQuery) -> Work[DoubleAnswer]:
    from attractor.core.orbit import orbit_blocks

    ahead = min(query.selection.last, LOOKAHEAD)
    left_at = None
    for block in orbit_blocks(query.system, query.start, query.parameters, Selection(ahead, every=ahead)):
        left_at = block.left_at
        yield
    return DoubleAnswer(query, "double", left_at, None)


def _compute_decimal(query: OrbitQuery) -> Work[DecimalAnswer]:
    held: list[Block[bytes]] | None = []
    size, left_at, has_begun = 0, None, False
    for block in _texts(query):
        if has_begun:
            yield
        has_begun, left_at = True, block.left_at
        size += len(block.rows)
        if held is not None and size <= HELD_TEXT:
            held.append(block)
        else:
            held = None
    return DecimalAnswer(query, f"decimal; digits={query.digits}", left_at, held)


def _compute_correct(query: OrbitQuery, settings: Settings) -> Work[DecimalAnswer]:
    """Computes correct digits and holds them all, since a second computation would take too long.

    Raises BadQuery where no affordable precision proves them.
    """
    from attractor.core.balls.orbit import NotResolved
    from attractor.core.correct import correct_orbit

    selection, digits = query.selection, query.digits
    try:
        most = affordable_bits(query, settings)
        rows, left_at, _ = yield from correct_orbit(query.system, *query.exact(), selection, digits, most)
    except NotResolved as error:
        why = f"are too many: {error}, after {error.lasted} steps, to {digits} digit{'s' * (digits > 1)}"
        rule = f"at most {error.lasted}" if error.lasted else "another number of correct digits: this may be a tie"
        raise BadQuery([Fault("steps", why, str(selection.steps), rule)]) from None
    held: list[Block[bytes]] = []
    if selection.start:
        held.append(Block(0, _text(rows[:1]), left_at))
    for i in range(selection.start, len(rows), _TOGETHER):
        first = selection.first + (i - selection.start) * selection.every
        held.append(Block(first, _text(rows[i : i + _TOGETHER]), left_at))
        yield
    return DecimalAnswer(query, f"correct; digits={digits}", left_at, held)


def _text(rows: Sequence[Row]) -> bytes:
    """The values with spaces between them."""
    return " ".join([str(value) for row in rows for value in row]).encode()


def _texts(query: OrbitQuery) -> Iterator[Block[bytes]]:
    """The orbit in decimal, each block's rows as one text."""
    for first, rows, left_at in decimal_blocks(query.system, *query.exact(), query.selection, query.digits):
        yield Block(first, _text(rows), left_at)
