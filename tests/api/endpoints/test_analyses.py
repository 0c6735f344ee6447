"""Many orbits and what they mean, over a real socket: systems of each dimension, and one that is declared here."""

import io
import json
from itertools import product
from math import log, sqrt

import httpx
import jsonschema
import numpy as np
import pandas as pd
import pyarrow.ipc
import pyarrow.parquet
import pytest

from attractor.api.endpoints.tables import ANALYSES
from attractor.core.catalogue import SYSTEMS
from tests.conftest import Patient, answer_of, declaring, parameters_of, running_server

NEW = """
from attractor.core.catalogue import catalogued

@catalogued(title="Coupled Hénon maps", source="this test")
def coupled_henon(x=0.1, y=0, u=0.2, v=0, /, a=1.1, b=0.3, c=0.05):
    return 1 - a * x * x + y + c * (u - x), b * x, 1 - a * u * u + v + c * (x - u), b * u
"""

NAMES = ["logistic", "henon", "lorenz", "coupled-henon"]
PATHS = [analysis.path for analysis in ANALYSES]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Of a server whose catalogue has one system more: one declaration, and nothing else."""
    code = declaring(tmp_path_factory.mktemp("declared"), NEW)
    with running_server("-c", code) as (address, _), Patient(base_url=address) as client:
        yield client


def entry(client, name):
    return client.get(f"/systems/{name}").json()


def url(client, path, name, **more):
    """A query of the canonical values, what it asks for made small."""
    system = entry(client, name)
    inputs = {n: f"{v:.17g}" for n, v in system["canonical"].items()}
    if path == "/fixed-points":
        inputs = {n: v for n, v in inputs.items() if n in system["parameters"]}
    if path == "/bifurcation":
        first = system["parameters"][0]
        value = system["canonical"][first]
        inputs[first] = f"{0.9 * value}:{value}:3"
    if path == "/basins":
        inputs |= {
            n: f"{system['canonical'][n]}:{system['canonical'][n] + 0.1}:3" for n in list(inputs)[:2] if "0" in n
        }
    steps = {"/ensemble": 50, "/lyapunov": 200, "/horizon": 20, "/basins": 2000}
    options = {"steps": steps[path]} if path in steps else {}
    query = {"system": name, **inputs, **options, **more}
    return f"{path}?" + "&".join(f"{n}={v}" for n, v in query.items())


def rows(client, address):
    return pd.read_csv(io.StringIO(client.get(address + "&format=csv").raise_for_status().text))


@pytest.mark.parametrize(("path", "name"), list(product(PATHS, NAMES)))
def test_each_works_for_systems_of_each_dimension_and_for_one_new_declaration(client, path, name):
    body = client.get(url(client, path, name)).raise_for_status().json()
    assert body["records"] or path == "/horizon"
    assert body["query"]["system"] == name
    system = entry(client, name)
    for analysis in ANALYSES:
        if analysis.path == path:
            assert set(body["query"]) >= set(analysis.first.options())  # defaults are said
    assert set(body["query"]) >= set(system["parameters"])


@pytest.mark.parametrize(("of", "path"), [("bifurcation",) * 2, ("basins",) * 2, ("lyapunov", "bifurcation")])
@pytest.mark.parametrize("name", ["henon", "lorenz", "coupled-henon"])
def test_so_does_each_picture(client, of, path, name):
    address = url(client, f"/{path}", name, of=of, **({"steps": 2000} if of == "lyapunov" else {}))
    response = client.get("/picture" + address.removeprefix(f"/{path}"))
    assert (response.status_code, response.headers["content-type"]) == (200, "image/png"), response.text
    density = url(client, "/calculation", name, steps=5000).replace("/calculation", "/picture")
    assert client.get(density).headers["content-type"] == "image/png"


@pytest.mark.parametrize("path", PATHS)
def test_formats_hold_the_same_records(client, path):
    address = url(client, path, "henon", **({} if path in ("/bifurcation", "/basins") else {"a": "1.1,1.4"}))
    answer = client.get(address)
    records = pd.DataFrame(answer.json()["records"])
    assert len(records) > 1

    def read(name):
        response = client.get(f"{address}&format={name}").raise_for_status()
        assert ("content-length" in response.headers) == (name in ("arrow", "npy") and path != "/fixed-points")
        return response.content

    assert pd.read_csv(io.BytesIO(read("csv"))).equals(records)
    assert pd.DataFrame(json.loads(read("columns"))).equals(records)
    assert pd.DataFrame(map(json.loads, read("ndjson").splitlines())).equals(records)
    table = pyarrow.ipc.open_stream(read("arrow")).read_all()
    assert pyarrow.parquet.read_table(io.BytesIO(read("parquet"))).equals(table)
    assert pd.DataFrame(table.to_pydict()).equals(records)
    assert table.schema.metadata[b"system"] == b"henon"
    assert b'"steps"' in table.schema.metadata[b"query"] or path in ("/bifurcation", "/fixed-points")
    if path in ("/horizon", "/fixed-points"):
        assert client.get(address + "&format=npy").status_code == 400
    else:
        array = np.load(io.BytesIO(read("npy")))
        bare = records.to_numpy()[:, records.shape[1] - (array.shape[-1] if path != "/bifurcation" else 1) :]
        assert np.array_equal(array.reshape(bare.shape), bare)
        assert array.size == bare.size


@pytest.mark.parametrize("name", NAMES)
def test_an_ensemble_has_the_bits_of_each_orbit_alone(client, name):
    system = entry(client, name)
    first, last = system["inputs"][0], system["inputs"][-1]
    x, p = system["canonical"][first], system["canonical"][last]
    swept = {first: f"{x},{x + 0.01}", last: f"{0.9 * p}:{p}:3"}
    finals = rows(client, url(client, "/ensemble", name, **swept))
    orbits = rows(client, url(client, "/ensemble", name, **swept, keep="orbits", skip=7, every=3))
    whole = np.load(io.BytesIO(client.get(url(client, "/ensemble", name, **swept, format="npy")).content))
    assert whole.shape == (2, 3, system["dimension"])
    assert np.array_equal(whole.reshape(6, -1), finals[system["state"]].to_numpy())
    for i, row in finals.iterrows():
        point = {first: repr(float(row[first])), last: repr(float(row[last]))}
        alone = client.get(url(client, "/calculation", name, **point, steps=50, precision="double")).json()
        assert alone[-1] == {"n": 50, **{c: row[c] for c in system["state"]}}
        mine = orbits.iloc[14 * i : 14 * (i + 1)]
        assert mine["n"].tolist() == list(range(9, 51, 3))
        assert mine[system["state"]].to_dict("records") == [
            {c: r[c] for c in system["state"]} for r in alone if r["n"] > 7 and r["n"] % 3 == 0
        ]


def test_long_orbits_of_an_ensemble_come_one_after_the_other(client):
    address = url(client, "/ensemble", "henon", x0="0.1,0.2", keep="orbits", steps="20000", every="2")
    found = rows(client, address)
    assert found["n"].tolist() == 2 * list(range(2, 20001, 2))
    alone = rows(client, url(client, "/calculation", "henon", x0="0.2", steps="20000", every="2"))
    assert found.iloc[10000:][["x", "y"]].to_numpy().tolist() == alone[["x", "y"]].to_numpy().tolist()


def test_orbits_of_many_points_are_told_apart(client):
    found = rows(client, url(client, "/ensemble", "logistic", x0="0:0.5:200", r=4, keep="orbits", steps=2))
    x0 = np.repeat(np.linspace(0, 0.5, 200), 2)
    assert np.allclose(found["x0"], x0)
    assert np.allclose(found["x"][::2], 4 * x0[::2] * (1 - x0[::2]))


def test_a_large_ensemble_is_whole_and_in_order(client):
    address = url(client, "/ensemble", "logistic", x0="0.1:0.9:300", r="3:4:300", steps="3")
    found = np.load(io.BytesIO(client.get(address + "&format=npy").content))
    x, r = np.meshgrid(np.linspace(0.1, 0.9, 300), np.linspace(3, 4, 300), indexing="ij")
    for _ in range(3):
        x = r * x * (1 - x)
    assert np.allclose(found[..., 0], x, rtol=1e-9)


# J. C. Sprott, Chaos and Time-Series Analysis, Oxford (2003), appendix A, but for ln 2, which is exact.
def test_published_lyapunov_spectra(client):
    (henon,) = client.get(url(client, "/lyapunov", "henon", steps=1_000_000)).json()["records"]
    assert [henon["exponent1"], henon["exponent2"]] == pytest.approx([0.41922, -1.62319], abs=1e-3)
    assert abs(henon["exponent1"] - 0.41922) < 5 * henon["error1"]
    assert henon["exponent1"] + henon["exponent2"] == pytest.approx(log(0.3), abs=1e-12)  # the mean log |det J|
    assert henon["kaplan_yorke"] == pytest.approx(1.2583, abs=1e-3)
    (logistic,) = client.get(url(client, "/lyapunov", "logistic", r=4, steps=200_000)).json()["records"]
    assert logistic["exponent1"] == pytest.approx(log(2), abs=1e-3)
    (standard,) = client.get(url(client, "/lyapunov", "standard", steps=20_000)).json()["records"]
    assert standard["exponent1"] + standard["exponent2"] == pytest.approx(0, abs=1e-12)
    lorenz = url(client, "/lyapunov", "lorenz", delta_t=0.001, steps=1_000_000, transient=20_000)
    (lorenz,) = client.get(lorenz).json()["records"]
    assert [lorenz[f"per_time{i}"] for i in (1, 2, 3)] == pytest.approx([0.9056, 0, -14.572], abs=0.08)
    assert lorenz["per_time1"] == pytest.approx(lorenz["exponent1"] / 0.001)


def doubling(client, period, low, high):
    """Where the logistic map's attractor goes from `period` points to twice as many: in the data, ever closer."""
    for _ in range(3):
        address = url(client, "/bifurcation", "logistic", r=f"{low}:{high}:41", transient=100_000, kept=64)
        values = np.load(io.BytesIO(client.get(address + "&format=npy").content))
        counts = np.array([len(np.unique(np.round(row, 5))) for row in values])
        at = int(np.argmax(counts > period))
        assert counts[0] == period < counts[at]
        grid = np.linspace(low, high, 41)
        low, high = grid[at - 1], grid[at]
    return high


