"""The points that tell what a sweep takes."""

import pytest

from attractor.sweeps.asked import read_sweep
from attractor.sweeps.pilot import sample
from tests.sweeps.test_plan import GRIDS, HENON


@pytest.mark.parametrize("url", GRIDS)
def test_they_are_about_as_many_as_wanted_and_reach_from_end_to_end(url):
    whole = read_sweep(url)
    some = sample(whole, 500)
    assert 350 < some.points < 650 or some.points == whole.points
    for name in whole.swept:
        mine, all_ = some.inputs[name], whole.inputs[name]
        places = dict(zip(mine.places, mine.doubles().tolist(), strict=True))
        assert (0 in places, all_.count - 1 in places or mine.count == 1) == (True, True)
        assert all(all_.doubles(place, place + 1)[0] == value for place, value in places.items())


def test_they_have_every_digit():
    some = sample(read_sweep(f"/horizon?{HENON.replace('a=1.4', 'a=1,1.20000000000000000001,1.3,1.4')}"), 2)
    assert list(map(str, some.inputs["a"].decimals())) == ["1", "1.4"]
