"""A short orbit in CPython has the bits of its kernel."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attractor.core.catalogue import SYSTEMS
from attractor.core.orbit import short_orbit
from attractor.core.plain_orbit import is_plain, plain_orbit
from attractor.core.selection import Selection
from attractor.core.system import System

PLAIN = [system for system in SYSTEMS.values() if is_plain(system)]


def folded(x=0.3, y=-0.2, /, a=1.7, b=0.9):
    u = abs(a * x - 1)
    return u - y / (1 + b), -x / a * abs(y)


def wrapped(x=0.3, /, a=1.7):
    return ((x + a) % 1,)


FOLDED = System(folded, "Folded", "a step with quotients")

numbers = st.one_of(
    st.floats(-3, 3),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324, 1e-308, 1e300, -1.79e308]),
    st.floats(allow_nan=False, allow_infinity=False),
)


def _agree(system: System, values: tuple[float, ...], selection: Selection) -> None:
    start, parameters = values[: system.dimension], values[system.dimension :]
    plain, left_at = plain_orbit(system, start, parameters, selection)
    kernel = short_orbit(system, start, parameters, selection)
    assert left_at == kernel[-1].left_at
    assert [block.first for block in plain] == [block.first for block in kernel]
    for mine, theirs in zip(plain, kernel, strict=True):
        rows = np.array(mine.rows, dtype=np.float64).reshape(-1, system.dimension)
        assert rows.tobytes() == theirs.rows[: len(rows)].tobytes()
        assert left_at is not None or len(rows) == len(theirs.rows)


@pytest.mark.parametrize("system", PLAIN, ids=lambda system: system.name)
def test_ten_thousand_steps_from_canonical_values_have_the_bits_of_the_kernel(system):
    _agree(system, tuple(system.canonical.values()), Selection(10_000))


@pytest.mark.promise("A short orbit that is computed without Numba has the bits of its kernel")
@settings(max_examples=150, deadline=None)
@example(FOLDED, (0.0, 1.0, 0.0, -1.0), 12, 0, False)  # a division by zero
@example(SYSTEMS["modified-lorenz"], (1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 2.0), 20, 0, False)  # leaves double's range
@example(SYSTEMS["henon"], (0.1, 0.0, 1.4, 0.3), 30, 0, True)
@given(
    st.sampled_from([*PLAIN, FOLDED]),
    st.tuples(*[numbers] * 7),  # as many as any system takes
    st.integers(1, 60),
    st.integers(0, 3),
    st.booleans(),
)
def test_orbits_of_any_inputs_have_the_bits_of_the_kernel(system, values, steps, every, start):
    values = values[: len(system.inputs)]
    selection = Selection(steps, steps // 3, min(every + 1, steps - steps // 3), start)
    if selection.records - start:
        _agree(system, values, selection)


def test_a_step_with_functions_is_not_plain():
    """CPython has them from the C library, whose last bits are not those of the kernels."""
    assert {system.name for system in SYSTEMS.values()} - {system.name for system in PLAIN} == {
        "thomas",
        "ikeda",
        "standard",
        "clifford",
    }
    assert is_plain(System(wrapped, "Wrapped", "a step with a remainder, which Python has as the kernels have it"))
