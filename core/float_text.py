"""Rows of doubles as text, written by a kernel: each value as the shortest decimal that reads back as itself.

The digits are those of R. Giulietti, The Schubfach way to render doubles (2020): of the shortest decimals in a
double's rounding interval, the closest to it. The notation is that of Python's repr(). Digits are made eight at a
time in a 64-bit word, one byte a digit and the first lowest, and stored whole; so text needs ROOM behind it.

The numbers that round to a double c · 2^q reach from (4c - 2) · 2^(q-2), or (4c - 1) · 2^(q-2) at a power of two, to
(4c + 2) · 2^(q-2). They are divided by 10^k, k the greatest with 10^k at most the length of that interval, which then
holds a whole number, and a multiple of ten at most. Each bound is a product with a 128-bit power of ten, whose lowest
bit is set where anything was cut off (rounding to odd), so that comparing is exact. The digits are those of the
multiple of ten in the interval, else of the whole number in it that is nearest to the value.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeAlias

import numpy as np
from llvmlite import ir
from numba import types, uint8, uint64
from numba.extending import intrinsic
from numpy.typing import NDArray

from attractor.core.compiling import compiled, jit
from attractor.core.kernel import Orbit

Bytes: TypeAlias = NDArray[np.uint8]
Words: TypeAlias = NDArray[np.uint64]

WIDEST = 25  # bytes of the longest number, such as -2.2250738585072014e-308; a whole one has 21 at most
# Bytes that a store may run past the end of the text: each is of eight, and begins at most 8 behind the end of a number
# (the last digits of one of a single digit), or before that of a piece. Stores know no bounds check.
ROOM = 64

_MISSING = 16  # bytes of what stands for a value that is not finite, at most

inlined = partial(jit, forceinline=True)  # a call would pass everything through memory

ZEROS = uint64(0x3030303030303030)  # eight digits 0 in ASCII
_DIGITS = 17  # the most that a double needs
_LOWEST, _HIGHEST = -292, 324  # the powers of ten that doubles need


def _power(k: int) -> int:
    """10**k as a 128-bit number with its highest bit set, rounded up."""
    numerator, denominator = 10 ** max(k, 0), 10 ** max(-k, 0)
    shift = 127 - (numerator.bit_length() - denominator.bit_length())
    scaled: int = -(-(numerator << max(shift, 0)) // (denominator << max(-shift, 0)))
    if scaled >> 127 == 0:
        scaled = -(-(numerator << (shift + 1)) // denominator)
    return scaled


_POWERS = [_power(k) for k in range(_LOWEST, _HIGHEST + 1)]
_POWERS_HIGH = np.array([power >> 64 for power in _POWERS], dtype=np.uint64)
_POWERS_LOW = np.array([power & (2**64 - 1) for power in _POWERS], dtype=np.uint64)
_TENS = 10 ** np.arange(20, dtype=np.uint64)


@intrinsic
def _high_product(_, a, b):  # type: ignore[no-untyped-def]
    """The upper 64 bits of the product of two 64-bit numbers."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        wide = ir.IntType(128)
        a, b = (builder.zext(argument, wide) for argument in arguments)
        return builder.trunc(builder.lshr(builder.mul(a, b), ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), build


@intrinsic
def _bits(_, value):  # type: ignore[no-untyped-def]
    """The 64 bits of a double."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), build


@intrinsic
def zero_bits_above(_, value):  # type: ignore[no-untyped-def]
    """How many zero bits a number that is not 0 begins with."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), build


@intrinsic
def store(_, at, word):  # type: ignore[no-untyped-def]
    """The bytes of an integer into memory from the address `at` on."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        width = context.get_value_type(signature.args[1])
        builder.store(arguments[1], builder.inttoptr(arguments[0], width.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, word), build


@inlined
def _round_to_odd(high, low, factor):  # type: ignore[no-untyped-def]
    """The upper bits of a power of ten times `factor`, the lowest set where anything was cut off."""
    carried = _high_product(low, factor)
    middle = high * factor + carried
    top = _high_product(high, factor)
    if middle < carried:
        top += uint64(1)
    return top | uint64(middle > uint64(1))


@inlined
def _shortest(bits):  # type: ignore[no-untyped-def]
    """Digits d and exponent e such that d·10^e is the shortest text of a positive double, d possibly ending in 0."""
    fraction = bits & uint64(0xFFFFFFFFFFFFF)
    biased = np.int64(bits >> uint64(52))
    if biased != 0:
        c = fraction | uint64(0x10000000000000)
        q = biased - 1075
        if -53 < q <= 0 and c & ((uint64(1) << uint64(-q)) - uint64(1)) == 0:
            return c >> uint64(-q), np.int64(0)  # a whole number below 2**53
    else:
        c = fraction
        q = np.int64(-1074)
    odd = c & uint64(1)
    nearer_below = uint64(fraction == 0 and biased > 1)
    k = (q * 1262611 - np.int64(nearer_below) * 524031) >> 22
    h = uint64(q + ((-k * 1741647) >> 19) + 1)
    high = _POWERS_HIGH[uint64(-k - _LOWEST)]
    low = _POWERS_LOW[uint64(-k - _LOWEST)]
    quadruple = c << uint64(2)
    value = _round_to_odd(high, low, quadruple << h)
    lower = _round_to_odd(high, low, (quadruple - uint64(2) + nearer_below) << h) + odd
    upper = _round_to_odd(high, low, (quadruple + uint64(2)) << h) - odd
    # Which candidate is right is as good as random: masks, since a branch would be mispredicted every other time.
    s = value >> uint64(2)
    tenth = s // uint64(10)
    ten_above = uint64(uint64(40) * tenth + uint64(40) <= upper)
    shorter = (uint64(lower <= uint64(40) * tenth) ^ ten_above) & uint64(s >= uint64(10))
    one_above = uint64(uint64(4) * s + uint64(4) <= upper)
    decided = uint64(lower <= uint64(4) * s) ^ one_above
    middle = uint64(4) * s + uint64(2)
    nearest = uint64(value > middle) | (uint64(value == middle) & s)
    full = s + (decided & one_above) + ((decided ^ uint64(1)) & nearest & uint64(1))
    return full + shorter * (tenth + ten_above - full), k + np.int64(shorter)


@inlined
def eight_digits(value):  # type: ignore[no-untyped-def]
    """The eight digits of a number below 10**8, one a byte."""
    fours = (value // uint64(10000)) | ((value % uint64(10000)) << uint64(32))
    hundreds = ((fours * uint64(10486)) >> uint64(20)) & uint64(0x7F0000007F)
    pairs = hundreds | ((fours - uint64(100) * hundreds) << uint64(16))
    tens = ((pairs * uint64(103)) >> uint64(10)) & uint64(0x000F000F000F000F)
    return tens | ((pairs - uint64(10) * tens) << uint64(8))


@inlined
def _length(value):  # type: ignore[no-untyped-def]
    """How many digits a number has; 0 has one."""
    guess = ((uint64(64) - zero_bits_above(value | uint64(1))) * uint64(1233)) >> uint64(12)
    return np.int64(guess) + np.int64(value >= _TENS[guess])


@inlined
def write_whole(value, at):  # type: ignore[no-untyped-def]
    """Writes a number below 10**16 at the address `at`; returns where it ends.

    Of a greater one the digits are wrong, but no more than 20, and within 20 bytes: that is all that 64 bits can have.
    """
    count = np.int64(max(_length(uint64(value)), 1))
    high = uint64(value) // uint64(100000000)
    low = eight_digits(uint64(value) % uint64(100000000)) | ZEROS
    if high != 0:
        store(at, (eight_digits(high) | ZEROS) >> uint64(8 * (16 - count)))
        store(at + count - 8, low)
    else:
        store(at, low >> uint64(8 * (8 - count)))
    return at + count


@inlined
def write_double(value, at):  # type: ignore[no-untyped-def]
    """Writes a finite double at the address `at` as repr() does; returns where it ends."""
    bits = _bits(value)
    store(at, uint64(ord("-")))
    at += np.int64(bits >> uint64(63))
    bits &= uint64(0x7FFFFFFFFFFFFFFF)
    if bits == 0:
        store(at, uint64(0x302E30))  # 0.0
        return at + 3
    digits, exponent = _shortest(bits)
    count = _length(digits)
    point = count + exponent  # where the decimal point stands, counted from before the first digit
    digits *= _TENS[uint64(_DIGITS - count)]
    first = digits // uint64(10000000000000000)
    digits -= first * uint64(10000000000000000)
    middle = eight_digits(digits // uint64(100000000))
    last = eight_digits(digits % uint64(100000000))
    if last != 0:
        count = _DIGITS - np.int64(zero_bits_above(last) >> uint64(3))
    elif middle != 0:
        count = _DIGITS - 8 - np.int64(zero_bits_above(middle) >> uint64(3))
    else:
        count = 1
    start = at
    if -4 < point <= 0:
        store(at, uint64(0x3030302E30))  # 0.000
        start = at + 2 - point
    store(start, first | ZEROS)
    store(start + 1, middle | ZEROS)
    store(start + 9, last | ZEROS)
    if -4 < point <= 0:
        return start + count
    plain = 0 < point <= 16
    before = point if plain else np.int64(1)
    if plain or count > 1:  # the digits behind the point once more, a byte further
        shift = uint64(8 * (before - 1))
        if before <= 8:
            store(at + before + 1, ((middle >> shift) | (last << uint64(1) << (uint64(63) - shift))) | ZEROS)
            store(at + before + 9, (last >> shift) | ZEROS)
        else:
            store(at + before + 1, (last >> (shift - uint64(64))) | ZEROS)
        store(at + before, uint8(ord(".")))
    if plain:
        return at + max(count, before + 1) + 1
    at += count + (count > 1)
    store(at, uint8(ord("e")))
    store(at + 1, uint8(ord("-") if point < 1 else ord("+")))
    size = uint64(abs(point - 1))
    wide = np.int64(size >= uint64(100))
    store(at + 2, (eight_digits(size) | ZEROS) >> uint64(8 * (6 - wide)))
    return at + 4 + wide


def _write_rows(rows, first, every, columns, pieces, lengths, missing, missing_lengths, out):  # type: ignore[no-untyped-def]
    start = at = np.int64(out.ctypes.data)
    for i in range(rows.shape[0]):
        n = first + i * every
        for j in range(pieces.shape[0]):
            for word in range(pieces.shape[1]):
                if 8 * word < lengths[j]:
                    store(at + 8 * word, pieces[j, word])
            at += lengths[j]
            if j < columns.shape[0]:
                column = columns[j]
                if column == -1:
                    at = write_whole(n, at)
                    continue
                value = rows[i, column if column >= 0 else -2 - column]
                if not np.isfinite(value):
                    which = 0 if np.isnan(value) else 1 if value > 0 else 2  # indices of j's three words
                    store(at, missing[j, which, 0])
                    store(at + 8, missing[j, which, 1])
                    at += missing_lengths[j, which]
                elif column >= 0:
                    at = write_double(value, at)
                else:
                    store(at, uint64(ord("-")))
                    at = write_whole(np.int64(abs(value)), at + (value < 0))
    return at - start


@cache
def rows_kernel() -> Callable[..., int]:
    """The kernel behind every RowText, compiled or loaded from the cache on disk."""
    one, two = types.int64[::1], types.uint64[:, ::1]
    rows, out = types.float64[:, ::1], types.uint8[::1]
    whole, words, counts = types.int64, types.uint64[:, :, ::1], types.int64[:, ::1]
    kernel: Callable[..., int] = compiled(
        _write_rows, "rows_text", (rows, whole, whole, one, two, one, words, counts, out)
    )
    return kernel


def pad_pieces(pieces: Sequence[bytes]) -> tuple[Words, NDArray[np.int64]]:
    """Texts as rows of words, zeros behind each, and how many bytes each has."""
    words = max(1, -(-max(map(len, pieces)) // 8))
    text = bytearray().join(piece.ljust(8 * words, b"\0") for piece in pieces)
    return np.frombuffer(text, dtype=np.uint64).reshape(len(pieces), words), np.array(
        list(map(len, pieces)), dtype=np.int64
    )


class RowText:
    """Writes rows in one layout.

    A row is `pieces[0]`, its first column, `pieces[1]`, … and ends with the last piece. `columns` names what stands
    between them: the index of a coordinate, INDEX for the number of the iterate, or `whole(index)` for values that are
    whole numbers of less than 2⁵³. `missing` has for each column what stands there for NaN, inf and -inf, of at most
    sixteen bytes each.
    """

    INDEX = -1

    @staticmethod
    def whole(index: int) -> int:
        return -2 - index

    def __init__(self, columns: Sequence[int], pieces: Sequence[bytes], missing: Sequence[Sequence[bytes]]) -> None:
        self._layout = (
            np.array(columns, dtype=np.int64),
            *pad_pieces(pieces),
            np.frombuffer(
                bytearray(b"".join(word.ljust(_MISSING, b"\0") for words in missing for word in words)), dtype=np.uint64
            ).reshape(len(columns), 3, _MISSING // 8),
            np.array([list(map(len, words)) for words in missing], dtype=np.int64).reshape(len(columns), 3),
        )
        self._widest = sum(map(len, pieces)) + len(columns) * WIDEST
        self._kernel = rows_kernel()

    def __call__(self, rows: Orbit, first: int, every: int) -> memoryview:
        """The text of `rows`, float64 of shape (records, dimension) in C order, the iterates first, first + every, …"""
        out = self.room(len(rows))
        return out.data[: self.write(rows, first, every, out)]

    def room(self, records: int) -> Bytes:
        """Memory for the text of so many rows."""
        return np.empty(records * self._widest + ROOM, dtype=np.uint8)

    def write(self, rows: Orbit, first: int, every: int, out: Bytes) -> int:
        """Writes the text of `rows` into the `room` for as many, and returns its length in bytes."""
        return self._kernel(rows, first, every, *self._layout, out)
