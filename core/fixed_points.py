"""Fixed points and cycles of a period: each that is listed is proven to exist, and whether there are others is said.

Fixed points of polynomial maps are eliminated exactly. Else a box that holds every cycle, or the region that is asked
for, is searched whole with intervals, and what is found is certified in balls; multiple points are shown by exact
arithmetic. docs/fixed-points.md tells the proofs and what they assume.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite

import numpy as np
from flint import arb_mat
from numpy.typing import NDArray

from attractor.core.allowance import Allowance
from attractor.core.balls.evaluation import Unsupported, circles
from attractor.core.balls.intervals import Floats
from attractor.core.balls.precision import bits
from attractor.core.cycles import exact, multiple
from attractor.core.cycles.bounds import Box, box_of_all_cycles
from attractor.core.cycles.certificate import Certified, Certifier
from attractor.core.cycles.elimination import Root, Roots, fixed_roots
from attractor.core.cycles.search import UNIT_SECONDS, Found, Search
from attractor.core.cycles.stability import exact_spectrum
from attractor.core.evaluation import step as step_of
from attractor.core.slicing import Work
from attractor.core.system import System

SEARCH = 10_000_000
"""Units of work, of UNIT_SECONDS each, of the search at one set of parameters, at most: what is left then is told."""

_UNDECIDED = 64  # boxes that are told
_CLUSTERS = 64  # that are looked at with exact arithmetic
_SAMPLES = 8  # boxes that are looked at of very many
_HALVES = 100  # boxes of balls that one of them is halved into
_STEPS = 2_000  # of an orbit that shows where a map is at home
_FAR = 1e6

__all__ = ["SEARCH", "UNIT_SECONDS", "Cycle", "Cycles", "fixed_points"]


@dataclass(frozen=True)
class Cycle:
    """Points that the map takes one to the next and the last to the first; one of them for a fixed point.

    Coordinates are the doubles nearest to the exact ones. `eigenvalues` are those of the Jacobian of the map applied
    period times, by descending modulus, None at a kink; `stability` is one of `core.cycles.stability.WORDS`;
    `multiplicity` is that of the first point as a zero of f^period(x) - x, None where it is not known.
    """

    points: tuple[tuple[float, ...], ...]
    eigenvalues: tuple[complex, ...] | None
    stability: str
    multiplicity: int | None


@dataclass(frozen=True)
class Cycles:
    """The cycles, by their least point, all of whose points lie in `region`, None for all real numbers.

    `complete` where it is proven that there is no other; else others may lie where the first point is in one of the
    boxes `undecided`, or past double's range, or on a `continuum`, which is true where one is proven.
    """

    cycles: tuple[Cycle, ...]
    complete: bool
    region: Box | None
    undecided: tuple[Box, ...]
    continuum: bool


def fixed_points(
    system: System,
    parameters: Sequence[float],
    period: int = 1,
    allowance: Allowance | None = None,
    region: Box | None = None,
) -> Work[Cycles]:
    """The cycles of minimal period `period` at `parameters`, taken as the exact doubles that they are.

    Takes the work from `allowance`, in units of UNIT_SECONDS. Raises ValueError on a period below 1 or a value that is
    not finite, and TooMuchWork.
    """
    if period < 1:
        raise ValueError("a period is at least 1")
    if len(parameters) != len(system.parameters) or not np.isfinite(parameters).all():
        raise ValueError(f"{system.name} needs {len(system.parameters)} finite parameters")
    if region is not None and (len(region) != system.dimension or not all(low < high for low, high in region)):
        raise ValueError("a region has a low below a high for each coordinate")
    allowance = allowance or Allowance(inf)
    allowance.take(ELIMINATION)
    roots = fixed_roots(system, parameters) if system.is_rational else None
    yield
    if period == 1 and roots is not None:
        return (yield from _eliminate(system, parameters, roots, allowance, region))
    everywhere = box_of_all_cycles(system, parameters)
    searched = region or everywhere or _home(system, parameters, roots)
    told = None if region is None and everywhere is not None else searched
    if everywhere is not None and region is not None:
        searched = tuple((max(a, c), min(b, d)) for (a, b), (c, d) in zip(region, everywhere, strict=True))
        if any(low > high for low, high in searched):
            return Cycles((), True, told, (), False)
    yield
    return (yield from _Searching(system, parameters, period, allowance, searched).run(told))


ELIMINATION = 5_000
"""Units that elimination takes, about."""


def certificate_units(system: System, period: int) -> int:
    """The work of certifying and describing a cycle."""
    return 300 + 60 * period * (1 + system.dimension)


def _home(system: System, parameters: Sequence[float], roots: Roots | None) -> Box:
    """A box around the fixed points and the orbit of the canonical start, where no box that holds all is known."""
    points = [tuple(0.0 for _ in system.state)]
    points += [tuple(float(value.mid()) for value in root.balls(64)) for root in (roots.isolated if roots else ())]
    state = tuple(system.canonical[name] for name in system.start)
    for _ in range(_STEPS):
        points.append(state)
        try:
            state = step_of(system)(*state, *parameters)
        except (ArithmeticError, ValueError):
            break
        if not all(isfinite(value) and abs(value) < _FAR for value in state):
            break
    rows = np.array([point for point in points if max(map(abs, point)) < _FAR])
    low, high = rows.min(axis=0), rows.max(axis=0)
    pad = (high - low) / 2 + 1
    return tuple(zip((low - pad).tolist(), (high + pad).tolist(), strict=True))


def _eliminate(
    system: System, parameters: Sequence[float], roots: Roots, allowance: Allowance, region: Box | None
) -> Work[Cycles]:
    """The fixed points of a polynomial map."""
    certifier = Certifier(system, parameters, 1, [1.0] * system.dimension)
    cycles, has_left = [], False
    for root in roots.isolated:
        allowance.take(certificate_units(system, 1))
        certified = _of_root(root, certifier)
        multiplicity = root.multiplicity or _multiplicity(system, parameters, certified)
        cycle = _describe(system, parameters, certified, multiplicity)
        if not all(isfinite(x) for point in cycle.points for x in point):
            has_left = True
        elif region is None or all(low <= x <= high for x, (low, high) in zip(cycle.points[0], region, strict=True)):
            cycles.append(cycle)
        yield
    cycles.sort(key=lambda cycle: cycle.points)
    return Cycles(tuple(cycles), not roots.continuum and not has_left, region, (), roots.continuum)


def _of_root(root: Root, certifier: Certifier) -> Certified:
    if root.exact is not None:
        return certifier.exactly(root.exact)
    for count in (240, 640, 2_400, 6_000):
        found = certifier.around(root.balls(count), count)
        if found.is_settled:
            break
    return found


def _multiplicity(system: System, parameters: Sequence[float], certified: Certified) -> int | None:
    """That of a fixed point which is simple, or known exactly; None where it is not seen."""
    with bits(240):
        size = certified.matrix.nrows()
        determinant = (certified.matrix - arb_mat([[int(i == j) for j in range(size)] for i in range(size)])).det()
        if determinant.is_finite() and not determinant.contains(0):
            return 1
    slope = certified.exact and exact.jacobian(system, [certified.exact], parameters)
    if certified.exact is None or not slope:
        return None
    found = multiple.multiplicity(multiple.Returned(system, parameters, 1), certified.exact, slope)
    return found and found[0]


def _describe(system: System, parameters: Sequence[float], certified: Certified, multiplicity: int | None) -> Cycle:
    points = certified.doubles
    slope = None
    if certified.exact is not None and system.is_rational:
        orbit = exact.orbit_of(system, parameters, certified.exact, len(points))
        slope = orbit and exact.jacobian(system, orbit, parameters)
        if orbit is not None:
            points = [tuple(map(_double, point)) for point in orbit]
    with bits(240):
        spectrum = (slope and exact_spectrum(slope)) or certified.spectrum
    least = points.index(min(points))
    return Cycle(tuple(points[least:] + points[:least]), spectrum.eigenvalues, spectrum.stability, multiplicity)


def _double(value: Fraction) -> float:
    try:
        return float(value) + 0.0
    except OverflowError:
        return -inf if value < 0 else inf


class _Searching:
    """The search for cycles in a box, and what is known of them so far."""

    def __init__(
        self, system: System, parameters: Sequence[float], period: int, allowance: Allowance, box: Box
    ) -> None:
        self._system, self._parameters, self._period, self._box = system, parameters, period, box
        self._allowance = allowance
        self._scale = np.array([max(high - low, 1e-300) for low, high in box])
        self._turns = circles(system)
        self._certifier = Certifier(system, parameters, period, self._scale.tolist())
        self._known = np.empty((0, system.dimension, period))
        """Every rotation of each solution that is certified, those of a lower period among them."""
        self._boxes: list[tuple[Floats, Floats]] = []
        self._cycles: list[Cycle] = []
        self._multiple: list[tuple[Floats, Floats, int, multiple.Reduction]] = []
        """Boxes of exact multiple points, and what is known of these."""
        self._continuum = self._is_limited = False

    def run(self, told: Box | None) -> Work[Cycles]:
        """Searches all cycles in the box. Their region is `told`, None where the box holds all cycles there are."""
        self._is_limited = told is not None
        try:
            search = Search(self._system, self._parameters, self._period, self._box)
        except Unsupported:
            return Cycles((), False, told or self._box, (self._box,), False)
        found = yield from search.run(self._allowance, SEARCH)
        undecided: list[tuple[Floats, Floats]] = []
        for low, high in zip(found.low, found.high, strict=True):
            starts = search.polish(low, high)
            yield
            for place in range(len(low)):
                if not self._is_known(low[place], high[place]):
                    self._allowance.take(certificate_units(self._system, self._period))
                    if not self._certify(low[place], high[place], starts[place]):
                        undecided.append((low[place], high[place]))
                    yield
                self._boxes.append((low[place], high[place]))
        yield from self._judge(found, undecided)
        boxes = [self._first(low, high) for low, high in undecided]
        for low, high in found.rest:
            boxes += [self._first(a, b) for a, b in zip(low, high, strict=True)]
        self._cycles.sort(key=lambda cycle: cycle.points)
        complete = not boxes and not self._continuum
        return Cycles(tuple(self._cycles), complete, told, _join(boxes), self._continuum)

    def _first(self, low: Floats, high: Floats) -> Box:
        return tuple(zip(low[:, 0].tolist(), high[:, 0].tolist(), strict=True))

    def _is_known(self, low: Floats, high: Floats) -> bool:
        """Whether the one solution in a box is certified already."""
        return bool(self._inside(self._known, low, high).any())

    def _inside(self, points: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
        result = np.ones(len(points), dtype=bool)
        for i, turn in enumerate(self._turns):
            slack = 4e-16 * np.maximum(np.abs(low[i]), np.abs(high[i]))
            offset, width = points[:, i] - low[i], high[i] - low[i]
            if turn is not None:
                offset, slack = np.mod(offset, turn), slack + 4e-15
            result &= ((offset > slack) & (offset < width - slack)).all(axis=1)
        return result

    def _certify(self, low: Floats, high: Floats, start: Floats) -> bool:
        """Notes the solution in a box. Returns whether it is proven."""
        certified = self._certifier.certify(start.T.tolist())
        if certified is None:
            return False
        points = np.array(certified.doubles).T
        if not self._inside(points[None], low, high).any():
            return False
        self._note(points, certified, 1)
        return True

    def _note(self, points: Floats, certified: Certified, multiplicity: int | None) -> None:
        rotations = [np.roll(points, -k, axis=1) for k in range(self._period)]
        self._known = np.concatenate([self._known, rotations])
        if not certified.repeats(self._system):
            if not np.isfinite(points).all() or (self._is_limited and not self._is_in_region(points)):
                return
            self._cycles.append(_describe(self._system, self._parameters, certified, multiplicity))

    def _is_in_region(self, points: Floats) -> bool:
        """Whether all points lie in the region: boxes at its edge are widened past it."""
        for side, turn, values in zip(self._box, self._turns, points, strict=True):
            offset = np.asarray(values - side[0])
            if turn is not None:
                offset = np.mod(offset, turn)
            if not ((offset >= 0) & (offset <= side[1] - side[0])).all():
                return False
        return True

    def _judge(self, found: Found, undecided: list[tuple[Floats, Floats]]) -> Work[None]:
        """Decides narrow boxes that were left: each holds a known solution, a multiple one, or stays undecided."""
        if not found.left_low:
            return
        low, high = np.concatenate(found.left_low), np.concatenate(found.left_high)
        kept = np.ones(len(low), dtype=bool)
        for place, (least, most) in enumerate(self._boxes):
            kept &= ~self._within(low, high, least, most)
            if place % 64 == 63:
                yield
        low, high = low[kept], high[kept]
        yield
        if found.rest:  # too many boxes were left: a few tell whether there is a continuum
            for place in range(0, len(low), 1 + len(low) // _SAMPLES):
                yield from self._settle(low[place], high[place])
            undecided += zip(low, high, strict=True)
            return
        unsettled: list[tuple[Floats, Floats]] = []
        for count, (least, most) in enumerate(_clusters(low, high, self._scale)):
            if count >= _CLUSTERS or not (yield from self._settle(least, most)):
                unsettled.append((least, most))
            yield
        for least, most in unsettled:
            if not self._is_beside_multiple(least[:, 0], most[:, 0]):
                undecided.append((least, most))
            yield

    def _within(self, low: Floats, high: Floats, least: Floats, most: Floats) -> NDArray[np.bool_]:
        result = np.ones(len(low), dtype=bool)
        for i, turn in enumerate(self._turns):
            offset = low[:, i] - least[i]
            if turn is not None:
                offset = np.mod(offset, turn)
            result &= ((offset >= 0) & (offset + (high[:, i] - low[:, i]) <= most[i] - least[i])).all(axis=1)
        return result

    def _settle(self, low: Floats, high: Floats) -> Work[bool]:
        """Notes the solutions in a cluster of boxes. Returns whether it is proven which these are."""
        self._allowance.take(certificate_units(self._system, self._period))
        first_low, first_high = low[:, 0], high[:, 0]
        system, period = self._system, self._period
        orbit = exact.exact_orbit(system, self._parameters, period, first_low, first_high)
        if orbit is not None:
            return self._exactly(orbit, first_low, first_high)
        stack, looked = [(low, high)], 0
        while stack:
            low, high = stack.pop()
            looked += 1
            yield
            count = self._certifier.holds(low.T.tolist(), high.T.tolist())
            if count == 1:
                certified = self._certifier.certify((0.5 * low + 0.5 * high).T.tolist())
                if certified is None:
                    return False
                points = np.array(certified.doubles).T
                if not (self._known == points[None]).all(axis=(1, 2)).any():
                    self._note(points, certified, 1)
            elif count is None:
                widths = (high - low) / self._scale[:, None]
                place = np.unravel_index(widths.argmax(), widths.shape)
                middle = 0.5 * low[place] + 0.5 * high[place]
                if looked > _HALVES or not low[place] < middle < high[place]:
                    return False
                first, second = high.copy(), low.copy()
                first[place] = second[place] = middle
                stack += [(low, first), (second, high)]
        return True

    def _exactly(self, orbit: tuple[tuple[Fraction, ...], ...], low: Floats, high: Floats) -> bool:
        system, parameters, period = self._system, self._parameters, self._period
        slope = exact.jacobian(system, orbit, parameters)
        if slope is None:
            return False
        if exact.is_continuum(system, parameters, orbit, slope):
            self._continuum = True
            return False
        returned = multiple.Returned(system, parameters, period)
        found = multiple.multiplicity(returned, orbit[0], slope)
        points = np.array([[_double(x) for x in point] for point in orbit]).T
        if found is None:
            return False
        if not (self._known == points[None]).all(axis=(1, 2)).any():
            self._note(points, self._certifier.exactly(orbit[0]), found[0])
        self._multiple.append((low, high, *found))
        return multiple.is_alone(returned, low, high, *found)

    def _is_beside_multiple(self, low: Floats, high: Floats) -> bool:
        """Whether an exact multiple point is proven to be alone in a box that holds it and another."""
        self._allowance.take(len(self._multiple) * certificate_units(self._system, self._period))
        returned = multiple.Returned(self._system, self._parameters, self._period)
        return any(
            multiple.is_alone(returned, np.minimum(low, least), np.maximum(high, most), order, reduction)
            for least, most, order, reduction in self._multiple
        )


def _clusters(low: Floats, high: Floats, scale: Floats) -> Iterator[tuple[Floats, Floats]]:
    """The hulls of boxes that touch each other."""
    pad = 1e-8 * scale[None, :, None]
    left = np.arange(len(low))
    wide_low, wide_high = low - pad, high + pad
    while len(left):
        least, most, members = wide_low[left[0]], wide_high[left[0]], 0
        chosen = np.zeros(len(left), dtype=bool)
        while True:
            touching = ((wide_low[left] <= most) & (wide_high[left] >= least)).all(axis=(1, 2))
            if touching.sum() == members:
                break
            chosen, members = touching, int(touching.sum())
            least, most = wide_low[left[chosen]].min(axis=0), wide_high[left[chosen]].max(axis=0)
        yield low[left[chosen]].min(axis=0), high[left[chosen]].max(axis=0)
        left = left[~chosen]


def _join(boxes: list[Box]) -> tuple[Box, ...]:
    """At most _UNDECIDED boxes that hold all of these."""
    boxes = sorted(set(boxes))
    size = -(-len(boxes) // _UNDECIDED) if boxes else 1
    groups = [boxes[i : i + size] for i in range(0, len(boxes), size)]
    return tuple(
        tuple((min(low for low, _ in sides), max(high for _, high in sides)) for sides in zip(*group, strict=True))
        for group in groups
    )
