"""What an answer holds in memory: no more than it declares, and nothing that declares more than there is, is begun."""

import importlib
import re
import tracemalloc
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow
import pytest

from attractor.api.endpoints.analyses import RESOURCES as ENDPOINTS
from attractor.api.endpoints.lyapunov import spectra_of
from attractor.api.endpoints.picture import SpectrumPicture
from attractor.api.endpoints.records import Sweep
from attractor.api.pictures import charts as drawing
from attractor.api.problems import BadQuery
from attractor.api.settings import Settings
from bench.memory import begin_anew, peak
from tests.api.limits.helped import ready_helper
from tests.conftest import get_patiently, running_server

MEBIBYTE = 1 << 20
RESOURCES = {each.path: each for each in ENDPOINTS}
LOGISTIC = "system=logistic&x0=0.3&r=3.9"
LORENZ = "system=lorenz&x0=1&y0=1&z0=1&sigma=10&beta=2.6666666666666665&delta_t=0.01"
HENON = "system=henon&a=1.4&b=0.3"

needs_proc = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads Linux's /proc")


def read(path, **settings):
    name, _, query = path.partition("?")
    resource = RESOURCES[name]
    return resource, resource.read(query.encode(), Settings(**settings), next(iter(resource.formats)))


def answered(path):
    """The answer and its format."""
    resource, query = read(path)
    work = resource.compute(query, Settings(), 1)
    try:
        while True:
            next(work)
    except StopIteration as end:
        return end.value, resource.formats[query.format]


