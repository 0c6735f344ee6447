"""A declaration holds all that the rest of the service asks of a system."""

import math

import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.formula import latex, plain_text
from attractor.core.system import System


def declare(step, title="A map", source="A paper"):
    return System(step, title, source)


def delayed(x=0.5, y=0.25, /, a=2.5):
    kept = a * x
    return kept * (1 - y), x


def test_names_dimension_and_canonical_values_come_from_the_signature():
    system = declare(delayed)
    assert (system.name, system.state, system.parameters) == ("delayed", ("x", "y"), ("a",))
    assert system.inputs == ("x0", "y0", "a")
    assert system.canonical == {"x0": 0.5, "y0": 0.25, "a": 2.5}
    assert (system.dimension, system.operations, system.is_flow, system.is_rational) == (2, 3, False, True)


def no_state(a=1):
    return (a,)


def no_canonical_value(x, /):
    return (x,)


def too_few(x=1, y=1, /):
    return (x + y,)


def power(x=1, /, a=2):
    return (x**a,)


def not_a_tuple(x=1, /):
    return x


def keyword_only(x=1, /, *, a=1):
    return (a * x,)


def branching(x=1, /):
    if x > 1:
        x = 1
    return (x,)


def coordinate_named_as_parameter(x=1, /, x0=1):
    return (x * x0,)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (no_state, "no state"),
        (no_canonical_value, "needs a default"),
        (too_few, "must return 2"),
        (power, "a is no whole number"),
        (not_a_tuple, "returning a tuple"),
        (keyword_only, "plain argument"),
        (branching, "nothing else"),
        (coordinate_named_as_parameter, "twice"),
    ],
)
def test_a_step_that_breaks_the_rules_is_refused_with_the_reason(step, message):
    with pytest.raises(ValueError, match=message):
        declare(step)


def test_literals_with_a_point_and_functions_of_math_are_not_rational():
    rational = {name for name, system in SYSTEMS.items() if system.is_rational}
    assert set(SYSTEMS) - rational == {"thomas", "ikeda", "standard", "clifford"}


def half(x=1, /):
    return (0.5 * x,)


def floored(x=1, /):
    return (x - math.floor(x),)


def test_a_literal_with_a_point_and_a_floor_are_not_for_fractions():
    assert not declare(half).is_rational
    assert not declare(floored).is_rational


def inverse(x=0, /):
    return (1 / x,)


def test_a_division_by_zero_at_the_canonical_values_is_still_rational():
    assert declare(inverse).is_rational


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_the_plain_text_formula_evaluates_to_the_step(system):
    names = system.state + system.parameters
    values = {name: value + 0.125 for name, value in zip(names, system.canonical.values(), strict=True)}
    expected = system.step(*values.values())
    found = {}
    for line in plain_text(system).splitlines():
        name, expression = line.split(" = ")
        found[name] = eval(expression, vars(math) | {"abs": abs} | values | found)  # noqa: S307
    assert tuple(found[f"{name}'"] for name in system.state) == expected


def everything(x=1, delta_t=1, /, sigma=1):
    return -x * x * sigma - -x * sigma - (x - (delta_t - 1)) / (2 * x), abs(sigma) % 2


def test_latex():
    assert latex(declare(everything)) == (
        r"\begin{aligned} x' &= -x \, x \, \sigma - \left(-x \, \sigma\right) - "
        r"\frac{x - \left(\Delta t - 1\right)}{2 \, x} \\ "
        r"\Delta t' &= \left|\sigma\right| \bmod 2 \end{aligned}"
    )


def test_the_catalogue_holds_the_promised_systems_each_with_its_source():
    promised = "modified-lorenz modified-lorenz-z lorenz roessler chen thomas henon logistic ikeda lozi tinkerbell"
    assert set(promised.split()) | {"standard", "duffing", "gingerbreadman", "clifford"} <= set(SYSTEMS)
    assert all(system.source and system.title for system in SYSTEMS.values())
    assert {system.dimension for system in SYSTEMS.values()} == {1, 2, 3}
