"""Lyapunov spectra: the growth of tangent vectors along an orbit, normalised at each step.

G. Benettin, L. Galgani, A. Giorgilli, J.-M. Strelcyn, Lyapunov characteristic exponents for smooth dynamical systems
and for Hamiltonian systems, Meccanica 15, 9-30 (1980). The sum of the k greatest exponents is the mean logarithmic
growth of a generic k-dimensional volume: of a vector under the Jacobian, of a normal under its cofactors, and of the
whole by its determinant, so that up to three dimensions no growth is a difference that rounding could swallow;
from four on by Gram-Schmidt, applied twice. Exponents are natural logarithms per step, in descending order.

With J_n the Jacobian at the n-th iterate and V_k(n) the factor by which step n stretches a k-dimensional volume,

    λ_1 + … + λ_k = lim (1/N) Σ ln V_k(n),  n = 1 … N,

where for d coordinates V_1 = |J v| / |v|, in three dimensions V_2 = |cof(J) w| / |w| with cof(J) = det(J) J^-T, and
V_d = |det J|. From four dimensions on, the vectors q_j are orthonormal, u_j = J q_j - Σ (J q_j · p_i) p_i over i < j,
p_i = u_i / |u_i| replaces q_i, and V_k / V_(k-1) = |u_k|. Factors are multiplied until their product leaves
LEAST … MOST; only then a logarithm is taken.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numpy.typing import ArrayLike, NDArray

from attractor.core import lanes, slicing
from attractor.core.compiling import compiled
from attractor.core.elementary.logarithm import log
from attractor.core.elementary.steps import MODULES
from attractor.core.elementary.values import apply
from attractor.core.evaluation import tangent_map
from attractor.core.kernel import orbit_kernel
from attractor.core.lanes import LANES, Floats
from attractor.core.matrices import characteristic_polynomial, determinant, product
from attractor.core.system import TIME_STEP, System, per_system
from attractor.core.tangent import tangent_source

Stretch: TypeAlias = Callable[[Floats, NDArray[np.int64], Floats], None]

WIDTH = LANES // 2
"""Points in a block, which holds their tangent vectors too: as quick as LANES, and fewer are idle."""
FEWEST = WIDTH // 4
"""Points from which a block takes less than one after the other."""
BATCHES = 20
"""The least number of steps of a spectrum, and of batches from which its errors are told."""
_BATCHES = 20, 40, 80, 160
_SHORT = 1 << 16  # steps of points that are taken without a pause
SHORTEST = 1e-300  # a vector that is shorter has collapsed: 1 / 1e-300 is finite
RESOLVED = 1e-15  # of a vector's length: what Gram-Schmidt leaves below it is rounding
NOTHING = -0.0  # what sums begin with: LLVM drops it, but may not drop 0.0 + x, which makes 0.0 of -0.0
LEAST, MOST = 1e-140, 1e140  # what a product of factors stays between until its logarithm is taken

advance: Any = None  # in the templates: what they are bound to
stretch: Any = None
SIZE = 0  # the dimension
VECTORS = 0  # how many vectors are followed
FRAME = 0  # the first number of these, of SIZE components each
FRESH = 0  # of those that take the place of collapsed ones
SUMS = 0  # of the sums of logarithms, SIZE of them
PRODUCTS = 0  # of the products of factors whose logarithms are not yet in the sums
LEFT = 0  # of the factors of this step, then of those with which a product left its range, else 1
SMALLEST = 0  # of the smallest factors
TANGENT = 0  # of the Jacobian, row by row
NEXT = 0  # of the frame's image


def _stretch(block, steps):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    spare = np.empty(SIZE * LANES)
    for _ in range(steps):
        left = 0  # how many products left their range
        advance(block, spare)
        for lane in range(LANES):
            for j in range(VECTORS):
                vector = NEXT + j * SIZE
                for i in range(SIZE):
                    total = NOTHING
                    for k in range(SIZE):
                        entry = block[(TANGENT + i * SIZE + k) * LANES + lane]
                        if SIZE == 3 and j == 1:  # the cofactor
                            below, last = (i + 1) % 3, (i + 2) % 3
                            right, end = (k + 1) % 3, (k + 2) % 3
                            one = block[(TANGENT + below * 3 + right) * LANES + lane]
                            one *= block[(TANGENT + last * 3 + end) * LANES + lane]
                            other = block[(TANGENT + below * 3 + end) * LANES + lane]
                            other *= block[(TANGENT + last * 3 + right) * LANES + lane]
                            entry = one - other
                        total += entry * block[(FRAME + j * SIZE + k) * LANES + lane]
                    block[(vector + i) * LANES + lane] = total
                whole = 0.0
                if SIZE > 3:
                    for k in range(SIZE):
                        whole += abs(block[(vector + k) * LANES + lane])
                    for m in range(2 * SIZE):  # a constant, so that LLVM unrolls it and then vectorises over the lanes
                        if m % SIZE < j:
                            earlier = NEXT + m % SIZE * SIZE
                            shadow = NOTHING
                            for k in range(SIZE):
                                shadow += block[(vector + k) * LANES + lane] * block[(earlier + k) * LANES + lane]
                            for k in range(SIZE):
                                block[(vector + k) * LANES + lane] -= shadow * block[(earlier + k) * LANES + lane]
                greatest = 0.0
                for k in range(SIZE):
                    part = abs(block[(vector + k) * LANES + lane])
                    greatest = part if part > greatest else greatest
                scale = 1.0 / greatest if greatest > max(SHORTEST, RESOLVED * whole) else 0.0
                square = NOTHING
                for k in range(SIZE):
                    part = block[(vector + k) * LANES + lane] * scale
                    block[(vector + k) * LANES + lane] = part
                    square += part * part
                # Of a vector that is followed by itself any norm will do: the greatest component needs no root.
                root = sqrt(square) if SIZE > 3 else 1.0
                block[(LEFT + j) * LANES + lane] = greatest * root + (square - square)  # nan where a component is
                # What has collapsed, or left double's range, starts afresh, so that nothing of it is left behind here.
                is_sound = 0.0 < square < 1e300
                for k in range(SIZE):
                    part = block[(vector + k) * LANES + lane] / root
                    fresh = block[(FRESH + j * SIZE + k) * LANES + lane]
                    block[(FRAME + j * SIZE + k) * LANES + lane] = part if is_sound else fresh
                    if SIZE > 3:
                        block[(vector + k) * LANES + lane] = part if is_sound else fresh
            if SIZE == 2:
                one = block[TANGENT * LANES + lane] * block[(TANGENT + 3) * LANES + lane]
                other = block[(TANGENT + 1) * LANES + lane] * block[(TANGENT + 2) * LANES + lane]
                block[(LEFT + 1) * LANES + lane] = abs(one - other)
            if SIZE == 3:
                total = NOTHING
                for k in range(3):
                    right, end = (k + 1) % 3, (k + 2) % 3
                    one = block[(TANGENT + 3 + right) * LANES + lane] * block[(TANGENT + 6 + end) * LANES + lane]
                    other = block[(TANGENT + 3 + end) * LANES + lane] * block[(TANGENT + 6 + right) * LANES + lane]
                    total += block[(TANGENT + k) * LANES + lane] * (one - other)
                block[(LEFT + 2) * LANES + lane] = abs(total)
            for j in range(SIZE):
                factor = block[(LEFT + j) * LANES + lane]
                product = block[(PRODUCTS + j) * LANES + lane]
                longer = product * factor
                inside = LEAST < longer < MOST
                left += not inside
                block[(PRODUCTS + j) * LANES + lane] = longer if inside else product
                block[(LEFT + j) * LANES + lane] = 1.0 if inside else factor
                smallest = block[(SMALLEST + j) * LANES + lane]
                block[(SMALLEST + j) * LANES + lane] = factor if factor < smallest else smallest
        if left:
            for i in range(SIZE * LANES):
                factor = block[LEFT * LANES + i]
                if factor != 1.0:
                    block[SUMS * LANES + i] += log(block[PRODUCTS * LANES + i]) + log(factor)
                    block[PRODUCTS * LANES + i] = 1.0


def _stretch_batches(block, lengths, grown):  # type: ignore[no-untyped-def]  # a template, typed by Numba
    for batch in range(lengths.shape[0]):
        stretch(block, lengths[batch])
        if batch < grown.shape[0]:
            for i in range(SIZE * LANES):
                grown[batch, 0, i], grown[batch, 1, i] = block[SUMS * LANES + i], block[PRODUCTS * LANES + i]
                block[SUMS * LANES + i], block[PRODUCTS * LANES + i] = 0.0, 1.0


def _layout(system: System) -> dict[str, int]:
    """The first number of each part of a block, and how many numbers a point has in all."""
    size = system.dimension
    vectors = {1: 1, 2: 1, 3: 2}.get(size, size)
    widths = {
        **{"FRAME": vectors * size, "FRESH": vectors * size, "SUMS": size, "PRODUCTS": size, "SMALLEST": size},
        **{"LEFT": size, "TANGENT": size * size, "NEXT": vectors * size},
    }
    found, first = {"SIZE": size, "VECTORS": vectors}, size + len(system.parameters)
    for name, width in widths.items():
        found[name] = first
        first += width
    return found | {"END": first}


@per_system
def stretch_kernel(system: System, width: int = WIDTH) -> Stretch:
    """`kernel(block, lengths, grown)` iterates the points of one `core.lanes` block and their tangent vectors.

    The block has `width` lanes. After each of `lengths` steps a row of `grown`, of shape (batches, 2, dimension ×
    width), takes the sums of logarithms and the products, which begin anew; where it has no rows they go on.

    Behind the parameters lie what `_layout` says. Factor j of a step is the growth of a (j + 1)-dimensional volume;
    from four dimensions on that of the component of vector j that is perpendicular to those before it.
    """
    layout = _layout(system)
    signature = types.float64[::1], types.int64[::1], types.float64[:, :, ::1]
    bindings = {
        "LANES": width,
        "advance": lanes.advance_tangent(system, layout["TANGENT"], width),
        **{name: value for name, value in layout.items() if name != "END"},
    }
    name = f"{system.step.__name__}_stretch_{width}"
    source = tangent_source(system)
    bindings["stretch"] = lanes.inlined(_stretch, bindings)
    kernel: Stretch = compiled(_stretch_batches, name, signature, system.step, *MODULES, lanes, source, **bindings)
    return kernel


@dataclass(frozen=True)
class Spectra:
    """Spectra of consecutive points.

    `exponents` and `errors`, of shape (points, dimension), are per step, in descending order: the mean of the
    logarithms, and its `standard_errors`. An exponent is -inf where a volume vanishes: on a superstable cycle, or where
    the Jacobian is singular; its error is nan. Both are nan where an orbit left double's range. `kaplan_yorke` and
    `entropy`, of shape (points,), are the dimension and `pesin`'s sum. `time_step`, of shape (points,), is that of an
    Euler map; dividing by it gives exponents per unit time; else None.
    """

    first: int
    exponents: Floats
    errors: Floats
    kaplan_yorke: Floats
    entropy: Floats
    time_step: Floats | None


def spectra(
    system: System, start: ArrayLike, parameters: ArrayLike, steps: int, transient: int = 1000, threads: int = 1
) -> Iterator[Spectra | None]:
    """The whole Lyapunov spectrum at each point, over `steps` steps behind a transient that also aligns the vectors.

    `start` and `parameters` are as `core.lanes.points` takes them. Yields None between slices, and the points in order.
    Raises ValueError on wrong shapes and where `steps` is below BATCHES.
    """
    if steps < BATCHES:
        raise ValueError(f"a spectrum needs at least {BATCHES} steps")
    rows, size = lanes.points(system, start, parameters), system.dimension
    width = WIDTH if len(rows) >= FEWEST else 1
    kernel, at = stretch_kernel(system, width), _layout(system)
    frame, nothing = generic_vectors(at["VECTORS"], size).reshape(-1, 1), np.empty((0, 2, size * width))
    stride, many = slicing.Stride(), slicing.Stride()

    def block(first: int) -> Iterator[Spectra | None]:
        mine = rows[first : first + width]
        packed = lanes.blocks(mine, extra=at["END"] - rows.shape[1], lanes=width)[0]
        cells = packed.reshape(-1, width)
        cells[at["FRAME"] : at["FRESH"]] = cells[at["FRESH"] : at["SUMS"]] = frame
        sums, products = (cells[at[name] : at[name] + size] for name in ("SUMS", "PRODUCTS"))
        products[:] = 1
        advance = lambda done, end: kernel(packed, np.array([end - done]), nothing)  # noqa: E731
        yield from slicing.slices(transient, advance, stride=stride)
        sums[:], products[:] = 0, 1
        cells[at["SMALLEST"] : at["SMALLEST"] + size] = np.inf
        count = max(count for count in _BATCHES if count <= steps)
        lengths = np.diff([steps * i // count for i in range(count + 1)])
        grown, pace = np.empty((count, 2, size * width)), slicing.Pace()  # sums, products
        if steps * width < count * _SHORT:
            several = lambda done, end: kernel(packed, lengths[done:end], grown[done:end])  # noqa: E731
            yield from slicing.slices(count, several, pace, many)
        else:
            for i, length in enumerate(lengths.tolist()):
                yield from slicing.slices(length, advance, pace, stride)
                kernel(packed, np.array([0]), grown[i : i + 1])
        volumes = grown.reshape(count, 2, size, width)[:, :, :, : len(mine)]
        with np.errstate(divide="ignore", invalid="ignore"):
            volumes = volumes[:, 0] + apply("log", volumes[:, 1])
        batches = _single_sums(volumes) if size <= 3 else volumes
        exponents, errors = _summarize(batches, lengths)
        smallest = cells[at["SMALLEST"] : at["SMALLEST"] + size, : len(mine)].min(axis=0)
        suspicious = (smallest < _SUSPICIOUS) & np.isfinite(exponents).any(axis=1)
        for k in np.flatnonzero(suspicious).tolist():
            if vanishing := _superstable(system, cells[:size, k], mine[k, size:]):
                exponents[k, -vanishing:], errors[k, -vanishing:] = -np.inf, np.nan
            yield from pace.pauses()
        time_step = mine[:, size + system.parameters.index(TIME_STEP)] if system.is_flow else None
        yield Spectra(first, exponents, errors, kaplan_yorke(exponents), pesin(exponents), time_step)

    yield from slicing.run(map(block, range(0, len(rows), width)), threads)


def generic_vectors(count: int, size: int) -> Floats:
    """Unit vectors along no axis, diagonal or plane of symmetry that a map may keep, of shape (count, size)."""
    angles = np.outer(np.arange(1, count + 1), 0.5 + np.arange(1, size + 1) * sqrt(2))
    found = apply("cos", angles)
    return np.asarray(found / np.sqrt((found * found).sum(axis=1, keepdims=True)))


def _single_sums(grown: Floats) -> Floats:
    """The sums of single exponents from those of volumes of shape (batches, size, points); -inf from where one is."""
    with np.errstate(invalid="ignore"):
        single = np.diff(grown, axis=1, prepend=0)
    vanished = np.isneginf(grown)
    return np.where(vanished, -np.inf, single)


def _summarize(sums: Floats, lengths: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Exponents, descending, and their errors, of shape (points, size), from the sums of batches of such lengths."""
    with np.errstate(invalid="ignore"):
        means = sums / lengths[:, None, None]
        exponents = sums.sum(axis=0) / lengths.sum()
        errors = standard_errors(means)
    order = np.argsort(-np.where(np.isnan(exponents), np.inf, exponents), axis=0, kind="stable")
    exponents, errors = (np.take_along_axis(values, order, axis=0).T.copy() for values in (exponents, errors))
    errors[~np.isfinite(exponents)] = np.nan
    return exponents, errors


