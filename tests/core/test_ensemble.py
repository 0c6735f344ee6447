"""Each orbit of an ensemble has the bits that it has alone, on any number of threads."""

import itertools
import threading
import time
from itertools import islice

import numpy as np
import pytest

from attractor.core import ensemble as together
from attractor.core import slicing
from attractor.core.catalogue import SYSTEMS
from attractor.core.ensemble import final_states, orbits
from attractor.core.kernel import orbit_kernel
from attractor.core.selection import Selection

rng = np.random.default_rng(5)


def ensemble(name, count):
    system = SYSTEMS[name]
    values = np.array(list(system.canonical.values()))
    rows = values * (1 + 0.2 * rng.standard_normal((count, len(values))))  # some escape
    return system, rows[:, : system.dimension], rows[:, system.dimension :]


def alone(system, start, parameters, steps):
    out = np.empty((steps, system.dimension))
    orbit_kernel(system)(tuple(start), tuple(parameters), 1, out)
    return out


def whole(found):
    return np.concatenate([part for part in found if part is not None])


def same(a, b):
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("name", ["lorenz", "tinkerbell", "logistic", "ikeda", "gingerbreadman"])
@pytest.mark.parametrize(("count", "threads"), [(1, 1), (64, 2), (300, 3)])
def test_final_states_have_the_bits_of_single_orbits(name, count, threads):
    system, start, parameters = ensemble(name, count)
    found = whole(final_states(system, start, parameters, 150, threads))
    expected = [alone(system, s, p, 150)[-1] for s, p in zip(start, parameters, strict=True)]
    assert same(found, np.array(expected))


@pytest.mark.parametrize(("piece", "threads"), [(1 << 20, 1), (1000, 2), (1, 1)])
def test_kept_iterates_have_the_bits_of_single_orbits(piece, threads):
    system, start, parameters = ensemble("henon", 100)
    found = np.full((100, 30, 2), 7.0)
    for part in orbits(system, start, parameters, Selection(101, 11, 3), threads, piece):
        if part is not None:
            n, m, _ = part.values.shape
            found[part.first_orbit : part.first_orbit + n, part.first_record : part.first_record + m] = part.values
    expected = [alone(system, s, p, 101)[11::3] for s, p in zip(start, parameters, strict=True)]
    assert same(found, np.array(expected))


@pytest.mark.parametrize("name", ["logistic", "henon", "lorenz"])
@pytest.mark.parametrize("count", [1, 7, 8, 71])
def test_any_number_of_orbits_and_records_is_turned_round(name, count):
    system, start, parameters = ensemble(name, count)
    expected = np.array([alone(system, s, p, 35) for s, p in zip(start, parameters, strict=True)])
    for records in (1, 7, 8, 15, 16, 35):
        parts = [part.values for part in orbits(system, start, parameters, Selection(records)) if part is not None]
        assert same(np.concatenate(parts), expected[:, :records])


def test_records_far_apart_are_the_same():
    system = SYSTEMS["logistic"]
    (part,) = [p for p in orbits(system, [0.2], [3.9], Selection(15_000, every=5000)) if p is not None]
    assert same(part.values[0], alone(system, [0.2], [3.9], 15_000)[4999::5000])


def test_a_single_row_holds_for_all_and_other_shapes_are_refused():
    system = SYSTEMS["henon"]
    found = whole(final_states(system, [0, 0], [[1.4, 0.3], [1.3, 0.3]], 10))
    assert same(found[1], alone(system, (0.0, 0.0), (1.3, 0.3), 10)[-1])
    for start, parameters in (([0], [1.4, 0.3]), ([0, 0], [1.4]), (np.zeros((2, 2)), np.zeros((3, 2)))):
        with pytest.raises(ValueError, match="parameters"):
            list(final_states(system, start, parameters, 1))


@pytest.mark.parametrize("threads", [1, 2])
def test_it_can_be_stopped_between_slices(threads):
    system, start, parameters = ensemble("standard", 200)
    running = final_states(system, start, parameters, 10**9, threads)
    assert list(islice(running, 3)) == [None] * 3
    running.close()  # would take minutes if it waited for the end


def test_results_keep_their_order_and_errors_are_raised():
    def worker(k):
        yield None
        if k == 3:
            raise ArithmeticError(k)
        yield from [k, None, k + 0.5]

    found = [r for r in slicing.run(map(worker, range(3)), 2) if r is not None]
    assert found == [0, 0.5, 1, 1.5, 2, 2.5]
    with pytest.raises(ArithmeticError):
        list(slicing.run(map(worker, range(6)), 2))


def test_workers_run_on_several_threads():
    met = threading.Barrier(2, timeout=300)

    def worker(_):
        met.wait()
        yield threading.get_ident()

    found = {r for r in slicing.run(map(worker, range(2)), 2) if r is not None}
    assert len(found) == 2
    assert threading.get_ident() in found  # who asks works too


@pytest.mark.parametrize("threads", [1, 2])
def test_what_other_threads_work_is_counted(threads):
    def worker(_):
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        yield 1

    before = slicing.cpu_seconds()
    list(slicing.run(map(worker, range(2)), threads))
    assert slicing.cpu_seconds() - before >= 0.2


def test_what_other_threads_work_is_counted_slice_by_slice():
    def worker(_):
        for _ in range(50):
            end = time.thread_time() + slicing.SECONDS
            while time.thread_time() < end:
                pass
            yield None

    counted = [slicing.cpu_seconds(), *(slicing.cpu_seconds() for _ in slicing.run(map(worker, range(2)), 2))]
    longest = max(after - before for before, after in itertools.pairwise(counted))
    assert longest < (counted[-1] - counted[0]) / 4  # half of it if it were counted when a helper has ended


def test_slices_cover_the_whole():
    seen = []
    list(slicing.slices(1000, lambda first, end: seen.extend(range(first, end))))
    assert seen == list(range(1000))


def test_work_that_was_short_before_goes_in_one_slice(monkeypatch):
    parts, kernel = [], together.advance_kernel(SYSTEMS["henon"])
    monkeypatch.setattr(together, "advance_kernel", lambda _: lambda *given: parts.append(given[1]) or kernel(*given))
    monkeypatch.setattr(slicing, "perf_counter", lambda: 0.0)
    for _ in range(2):
        list(final_states(SYSTEMS["henon"], [0, 0], [1.4, 0.3], 500))
    assert sum(parts) == 1000
    assert parts[-1] == 500
