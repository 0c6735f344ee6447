"""A sweep on a local cluster beside plain processes that compute the same shards, in turns.

Memory and time of very many shards are those of trivial ones, of a point each. A cluster of MANY workers is simulated
by as many threads that wait in place of computing: the scheduler and the client have as much to do for each of their
shards, but for the heartbeats of the workers.
"""

import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import dask
import psutil
from distributed import Client, LocalCluster

from attractor.sweeps import pilot
from attractor.sweeps.asked import read_sweep
from attractor.sweeps.cluster import QUIET, Workers
from attractor.sweeps.command import Where
from attractor.sweeps.manifest import begin
from attractor.sweeps.places import Part, place_at
from attractor.sweeps.plan import SECONDS, Plan
from attractor.sweeps.progress import Progress
from attractor.sweeps.receipts import Notes
from attractor.sweeps.run import Sweep
from attractor.sweeps.work import Shards, Task, compute_and_write, fingerprint
from bench.recording import ROOT, Table
from docs.costs import CORE, GIBIBYTE, SPOT

TURNS = int(os.environ.get("SWEEP_TURNS", "5"))
COUNT = 2
SIDE = int(os.environ.get("SWEEP_SIDE", "1000"))
PLANE = f"/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:{SIDE}&b=0.1:0.3:{SIDE}&steps=2000"
TRIVIAL = "/ensemble?system=henon&x0=-1:1:10000&y0=0&a=1.4&b=0.3&steps=1"
TOLD = {
    "/ensemble": "system=henon&x0=-1:1:1000&y0=-1:1:1000&a=1.4&b=0.3&steps=3000",
    "/lyapunov": "system=henon&x0=0.1&y0=0&a=1:1.4:300&b=0.1:0.3:300&steps=2000",
    "/bifurcation": "system=logistic&x0=0.5&r=2:4:200000&kept=200&transient=2000",
    "/fixed-points": "system=henon&a=1:1.4:12&b=0.1:0.3:12&period=5",
    "/horizon": "system=logistic&x0=0.1:0.9:100&r=3.7:3.9:5&steps=400",
    "/basins": "system=duffing&x0=-1.5:1.5:1000&y0=-1.5:1.5:1000&a=2.75&b=0.2",
}
"""What estimates are compared by: some seconds each."""
MANY = 1_000
PUT, GET = 0.005e-3, 0.0004e-3
"""Dollars of a request to S3, in us-east-1: one that writes or lists, and one that reads."""
GIBIBYTES = 2
"""Memory beside each core."""
LEAST, MOST_BESIDE, MOST_GROWN, MOST_RESUMED, MOST_START = 0.93, 0.02, 20 << 20, 2.0, 1.5
TOLD_LEAST, TOLD_MOST = 0.5, 2


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
        found = sum(1 for _ in workers.compute(task, iter(range(plan.count)), print))
        took, mine = time.perf_counter() - began, time.process_time() - mine
        assert found == plan.count
        return start, took, sum(client.run(time.process_time).values()) - before, mine


def prepared(url: str, out: str, cut: tuple[int, ...] | None = None) -> tuple[Task, Plan]:
    plan = Plan.of(read_sweep(url))
    plan = Plan(plan.query, cut) if cut else plan
    mark = fingerprint(plan.query.path, plan.query.system.name)
    begin(plan, place_at(out, Part()), mark)
    return Task(plan.query.canonical, plan.cut, out, Part(), mark), plan