def standard_errors(means: Floats) -> Floats:
    """The standard error of the mean of `means` of consecutive batches, of shape (20, 40, 80 or 160, …).

    H. Flyvbjerg, H. G. Petersen, Error estimates on averages of correlated data, J. Chem. Phys. 91, 461-466 (1989): the
    greatest of the estimates from 20, 10 and 5 blocks. Where they grow from 160 blocks to 40 and from these to 10, as
    on a sticky orbit whose correlations decay like a power, they are taken to grow on like that, by the lesser of the
    two factors for each further fourfold length up to the whole. Added in quadrature is half of the change from the
    first half to the second as far as it is beyond twice that: what drifts has not converged.
    """

    def estimate(blocks: int) -> Floats:
        of = means.reshape(blocks, -1, *means.shape[1:]).mean(axis=1)
        return np.asarray(of.std(axis=0, ddof=1) / sqrt(blocks))

    count = len(means)
    error = np.max([estimate(blocks) for blocks in (BATCHES, BATCHES // 2, BATCHES // 4)], axis=0)
    if count == _BATCHES[-1]:
        few, some, all_ = (estimate(blocks) for blocks in (BATCHES // 2, 2 * BATCHES, count))
        late, early = (np.divide(a, b, out=np.ones_like(a), where=b > 0) for a, b in ((few, some), (some, all_)))
        error = error * np.maximum(1, np.minimum(late, early)) ** 2
    drift = np.abs(means[count // 2 :].mean(axis=0) - means[: count // 2].mean(axis=0))
    drifting = np.maximum(0, drift - 2 * error) / 2
    return np.asarray(np.sqrt(error * error + drifting * drifting))


_SUSPICIOUS = 1e-6
"""A step that shrinks a volume so much may lie on a superstable cycle."""
_LONGEST = 256
"""Steps within which a superstable cycle must return."""
_ROUNDING = 2.0**-50
"""How far the points of a cycle may be from the exact ones, of their greatest coordinate."""


def _superstable(system: System, state: Floats, parameters: Floats) -> int:
    """Counts the exponents that are -inf on the cycle of `state`; 0 where it does not return, bit for bit.

    So many coefficients of the characteristic polynomial of the cycle's derivative vanish, as far as can be told: they
    change by as much as they are where the points of the cycle move by _ROUNDING.
    """
    orbit, size = np.empty((_LONGEST, system.dimension)), system.dimension
    orbit_kernel(system)(tuple(state.tolist()), tuple(parameters.tolist()), 1, orbit)
    returned = np.flatnonzero((orbit == state).all(axis=1))
    if not len(returned):
        return 0
    cycle = orbit[: returned[0] + 1]
    extent = _ROUNDING * np.abs(cycle).max(axis=0)
    random, function = np.random.default_rng(0), tangent_map(system)
    found = []
    with np.errstate(all="ignore"):  # what leaves double's range vanishes nowhere
        for moved in [cycle, *(cycle + extent * random.choice((-1, 1), cycle.shape) for _ in range(3))]:
            whole, volume = np.eye(size), 1.0
            for point in moved.tolist():
                matrix = np.array(function(*point, *parameters.tolist())).reshape(size, size)
                whole, volume = product(matrix, whole), volume * determinant(matrix)
            found.append([*characteristic_polynomial(whole)[1:-1], volume])
        change = np.abs(np.array(found[1:]) - found[0]).max(axis=0)
    vanishing = np.abs(found[0]) <= 4 * change
    return int(np.argmin([*vanishing[::-1], False]))


def pesin(exponents: ArrayLike) -> Floats:
    """The sum of the positive exponents, of shape (points, dimension): the Kolmogorov-Sinai entropy per step.

    Ya. B. Pesin, Characteristic Lyapunov exponents and smooth ergodic theory, Russ. Math. Surv. 32, 55-114 (1977): it
    is that of a natural (SRB) measure, and an upper bound of that of any other (D. Ruelle, 1978). nan where one is nan.
    """
    values = np.asarray(exponents, dtype=np.float64)
    return np.asarray(np.maximum(values, 0).sum(axis=-1)) + 0.0  # maximum keeps nan, and no CPU -0.0


def kaplan_yorke(exponents: ArrayLike) -> Floats:
    """The dimension j + (λ₁ + … + λⱼ) / |λⱼ₊₁|, j the greatest number of the largest exponents of a sum not below 0.

    `exponents` is of shape (points, dimension). J. L. Kaplan, J. A. Yorke, Chaotic behavior of multidimensional
    difference equations, Lecture Notes in Math. 730, 204-227 (1979). All exponents where no such sum is below 0; nan
    where one is nan.
    """
    values = np.asarray(exponents, dtype=np.float64)
    ordered = -np.sort(-values, axis=-1)
    found = np.full(values.shape[:-1], float(values.shape[-1]))
    with np.errstate(divide="ignore", invalid="ignore"):  # where no sum is below 0
        sums = np.cumsum(ordered, axis=-1)
        for j in reversed(range(values.shape[-1])):
            before = sums[..., j - 1] if j else NOTHING
            found = np.where(sums[..., j] < 0, j + before / -ordered[..., j], found)
    return np.where(np.isnan(values).any(axis=-1), np.nan, found)
