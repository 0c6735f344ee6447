"""Every format over a real socket, opened by the library that its users open it with."""

import gc
import io
import json
import math
import os
import shutil
import subprocess
import sys

import msgspec
import numpy as np
import orjson
import pandas
import polars
import pyarrow.ipc
import pyarrow.parquet
import pytest

from attractor.api.endpoints.calculation import Calculation
from attractor.api.formats import FORMATS
from attractor.api.formats.table import Column
from attractor.api.limits.scheduler import finish_at_once
from attractor.api.settings import Settings
from attractor.core.catalogue import SYSTEMS
from attractor.core.kernel import orbit_kernel
from attractor.core.selection import Block

LORENZ = "/calculation?system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"
EXAMPLE = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"


def json_lines(data):
    return pandas.read_json(io.BytesIO(data), lines=True)


OPENED = {
    "json": [lambda data: pandas.read_json(io.BytesIO(data)), lambda data: polars.read_json(io.BytesIO(data))],
    "columns": [lambda data: pandas.DataFrame(json.loads(data)), lambda data: pandas.read_json(io.BytesIO(data))],
    "ndjson": [json_lines, lambda data: polars.read_ndjson(io.BytesIO(data))],
    "csv": [
        lambda data: pandas.read_csv(io.BytesIO(data)),
        lambda data: polars.read_csv(io.BytesIO(data)),
    ],
    "arrow": [
        lambda data: pyarrow.ipc.open_stream(io.BytesIO(data)).read_all().to_pandas(),
        lambda data: polars.read_ipc_stream(io.BytesIO(data)),
    ],
    "parquet": [
        lambda data: pandas.read_parquet(io.BytesIO(data)),
        lambda data: polars.read_parquet(io.BytesIO(data)),
    ],
}
PANDAS_JSON = {OPENED["json"][0], OPENED["columns"][1], json_lines}  # whose parser may miss the last bit


def lorenz(steps):
    orbit = np.empty((steps, 3))
    orbit_kernel(SYSTEMS["lorenz"])((1.0, 1.0, 1.0), (10.0, 28.0, 2.6666666666666665, 0.01), 1, orbit)
    return orbit


