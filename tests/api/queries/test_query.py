"""Reading a query string: what is accepted, and that a refusal names every culprit."""

import math
import re
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.problems import BadQuery, NotAcceptable, TooLongQuery
from attractor.api.queries import numbers
from attractor.api.queries.calculation_query import read_query
from attractor.api.queries.query_string import MAX_PARAMETERS, check_length
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.selection import Selection
from tests.searching import searched

SETTINGS = Settings()
HENON = {"system": "henon", "x0": "0.1", "y0": "0.2", "a": "1.4", "b": "0.3"}


def spelled(parameters):
    return "&".join(f"{name}={value}" for name, value in parameters.items()).encode()


def faults(raw):
    with pytest.raises(BadQuery) as refused:
        read_query(raw if isinstance(raw, bytes) else raw.encode(), SETTINGS)
    return {fault.parameter: fault for fault in refused.value.faults}


def henon(**changes):
    return spelled({**HENON, **changes})


def test_a_query_with_nothing_but_the_inputs_gets_the_defaults():
    query = read_query(b"x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2", SETTINGS)
    assert (query.system.name, query.precision, query.digits, query.format) == ("modified-lorenz", "auto", 28, "json")
    assert query.selection == Selection(20)
    assert (query.start, query.parameters) == ((1.0, 2.0, 3.0), (4.0, 5.0, 1.0, 2.0))


@pytest.mark.parametrize(
    ("text", "double", "exact"),
    [
        ("1", 1.0, "1"),
        ("1.0", 1.0, "1"),
        ("1e0", 1.0, "1"),
        ("10", 10.0, "10"),
        ("1e1", 10.0, "10"),
        ("0.10", 0.1, ".1"),
        (".5", 0.5, ".5"),
        ("5.", 5.0, "5"),
        ("-0", -0.0, "-0"),
        ("007", 7.0, "7"),
        ("1e+3", 1000.0, "1e3"),
        ("1e300", 1e300, "1e300"),
        ("0e99999999999999999999", 0.0, "0"),
        ("0.1000000000000000055511151231257827", 0.1, ".1000000000000000055511151231257827"),
        ("1.7976931348623157e308", 1.7976931348623157e308, "17976931348623157e292"),
        ("5e-324", 5e-324, "5e-324"),
        ("%2d1%2E5", -1.5, "-1.5"),
        ("100000000000000", 1e14, "1e14"),
        ("1000000000000000", 1e15, "1e15"),
        ("0.000001", 1e-6, "1e-6"),
        ("0.0000010", 1e-6, "1e-6"),
        ("1200", 1200.0, "1200"),
        ("150000", 150000.0, "15e4"),
        ("100", 100.0, "100"),
        ("-20000", -20000.0, "-2e4"),
        ("0.0025", 0.0025, ".0025"),
        ("0.00025", 0.00025, "25e-5"),
        ("0.01", 0.01, ".01"),
        ("1E-3", 0.001, ".001"),
        ("-0.5", -0.5, "-.5"),
        ("12e9", 12e9, "12e9"),
        ("0.0001", 0.0001, "1e-4"),
        ("123456789012345678", 123456789012345678.0, "123456789012345678"),
        ("0.0000001", 1e-7, "1e-7"),
        ("123.4500", 123.45, "123.45"),
        ("0.0000000000000000000000000001", 1e-28, "1e-28"),
    ],
)
def test_numbers(text, double, exact):
    query = read_query(henon(x0=text), SETTINGS)
    assert repr(query.start[0]) == repr(double)
    assert query.inputs[0] == exact
    assert query.exact()[0][0] == Decimal(exact)
    assert read_query(henon(x0=exact), SETTINGS) == query


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("abc", "not a plain decimal"),
        ("nan", "not finite"),
        ("-NaN", "not finite"),
        ("inf", "not finite"),
        ("-Infinity", "not finite"),
        ("1_000", "not a plain decimal"),
        ("0x10", "not a plain decimal"),
        ("0x1p3", "not a plain decimal"),
        ("%201", "not a plain decimal"),
        ("1%20", "not a plain decimal"),
        ("1%202", "not a plain decimal"),
        ("0.1%20-.5", "not a plain decimal"),
        ("1%0A", "not a plain decimal"),
        ("+1", "not a plain decimal"),
        ("1+", "not a plain decimal"),
        ("1,5", "not a plain decimal"),
        ("1d", "not a plain decimal"),
        ("1e", "not a plain decimal"),
        (".", "not a plain decimal"),
        ("-", "not a plain decimal"),
        ("--1", "not a plain decimal"),
        ("%D9%A3", "not a plain decimal"),
        ("1.%D9%A3", "not a plain decimal"),
        (quote("１"), "not a plain decimal"),
        ("1%00", "not a plain decimal"),
        ("1e400", "larger than any double"),
        ("-1e999999999999999999999", "larger than any double"),
        ("1e-400", "closer to zero"),
        ("0.0000001e-999999999999999999999", "closer to zero"),
        ("1" * 5000, "is 5000 characters long"),
        ("%zz", "broken percent-encoding"),
        ("1%", "broken percent-encoding"),
        ("%ff", "broken percent-encoding"),
    ],
)
def test_what_is_not_a_number_is_named(text, problem):
    found = faults(henon(x0=text))
    assert list(found) == ["x0"]
    assert problem in found["x0"].problem
    assert found["x0"].allowed.startswith("a plain decimal number")


