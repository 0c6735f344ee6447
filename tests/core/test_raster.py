"""The raster of an orbit diagram, beside the diagram's own data."""

import tracemalloc

import numpy as np
import pytest

from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.catalogue import SYSTEMS
from attractor.core.continuation import Continuation
from attractor.core.density import NoScale
from attractor.core.diagram_raster import _columns, raster
from attractor.core.grid import axis
from attractor.core.slicing import finish

LOGISTIC, HENON = SYSTEMS["logistic"], SYSTEMS["henon"]
SIZE = 90, 40
SWEEPS = {
    "fewer values than columns": (LOGISTIC, [0.2], [0.0], "r", np.linspace(2.8, 4, 70), "x"),
    "more": (LOGISTIC, [0.2], [0.0], "r", np.linspace(2.8, 4, 333), "x"),
    "uneven and unordered": (LOGISTIC, [0.2], [0.0], "r", [3.9, 3.1, 3.1, 3.5], "x"),
    "some escape": (HENON, [0.0, 0.0], [0.0, 0.3], "a", np.linspace(1, 1.6, 150), "y"),
    "descending": (HENON, [0.0, 0.0], [0.0, 0.3], "a", np.linspace(1.4, 1, 201), "y"),
}


def counted(values, data, columns, rows, bounds):
    """As the raster is defined, point by point."""
    left, right, bottom, top = bounds
    least, greatest = min(values), max(values)
    counts = np.zeros((rows, columns), dtype=np.int64)
    for value, points in zip(values, data, strict=True):
        column = round((value - least) * ((columns - 1) / (greatest - least)))
        assert left + column * (right - left) / columns <= value + 1e-9
        assert value - 1e-9 <= left + (column + 1) * (right - left) / columns
        for point in points[(bottom <= points) & (points <= top)]:
            counts[min(int((point - bottom) * (rows / (top - bottom))), rows - 1), column] += 1
    return counts


@pytest.mark.parametrize("continuation", [False, True])
@pytest.mark.parametrize("sweep", SWEEPS.values(), ids=SWEEPS.keys())
@pytest.mark.parametrize("reach", [None, (0.1, 0.3)])
def test_counts_are_those_of_the_diagram(sweep, continuation, reach):
    values, orbits = sweep[4], OrbitDiagram(*sweep, 150, 50)
    with np.errstate(invalid="ignore"):
        carried = Continuation(*sweep[:2]) if continuation else None
        data = np.concatenate([d for d in diagram(orbits, carried) if d is not None])
    found = finish(raster(orbits, SIZE, continuation, reach))
    columns = 70 if len(values) == 70 else 90
    assert np.array_equal(found.counts, counted(values, data, columns, 40, found.bounds))
    assert found.values.shape == (columns,)
    assert found.values.sum() == len(values)
    if reach is None:
        stay = data[np.isfinite(data).all(axis=1)]
        assert found.counts.sum() >= stay.size > 0
        margin = np.ptp(stay) / 100
        assert found.bounds[2:] == pytest.approx((stay.min() - margin, stay.max() + margin))
    else:
        assert found.bounds[2:] == reach


def test_counts_do_not_depend_on_threads():
    orbits = OrbitDiagram(LOGISTIC, [0.2], [0.0], "r", np.linspace(2.8, 4, 5000), "x", 50, 50)
    one, two, three = (finish(raster(orbits, SIZE, threads=threads)) for threads in (1, 2, 3))
    assert one.counts.sum() == 5000 * 50
    assert one.bounds == two.bounds == three.bounds
    assert np.array_equal(one.counts, two.counts)
    assert np.array_equal(one.counts, three.counts)


def test_the_centres_of_the_outer_columns_are_the_outer_values():
    found = finish(raster(OrbitDiagram(LOGISTIC, [0.2], [0.0], "r", [3, 3.5, 4], "x", 10), SIZE))
    assert found.counts.shape == (40, 3)
    assert found.bounds[:2] == (2.75, 4.25)
    alone = finish(raster(OrbitDiagram(LOGISTIC, [0.2], [0.0], "r", [3.5], "x", 10), SIZE))
    assert alone.counts.shape == (40, 1)
    assert alone.bounds[0] < 3.5 < alone.bounds[1]