def test_period_doublings_and_the_feigenbaum_ratio_from_the_diagram(client):  # J. Stat. Phys. 19, 25 (1978)
    at = [
        doubling(client, period, *window)
        for period, window in [(1, (2.9, 3.1)), (2, (3.4, 3.5)), (4, (3.53, 3.55)), (8, (3.56, 3.566))]
    ]
    assert at[0] == pytest.approx(3, abs=1e-3)
    assert at[1] == pytest.approx(1 + sqrt(6), abs=1e-4)
    assert at[2] == pytest.approx(3.5441, abs=1e-4)
    assert (at[2] - at[1]) / (at[3] - at[2]) == pytest.approx(4.669, rel=0.01)
    accumulated = url(client, "/bifurcation", "logistic", r="3.5699,3.58", transient=100_000, kept=512)
    values = np.load(io.BytesIO(client.get(accumulated + "&format=npy").content))
    assert [len(np.unique(np.round(row, 6))) >= 32 for row in values] == [True, True]


def test_continuation_goes_on_from_the_last_state(client):
    address = url(client, "/bifurcation", "henon", a="1.2,1.2,1.3", kept=5, transient=0, coordinate="y")
    apart, continued = rows(client, address), rows(client, address + "&continuation=true")
    assert list(apart) == list(continued) == ["a", "y"]
    assert apart["a"].tolist() == continued["a"].tolist() == [1.2] * 10 + [1.3] * 5
    orbit = rows(client, url(client, "/calculation", "henon", a=1.2, steps=10))["y"].tolist()
    assert apart["y"].tolist()[:10] == orbit[:5] * 2
    assert continued["y"].tolist()[:10] == orbit


