"""The kernel's promise: the bits of the CPython loop, and no second compilation."""

import math
import os
import shutil
import subprocess
import sys
import time

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attractor.core.catalogue import SYSTEMS
from attractor.core.compiling import compiled
from attractor.core.kernel import orbit_kernel
from attractor.core.slicing import cpu_seconds
from tests.conftest import ROOT
from tests.core.rounded import rounded_step
from tests.searching import searched

finite = st.floats(allow_nan=False, allow_infinity=False)
ordinary = st.floats(-4, 4, allow_subnormal=False)


@st.composite
def orbits(draw):
    """A system, a state and parameters: any doubles, ordinary ones, or some near the canonical values."""
    system = draw(st.sampled_from(list(SYSTEMS.values())))
    near = [st.floats(-0.05, 0.05).map(lambda delta, v=v: v + delta) for v in system.canonical.values()]
    values = draw(st.one_of(st.tuples(*near), *(st.tuples(*[kind] * len(near)) for kind in (finite, ordinary))))
    return system, values[: system.dimension], values[system.dimension :]


def cpython_orbit(system, state, parameters, steps):
    """The same loop in CPython over functions that Arb rounds, as far as it stays finite."""
    step = rounded_step(system)
    for _ in range(steps):
        try:
            state = step(*state, *parameters)
        except (ValueError, ZeroDivisionError):  # math.sin(inf), x % 0
            return
        if not all(map(math.isfinite, state)):
            return
        yield state


def bits(rows):
    return np.array(rows, dtype=np.float64).view(np.uint64).tolist()


@searched(1000)
@given(orbits())
def test_the_kernel_gives_the_bits_of_the_cpython_loop(orbit):
    system, state, parameters = orbit
    out = np.empty((200, system.dimension))
    last, is_finite = orbit_kernel(system)(state, parameters, 1, out)
    expected = list(cpython_orbit(system, state, parameters, len(out)))
    assert bits(out[: len(expected)]) == bits(expected)
    assert is_finite == (len(expected) == len(out)) == np.isfinite(out).all()
    if is_finite:
        assert bits(last) == bits(out[-1])
    else:
        assert np.isfinite(out).all(axis=1).argmin() == len(expected)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_long_orbit_from_the_canonical_values_gives_the_bits_of_the_cpython_loop(system):
    values = tuple(system.canonical.values())
    state, parameters = values[: system.dimension], values[system.dimension :]
    out = np.empty((20_000, system.dimension))
    orbit_kernel(system)(state, parameters, 1, out)
    expected = list(cpython_orbit(system, state, parameters, len(out)))
    assert bits(out[: len(expected)]) == bits(expected)
    assert len(expected) == len(out) or system.name == "modified-lorenz"


def test_an_array_of_another_type_is_refused():
    with pytest.raises(TypeError):
        orbit_kernel(SYSTEMS["henon"])((0.0, 0.0), (1.4, 0.3), 1, np.empty((5, 2), dtype=np.float32))


QUICK = "henon", "logistic"  # to compile: a function of the step takes ten times as long
COUNT_COMPILATIONS = """
import sys
from attractor.core.compiler import COMPILER
from attractor.core.kernel import orbit_kernel
from attractor.core.catalogue import SYSTEMS
compile, compiled = COMPILER.compile, []
COMPILER.compile = lambda *asked: compiled.append(asked) or compile(*asked)
kernels = [orbit_kernel(SYSTEMS[name]) for name in sys.argv[1:]]
print(len(compiled), len(kernels) - len(compiled))
"""


def compilations(folder, systems, **environment):
    """How many kernels of systems are compiled, how many are not, and what is said meanwhile."""
    command = [sys.executable, "-c", COUNT_COMPILATIONS, *systems]
    environment = {**os.environ, **environment}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return *map(int, result.stdout.split()), result.stderr


def test_kernels_are_compiled_once_wherever_the_package_is_then_copied_to(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("core", "attractor"):
        shutil.copytree(ROOT / name, first / name, symlinks=True, ignore=ignored)
    systems = *QUICK, "standard"
    assert compilations(first, systems)[:2] == (3, 0)
    assert compilations(first, systems)[:2] == (0, 3)
    shutil.copytree(first, second, symlinks=True, copy_function=shutil.copyfile)  # as an image layer does
    assert compilations(second, systems)[:2] == (0, 3)
    changed = (second / "core" / "catalogue.py").read_text().replace("1 - a * x * x + y", "2 - a * x * x + y")
    (second / "core" / "catalogue.py").write_text(changed)
    assert compilations(second, systems)[:2] == (1, 2)
    with (second / "core" / "kernel.py").open("a") as kernel:
        kernel.write("# another way to compile\n")
    assert compilations(second, QUICK)[:2] == (2, 0)
    (second / "core" / "catalogue.py").rename(second / "core" / "moved.py")
    (second / "core" / "catalogue.py").write_text("from attractor.core.moved import SYSTEMS\n")
    assert compilations(second, QUICK)[:2] == (2, 0)


def test_where_the_cache_cannot_be_written_kernels_are_compiled_all_the_same_and_said_so(tmp_path):
    (tmp_path / "file").touch()
    misses, hits, log = compilations(ROOT, QUICK, NUMBA_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert (misses, hits) == (2, 0)
    assert log.count("compiled but not cached") == 1


@pytest.mark.promise("Who waits for a kernel is not charged with its compilation")
def test_who_waits_for_a_kernel_is_not_charged_with_its_compilation(monkeypatch, tmp_path):
    def successor(x):
        return x + 1

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    worked, counted = time.thread_time(), cpu_seconds()
    assert compiled(successor, "successor", (numba.float64,))(1.0) == 2.0
    assert cpu_seconds() - counted < (time.thread_time() - worked) / 2
    assert list(tmp_path.iterdir())
