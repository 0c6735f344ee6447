"""Sweeps in this process, part by part, beside the same grids as one answer."""

import json
import os
import re
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas
import polars
import pytest
import xarray

import attractor as library
from attractor.commands import DIFFERS, FAILED, REFUSED, USAGE
from attractor.core.edition import EDITION
from attractor.sweeps.asked import read_sweep
from attractor.sweeps.places import Part
from attractor.sweeps.plan import Plan
from attractor.sweeps.run import _time
from attractor.sweeps.work import Task, compute_and_write
from tests.sweeps.conftest import PLANE, started
from tests.waiting import until

ARRAYS = [
    PLANE,
    "/ensemble?system=henon&x0=-1:1:40&y0=0.3,0.1,0.2&a=1.4&b=0.3:0.1:11&steps=300",
    "/ensemble?system=logistic&x0=0.1:0.9:300&r=3.9&keep=orbits&steps=60&skip=10&every=7",
    "/bifurcation?system=logistic&x0=0.5&r=2:4:500&kept=5&transient=100",
    "/bifurcation?system=logistic&x0=0.5&r=5:3:300&kept=1&transient=100",
    "/basins?system=henon&x0=-2:2:40&y0=2:-2:30&a=1.4&b=0.3&steps=2000",
    "/basins?system=duffing&x0=-1.5:1.5:40&y0=-1.5:1.5:31&a=2.75&b=0.2&steps=2000",
    "/basins?system=standard&theta0=0:6:30&p0=0.1,0.3,0.2,7,1e7,2,3,4,5&k=1.2&steps=2000&escape=1000000",
    "/basins?system=logistic&x0=-0.2:1.2:300&r=3.2&steps=500",
]
TABLES = [
    "/fixed-points?system=henon&a=1:1.4:9&b=0.1,0.3&period=1",
    "/fixed-points?system=logistic&r=2.9:3.9:7&period=2",
    "/horizon?system=logistic&x0=0.1:0.9:7&r=3.9,3.7&steps=60&every=3",
    f"{PLANE}&format=parquet",
    "/basins?system=henon&x0=-2:2:40&y0=2:-2:30&a=1.4&b=0.3&steps=2000&format=parquet",
]


