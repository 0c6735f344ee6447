"""Whatever any endpoint is asked, it reads a query whose canonical form reads back to itself, or names a culprit."""

import os
from collections.abc import Callable, Sequence
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.problems import BadQuery, NotAcceptable
from attractor.api.queries.query_string import parse_pairs
from attractor.api.resource import Resource
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.edition import EDITION
from attractor.core.system import System

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
BOUNDS = [
    Settings(),
    Settings(max_steps=500, max_points=50, max_seconds=1, max_digits=9, max_text_records=60),
]

number = (
    st.sampled_from(
        ["0", "1", "-0", "1e0", ".5", "5.", "007", "1e308", "5e-324", "nan", "1e999", "1e-999", "0e9999999999999999999"]
    )
    | st.floats().map(repr)
    | st.integers().map(str)
    | st.from_regex(r"-?[0-9.]{0,20}([eE][+-]?[0-9]{0,4})?", fullmatch=True)
)
count = st.sampled_from(["2", "0", "1", "02", "20", "-1", "9" * 20, "2.0", "٣"]) | st.integers(0, 2000).map(str)
several = (
    st.tuples(number, number, count).map(":".join)
    | st.lists(number, max_size=4).map(",".join)
    | st.lists(number, max_size=4).map(":".join)
)
names = [*dict.fromkeys(name for system in SYSTEMS.values() for name in system.inputs)]
words = st.sampled_from(
    """auto decimal json npy png svg columns true false final orbits density basins bifurcation lyapunov x y,x x,x theta
    viridis henon %zz %ff é %00 0:1 -1e0:2""".split()  # noqa: SIM905
)
value = number | several | count | words | st.text(max_size=6).map(quote)
option = st.sampled_from(
    """steps skip every include_start precision digits format keep transient kept coordinate continuation period least
    escape of width height plane horizontal vertical colormap exponent edition system %73teps STEPS x0""".split()  # noqa: SIM905
)


def sound(path: str, system: System, choose: Callable[[Sequence[str]], str]) -> dict[str, str]:
    """The names and values of a query for a system's canonical values, with one swept where that is needed."""
    inputs = system.parameters if path == "/fixed-points" else system.inputs
    pairs = {"system": system.name} | {name: repr(system.canonical[name]) for name in inputs}
    if path == "/bifurcation" and system.parameters:
        pairs[choose(system.parameters)] = "1e-1:.5:02"
    if path == "/basins":
        pairs[choose(system.start)] = "-1,0.50,1"
    return pairs


@st.composite
def queries(draw: st.DrawFn, path: str) -> bytes:
    """A sound one, with some of it changed, left out, doubled or added."""
    system = draw(st.sampled_from([*SYSTEMS.values()]))
    inputs = system.parameters if path == "/fixed-points" else system.inputs
    pairs = sound(path, system, lambda names: draw(st.sampled_from(names)))
    match draw(st.integers(0, 4)):
        case 0:
            pairs |= draw(st.dictionaries(option, value, max_size=2))
        case 1:
            pairs |= draw(st.dictionaries(st.sampled_from(names), value, max_size=1))
        case 2:
            del pairs[draw(st.sampled_from([*pairs]))]
        case _:
            pairs |= draw(st.dictionaries(st.sampled_from(inputs or ("x0",)), number | several, max_size=2))
    extra = draw(st.sampled_from([[]] * 8 + [["x0=1"], ["="], ["&&"], ["system=henon"]]))
    return "&".join([*map("=".join, pairs.items()), *extra]).encode()


def answered(resource: Resource, raw: bytes, bounds: Settings, negotiated: str | None) -> bool:
    try:
        query = resource.read(raw, bounds, negotiated)
    except BadQuery as refused:
        faults = refused.faults
    except NotAcceptable:
        return False
    else:
        canonical = query.canonical.removeprefix(f"{resource.path}?").encode()
        again = resource.read(canonical, bounds, None)
        assert again == replace(query, edition=EDITION)
        assert again.canonical == query.canonical
        spelled = dict(parse_pairs(canonical))
        assert [n for n, text in parse_pairs(raw) if len(spelled[n]) > len(text)] == []
        return True
    assert faults
    assert all(fault.problem and fault.allowed for fault in faults)
    return False


@pytest.mark.promise("Any query reads back to itself from its canonical form")
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.path)
def test_any_query_reads_back_to_itself_or_is_refused_with_a_culprit(resource):
    pairs = sound(resource.path, SYSTEMS["henon"], lambda names: names[0])
    assert answered(resource, "&".join(map("=".join, pairs.items())).encode(), BOUNDS[0], next(iter(resource.formats)))

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(queries(resource.path), st.sampled_from(BOUNDS), st.booleans())
    def holds(raw, bounds, accepts):
        answered(resource, raw, bounds, next(iter(resource.formats)) if accepts else None)

    holds()


@pytest.mark.promise("Whatever the query, it is answered or refused with its culprits; there is no other exception")
@settings(max_examples=5 * EXAMPLES, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(RESOURCES))
def test_any_bytes_are_refused_with_a_culprit(raw, resource):
    assert not answered(resource, raw, BOUNDS[0], None)