@pytest.mark.parametrize("steps", [20, 300_000])
@pytest.mark.parametrize(
    ("name", "opened"), [(n, o) for n, each in OPENED.items() for o in each], ids=lambda v: v if v in OPENED else ""
)
def test_a_table_opens_with_the_bits_of_the_orbit(client, name, opened, steps):
    frame = opened(client.get(f"{LORENZ}&steps={steps}&format={name}").content)
    assert list(frame.columns) == ["n", "x", "y", "z"]
    assert list(frame["n"]) == list(range(1, steps + 1))
    found, expected = frame[["x", "y", "z"]].to_numpy(), lorenz(steps)
    if opened in PANDAS_JSON:
        assert np.allclose(found, expected, rtol=1e-14, atol=1e-14)
    else:
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("steps", [20, 300_000])
def test_npy_opens_with_the_bits_of_the_orbit(client, steps):
    response = client.get(f"{LORENZ}&steps={steps}&format=npy")
    found = np.load(io.BytesIO(response.content))
    assert (found.dtype, found.flags.c_contiguous) == (np.float64, True)
    assert np.array_equal(found, lorenz(steps))
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize("name", [*OPENED, "npy"])
@pytest.mark.parametrize("steps", [50, 400_000])
def test_a_selection_keeps_the_true_n(client, name, steps):
    skip, every = steps // 3, steps // 11
    url = f"{LORENZ}&steps={steps}&skip={skip}&every={every}&include_start=true&format={name}"
    data = client.get(url).content
    n = [0, *(m for m in range(every, steps + 1, every) if m > skip)]
    expected = np.vstack([(1.0, 1.0, 1.0), lorenz(steps)])[n]
    if name == "npy":
        assert np.array_equal(np.load(io.BytesIO(data)), expected)
    else:
        frame = OPENED[name][-1](data)
        assert list(frame["n"]) == n
        assert np.allclose(frame[["x", "y", "z"]].to_numpy(), expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_batches_that_blocks_do_not_fit_hold_each_record_once(client, name):
    data = client.get(f"{LORENZ}&steps=300000&every=2&include_start=true&format={name}").content
    frame = OPENED[name][-1](data)
    assert np.array_equal(frame["n"], np.arange(0, 300_001, 2))
    assert np.array_equal(frame[["x", "y", "z"]], np.vstack([(1.0, 1.0, 1.0), lorenz(300_000)])[::2])


@pytest.mark.parametrize("is_left", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_an_answer_written_or_left_leaves_nothing_behind(name, is_left):
    query = Calculation().read(f"{LORENZ}&steps=5000&format={name}".partition("?")[2].encode(), Settings(), None)

    def write():
        answer = finish_at_once(Calculation().compute(query, Settings(), 1))
        chunks = FORMATS[name].write(answer)
        next(chunks)
        if is_left:
            chunks.close()
        assert bool(list(chunks)) != is_left

    def blocks(times):
        for _ in range(times):
            write()
        gc.collect()
        return sys.getallocatedblocks()

    before = blocks(20)
    assert blocks(200) - before < 200


def test_an_arrow_stream_says_its_length(client):
    for steps in (1, 131_072, 300_000):
        response = client.get(f"{LORENZ}&steps={steps}&format=arrow")
        assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize(
    ("opened", "name"),
    [
        (lambda data: pyarrow.ipc.open_stream(io.BytesIO(data)).schema, "arrow"),
        (lambda data: pyarrow.parquet.read_schema(io.BytesIO(data)), "parquet"),
    ],
)
def test_a_typed_table_says_what_it_is(client, opened, name):
    schema = opened(client.get(f"{LORENZ}&format={name}").content)
    assert [str(field.type) for field in schema] == ["int64", "double", "double", "double"]
    metadata = schema.metadata
    assert (metadata[b"system"], metadata[b"precision"]) == (b"lorenz", b"double")
    assert b"version" not in metadata  # which headers tell: a release that changes no number changes no byte
    assert json.loads(metadata[b"parameters"])["beta"] == "2.6666666666666665"


@pytest.mark.parametrize("name", ["arrow", "parquet", "csv", "ndjson", "columns"])
def test_decimals_keep_their_digits(client, name):
    records = client.get(f"{EXAMPLE}&precision=decimal&digits=40&steps=60").json()
    data = client.get(f"{EXAMPLE}&precision=decimal&digits=40&steps=60&format={name}").content
    if name == "columns":
        table = json.loads(data)
        found = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    elif name == "csv":
        frame = pandas.read_csv(io.BytesIO(data), dtype={"x": str, "y": str, "z": str})
        found = frame.astype(object).where(frame.notna(), None).to_dict("records")
    elif name == "ndjson":
        found = [json.loads(line) for line in data.splitlines()]
    elif name == "arrow":
        found = pyarrow.ipc.open_stream(io.BytesIO(data)).read_all().to_pylist()
    else:
        found = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    assert found == records
    assert records[-1]["n"] == 60


def test_what_leaves_the_range_is_kept_as_ieee_says_in_binary_and_missing_in_text(client):
    url = f"{EXAMPLE}&precision=double"
    array = np.load(io.BytesIO(client.get(f"{url}&format=npy").content))
    table = pyarrow.ipc.open_stream(io.BytesIO(client.get(f"{url}&format=arrow").content)).read_all()
    assert np.array_equal(array[:, 0], table["x"].to_numpy(), equal_nan=True)
    assert math.isinf(array[8, 0])
    assert math.isnan(array[19, 0])
    assert client.get(f"{url}&format=csv").text.splitlines()[20] == "20,NaN,NaN,NaN"
    assert client.get(f"{url}&format=ndjson").text.splitlines()[19] == '{"n":20,"x":null,"y":null,"z":null}'
    assert client.get(f"{url}&format=columns").json()["x"][8:] == [None] * 12


NANS = np.array([0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001], np.uint64).view(np.float64)
"""One as AArch64 makes it, one as x86, and one that tells more."""


@pytest.mark.promise("A nan in an answer has the same bits on every machine")
@pytest.mark.parametrize("name", ["npy", "arrow", "parquet"])
def test_every_nan_has_the_same_bits(name):

    class Given:
        every, records, preface, bare, shape, metadata = 1, 3, b"", 0, (3, 3), {}
        columns = Column("x"), Column("label", "whole"), Column("y")

        def blocks(self, *_):
            return iter([Block(0, np.column_stack([[0.25, -0.0, -np.inf], [1.0, 2.0, 3.0], NANS]), None)])

    class Bare(Given):
        columns = Column("x"), Column("label"), Column("y")

    data = b"".join(part for part in FORMATS[name].write(Bare() if name == "npy" else Given()) if part)
    if name == "npy":
        found = np.load(io.BytesIO(data))[:, 2]
    else:
        opened = (
            pyarrow.ipc.open_stream(data).read_all()
            if name == "arrow"
            else pyarrow.parquet.read_table(io.BytesIO(data))
        )
        assert opened["label"].to_pylist() == [1, 2, 3]
        found = opened["y"].to_numpy()
    assert found.tobytes() == np.full(3, np.nan).tobytes()


@pytest.mark.promise("A nan in an answer has the same bits on every machine")
def test_an_orbit_that_is_no_number_any_more_is_the_same_on_every_machine(client):
    """On x86 inf - inf has a sign, elsewhere it has none."""
    url = f"{EXAMPLE}&precision=double&steps=60"
    array = np.load(io.BytesIO(client.get(f"{url}&format=npy").content))
    assert np.isnan(array).any()
    table = pyarrow.ipc.open_stream(client.get(f"{url}&format=arrow").content).read_all()
    for found in (array, np.column_stack([table[name].to_numpy() for name in "xyz"])):
        assert {*found[np.isnan(found)].view(np.uint64).tolist()} == {0x7FF8000000000000}


def test_an_exponent_of_minus_infinity_is_told():
    """Column by column, in arrays and in tuples; the writers are given the values, whatever is computed."""
    columns = (Column("exponent1", "exponent"), Column("error1"), Column("label", "whole"))
    values = [[-math.inf, -math.inf, 1.0], [math.nan, math.inf, 2.0], [0.5, 0.25, 3.0]]

    class Given:
        every, records, preface = 1, 3, b""

        def __init__(self, rows):
            self.columns, self.rows = columns, rows

        def blocks(self, _):
            return iter([Block(0, self.rows, None)])

    for rows in (np.array(values), [(*row[:2], int(row[2])) for row in values]):
        text = {name: b"".join(part for part in FORMATS[name].write(Given(rows)) if part) for name in ("json", "csv")}
        assert [[*record.values()] for record in json.loads(text["json"])] == [
            ["-Infinity", None, 1],
            [None, None, 2],
            [0.5, 0.25, 3],
        ]
        assert text["csv"].split() == [b"exponent1,error1,label", b"-inf,-inf,1", b"NaN,inf,2", b"0.5,0.25,3"]


def opened_with_node(body):
    program = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0))))"
    return json.loads(subprocess.run(["node", "-e", program], input=body, capture_output=True, check=True).stdout)


