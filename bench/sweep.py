"""A sweep on a local cluster beside plain processes that compute the same shards, in turns.

Memory and time of very many shards are those of trivial ones, of a point each.
"""

import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from attractor.sweeps.asked import read_sweep
from attractor.sweeps.cluster import Workers
from attractor.sweeps.command import Where
from attractor.sweeps.manifest import begin
from attractor.sweeps.places import Part, place_at
from attractor.sweeps.plan import Plan
from attractor.sweeps.receipts import Notes
from attractor.sweeps.work import Task, compute_and_write, fingerprint
from bench.recording import ROOT, Table

TURNS = int(os.environ.get("SWEEP_TURNS", "5"))
COUNT = 2
SIDE = int(os.environ.get("SWEEP_SIDE", "1000"))
PLANE = f"/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:{SIDE}&b=0.1:0.3:{SIDE}&steps=2000"
TRIVIAL = "/ensemble?system=henon&x0=-1:1:10000&y0=0&a=1.4&b=0.3&steps=1"
LEAST, MOST_BESIDE, MOST_GROWN, MOST_RESUMED = 0.93, 0.02, 20 << 20, 2.0


def plainly(task: Task, shards: range, gate, ends) -> None:
    """What a plain process does, once all are ready."""
    fingerprint("/lyapunov", "henon")
    gate.wait()
    began = time.process_time()
    for index in shards:
        compute_and_write(task, index)
    ends.put(time.process_time() - began)
    gate.wait()


def plain(task: Task, count: int) -> tuple[float, float]:
    """Wall and CPU seconds of COUNT plain processes."""
    context = multiprocessing.get_context("spawn")
    gate, ends = context.Barrier(COUNT + 1), context.Queue()
    processes = [context.Process(target=plainly, args=(task, range(i, count, COUNT), gate, ends)) for i in range(COUNT)]
    for process in processes:
        process.start()
    gate.wait()
    began = time.perf_counter()
    gate.wait()
    took = time.perf_counter() - began
    cpu = sum(ends.get() for _ in processes)
    for process in processes:
        process.join()
    return took, cpu


def on_dask(task: Task, plan: Plan) -> tuple[float, float, float, float]:
    """Seconds until the cluster is warm, those of the shards, and CPU seconds of the workers and of the client."""
    began = time.perf_counter()
    with Where(workers=COUNT).cluster() as client:
        workers = Workers(client, plan.query.path, plan.query.system.name, None)
        start = time.perf_counter() - began
        before = sum(client.run(time.process_time).values())
        began, mine = time.perf_counter(), time.process_time()
        found = sum(1 for _ in workers.computed(task, iter(range(plan.count)), print))
        took, mine = time.perf_counter() - began, time.process_time() - mine
        assert found == plan.count
        return start, took, sum(client.run(time.process_time).values()) - before, mine


def prepared(url: str, out: str, cut: tuple[int, ...] | None = None) -> tuple[Task, Plan]:
    plan = Plan.of(read_sweep(url))
    plan = Plan(plan.query, cut) if cut else plan
    mark = fingerprint(plan.query.path, plan.query.system.name)
    begin(plan, place_at(out, Part()), mark)
    return Task(plan.query.canonical, plan.cut, out, Part(), mark), plan


def grown() -> tuple[int, int, float]:
    """Bytes by which the client grows over trivial shards, and over their second half, and shards a second."""
    me = psutil.Process()
    with TemporaryDirectory() as out, Where(workers=COUNT).cluster() as client:
        task, plan = prepared(TRIVIAL, out, (1,))
        workers = Workers(client, plan.query.path, plan.query.system.name, None)
        sizes, began = [], time.perf_counter()
        with Notes(place_at(out, Part()), Part().folder) as notes:
            for index, digest in workers.computed(task, iter(range(plan.count)), print):
                notes.add(index, digest)
                if not len(sizes) or len(sizes) < 1 + (time.perf_counter() - began) // 0.5:
                    sizes.append(me.memory_info().rss)
        sizes.append(me.memory_info().rss)
        rate = plan.count / (time.perf_counter() - began)
    return sizes[-1] - sizes[0], sizes[-1] - sizes[len(sizes) // 2], rate


def resumed(out: str) -> float:
    """Seconds that a start takes which finds all of it there."""
    subprocess.run(
        [sys.executable, "-m", "attractor", "sweep", PLANE, "--out", out, "--yes", "--part", "1/1"], cwd=ROOT
    )
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "attractor", "sweep", PLANE, "--out", out, "--yes"], cwd=ROOT, check=True)
    return time.perf_counter() - began


def main() -> int:
    ratios, beside, clients, starts, told = [], [], [], [], []
    with TemporaryDirectory() as out:
        task, plan = prepared(PLANE, out)
        for turn in range(TURNS):
            wall, cpu = plain(task, plan.count)
            start, took, worked, mine = on_dask(task, plan)
            ratios.append(wall / took)
            beside.append(worked / cpu - 1)
            clients.append(mine / cpu)
            starts.append(start)
            told.append(plan.query.seconds / cpu)
            print(
                f"turn {turn + 1}: plain {wall:.1f} s, on Dask {took:.1f} s and {start:.1f} s to start", file=sys.stderr
            )
        size = sum(path.stat().st_size for path in Path(out, "data.zarr").rglob("*") if path.is_file())
    with TemporaryDirectory() as out:
        again = resumed(out)
    growth, late, rate = grown()
    table = Table("sweep", "make bench-sweep", "what", "measured", "aim")
    middle = statistics.median
    few = f"{min(ratios):.2f} to {max(ratios):.2f}"
    table.row(
        f"{COUNT} workers beside {COUNT} plain processes, {plan.count} shards",
        f"{middle(ratios):.2f} ({few})",
        f"{LEAST}",
    )
    table.row("start of the cluster, kernels warmed", f"{middle(starts):.1f} s", "")
    table.row("CPU of the workers beside the shards'", f"{middle(beside):.1%}", f"below {MOST_BESIDE:.0%}")
    table.row("CPU of the client and its scheduler", f"{middle(clients):.1%} of the shards'", "")
    table.row("CPU time told, to that taken", f"{middle(told):.2f}", "0.5 to 2")
    table.row("bytes told, to those written", f"{48 * plan.query.points / size:.2f}", "")
    table.row("a start that finds all of it there", f"{again:.1f} s", f"below {MOST_RESUMED:g} s")
    table.row("growth of the client over 10,000 shards", f"{growth / 1e6:.0f} MB", f"below {MOST_GROWN >> 20} MB")
    table.row("… over their second half", f"{late / 1e6:.0f} MB", "")
    table.row("trivial shards a second, written and noted", f"{rate:.0f}", "")
    table.record()
    missed = middle(ratios) < LEAST, middle(beside) > MOST_BESIDE, growth > MOST_GROWN, again > MOST_RESUMED
    print(f"{sum(missed)} of {len(missed)} figures are missed")
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
