"""The functions of the kernels against Arb: the nearest double always, and in every form the same."""

import ast
import math
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from flint import arb, ctx
from numba import types

from attractor.api.endpoints.analyses import RESOURCES
from attractor.core import compiling
from attractor.core.basins.follower import follow_kernel
from attractor.core.basins.lattice import mark_kernel
from attractor.core.basins.motion import average_kernel
from attractor.core.catalogue import SYSTEMS
from attractor.core.compiling import compiled, jit
from attractor.core.cycles.contraction import contract_kernel
from attractor.core.decimal_text import decimal_kernel
from attractor.core.density import count_kernel, extend_kernel
from attractor.core.diagram_raster import reach_kernel, tally_kernel
from attractor.core.elementary import arctangent, exponential, logarithm, remainder, trigonometric
from attractor.core.elementary.arithmetic import has_fused
from attractor.core.elementary.steps import FULL, MODULES, QUICK, full_step, quick_step
from attractor.core.elementary.values import apply
from attractor.core.elementary.values import kernel as each_kernel
from attractor.core.ensemble import advance_kernel, final_states, record_kernel
from attractor.core.float_text import rows_kernel
from attractor.core.kernel import orbit_kernel
from attractor.core.lyapunov import stretch_kernel
from attractor.core.matrices import invert_kernel, multiply_kernel
from attractor.core.spacing import space_kernel
from attractor.core.system import System
from tests.conftest import ROOT
from tests.core.rounded import NAMES, exactly
from tests.machines.symbols import foreign

HARD = Path(__file__).parent / "hard_to_round"
COUNT = 100_000
ROUNDS = int(os.environ.get("PROVE_ARGUMENTS", COUNT)) // COUNT
SLOW = {
    "sin": trigonometric.slow_sin,
    "cos": trigonometric.slow_cos,
    "exp": exponential.slow_exp,
    "log": logarithm.slow_log,
    "tanh": exponential.slow_tanh,
    "atan": arctangent.slow_atan,
}
PAIRS = {
    "sin": jit(lambda x: trigonometric.sine_pair(x, 0)),
    "cos": jit(lambda x: trigonometric.sine_pair(x, 128)),
    "exp": exponential.exp_pair,
    "log": logarithm.log_pair,
    "tanh": exponential.tanh_pair,
    "atan": arctangent.atan_pair,
}
SPANS = {
    "sin": (-26, 20),
    "cos": (-26, 20),
    "exp": (-53, 10),
    "log": (-1021, 1023),
    "tanh": (-26, 4),
    "atan": (-26, 53),
}
"""Exponents of arguments that the quick forms take."""
STEPS = {"sin": math.pi / 256, "cos": math.pi / 256, "exp": math.log(2) / 128, "tanh": math.log(2) / 256}

function = None  # in the templates: what they are bound to


def _apply(values, found):
    for i in range(values.shape[0]):
        found[i] = function(values[i])


def _pairs(values, found):
    for i in range(values.shape[0]):
        pair = function(values[i])
        found[i, 0], found[i, 1] = pair[0], pair[1]


def filled(template, function, name, values, *shape):
    row = types.float64[::1]
    out = types.float64[:, ::1] if shape else row
    found = np.empty((len(values), *shape))
    compiled(template, name, (row, out), *MODULES, __file__, function=function)(np.asarray(values), found)
    return found


def pairs_of(name, values):
    """high and low for each value, of shape (values, 2)."""
    return filled(_pairs, PAIRS[name], f"pair_{name}", values, 2)


def hard(name):
    lines = (HARD / f"{name}.txt").read_text().splitlines()
    values = [float.fromhex(line) for line in lines if not line.startswith("#")]
    return values if name == "log" else [*values, *(-x for x in values)]


