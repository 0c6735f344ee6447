"""A system whose step divides by zero is answered as any other: with null where there is no number."""

import io
from itertools import product

import numpy as np
import pytest

from attractor.api.endpoints.tables import ANALYSES
from attractor.api.formats import FORMATS
from tests.conftest import Patient, declaring, running_server

DECLARED = """
from attractor.core.catalogue import catalogued

@catalogued(title="A map that has poles", source="this test")
def poles(x=1, y=1, /, a=1, b=0.5):
    return a / x, y / (x - b)
"""
STARTS = [("0", "0"), ("-0", "1"), ("0.5", "0"), ("2", "1"), ("1e-320", "1"), ("1", "1")]
SWEPT = [
    "/ensemble?{}",
    "/ensemble?{}&keep=orbits&steps=10",
    "/lyapunov?{}&steps=200",
    "/horizon?{}&steps=20",
    "/bifurcation?{}&a=0:1:5",
    "/bifurcation?{}&a=0:1:5&continuation=true",
    "/basins?system=poles&x0=-1:1:11&y0=-1:1:11&b={b}&steps=200",
    "/fixed-points?system=poles&b={b}",
    "/fixed-points?system=poles&b={b}&period=3",
]
PICTURES = [
    "/picture?{}&steps=100",
    "/picture?{}&of=bifurcation&a=0:1:5",
    "/picture?{}&of=lyapunov&a=0:1:5&steps=200",
    "/picture?system=poles&of=basins&x0=-1:1:11&y0=-1:1:11&b={b}&steps=200",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Of a server with a system more, which is read from its source."""
    code = declaring(tmp_path_factory.mktemp("poles"), DECLARED)
    with running_server("-c", code) as (address, _), Patient(base_url=address) as client:
        yield client


def inputs(x, y, b):
    return f"system=poles&x0={x}&y0={y}&b={b}"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("precision", ["auto", "double", "decimal"])
def test_orbits_through_a_pole(client, name, precision):
    for (x, y), steps in product(STARTS, (5, 20_000)):
        query = f"{inputs(x, y, 0.5)}&a=1&steps={steps}&precision={precision}&format={name}"
        answer = client.get(f"/calculation?{query}")
        refused = name == "npy" and precision != "double"
        assert answer.status_code in ((200, 400) if refused else (200,)), (query, answer.text)


@pytest.mark.promise("At a pole there is no number, in any arithmetic")
def test_the_values_at_a_pole(client):
    query = f"/calculation?{inputs(0, 1, 0.5)}&a=1&steps=2"
    doubles = np.load(io.BytesIO(client.get(f"{query}&precision=double&format=npy").content))
    assert doubles.tolist() == [[np.inf, -2.0], [0.0, -0.0]]
    for precision, second in (("double", {"x": 0.0, "y": -0.0}), ("decimal", {"x": None, "y": None})):
        answer = client.get(f"{query}&precision={precision}")
        assert answer.json()[1] == {"n": 2} | second
        assert answer.headers["attractor-left-range-at"] == "1"


@pytest.mark.promise("An analysis through a pole is answered as any other")
@pytest.mark.parametrize("path", SWEPT)
def test_analyses_through_a_pole(client, path):
    starts = STARTS[:3] if "{}" in path else STARTS[:1]
    for (x, y), a, b in product(starts, (0, 1), (0.5, 1)):
        of_one = inputs(x, y, b) + ("" if "a=0:1:5" in path else f"&a={a}")
        answer = client.get(path.format(of_one, b=b) + ("" if "{}" in path else f"&a={a}"))
        assert answer.status_code == 200, (path, x, y, a, b, answer.text)
        answer.json()


@pytest.mark.parametrize("path", PICTURES)
def test_pictures_through_a_pole_are_drawn_or_refused_with_a_reason(client, path):
    for (x, y), b in product(STARTS[-2:] if "{}" in path else STARTS[:1], (0, 0.5)):
        of_one = inputs(x, y, b) + ("" if "a=0:1:5" in path else "&a=1")
        answer = client.get(path.format(of_one, b=b) + ("" if "{}" in path else "&a=1"))
        assert answer.status_code == 200 or "gives no picture" in answer.json()["errors"][0]["problem"], answer.text


def test_each_analysis_is_among_them():
    assert {path.partition("?")[0] for path in SWEPT} == {analysis.path for analysis in ANALYSES}
