"""Orbits in decimal arithmetic of 28 digits, compiled: the text of what `core.decimals` gives, digit for digit.

A number is a tuple of a coefficient below 10^28 as two words, high and low, the exponent of ten of its last digit, and
1 where it is negative. A sum or product is made exactly, of three words, and rounded once, half even, with the
exponents, trailing zeros and signs of zero of M. Cowlishaw, General Decimal Arithmetic Specification 1.70 (2009).
A step is a program over rows of such numbers, so one kernel serves every system.
"""

import ast
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from typing import TypeAlias

import numpy as np
from numba import types, uint8, uint64
from numpy.typing import NDArray

from attractor.core import float_text
from attractor.core.compiling import compiled
from attractor.core.decimals import DIGITS
from attractor.core.elementary import arithmetic, fixed_point
from attractor.core.elementary.arithmetic import apart, inlined
from attractor.core.elementary.fixed_point import wide_product
from attractor.core.float_text import ROOM, ZEROS, Bytes, eight_digits, store, write_whole, zero_bits_above
from attractor.core.system import System, per_system

Numbers: TypeAlias = NDArray[np.uint64]
"""Of shape (registers, 4): the state, the parameters, whole numbers of the step, then what it computes."""
Program: TypeAlias = NDArray[np.int64]
"""Of shape (operations, 4): what is done, the registers of what it is done to, and that of what comes out."""

WIDEST = 64  # bytes of the longest number: a sign, the digits, six more characters or an exponent of 20

_PLUS, _MINUS, _TIMES, _NEGATIVE, _SIZE, _MOVE = range(6)  # plus is 0, and minus 1
_OPERATIONS = {ast.Add: _PLUS, ast.Sub: _MINUS, ast.Mult: _TIMES}
_LARGEST = 56  # bits of an exponent that is in decimal's range by far
_WHOLE = 57  # digits of what is rounded, at most: 10^57 < 2^192


def _words(value: int, words: int) -> list[int]:
    return [value >> 64 * (words - 1 - k) & (2**64 - 1) for k in range(words)]


_TENS = np.array([_words(10**k, 3) for k in range(_WHOLE + 1)], dtype=np.uint64)
_LENGTHS = np.array([len(str(2**bits >> 1)) for bits in range(193)])  # digits of the least number of so many bits
_TOP, _TOP_LOW = (uint64(word) for word in _words(10**DIGITS, 2))
_NEXT, _NEXT_LOW = (uint64(word) for word in _words(10 ** (DIGITS - 1), 2))

