"""GET /calculation over a real socket."""

import decimal
import io
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pandas
import pytest

from attractor.core.catalogue import SYSTEMS
from tests.conftest import application

EXAMPLE = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
LORENZ = "/calculation?system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"


def decimal_orbit(system, values, steps, digits):
    """The straightforward loop, apart from the code under test."""
    values = [Decimal(value) for value in values]
    state, parameters = values[: system.dimension], values[system.dimension :]
    with decimal.localcontext(prec=digits, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN):
        for _ in range(steps):
            state = system.step(*state, *parameters)
            yield tuple(map(str, state))


def test_the_example_leaves_double_and_is_answered_in_decimal(client):
    response = client.get(EXAMPLE)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["attractor-arithmetic"] == "decimal; digits=28"
    assert "attractor-left-range-at" not in response.headers
    records = json.loads(response.text, parse_float=str, parse_int=str)
    expected = decimal_orbit(SYSTEMS["modified-lorenz"], "1234512", 20, 28)
    assert records == [{"n": str(n), "x": x, "y": y, "z": z} for n, (x, y, z) in enumerate(expected, start=1)]
    assert records[0] == {"n": "1", "x": "9", "y": "-6", "z": "1"}
    assert records[19]["x"] == "-4.053114220535289402133639552E+1034271"


def test_the_example_in_double_is_null_from_where_it_left_the_range(client):
    response = client.get(f"{EXAMPLE}&precision=double")
    records = response.json()
    assert response.headers["attractor-arithmetic"] == "double"
    assert response.headers["attractor-left-range-at"] == "9"
    assert records[7]["x"] == -4.025782725978495e251
    assert records[8] == {"n": 9, "x": None, "y": None, "z": None}
    assert len(records) == 20


def test_a_finite_orbit_has_the_bits_of_the_cpython_loop(client):
    response = client.get(f"{LORENZ}&steps=5000")
    assert response.headers["attractor-arithmetic"] == "double"
    assert "attractor-left-range-at" not in response.headers
    state = (1.0, 1.0, 1.0)
    for n, record in enumerate(response.json(), start=1):
        state = SYSTEMS["lorenz"].step(*state, 10.0, 28.0, 2.6666666666666665, 0.01)
        assert tuple(record.values()) == (n, *state)
    assert n == 5000


def test_decimal_numbers_are_strings_with_every_digit(client):
    response = client.get(f"{LORENZ}&steps=300&precision=decimal&digits=60")
    assert response.headers["attractor-arithmetic"] == "decimal; digits=60"
    values = ["1", "1", "1", "10", "28", "2.6666666666666665", "0.01"]
    expected = decimal_orbit(SYSTEMS["lorenz"], values, 300, 60)
    assert [tuple(r.values())[1:] for r in response.json()] == list(expected)


def test_beyond_the_range_of_decimal_records_are_null_and_a_header_says_where(client):
    response = client.get(f"{EXAMPLE}&precision=decimal&steps=100")
    left_at = int(response.headers["attractor-left-range-at"])
    records = response.json()
    assert 40 < left_at < 70
    assert all(isinstance(value, str) for value in list(records[left_at - 2].values())[1:])
    assert records[left_at - 1 :] == [{"n": n, "x": None, "y": None, "z": None} for n in range(left_at, 101)]


def test_the_same_beyond_decimal_in_auto(client):
    response = client.get(f"{EXAMPLE}&steps=100")
    assert response.headers["attractor-left-range-at"]
    assert response.json()[99] == {"n": 100, "x": None, "y": None, "z": None}


def test_what_calls_functions_goes_over_to_decimal_too_until_its_sines_end(client):
    orbit = "/calculation?system=thomas&x0=1e300&y0=0&z0=0&b=1e9&delta_t=1&steps=200"
    response = client.get(orbit)
    assert response.headers["attractor-arithmetic"] == "decimal; digits=28"
    assert response.json()[0] == {
        "n": 1,
        "x": "-9.99999999000000000000000000E+308",
        "y": "0",
        "z": "-0.9857504251603769966090475314",  # of sin 10³⁰⁰, by mpmath with 400 digits
    }
    assert response.headers["attractor-left-range-at"] == "79"  # x is past 10¹⁰⁰⁰ at 78
    assert response.json()[-1] == {"n": 200, "x": None, "y": None, "z": None}
    assert client.get(f"{orbit}&precision=double").json()[0]["x"] is None
    assert client.get(f"{orbit}&precision=decimal").json() == response.json()
    (fault,) = client.get(f"{orbit}00").json()["errors"]
    assert fault["parameter"] == "steps"


