"""Many points at once: numbers laid out so that one instruction works on a vector of them.

A block holds LANES points as rows of LANES doubles, one after the other in a flat array: a row for each coordinate of
the state, then one for each parameter, then what a kernel adds. Number k of point l of a block is block[k * LANES + l].
A kernel's innermost loop runs over the lanes, so LLVM turns it into vector instructions; none of them reorders or fuses
an operation of a point, so each point has the bits that it would have alone.
"""

from collections.abc import Callable
from math import prod
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from attractor.core.compiling import jit
from attractor.core.elementary.steps import full_step, full_tangent
from attractor.core.elementary.steps import quick_step as quick_step_of
from attractor.core.elementary.steps import quick_tangent as quick_tangent_of
from attractor.core.system import System, per_system

LANES = 64
"""Points in a block: enough independent vectors to hide the latency of an operation, few enough for the L1 cache."""

_LINE = 64  # bytes

Floats = NDArray[np.float64]


def reader(count: int, lanes: int = LANES) -> Callable[[Floats, int], tuple[float, ...]]:
    """A compiled function: the first `count` numbers of a lane, as a tuple.

    Written out, since a loop over a tuple of unknown length keeps LLVM from vectorising the loop around it.
    """
    values = "".join(f"block[{k * lanes} + lane], " for k in range(count))
    return _compiled(f"lambda block, lane: ({values})")  # type: ignore[no-any-return]


def writer(count: int, lanes: int = LANES, first: int = 0) -> Callable[[Floats, int, tuple[float, ...]], None]:
    """A compiled function: sets `count` numbers of a lane, from number `first` on, to those of a tuple."""
    lines = "".join(f"\n    block[{(first + k) * lanes} + lane] = values[{k}]" for k in range(count))
    return _compiled(f"def write(block, lane, values):{lines or ' pass'}")  # type: ignore[no-any-return]


def _compiled(source: str) -> Any:
    """The function of a generated text, which holds numbers of ours alone."""
    names: dict[str, Any] = {}
    exec(source if source.startswith("def") else f"write = {source}", names)  # noqa: S102
    return jit(names["write"])


def points(system: System, start: ArrayLike, parameters: ArrayLike) -> Floats:
    """Rows of initial conditions and parameters, float64 of shape (points, dimension + number of parameters).

    `start` has shape (points, dimension) or (dimension,), `parameters` (points, number of parameters) or
    (number of parameters,); a single row holds for all points. Raises ValueError on other shapes.
    """
    initial = np.atleast_2d(np.asarray(start, dtype=np.float64))
    values = np.asarray(parameters, dtype=np.float64)
    values = values.reshape(1, -1) if values.ndim < 2 else values
    widths = initial.shape[1], values.shape[1]
    if initial.ndim != 2 or values.ndim != 2 or widths != (system.dimension, len(system.parameters)):
        raise ValueError(f"{system.name} has {system.dimension} coordinates and {len(system.parameters)} parameters")
    count = max(len(initial), len(values)) if len(initial) and len(values) else 0
    if not {len(initial), len(values)} <= {1, count}:
        raise ValueError(f"{len(initial)} initial conditions for {len(values)} sets of parameters")
    found = np.empty((count, sum(widths)))
    found[:, : widths[0]], found[:, widths[0] :] = initial[:count], values[:count]
    return found