OPENING = {
    "json": json.loads,
    "orjson": orjson.loads,
    "polars": lambda body: polars.read_json(body, infer_schema_length=None).to_dicts(),
    "pandas": lambda body: pandas.read_json(io.BytesIO(body), precise_float=True, dtype=False).to_dict("records"),
    "msgspec": msgspec.json.decode,
    "node": opened_with_node,
}


@pytest.mark.parametrize("name", OPENING)
@pytest.mark.parametrize("more", ["", "&precision=decimal&digits=300", "&steps=3", "&precision=double"])
def test_json_opens_in_every_parser_with_every_digit(client, name, more):
    if name == "node" and not shutil.which("node"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("node is not on PATH")
    body = client.get(f"{EXAMPLE}{more}").content
    found = OPENING[name](body)
    if name == "pandas":
        found = [{k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in found]
    assert found == json.loads(body)
    values = [value for record in found for key, value in record.items() if key != "n"]
    kinds = {float if isinstance(value, int) else type(value) for value in values}  # JavaScript has one type
    assert kinds == {"&steps=3": {float}, "&precision=double": {float, type(None)}}.get(more, {str})


def test_a_number_that_a_double_does_not_hold_is_a_string_in_the_query_that_is_repeated(client):
    exact = "0.1000000000000000055511151231257827"
    said = {"x0": exact, "y0": "-0", "a": "1.40", "b": "1e-320"}
    query = "&".join(f"{name}={value}" for name, value in said.items())
    found = client.get(f"/ensemble?system=henon&{query}&steps=2").json()["query"]
    assert (found["x0"], found["a"], found["b"]) == (exact, 1.4, 1e-320)
    assert math.copysign(1, found["y0"]) == -1


@pytest.mark.parametrize("path", ["/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=0.01",
                                  "/fixed-points?system=henon&a=1.4,-5,0.1&b=0.3"])  # fmt: skip
def test_parquet_has_no_encoding_younger_than_its_readers(client, path):
    data = client.get(f"{path}&format=parquet").content
    group = pyarrow.parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0)
    for i in range(group.num_columns):
        assert {*group.column(i).encodings} <= {"PLAIN", "RLE"}
        assert group.column(i).compression == "ZSTD"


def test_an_answer_without_records_has_its_columns_but_in_ndjson(client):
    url = "/fixed-points?system=henon&a=-5&b=0.3&format="
    names = [*client.get(f"{url}columns").json()]
    assert client.get(f"{url}csv").text == ",".join(names) + "\n"
    for name in ("csv", "arrow", "parquet"):
        frame = OPENED[name][-1](client.get(f"{url}{name}").content)
        assert (list(frame.columns), len(frame)) == (names, 0)
    assert client.get(f"{url}ndjson").content == b""
    with pytest.raises(polars.exceptions.ComputeError):
        polars.read_ndjson(b"")


def test_npy_refuses_what_only_decimal_can_hold(client):
    for more in ("", "&steps=2000"):
        response = client.get(f"{EXAMPLE}&format=npy{more}")
        (fault,) = response.json()["errors"]
        assert (response.status_code, fault["parameter"]) == (400, "format")
        assert "precision=double" in fault["allowed"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.5, application/x-ndjson", "application/x-ndjson"),
        ("application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"),
        ("image/png, application/*;q=0.1", "application/json"),
    ],
)
def test_accept_chooses_the_format(client, accept, content_type):
    response = client.get(LORENZ, headers={"accept": accept})
    assert response.headers["content-type"] == content_type
    assert "accept" in response.headers["vary"]