@pytest.mark.parametrize(
    "text", ["20", "2e1", "2E+01", "0.2e2", "20.0", "020.", "200e-1", "2000000000000000000000e-20"]
)
def test_whole_numbers_may_have_an_exponent(text):
    """As R writes 100000: 1e+05."""
    query = read_query(henon(steps=text, precision="decimal", digits=text), SETTINGS)
    assert (query.selection.steps, query.digits) == (20, 20)
    assert "&steps=20&" in query.canonical
    assert "digits=20&" in query.canonical
    (lyapunov,) = [each for each in RESOURCES if each.path == "/lyapunov"]
    raw = henon(steps=text.replace("2", "4", 1), x0=f"0:1:{text}")
    found = lyapunov.read(raw if isinstance(raw, bytes) else raw.encode(), SETTINGS, "json")
    assert (found.steps, found.inputs["x0"].text) == (40, "0:1:20")


sound_numbers = st.from_regex(numbers.FORM, fullmatch=True).filter(lambda text: not numbers.find_problem(text))


@searched(300)
@given(sound_numbers | st.floats(allow_nan=False, allow_infinity=False).map(repr))
@example(".5")
@example("15e9")
@example("25e-4")
@example(f"{'1' * 93}.11e-9")
@example(f"-{'1' * 995}.1e-999")
@example("-0")
@example("1" * 400 + "e-300")
@example(".0E1000000000000000001")
def test_no_spelling_is_shorter_than_the_canonical_one(text):
    found = numbers.canonical(text)
    assert len(found) <= len(text)
    assert numbers.canonical(found) == found
    assert float(text) == 0 or Decimal(found) == Decimal(text)  # a zero may have any exponent
    assert math.copysign(1, float(found)) == math.copysign(1, float(text))
    assert numbers.canonical_if_plain([text, "1"]) in (None, [found, "1"])


@pytest.mark.parametrize("text", ["1e9", "15e5", "1000000000", "12e1", "20", "100", "1.5e3"])
def test_whole_numbers_are_spelled_as_shortly(text):
    query = read_query(henon(steps=text, skip="1e1", every="1e1"), SETTINGS)
    steps = re.search("&steps=([^&]*)", query.canonical)[1]
    assert len(steps) <= len(text)
    assert (float(steps), query.selection.steps) == (float(text), float(text))
    assert "&skip=10&every=10&" in query.canonical
    (lyapunov,) = [each for each in RESOURCES if each.path == "/lyapunov"]
    found = lyapunov.read(henon(steps="15e3", transient="1e4", x0="0:1:2e3"), SETTINGS, "json")
    assert "&x0=0:1:2e3&" in found.canonical
    assert found.inputs["x0"].count == 2000
    assert "steps=15e3&transient=1e4" in found.canonical