def test_fixed_points_in_closed_form(client):
    henon = client.get(url(client, "/fixed-points", "henon")).json()
    expected = [(-0.7 + sign * sqrt(0.49 + 4 * 1.4)) / 2.8 for sign in (-1, 1)]
    assert [r["x"] for r in henon["records"]] == pytest.approx(expected, rel=1e-15)
    assert {r["stability"] for r in henon["records"]} == {"saddle"}
    assert henon["complete"]
    assert not client.get(url(client, "/fixed-points", "modified-lorenz")).json()["complete"]  # (0, y, 0) for any y
    lorenz = client.get(url(client, "/fixed-points", "lorenz")).json()["records"]
    side = sqrt(8 / 3 * 27)
    assert [r["x"] for r in lorenz] == pytest.approx([-side, 0, side])
    # P. Glendinning, C. Sparrow: at the origin the flow has -8/3 and (-11 ± sqrt(1201))/2; the Euler map 1 + dt times
    flow = sorted([-8 / 3, (-11 + sqrt(1201)) / 2, (-11 - sqrt(1201)) / 2])
    assert sorted(lorenz[1][f"real{i}"] for i in (1, 2, 3)) == pytest.approx([1 + 0.01 * v for v in flow])
    swept = client.get(url(client, "/fixed-points", "logistic", r="2,3.2", period=2)).json()["records"]
    assert [(r["r"], r["cycle"], r["point"], r["stability"]) for r in swept] == [
        (3.2, 1, 1, "stable"),
        (3.2, 1, 2, "stable"),
    ]