def blocks(rows: Floats, extra: int = 0, lanes: int = LANES) -> Floats:
    """Rows (points, width) as blocks, float64 of shape (blocks, (width + extra) * lanes), `extra` rows of zeros added.

    The last point fills up the last block. Each row begins where a line of the cache does, if `lanes` allows.
    """
    count, width = rows.shape
    found = _aligned_zeros(-(-count // lanes), width + extra, lanes)
    whole = count // lanes
    found[:whole, :width] = rows[: whole * lanes].reshape(whole, lanes, width).transpose(0, 2, 1)
    if whole < len(found):
        found[whole, :width] = rows[-1][:, None]
        found[whole, :width, : count - whole * lanes] = rows[whole * lanes :].T
    return found.reshape(len(found), (width + extra) * lanes)


def _aligned_zeros(*shape: int) -> Floats:
    """Zeros that begin at a multiple of 64 bytes: a vector across two lines of the cache takes twice as long."""
    count, line = prod(shape), _LINE // 8
    memory = np.zeros(count + line)
    first = -(memory.ctypes.data // 8) % line
    return memory[first : first + count].reshape(shape)


def unblocked(found: Floats, count: int, first: int, width: int, lanes: int = LANES) -> Floats:
    """`width` numbers from number `first` on of the first `count` points of blocks, of shape (count, width)."""
    rows = found.reshape(len(found), -1, lanes)[:, first : first + width]
    return rows.transpose(0, 2, 1).reshape(-1, width)[:count]


step: Any = None  # in the templates below: what they are bound to
tangent: Any = None
read: Any = None
write: Any = None
write_tangent: Any = None
quick_step: Any = None  # nan where a function does not decide
quick_tangent: Any = None
SIZE = 0  # the dimension
TANGENT = 0  # the first number of the Jacobian


def _advance(block, _spare):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for lane in range(LANES):
        write(block, lane, step(*read(block, lane)))


def _advance_quickly(block, spare):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for lane in range(LANES):
        write(spare, lane, quick_step(*read(block, lane)))
    doubtful = 0
    for i in range(SIZE * LANES):
        doubtful |= spare[i] != spare[i]
    if doubtful:
        for lane in range(LANES):
            for k in range(SIZE):
                if spare[k * LANES + lane] != spare[k * LANES + lane]:
                    write(spare, lane, step(*read(block, lane)))
                    break
    for i in range(SIZE * LANES):
        block[i] = spare[i]


def _advance_tangent(block, _spare):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for lane in range(LANES):
        point = read(block, lane)
        write_tangent(block, lane, tangent(*point))
        write(block, lane, step(*point))


def _advance_tangent_quickly(block, spare):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for lane in range(LANES):
        point = read(block, lane)
        write_tangent(block, lane, quick_tangent(*point))
        write(spare, lane, quick_step(*point))
    doubtful = 0
    for i in range(SIZE * LANES):
        doubtful |= spare[i] != spare[i]
    for i in range(TANGENT * LANES, (TANGENT + SIZE * SIZE) * LANES):
        doubtful |= block[i] != block[i]
    if doubtful:
        for lane in range(LANES):
            nans = 0
            for k in range(SIZE):
                nans += spare[k * LANES + lane] != spare[k * LANES + lane]
            for k in range(TANGENT, TANGENT + SIZE * SIZE):
                nans += block[k * LANES + lane] != block[k * LANES + lane]
            if nans:
                point = read(block, lane)
                write_tangent(block, lane, tangent(*point))
                write(spare, lane, step(*point))
    for i in range(SIZE * LANES):
        block[i] = spare[i]


@per_system
def advance(system: System, lanes: int = LANES) -> Callable[[Floats, Floats], None]:
    """A compiled function `(block, spare)`: every point's next state in the place of its state.

    `spare` has room for the states of a block. The functions of a step are tried in their quick form in all lanes at
    once; the few points for which one does not decide are done again one by one.
    """
    quick = quick_step_of(system) if lanes > 1 else None
    bound = {"LANES": lanes, "SIZE": system.dimension, "step": jit(full_step(system))}
    bound |= {"read": reader(_width(system), lanes), "write": writer(system.dimension, lanes)}
    bound |= {"quick_step": jit(quick)} if quick else {}
    return inlined(_advance_quickly if quick else _advance, bound)


@per_system
def advance_tangent(system: System, first: int, lanes: int = LANES) -> Callable[[Floats, Floats], None]:
    """The same, which before writes the Jacobian at each point, row by row, from number `first` of a block on."""
    quick = quick_tangent_of(system) if lanes > 1 else None
    bound = {"LANES": lanes, "SIZE": system.dimension, "TANGENT": first, "read": reader(_width(system), lanes)}
    bound |= {"step": jit(full_step(system)), "tangent": jit(full_tangent(system))}
    bound |= {"write": writer(system.dimension, lanes), "write_tangent": writer(system.dimension**2, lanes, first)}
    if not quick:
        return inlined(_advance_tangent, bound)
    bound |= {"quick_step": jit(quick_step_of(system)), "quick_tangent": jit(quick)}
    return inlined(_advance_tangent_quickly, bound)


def inlined(template: Callable[..., None], bound: dict[str, Any]) -> Callable[..., None]:
    """`template` with globals of those names in place of its own, compiled into whatever calls it."""
    function = FunctionType(template.__code__, {**template.__globals__, **bound}, template.__name__)
    return jit(function, forceinline=True)  # type: ignore[no-any-return]


def _width(system: System) -> int:
    return system.dimension + len(system.parameters)


def bound(system: System, lanes: int = LANES) -> dict[str, Any]:
    """What the templates over lanes are bound to."""
    return {"LANES": lanes, "SIZE": system.dimension, "advance": advance(system, lanes)}
