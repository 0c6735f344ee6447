"""GET /calculation?correct=D: formats, refusals and what the headers say."""

from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.correct import correct_orbit
from attractor.core.edition import EDITION
from attractor.core.selection import Selection
from attractor.core.slicing import finish

START, PARAMETERS = ("0.1", "0.1"), ("1.4", "0.3")
HENON = "/calculation?system=henon&x0=0.1&y0=0.1&a=1.4&b=0.3"
LONG = f"{HENON}&steps=6000&skip=10&every=2&include_start=true&correct=12"


@pytest.fixture(scope="module")
def exact():
    given = [tuple(map(Decimal, values)) for values in (START, PARAMETERS)]
    return finish(correct_orbit(SYSTEMS["henon"], *given, Selection(6_000, 10, 2, True), 12)).rows


def read(answer, form):
    """The values as text, whatever the format."""
    match form:
        case "json":
            return [(row["x"], row["y"]) for row in answer.json()]
        case "columns":
            return list(zip(answer.json()["x"], answer.json()["y"], strict=True))
        case "ndjson":
            return [(row["x"], row["y"]) for row in map(eval, answer.text.splitlines())]
        case "csv":
            return [tuple(line.split(",")[1:]) for line in answer.text.splitlines()[1:]]
    table = pa.ipc.open_stream(answer.content).read_all() if form == "arrow" else pq.read_table(BytesIO(answer.content))
    return list(zip(table["x"].to_pylist(), table["y"].to_pylist(), strict=True))


@pytest.mark.parametrize("form", ["json", "columns", "ndjson", "csv", "arrow", "parquet"])
def test_every_format_has_every_digit_as_text(client, exact, form):
    answer = client.get(f"{LONG}&format={form}")
    assert answer.status_code == 200
    assert read(answer, form) == [tuple(map(str, row)) for row in exact]


def test_it_is_told_and_stands_in_the_canonical_url_in_place_of_the_precision(client):
    answer = client.get(f"{HENON}&steps=2&correct=9")
    assert answer.headers["attractor-arithmetic"] == "correct; digits=9"
    assert f"&include_start=false&correct=9&format=json&edition={EDITION}>" in answer.headers["link"]
    assert "precision" not in answer.headers["link"]
    again = client.get(answer.links["canonical"]["url"])
    assert (again.content, again.headers["link"]) == (answer.content, answer.headers["link"])


def test_systems_with_functions_have_correct_digits_too(client):
    answer = client.get(
        "/calculation?system=clifford&x0=0.1&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7&steps=1000&every=500&correct=9"
    )
    assert answer.json() == [
        {"n": 500, "x": "-1.13388626", "y": "0.534356330"},
        {"n": 1000, "x": "-0.215670209", "y": "-0.911622815"},
    ]


@pytest.mark.parametrize(
    ("added", "culprits"),
    [
        ("correct=28&precision=decimal", ["precision"]),
        ("correct=28&digits=28&precision=auto", ["precision", "digits"]),
        ("correct=0", ["correct"]),
        ("correct=1001", ["correct"]),
        ("correct=2.5&precision=decimal", ["correct"]),
        ("correct=", ["correct"]),
        ("correct=5&format=npy", ["format"]),
        ("correct=5&steps=0", ["steps"]),
        ("correct=5&steps=900000000&every=900000000", ["steps"]),
        ("correct=1000&steps=900000", ["correct"]),
    ],
)
def test_what_cannot_be_had_is_named(client, added, culprits):
    answer = client.get(f"{HENON}&{added}")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == culprits


def test_too_many_steps_are_refused_with_those_that_can_be_had(client):
    logistic = "/calculation?system=logistic&x0=0.1&r=4&correct=9&every=1000&steps="
    refusal = client.get(f"{logistic}2000000").json()["errors"]
    assert [error["parameter"] for error in refusal] == ["steps"]
    most = int(refusal[0]["allowed"].removeprefix("at most "))
    assert 1_000 < most < 2_000_000
    assert client.get(f"{logistic}{most}").status_code == 200


def test_a_tie_that_stays_undecided_is_refused_whatever_the_client_has(client):
    tie = "/calculation?system=clifford&x0=0&y0=0&a=1&b=1&c=0.15&d=0&correct=1&steps=1"
    for headers in ({}, {"if-none-match": "*"}):
        answer = client.get(tie, headers=headers)
        assert answer.status_code == 400
        assert "may be a tie" in answer.json()["errors"][0]["allowed"]
    assert client.get(tie.replace("correct=1", "correct=2")).json() == [{"n": 1, "x": "0.15", "y": "0"}]
