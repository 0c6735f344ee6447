"""Sweeps on Dask: the same files whatever happens to workers, schedulers and clients."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import xarray

import attractor as library
from attractor.commands import FAILED, INTERRUPTED
from attractor.core.edition import EDITION
from attractor.sweeps import cluster
from tests.conftest import ROOT
from tests.sweeps.conftest import PLANE, started
from tests.sweeps.test_sweep import files
from tests.waiting import until

SLOW = "; ".join(
    [
        "import os, time, attractor.sweeps.cluster as c",
        "real = c.Workers._result",
        "c.Workers._result = lambda *given: (time.sleep(0.1), real(*given))[1]",
    ]
)
"""A client that takes a while over each shard, so that there is a middle to be killed in."""
OFTEN = f"{SLOW}; import attractor.sweeps.receipts as r; r._SHARDS = 1"
"""One that gives each a receipt of its own, too."""


@pytest.fixture(scope="module")
def plane(tmp_path_factory) -> Path:
    """The plane as this process computes it."""
    out = tmp_path_factory.mktemp("plane")
    process = started("sweep", PLANE, "--out", out, "--yes", "--part", "1/1")
    assert process.communicate(timeout=300)[1].count("\n") == 1
    return out


def workers(pid: int) -> list[int]:
    """The processes that a client's cluster computes with: the children of the one that forks them."""
    (server,) = [child for child in children(pid) if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return children(server)


def listening(processes: list[int]) -> set[str]:
    """The addresses that some processes listen on."""
    found = [each for process in processes for each in psutil.Process(process).net_connections("inet")]
    return {each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN}


def children(pid: int) -> list[int]:
    """Those of all threads of a process."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def noted(out: Path, folder: str = "parts/1-of-1") -> int:
    """How many files with receipts there are."""
    return len(list((out / folder / "receipts").glob("*")))


def chunks(out: Path) -> int:
    return len(list(out.glob("data.zarr/exponent1/c/*/*")))


@pytest.fixture
def taken():
    """The port of Dask's dashboard is somebody's, of which people need not be told."""
    with socket.socket() as mine:
        with suppress(OSError):  # somebody else's, then
            mine.bind(("127.0.0.1", 8787))
            mine.listen()
        yield


@pytest.mark.usefixtures("taken")
def test_two_processes_give_the_bytes_of_one_though_one_of_them_is_killed(plane, tmp_path):
    process = started("sweep", PLANE, "--out", tmp_path, "--yes", "--workers", 2, first=SLOW)
    until(lambda: chunks(tmp_path) > 2)
    assert listening([process.pid, *workers(process.pid)]) == {"127.0.0.1"}
    os.kill(workers(process.pid)[0], signal.SIGKILL)
    out, error = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, f"{tmp_path} holds all of it\n"), error
    assert error.count("\n") == 1, error
    assert files(tmp_path) == files(plane)


BASINS = "/basins?system=duffing&x0=-1.5:1.5:60&y0=-1.5:1.5:60&a=2.75&b=0.2&steps=2000"
"""Basins of which shards by themselves would learn otherwise."""


@pytest.fixture(scope="module")
def basins(tmp_path_factory) -> Path:
    """They, as one answer has them: in one shard."""
    out = tmp_path_factory.mktemp("basins")
    process = started("sweep", BASINS, "--out", out, "--yes", "--part", "1/1", first="import sys")
    assert process.communicate(timeout=300)[1].count("\n") == 1
    found = xarray.open_zarr(out / "data.zarr", consolidated=False)
    whole = library.get(BASINS).to_xarray()
    assert all(found[name].values.tobytes() == whole[name].values.tobytes() for name in ("label", "steps"))
    return out


def test_basins_are_learnt_from_the_whole_though_a_worker_is_killed_and_a_client(basins, tmp_path):
    process = started("sweep", BASINS, "--out", tmp_path, "--yes", "--workers", 2, first=OFTEN)
    until(lambda: noted(tmp_path, "rounds/1") > 2)
    os.kill(workers(process.pid)[0], signal.SIGKILL)
    before = noted(tmp_path, "rounds/1")
    until(lambda: noted(tmp_path, "rounds/1") > before + 2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=300)
    assert not (tmp_path / "rounds/numbers.json").exists()
    process = started("sweep", BASINS, "--out", tmp_path, "--yes", "--workers", 2)
    out, error = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, f"{tmp_path} holds all of it\n"), error
    assert files(tmp_path) == files(basins)
    assert {path.split("/")[-1] for path in files(tmp_path) if path.startswith("rounds")} == {
        "known.zst",
        "numbers.json",
    }


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_client_that_ends_midway_is_gone_on_with(plane, tmp_path, number):
    """A kill is its alone, Ctrl-C that of all its processes."""
    process = started("sweep", PLANE, "--out", tmp_path, "--yes", "--workers", 2, first=OFTEN)
    until(lambda: noted(tmp_path) > 2)
    computing = workers(process.pid)
    (os.kill if number == signal.SIGKILL else os.killpg)(process.pid, number)
    out, error = process.communicate(timeout=300)
    assert process.returncode == (-number if number == signal.SIGKILL else INTERRUPTED)
    assert (out, "Traceback" in error) == ("", False), error
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in computing))
    done = noted(tmp_path)
    assert 2 < done < 40
    process = started("sweep", PLANE, "--out", tmp_path, "--yes", "--part", "1/1")
    assert f"{done} of 40 shards are there already" in process.communicate(timeout=300)[1]
    assert files(tmp_path) == files(plane)


def test_processes_that_come_and_go_give_the_bytes_of_one(plane, tmp_path):
    process = started("sweep", PLANE, "--out", tmp_path, "--yes", "--workers", 3, "--adaptive", first=SLOW)
    out, error = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, f"{tmp_path} holds all of it\n"), error
    assert "Traceback" not in error
    assert files(tmp_path) == files(plane)


@contextmanager
def running_cluster(folder: Path, count: int):
    """The address of a scheduler with a worker of `count` threads, and both processes."""
    log = folder / "scheduler.txt"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    with log.open("w") as said:
        first = subprocess.Popen(
            [*scheduler, "--no-dashboard", "--scheduler-file", "scheduler.json"],
            cwd=folder,
            env=environment,
            stderr=said,
        )
        address = until(lambda: re.search(r"Scheduler at: +(\S+)", log.read_text()))[1]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard", "--no-nanny"]
        second = subprocess.Popen([*worker, "--nthreads", str(count)], cwd=folder, env=environment, stderr=said)
    try:
        yield address, first, second
    finally:
        for process in (first, second):
            process.kill()
            process.wait()


def test_a_cluster_that_there_is_computes_the_same_and_one_that_goes_away_is_told(plane, tmp_path):
    """A worker whose fingerprint is another is refused; where the scheduler is killed, what is done stays."""
    out = tmp_path / "out"
    with running_cluster(tmp_path, 1) as (address, scheduler, _):
        process = started("sweep", PLANE, "--out", out, "--yes", "--scheduler-file", tmp_path / "scheduler.json")
        _, error = process.communicate(timeout=300)
        assert (process.returncode, error.count("\n")) == (0, 1), error
        assert files(out) == files(plane)
        shutil.rmtree(out / "parts")
        manifest = out / "manifest.json"
        text = manifest.read_text()
        manifest.write_text(text.replace(f'"edition {EDITION}, ', f'"edition {EDITION}, f'))
        process = started("sweep", PLANE, "--out", out, "--yes", "--scheduler", address)
        _, error = process.communicate(timeout=300)
        assert (process.returncode, error.count("\n")) == (FAILED, 3), error
        assert "is refused: it computes other values" in error
        assert "every worker computes other values" in error
        manifest.write_text(text)
        process = started("sweep", PLANE, "--out", out, "--yes", "--scheduler", address, first=OFTEN)
        until(lambda: noted(out) > 2)
        scheduler.kill()
        _, error = process.communicate(timeout=300)
        assert (process.returncode, error.splitlines()[-1]) == (FAILED, "attractor: the scheduler is gone")
        assert "Traceback" not in error
    assert 2 < (done := noted(out)) < 40
    process = started("sweep", PLANE, "--out", out, "--yes", "--part", "1/1")
    assert f"{done} of 40 shards are there already" in process.communicate(timeout=300)[1]
    assert files(out) == files(plane)


def test_more_workers_than_there_is_work_for_are_told_of(plane, tmp_path):
    """More than a twentieth of the shards: of 40, two are not."""
    process = started("sweep", PLANE, "--out", tmp_path, "--yes", "--workers", 3)
    _, error = process.communicate(timeout=300)
    assert (process.returncode, error.count("\n")) == (0, 2), error
    assert "attractor: 3 workers share 40 shards, so that some end before others\n" in error
    assert files(tmp_path) == files(plane)


LOCAL = """
import sys
import dask
from attractor.sweeps.asked import read_sweep
from attractor.sweeps.cluster import QUIET, Workers
from attractor.sweeps.command import Where
from attractor.sweeps.manifest import begin
from attractor.sweeps.places import Part, place_at
from attractor.sweeps.plan import Plan
from attractor.sweeps.work import Task
from tests.sweeps.conftest import PLANE

out, drawn, ahead = sys.argv[1], [], []
plan = Plan(read_sweep(PLANE), (1, 20))
missing = (drawn.append(index) or index for index in range(plan.count))
with Where(workers=1).cluster() as client:
    scheduler = client.cluster.scheduler
    (told,) = client.run(lambda: {name: dask.config.get(name) for name in QUIET}).values()
    print(*(name for name, value in QUIET.items() if told[name] != value), end=";")
    workers = Workers(client, "/lyapunov", "henon", None)
    begin(plan, place_at(out, Part()), workers.fingerprint)
    task = Task(plan.query.canonical, plan.cut, out, Part(), workers.fingerprint)
    for done, _ in enumerate(workers.compute(task, missing, print)):
        ahead.append(len(drawn) - done)
    logs = [scheduler.transition_log, *(send.recent_message_log for send in scheduler.stream_comms.values())]
    print(max(ahead), done + 1, len(drawn), max(map(len, logs)), scheduler.transition_counter)
"""


def test_workers_are_quiet_and_so_many_shards_are_handed_out_and_no_more(tmp_path):
    """Of eighty, 32 at a time, lest the client hold them all; nor does its scheduler remember what became of each."""
    command = [sys.executable, "-c", LOCAL, tmp_path]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    told, _, counts = done.stdout.partition(";")
    assert (told, done.returncode) == ("", 0), done.stderr
    *handed, remembered, happened = map(int, counts.split())
    assert handed == [32, 80, 80]
    assert remembered <= 50 < happened


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(attractor, tmp_path, monkeypatch):
    nobody = tmp_path / "scheduler.json"
    nobody.write_text('{"address": "tcp://127.0.0.1:1"}')
    monkeypatch.setattr(cluster, "_CONNECTING", 1)
    for where in (["--scheduler", "tcp://127.0.0.1:1"], ["--scheduler-file", nobody]):
        code, _, error = attractor("sweep", PLANE, "--out", tmp_path / "out", "--yes", *where)
        assert (code, error.count("\n"), "no scheduler answers at" in error) == (FAILED, 2, True), error


def test_a_scheduler_that_is_told_wrongly_is_told_in_one_line_to_the_end_of_the_process(tmp_path):
    """Each of a process of its own: at their end, unfinished clients of Dask wait, and say so."""
    files = {"empty.json": "{}", "text.json": "nonsense", "number.json": '{"address": 8786}'}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    wrong = {("--scheduler-file", tmp_path / name): "is no file that a scheduler of Dask has written" for name in files}
    wrong |= {
        ("--scheduler", each): "no scheduler answers at" for each in ("nonsense", "127.0.0.1", "ftp://127.0.0.1:1")
    }
    for where, told in wrong.items():
        process = started("sweep", PLANE, "--out", tmp_path / "out", "--yes", *where)
        _, error = process.communicate(timeout=300)
        assert (process.returncode, error.count("\n"), told in error.splitlines()[-1]) == (FAILED, 2, True), error
