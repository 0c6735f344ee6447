"""Maps that preserve volume have no attractors: each orbit is in a motion of its own, which is told of each alone."""

from itertools import permutations
from math import prod

import numpy as np

from attractor.core.basins.follower import follow
from attractor.core.basins.lattice import Integers, empty_lattice
from attractor.core.basins.motion import chaotic, motions_in_halves, periods
from attractor.core.evaluation import jacobian_at
from attractor.core.lanes import Floats
from attractor.core.slicing import Work
from attractor.core.system import System

PART = 10
"""An orbit is followed for so great a part of the steps: averages converge so much faster than orbits settle."""
LONGEST = 1 << 14
"""Steps of which the iterates are held, at most."""
TOGETHER = 1 << 14
"""Orbits that are followed together."""
REGULAR, CHAOTIC = 1, 2
_SAMPLES, _MOST = 16, 5  # points at which the determinant is looked at, and the dimension up to which it is


def preserves_volume(system: System, parameters: Floats) -> bool:
    """Whether the determinant of the tangent map is 1 or -1, but for rounding, at points from 1/128 to 8 in size."""
    size = system.dimension
    if not 1 < size <= _MOST:
        return False
    random = np.random.default_rng(0)
    sizes = np.ldexp(1 + random.random((_SAMPLES, size)), random.integers(-7, 3, (_SAMPLES, size)))  # exact everywhere
    points = random.choice((-1, 1), (_SAMPLES, size)) * sizes
    orders = [(order, _sign(order)) for order in permutations(range(size))]
    with np.errstate(all="ignore"):
        for point in points.tolist():
            try:
                entries = jacobian_at(system, point, parameters.tolist())
            except ArithmeticError:  # a pole
                return False
            terms = [sign * prod(entries[range(size), order].tolist()) for order, sign in orders]
            if not abs(abs(sum(terms)) - 1) <= 4 * np.finfo(float).eps * sum(map(abs, terms)):
                return False
    return True


def _sign(order: tuple[int, ...]) -> int:
    return -1 if sum(a > b for i, a in enumerate(order) for b in order[i + 1 :]) % 2 else 1


def steps_followed(steps: int) -> int:
    """The number of `steps` for which an orbit is followed."""
    return max(64, min(LONGEST, int(steps) // PART))


def motions_of_all(
    system: System, start: Floats, parameters: Floats, steps: int, escape: float, threads: int
) -> Work[tuple[Integers, Integers]]:
    """For each orbit, int64 both: 0 where it escapes, REGULAR, CHAOTIC or -1; and the n of the escape, or the steps
    after which that was told. None depends on the others."""
    count = steps_followed(steps)
    labels, when = np.full(len(start), -1), np.full(len(start), min(count, steps))
    for begin in range(0, len(start), TOGETHER):
        some = start[begin : begin + TOGETHER]
        for found in motions_in_halves(system, some, parameters, count, escape, threads):
            yield
            if found is not None:
                first, regular, gone = found
                mine = slice(begin + first, begin + first + len(gone))
                labels[mine] = np.where(gone > 0, 0, np.where(regular, REGULAR, -1))
                when[mine] = np.where(gone > 0, gone, when[mine])
        left = begin + np.flatnonzero(labels[begin : begin + TOGETHER] < 0)
        labels[left[(yield from chaotic(system, start[left], parameters, count, threads))]] = CHAOTIC
    may_escape = np.flatnonzero((labels == CHAOTIC) | (labels < 0))
    if len(may_escape) and steps > count and not periods(system).all():
        ends = yield from follow(
            system, parameters, escape, threads, start[may_escape], steps, empty_lattice(system, start[:0]), 1
        )
        gone = ends.outcome == 0
        labels[may_escape[gone]], when[may_escape[gone]] = 0, ends.when[gone]
    return labels, when
