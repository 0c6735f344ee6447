"""The functions of `math` rounded to the nearest double by Arb, which the kernels are held to."""

import math
from types import FunctionType

from flint import arb, ctx

NAMES = "sin", "cos", "exp", "log", "tanh", "atan"


def exactly(name, x, bits=300):
    """The function of a double as a ball."""
    before, ctx.prec = ctx.prec, bits
    try:
        return getattr(arb(x), name)()
    finally:
        ctx.prec = before


def rounded(name):
    """The function as `math` has it, to the last bit."""

    def function(x):
        if not math.isfinite(x):
            raise ValueError("math domain error")
        return x if x == 0 and name in ("sin", "tanh", "atan") else float(exactly(name, x))

    return function


FUNCTIONS = {getattr(math, name): rounded(name) for name in NAMES}


def rounded_step(system):
    """The plain step with these in place of those of `math`."""
    names = {name: FUNCTIONS.get(value, value) for name, value in system.step.__globals__.items() if callable(value)}
    return FunctionType(system.step.__code__, {**system.step.__globals__, **names}, system.step.__name__)
