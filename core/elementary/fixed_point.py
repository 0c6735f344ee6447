"""Numbers in [0, 1) of 192 bits behind the point, as three uint64, the highest first: what decides the hard cases.

A product is low by less than 6·2^-192, so what some tens of operations make is right to about 2^-180. The hardest
roundings that are known of the functions here need 2^-132 of their value.
"""

import numpy as np
from llvmlite import ir
from numba import types, uint64
from numba.extending import intrinsic

from attractor.core.elementary.arithmetic import apart, bits_of, double_of, inlined

_ONE, _ALL, _TOP = uint64(1), uint64(0xFFFFFFFFFFFFFFFF), uint64(63)
_MANTISSA, _HIDDEN = uint64(0xFFFFFFFFFFFFF), uint64(0x10000000000000)


@intrinsic
def wide_product(_, a, b):  # type: ignore[no-untyped-def]
    """The product of two words, as two: high, low."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        wide, word = ir.IntType(128), ir.IntType(64)
        a, b = (builder.zext(argument, wide) for argument in arguments)
        found = builder.mul(a, b)
        high = builder.trunc(builder.lshr(found, ir.Constant(wide, 64)), word)
        return context.make_tuple(builder, signature.return_type, (high, builder.trunc(found, word)))

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), build


@inlined
def plus(a, b):  # type: ignore[no-untyped-def]
    """a + b, modulo 1."""
    low = a[2] + b[2]
    carry = uint64(low < a[2])
    middle = a[1] + b[1]
    carried = middle + carry
    return a[0] + b[0] + uint64(middle < a[1]) + uint64(carried < carry), carried, low


@inlined
def negative(a):  # type: ignore[no-untyped-def]
    """-a, modulo 1."""
    return plus((a[0] ^ _ALL, a[1] ^ _ALL, a[2] ^ _ALL), (uint64(0), uint64(0), _ONE))


@inlined
def minus(a, b):  # type: ignore[no-untyped-def]
    """a - b, modulo 1."""
    return plus(a, negative(b))


@inlined
def complement(a):  # type: ignore[no-untyped-def]
    """1 - a - 2^-192: 1 - a but for what no result here tells, and never 1."""
    return a[0] ^ _ALL, a[1] ^ _ALL, a[2] ^ _ALL


@inlined
def row(table, k):  # type: ignore[no-untyped-def]
    """The number in a row of a table."""
    return table[k, 0], table[k, 1], table[k, 2]


@apart
def times(a, b):  # type: ignore[no-untyped-def]
    """a * b."""
    high, first = wide_product(a[0], b[0])
    h1, l1 = wide_product(a[0], b[1])
    h2, l2 = wide_product(a[1], b[0])
    h3, _ = wide_product(a[1], b[1])
    h4, _ = wide_product(a[0], b[2])
    h5, _ = wide_product(a[2], b[0])
    found = high, first, uint64(0)
    for upper, lower in ((h1, l1), (h2, l2), (uint64(0), h3), (uint64(0), h4), (uint64(0), h5)):
        found = plus(found, (uint64(0), upper, lower))
    return found


@apart
def times_whole(a, n):  # type: ignore[no-untyped-def]
    """n * a as its whole part, a word, and the rest."""
    h0, l0 = wide_product(a[0], n)
    h1, l1 = wide_product(a[1], n)
    h2, l2 = wide_product(a[2], n)
    found = plus((l0, l1, l2), (h1, h2, uint64(0)))
    return h0 + uint64(found[0] < l0), found


@inlined
def doubled(a):  # type: ignore[no-untyped-def]
    """2 * a, modulo 1."""
    return a[0] << _ONE | a[1] >> _TOP, a[1] << _ONE | a[2] >> _TOP, a[2] << _ONE


@apart
def shifted_down(a, count):  # type: ignore[no-untyped-def]
    """a / 2^count, count >= 0."""
    while count >= 64:
        a = uint64(0), a[0], a[1]
        count -= 64
    if count > 0:
        down, up = uint64(count), uint64(64 - count)
        a = a[0] >> down, a[1] >> down | a[0] << up, a[2] >> down | a[1] << up
    return a


@apart
def shifted_up(a, count):  # type: ignore[no-untyped-def]
    """a * 2^count, modulo 1, count >= 0."""
    while count >= 64:
        a = a[1], a[2], uint64(0)
        count -= 64
    if count > 0:
        up, down = uint64(count), uint64(64 - count)
        a = a[0] << up | a[1] >> down, a[1] << up | a[2] >> down, a[2] << up
    return a


@apart
def quotient(a, b):  # type: ignore[no-untyped-def]
    """a / b, for a < b: Newton's iteration for a quarter of the reciprocal of b, doubled until 1/2 <= b < 1."""
    while b[0] >> _TOP == 0:
        a, b = doubled(a), doubled(b)
    quarter = uint64(1) << uint64(62), uint64(0), uint64(0)
    guess = 0.25 / (np.float64(b[0] >> uint64(11)) * 2.0**-53)  # from 1/4 to 1/2, to 50 bits
    inverse = uint64(guess * 2.0**53) << uint64(11), uint64(0), uint64(0)
    for _ in range(2):
        error = minus(quarter, times(b, inverse))
        if error[0] >> _TOP == 0:
            inverse = plus(inverse, doubled(doubled(times(inverse, error))))
        else:
            inverse = minus(inverse, doubled(doubled(times(inverse, negative(error)))))
    return doubled(doubled(times(a, inverse)))


@apart
def scaled_mantissa(x):  # type: ignore[no-untyped-def]
    """For finite x > 0: the whole number m < 2^53 and the exponent e with x = m·2^e."""
    bits = uint64(bits_of(x))
    exponent = np.int64(bits >> uint64(52)) & 2047
    if exponent == 0:
        return bits & _MANTISSA, np.int64(-1074)
    return bits & _MANTISSA | _HIDDEN, exponent - 1075


@apart
def fixed(x):  # type: ignore[no-untyped-def]
    """A double from 2^-139 to below 1, exactly."""
    mantissa, exponent = scaled_mantissa(x)
    return shifted_up((uint64(0), uint64(0), mantissa), exponent + 192)


@apart
def nearest(a, exponent):  # type: ignore[no-untyped-def]
    """The double nearest to a·2^exponent, subnormal or infinite where it has to be; a is not exactly between two."""
    if a[0] | a[1] | a[2] == uint64(0):
        return 0.0
    while a[0] == uint64(0):
        a, exponent = (a[1], a[2], uint64(0)), exponent - 64
    while a[0] >> _TOP == uint64(0):
        a, exponent = doubled(a), exponent - 1
    lacking = max(-1021 - exponent, 0)  # bits that a subnormal has not
    if lacking > 53:
        return 0.0
    shift = uint64(10 + lacking)
    whole = ((a[0] >> shift) + _ONE) >> _ONE
    if lacking > 0:
        return double_of(np.int64(whole))
    if whole >> uint64(53) != uint64(0):
        whole, exponent = whole >> _ONE, exponent + 1
    if exponent > 1024:
        return np.inf
    return double_of(((exponent + 1022) << 52) + np.int64(whole & _MANTISSA))
