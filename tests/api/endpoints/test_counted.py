"""Work of which nobody knows beforehand how much there is is counted, and refused where it passes its bound."""

from urllib.parse import urlencode

import pytest

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.fixed_points import FixedPointsQuery
from attractor.api.endpoints.horizon import HorizonQuery
from attractor.api.problems import BadQuery
from attractor.api.queries.calculation_query import read_query
from attractor.api.queries.orbit_query import affordable_bits
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.cost import horizon_step

FIXED_POINTS = Analysis({"": FixedPointsQuery})
CLIFFORD = "system=clifford&b=1.03&c=-9.6&d=-13.83&period={}&a={}"  # thousands of cycles


@pytest.mark.promise("Cycles, whose number nobody knows beforehand, are counted; more than can be had are refused")
@pytest.mark.parametrize(
    ("query", "culprit"),
    [(CLIFFORD.format(2, "21.69"), "period"), (CLIFFORD.format(1, "21.69:21.7:2"), "a")],
)
def test_more_cycles_than_can_be_had_are_refused_with_what_makes_them(query, culprit):
    settings = Settings(workers=1, max_seconds=1)
    with pytest.raises(BadQuery) as refused:
        list(FIXED_POINTS.compute(FIXED_POINTS.read(query.encode(), settings, "json"), settings, 1))
    (fault,) = refused.value.faults
    assert fault.parameter == culprit
    assert "exceeds 1 CPU seconds" in fault.problem


def test_more_records_than_can_be_held_are_refused(monkeypatch):
    monkeypatch.setattr("attractor.api.endpoints.fixed_points._MOST_RECORDS", 3)
    settings = Settings(workers=1)
    query = FIXED_POINTS.read(b"system=henon&a=1.3,1.4&b=0.3", settings, "json")
    with pytest.raises(BadQuery) as refused:
        list(FIXED_POINTS.compute(query, settings, 1))
    (fault,) = refused.value.faults
    assert (fault.parameter, fault.given) == ("a", "1.3,1.4")


@pytest.mark.promise("A step in balls is short whatever the precision: what more would take is refused")
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_step_in_balls_is_short_however_few_there_are(name):
    system, settings = SYSTEMS[name], Settings()
    given = urlencode({"system": name, **system.canonical, "steps": 1})
    correct = read_query(f"{given}&correct=1".encode(), settings, "json")
    horizon = Analysis({"": HorizonQuery}).read(given.encode(), settings, "json")
    for most in (affordable_bits(correct, settings), horizon.affordable(settings)):
        assert most > 20_000
        assert horizon_step(system, most) <= 0.01
