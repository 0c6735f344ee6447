import io

import pyarrow
import pyarrow.parquet
import pytest

from attractor.api.formats import FORMATS
from attractor.client.local import read
from attractor.client.verifying import difference

QUERY = b"system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=200000&skip=197000"


def answer(form: str, query: bytes = QUERY) -> bytes:
    return b"".join(filter(None, read("/calculation", query + b"&format=" + form.encode()).chunks()))


@pytest.mark.parametrize("form", ["csv", "npy", "arrow", "parquet"])
def test_the_answer_itself_does_not_differ(tmp_path, form):
    body = answer(form)
    file = tmp_path / f"orbit.{FORMATS[form].suffix}"
    file.write_bytes(body)
    assert difference([body[:1000], memoryview(body[1000:])], str(file)) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda body: body[:500] + b"#" + body[501:], "it differs at byte 500"),
        (lambda body: body[:-1], "it ends at byte"),
        (lambda body: body + b"\n", "it goes on behind the answer's"),
        (lambda _: b"", "it ends at byte 0"),
    ],
)
def test_where_text_differs_is_told(tmp_path, change, told):
    body = answer("csv")
    (tmp_path / "orbit.csv").write_bytes(change(body))
    assert difference([body[:400], body[400:]], str(tmp_path / "orbit.csv")).startswith(told)


def written(table: pyarrow.Table) -> bytes:
    """As another version of the library might write it."""
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="snappy", row_group_size=700)
    return sink.getvalue()


def test_of_parquet_what_it_holds_counts_and_not_how(tmp_path):
    body = answer("parquet")
    held = pyarrow.parquet.read_table(io.BytesIO(body))
    file = tmp_path / "orbit.parquet"
    file.write_bytes(written(held))
    assert file.read_bytes() != body
    assert difference([body], str(file)) == ""
    x = held["x"].to_pylist()
    x[7] += 1e-15
    for other, told in [
        (held.set_column(1, "x", [x]), "other values of x"),
        (held.slice(1), "2999 records, and the answer 3000"),
        (held.drop_columns(["y"]), "other columns"),
        (held.replace_schema_metadata({"system": "ikeda"}), "another query"),
    ]:
        file.write_bytes(written(other))
        assert told in difference([body], str(file))
    file.write_bytes(b"PAR1 or so")
    assert difference([body], str(file)).startswith("it cannot be read")
