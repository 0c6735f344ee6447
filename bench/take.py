"""What `attractor get` takes, as a whole process: beside Python itself, and beside the service."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.recording import ROOT, Table
from tests.conftest import running_server

TURNS = int(os.environ.get("TAKE_TURNS", "15"))
STEPS = int(os.environ.get("TAKE_STEPS", "100000000"))
ORBIT = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
MOST_IMPORT, MOST_SHORT, MOST_LONG = 0.05, 0.15, 1.1
PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import attractor'": ["-c", "import attractor"],
    "attractor get, 20 steps": ["-m", "attractor", "get", ORBIT],
}


def taken(arguments: list[str]) -> float:
    """Seconds that a process takes from its start to its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def from_service(address: str, file: Path) -> float:
    """Seconds until a service's answer is in a file."""
    began = time.perf_counter()
    with (
        httpx.stream("GET", f"{address}{ORBIT}&steps={STEPS}&format=parquet", timeout=3600) as answer,
        file.open("wb") as out,
    ):
        for chunk in answer.iter_raw():
            out.write(chunk)
    return time.perf_counter() - began


def main() -> int:
    table = Table("take", "make bench-take", "what", "median", "to Python itself", "aim")
    found: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(1 + TURNS):  # the first is not counted
        for name, arguments in PROGRAMS.items():
            found[name].append(taken(arguments))
    middle = {name: statistics.median(times[1:]) for name, times in found.items()}
    bare = middle["python -c pass"]
    aims = dict(zip(PROGRAMS, (None, MOST_IMPORT, MOST_SHORT), strict=True))
    for name, seconds in middle.items():
        aim = f"below {1000 * aims[name]:.0f} ms" if aims[name] else ""
        table.row(name, f"{1000 * seconds:.0f} ms", f"{seconds / bare:.1f}", aim)
    ratios, long = [], ["-m", "attractor", "get", f"{ORBIT}&steps={STEPS}", "-o"]
    with TemporaryDirectory() as folder, running_server(ATTRACTOR_MAX_SECONDS="600") as (address, _):
        for turn in range(4):
            theirs = from_service(address, Path(folder, "theirs.parquet"))
            mine = taken([*long, f"{folder}/mine.parquet"])
            ratios += [mine / theirs] if turn else []
        assert Path(folder, "theirs.parquet").read_bytes() == Path(folder, "mine.parquet").read_bytes()
    ratio = statistics.median(ratios)
    table.row(f"attractor get, {STEPS:,} steps as Parquet, to the service's", f"{ratio:.2f}", "", f"below {MOST_LONG}")
    table.record()
    missed = [aim for name, aim in aims.items() if aim and middle[name] > aim] + [ratio] * (ratio > MOST_LONG)
    print(f"{len(missed)} of 3 figures are missed")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
