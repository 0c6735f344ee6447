"""The pairs of the quick forms are as near to the exact values as Ziv's test assumes, as Gappa proves.

`make prove` runs it. Gappa proves what rounding does to the formulas; that the formulas are those of the kernels, their
tables as assumed, and what the series leave out are tested here.
"""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from shutil import which

import numpy as np
import pytest
from flint import arb

from attractor.core.balls.precision import bits
from attractor.core.elementary import exponential, logarithm, tables, trigonometric
from attractor.core.elementary.arithmetic import FUSED
from tests.core.test_elementary import arguments, pairs_of
from tests.proofs import pairs

SCRIPTS = {
    f"{script.name}{' without FMA' * (not fused)}": script for fused in (True, False) for script in pairs.scripts(fused)
}


@pytest.fixture(scope="module")
def gappa():
    if not (found := which("gappa")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("gappa is not on PATH: Debian has a package of it")
    return found


def test_gappa_proves_the_bounds(gappa):
    def proven(script):
        return subprocess.run([gappa], input=script.text, capture_output=True, text=True)

    with ThreadPoolExecutor(2) as pool:
        for name, run in zip(SCRIPTS, pool.map(proven, SCRIPTS.values()), strict=True):
            assert not run.returncode, f"{name}: {run.stderr}"


def test_gappa_refuses_a_bound_that_does_not_hold(gappa):
    script = pairs.exponential(True, Fraction(1, 2**70))
    assert subprocess.run([gappa], input=script.text, capture_output=True, text=True).returncode


def followed(script, **given):
    """high and low by the operations of a script."""
    names = {f"{name}_": Fraction(value) for name, value in given.items()}
    for line in script.text.splitlines()[1:]:
        if line.startswith("{"):
            break
        name, _, text = line.rstrip(";").partition(" = ")
        if name[0].isupper() and "rnd(" not in text:
            continue  # what is exact
        text = re.sub(r"(-?\d+)b-(\d+)", r"Fraction(\1, 2**\2)", text)
        names[name] = eval(text, {"Fraction": Fraction, "rnd": lambda x: Fraction(float(x))}, names)  # noqa: S307
    return float(names["high"]), float(names["low"])


def steps(x, rate):
    """x * rate rounded to a whole number, as the kernels do it."""
    return round(Fraction(x) * Fraction(rate)) if FUSED else round(x * rate)


def of_exp(x):
    k = steps(x, exponential._STEPS)
    first, second = exponential.LOG_STEP
    exact = Fraction(x) - k * Fraction(first) - Fraction(float(k * second))
    r = float(exact)
    return {"r": r, "l": float(exact - Fraction(r)), "T": tables.POWERS[k % 128], "t": tables.POWERS_LOW[k % 128]}


def of_log(x):
    bits_ = int(np.float64(x).view(np.int64)) - 0x3FE6000000000000
    k, j = bits_ >> 52, bits_ >> 44 & 255
    z = Fraction(x) / Fraction(2) ** k * Fraction(float(tables.RECIPROCALS[j])) - 1
    high, low = tables.LOG_TWO
    return {
        "z": z,
        "F": k * Fraction(high) + Fraction(float(tables.LOGS[j])),
        "k": k,
        "n": low,
        "f": tables.LOGS_LOW[j],
    }


def of_sine(x, ahead):
    k = steps(x, trigonometric._STEPS)
    first, second = tables.STEP
    exact = Fraction(x) - k * Fraction(first) - Fraction(float(k * second))
    r, at, on = float(exact), (k + ahead) & 511, (k + ahead + 128) & 511
    return {
        **{"r": r, "l": float(exact - Fraction(r)), "S": tables.SINES[at], "C": tables.SINES[on]},
        **{"a": tables.SINES_LOW[at], "b": tables.SINES_LOW[on]},
    }


@pytest.mark.parametrize(
    ("name", "formula", "given"),
    [
        ("exp", pairs.exponential, of_exp),
        ("log", partial(pairs.logarithm, name="", given=""), of_log),
        ("sin", partial(pairs.sine, name="", given=""), partial(of_sine, ahead=0)),
        ("cos", partial(pairs.sine, name="", given=""), partial(of_sine, ahead=128)),
    ],
)
def test_the_formulas_are_those_of_the_kernels(name, formula, given):
    script = formula(is_fused=FUSED, bound=Fraction(1))
    values = arguments(name, 2_000)
    for x, found in zip(values.tolist(), pairs_of(name, values).tolist(), strict=True):
        assert followed(script, **given(x)) == tuple(found), x


def test_the_tables_are_as_the_proofs_assume():
    assert tables.POWERS.min() >= 1
    assert tables.POWERS.max() < 2
    assert np.abs(tables.POWERS_LOW).max() <= 2.0**-53
    assert np.abs(tables.LOGS_LOW).max() <= 2.0**-43 >= abs(tables.LOG_TWO[1])
    ends = np.abs(np.array([k * tables.LOG_TWO[0] + tables.LOGS for k in (-1, 0, 1)]))
    assert set(ends[ends < 2.0**-9].tolist()) == {0.0}  # only for m near 1 and k = 0
    assert tables.LOGS[tables.RECIPROCALS == 1].tolist() == [0.0] * int((tables.RECIPROCALS == 1).sum())
    lowest = 0x3FE6000000000000 + (np.arange(256) << 44)
    for bits_, end in ((lowest, 0), (lowest, (1 << 44) - 1)):
        m = (bits_ + end).view(np.float64)
        assert np.abs(m * tables.RECIPROCALS - 1).max() <= 2.0**-8
    sizes = np.abs(tables.SINES)
    assert sizes[sizes > 0].min() > 0.01227
    assert (np.abs(tables.SINES_LOW) <= sizes * 2.0**-53).all()
    assert np.isin(tables.SINES[tables.SINES_LOW == 0], (0.0, 1.0, -1.0)).all()


def test_what_the_series_and_the_reduction_leave_out_is_within_what_is_allowed():
    """Which is half of the bound for exp and log, a sixteenth of it for sines."""
    r, second = 0.002763, 2.0**-62
    assert r * second + second**2 + 2 * r**8 / 40320 < 2.0**-66 / 4
    z = 2.0**-8
    assert 2 * z**11 / 11 < 2.0**-75 / 4
    assert 2 * z**10 / 11 < 2.0**-66 / 4  # of z itself
    r, second = 0.006137, 2.0**-61
    of_sine = r**8 / 40320 + r**3 * second + second**2  # relative to S, of which the result is half or more
    of_cosine = r**9 / 362880 + r**2 / 2 * second  # beside a result of 0.00613 and more
    assert 2 * of_sine + of_cosine / 0.00613 < (1 - float(pairs.ALLOWED)) * 2.0**-65
    with bits(200):
        step = abs(arb.pi() / 256 - arb(tables.STEP[0]) - arb(tables.STEP[1]))
        assert float(step) + tables.STEP[1] * 2.0**-53 < trigonometric.BOUND_PER_STEP
        step = abs(arb(2).log() / 128 - arb(tables.LOG_STEP[0]) - arb(tables.LOG_STEP[1]))
        assert 2.0**18 * (float(step) + abs(tables.LOG_STEP[1]) * 2.0**-53) < 2.0**-66 / 4
    assert exponential.BOUND == logarithm.BOUND == trigonometric.BOUND == 2.0**-65
