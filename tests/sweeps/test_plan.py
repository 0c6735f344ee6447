"""How sweeps are read and cut."""

import itertools

import numpy as np
import pytest

from attractor.client.refusals import Refused
from attractor.sweeps.asked import read_sweep
from attractor.sweeps.failures import Failed
from attractor.sweeps.plan import SECONDS, Cut, Plan
from tests.sweeps.conftest import PLANE

HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
GREAT = "/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:10000&b=0.1:0.3:10000"
GRIDS = [
    GREAT,
    "/ensemble?system=henon&x0=-1:1:100000&y0=-1:1:70001&a=1.4&b=0.3&steps=100",
    "/ensemble?system=henon&x0=0:1:30&y0=0.1,0.2&a=1:1.4:7&b=0.3&steps=100000000",
    "/bifurcation?system=logistic&x0=0.5&r=2:4:1000003",
    "/fixed-points?system=henon&a=1:1.4:1001&b=0.1:0.3:101&period=6",
    "/horizon?system=logistic&x0=0.1:0.9:777&r=3.9&steps=5000",
]


@pytest.mark.parametrize("url", GRIDS)
def test_shards_are_ranges_that_cover_the_grid_once_and_take_about_as_long(url):
    plan = Plan.of(read_sweep(url))
    done = 0
    for index in itertools.chain(range(min(plan.count, 300)), [plan.count - 1]):
        box = plan.box(index)
        if index == plan.count - 1:
            done = plan.query.points - plan.points(index)
        first = np.ravel_multi_index([side.start for side in box], plan.query.shape)
        last = np.ravel_multi_index([side.stop - 1 for side in box], plan.query.shape)
        assert (first, last - first + 1) == (done, plan.points(index))
        done = last + 1
    assert done == plan.query.points
    cost = plan.shard(0).estimate_seconds()
    assert cost < 1.3 * SECONDS or plan.points(0) <= 64


@pytest.mark.parametrize("url", GRIDS)
def test_a_shard_has_the_values_of_its_part_of_the_whole(url):
    plan = Plan.of(read_sweep(url))
    index = plan.count - 1
    for name, side in zip(plan.query.swept, plan.box(index), strict=True):
        mine, whole = plan.shard(index).inputs[name], plan.query.inputs[name]
        assert mine.count == side.stop - side.start
        assert mine.doubles().tobytes() == whole.doubles(side.start, side.stop).tobytes()


def test_a_cut_has_the_digits_of_a_list_and_those_of_a_ranges_doubles():
    some = Cut("0.10000000000000000001,0.2,0.3", 0, 2)
    assert list(map(str, some.decimals())) == ["0.10000000000000000001", "0.2"]
    assert some.doubles(1).tolist() == [0.2]
    assert list(map(str, Cut("0:1:4", 1, 3).decimals())) == ["0.3333333333333333", "0.6666666666666666"]


def test_the_bounds_of_an_answer_do_not_hold_and_those_of_its_parameters_do():
    assert read_sweep(GREAT).points == 10**8
    with pytest.raises(Refused, match="kept is out of range"):
        read_sweep("/bifurcation?system=logistic&x0=0.5&r=2:4:100&kept=10001")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"/calculation?{HENON}", "one orbit is a chain"),
        (f"/picture?{HENON}", "a picture is drawn from a whole"),
        ("/bifurcation?system=logistic&x0=0.5&r=2:4:100&continuation=true", "a chain, which has no parts"),
        (f"/ensemble?{HENON}", "there is nothing to sweep"),
        (f"{PLANE}&format=csv", "format is none that a sweep is written in"),
        ("/fixed-points?system=henon&a=1:1.4:9&b=0.3&format=npy", "format"),
        (f"{PLANE}&c=1&edition=999", "c is unknown.*\n.*edition never was"),
        ("/lyapunow?system=henon", "the nearest is /lyapunov"),
    ],
)
def test_what_cannot_be_swept_is_refused_with_the_reason(url, told):
    with pytest.raises(Refused, match=told):
        read_sweep(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"/ensemble?{HENON.replace('a=1.4', 'a=1:1.4:3')}&keep=orbits&steps=1000000000", "bytes of values"),
        (f"/ensemble?{HENON.replace('a=1.4', 'a=1:1.4:1000000000')}&steps=100000000000", "shards"),
    ],
)
def test_what_no_cut_makes_small_is_refused(url, told):
    with pytest.raises(Failed, match=told):
        Plan.of(read_sweep(url))
