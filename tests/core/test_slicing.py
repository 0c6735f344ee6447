"""Slices of work, on a clock that only the work moves."""

import numpy as np
import pytest

from attractor.core import slicing
from attractor.core.basins import basins
from attractor.core.catalogue import SYSTEMS
from attractor.core.continuation import Continuation, settle

MOST = 0.05  # seconds between two pauses


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(slicing, "perf_counter", clock)
    return clock


@pytest.mark.parametrize("seconds", [1e-9, 1e-7, 1e-5, 1e-3])
@pytest.mark.parametrize("slower", [1, 50])
def test_no_slice_takes_50_ms_even_where_numbers_become_subnormal_midway(clock, seconds, slower):
    total = int(1 / seconds)
    done = 0

    def work(first, end):
        nonlocal done
        assert first == done
        done = end
        for part, each in ((min(end, total // 2) - first, 1), (end - max(first, total // 2), slower)):
            clock.now += max(0, part) * each * seconds

    before, longest = 0.0, 0.0
    for _ in slicing.slices(total, work):
        longest = max(longest, clock.now - before)
        before = clock.now
    assert done == total
    assert max(longest, clock.now - before) < max(MOST, 1.1 * slower * seconds)


def test_what_a_part_holds_is_carried_over(clock):
    parts, stride = [], slicing.Stride()

    def work(first, end):
        parts.append(end - first)
        clock.now += 1e-6 * (end - first)

    for total in (10_000, 300, 300, 300):
        list(slicing.slices(total, work, stride=stride))
    assert parts[:3] == [1, 8, 64]
    assert parts[-3:] == [300, 300, 300]


def test_a_pause_is_no_work(clock):
    """Who waits long for a turn has a whole slice all the same."""
    parts = []

    def work(first, end):
        parts.append(end - first)
        clock.now += 1e-6 * (end - first)

    for _ in slicing.slices(1_000_000, work):
        parts.append(0)
        clock.now += 10
    assert parts.count(0) < 1.1 * 1_000_000 * 1e-6 / (slicing.SECONDS / 2)


def test_many_short_works_pause_together(clock, monkeypatch):
    """A continued diagram has as many as it has values."""

    def kernel(state, *_):
        clock.now += 1e-4
        return state, True

    monkeypatch.setattr("attractor.core.continuation.orbit_kernel", lambda _: kernel)
    pauses, before, longest = 0, 0.0, 0.0
    carried = Continuation(SYSTEMS["logistic"], [0.2])
    for found in settle(carried, np.full(1000, 3.0), np.full((1000, 1), 3.0), 10, 10):
        pauses += found is None
        longest = max(longest, clock.now - before)
        before = clock.now
    assert pauses
    assert longest < MOST


def test_no_slice_of_basins_takes_50_ms_even_where_numbers_become_subnormal_midway(clock, monkeypatch):
    done = 0

    def kernel(*given):
        nonlocal done
        windows = given[5]
        clock.now += windows * (1e-5 if done < 10_000 else 50e-5)
        done += windows
        return done < 20_000

    monkeypatch.setattr("attractor.core.basins.follower.follow_kernel", lambda _: kernel)
    monkeypatch.setattr("attractor.core.basins.follower.perf_counter", clock)
    running = basins(SYSTEMS["logistic"], np.full((1, 1), 0.2), [3.0], 64)
    before, longest, pauses = 0.0, 0.0, 0
    for _ in running:
        longest, before, pauses = max(longest, clock.now - before), clock.now, pauses + 1
        if done >= 20_000:
            break
    assert pauses > 10_000 * 50e-5 / MOST
    assert max(longest, clock.now - before) < MOST
