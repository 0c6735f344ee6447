"""Exact pieces of double arithmetic, from which the functions of this package are made.

Where the CPU has a fused multiply-add `product` uses it; elsewhere T. J. Dekker, A floating-point technique for
extending the available precision, Numer. Math. 18, 224-242 (1971). Both are exact. Pairs high, low are unevaluated
sums. All of it is the same for one number and in vector lanes.
"""

from functools import partial

import numpy as np
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

from attractor.core.compiling import jit
from attractor.core.kernel_files import config

_FUSED = """
declare double @llvm.fma.f64(double, double, double)
define double @fused(double %a, double %b, double %c) {
  %found = call double @llvm.fma.f64(double %a, double %b, double %c)
  ret double %found
}
"""


def has_fused(name: str | None, features: str | None) -> bool:
    """Whether a CPU, this one where nothing is named, multiplies and adds in one instruction."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=name or llvm.get_host_cpu_name(), features=get_host_cpu_features() if features is None else features
    )
    return "fmadd" in machine.emit_assembly(llvm.parse_assembly(_FUSED))


FUSED = has_fused(config.CPU_NAME, config.CPU_FEATURES)

inlined = partial(jit, forceinline=True)
apart = partial(jit, forceinline=False)
"""For what is rare, and so called: Numba would have a function inlined with the one that is compiled with it."""

ROUNDER = 6755399441055744.0
"""1.5·2^52: x + ROUNDER - ROUNDER is x rounded to a whole number, for |x| < 2^51."""

_SPLITTER = 134217729.0  # 2^27 + 1


@intrinsic
def _fused(_, a, b, c):  # type: ignore[no-untyped-def]
    """a * b + c, rounded once."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), build


@intrinsic
def bits_of(_, value):  # type: ignore[no-untyped-def]
    """The 64 bits of a double, as a signed number."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@intrinsic
def double_of(_, bits):  # type: ignore[no-untyped-def]
    """The double of 64 bits."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), build


@intrinsic
def chosen(_, condition, one, other):  # type: ignore[no-untyped-def]
    """one where the condition holds, else other, without a branch: what is behind one has no place in lanes."""

    def build(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.select(*arguments)

    return types.float64(types.boolean, types.float64, types.float64), build


if FUSED:

    @inlined
    def product(a, b):  # type: ignore[no-untyped-def]
        """a * b and what its rounding cut off."""
        high = a * b
        return high, _fused(a, b, -high)

    @inlined
    def multiply_add(a, b, c):  # type: ignore[no-untyped-def]
        """a * b + c, where one rounding more does not matter."""
        return _fused(a, b, c)

    @inlined
    def rest(x, a, b):  # type: ignore[no-untyped-def]
        """x - a * b, rounded once, where x - high is exact for the high of `product(a, b)`."""
        return _fused(-a, b, x)

else:

    @inlined
    def product(a, b):  # type: ignore[no-untyped-def]
        """a * b and what its rounding cut off, for |a|, |b|, |a * b| < 2^995."""
        high = a * b
        scaled = a * _SPLITTER
        a1 = scaled - (scaled - a)
        scaled = b * _SPLITTER
        b1 = scaled - (scaled - b)
        a2, b2 = a - a1, b - b1
        return high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2

    @inlined
    def multiply_add(a, b, c):  # type: ignore[no-untyped-def]
        """a * b + c, where one rounding more does not matter."""
        return a * b + c

    @inlined
    def rest(x, a, b):  # type: ignore[no-untyped-def]
        """x - a * b, rounded once, where x - high is exact for the high of `product(a, b)`."""
        high, low = product(a, b)
        return (x - high) - low


@inlined
def two_sum(a, b):  # type: ignore[no-untyped-def]
    """a + b and what its rounding cut off."""
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


@inlined
def fast_two_sum(a, b):  # type: ignore[no-untyped-def]
    """The same where a = 0 or |a| >= |b|."""
    high = a + b
    return high, b - (high - a)


@inlined
def is_decided(high, low, error):  # type: ignore[no-untyped-def]
    """Whether every number within `error`, of either sign, of high + low rounds to high + low (Ziv's test).

    A. Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last bit, ACM Trans. Math.
    Softw. 17, 410-423 (1991).
    """
    return high + (low - error) == high + (low + error)


@inlined
def decided(high, low, error):  # type: ignore[no-untyped-def]
    """high + low where that is decided, else nan: in lanes, where nothing branches."""
    below, above = high + (low - error), high + (low + error)
    return chosen(below == above, below, np.nan)