# p / 10^k, p < 10^(28 + k), is ((p >> _CUT[k]) * _INVERSES[k] >> 128) >> _REST[k] or one more: what is cut off makes
# less than 1/4 of it.
_BITS = [(10**k).bit_length() for k in range(_WHOLE + 1)]
_EXCESSES = range(_WHOLE - DIGITS + 1)
_INVERSES = np.array([_words((1 << 127 + _BITS[k]) // 10**k % 2**128, 2) for k in _EXCESSES], dtype=np.uint64)
_CUT = np.array([max(0, _BITS[DIGITS + k] - 128) for k in _EXCESSES], dtype=np.uint64)
_REST = np.array([_BITS[k] - 1 for k in _EXCESSES], dtype=np.uint64) - _CUT


@inlined
def _digits(top, high, low):  # type: ignore[no-untyped-def]
    """How many digits a number of three words below 10^57 has; 0 has one."""
    if top != 0:
        bits = uint64(192) - zero_bits_above(top)
    elif high != 0:
        bits = uint64(128) - zero_bits_above(high)
    else:
        bits = uint64(64) - zero_bits_above(low | uint64(1))
    least = _LENGTHS[bits]
    a, b, c = _TENS[least, 0], _TENS[least, 1], _TENS[least, 2]
    return least + np.int64((top > a) | ((top == a) & ((high > b) | ((high == b) & (low >= c)))))


@inlined
def _scale(high, low, k):  # type: ignore[no-untyped-def]
    """A number of two words times 10^k, modulo 2^192."""
    a, b, c = _TENS[k, 0], _TENS[k, 1], _TENS[k, 2]
    first, found = wide_product(low, c)
    upper, lower = wide_product(low, b)
    middle = first + lower
    top = upper + uint64(middle < lower)
    upper, lower = wide_product(high, c)
    middle += lower
    return top + upper + uint64(middle < lower) + low * a + high * b, middle, found


@inlined
def _divide(top, high, low, k):  # type: ignore[no-untyped-def]
    """The quotient of a number below 10^(28 + k) by 10^k, 0 < k < 30, and the rest, as two words each."""
    cut, rest = _CUT[k], _REST[k]
    back = uint64(63) - cut
    x, y = high >> cut | top << uint64(1) << back, low >> cut | high << uint64(1) << back
    a, b = _INVERSES[k, 0], _INVERSES[k, 1]
    middle, _ = wide_product(y, b)
    upper, lower = wide_product(x, b)
    middle += lower
    upper += uint64(middle < lower)
    other, lower = wide_product(y, a)
    middle += lower
    other += uint64(middle < lower)
    first, second = wide_product(x, a)
    second += upper
    first += uint64(second < upper)
    second += other
    first += uint64(second < other)
    quotient, quotient_low = first >> rest, second >> rest | first << (uint64(64) - rest)
    b, c = _TENS[k, 1], _TENS[k, 2]
    upper, lower = wide_product(quotient_low, c)
    upper += quotient_low * b + quotient * c
    left, left_low = high - upper - uint64(low < lower), low - lower
    if left > b or (left == b and left_low >= c):
        left, left_low = left - b - uint64(left_low < c), left_low - c
        quotient_low += uint64(1)
        quotient += uint64(quotient_low == 0)
    return quotient, quotient_low, left, left_low


@inlined
def _round(top, high, low, exponent, sign):  # type: ignore[no-untyped-def]
    """A number of three words below 10^57 times 10^exponent, to 28 digits."""
    if top == 0 and (high < _TOP or (high == _TOP and low < _TOP_LOW)):
        return high, low, exponent, sign
    k = _digits(top, high, low) - DIGITS
    quotient, quotient_low, rest, rest_low = _divide(top, high, low, k)
    twice, twice_low = rest << uint64(1) | rest_low >> uint64(63), rest_low << uint64(1)
    b, c = _TENS[k, 1], _TENS[k, 2]
    is_more = (twice > b) | ((twice == b) & (twice_low > c))
    is_half = (twice == b) & (twice_low == c)
    up = uint64(is_more) | (uint64(is_half) & quotient_low & uint64(1))
    quotient_low += up
    quotient += uint64(quotient_low < up)
    exponent += k
    if quotient == _TOP and quotient_low == _TOP_LOW:
        return _NEXT, _NEXT_LOW, exponent + 1, sign
    return quotient, quotient_low, exponent, sign


@inlined
def times(a, b):  # type: ignore[no-untyped-def]
    """a * b."""
    first, low = wide_product(a[1], b[1])
    upper, lower = wide_product(a[0], b[1])
    high = first + lower
    top = upper + uint64(high < lower)
    upper, lower = wide_product(a[1], b[0])
    high += lower
    top += upper + uint64(high < lower) + a[0] * b[0]
    return _round(top, high, low, a[2] + b[2], a[3] ^ b[3])


@inlined
def plus(a, b):  # type: ignore[no-untyped-def]
    """a + b."""
    if a[2] < b[2]:
        a, b = b, a
    top, high, low = uint64(0), a[0], a[1]
    other, other_low, exponent = b[0], b[1], b[2]
    shift = a[2] - exponent
    if shift > 0 and high | low != 0:
        length = _digits(uint64(0), high, low)
        if shift + length > _WHOLE:  # then b is less than 10^-29 of a, and changes none of its 28 digits
            shift = DIGITS - length
            _, high, low = _scale(high, low, shift)
            return high, low, a[2] - shift, a[3]
        top, high, low = _scale(high, low, shift)
    sign = a[3]
    if sign == b[3]:
        low += other_low
        carry = uint64(low < other_low)
        high += carry
        top += uint64(high < carry)
        high += other
        top += uint64(high < other)
    else:
        borrow = uint64(low < other_low)
        low -= other_low
        borrowed = uint64(high < borrow)
        high -= borrow
        borrowed += uint64(high < other)
        high -= other
        top -= borrowed
        if top >> uint64(63) != 0:  # the greater was b, of two words
            low = uint64(0) - low
            high = uint64(0) - high - uint64(low != 0)
            top, sign = uint64(0), b[3]
        if top | high | low == 0:
            sign = uint64(0)
    return _round(top, high, low, exponent, sign)


@inlined
def _row(numbers, k):  # type: ignore[no-untyped-def]
    return numbers[k, 0], numbers[k, 1], np.int64(numbers[k, 2]), numbers[k, 3]


@apart
def _advance(numbers, program):  # type: ignore[no-untyped-def]
    """One step."""
    for i in range(program.shape[0]):
        code, a = program[i, 0], _row(numbers, program[i, 1])
        if code == _TIMES:
            a = times(a, _row(numbers, program[i, 2]))
        elif code <= _MINUS:
            b = _row(numbers, program[i, 2])
            a = plus(a, (b[0], b[1], b[2], b[3] ^ uint64(code)))
        elif code == _NEGATIVE:
            a = a[0], a[1], a[2], (a[3] ^ uint64(1)) & uint64(a[0] | a[1] != 0)
        elif code == _SIZE:
            a = a[0], a[1], a[2], uint64(0)
        found = program[i, 3]
        numbers[found, 0], numbers[found, 1], numbers[found, 2], numbers[found, 3] = a[0], a[1], uint64(a[2]), a[3]


@apart
def _read(text, numbers, count):  # type: ignore[no-untyped-def]
    """Sets as many numbers to those of a text, plain and with a space behind each; whether none has too many digits."""
    at = 0
    for k in range(count):
        high, low, exponent, sign = uint64(0), uint64(0), uint64(0), uint64(0)
        digits, behind = 0, uint64(0)
        while text[at] != ord(" "):
            character = text[at]
            if character == ord("-"):
                sign = uint64(1)
            elif character == ord("."):
                behind = uint64(1)
            else:
                digits += digits > 0 or character != ord("0")
                upper, low = wide_product(low, uint64(10))
                low += uint64(character - ord("0"))
                high = uint64(10) * high + upper + uint64(low < uint64(character - ord("0")))
                exponent -= behind
            at += 1
        at += 1
        if digits > DIGITS:
            return False
        numbers[k, 0], numbers[k, 1], numbers[k, 2], numbers[k, 3] = high, low, exponent, sign
    return True


@inlined
def _put(digits, first, at):  # type: ignore[no-untyped-def]
    """Writes 32 digits from number `first` on."""
    word, shift = first >> 3, uint64(8 * (first & 7))
    for i in range(4):
        store(at + 8 * i, digits[word + i] >> shift | digits[word + i + 1] << uint64(1) << (uint64(63) - shift))


@apart
def _write(a, digits, at):  # type: ignore[no-untyped-def]
    """Writes a number at the address `at` as str() does; returns where it ends."""
    _, upper, _, lower = _divide(uint64(0), a[0], a[1], 16)
    eight = uint64(100000000)
    digits[0], digits[1] = eight_digits(upper // eight) | ZEROS, eight_digits(upper % eight) | ZEROS
    digits[2], digits[3] = eight_digits(lower // eight) | ZEROS, eight_digits(lower % eight) | ZEROS
    length, exponent = _digits(uint64(0), a[0], a[1]), a[2]
    first, point = 32 - length, length + exponent  # where the decimal point stands, counted from before the first digit
    if a[3] != 0:
        store(at, uint8(ord("-")))
        at += 1
    if exponent <= 0 and point > -6:
        if point <= 0:
            store(at, uint64(0x30303030302E30))  # 0.00000
            _put(digits, first, at + 2 - point)
            return at + 2 - point + length
        _put(digits, first, at)
        if exponent == 0:
            return at + length
        store(at + point, uint8(ord(".")))
        _put(digits, first + point, at + point + 1)
        return at + length + 1
    _put(digits, first, at)
    if length > 1:
        store(at + 1, uint8(ord(".")))
        _put(digits, first + 1, at + 2)
    at += length + (length > 1)
    store(at, uint8(ord("E")))
    store(at + 1, uint8(ord("-") if point < 1 else ord("+")))
    return write_whole(abs(point - 1), at + 2)


def _orbit(text, numbers, inputs, dimension, program, most, steps, pieces, lengths, out):  # type: ignore[no-untyped-def]
    if not _read(text, numbers, inputs):
        return np.int64(0)
    digits = np.zeros(9, np.uint64)
    start = at = np.int64(out.ctypes.data)
    for n in range(1, steps + 1):
        _advance(numbers, program)
        for j in range(pieces.shape[0]):
            for word in range(pieces.shape[1]):
                if 8 * word < lengths[j]:
                    store(at + 8 * word, pieces[j, word])
            at += lengths[j]
            if j == 0:
                at = write_whole(n, at)
            elif j <= dimension:
                a = _row(numbers, j - 1)
                if abs(a[2]) > most:
                    return np.int64(0)
                at = _write(a, digits, at)
    return at - start


@cache
def decimal_kernel() -> Callable[..., int]:
    """The kernel behind every DecimalText, compiled or loaded from the cache on disk."""
    words, whole = types.uint64[:, ::1], types.int64
    text = types.Array(types.uint8, 1, "C", readonly=True)
    code, lengths, out = types.int64[:, ::1], types.int64[::1], types.uint8[::1]
    signature = text, words, whole, whole, code, whole, whole, words, lengths, out
    sources = arithmetic, fixed_point, float_text
    kernel: Callable[..., int] = compiled(_orbit, "decimal_text", signature, *sources)
    return kernel


class _Unsupported(Exception):
    """The step holds something that is not compiled here."""


@per_system
def program(system: System) -> tuple[Numbers, Program] | None:
    """The registers that a step begins with, and what it does; None where it is more than + - * and abs."""
    names = {name: place for place, name in enumerate((*system.state, *system.parameters))}
    constants: dict[int, int] = {}
    free = count(len(names))
    code: list[tuple[int, int, int, int]] = []

    def done(operation: int, left: int, right: int = 0) -> int:
        code.append((operation, left, right, next(free)))
        return code[-1][-1]

    def place(node: ast.expr) -> int:
        match node:
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.Constant(value=int() as value) if value < 10**DIGITS:
                return constants.setdefault(value, next(free))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATIONS:
                if not any(isinstance(each, ast.Name) for each in ast.walk(node)):
                    raise _Unsupported  # Python computes it, and exactly
                return done(_OPERATIONS[type(operator)], place(left), place(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return done(_NEGATIVE, place(operand))
            case ast.Call(func=ast.Name(id="abs"), args=[operand], keywords=[]):
                return done(_SIZE, place(operand))
        raise _Unsupported

    following = []
    try:
        for name, is_next, expression in system.assignments:
            if is_next:
                following.append(done(_MOVE, place(expression)))  # for its own: others need the state as it was
            else:
                names[name] = place(expression)
    except _Unsupported:
        return None
    code += [(_MOVE, found, 0, k) for k, found in enumerate(following)]
    numbers = np.zeros((next(free), 4), dtype=np.uint64)
    for value, k in constants.items():
        numbers[k, :2] = _words(value, 2)
    return numbers, np.array(code, dtype=np.int64)


class DecimalText:
    """Writes orbits of `steps` steps in decimal, as rows in one layout, into memory that is kept.

    A row is `pieces[0]`, its number, `pieces[1]`, its first value, … and ends with the last piece. One thread at a time
    may call it. Raises TypeError where the system is not `known`.
    """

    def __init__(self, system: System, pieces: Sequence[bytes], steps: int) -> None:
        if (found := program(system)) is None:
            raise TypeError(f"{system.name} holds more than + - * and abs")
        numbers, code = found
        most = 1 << _LARGEST - len(code)  # of exponents before a step: none in it leaves their range
        widest = sum(map(len, pieces)) + (1 + system.dimension) * WIDEST
        self._out: Bytes = np.empty(steps * widest + ROOM, dtype=np.uint8)
        self._given = (
            *(numbers.copy(), len(system.inputs), system.dimension, code, most, steps),
            *(*float_text.pad_pieces(pieces), self._out),
        )
        self._kernel = decimal_kernel()

    @staticmethod
    def known(system: System) -> bool:
        """Whether every operation of the step is compiled here, and they are few."""
        found = program(system)
        return found is not None and len(found[1]) < _LARGEST

    def __call__(self, inputs: Sequence[bytes]) -> memoryview | None:
        """The text of the orbit of `inputs`, numbers without an exponent, which the next call overwrites.

        None where an input has more than 28 digits, or a value an exponent near the end of decimal's range.
        """
        size = self._kernel(np.frombuffer(b" ".join((*inputs, b"")), np.uint8), *self._given)
        return self._out.data[:size] if size else None
