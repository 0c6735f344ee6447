"""The interval search: boxes of all p points of a cycle at once, halved until each holds none, one or cannot tell.

An unknown is a coordinate of one of the p points. Boxes shrink by the map (the next point lies in the image), by the
mean value form (forwards and backwards), and by Krawczyk's operator, which also proves that a box holds exactly one
solution, or none. R. Krawczyk, Computing 4, 187 (1969); Z. Galias, Int. J. Bifurcation Chaos 11, 2427 (2001).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attractor.core.allowance import Allowance
from attractor.core.balls import intervals
from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import circumferences, step_over
from attractor.core.balls.intervals import Floats, Interval, down, up
from attractor.core.cycles.contraction import contract
from attractor.core.matrices import inverses, products
from attractor.core.slicing import Work
from attractor.core.system import System

_NUMBERS = 12_288  # unknowns of the boxes that are looked at together
_NARROW = 2.0**-26  # of the region's side: a box as narrow cannot tell
_LEFT = 1_000  # boxes that cannot tell, past which the search ends
_MEDIUM = 0.6  # how much a Jacobian may vary in a box for Krawczyk's operator to be worth its cost
_INFLATION = 0.1
_PAD = 1e-300  # beyond what rounding adds, where a coordinate is all but the same everywhere
_NEWTON = 6  # rounds
_CHUNK = 1_000  # units of work that looking at any number of boxes takes beside theirs

UNIT_SECONDS = 2e-6
"""About what a unit of work takes: an unknown of a box that is looked at once."""


BYTES = 1_500_000
"""Bytes that a search holds for each unknown, at most: matrices of boxes that are looked at, and boxes that wait."""


@dataclass
class Found:
    """Boxes are float64 of shape (boxes, dimension, period)."""

    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    """Boxes that hold exactly one solution each; the same solution may be in several."""
    left_low: list[Floats] = field(default_factory=list)
    left_high: list[Floats] = field(default_factory=list)
    """Boxes too narrow to be halved that may hold any number. Outside all of these, and of `rest`, there is none."""
    rest: list[tuple[Floats, Floats]] = field(default_factory=list)
    """Boxes that the bound on work left unsearched."""

    @property
    def left(self) -> int:
        return sum(map(len, self.left_low))


class Search:
    """The search for the cycles of a period whose points all lie in `region`."""

    def __init__(
        self,
        system: System,
        parameters: Sequence[float],
        period: int,
        region: Sequence[tuple[float, float]],
    ) -> None:
        self._size, self._period = system.dimension, period
        self._step = step_over(system, intervals.Functions())
        self._tangent = with_jacobian(system, intervals.Functions())
        self._parameters = [intervals.point(np.float64(value)) for value in parameters]
        self._turns = circumferences(system, intervals.Functions())
        self._region = np.array(region, dtype=np.float64)
        self._scale = np.maximum(self._region[:, 1] - self._region[:, 0], 1e-300)
        self._has_order = True
        self._is_on_lines = period > 1 and not any(turn is not None for turn in self._turns)

    def run(self, allowance: Allowance, most: float) -> Work[Found]:
        """Searches the whole region; the result is the generator's value. Beyond `most` units, boxes not searched yet
        are left in it."""
        found = Found()
        low = np.repeat(self._region[:, 0][None, :, None], self._period, axis=2)
        high = np.repeat(self._region[:, 1][None, :, None], self._period, axis=2)
        stack = [(low, high)]
        taken, at_once = 0.0, max(8, _NUMBERS // (self._size * self._period))
        while stack:
            low, high = stack.pop()
            if len(low) > at_once:
                stack.append((low[:-at_once], high[:-at_once]))
                low, high = low[-at_once:], high[-at_once:]
            elif stack and len(low) < at_once // 2 and len(stack[-1][0]) <= at_once // 2:
                below = stack.pop()
                stack.append((np.concatenate([below[0], low]), np.concatenate([below[1], high])))
                continue
            units = _CHUNK + len(low) * self._size * self._period
            taken += units
            if taken > most or found.left > _LEFT:
                stack.append((low, high))
                break
            allowance.take(units)
            with np.errstate(all="ignore"):
                halves = self._look(low, high, found)
            if halves is not None:
                stack.append(halves)
            yield
        found.rest = stack
        return found

    def polish(self, low: Floats, high: Floats) -> Floats:
        """Points next to the solutions in boxes that hold one each, by Newton's method in double."""
        at = 0.5 * low + 0.5 * high
        after = (np.arange(self._period) + 1) % self._period
        with np.errstate(all="ignore"):
            for _ in range(_NEWTON):
                state = [intervals.point(at[:, i]) for i in range(self._size)]
                values, rows = self._tangent(state, self._parameters)
                shape = (len(at), self._period)
                unknowns = self._size * self._period
                matrix, gap = np.zeros((len(at), unknowns, unknowns)), np.empty_like(at)
                points = np.arange(self._period)
                for i, value in enumerate(values):
                    gap[:, i] = at[:, i][:, after] - _broad(value, shape).middle
                    if self._turns[i] is not None:
                        turn = _length(self._turns[i])
                        gap[:, i] -= turn * np.round(gap[:, i] / turn)
                    matrix[:, i * self._period + points, i * self._period + after] += 1.0
                    for j, entry in enumerate(rows[i]):
                        if entry is not None:
                            where = (slice(None), i * self._period + points, j * self._period + points)
                            matrix[where] -= _broad(entry, shape).middle
                ok = np.isfinite(matrix).all(axis=(1, 2))
                change = products(_inverses(matrix, np.asarray(ok)), gap.reshape(len(at), -1, 1))
                at = np.where(np.isfinite(change).reshape(at.shape), at - change.reshape(at.shape), at)
                at = np.clip(at, low, high)
        return at

    def _look(self, low: Floats, high: Floats, found: Found) -> tuple[Floats, Floats] | None:
        """Shrinks boxes, notes those that are decided, and halves the others."""
        for _ in range(2):
            low, high = self._shrink(low, high)
        if not len(low):
            return None
        low, high, matrix = self._by_slopes(low, high)
        if not len(low):
            return None
        tried = self._is_worth(matrix)
        if tried.any():
            low, high = self._krawczyk(low, high, tried, found)
        if not len(low):
            return None
        widths = (high - low) / self._scale[None, :, None]
        flat = widths.reshape(len(low), -1)
        widest = flat.argmax(axis=1)
        narrow = flat.max(axis=1) < _NARROW
        middle = 0.5 * low + 0.5 * high
        place = (np.arange(len(low)), *np.unravel_index(widest, low.shape[1:]))
        narrow |= ~((low[place] < middle[place]) & (middle[place] < high[place]))
        if narrow.any():
            found.left_low.append(low[narrow])
            found.left_high.append(high[narrow])
        wide = ~narrow
        low, high, middle, widest = low[wide], high[wide], middle[wide], widest[wide]
        if not len(low):
            return None
        place = (np.arange(len(low)), *np.unravel_index(widest, low.shape[1:]))
        first, second = high.copy(), low.copy()
        first[place] = second[place] = middle[place]
        return np.concatenate([low, second]), np.concatenate([first, high])

    def _boxes(self, low: Floats, high: Floats) -> list[Interval]:
        return [Interval(low[:, i], high[:, i]) for i in range(self._size)]

    def _image(self, state: Sequence[Interval], shape: tuple[int, ...]) -> list[Interval]:
        return [_broad(value, shape) for value in self._step(*state, *self._parameters)]

    def _shrink(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Each next point lies in the image of the one before; the first has the least first coordinate."""
        image = self._image(self._boxes(low, high), (len(low), self._period))
        low, high = low.copy(), high.copy()
        for i, value in enumerate(image):
            self._meet(low, high, i, np.roll(value.low, 1, axis=1), np.roll(value.high, 1, axis=1))
        return self._select(low, high)

    def _meet(self, low: Floats, high: Floats, i: int, least: Floats, most: Floats) -> None:
        """Intersects a coordinate with its enclosure, but for whole turns on a circle."""
        turn = self._turns[i]
        if turn is not None:
            first, last = self._whole_turns(low[:, i], high[:, i], least, most, turn)
            none, one = last < first, last == first
            shift = turn * intervals.point(np.where(one, first, 0.0)) if isinstance(turn, Interval) else first * turn
            moved = (
                Interval(least, most) + shift if isinstance(shift, Interval) else Interval(least + shift, most + shift)
            )
            least = np.where(none, np.inf, np.where(one, moved.low, -np.inf))
            most = np.where(none, -np.inf, np.where(one, moved.high, np.inf))
        low[:, i] = np.fmax(low[:, i], least)
        high[:, i] = np.fmin(high[:, i], most)

    @staticmethod
    def _whole_turns(low: Floats, high: Floats, least: Floats, most: Floats, turn: Any) -> tuple[Floats, Floats]:
        """The first and the last number of turns that takes an enclosure into reach of a box."""
        length, slack = _length(turn), 1e-9
        return np.ceil((low - most) / length - slack), np.floor((high - least) / length + slack)

    def _select(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        first_low, first_high = low[:, 0, 0], high[:, 0, 0]
        if self._period > 1 and self._has_order:
            low[:, 0] = np.fmax(low[:, 0], first_low[:, None])
            high[:, 0, 0] = np.fmin(first_high, high[:, 0].min(axis=1))
        kept = ~(low > high).any(axis=(1, 2))
        return (low, high) if kept.all() else (low[kept], high[kept])

    def _by_slopes(self, low: Floats, high: Floats) -> tuple[Floats, Floats, list[list[Interval]]]:
        """Boxes shrunk by the mean value form, and the Jacobians over them before."""
        shape = (len(low), self._period)
        _, rows = self._tangent(self._boxes(low, high), self._parameters)
        matrix = [[_broad(0.0 if entry is None else entry, shape) for entry in row] for row in rows]
        middle = 0.5 * low + 0.5 * high
        image = self._image([intervals.point(middle[:, i]) for i in range(self._size)], shape)
        if self._is_on_lines:
            new_low, new_high = self._contract(low, high, image, matrix, rows)
            return self._left(new_low, new_high, matrix)
        new_low, new_high = low.copy(), high.copy()
        for i in range(self._size):
            offsets = [
                Interval(down(low[:, j] - middle[:, j]), up(high[:, j] - middle[:, j])) for j in range(self._size)
            ]
            if self._period == 1:
                self._alone(i, image[i], matrix[i], offsets, middle, new_low, new_high)
                continue
            terms = [None if rows[i][j] is None else matrix[i][j] * offsets[j] for j in range(self._size)]
            total = image[i]
            for term in terms:
                if term is not None:
                    total = total + term
            self._meet(new_low, new_high, i, np.roll(total.low, 1, axis=1), np.roll(total.high, 1, axis=1))
            if self._turns[i] is not None:
                continue
            target = Interval(np.roll(new_low[:, i], -1, axis=1), np.roll(new_high[:, i], -1, axis=1))
            for j, term in enumerate(terms):
                if term is None:
                    continue
                rest = target - image[i]
                for other, each in enumerate(terms):
                    if each is not None and other != j:
                        rest = rest - each
                solved = rest / matrix[i][j]
                new_low[:, j] = np.fmax(new_low[:, j], down(middle[:, j] + solved.low))
                new_high[:, j] = np.fmin(new_high[:, j], up(middle[:, j] + solved.high))
        return self._left(new_low, new_high, matrix)

    @staticmethod
    def _left(low: Floats, high: Floats, matrix: list[list[Interval]]) -> tuple[Floats, Floats, list[list[Interval]]]:
        """The boxes that may hold something, and their Jacobians."""
        kept = ~(low > high).any(axis=(1, 2))
        if not kept.all():
            low, high = low[kept], high[kept]
            matrix = [[Interval(e.low[kept], e.high[kept]) for e in row] for row in matrix]
        return low, high, matrix

    @staticmethod
    def _contract(
        low: Floats, high: Floats, image: list[Interval], matrix: list[list[Interval]], rows: list[Any]
    ) -> tuple[Floats, Floats]:
        """The same for cycles of coordinates on lines, by a kernel."""
        images = [np.stack([getattr(value, end) for value in image], axis=1) for end in ("low", "high")]
        slopes = [
            np.stack([np.stack([getattr(entry, end) for entry in row], axis=1) for row in matrix], axis=1)
            for end in ("low", "high")
        ]
        is_there = np.array([[entry is not None for entry in row] for row in rows])
        low, high = np.ascontiguousarray(low), np.ascontiguousarray(high)
        return contract(low, high, (images[0], images[1]), (slopes[0], slopes[1]), is_there)

    def _alone(
        self,
        i: int,
        image: Interval,
        row: list[Interval],
        offsets: list[Interval],
        middle: Floats,
        low: Floats,
        high: Floats,
    ) -> None:
        """The equation of a fixed point, f(x) - x = 0, solved for each coordinate."""
        residual, turn = image - intervals.point(middle[:, i]), self._turns[i]
        slopes = [entry - 1 if i == j else entry for j, entry in enumerate(row)]
        terms = [slope * offset for slope, offset in zip(slopes, offsets, strict=True)]
        if turn is not None:
            total = residual
            for term in terms:
                total = total + term
            zero = np.zeros_like(total.low)
            first, last = self._whole_turns(zero, zero, total.low, total.high, turn)
            low[:, i] = np.where(last < first, np.inf, low[:, i])
            residual = residual + turn * intervals.point(np.where(first == last, first, np.nan))
        for j in range(self._size):
            rest = -residual
            for other, term in enumerate(terms):
                if other != j:
                    rest = rest - term
            solved = rest / slopes[j]
            low[:, j] = np.fmax(low[:, j], down(middle[:, j] + solved.low))
            high[:, j] = np.fmin(high[:, j], up(middle[:, j] + solved.high))

    def _is_worth(self, matrix: list[list[Interval]]) -> NDArray[np.bool_]:
        """Tells the boxes in which Krawczyk's operator may decide: all for a fixed point, where it costs little."""
        count = len(matrix[0][0].low)
        if self._period == 1:
            return np.ones(count, dtype=bool)
        varies, size = np.zeros((count, self._period)), np.ones((count, self._period))
        for i, row in enumerate(matrix):
            ratio = self._scale / self._scale[i]
            varies = np.maximum(varies, sum(r * (e.high - e.low) / 2 for r, e in zip(ratio, row, strict=True)))
            size = np.maximum(size, sum(r * np.abs(e.middle) for r, e in zip(ratio, row, strict=True)))
        return np.asarray((varies <= _MEDIUM * size).all(axis=1))

    def _krawczyk(self, low: Floats, high: Floats, tried: NDArray[np.bool_], found: Found) -> tuple[Floats, Floats]:
        """The boxes that are left, those `tried` shrunk or decided."""
        size, period = self._size, self._period
        least, most = low[tried], high[tried]
        pad = _INFLATION * (most - least) + 1e-14 * np.maximum(np.abs(least), np.abs(most)) + _PAD
        wide_low, wide_high = least - pad, most + pad
        shape = (len(least), period)
        _, rows = self._tangent(self._boxes(wide_low, wide_high), self._parameters)
        middle = 0.5 * least + 0.5 * most
        image = self._image([intervals.point(middle[:, i]) for i in range(size)], shape)
        count, unknowns = len(least), size * period
        centre, radius = np.zeros((count, unknowns, unknowns)), np.zeros((count, unknowns, unknowns))
        residual = np.empty((count, size, period))
        blur = np.empty((count, size, period))
        clear = np.ones(count, dtype=bool)
        points = np.arange(period)
        after = (points + 1) % period
        for i in range(size):
            target = intervals.point(middle[:, i][:, after])
            gap = target - image[i]
            if (turn := self._turns[i]) is not None:
                image_wide = self._enclose(image[i], rows[i], wide_low, wide_high, middle, shape)
                first, last = self._whole_turns(
                    wide_low[:, i][:, after], wide_high[:, i][:, after], image_wide.low, image_wide.high, turn
                )
                clear &= (first == last).all(axis=1)
                gap = gap - turn * intervals.point(first)
            residual[:, i] = 0.5 * gap.low + 0.5 * gap.high
            blur[:, i] = up(np.maximum(gap.high - residual[:, i], residual[:, i] - gap.low))
            rows_at = i * period + points
            centre[:, rows_at, i * period + after] += 1.0
            for j, entry in enumerate(rows[i]):
                if entry is None:
                    continue
                slope = _broad(entry, shape)
                mid = 0.5 * slope.low + 0.5 * slope.high
                where = (slice(None), rows_at, j * period + points)
                centre[where] -= mid
                rounded = np.abs(mid) + (1 if i == j and period == 1 else 0)  # of differences, and of nothing that is 0
                radius[where] += up(np.maximum(slope.high - mid, mid - slope.low)) + 4e-16 * rounded
        ok = clear & np.isfinite(centre).all(axis=(1, 2)) & np.isfinite(radius).all(axis=(1, 2))
        inverse = _inverses(centre, ok)
        r, b = residual.reshape(count, -1, 1), blur.reshape(count, -1, 1)
        half = np.maximum(wide_high - middle, middle - wide_low).reshape(count, -1, 1) * (1 + 1e-15)
        size_of_inverse = np.abs(inverse)
        gamma = (unknowns + 4) * 2.0**-52
        contraction = np.abs(np.eye(unknowns) - products(inverse, centre))
        blurred = products(radius, half) + gamma * products(np.abs(centre), half)
        spread = products(contraction, half) + products(size_of_inverse, blurred)
        shift = products(inverse, r)
        loose = products(size_of_inverse, b + gamma * np.abs(r))
        reach = ((spread + loose) * (1 + 4 * gamma) + 1e-320).reshape(least.shape)
        to = middle - shift.reshape(least.shape)
        slack = np.abs(to) * 4e-16
        k_low, k_high = to - reach - slack, to + reach + slack
        inside = ((k_low > wide_low) & (k_high < wide_high)).all(axis=(1, 2)) & ok
        if inside.any():
            found.low.append(wide_low[inside])
            found.high.append(wide_high[inside])
        open_ = ~inside
        usable = ok[open_][:, None, None]
        n_low = np.where(usable, np.fmax(least[open_], k_low[open_]), least[open_])
        n_high = np.where(usable, np.fmin(most[open_], k_high[open_]), most[open_])
        kept = ~(n_low > n_high).any(axis=(1, 2))
        low = np.concatenate([low[~tried], n_low[kept]])
        high = np.concatenate([high[~tried], n_high[kept]])
        return low, high

    def _enclose(
        self, image: Interval, row: list[Any], low: Floats, high: Floats, middle: Floats, shape: tuple[int, int]
    ) -> Interval:
        """A coordinate of the image of a box, by the mean value form."""
        total = image
        for j, entry in enumerate(row):
            if entry is not None:
                offset = Interval(down(low[:, j] - middle[:, j]), up(high[:, j] - middle[:, j]))
                total = total + _broad(entry, shape) * offset
        return total


def _length(turn: Any) -> float:
    """A circumference, which is a constant of the step: a number, or an interval about one."""
    return float(turn.low) if isinstance(turn, Interval) else float(turn)


def _broad(value: Any, shape: tuple[int, ...]) -> Interval:
    """A number or an interval as intervals of a shape."""
    low, high = (value.low, value.high) if isinstance(value, Interval) else (value, value)
    return Interval(np.broadcast_to(np.float64(low), shape), np.broadcast_to(np.float64(high), shape))


def _inverses(matrices: Floats, ok: NDArray[np.bool_]) -> Floats:
    """Approximate inverses; `ok` is cleared where there is none."""
    safe = np.where(ok[:, None, None], matrices, np.eye(matrices.shape[1]))
    inverse = inverses(safe)
    ok &= np.isfinite(inverse).all(axis=(1, 2))
    inverse[~ok] = 0
    return inverse