@pytest.fixture
def smaller(monkeypatch):
    """An orbit of ten thousand steps is to what may be held of it as a million are to what a service may."""
    for name in (
        "attractor.api.endpoints.orbit_answer.HELD_TEXT",
        "attractor.api.queries.orbit_query.HELD_TEXT",
        "attractor.api.queries.orbit_query._WORK",
        "attractor.core.decimals._SLICE",
        "attractor.api.queries.orbit_query.TUPLES",
        "attractor.api.formats.arrow.TUPLES",
        "attractor.api.queries.orbit_query.TEXT",
        "attractor.api.formats.arrow.TEXT",
    ):
        module, _, constant = name.rpartition(".")
        monkeypatch.setattr(name, getattr(importlib.import_module(module), constant) // 16)


AUTO = "system=henon&x0=0.1&y0=5&a=1.4&b=0.3&steps=10000"
DECIMAL = f"{LOGISTIC}&steps=20000&precision=decimal"


@pytest.mark.usefixtures("smaller")
@pytest.mark.parametrize(
    ("name", "query"),
    [
        *((name, DECIMAL) for name in ("json", "columns", "arrow", "parquet")),
        *((name, AUTO) for name in ("csv", "arrow")),
    ],
)
def test_decimals_hold_no_more_than_they_declare(name, query):
    path = f"/calculation?{query}&format={name}"
    _, valid = read(path)
    at_once_too = f"/calculation?{query.replace('0000&', '&').removesuffix('0000')}&format={name}"
    list(answered(at_once_too)[1].write(answered(at_once_too)[0]))  # what is loaded once is no answer's memory
    tracemalloc.start()
    try:
        answer, form = answered(path)
        for _ in form.write(answer):
            assert tracemalloc.get_traced_memory()[0] < valid.memory  # a slow reader holds this for as long as it reads
        assert tracemalloc.get_traced_memory()[1] < valid.memory
    finally:
        tracemalloc.stop()
    assert valid.memory < 4 * MEBIBYTE


def test_decimals_that_are_computed_again_are_those_that_are_held(monkeypatch):
    path = f"/calculation?{LOGISTIC}&steps=3000&precision=decimal&include_start=true&skip=7&every=3"
    for name in ("json", "columns", "csv", "arrow"):
        held, form = answered(f"{path}&format={name}")
        with monkeypatch.context() as changed:
            changed.setattr("attractor.api.endpoints.orbit_answer.HELD_TEXT", 0)
            again, _ = answered(f"{path}&format={name}")
        assert (held.held is None, again.held is None) == (False, True)
        assert held.left_at == again.left_at
        assert b"".join(c for c in form.write(held) if c) == b"".join(c for c in form.write(again) if c)


@pytest.mark.usefixtures("smaller")
def test_long_decimals_come_in_several_record_batches():
    path = f"/calculation?{LOGISTIC}&steps=7000&precision=decimal&format="
    answer, form = answered(path + "arrow")
    with pyarrow.ipc.open_stream(BytesIO(b"".join(chunk for chunk in form.write(answer) if chunk))) as stream:
        batches = list(stream)
    assert [len(batch) for batch in batches][:-1] == [len(batches[0])] * (len(batches) - 1)
    assert len(batches) > 1
    table = pyarrow.Table.from_batches(batches)
    assert table["n"].to_pylist() == list(range(1, 7_001))
    lines, form = answered(path + "csv")
    text = b"".join(chunk for chunk in form.write(lines) if chunk).decode().split()
    assert [line.partition(",")[2] for line in text[1:]] == table["x"].to_pylist()


@needs_proc
def test_a_picture_of_very_many_values_holds_no_more_than_it_declares():
    path = f"/picture?of=bifurcation&{LORENZ}&rho=20:28:2000000&kept=1&transient=1"
    _, valid = read(path)
    with running_server() as (address, process):
        small = f"{address}{path.replace('2000000', '20000')}"
        get_patiently(small)  # by the worker, whose helper begins meanwhile
        ready_helper(process.pid)
        get_patiently(f"{small}&width=500")  # loads what is loaded once
        begin_anew(process.pid)
        before = peak(process.pid)
        assert get_patiently(address + path).status_code == 200
        assert peak(process.pid) - before < valid.memory + 64 * MEBIBYTE


@pytest.mark.parametrize(
    "path",
    [
        f"/ensemble?{HENON}&x0=0:1:100&y0=0",
        f"/ensemble?{HENON}&x0=0:1:10&y0=0&keep=orbits&steps=100",
        f"/lyapunov?{LORENZ}&rho=0:56:300&steps=4000",
        f"/bifurcation?{LORENZ}&rho=0:56:300&kept=10",
        f"/horizon?{HENON}&x0=0.1&y0=0",
        f"/fixed-points?{HENON}",
        f"/calculation?{HENON}&x0=0.1&y0=0",
        f"/calculation?{HENON}&x0=0.1&y0=0&steps=4000&precision=double",
        f"/calculation?{LOGISTIC}&precision=decimal&digits=50&steps=1000",
    ],
)
def test_small_answers_declare_little(path):
    assert read(path)[1].memory < 2 * MEBIBYTE


@pytest.mark.promise("What alone declares more memory than there is is refused with 400, and what fits is said")
@pytest.mark.parametrize(
    ("path", "culprit", "mebibytes"),
    [
        (f"/basins?{HENON}&x0=-2:2:2&y0=-2:2:300000", "y0", 16),
        (f"/picture?of=basins&{HENON}&x0=-2:2:300&y0=-2:2:900", "y0", 16),
        (f"/picture?of=density&{HENON}&x0=0.1&y0=0&width=1200&height=1000", "width", 16),
        (f"/bifurcation?{LORENZ}&rho=20:28:2000&kept=10000", "kept", 16),
        (f"/horizon?{LOGISTIC.replace('r=3.9', 'r=3:4:90000')}&steps=1", "r", 16),
        (f"/horizon?{LOGISTIC}&steps=90000", "steps", 8),
    ],
)
def test_what_alone_declares_more_than_there_is_is_refused_and_what_fits_is_said(path, culprit, mebibytes):
    most = mebibytes * MEBIBYTE
    with pytest.raises(BadQuery) as refused:
        read(path, max_memory=most)
    (fault,) = refused.value.faults
    assert fault.parameter == culprit
    assert "bytes of memory" in fault.problem
    fits = int(re.match("at most ([0-9]+)", fault.allowed)[1])

    def with_so_many(count):
        return re.sub(rf"([?&]{culprit}=(?:[^&]*:)?)[0-9]+(?=&|$)", rf"\g<1>{count}", path)

    assert read(with_so_many(fits), max_memory=most)[1].memory <= most
    with pytest.raises(BadQuery):
        read(with_so_many(fits + 1), max_memory=most)


@pytest.mark.parametrize(
    ("path", "culprit"),
    [
        (f"/calculation?{LOGISTIC}&steps=100000&format=parquet", "format"),
        (f"/calculation?{LOGISTIC}&precision=decimal&digits=900", "digits"),
        (f"/ensemble?{LOGISTIC}", "steps"),
    ],
)
def test_one_orbit_that_declares_more_than_there_is_is_refused(path, culprit):
    with pytest.raises(BadQuery) as refused:
        read(path, max_memory=100_000)
    assert [fault.parameter for fault in refused.value.faults][-1] == culprit


def test_a_map_of_more_cells_than_pixels_shows_what_one_of_all_cells_shows():
    path = (
        f"/picture?of=lyapunov&{HENON.replace('a=1.4&b=0.3', 'a=1:2:411&b=0:0.3:150')}&x0=0.1&y0=0&steps=20&transient=5"
    )
    picture, _ = answered(f"{path}&width=160&height=120")
    query: SpectrumPicture = picture.query
    rows = np.concatenate([part for part in spectra_of(query, Sweep(query), 1) if part is not None])
    assert np.isnan(rows[:, 2]).any()
    expected = drawing.grid(
        rows[:, 2].reshape(query.shape).T,
        drawing.Plane((1.0, 2.0, 0.0, 0.3), ("a", "b")),
        drawing.Style(query.system.title, (160, 120), source=query.canonical, colormap=query.colormap),
        label="Lyapunov exponent λ₁ per step",
        centred=True,
    )
    assert picture.body == expected


@pytest.mark.parametrize(
    ("change", "culprit"),
    [
        ("r=-1.7e308:1.7e308:10", "r"),
        ("r=1e-320:2e-320:300", "r"),
        ("r=1.7976931348623157e308,1.7976931348623157e308", "r"),
        ("r=3:4:10&vertical=-1.7e308:1.7e308", "vertical"),
        ("r=3:4:10&vertical=0:5e-324", "vertical"),
    ],
)
def test_a_diagram_names_the_range_that_doubles_do_not_resolve(change, culprit):
    with pytest.raises(BadQuery) as refused:
        answered(f"/picture?of=bifurcation&system=logistic&x0=0.3&{change}")
    assert [fault.parameter for fault in refused.value.faults] == [culprit]


def test_a_line_has_so_many_points():
    with pytest.raises(BadQuery) as refused:
        read("/picture?of=lyapunov&system=logistic&x0=0.3&r=3:4:100001&steps=20&transient=0")
    assert [fault.parameter for fault in refused.value.faults] == ["r"]