@pytest.mark.parametrize("name", ["steps", "every", "digits"])
@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "1e30",
        "1.5",
        "1e-1",
        "1e-999999999999999999999",
        "1e",
        "-1e1",
        "+5",
        "%205",
        "5_0",
        "0x5",
        "",
        "nan",
        "٣",
        "1" * 5000,
        "9" * 40,
        "%zz",
        "1000000001",
    ],
)
def test_what_is_not_a_count_is_named(name, text):
    found = faults(henon(precision="decimal", **{name: text}))
    assert list(found) == [name]
    assert "whole number from 1 to" in found[name].allowed


@pytest.mark.promise("Whatever the query, it is answered or refused with its culprits; there is no other exception")
@pytest.mark.promise("A refusal names every culprit, and nothing else")
@pytest.mark.parametrize(
    ("raw", "culprits"),
    [
        (b"", {"x0", "y0", "z0", "sigma", "rho", "beta", "delta_t"}),
        (b"&&&", {"x0", "y0", "z0", "sigma", "rho", "beta", "delta_t"}),
        (b"x0", {"x0", "y0", "z0", "sigma", "rho", "beta", "delta_t"}),
        (henon(bb="1"), {"bb"}),
        (henon(X0="1"), {"X0"}),
        (henon(**{"": "1"}), {""}),
        (henon(**{"%zz": "1"}), {"%zz"}),
        (henon(z0="1", sigma="1"), {"z0", "sigma"}),
        (henon() + b"&x0=0.1", {"x0"}),
        (henon() + b"&%780=0.1", {"x0"}),
        (henon() + b"&system=henon", {"system"}),
        (henon(system="Henon"), {"system"}),
        (henon(system=""), {"system"}),
        (henon(system="%zz"), {"system"}),
        (henon(precision="quad"), {"precision"}),
        (henon(digits="10"), {"digits"}),
        (henon(digits="10", precision="quad"), {"precision"}),
        (henon(skip="20"), {"skip"}),
        (henon(skip="-1", every="1e-1", include_start="yes", format="xml"),
         {"skip", "every", "include_start", "format"}),
        (henon(every="21"), {"every"}),
        (henon(skip="15", every="10", steps="19"), {"every"}),
        (henon(format=""), {"format"}),
        (henon(format="npy", precision="decimal"), {"format"}),
        (henon(steps="100000001"), {"steps"}),
        (henon(steps="1000000000", format="parquet"), {"steps"}),
        (henon(x0="nan", y0="", a="1e999", b="1e-999", steps="0", digits="x", precision="y", c="1") + b"&c=1",
         {"x0", "y0", "a", "b", "steps", "digits", "precision", "c"}),
        (b"system=hennon&x0=nan&y0=1&steps=0&nothing=1", {"system", "x0", "steps", "nothing"}),
        (b"system=thomas&x0=1&y0=1&z0=1&b=1&delta_t=1&precision=decimal&steps=5000", {"steps"}),
        (henon(precision="decimal", digits="1000", steps="1000000"), {"steps"}),
        (henon(precision="decimal", x0="0." + "3" * 1000, steps="100000"), {"steps"}),
        (b"&".join([b"x0=1"] * (MAX_PARAMETERS + 1)), {"query"}),
        (b"x0=\xff&" + henon(x0="1"), {"x0"}),
    ],
)  # fmt: skip
def test_every_culprit_is_named_and_nothing_else(raw, culprits):
    assert set(faults(raw)) == culprits


def test_an_unknown_name_is_answered_with_the_nearest_known():
    assert "nearest known name is steps;" in faults(henon(stepz="1"))["stepz"].allowed
    assert "nearest known is henon;" in faults(b"system=hennon")["system"].allowed


def test_bytes_past_ascii_are_read_as_utf_8_escaped_or_not():
    assert faults("system=hénon")["system"].given == faults("system=h%C3%A9non")["system"].given == "hénon"


@pytest.mark.promise("Decimal work is bounded")
def test_the_bound_on_decimal_work_is_the_largest_number_of_steps_that_is_accepted():
    query = {**HENON, "precision": "decimal", "digits": "1000"}
    allowed = faults(spelled({**query, "steps": "1000000"}))["steps"].allowed
    bound = int(re.search(r"at most (\d+)", allowed)[1])
    assert read_query(spelled({**query, "steps": bound}), SETTINGS).selection.steps == bound
    assert list(faults(spelled({**query, "steps": bound + 1}))) == ["steps"]