def test_it_pauses():
    orbits = OrbitDiagram(LOGISTIC, [0.2], [0.0], "r", np.linspace(3, 4, 2000), "x", 50_000)
    assert sum(1 for _ in raster(orbits, SIZE)) > 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"varied": "a"}, "no parameter"),
        ({"coordinate": "y"}, "no coordinate"),
        ({"values": [3.0, np.nan]}, "finite"),
        ({"values": []}, "finite"),
        ({"values": [5.0]}, "no orbit stays finite"),
        ({"reach": (1.0, 0.0)}, "ascend"),
        ({"reach": (0.0, np.inf)}, "ascend"),
        ({"reach": (-1.7e308, 1.7e308)}, "ascend"),
        ({"reach": (0.0, 5e-324)}, "ascend"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, message):
    fields = {name: value for name, value in change.items() if name != "reach"}
    orbits = OrbitDiagram(LOGISTIC, [0.2], [3.0], "r", [3.5], "x", 10)._replace(**fields)
    with pytest.raises(ValueError, match=message):
        finish(raster(orbits, SIZE, reach=change.get("reach")))


@pytest.mark.parametrize("reach", [None, (0.0, 1.0)])
@pytest.mark.parametrize("continuation", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_no_count_depends_on_whether_the_states_are_held(monkeypatch, reach, continuation, threads):
    orbits = OrbitDiagram(LOGISTIC, [0.2], [0.0], "r", np.linspace(2.8, 4.1, 9001), "x", 20, 30)
    held = finish(raster(orbits, SIZE, continuation, reach, threads))
    monkeypatch.setattr("attractor.core.diagram_raster.HELD", 0)
    again = finish(raster(orbits, SIZE, continuation, reach, threads))
    assert held.bounds == again.bounds
    assert np.array_equal(held.counts, again.counts)
    assert np.array_equal(held.values, again.values)


class Range:
    """Evenly spaced values that are computed when they are asked for."""

    def __init__(self, start, stop, count):
        self.start, self.gap, self.count = start, (stop - start) / (count - 1), count

    def doubles(self, first=0, end=None):
        return self.start + self.gap * np.arange(first, self.count if end is None else end)


@pytest.mark.parametrize("continuation", [False, True])
def test_very_many_values_take_little_memory(continuation, monkeypatch):
    """Their states are not held: of twice or ten times as many these would take 150 KiB more, or six MiB."""
    monkeypatch.setattr("attractor.core.diagram_raster.HELD", 1 << 10)
    sweep = SYSTEMS["lorenz"], [1, 1, 1], [10, 28, 8 / 3, 0.01], "rho"

    def peak(values):
        tracemalloc.start()
        try:
            found = finish(raster(OrbitDiagram(*sweep, values, "x", 1, 1), SIZE, continuation))
            assert found.values.sum() == values.count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    finish(raster(OrbitDiagram(*sweep, [20, 28], "x", 1, 1), SIZE, continuation))  # what is loaded once stays
    few, many = (5_000, 12_000) if continuation else (30_000, 300_000)
    assert peak(Range(20.0, 28.0, many)) - peak(Range(20.0, 28.0, few)) < 1 << 16


@pytest.mark.parametrize(
    "values",
    [
        [-1.7e308, 1.7e308],
        [-1e308, 0.0, 1e308],
        [0.0, 5e-324],
        [1e-320, 2e-320, 3e-320],
        [1.7976931348623157e308],
        [1.7976931348623157e308, 1.797693134862315e308],
        [np.inf],
    ],
)
def test_values_that_doubles_do_not_resolve_are_refused_by_name(values):
    with pytest.raises(NoScale) as refused:
        finish(raster(OrbitDiagram(LOGISTIC, [0.2], [3.0], "r", values, "x", 10), SIZE))
    assert refused.value.axis == "horizontal"


@pytest.mark.parametrize("seed", range(20))
def test_every_column_and_row_is_one_of_the_raster(seed):
    """Ends of all sizes, uneven values, values that are equal: a column past the last is a write out of bounds."""
    random = np.random.default_rng(seed)
    for _ in range(100):
        size, count = 10.0 ** random.uniform(-300, 307), int(random.integers(1, 60))
        ends = np.sort(random.uniform(-1, 1, 2)) * size
        values = random.choice([np.linspace(*ends, count), random.uniform(*ends, count), np.full(count, ends[0])])
        most = int(random.integers(2, 4000))
        try:
            columns = [each for each in _found(_columns(axis(values), most)) if each is not None][-1]
        except NoScale:
            continue
        places = columns.of(values)
        assert 0 <= places.min() <= places.max() < columns.count <= max(most, 2)
        assert columns.left < values.min() <= values.max() < columns.right


def _found(work):
    yield (yield from work)