def test_a_region_and_what_is_proven_of_it(client):
    whole = client.get(url(client, "/fixed-points", "standard")).json()
    assert [(r["theta"], r["p"], r["stability"]) for r in whole["records"]] == [
        (0.0, 0.0, "saddle"),
        (3.141592653589793, 0.0, "neutral"),
    ]
    assert [whole[name] for name in ("complete", "region", "undecided", "continuum")] == [True, None, [], False]
    part = client.get(url(client, "/fixed-points", "henon", x="0:2.0", y="-1:1")).json()
    assert (part["query"]["x"], part["query"]["y"]) == ("0:2", "-1:1")
    assert part["region"] == {"x": [0, 2], "y": [-1, 1]}
    assert [r["multiplicity"] for r in part["records"]] == [1]
    cycles = client.get(url(client, "/fixed-points", "gingerbreadman", period=6, x="0:2", y="0:2")).json()
    assert (cycles["complete"], cycles["continuum"]) == (False, True)
    assert all(box.keys() == {"x", "y"} for box in cycles["undecided"])


def test_the_first_n_of_a_horizon_does_not_depend_on_what_is_told(client):
    found = [
        client.get(url(client, "/horizon", "henon", x0=0.1, steps=100, every=every)).json() for every in (1, 7, 50)
    ]
    assert len({answer["horizons"][0]["horizon"] for answer in found}) == 1
    assert [len(answer["records"]) for answer in found] == [100, 14, 2]
    near = {"theta0": 3.141592653589793, "p0": 0, "k": 0.9, "steps": 20}
    assert client.get(url(client, "/horizon", "standard", **near)).json()["horizons"][0]["horizon"] is None


def test_the_horizon_of_a_chaotic_orbit_follows_its_exponent(client):
    answer = client.get(url(client, "/horizon", "logistic", r=4, x0="0.1,0.23,0.3,0.37", steps=60)).json()
    assert [45 <= h["horizon"] <= 60 for h in answer["horizons"]] == [True] * 4
    frame = pd.DataFrame(answer["records"])
    slopes = [np.polyfit(g["n"][2:44], g["digits"][2:44], 1)[0] for _, g in frame.groupby("x0")]
    assert np.mean(slopes) == pytest.approx(-log(2) / log(10), rel=0.1)
    earlier = client.get(url(client, "/horizon", "logistic", r=4, x0=0.3, steps=60, least=8)).json()
    assert earlier["horizons"][0]["horizon"] < answer["horizons"][2]["horizon"]
    assert client.get(url(client, "/horizon", "logistic", r=2, x0=0.25)).json()["horizons"][0]["horizon"] is None


BAD = ["1:1:5", "1:2:1000000000", "nan:1:5", "0:inf:5", "1::5", "1:2", "0:1:1", "1,,2"]


@pytest.mark.parametrize(("path", "bad"), list(product(PATHS, BAD)))
def test_bad_ranges_get_the_same_400_everywhere(client, path, bad):
    response = client.get(url(client, path, "henon", b=bad))
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    (fault,) = [error for error in response.json()["errors"] if error["parameter"] == "b"]
    assert fault["given"] == bad
    assert "start:stop:count" in fault["allowed"]
    other = client.get(url(client, "/ensemble", "henon", b=bad)).json()["errors"]
    assert [fault["problem"]] == [error["problem"] for error in other]


