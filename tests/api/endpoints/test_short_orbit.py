"""The short answer and the general way give the same bytes, and what one does not know the other answers."""

import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from attractor.api.app import create_app
from attractor.api.serve import EVERYWHERE
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.edition import EDITION
from tests.conftest import connected, request, running_server
from tests.searching import searched

OWN = {"date", "x-request-id", *(name for name, _ in EVERYWHERE)}
HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
LOGISTIC = "/calculation?system=logistic&x0={}&r=4&steps=80"
LINEAR = "lozi", "gingerbreadman"  # which leave no range in a few steps

numbers = st.one_of(
    st.from_regex(r"-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,5})?", fullmatch=True),
    st.from_regex(r"[-+]?[0-9]{1,17}(\.[0-9]{0,22})?(\.0)?(e-?[0-9]{1,2})?", fullmatch=True),
    st.sampled_from(
        [
            "-0",
            "-0.0",
            "0.000001",
            "0.0000001",
            "1.50",
            "1.",
            ".5",
            "01",
            "1e3",
            "1 ",
            "",
            "nan",
            "１",
            "100000000000000",
        ]
    ),
)
counts = st.sampled_from(["", *(f"&steps={count}" for count in (1, 20, 999, 1000, 1001, 0, "020"))])
editions = st.sampled_from(
    [
        "",
        "",
        *(f"&edition={edition}" for edition in (EDITION, EDITION, EDITION + 1, 0, f"0{EDITION}", f"{EDITION}.0", "")),
    ]
)
others = st.sampled_from(["", "", "", "&skip=1", "&format=json", "&format=csv", "&x0=1", "&nothing=1", "&", "%20"])
headers = st.lists(
    st.sampled_from(
        [
            ("accept", "*/*"),
            ("accept", "text/csv"),
            ("accept-encoding", "gzip"),
            ("accept-encoding", "identity"),
            ("if-none-match", "*"),
            ("origin", "http://there"),
            ("user-agent", "some"),
            ("x-request-id", "mine"),
        ]
    ),
    max_size=2,
    unique_by=lambda header: header[0],
)


@st.composite
def targets(draw):
    system = SYSTEMS[draw(st.sampled_from([*SYSTEMS]))]
    values = [f"{name}={draw(numbers)}" for name in system.inputs]
    order = draw(st.permutations(values)) if draw(st.integers(0, 4)) == 0 else values
    named = f"system={system.name}&" if draw(st.integers(0, 4)) else ""
    return f"/calculation?{named}{'&'.join(order)}{draw(counts)}{draw(editions)}{draw(others)}"


@pytest.fixture(scope="module")
def service():
    """A client of the application in this process, and its short way."""
    app = create_app(Settings(access_log=False))
    with TestClient(app) as client:
        yield client, app.short


def shortly(short, target, given=()):
    """The headers and the body of a short answer, or None."""
    pairs = [(name.encode(), value.encode()) for name, value in given]
    answer = short(target.encode(), [(b"host", b"localhost"), *pairs], "127.0.0.1")
    if answer is None:
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    return [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")], body


@searched(400)
@given(targets(), headers)
def test_it_says_what_the_general_way_says_or_nothing(service, target, given):
    client, short = service
    found = shortly(short, target, given)
    if found is None:
        return
    asked = {"accept": "*/*", "accept-encoding": "identity", **dict(given)}
    general = client.get(target, headers=asked)
    assert general.status_code == 200
    assert found[1] == general.content
    told = [(name, value) for name, value in found[0] if name not in OWN]
    assert told == [(name, value) for name, value in general.headers.multi_items() if name not in OWN]


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("edition", ["", f"&edition={EDITION}"])
@pytest.mark.parametrize("steps", ["", "&steps=1", "&steps=1000"])
def test_it_knows_the_documented_order(service, name, steps, edition):
    system = SYSTEMS[name]
    staying = {"delta_t": 0.0021} if "delta_t" in system.inputs else {}  # in range, and spelled without an exponent
    values = "&".join(f"{key}={float(value):.6f}0" for key, value in ({**system.canonical, **staying}).items())
    found = shortly(service[1], f"/calculation?system={name}&{values}{steps}{edition}")
    assert found
    assert ("immutable" in dict(found[0])["cache-control"]) == bool(edition)
    assert found[1].count(b'"n"') == int(steps[7:] or 20)


@pytest.mark.parametrize("name", [name for name, system in SYSTEMS.items() if system.is_rational])
def test_it_knows_orbits_that_leave_doubles_range(service, name):
    client, short = service
    values = "&".join(f"{key}={k + 3}.7" for k, key in enumerate(SYSTEMS[name].inputs))
    target = f"/calculation?system={name}&{values}&steps=16"
    found = shortly(short, target)
    general = client.get(target, headers={"accept": "*/*", "accept-encoding": "identity"})
    if general.headers["attractor-arithmetic"] == "double":
        assert name in LINEAR
    assert found[1] == general.content
    told = [(name, value) for name, value in found[0] if name not in OWN]
    assert told == [(name, value) for name, value in general.headers.multi_items() if name not in OWN]


@pytest.mark.parametrize(
    "left",
    [
        LOGISTIC.format("3.1"),  # leaves decimal's range
        LOGISTIC.format("3." + 15 * "0" + "123456789012345").replace("80", "20"),  # of which decimal has more digits
        HENON.replace("0.1", "0.1.0"),
        f"{HENON}&steps=1001",
        f"{HENON}&format=csv",
        f"{HENON}&edition={EDITION + 1}",
        f"{HENON}&edition={EDITION}&steps=20",
        HENON.replace("calculation", "ensemble"),
    ],
)
def test_what_it_does_not_know_is_the_general_ways(service, left):
    assert shortly(service[1], left) is None


def test_what_decimals_may_cost_holds():
    target = LOGISTIC.format("3.1").replace("80", "30")
    assert shortly(create_app(Settings(access_log=False)).short, target)
    assert shortly(create_app(Settings(access_log=False, max_decimal_work=100)).short, target) is None


def test_it_steps_aside_where_something_else_has_to_see_each_request(caplog):
    assert create_app(Settings(access_log=False, rate_limit="9/second")).short is None
    with caplog.at_level("INFO", "attractor"):
        assert create_app(Settings()).short is None


def test_the_bounds_of_the_settings_hold():
    short = create_app(Settings(access_log=False, max_steps=30)).short
    assert shortly(short, f"{HENON}&steps=30")
    assert shortly(short, f"{HENON}&steps=31") is None


HASTY = """
import attractor.api.server.protocol
attractor.api.server.protocol.REQUEST_SECONDS = 0.5
from attractor.api.serve import serve
serve()
"""


def test_over_a_connection_short_and_general_answers_come_in_order_and_it_is_kept():
    asked = [HENON, f"{HENON}&skip=1", HENON, "/none", HENON]
    with running_server("-c", HASTY) as (address, _), connected(address) as connection:
        for _ in range(2):  # the second time later than a request that is not whole may take
            connection.sendall(b"".join(map(request, asked)))
            received = b""
            while received.count(b"HTTP/1.1 ") < len(asked) or not received.endswith(b"}]"):
                received += connection.recv(1 << 16)
            assert re.findall(rb"HTTP/1.1 (\d+)", received) == [b"200", b"200", b"200", b"404", b"200"]
            ids = re.findall(rb"x-request-id: (\w+)", received)
            assert [int(each, 16) - int(ids[0], 16) for each in ids] == [0, 1, 2, 3, 4]
            connection.settimeout(1)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(300)
        assert httpx.get(address + HENON).status_code == 200
