"""Lyapunov spectra: the growth of tangent vectors along an orbit, re-orthonormalised at each step.

G. Benettin, L. Galgani, A. Giorgilli, J.-M. Strelcyn, Lyapunov characteristic exponents for smooth dynamical systems
and for Hamiltonian systems, Meccanica 15, 9-30 (1980); by modified Gram-Schmidt, which is the QR decomposition of the
tangent map. Exponents are natural logarithms per step, in the order of the frame, which is descending in the limit.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log, sqrt
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numpy.typing import ArrayLike

from attractor.core import lanes, slicing
from attractor.core.compiling import compiled, jit
from attractor.core.jacobian import jacobian_over
from attractor.core.lanes import LANES, Floats
from attractor.core.system import TIME_STEP, System, per_system

Stretch: TypeAlias = Callable[[Floats, int], None]

BATCHES = 20
COLLAPSED = 1e-300  # a length's square, whose reciprocal is still finite
NOTHING = -0.0  # what sums begin with: LLVM drops it, but may not drop 0.0 + x, which makes 0.0 of -0.0
LEAST, MOST = 1e-140, 1e140  # what a product of lengths stays between until its logarithm is taken

step: Any = None  # in the template: what it is bound to
jacobian: Any = None
read: Any = None
write: Any = None
write_jacobian: Any = None
SIZE = 0  # the dimension
FRAME = 0  # the first number of the orthonormal frame, SIZE vectors of SIZE components
SUMS = 0  # of the sums of logarithms, SIZE of them
PRODUCTS = 0  # of the products of lengths whose logarithms are not yet in the sums
LEFT = 0  # of the lengths with which a product left its range, else 1
TANGENT = 0  # of the Jacobian, row by row
NEXT = 0  # of the frame's image


def _stretch(block, steps):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for _ in range(steps):
        left = 0  # how many products left their range
        for lane in range(LANES):
            point = read(block, lane)
            write_jacobian(block, lane, jacobian(*point))
            write(block, lane, step(*point))
            for j in range(SIZE):
                vector = NEXT + j * SIZE
                for i in range(SIZE):
                    total = NOTHING
                    for k in range(SIZE):
                        entry = block[(TANGENT + i * SIZE + k) * LANES + lane]
                        total += entry * block[(FRAME + j * SIZE + k) * LANES + lane]
                    block[(vector + i) * LANES + lane] = total
                for m in range(SIZE):  # a constant, so that LLVM unrolls it and then vectorises over the lanes
                    if m < j:
                        earlier = NEXT + m * SIZE
                        shadow = NOTHING
                        for k in range(SIZE):
                            shadow += block[(vector + k) * LANES + lane] * block[(earlier + k) * LANES + lane]
                        for k in range(SIZE):
                            block[(vector + k) * LANES + lane] -= shadow * block[(earlier + k) * LANES + lane]
                square = NOTHING
                for k in range(SIZE):
                    square += block[(vector + k) * LANES + lane] * block[(vector + k) * LANES + lane]
                length = sqrt(square)
                # The quotient need not wait for the root. A collapsed direction stays so: its exponent is -inf.
                inverse = 0.0 if square < COLLAPSED else 1.0 / square * length
                for k in range(SIZE):
                    block[(vector + k) * LANES + lane] *= inverse
                product = block[(PRODUCTS + j) * LANES + lane]
                longer = product * length
                inside = LEAST < longer < MOST
                left += not inside
                block[(PRODUCTS + j) * LANES + lane] = longer if inside else product
                block[(LEFT + j) * LANES + lane] = 1.0 if inside else length
            for k in range(SIZE * SIZE):
                block[(FRAME + k) * LANES + lane] = block[(NEXT + k) * LANES + lane]
        if left:
            for i in range(SIZE * LANES):
                length = block[LEFT * LANES + i]
                if length != 1.0:
                    block[SUMS * LANES + i] += log(block[PRODUCTS * LANES + i]) + log(length)
                    block[PRODUCTS * LANES + i] = 1.0


@per_system
def stretch_kernel(system: System, width: int = LANES) -> Stretch:
    """`kernel(block, steps)` iterates the points of one `core.lanes` block of `width` lanes and their frames.

    Behind the parameters lie the frame, the sums of logarithms, the products of lengths that these lack yet, and room.
    """
    source, size = jacobian_over(system, "math"), system.dimension
    first = size + len(system.parameters)
    tangent = first + size * size + 2 * size
    signature = types.float64[::1], types.int64
    bindings = {
        **lanes.bound(system, width),
        "jacobian": jit(source),
        "write_jacobian": lanes.writer(size * size, width, tangent),
        "SIZE": size,
        "FRAME": first,
        "SUMS": first + size * size,
        "PRODUCTS": first + size * size + size,
        "TANGENT": tangent,
        "NEXT": tangent + size * size,
        "LEFT": tangent + 2 * size * size,
    }
    name = f"{system.step.__name__}_stretch_{width}"
    kernel: Stretch = compiled(_stretch, name, signature, system.step, lanes, inspect.getsource(source), **bindings)
    return kernel


@dataclass(frozen=True)
class Spectra:
    """Spectra of consecutive points. nan where an orbit left double's range.

    `exponents` and `errors`, of shape (points, dimension), are per step: the mean of the logarithms, and its standard
    error from the means of BATCHES consecutive batches (the standard deviation of those over the root of their number:
    it holds where a batch is longer than the correlations). `kaplan_yorke`, of shape (points,), is the dimension.
    `time_step`, of shape (points,), is that of an Euler map; dividing by it gives exponents per unit time; else None.
    """

    first: int
    exponents: Floats
    errors: Floats
    kaplan_yorke: Floats
    time_step: Floats | None


def spectra(
    system: System, start: ArrayLike, parameters: ArrayLike, steps: int, transient: int = 1000, threads: int = 1
) -> Iterator[Spectra | None]:
    """The whole Lyapunov spectrum at each point, over `steps` steps behind a transient that also aligns the frame.

    `start` and `parameters` are as `core.lanes.points` takes them. Yields None between slices, and the points in order.
    Raises ValueError on wrong shapes and where `steps` is below BATCHES.
    """
    if steps < BATCHES:
        raise ValueError(f"a spectrum needs at least {BATCHES} steps")
    rows, size = lanes.points(system, start, parameters), system.dimension
    width = LANES if len(rows) >= LANES // 4 else 1
    kernel = stretch_kernel(system, width)
    first_row = rows.shape[1]
    sums_row = first_row + size * size

    def block(first: int) -> Iterator[Spectra | None]:
        mine = rows[first : first + width]
        packed = lanes.blocks(mine, extra=3 * size * size + 3 * size, lanes=width)[0]
        cells = packed.reshape(-1, width)
        cells[first_row : first_row + size * size] = np.eye(size).reshape(-1, 1)
        accumulated = cells[sums_row : sums_row + 2 * size].reshape(2, size, width)  # sums, products
        accumulated[1] = 1
        advance = lambda done, end: kernel(packed, end - done)  # noqa: E731
        yield from slicing.slices(transient, advance)
        ends = [steps * (i + 1) // BATCHES for i in range(BATCHES)]
        lengths = np.diff([0, *ends])
        sums = np.empty((BATCHES, size, len(mine)))
        for i, length in enumerate(lengths):
            accumulated[0], accumulated[1] = 0, 1
            yield from slicing.slices(int(length), advance)
            sums[i] = (accumulated[0] + np.log(accumulated[1]))[:, : len(mine)]
        with np.errstate(invalid="ignore"):
            means = sums / lengths[:, None, None]
            exponents = (sums.sum(0) / steps).T
            errors = (means.std(0, ddof=1) / sqrt(BATCHES)).T
        time_step = mine[:, size + system.parameters.index(TIME_STEP)] if system.is_flow else None
        yield Spectra(first, exponents, errors, np.array([kaplan_yorke(e) for e in exponents]), time_step)

    yield from slicing.run(map(block, range(0, len(rows), width)), threads)


def kaplan_yorke(exponents: ArrayLike) -> float:
    """The dimension j + (λ₁ + … + λⱼ) / |λⱼ₊₁|, j the greatest number of the largest exponents of a sum not below 0.

    J. L. Kaplan, J. A. Yorke, Chaotic behavior of multidimensional difference equations, Lecture Notes in Math. 730,
    204-227 (1979). All exponents where no such sum is below 0; nan where one is nan.
    """
    total = NOTHING
    ordered: list[float] = sorted(np.asarray(exponents, dtype=np.float64).tolist(), reverse=True)
    if np.isnan(ordered).any():
        return float("nan")
    for j, exponent in enumerate(ordered):
        if total + exponent < 0:
            return j + total / -exponent
        total += exponent
    return float(len(ordered))