@pytest.mark.promise("The records of an analysis are bounded")
@pytest.mark.parametrize(
    ("path", "name", "changes", "culprit"),
    [
        ("/ensemble", "henon", {"x0": "0:1:10000", "y0": "0:1:10000"}, "x0"),
        ("/ensemble", "henon", {"x0": "0:1:100000", "steps": 100_000_000}, "steps"),
        ("/ensemble", "henon", {"skip": 5}, "skip"),
        ("/ensemble", "henon", {"skip": 50, "keep": "orbits"}, "skip"),
        ("/ensemble", "henon", {"every": 51, "keep": "orbits"}, "every"),
        ("/ensemble", "henon", {"keep": "all"}, "keep"),
        ("/ensemble", "henon", {"x0": "0:1:1000000", "keep": "orbits", "steps": 1000}, "x0"),
        ("/lyapunov", "henon", {"steps": 5}, "steps"),
        ("/lyapunov", "henon", {"x0": "0:1:1000000", "steps": 1_000_000}, "steps"),
        ("/bifurcation", "henon", {"x0": "0:1:5"}, "x0"),
        ("/bifurcation", "henon", {"b": "0:1:5"}, "b"),
        ("/bifurcation", "henon", {"a": "1"}, "a"),
        ("/bifurcation", "henon", {"coordinate": "z"}, "coordinate"),
        ("/bifurcation", "henon", {"kept": 0}, "kept"),
        ("/fixed-points", "henon", {"x0": 0}, "x0"),
        ("/fixed-points", "henon", {"period": 100}, "period"),
        ("/fixed-points", "henon", {"a": "1:2:500000"}, "a"),
        ("/basins", "henon", {"b": "0:1:5"}, "b"),
        ("/basins", "henon", {"x0": 0, "y0": 0}, "x0"),
        ("/basins", "henon", {"x0": "0:1:2000", "y0": "0:1:2000"}, "x0"),
        ("/basins", "henon", {"escape": 0}, "escape"),
        ("/horizon", "ikeda", {"steps": 200_000}, "steps"),
        ("/horizon", "logistic", {"r": 4, "steps": 400_000}, "steps"),
        ("/horizon", "logistic", {"steps": 1_000_000, "r": 4}, "steps"),
        ("/horizon", "logistic", {"least": 0}, "least"),
        ("/horizon", "logistic", {"least": 17.5}, "least"),
        ("/fixed-points", "henon", {"x": "-2:2"}, "y"),
        ("/fixed-points", "henon", {"x": "2:-2", "y": "-1:1"}, "x"),
        ("/fixed-points", "henon", {"x": "-2:inf", "y": "-1:1"}, "x"),
        ("/fixed-points", "henon", {"x": "1:1", "y": "-1:1"}, "x"),
        ("/fixed-points", "logistic", {"x": "-2:2", "y": "-1:1"}, "y"),
        ("/horizon", "logistic", {"every": 21}, "every"),
    ],
)
def test_what_cannot_be_had_is_refused_with_its_culprit(client, path, name, changes, culprit):
    response = client.get(url(client, path, name, **changes))
    assert response.status_code == 400, response.text[:300]
    assert culprit in {error["parameter"] for error in response.json()["errors"]}