def test_the_parameter_goes_before_accept(client):
    response = client.get(f"{LORENZ}&format=npy", headers={"accept": "text/csv"})
    assert response.headers["content-type"] == "application/x-npy"
    assert client.get(f"{LORENZ}&format=csv", headers={"accept": "image/png"}).status_code == 200


def test_an_unacceptable_accept_is_answered_with_the_list(client):
    response = client.get(LORENZ, headers={"accept": "image/png"})
    assert response.status_code == 406
    assert "application/json, application/x-ndjson, text/csv, " in response.json()["detail"]


def test_an_unknown_format_is_answered_with_the_list(client):
    (fault,) = client.get(f"{LORENZ}&format=jsn").json()["errors"]
    assert "nearest known is json; known are json, columns, ndjson, csv, arrow, npy, parquet" in fault["allowed"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/fixed-points?system=henon&a=1.4&b=0.3&format=npy", "npy holds numbers only, and these answers have words"),
        ("/horizon?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&format=npy", "npy holds numbers only, and these answers have"),
        ("/picture?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&format=csv", "is a format of records, not of pictures"),
        ("/picture?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&format=npy", "is a format of records, not of pictures"),
    ],
)
def test_a_format_of_other_answers_is_refused_with_the_reason(client, path, problem):
    (fault,) = client.get(path).json()["errors"]
    assert fault["problem"].startswith(problem)


def test_files_have_a_helpful_name(client):
    disposition = client.get(f"{LORENZ}&format=parquet").headers["content-disposition"]
    assert disposition == 'attachment; filename="lorenz-20.parquet"'
    assert client.get(LORENZ).headers["content-disposition"] == 'inline; filename="lorenz-20.json"'
