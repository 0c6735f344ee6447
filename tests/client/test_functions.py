"""`import attractor`: what its functions give is what the service answers."""

import inspect
import json
import os
import subprocess
import sys
import textwrap
from decimal import Decimal
from io import BytesIO

import numpy as np
import pandas
import pytest

import attractor
from attractor.api.endpoints.analyses import RESOURCES
from attractor.client.functions import PATHS
from attractor.client.resources import resource_at
from attractor.core.catalogue import SYSTEMS
from attractor.core.edition import EDITION
from tests.client.service import Sent, sending
from tests.conftest import ROOT

HENON = {"x0": 0.1, "y0": 0, "a": 1.4, "b": 0.3}
GRID = HENON | {"x0": "-1:1:4", "y0": [-0.5, 0, 0.5]}
ASKED = [
    ("orbit", HENON | {"steps": 50, "include_start": True}),
    ("orbit", {"x0": 1, "y0": 2, "z0": 3, "sigma": 4, "rho": 5, "beta": 1, "delta_t": 2, "system": "modified-lorenz"}),
    ("ensemble", GRID | {"steps": 10}),
    ("ensemble", GRID | {"steps": 10, "keep": "orbits", "every": 2}),
    ("lyapunov", HENON | {"a": "1.3:1.4:3", "steps": 500}),
    ("bifurcation", HENON | {"a": (1.2, 1.3, 1.4), "transient": 100, "kept": 4, "continuation": True}),
    ("fixed_points", {"a": [1.4, 1.3], "b": 0.3, "x": (-2, 2), "y": (-2, 2)}),
    ("horizon", HENON | {"steps": 20, "every": 5}),
    ("basins", {"system": "logistic", "x0": "-0.2:1.2:5", "r": 3.2, "steps": 100}),
]
NAMES = [f"{name}{i}" for i, (name, _) in enumerate(ASKED)]
SOME = pytest.mark.parametrize(("name", "values"), ASKED, ids=NAMES)


def asked(name: str, values: dict, at: str | None = None) -> attractor.Result:
    return getattr(attractor, name)(**{"system": "henon"} | values, at=at)


def test_there_is_a_function_for_each_path_that_computes():
    assert [*PATHS.values()] == [resource.path for resource in RESOURCES]
    assert {*PATHS} < {*attractor.__all__} <= {*dir(attractor)}
    with pytest.raises(AttributeError, match="nothing"):
        attractor.nothing  # noqa: B018


@SOME
def test_every_format_is_the_services_byte_for_byte(client, name, values):
    result = asked(name, values)
    url = result.url.rpartition("&format=")[0]
    assert result.body() == client.get(result.url).content
    for form in resource_at(PATHS[name]).formats:
        theirs = client.get(f"{url}&format={form}")
        if theirs.status_code == 200:
            assert result.body(form) == theirs.content, form
        else:
            with pytest.raises(attractor.Refused) as found:
                result.body(form)
            assert [vars_of(fault) for fault in found.value.faults] == theirs.json()["errors"]


def vars_of(fault) -> dict:
    return {name: getattr(fault, name) for name in fault.__struct_fields__}


@SOME
def test_a_service_gives_the_same(address, client, name, values):
    here, there = asked(name, values), asked(name, values, at=address)
    assert here.edition == there.edition == EDITION
    assert there.body("csv") == here.body("csv")
    assert there.url.startswith(f"{address}{PATHS[name]}?system=")
    assert client.get(there.url).content == here.body()
    np.testing.assert_array_equal(there.to_numpy(), here.to_numpy())


@SOME
def test_arrays_and_tables_hold_the_values(client, name, values):
    result = asked(name, values)
    records = client.get(f"{result.url.rpartition('&format=')[0]}&format=ndjson").text.splitlines()
    records = [json.loads(line) for line in records]
    frame, other = result.to_pandas(), result.to_polars()
    assert list(frame.columns) == other.columns == list(records[0])
    assert len(frame) == len(other) == len(records)
    rows = [(*each.values(),) for each in records]
    assert other.rows() == [tuple(row) for row in frame.itertuples(index=False)] == rows
    theirs = client.get(f"{result.url.rpartition('&format=')[0]}&format=npy")
    if theirs.status_code == 200:
        np.testing.assert_array_equal(result.to_numpy(), np.load(BytesIO(theirs.content)))