def grown() -> tuple[int, int, float, float]:
    """Bytes by which the client grows over trivial shards, and over their second half; shards a second; and seconds of
    CPU that the scheduler and the client take for each."""
    me = psutil.Process()
    with TemporaryDirectory() as out, Where(workers=COUNT).cluster() as client:
        task, plan = prepared(TRIVIAL, out, (1,))
        workers = Workers(client, plan.query.path, plan.query.system.name, None)
        sizes, began, mine = [], time.perf_counter(), time.process_time()
        with Notes(place_at(out, Part()), Part().folder) as notes:
            for index, digest in workers.compute(task, iter(range(plan.count)), print):
                notes.add(index, digest)
                if not len(sizes) or len(sizes) < 1 + (time.perf_counter() - began) // 0.5:
                    sizes.append(me.memory_info().rss)
        sizes.append(me.memory_info().rss)
        rate = plan.count / (time.perf_counter() - began)
        each = (time.process_time() - mine) / plan.count
    return sizes[-1] - sizes[0], sizes[-1] - sizes[len(sizes) // 2], rate, each


def waited() -> None:
    """Has a worker wait for as long as a shard takes, in place of computing it."""
    from attractor.sweeps import cluster

    cluster.compute_and_write = lambda *_: time.sleep(SECONDS) or "0" * 64


def many() -> tuple[float, float]:
    """How busy MANY workers are kept by shards of SECONDS, as a part of the time, and CPU seconds of the scheduler and
    the client for each shard."""
    with (
        TemporaryDirectory() as out,
        TemporaryDirectory() as folder,
        dask.config.set(QUIET),
        LocalCluster(
            n_workers=2, threads_per_worker=MANY // 2, memory_limit=0, dashboard_address=None, local_directory=folder
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        task, plan = prepared(TRIVIAL, out, (1,))
        workers = Workers(client, plan.query.path, plan.query.system.name, None)
        client.run(waited)
        began, mine = time.perf_counter(), time.process_time()
        with Notes(place_at(out, Part()), Part().folder) as notes:
            for index, digest in workers.compute(task, iter(range(plan.count)), print):
                notes.add(index, digest)
        took, mine = time.perf_counter() - began, time.process_time() - mine
        return plan.count * SECONDS / MANY / took, mine / plan.count


def estimated(path: str) -> float:
    """The CPU seconds that are told of a sweep, to those that are taken."""
    with TemporaryDirectory() as out:
        sweep = Sweep(f"{path}?{TOLD[path]}", out, Part())
        told, began = pilot.seconds(sweep.plan), time.process_time()
        sweep.run(None, Progress())
        return told / (time.process_time() - began)


def bare_start() -> float:
    """Seconds until a local cluster of Dask itself has two processes that answer."""
    began = time.perf_counter()
    code = "from distributed import Client, LocalCluster\nif __name__ == '__main__':\n"
    code += "    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:\n"
    code += "        with Client(cluster) as client: client.run(int); print(flush=True)\n        input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        took = time.perf_counter() - began
        process.communicate(b"\n")
    return took


def resumed(out: str) -> float:
    """Seconds that a start takes which finds all of it there."""
    subprocess.run(
        [sys.executable, "-m", "attractor", "sweep", PLANE, "--out", out, "--yes", "--part", "1/1"], cwd=ROOT
    )
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "attractor", "sweep", PLANE, "--out", out, "--yes"], cwd=ROOT, check=True)
    return time.perf_counter() - began


def main() -> int:
    table = Table("sweep", "make bench-sweep", "what", "measured", "aim")
    middle = statistics.median
    table.row("processes that others run as it begins, of five minutes", f"{os.getloadavg()[1]:.1f}", "")
    ratios, beside, clients, starts, steps = [], [], [], [], []
    with TemporaryDirectory() as out:
        task, plan = prepared(PLANE, out)
        for turn in range(TURNS):
            wall, cpu = plain(task, plan.count)
            start, took, worked, mine = on_dask(task, plan)
            ratios.append(wall / took)
            beside.append(worked / cpu - 1)
            clients.append(mine / cpu)
            starts.append(start)
            steps.append(cpu / (plan.query.points * plan.query.count_steps()))
            print(
                f"turn {turn + 1}: plain {wall:.1f} s, on Dask {took:.1f} s and {start:.1f} s to start", file=sys.stderr
            )
        size = sum(path.stat().st_size for path in Path(out, "data.zarr").rglob("*") if path.is_file())
    few = f"{min(ratios):.2f} to {max(ratios):.2f}"
    table.row(
        f"{COUNT} workers beside {COUNT} plain processes, {plan.count} shards",
        f"{middle(ratios):.2f} ({few})",
        f"{LEAST}",
    )
    bare = middle(bare_start() for _ in range(TURNS))
    table.row("start of the cluster, kernels warmed", f"{middle(starts):.1f} s", f"{MOST_START:g} s")
    table.row("… of Dask's own, of two processes that have nothing loaded", f"{bare:.1f} s", "")
    table.row("CPU of the workers beside the shards'", f"{middle(beside):.1%}", f"below {MOST_BESIDE:.0%}")
    table.row("CPU of the client and its scheduler", f"{middle(clients):.1%} of the shards'", "")
    table.row("bytes told, to those written", f"{48 * plan.query.points / size:.2f}", "")
    with TemporaryDirectory() as out:
        again = resumed(out)
    table.row("a start that finds all of it there", f"{again:.1f} s", f"below {MOST_RESUMED:g} s")
    growth, late, rate, each = grown()
    table.row("growth of the client over 10,000 shards", f"{growth / 1e6:.0f} MB", f"below {MOST_GROWN >> 20} MB")
    table.row("… over their second half", f"{late / 1e6:.0f} MB", "")
    table.row("trivial shards a second, written and noted", f"{rate:.0f}", "")
    table.row("CPU of the scheduler and the client for a shard", f"{1000 * each:.2f} ms", "")
    busy, crowded = many()
    table.row(f"… where {MANY:,} wait for shards", f"{1000 * crowded:.2f} ms", "")
    table.row(
        f"{MANY:,} workers' worth of shards of {SECONDS:g} s: how much of the time they are busy", f"{busy:.0%}", ""
    )
    table.row(
        f"workers of which a scheduler's core is full, with shards of {SECONDS:g} s", f"{SECONDS / crowded:,.0f}", ""
    )
    told = {}
    for path in TOLD:
        told[path] = estimated(path)
        table.row(f"CPU time told of {path}, to that taken", f"{told[path]:.2f}", f"{TOLD_LEAST} to {TOLD_MOST}")
    hours = 1e12 * middle(steps) / 3600
    dollars = hours * SPOT * (CORE + GIBIBYTES * GIBIBYTE)
    table.row("10¹² steps of a spectrum: hours of a core", f"{hours:.1f}", "")
    table.row("… and dollars, on Fargate Spot", f"{dollars:.2f}", "")
    writes = len(Shards(plan, place_at("nowhere", Part())).form.names(0)) + 1 / 256
    shards = hours * 3600 / SECONDS
    table.row("requests to S3 for a shard: that write, and that read", f"{writes:.2f}, and 1", "")
    table.row("… and dollars, of as many as those steps have", f"{shards * (writes * PUT + GET):.2f}", "")
    table.record()
    missed = (
        middle(ratios) < LEAST,
        middle(beside) > MOST_BESIDE,
        growth > MOST_GROWN,
        again > MOST_RESUMED,
        middle(starts) > MOST_START,
        *(not TOLD_LEAST <= ratio <= TOLD_MOST for ratio in told.values()),
    )
    print(f"{sum(missed)} of {len(missed)} figures are missed")
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