def test_a_divergence_whose_decimal_evaluation_costs_too_much_is_refused_with_the_bound(client):
    response = client.get(f"{EXAMPLE}&steps=1000000")
    (fault,) = response.json()["errors"]
    assert response.status_code == 400
    assert fault["parameter"] == "steps"
    assert "leaves double's range at n = 9" in fault["problem"]
    bound = re.search(r"at most (\d+)", fault["allowed"])[1]
    assert client.get(f"{EXAMPLE}&steps={bound}").status_code == 200


def test_pandas_reads_the_records_as_they_are(client):
    table = pandas.read_json(io.StringIO(client.get(f"{LORENZ}&steps=50").text))
    assert list(table.columns) == ["n", "x", "y", "z"]
    assert table.shape == (50, 4)
    assert table["n"].tolist() == list(range(1, 51))


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_every_systems_example_works(client, system):
    response = client.get(client.get(f"/systems/{system.name}").json()["example"])
    assert response.status_code == 200
    assert [list(record) for record in response.json()] == [["n", *system.state]] * 20


def test_head_has_the_headers_of_get_and_no_body(client):
    get, head = client.get(LORENZ), client.head(LORENZ)
    assert head.content == b""
    own = {"date": 0, "x-request-id": 0}
    assert {**head.headers, **own} == {**get.headers, **own}


def test_a_refusal_is_a_problem_that_names_every_culprit(client):
    response = client.get("/calculation?x0=a&y0=nan&z0=1e999&sgima=4&rho=&beta=1&beta=2&delta_t=%zz&steps=0")
    body = response.json()
    assert response.status_code == body["status"] == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert {e["parameter"] for e in body["errors"]} == {
        "x0",
        "y0",
        "z0",
        "sgima",
        "sigma",
        "rho",
        "beta",
        "delta_t",
        "steps",
    }
    assert {"parameter", "problem", "given", "allowed"} == set(body["errors"][0])
    assert body["type"] == "/problems/bad-query"
    assert body["title"] == "Bad Request"
    assert "beta: is given 2 times" in body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/systems/nothing", 404),
        ("GET", "/calculation/x", 404),
        ("PUT", "/calculation", 405),
        ("DELETE", "/calculation", 405),
        ("POST", "/", 405),
        ("PUT", "/systems", 405),
    ],
)
def test_a_wrong_path_or_method_is_a_problem_too(client, method, path, status):
    response = client.request(method, path)
    assert response.status_code == response.json()["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]
    assert ("allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /calculation?x0=\xff\xfe HTTP/1.1",
        b"GET /calculation?%ff=%00&&&=&=&x0 HTTP/1.1",
        b"GET /%ff%00 HTTP/1.1",
        b"GET /calculation?x0=" + b"1" * 60_000 + b" HTTP/1.1",
        b"GET /systems/%ff HTTP/1.1",
        b"GET /systems/" + b"x" * 5_000 + b" HTTP/1.1",
    ],
)
def test_no_request_line_makes_the_server_fail(address, request_line):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=300) as connection:
        connection.sendall(request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.match(rb"HTTP/1.1 4\d\d ", answer), answer[:200]
    assert b"Traceback" not in answer


def test_a_heavy_decimal_orbit_does_not_hold_up_the_others(client):
    heavy = f"{LORENZ}&steps=3000&precision=decimal&digits=1000"
    light = 0
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(client.head, heavy)
        while not answer.done():
            assert client.get(LORENZ).status_code == 200
            light += 1
        assert answer.result().status_code == 200
    assert light > 5


@pytest.mark.promise("Steps, digits and points are bounded by settings that only an operator moves")
def test_settings_move_the_bounds():
    ensemble = "/ensemble?system=henon&x0=0:1:8&y0=0:1:8&a=1.4&b=0.3"
    refused = (
        (f"{LORENZ}&steps=31", "steps", "a whole number from 1 to 30"),
        (f"{LORENZ}&precision=decimal&digits=41", "digits", "a whole number from 1 to 40"),
        (f"{ensemble}&steps=9", "x0", "at most 60"),
    )
    bounds = {"ATTRACTOR_MAX_STEPS": "30", "ATTRACTOR_MAX_DIGITS": "40", "ATTRACTOR_MAX_POINTS": "60"}
    with application(**bounds) as client:
        assert len(client.get(f"{LORENZ}&steps=30&precision=decimal&digits=40").json()) == 30
        for query, name, allowed in refused:
            answer = client.get(query)
            assert answer.status_code == 400, query
            (fault,) = answer.json()["errors"]
            assert (fault["parameter"], fault["allowed"]) == (name, allowed)