def test_decimals_are_the_doubles_nearest_to_them():
    found = asked(*ASKED[1])
    assert isinstance(found.to_pandas()["x"][0], str)
    array = found.to_numpy()
    assert array.dtype == np.float64
    assert array.shape == (20, 3)
    assert array[:, 2].tolist() == [float(text) for text in found.to_pandas()["z"]]


def test_records_with_text_are_an_array_of_records():
    array = asked(*ASKED[6]).to_numpy()
    assert array["stability"].tolist() == ["saddle"] * 4
    assert array.shape == (4,)


def test_an_answer_without_records_has_their_names_and_types():
    some, none = (attractor.fixed_points("henon", a=a, b=0.3) for a in (1.4, -5))
    assert none.to_numpy().shape == (0,)
    told, known = none.to_numpy().dtype, some.to_numpy().dtype
    assert told.names == known.names
    assert [told[name].kind for name in told.names] == [known[name].kind for name in known.names]
    assert [known[name].kind for name in ("cycle", "x", "stability", "multiplicity")] == ["i", "f", "U", "i"]
    assert "<th>cycle</th><th>point</th><th>x</th>" in none._repr_html_()
    assert list(none.to_pandas().columns) == list(some.to_pandas().columns)
    assert {*none.to_xarray().data_vars} == {*some.to_xarray().data_vars}


@pytest.mark.parametrize(
    ("place", "sizes", "coordinates"),
    [
        (0, {"n": 51}, ["n"]),
        (2, {"x0": 4, "y0": 3}, ["x0", "y0"]),
        (3, {"x0": 4, "y0": 3, "n": 5}, ["x0", "y0", "n"]),
        (4, {"a": 3}, ["a"]),
        (5, {"a": 3, "record": 4}, ["a"]),
        (6, {"record": 4}, ["a"]),
        (7, {"n": 4}, ["n"]),
        (8, {"x0": 5}, ["x0"]),
    ],
)
def test_a_dataset_is_over_what_is_swept(place, sizes, coordinates):
    result = asked(*ASKED[place])
    dataset, frame = result.to_xarray(), result.to_pandas()
    assert dict(dataset.sizes) == sizes
    assert list(dataset.coords) == coordinates
    assert {*dataset.data_vars, *dataset.coords} == {*frame.columns}
    assert dataset.attrs == {"url": result.url, "edition": EDITION}
    flat = dataset.to_dataframe().reset_index()[list(frame.columns)]
    pandas.testing.assert_frame_equal(flat, frame, check_dtype=False)


def test_one_point_has_no_dimension():
    dataset = attractor.lyapunov("henon", **HENON, steps=500).to_xarray()
    assert dict(dataset.sizes) == {}
    assert dataset["exponent1"].item() > 0


def test_one_iterate_keeps_its_number():
    dataset = attractor.ensemble("henon", **HENON, keep="orbits", steps=1).to_xarray()
    assert dict(dataset.sizes) == {"n": 1}
    assert dataset["n"].values.tolist() == [1]


def test_a_result_is_cited_and_saved(client, tmp_path):
    result = attractor.orbit("henon", **HENON)
    assert f"url = {{{result.url}}}" in result.cite()
    assert json.loads(result.cite("csl-json"))[0]["URL"] == result.url
    with pytest.raises(ValueError, match="known are bibtex, ris, csl-json"):
        result.cite("mla")
    for name in ("orbit.parquet", "orbit.csv"):
        result.save(tmp_path / name)
        form = name.partition(".")[2]
        assert (tmp_path / name).read_bytes() == client.get(result.url.replace("=json", f"={form}")).content
    with pytest.raises(ValueError, match=r"known here are \.json, \.ndjson"):
        result.save(tmp_path / "orbit.txt")
    result.save(tmp_path / "orbit.txt", format="csv")
    assert (tmp_path / "orbit.txt").read_bytes() == (tmp_path / "orbit.csv").read_bytes()