@pytest.mark.parametrize("path", PATHS)
def test_caching_is_that_of_orbits(client, path):
    response = client.get(url(client, path, "henon"))
    canonical = httpx.URL(response.headers["link"].partition(";")[0].strip("<>"))
    assert str(canonical).startswith(f"{path}?system=henon&")
    again = client.get(canonical)
    assert (again.content, again.headers["etag"]) == (response.content, response.headers["etag"])
    assert again.headers["link"] == response.headers["link"]
    kept = client.get(canonical, headers={"if-none-match": response.headers["etag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    head = client.head(canonical)
    assert (head.headers["etag"], head.content) == (response.headers["etag"], b"")
    assert client.put(canonical).status_code == 405
    assert (
        client.get(canonical.copy_remove_param("format"), headers={"accept": "text/csv"})
        .headers["content-type"]
        .startswith("text/csv")
    )
    assert client.get(canonical.copy_remove_param("format"), headers={"accept": "a/b"}).status_code == 406


def test_every_digit_of_the_query_is_repeated(client):
    digits = "0.12345678901234567890123456789"
    address = url(client, "/horizon", "henon", x0=digits)
    assert f'"x0":"{digits}",' in client.get(address).text  # more than a double holds
    table = pyarrow.ipc.open_stream(client.get(address + "&format=arrow").content).read_all()
    assert digits.removeprefix("0") in table.schema.metadata[b"query"].decode()


def test_every_analysis_is_described_with_its_parameters(client):
    document = client.get("/openapi.json").json()
    for analysis in ANALYSES:
        parameters = parameters_of(document, analysis.path)
        assert set(parameters) >= set(analysis.first.parameters())
        assert "coupled-henon" in parameters["a"]["examples"]


@pytest.mark.parametrize("path", PATHS)
def test_the_document_says_what_json_answers_hold(client, path):
    document = client.get("/openapi.json").json()
    schema = answer_of(document, path)["content"]["application/json"]["schema"] | {"components": document["components"]}
    for form in ("json", "columns"):
        answer = client.get(url(client, path, "coupled-henon", format=form)).json()
        jsonschema.validate(answer, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(answer | {"more": 1}, schema)
    refusal = document["components"]["responses"]["400"]["content"]["application/problem+json"]["schema"]
    jsonschema.validate(client.get(f"{path}?x0=nan").json(), refusal | {"components": document["components"]})


def test_no_option_has_the_name_of_an_input():
    inputs = {name for system in SYSTEMS.values() for name in system.inputs}
    assert not inputs & {name for analysis in ANALYSES for name in analysis.first.parameters()}


def test_an_infinite_exponent_is_told_in_every_format(client):
    """x0 = 1/2 is on the superstable fixed point of r = 2, and at r = 5 it escapes."""
    address = url(client, "/lyapunov", "logistic", x0=0.3, r="2,4,5", steps=100)
    records = client.get(address).json()["records"]
    assert [record["exponent1"] for record in records][::2] == ["-Infinity", None]
    assert records[0] == {"r": 2, "exponent1": "-Infinity", "error1": None, "kaplan_yorke": 0, "entropy": 0}
    lines = client.get(address + "&format=csv").text.splitlines()
    assert lines[0] == "r,exponent1,error1,kaplan_yorke,entropy"
    assert lines[1] == "2.0,-inf,NaN,0.0,0.0"
    assert lines[3] == "5.0,NaN,NaN,NaN,NaN"
    read = pd.read_csv(io.StringIO("\n".join(lines)))
    assert read["exponent1"].dtype == np.float64
    assert client.get(address + "&format=columns").json()["exponent1"][0] == "-Infinity"
    assert np.load(io.BytesIO(client.get(address + "&format=npy").content))[0, 0] == -np.inf
    stream = pyarrow.ipc.open_stream(client.get(address + "&format=arrow").content).read_all()
    assert stream["exponent1"][0].as_py() == -np.inf


def test_the_exponents_of_a_flow_have_errors_per_unit_time(client):
    (record,) = client.get(url(client, "/lyapunov", "lorenz", delta_t=0.002, steps=5000)).json()["records"]
    for i in (1, 2, 3):
        assert record[f"per_time_error{i}"] == pytest.approx(record[f"error{i}"] / 0.002)
    assert record["entropy"] == pytest.approx(record["exponent1"] + max(0, record["exponent2"]))


@pytest.mark.parametrize("path", PATHS)
def test_ranges_may_descend_everywhere(client, path):
    """Descending values are those of the ascending range, in the other order."""
    varied, ascending = ("x0", "-1:0.5:5") if path == "/basins" else ("a", "1.1:1.3:5")
    first, last, count = ascending.split(":")
    up = rows(client, url(client, path, "henon", **{varied: ascending}))
    down = rows(client, url(client, path, "henon", **{varied: f"{last}:{first}:{count}"}))
    assert list(up) == list(down)
    assert list(dict.fromkeys(down[varied])) == list(dict.fromkeys(up[varied]))[::-1]


def test_a_continued_diagram_says_where_it_restarts(client):
    address = url(client, "/bifurcation", "logistic", x0=0.2, r="0:4.5:10", kept=2, continuation="true")
    answer = client.get(address).json()
    assert list(answer) == ["query", "edition", "records", "escaped", "restarted", "restarts"]
    assert [(restart["value"], restart["reason"]) for restart in answer["restarts"]] == [(1.5, "absorbed")]
    assert answer["restarted"] == answer["escaped"] == 1
    assert [record["x"] for record in answer["records"]][8:10] == pytest.approx([1 / 2, 1 / 2])
    down = client.get(address.replace("0:4.5:10", "4.5:0:10")).json()
    assert [(restart["value"], restart["reason"]) for restart in down["restarts"]] == [(4.0, "escaped")]


@pytest.mark.parametrize(("path", "name"), [("/bifurcation", "a"), ("/basins", "x0")])
def test_what_is_given_but_not_swept_is_not_said_to_be_missing(client, path, name):
    response = client.get(url(client, path, "henon", **({"a": 1.4} if name == "a" else {"x0": 0.5, "y0": 0})))
    (fault,) = response.json()["errors"]
    assert (fault["parameter"], fault["given"]) == (name, {"a": "1.4", "x0": "0.5"}[name])
    assert "is not swept" in fault["problem"]
