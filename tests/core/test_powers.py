"""What a step may hold has one value in every arithmetic: powers as products, functions to the last digit."""

import inspect
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from attractor.core.balls import intervals
from attractor.core.balls.arb import FUNCTIONS
from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import step_over
from attractor.core.balls.precision import bits
from attractor.core.catalogue import SYSTEMS
from attractor.core.decimals import decimal_orbit
from attractor.core.ensemble import final_states
from attractor.core.evaluation import step as step_of
from attractor.core.evaluation import tangent_map
from attractor.core.formula import latex, plain_text
from attractor.core.kernel import orbit_kernel
from attractor.core.system import System


def powers(x=0.7, y=0.3, /, a=1.25):
    shifted = (x - y) ** 2
    return a * x**3 - shifted**4 + y**-2 / 64, (x * y) ** 7 + y**1 - x**0


def products(x, y, a):
    d = x - y
    s = d * d
    s2, x3, t, i = s * s, x * x * x, x * y, 1 / (y * y)
    t3 = t * t * t
    return a * x3 - s2 * s2 + i / 64, t3 * t3 * t + y - 1


POWERS = System(powers, "Powers", "here")


def everything(a=0.7, b=2.5, c=0.3, d=1.7, e=0.4, f=3.5, g=2.0, h=-7.25, /, k=3):
    grown = math.exp(c)
    return math.sin(a), math.cos(b), grown, math.log(d), math.tanh(e), math.atan(f), math.sqrt(g), abs(h) % k


EVERYTHING = System(everything, "Everything", "here")
POINTS = np.random.default_rng(3).random((70, 8)) * [9, 9, 3, 5, 2, 7, 6, 9] + 0.01


@pytest.mark.promise("A power is the same product in every arithmetic")
def test_a_power_is_the_same_product_in_every_arithmetic():
    x, y, a = 0.7, 0.3, 1.25
    rows = np.tile([x, y], (70, 1))
    (ends,) = (some for some in final_states(POWERS, rows, [a], 3) if some is not None)
    out = np.empty((3, 2))
    orbit_kernel(POWERS)((x, y), (a,), 1, out)
    expected = plain = x, y
    for row in out.tolist():
        expected, plain = products(*expected, a), step_of(POWERS)(*plain, a)
        assert tuple(row) == expected == plain
    assert (ends == out[2]).all()
    assert POWERS.step(Fraction(x), Fraction(y), Fraction(a)) == products(Fraction(x), Fraction(y), Fraction(a))
    decimal = products(Decimal("0.7"), Decimal("0.3"), Decimal("1.25"))
    assert decimal_orbit(POWERS, [Decimal("0.7"), Decimal("0.3")], [Decimal("1.25")], 1) == [decimal]
    with bits(200):
        found = step_over(POWERS, FUNCTIONS)(arb(x), arb(y), arb(a))
        expected = products(Fraction(x), Fraction(y), Fraction(a))
        assert [float(value) for value in found] == [float(value) for value in expected]


def test_a_power_is_told_as_it_is_written():
    assert plain_text(POWERS).splitlines()[0] == "shifted = (x - y) ** 2"
    assert r"\mathrm{shifted}^{4}" in latex(POWERS)
    assert r"a \, x^{3}" in latex(POWERS)
    assert "**" not in inspect.getsource(POWERS.step)
    assert POWERS.is_rational


def test_the_derivative_of_a_power_is_that_of_its_product():
    at = 0.7, 0.3, 1.25
    with bits(300):
        h = arb(2) ** -100
        base = POWERS.step(*map(arb, at))
        moved = POWERS.step(arb(at[0]) + h, arb(at[1]), arb(at[2])), POWERS.step(arb(at[0]), arb(at[1]) + h, arb(at[2]))
        slopes = [float((m[i] - base[i]) / h) for i in range(2) for m in moved]
        _, rows = with_jacobian(POWERS, FUNCTIONS)([arb(v) for v in at[:2]], [arb(at[2])])
        assert [float(entry) for row in rows for entry in row] == pytest.approx(slopes, rel=1e-14)
    assert tangent_map(POWERS)(*at) == pytest.approx(slopes, rel=1e-13)


def test_a_derivative_computes_each_value_once():
    asked = []

    class Watched:
        """The functions over balls, and what is asked of them."""

        def __getattr__(self, name):
            asked.append(name)
            return getattr(FUNCTIONS, name)

    evaluate = with_jacobian(SYSTEMS["ikeda"], Watched())  # it has the sine and the cosine of one number twice each
    asked.clear()
    evaluate([arb(1), arb(2)], [arb("0.9")])
    assert sorted(asked) == ["cos", "sin", "square", "square", "square"]


@pytest.mark.parametrize(
    ("exponent", "message"),
    [("a", "a is no whole number"), ("2.0", "2.0 is no whole number"), ("65", "65 is too great"), ("-x", "-x is no")],
)
def test_other_exponents_are_refused(exponent, message, tmp_path):
    file = tmp_path / "step.py"
    file.write_text(f"def wrong(x=1, /, a=2):\n    return (a * x**{exponent},)\n")
    names = {"__name__": __name__}
    exec(compile(file.read_text(), str(file), "exec"), names)  # noqa: S102  # the text above
    with pytest.raises(ValueError, match=f"wrong: {message}"):
        System(names["wrong"], "Wrong", "here")


def test_functions_agree_in_every_arithmetic_to_the_last_digit():
    (ends,) = (some for some in final_states(EVERYTHING, POINTS, [3.0], 1) if some is not None)
    over_balls, over_intervals = step_over(EVERYTHING, FUNCTIONS), step_over(EVERYTHING, intervals.Functions())
    out = np.empty((1, 8))
    for point, end in zip(POINTS.tolist(), ends.tolist(), strict=True):
        orbit_kernel(EVERYTHING)(tuple(point), (3.0,), 1, out)
        assert out[0].tolist() == end == list(step_of(EVERYTHING)(*point, 3.0))
        with bits(200):
            assert [float(value) for value in over_balls(*map(arb, point), arb(3))] == end
        enclosed = over_intervals(*(intervals.point(np.float64(x)) for x in point), intervals.point(np.float64(3)))
        for found, x in zip(enclosed, end, strict=True):
            assert found.low <= x <= found.high < found.low + 1e-13 * (1 + abs(x))
    slopes = [
        *(math.cos(0.7), -math.sin(2.5), math.exp(0.3), 1 / 1.7, 1 - math.tanh(0.4) ** 2, 1 / (1 + 3.5**2)),
        *(0.5 / math.sqrt(2), -1),
    ]
    start = [EVERYTHING.canonical[name] for name in EVERYTHING.start]
    found = tangent_map(EVERYTHING)(*start, 3.0)
    assert [found[9 * i] for i in range(8)] == pytest.approx(slopes, rel=1e-14)
    with bits(100):
        _, rows = with_jacobian(EVERYTHING, FUNCTIONS)([arb(x) for x in start], [arb(3)])
        assert [float(rows[i][i]) for i in range(8)] == pytest.approx(slopes, rel=1e-14)