def files(folder: Path) -> dict[str, bytes]:
    """What those hold that are not of one start."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("parts/")}


@pytest.fixture
def plane(attractor, tmp_path) -> Path:
    """A plane that was swept whole."""
    assert attractor("sweep", PLANE, "--out", tmp_path / "plane", "--yes", "--part", "1/1")[0] == 0
    return tmp_path / "plane"


@pytest.mark.promise("A nan in an answer has the same bits on every machine")
def test_every_nan_of_a_sweep_has_the_same_bits(attractor, tmp_path):
    """Whichever machine computes a shard: on x86 inf - inf has a sign, elsewhere it has none."""
    url = "/ensemble?system=lorenz&x0=1e200&y0=-3e200,2e100&z0=4e250&sigma=10&rho=28&beta=2.5&delta_t=0.01&steps=30"
    assert attractor("sweep", url, "--out", tmp_path, "--yes", "--part", "1/1")[0] == 0
    found = xarray.open_zarr(tmp_path / "data.zarr", consolidated=False).load()["x"].to_numpy()
    assert {*found[np.isnan(found)].view(np.uint64).tolist()} == {0x7FF8000000000000}


@pytest.mark.parametrize("url", ARRAYS)
def test_an_array_has_the_bits_names_and_labels_of_the_one_answer(attractor, tmp_path, url):
    code, _, error = attractor("sweep", url, "--out", tmp_path, "--yes", "--part", "1/1")
    assert (code, error.count("\n")) == (0, 1)
    assert int(error.split(" shards")[0].split()[-1]) > 3
    found = xarray.open_zarr(tmp_path / "data.zarr", consolidated=False)
    whole = library.get(url).to_xarray()
    assert {*found.variables} == {*whole.variables}
    for name in found.variables:
        assert found[name].dims == whole[name].dims
        assert found[name].values.tobytes() == whole[name].values.tobytes(), name
    assert found.attrs["edition"] == whole.attrs["edition"]
    assert found.attrs["url"] == library.get(url).url.replace("format=json", "format=npy")


@pytest.mark.parametrize("url", TABLES)
def test_the_parts_of_a_table_are_the_records_of_the_one_answer(attractor, tmp_path, url):
    assert attractor("sweep", url, "--out", tmp_path, "--yes", "--part", "1/1")[0] == 0
    whole = library.get(url).to_pandas()
    names = sorted(os.listdir(tmp_path / "records"))
    assert len(names) > 3
    parts = [pandas.read_parquet(tmp_path / "records" / name) for name in names]
    pandas.testing.assert_frame_equal(pandas.concat(parts, ignore_index=True), whole, check_exact=True)
    pattern = str(tmp_path / "records" / "*.parquet")
    assert polars.scan_parquet(pattern).collect().height == len(whole)
    assert duckdb.sql(f"select count(*) from '{pattern}'").fetchall() == [(len(whole),)]  # noqa: S608


def test_basins_are_computed_again_by_what_was_learnt_and_have_no_parts(attractor, tmp_path):
    url, out = ARRAYS[-3], tmp_path / "basins"
    assert attractor("sweep", url, "--out", out, "--yes", "--part", "1/1")[0] == 0
    before = files(out)
    assert "is whole: 3 shards as computed again" in attractor("verify", out, "--sample", 3)[1]
    legend = xarray.open_zarr(out / "data.zarr", consolidated=False).attrs["legend"]
    assert [each["label"] for each in legend] == [
        each["label"] for each in json.loads(library.get(url).body())["legend"]
    ]
    (receipts,) = (out / "parts/1-of-1/receipts").iterdir()
    told = json.loads(receipts.read_text())
    receipts.write_text(json.dumps({index: digest for index, digest in told.items() if index != "1"}))
    assert attractor("sweep", url, "--out", out, "--yes", "--part", "1/1")[0] == 0
    assert files(out) == before
    code, _, error = attractor("sweep", url, "--out", tmp_path / "part", "--yes", "--part", "1/2")
    assert (code, "basins have no parts" in error, (tmp_path / "part").exists()) == (FAILED, True, False)


def test_parts_make_the_whole_in_any_order_and_tell_what_is_left(attractor, plane, tmp_path):
    out = tmp_path / "parts"
    assert "lacks" in attractor("sweep", PLANE, "--out", out, "--yes", "--part", "2/3")[1]
    assert attractor("verify", out)[0] == DIFFERS
    assert "lacks" in attractor("sweep", PLANE, "--out", out, "--yes", "--part", "1/3")[1]
    assert "holds all of it" in attractor("sweep", PLANE, "--out", out, "--yes", "--part", "3/3")[1]
    assert files(out) == files(plane)
    assert attractor("verify", out)[0] == 0


def test_what_is_there_is_not_computed_again_and_what_is_missing_is(attractor, plane):
    before = files(plane)
    (receipts,) = (plane / "parts/1-of-1/receipts").iterdir()
    told = json.loads(receipts.read_text())
    receipts.write_text(json.dumps({index: digest for index, digest in told.items() if int(index) % 5}))
    old = {path: path.stat().st_mtime_ns for path in plane.glob("data.zarr/exponent1/c/*/*")}
    shutil.rmtree(plane / "data.zarr/error1/c")
    code, _, error = attractor("sweep", PLANE, "--out", plane, "--yes", "--part", "1/1")
    assert (code, f"{len(told) * 4 // 5} of {len(told)} shards are there already" in error) == (0, True)
    written = [path for path, time in old.items() if path.stat().st_mtime_ns != time]
    assert len(written) == len(told) // 5
    assert {name for name, data in before.items() if files(plane).get(name) != data} < {*before}
    assert attractor("verify", plane)[0] == DIFFERS  # what was removed beside a receipt
    shutil.rmtree(plane / "parts")
    assert attractor("sweep", PLANE, "--out", plane, "--yes", "--part", "1/1")[0] == 0
    assert files(plane) == before


def test_what_was_changed_is_found_by_its_receipt_and_what_was_computed_wrong_by_computing(attractor, plane):
    assert "is whole: 40 shards" in attractor("verify", plane)[1]
    assert "is whole: 3 shards" in attractor("verify", plane, "--sample", 3)[1]
    chunk, other = sorted(plane.glob("data.zarr/exponent1/c/*/*"))[:2]
    shutil.copy(other, chunk)
    code, _, error = attractor("verify", plane)
    assert (code, error) == (DIFFERS, "attractor: shard 0 is not what its receipt says\n")
    chunk.write_bytes(b"torn")
    assert "shard 0 lacks a file, or has one that cannot be read" in attractor("verify", plane)[2]
    (receipts,) = (plane / "parts/1-of-1/receipts").iterdir()
    shutil.copy(other, chunk)
    from attractor.sweeps import manifest, places, verifying, work

    place = places.place_at(str(plane), places.Part())
    form = work.form_of(manifest.read_manifest(place).plan())
    receipts.write_text(json.dumps(json.loads(receipts.read_text()) | {"0": verifying._held(place, form, 0)}))
    assert attractor("verify", plane)[0] == 0
    code, _, error = attractor("verify", plane, "--sample", 40)
    assert (code, error) == (DIFFERS, "attractor: shard 0 has other values than it is computed to have\n")


def test_a_folder_that_holds_something_else_is_left_alone(attractor, plane, tmp_path):
    before = files(plane)
    for url, told in [
        (PLANE.replace("1.4", "1.5"), "holds another sweep: /lyapunov?system=henon"),
        (f"{PLANE}&format=parquet", "holds another sweep"),
    ]:
        code, _, error = attractor("sweep", url, "--out", plane, "--yes", "--part", "1/1")
        assert (code, told in error, error.count("\n")) == (FAILED, True, 1)
    (tmp_path / "thesis.tex").write_text("mine")
    code, _, error = attractor("sweep", PLANE, "--out", tmp_path, "--yes", "--part", "1/1")
    assert (code, "is no sweep: it holds " in error) == (FAILED, True)
    assert not (tmp_path / "parts").exists()
    (tmp_path / "file").write_text("mine")
    code, _, error = attractor("sweep", PLANE, "--out", tmp_path / "file", "--yes", "--part", "1/1")
    assert (code, error.count("\n"), str(tmp_path / "file") in error) == (FAILED, 2, True)
    assert files(plane) == before


@pytest.mark.parametrize("name", ["/proc/plane", "/dev/null/plane", "/sys/plane"])
def test_a_place_that_cannot_be_written_is_told_in_one_line(attractor, name):
    """Whoever asks: there nobody may make a folder."""
    code, _, error = attractor("sweep", PLANE, "--out", name, "--yes", "--part", "1/1")
    assert (code, error.count("\n")) == (FAILED, 2)
    assert error.splitlines()[-1].startswith(f"attractor: {name}")


def test_values_of_another_processor_or_edition_are_not_mixed_in(attractor, plane):
    shutil.rmtree(plane / "parts")
    manifest = plane / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace(f'"edition {EDITION}, ', f'"edition {EDITION}, f'))
    code, _, error = attractor("sweep", PLANE, "--out", plane, "--yes", "--part", "1/1")
    assert (code, "a processor or a library differs" in error) == (FAILED, True)
    manifest.write_text(
        text.replace(f'"edition": {EDITION}', '"edition": 7').replace(f"edition={EDITION}", "edition=7")
    )
    assert "it is a sweep of edition 7 of the values" in attractor("verify", plane)[2]
    manifest.write_text("{}")
    assert "is no manifest of a sweep" in attractor("verify", plane)[2]


def test_a_process_that_computes_other_values_computes_no_shard(tmp_path):
    """As one may that comes to a cluster while a sweep goes on."""
    plan = Plan.of(read_sweep(PLANE))
    task = Task(plan.query.canonical, plan.cut, str(tmp_path), Part(), f"edition {EDITION}, of another processor")
    assert compute_and_write(task, 0) is None
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "1 s"), (119, "119 s"), (2535, "42 minutes"), (3599, "60 minutes"), (7e6, "1,944.4 hours")],
)
def test_times_are_told_in_units_of_their_size(seconds, told):
    assert _time(seconds) == told


def test_it_tells_its_cost_first_and_asks(attractor, tmp_path):
    great = PLANE.replace(":40", ":40000")
    code, out, error = attractor("sweep", great, "--out", tmp_path / "great", "--dry-run")
    assert (code, out) == (0, "")
    assert error.startswith("1,600,000,000 points in ")
    assert all(word in error for word in (" shards, about ", " hours of CPU time, ", "77 GB of Zarr"))
    code, _, error = attractor("sweep", great, "--out", tmp_path / "great")
    assert (code, "say --yes" in error) == (USAGE, True)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--part", "0/2"], USAGE, "is no part i/n"),
        (["--part", "3/2"], USAGE, "is no part i/n"),
        (["--part", "1/2/3"], USAGE, "is no part i/n"),
        (["--part", "1/2", "--adaptive"], USAGE, "--part computes in this process, without --adaptive"),
        (["--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], USAGE, "has one scheduler"),
        (["--scheduler-file", "missing.json"], USAGE, "does not exist"),
    ],
)
def test_a_wrong_command_line_is_refused(attractor, tmp_path, arguments, code, told):
    found, _, error = attractor("sweep", PLANE, "--out", tmp_path / "out", "--yes", *arguments)
    assert (found, told in " ".join(error.split())) == (code, True)
    assert os.listdir(tmp_path) == []


def test_without_its_extra_it_says_what_it_needs(tmp_path):
    process = started(
        "sweep", PLANE, "--out", tmp_path / "out", "--yes", first="import sys; sys.modules['zarr'] = None"
    )
    assert "a sweep needs zarr: pip install '.[sweep]'" in process.communicate(timeout=300)[1]
    assert process.returncode == USAGE


def test_refusals_are_the_apis_own(attractor, tmp_path):
    url = PLANE.replace("henon", "henom").replace("steps=200", "steps=1")
    code, _, error = attractor("sweep", url, "--out", tmp_path / "out", "--yes")
    assert (code, error.count("\n")) == (REFUSED, 3)
    assert "the nearest known is henon" in error
    code, _, error = attractor("verify", tmp_path)
    assert (code, "holds no sweep" in error) == (FAILED, True)
    assert attractor("verify", tmp_path / "missing")[0] == USAGE
    assert attractor("verify", PLANE, __file__, "--sample", 2)[0] == USAGE


def test_a_terminal_shows_how_fast_it_goes_and_on_how_many(tmp_path):
    inner, outer = os.openpty()
    process = started("sweep", PLANE, "--out", tmp_path, "--yes", "--part", "1/1", stderr=outer, TERM="xterm")
    assert process.communicate(timeout=300)[0] == f"{tmp_path} holds all of it\n"
    os.close(outer)
    drawn = os.read(inner, 1 << 20).decode()
    os.close(inner)
    assert re.search(r"[\d,]+ points/s on 1", drawn), drawn


def test_a_point_that_is_refused_is_named_and_the_others_stay(attractor, tmp_path):
    url = "/horizon?system=logistic&x0=0.25&r=3.7:3.9:2&steps=900000"
    code, _, error = attractor("sweep", url, "--out", tmp_path, "--yes", "--part", "1/1")
    assert (code, "shard 0, from {'r': 3.7} on: steps: are too many" in error) == (FAILED, True)


def test_a_plane_is_drawn_and_what_is_none_is_refused_first(attractor, plane, tmp_path):
    code, out, _ = attractor("sweep", PLANE, "--out", plane, "--yes", "--part", "1/1", "--picture")
    assert (code, out.splitlines()[1]) == (0, f"{plane}/plane.png shows it")
    assert (plane / "plane.png").read_bytes().startswith(b"\x89PNG")
    code, _, error = attractor("sweep", ARRAYS[3], "--out", tmp_path / "b", "--yes", "--part", "1/1", "--picture")
    assert (code, "--picture draws two inputs" in error, (tmp_path / "b").exists()) == (FAILED, True, False)


def test_a_second_start_of_a_part_is_refused_and_one_that_was_killed_is_gone_on_with(attractor, plane, tmp_path):
    """It is killed while a shard is on its way, and leaves a file that is none yet."""
    out = tmp_path / "killed"
    slow = "import os, time; real = os.fsync; os.fsync = lambda file: (time.sleep(0.05), real(file))"
    with started("sweep", PLANE, "--out", out, "--yes", "--part", "1/2", first=slow) as process:
        until(lambda: (out / "manifest.json").exists())
        code, _, error = attractor("sweep", PLANE, "--out", out, "--yes", "--part", "1/2")
        assert (code, "part 1 of 2 in " in error) == (FAILED, True)
        assert attractor("sweep", PLANE, "--out", out, "--yes", "--part", "2/2")[0] == 0
        process.kill()
    assert list((out / "parts/1-of-2/unfinished").iterdir())
    assert attractor("sweep", PLANE, "--out", out, "--yes", "--part", "1/2")[0] == 0
    assert not list((out / "parts/1-of-2/unfinished").iterdir())
    assert files(out) == files(plane)


@pytest.mark.parametrize("where", [("--part", "1/1"), ("--workers", "2")])
def test_a_disk_that_is_full_leaves_no_part_of_a_file(attractor, plane, tmp_path, where):
    """Of as many bytes as a file may have: the least of what a full disk refuses, without a disk to fill."""
    out = tmp_path / "full"
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (700, 1 << 40))"
    process = started("sweep", PLANE, "--out", out, "--yes", *where, first=limited)
    _, error = process.communicate(timeout=300)
    assert (process.returncode, "Traceback" in error) == (FAILED, False), error
    assert re.fullmatch(rf"attractor: {out}/\S+: File too large", error.splitlines()[-1]), error
    assert not list((out / "parts/1-of-1/unfinished").iterdir())
    assert attractor("sweep", PLANE, "--out", out, "--yes", "--part", "1/1")[0] == 0
    assert files(out) == files(plane)
