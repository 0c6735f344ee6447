"""The logistic map's period doublings, from the diagram's data."""

from math import sqrt

import numpy as np
import pytest

from attractor.core.bifurcation import OrbitDiagram, diagram
from attractor.core.catalogue import SYSTEMS
from attractor.core.continuation import DISPLACEMENT, Continuation
from attractor.core.system import System

LOGISTIC = SYSTEMS["logistic"]


def sweep(values, kept=64, transient=20_000, continuation=False, **options):
    if continuation:
        options["continuation"] = Continuation(LOGISTIC, [0.2])
    found = diagram(OrbitDiagram(LOGISTIC, [0.2], [0.0], "r", values, "x", kept, transient), **options)
    return np.concatenate([part for part in found if part is not None])


def periods(values):
    """The number of distinct kept points: the period, up to the 64 that are kept."""
    return [len(np.unique(np.round(row, 6))) for row in sweep(values)]


@pytest.mark.parametrize(  # M. J. Feigenbaum, J. Stat. Phys. 19, 25-52 (1978); the third is rounded
    ("at", "period"), [(3, 1), (1 + sqrt(6), 2), (3.54409, 4), (3.564407, 8)]
)
def test_period_doublings_are_where_they_are_known_to_be(at, period):
    assert periods([at - 2e-3 / period, at + 2e-3 / period]) == [period, 2 * period]


def test_past_the_accumulation_point_no_short_period_is_left():
    assert periods([3.5699])[0] >= 32
    assert periods([3.58])[0] == 64


def test_with_and_without_continuation_the_attractor_is_the_same_where_there_is_one():
    values = np.linspace(2.9, 3.4, 70)
    plain, threaded, continued = sweep(values), sweep(values, threads=2), sweep(values, continuation=True)
    assert plain.shape == continued.shape == (70, 64)
    assert np.array_equal(plain, threaded)
    assert np.allclose(np.sort(plain), np.sort(continued), atol=1e-9)
    assert not np.array_equal(plain[1:], continued[1:])


def test_continuation_starts_from_the_last_state():
    one = sweep([3.9, 3.9], kept=10, transient=0, continuation=True)
    assert one.ravel().tolist() == sweep([3.9], kept=20, transient=0)[0].tolist()


def continued(name, start, parameters, varied, values, transient=1000, kept=8):
    system = SYSTEMS[name] if isinstance(name, str) else name
    carried = Continuation(system, start)
    place = varied, values, system.state[0]
    parts = diagram(OrbitDiagram(system, start, parameters, *place, kept, transient), carried)
    return np.concatenate([part for part in parts if part is not None]), carried


def test_what_is_absorbed_restarts_beside_it_and_says_where():
    """At r = 0 every orbit of the logistic map is at 0, which repels from r = 1 on."""
    values = np.linspace(0, 4, 9)
    found, carried = continued("logistic", [0.2], [0.0], "r", values)
    assert found[:3].max() < 1e-300
    assert found[3:6, -1] == pytest.approx(1 - 1 / values[3:6])
    assert [restart.value for restart in carried.restarts] == [1.5]
    assert carried.restarts[0].reason == "absorbed"
    assert carried.restarts[0].displacement == pytest.approx(0.2 * DISPLACEMENT)
    down, carried = continued("logistic", [0.2], [0.0], "r", values[::-1])
    assert down[::-1][3:6, -1] == pytest.approx(found[3:6, -1])
    assert carried.restarts == []


def test_what_has_escaped_restarts_from_the_last_state_that_had_not():
    values = [3.5, 4.5, 3.2, 3.3]
    found, carried = continued("logistic", [0.2], [0.0], "r", values)
    assert np.isfinite(found).all(axis=1).tolist() == [True, False, True, True]
    assert [(restart.value, restart.reason) for restart in carried.restarts] == [(3.2, "escaped")]
    alone, _ = continued("logistic", [0.2], [0.0], "r", [3.2])
    assert np.sort(found[2]) == pytest.approx(np.sort(alone[0]), abs=1e-9)


def fold(x=0, /, a=0):
    return (a + 1.25 * x - x * x * x,)


def test_hysteresis_is_seen_both_ways():
    """The upper fixed point vanishes below a = -2 (1/12)^(3/2), the lower one above the opposite."""
    values, system = np.linspace(-0.1, 0.1, 41), System(fold, "Fold", "two folds")
    up, _ = continued(system, [-0.5], [0.0], "a", values)
    down, _ = continued(system, [0.5], [0.0], "a", values[::-1])
    at = 2 * 12**-1.5
    assert (up[:, -1] > 0).tolist() == (values > at).tolist()
    assert (down[::-1][:, -1] < 0).tolist() == (values < -at).tolist()


def test_a_cycle_that_attracts_is_no_restart():
    _, carried = continued("logistic", [0.2], [0.0], "r", np.linspace(2.5, 3.5, 50), transient=20_000)
    assert carried.restarts == []


def test_names_that_are_not_there_are_refused():
    for varied, coordinate in (("a", "x"), ("r", "y")):
        with pytest.raises(ValueError, match="has no"):
            list(diagram(OrbitDiagram(LOGISTIC, [0.2], [3.0], varied, [3.0], coordinate, 1)))