def test_a_notebook_shows_a_table_or_a_picture():
    html = attractor.orbit("henon", **HENON)._repr_html_()
    assert html.count("<tr>") == 11
    assert "<th>n</th><th>x</th><th>y</th>" in html
    assert "<p>…</p>" in html
    few = attractor.orbit("henon", **HENON, steps=10)
    assert "…" not in few._repr_html_()
    assert few._repr_png_() is few._repr_svg_() is None
    size = {"width": 160, "height": 120, "steps": 500}
    png, svg = (attractor.picture("henon", **HENON, **size, format=form) for form in ("png", "svg"))
    assert png._repr_png_().startswith(b"\x89PNG")
    assert "<svg" in svg._repr_svg_()
    assert png._repr_html_() is png._repr_svg_() is svg._repr_png_() is None
    for name in ("to_arrow", "to_numpy", "to_pandas", "to_polars", "to_xarray"):
        with pytest.raises(TypeError, match=rf"^{name}\(\) is of tables, and this is a picture"):
            getattr(png, name)()


def test_a_url_gives_a_result_whatever_its_host(address):
    url = "http://gone.example/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&format=csv"
    result = attractor.get(url)
    assert "&format=csv&" in result.url
    assert result.body() == attractor.get(url, at=address).body()
    assert len(result.to_pandas()) == 20


@pytest.mark.parametrize("at", [False, True])
def test_a_refusal_is_an_exception_that_holds_every_culprit(address, at):
    with pytest.raises(attractor.Refused) as found:
        attractor.lyapunov("henon", x0="a", y0=float("nan"), b=0.3, stepz=1, at=address if at else None)
    assert [fault.parameter for fault in found.value.faults] == ["x0", "y0", "stepz", "a"]
    assert found.value.status == 400
    assert "nearest known name is steps" in str(found.value)
    with pytest.raises(attractor.Refused, match="which the orbit needs since it leaves"):
        attractor.orbit("henon", x0=1e300, y0=0, a=1.4, b=0.3, steps=10_000_000, at=address if at else None)


def test_a_list_too_long_for_a_url_is_posted(address):
    many = [i / 7 for i in range(2_000)]
    here, there = (attractor.ensemble("henon", **HENON | {"x0": many}, steps=2, at=at) for at in (None, address))
    np.testing.assert_array_equal(here.to_numpy(), there.to_numpy())
    assert here.to_numpy().shape == (2_000, 2)


def test_a_busy_service_is_asked_again():
    body = attractor.orbit("henon", **HENON).body("arrow")
    busy = Sent(503, {"retry-after": "0"})
    with sending(busy, busy, Sent(200, {"content-length": str(len(body))}, body)) as (address, seen):
        assert len(attractor.orbit("henon", **HENON, at=address).to_pandas()) == 20
    assert len(seen) == 3
    with pytest.raises(attractor.Unreachable, match="cannot be reached"):
        attractor.orbit("henon", **HENON, at=address)
    with pytest.raises(ValueError, match="is no address of a service"):
        attractor.orbit("henon", **HENON, at="henon")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, ".1"),
        (np.float64(0.1), ".1"),
        (np.int64(3), "3"),
        (10**20, "1e20"),
        (Decimal("0.1000000000000000000001"), ".1000000000000000000001"),
        ("0.1000000000000000000001", ".1000000000000000000001"),
        (True, None),
    ],
)
def test_a_number_keeps_every_digit(value, text):
    if text is None:
        with pytest.raises(attractor.Refused):
            attractor.orbit("henon", **HENON | {"x0": value})
        return
    assert f"&x0={text}&" in attractor.orbit("henon", **HENON | {"x0": value}).url


def test_arrays_and_intervals_are_spelled_as_urls_spell_them():
    url = attractor.ensemble("henon", **HENON | {"x0": np.array([0.5, 0.25])}, steps=1).url
    assert "&x0=.5,.25&" in url
    assert "&x=-2:2&y=-3:3&" in asked("fixed_points", {"a": 1.4, "b": 0.3, "x": (-2, 2), "y": [-3, 3]}).url
    plane = attractor.picture("lorenz", **SYSTEMS["lorenz"].canonical, plane=("x", "z"), width=160, height=120, steps=9)
    assert "plane=x,z" in plane.url


def test_what_is_no_value_is_told_with_all_others():
    with pytest.raises(TypeError, match=r"x0 is of type dict; a is of type object: a value is a number, text,"):
        attractor.orbit("henon", x0={}, y0=0, a=object(), b=0.3)


