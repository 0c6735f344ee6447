"""Kept iterates in blocks: each has the bits and the n that it has in the whole orbit."""

import math
from decimal import Decimal

import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.decimals import decimal_blocks, decimal_orbit
from attractor.core.kernel import orbit_kernel
from attractor.core.orbit import orbit_blocks
from attractor.core.selection import SLICE, Selection

LORENZ = SYSTEMS["lorenz"], (1.0, 1.0, 1.0), (10.0, 28.0, 8 / 3, 0.01)


def whole(steps):
    system, start, parameters = LORENZ
    orbit = np.empty((steps + 1, 3))
    orbit[0] = start
    orbit_kernel(system)(start, parameters, 1, orbit[1:])
    return orbit


SELECTIONS = [
    Selection(1),
    Selection(20),
    Selection(20, start=True),
    Selection(20, skip=19),
    Selection(20, skip=7, every=3),
    Selection(20, skip=9, every=3, start=True),
    Selection(20, every=20),
    Selection(100, skip=50, every=60),
    Selection(400_000, skip=300_000, every=7),
    Selection(400_000, skip=SLICE, every=SLICE),
    Selection(400_000, every=SLICE + 1, start=True),
    Selection(400_000, skip=5, every=SLICE + 1),
    Selection(400_000),
]


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
@pytest.mark.parametrize("rows", [1000, SLICE])
def test_blocks_hold_what_is_selected(selection, rows):
    n, kept = [], [np.empty((0, 3))]
    for block in orbit_blocks(*LORENZ, selection, rows):
        assert len(block.rows) <= rows
        assert block.left_at is None
        n += range(block.first, block.first + len(block.rows) * selection.every, selection.every)
        kept.append(block.rows)
    wanted = [m for m in range(1, selection.steps + 1) if m > selection.skip and m % selection.every == 0]
    assert n == [0] * selection.start + wanted
    assert len(n) == selection.records
    assert np.array_equal(np.concatenate(kept), whole(selection.steps)[n])


@pytest.mark.parametrize("every", [1, 10, SLICE, 3 * SLICE])
def test_a_departure_is_found_wherever_it_lies(every):
    selection = Selection(6 * SLICE, every=every)
    logistic = SYSTEMS["logistic"]
    blocks = list(orbit_blocks(logistic, (0.5,), (5.0,), selection))
    state, n = 0.5, 0
    while math.isfinite(state):
        state, n = logistic.step(state, 5.0)[0], n + 1
    assert blocks[-1].left_at == n
    assert not np.isfinite(blocks[-1].rows[-1]).all()


@pytest.mark.parametrize("selection", [s for s in SELECTIONS if s.steps <= 100], ids=str)
def test_decimal_blocks_hold_what_is_selected(selection):
    system, *values = LORENZ
    start, parameters = (tuple(map(Decimal, map(str, v))) for v in values)
    expected = [start, *decimal_orbit(system, start, parameters, selection.steps, 40)]
    blocks = list(decimal_blocks(system, start, parameters, selection, 40))
    rows = [row for block in blocks for row in block.rows]
    wanted = [m for m in range(1, selection.steps + 1) if m > selection.skip and m % selection.every == 0]
    assert rows == [expected[m] for m in [0] * selection.start + wanted]


def test_decimal_blocks_number_their_rows_across_slices():
    selection = Selection(9000, skip=100, every=7)
    system, *values = LORENZ
    start, parameters = (tuple(map(Decimal, map(str, v))) for v in values)
    blocks = list(decimal_blocks(system, start, parameters, selection))
    assert len(blocks) > 2
    n = [block.first + i * 7 for block in blocks for i in range(len(block.rows))]
    assert n == [m for m in range(101, 9001) if m % 7 == 0]
