"""Text written by a kernel: each double must read as repr() writes it."""

import json
import math
import struct

import numpy as np
import pytest

from attractor.core.float_text import ROOM, WIDEST, RowText, rows_kernel

NULL = [(b"null",) * 3]
RANDOM = np.random.default_rng(20261124)


def written(values):
    rows = np.ascontiguousarray(np.asarray(values, dtype=np.float64).reshape(-1, 1))
    return bytes(RowText([0], [b"", b"\n"], NULL)(rows, 1, 1)).decode().split("\n")[:-1]


def check(values):
    values = [float(v) for v in values]
    assert written(values) == [repr(v) if math.isfinite(v) else "null" for v in values]


def test_random_bits_are_written_as_repr_does():
    check(RANDOM.integers(0, 2**64, 200_000, dtype=np.uint64).view(np.float64))


@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1.0, 30.0, 1e6, 1e15, 1e17])
def test_values_of_common_sizes(scale):
    check(RANDOM.normal(0, scale, 50_000))


@pytest.mark.parametrize("digits", range(1, 18))
def test_values_of_few_digits(digits):
    whole = RANDOM.integers(0, 10**digits, 2_000)
    check(float(f"{d}e{e}") for d, e in zip(whole, RANDOM.integers(-30, 20, len(whole)), strict=True))


def test_powers_of_two_and_of_ten_and_their_neighbours():
    powers = [math.ldexp(1.0, e) for e in range(-1074, 1024)] + [float(f"1e{e}") for e in range(-323, 309)]
    check(powers)
    check([math.nextafter(p, math.inf) for p in powers])
    check([math.nextafter(p, 0.0) for p in powers])


def test_subnormals_whole_numbers_and_the_ends():
    check(RANDOM.integers(0, 2**52, 20_000, dtype=np.uint64).view(np.float64))
    check(range(-2000, 2000))
    check(RANDOM.integers(-(2**62), 2**62, 20_000))
    check([0.0, -0.0, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, math.inf, -math.inf, math.nan])
    check([9007199254740992.0, 9007199254740993.0, 1e16, 9999999999999998.0, 1e22, 1e23, 123456789012345680.0])


@pytest.mark.parametrize("first", [0, 1, 7, 99_999_990, 999_999_990, 10**15 - 1000])
@pytest.mark.parametrize("every", [1, 10, 99])
def test_the_number_of_the_iterate(first, every):
    text = bytes(RowText([RowText.INDEX], [b"", b","], NULL)(np.empty((50, 2)), first, every)).decode()
    assert text.split(",")[:-1] == [str(first + i * every) for i in range(50)]


def test_pieces_of_any_length_stand_around_the_columns_in_their_order():
    rows = np.array([[1.5, -2.0], [math.nan, 1e300]])
    pieces = [b'{"the number of the iterate":', b',"second":', b',"first and longest of all":', b"}\n"]
    text = bytes(RowText([RowText.INDEX, 1, 0], pieces, 3 * NULL)(rows, 5, 5)).decode()
    assert [json.loads(line) for line in text.splitlines()] == [
        {"the number of the iterate": 5, "second": -2.0, "first and longest of all": 1.5},
        {"the number of the iterate": 10, "second": 1e300, "first and longest of all": None},
    ]


def test_what_is_not_finite_has_three_names_in_each_column():
    rows = np.array([[math.nan, -math.inf], [math.inf, math.inf], [-math.inf, -math.nan], [1.0, 2.0]])
    missing = [(b"NaN", b"inf", b"-inf"), (b"", b"a", b"sixteen bytes, 6"), (b"null",) * 3]
    text = bytes(RowText([0, 1, RowText.whole(0)], [b"", b",", b",", b"\n"], missing)(rows, 1, 1)).decode()
    assert text.splitlines() == ["NaN,sixteen bytes, 6,null", "inf,a,null", "-inf,,null", "1.0,2.0,1"]


def test_no_rows_are_no_text():
    assert bytes(RowText([0], [b"a", b"b"], NULL)(np.empty((0, 1)), 1, 1)) == b""


def test_the_widest_numbers_fit():
    (widest,) = struct.unpack("<d", struct.pack("<d", -2.2250738585072014e-308))
    assert written([widest] * 10_000) == [repr(widest)] * 10_000


MOST = 1.7976931348623157e308
ENDS = [0.0, 5e-324, 2.2250738585072014e-308, 1e-5, 1e-4, 1.0, 9007199254740993.0, 1e16, 2.0**63, 2.0**64, 1e300, MOST]
GUARD = 256


def stored(columns, pieces, value, first):
    """Where the text of one value ends, and where the last byte is that was stored, before and behind guards."""
    layout = RowText(columns, pieces, [(b"null", b"1", b"sixteen bytes, 6")])._layout
    for filler in (0x00, 0xFF):  # a store may be of the filler itself
        memory = np.full(GUARD + WIDEST + 64 + GUARD, filler, dtype=np.uint8)
        length = rows_kernel()(np.array([[value]]), first, 1, *layout, memory[GUARD:])
        touched = np.flatnonzero(memory != filler)
        yield length, int(touched.min()) - GUARD, int(touched.max()) - GUARD


@pytest.mark.parametrize("pieces", [[b"", b""], [b"", b","], [b"seven: ", b"nine behind"]])
def test_no_store_leaves_the_room_that_is_made_for_it(pieces):
    """Stores go through addresses, which no bounds check sees: also for what no text is made of."""
    values = [sign * value for value in (*ENDS, math.inf, math.nan) for sign in (1, -1)]
    values += RANDOM.integers(0, 2**64, 3_000, dtype=np.uint64).view(np.float64).tolist()
    widest, most = sum(map(len, pieces)) + WIDEST, 0
    for value in values:
        for column in (0, RowText.whole(0)):
            for length, least, greatest in stored([column], pieces, value, 1):
                assert 0 <= length <= widest
                assert least >= 0
                assert greatest < length + ROOM
                most = max(most, greatest - length)
    assert most > 0  # there is need of it
    for first in (0, 10**16, 2**62, 2**63 - 1, -1, -(2**63)):
        for length, least, greatest in stored([RowText.INDEX], pieces, 0.0, first):
            assert 0 <= length <= widest
            assert least >= 0
            assert greatest < length + ROOM