def arguments(name, count=COUNT, seed=24):
    """As many in each exponent that the quick forms take, and some at the edges of their tables."""
    random = np.random.default_rng(seed)
    first, last = SPANS[name]
    spread = np.ldexp(random.uniform(1, 2, count * 9 // 10), random.integers(first, last, count * 9 // 10))
    few = count - len(spread)
    if name in STEPS:
        edges = STEPS[name] * (random.integers(0, 2000, few) + 0.5)
    elif name == "log":  # where a row of its tables begins, 1 among them, in some binades
        edges = (0x3FE6000000000000 + (random.integers(0, 257, few) << 44)).view(np.float64)
        edges = np.ldexp(edges, random.choice((-700, -1, 0, 0, 0, 1, 700), few))
    else:  # half way between two tangents
        edges = random.integers(0, 128, few) + 0.5
        edges /= 128 - edges
    edges = edges * (1 + np.ldexp(random.uniform(-1, 1, len(edges)), random.integers(-52, -8, len(edges))))
    signs = 1 if name == "log" else random.choice((-1, 1), count)
    values = np.concatenate([spread, edges]) * signs
    return values[np.abs(values) < exponential.FARTHEST] if name == "exp" else values


def nearest(name, values):
    """The nearest doubles; 160 bits tell, but for a case that has yet to be found."""
    before, ctx.prec = ctx.prec, 160
    try:
        return np.array([float(getattr(arb(x), name)()) for x in values.tolist()])
    finally:
        ctx.prec = before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.promise("Functions are correctly rounded")
def test_hard_cases_are_rounded_correctly_by_every_form(name):
    values = hard(name)
    expected = [float(exactly(name, x)) for x in values]
    assert apply(name, values).tolist() == expected
    assert filled(_apply, SLOW[name], f"slow_{name}", values).tolist() == expected
    quick = filled(_apply, QUICK[name], f"quick_{name}", values)
    assert np.isnan(quick).any()
    assert np.array_equal(quick[~np.isnan(quick)], np.array(expected)[~np.isnan(quick)])


@pytest.mark.parametrize("name", NAMES)
def test_arguments_of_each_exponent_are_rounded_correctly(name):
    for seed in range(ROUNDS):
        values = arguments(name, seed=seed)
        found = apply(name, values)
        assert np.array_equal(found, nearest(name, values))
        quick = filled(_apply, QUICK[name], f"quick_{name}", values)
        undecided = np.isnan(quick)
        assert undecided.mean() < 2e-3
        assert np.array_equal(quick[~undecided], found[~undecided])


@pytest.mark.parametrize("name", NAMES)
def test_the_error_of_a_pair_is_at_most_half_of_what_the_test_for_doubt_assumes(name):
    values = arguments(name, 20_000)
    if name in ("tanh", "atan"):
        values = np.abs(values)
    pairs = pairs_of(name, values)
    before, ctx.prec = ctx.prec, 200
    worst = 0.0
    try:
        for x, (high, low) in zip(values.tolist(), pairs.tolist(), strict=True):
            exact = getattr(arb(x), name)()
            if name == "exp":
                exact *= arb(2) ** -math.floor(round(x * 128 / math.log(2)) / 128)
            bound = abs(high) * 2.0**-65
            if name in ("sin", "cos"):
                bound += abs(x) * 256 / math.pi * trigonometric.BOUND_PER_STEP
            worst = max(worst, abs(float(exact - high - low)) / bound)
    finally:
        ctx.prec = before
    print(f"{name}: {worst:.3f} of what is assumed")
    assert worst <= 0.5


SPECIAL = {
    "sin": {0.0: 0.0, 5e-324: 5e-324, -1e-310: -1e-310, math.inf: math.nan, -math.inf: math.nan},
    "cos": {0.0: 1.0, 5e-324: 1.0, 2.0**-27: 1.0, math.inf: math.nan, -math.inf: math.nan},
    "exp": {
        **{0.0: 1.0, 5e-324: 1.0, math.inf: math.inf, -math.inf: 0.0, 1e300: math.inf, -1e300: 0.0},
        **{709.782712893384: 1.7976931348622732e308, 709.7827128933841: math.inf},
        **{-745.1332191019411: 5e-324, -745.1332191019412: 0.0, -708.3964185322641: 2.2250738585072626e-308},
    },
    "log": {
        **{0.0: -math.inf, 1.0: 0.0, math.inf: math.inf, -1.0: math.nan, -math.inf: math.nan},
        **{5e-324: -744.4400719213812, 1.7976931348623157e308: 709.782712893384},
    },
    "tanh": {0.0: 0.0, 5e-324: 5e-324, math.inf: 1.0, -math.inf: -1.0, 19.2: 1.0, -700.0: -1.0},
    "atan": {
        **{0.0: 0.0, 5e-324: 5e-324, 1.0: math.pi / 4, -1.0: -math.pi / 4, 1e308: math.pi / 2},
        **{math.inf: math.pi / 2, -math.inf: -math.pi / 2},
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    values, expected = [*SPECIAL[name], math.nan, -0.0], [*SPECIAL[name].values(), math.nan]
    expected.append({"cos": 1.0, "exp": 1.0, "log": -math.inf}.get(name, -0.0))
    for found in (apply(name, values), filled(_apply, SLOW[name], f"slow_{name}", values)):
        assert list(map(repr, found.tolist())) == list(map(repr, expected))


def test_sines_of_huge_arguments_are_rounded_correctly():
    random = np.random.default_rng(3)
    values = np.ldexp(random.uniform(1, 2, 2000), random.integers(20, 1024, 2000))
    for name in ("sin", "cos"):
        assert apply(name, values).tolist() == [float(exactly(name, x, 1500)) for x in values.tolist()]


def _remainders(values, found):
    for i in range(found.shape[0]):
        found[i] = function(values[2 * i], values[2 * i + 1])


def remainders(function, name, values):
    row = types.float64[::1]
    found = np.empty(len(values) // 2)
    compiled(_remainders, name, (row, row), *MODULES, __file__, function=function)(values, found)
    return found


def test_a_remainder_is_that_of_python():
    random = np.random.default_rng(7)
    ends = [
        0.0,
        -0.0,
        5e-324,
        -5e-324,
        2 * math.pi,
        -2 * math.pi,
        -1e-20,
        1e308,
        -1e308,
        1e-300,
        math.inf,
        -math.inf,
        3.0,
    ]
    pairs = [(a, b) for a in ends for b in ends if b and math.isfinite(a)]
    for exponents in ((-60, 60), (-1074, 1023)):
        signs = random.choice((-1, 1), (2, 5000))
        a, b = signs * np.ldexp(random.uniform(1, 2, (2, 5000)), random.integers(*exponents, (2, 5000)))
        pairs += [(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True) if y]
    pairs += [(x, 2 * math.pi) for x in random.uniform(-1e3, 1e3, 5000).tolist()]
    values = np.array(pairs).ravel()
    expected = [repr(a % b) for a, b in pairs]
    assert [*map(repr, remainders(FULL["remainder"], "remainders", values).tolist())] == expected
    quick = remainders(remainder.quick_remainder, "quick_remainders", values)
    assert all(math.isnan(q) or repr(q) == e for q, e in zip(quick.tolist(), expected, strict=True))
    assert not np.isnan(quick[-5000:]).any()
    assert np.isnan(
        remainders(FULL["remainder"], "remainders", np.array([1.0, 0.0, math.inf, 1.0, math.nan, 2.0]))
    ).all()


@pytest.mark.parametrize("name", ["clifford", "ikeda", "standard", "thomas"])
def test_points_in_lanes_whose_functions_are_not_decided_have_the_bits_of_an_orbit(name):
    system = SYSTEMS[name]
    values = list(system.canonical.values())
    rows = np.random.default_rng(5).uniform(-2, 2, (640, system.dimension))
    rows[0], rows[1], rows[2] = 1e300, -1e9, 0.0
    (found,) = (some for some in final_states(system, rows, values[system.dimension :], 200) if some is not None)
    orbit = orbit_kernel(system)
    out = np.empty((1, system.dimension))
    for row, end in zip(rows.tolist(), found, strict=True):
        orbit(tuple(row), tuple(values[system.dimension :]), 200, out)
        assert out[0].tobytes() == end.tobytes()


def kinked(x=0.3, /, a=2):
    return (math.sin(a * x) if x > 0 else math.cos(x),)


def unknown(x=0.3, /, a=2):
    return (math.gamma(a * x),)


def test_a_step_that_chooses_has_no_quick_form_and_one_of_an_unknown_function_is_refused():
    assert quick_step(System(kinked, "Kinked", "here")) is None
    assert quick_step(SYSTEMS["henon"]) is None
    assert full_step(SYSTEMS["henon"]) is SYSTEMS["henon"].step
    with pytest.raises(ValueError, match="unknown: gamma is not correctly rounded; atan, ceil, copysign, cos, exp"):
        full_step(System(unknown, "Unknown", "here"))


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are CPUs of x86")
@pytest.mark.parametrize(
    ("name", "features", "is_fused"),
    [("haswell", "", True), ("x86-64-v3", "", True), ("x86-64", "", False), ("x86-64", "+avx2,+fma", True)],
)
def test_the_form_of_a_product_is_chosen_by_the_cpu_that_is_compiled_for(name, features, is_fused):
    assert has_fused(name, features) == is_fused


PACKED = """
import re
from math import tau
from numba import types
from attractor.core.compiling import jit
from attractor.core.elementary.steps import QUICK
for name, quick in QUICK.items():
    function = jit(lambda x: quick(x, tau)) if name == "remainder" else quick
    def loop(values, found):
        for i in range(values.shape[0]):
            found[i] = function(values[i])
    (code,) = jit((types.float64[::1],) * 2)(loop).inspect_asm().values()
    if re.search(r"vfn?madd\\w+pd .*ymm", code.replace("\\t", " ")):
        print(name)
"""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are vectors of x86")
def test_every_quick_form_fills_vectors_of_a_cpu_that_cannot_load_behind_a_branch():
    image = {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": "", "NUMBA_BOUNDSCHECK": "0"}  # as in the image
    run = subprocess.run(
        [sys.executable, "-c", PACKED], cwd=ROOT, env={**os.environ, **image}, capture_output=True, text=True
    )
    assert run.stdout.split() == [*QUICK], run.stderr


KINDS = (orbit_kernel, advance_kernel, record_kernel, stretch_kernel, count_kernel, extend_kernel, reach_kernel)
KINDS += (tally_kernel, follow_kernel)
SHARED = (average_kernel, mark_kernel, invert_kernel, multiply_kernel, space_kernel, rows_kernel, decimal_kernel)
SHARED += (contract_kernel,)


@pytest.fixture
def loaded(monkeypatch):
    """The code of each kernel that is made meanwhile."""
    found, rebuilt = [], compiling._rebuilt
    monkeypatch.setattr(compiling, "_rebuilt", lambda target, code: found.append(code) or rebuilt(target, code))
    return found


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
@pytest.mark.promise("No kernel calls the C library's functions")
def test_no_kernel_calls_a_function_of_the_c_library(system, loaded):
    for kernel in KINDS:
        kernel.__wrapped__(system)
    stretch_kernel.__wrapped__(system, 1)
    assert len(loaded) == len(KINDS) + 1
    assert not foreign(loaded)
    needed = {kernel for kind in RESOURCES for query in kind.kinds.values() for kernel in query.kernels}
    assert {kernel for kernel in needed if hasattr(kernel, "__wrapped__")} == set(KINDS)


def test_no_kernel_of_all_systems_calls_a_function_of_the_c_library(loaded):
    for kernel in SHARED:
        kernel.__wrapped__()
    for name in NAMES:
        each_kernel.__wrapped__(name)
    assert len(loaded) == len(SHARED) + len(NAMES)
    assert not foreign(loaded)


def test_every_kernel_is_looked_at():
    """All that is compiled, wherever."""
    compiling = [
        node.name
        for path in sorted({*(ROOT / "core").rglob("*.py"), *(ROOT / "api").rglob("*.py")})
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and any(map(_compiles, ast.walk(node)))
    ]
    assert sorted(compiling) == sorted(kernel.__name__ for kernel in (*KINDS, *SHARED, each_kernel))


def _compiles(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "compiled"


def test_a_call_of_the_c_library_is_seen(loaded):
    compiled(_apply, "called", (types.float64[::1],) * 2, __file__, function=jit(lambda x: math.tanh(x) ** 0.3))
    assert foreign(loaded) == {"tanh", "pow"}