def test_an_option_that_is_none_is_not_given():
    assert attractor.orbit("henon", **HENON, correct=None).url == attractor.orbit("henon", **HENON).url


def test_the_catalogue_is_told():
    assert [*attractor.systems()] == [*SYSTEMS]
    assert attractor.systems()["henon"].canonical == SYSTEMS["henon"].canonical


@pytest.mark.parametrize("library", ["pandas", "polars", "xarray"])
def test_a_library_that_is_missing_is_told_in_one_sentence(monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    result = attractor.orbit("henon", **HENON)
    with pytest.raises(ImportError, match=rf"to_{library}\(\) needs {library}, which is not installed: pip install"):
        getattr(result, f"to_{library}")()


@pytest.mark.parametrize("name", PATHS)
def test_the_signature_and_the_help_tell_every_option(name):
    function = getattr(attractor, name)
    parameters = inspect.signature(function).parameters
    for kind in resource_at(PATHS[name]).kinds.values():
        assert {*kind.parameters()} - {"system"} <= {*parameters}
        for option in {*kind.parameters()} - {"system"}:
            assert f"    {option}: " in function.__doc__
    assert function.__name__ == name


def test_types_tell_what_is_wrong_before_it_is_asked(tmp_path):
    """As who writes a program against `attractor` sees it in an editor."""
    (tmp_path / "right.py").write_text(
        textwrap.dedent("""
        import attractor
        from decimal import Decimal
        attractor.orbit("henon", x0=0.1, y0=0, a=Decimal("1.4"), b="0.3", steps=1000).to_numpy()
        attractor.orbit(x0=1, y0=2, z0=3, sigma=4, rho=5, beta=1, delta_t=2, precision="decimal", digits=50)
        attractor.lyapunov("henon", x0=0.1, y0=0, a="1:1.4:5", b=[0.2, 0.3]).to_pandas()
        attractor.fixed_points("henon", a=1.4, b=0.3, x=(-2, 2))
        attractor.picture("henon", x0=0.1, y0=0, a=1.4, b=0.3, theme="dark")
        attractor.picture("henon", of="lyapunov", x0=0.1, y0=0, a="1:1.4:5", b=0.3, exponent=2)
        """)
    )
    wrong = [
        'attractor.orbit("henom", x0=0.1)',
        'attractor.orbit("henon", x0=0.1, y0=0, a=1.4)',
        'attractor.orbit("henon", x0=0.1, y0=0, a=1.4, b=0.3, c=1)',
        'attractor.orbit("henon", x0=0.1, y0=0, a=1.4, b=0.3, steps="many")',
        'attractor.orbit("henon", x0=[0.1], y0=0, a=1.4, b=0.3)',
        'attractor.picture("henon", x0=0.1, y0=0, a=1.4, b=0.3, exponent=2)',
        'attractor.picture("henon", x0=0.1, y0=0, a=1.4, b=0.3, theme="grey")',
    ]
    (tmp_path / "wrong.py").write_text("\n".join(["import attractor", *wrong, ""]))
    files = [ROOT / "attractor/__init__.pyi", tmp_path / "right.py", tmp_path / "wrong.py"]
    options = ["--strict", "--config-file", os.devnull, "--cache-dir", tmp_path / "cache", "--follow-imports=skip"]
    command = [sys.executable, "-m", "mypy", *options, "--disable-error-code=no-any-unimported", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line and "__init__.pyi" not in line]
    assert {int(line.split(":")[1]) for line in errors if "wrong.py" in line} == {*range(2, 2 + len(wrong))}
    assert not [line for line in errors if "right.py" in line]


def test_the_types_are_those_of_the_queries():
    """What `make facts` writes."""
    command = [sys.executable, "-m", "cogapp", "--check", "-p", "from docs import facts", "attractor/__init__.pyi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_it_loads_nothing():
    code = "import sys; before = {*sys.modules}; import attractor; print(*sorted({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {each for each in done.stdout.split() if each.startswith("attractor.")}
    assert {each.partition(".")[0] for each in done.stdout.split()} <= {"attractor", "importlib", "warnings"}