@pytest.mark.promise("The records of an orbit are bounded, and a refusal says what fits")
@pytest.mark.parametrize("more", [{}, {"skip": "7"}, {"skip": "12345", "every": "3"}, {"include_start": "true"}])
def test_too_many_records_are_refused_with_what_fits(more):
    settings = Settings(max_text_records=1000)
    query = {**HENON, "steps": "1000000", **more}
    with pytest.raises(BadQuery) as refused:
        read_query(spelled(query), settings)
    (fault,) = refused.value.faults
    every, steps = map(int, re.search(r"at most 1000 records: every=(\d+) or steps=(\d+) fits", fault.allowed).groups())
    for name, fits, step in (("every", every, -1), ("steps", steps, 1)):
        assert read_query(spelled({**query, name: fits}), settings).selection.records <= 1000
        with pytest.raises(BadQuery):
            read_query(spelled({**query, name: fits + step}), settings)
    assert read_query(spelled({**query, "format": "npy"}), settings).format == "npy"


def test_without_an_acceptable_format_a_query_must_name_one():
    assert read_query(henon(), SETTINGS, "csv").format == "csv"
    assert read_query(henon(format="npy"), SETTINGS, None).format == "npy"
    with pytest.raises(NotAcceptable):
        read_query(henon(), SETTINGS, None)
    with pytest.raises(BadQuery):
        read_query(henon(x0="nan"), SETTINGS, None)


@pytest.mark.promise("A query string has at most 16,384 bytes and 100 parameters")
def test_a_query_string_has_at_most_16384_bytes_and_100_parameters():
    many = b"&".join([b"x0=1"] * 101)
    assert list(faults(many)) == ["query"]
    assert "query" not in faults(many[5:])
    check_length(b"x" * 16_384)
    with pytest.raises(TooLongQuery) as refused:
        check_length(b"x" * 16_385)
    assert [fault.parameter for fault in refused.value.faults] == ["query"]


@pytest.mark.promise("What a refusal repeats of a query is bounded")
def test_what_is_repeated_in_a_refusal_is_bounded():
    long = "1" * 5000
    for raw in (henon(x0=long), henon(steps=long), henon(system=long), henon(format=long), henon(**{long: "1"}),
                henon(x0=long) + b"&x0=" + long.encode(), henon(x0="%zz" + long)):  # fmt: skip
        for fault in faults(raw).values():
            given = [fault.given] if isinstance(fault.given, str) else fault.given or []
            assert all(len(text) < 120 for text in (fault.parameter, fault.problem, *given))


text = st.text(st.characters(codec="utf-8"), max_size=8).map(quote)
plain = st.sampled_from(
    [
        "1",
        "-1.5",
        "2e3",
        "nan",
        "",
        "+1",
        "1e999",
        "%zz",
        "0",
        "20",
        "auto",
        "decimal",
        "henon",
        "csv",
        "true",
        "=",
        "%",
    ]
)
names = st.sampled_from(
    [*HENON, "steps", "skip", "every", "include_start", "format", "precision", "digits", "z0", "sigma", ""]
)
queries = st.lists(st.tuples(st.one_of(names, names, text), st.one_of(plain, plain, text)), max_size=8)


@searched(1000)
@given(queries)
@example([("system", "henon"), ("x0", "1"), ("y0", "1"), ("a", "1"), ("b", "1")])
def test_any_query_is_either_answered_or_refused_with_a_culprit(pairs):
    raw = "&".join("=".join(pair) for pair in pairs).encode()
    try:
        query = read_query(raw, SETTINGS)
    except BadQuery:
        assert all(fault.problem and fault.allowed for fault in faults(raw).values())
        assert faults(raw)
    else:
        assert query.system in SYSTEMS.values()
        assert all(isinstance(value, Decimal) for value in (*query.exact()[0], *query.exact()[1]))


@searched(500)
@given(st.binary(max_size=60))
def test_any_short_string_of_bytes_is_refused_with_a_culprit(raw):
    assert faults(raw)
