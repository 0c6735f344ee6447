"""`python -m bench.soak`: a quarter of an hour of mixed load on one worker; fails where something grows or breaks.

About half of what is sustained, over every endpoint and every format, with clients that leave midway, wrong queries,
conditional requests, compression, kept and new connections. SOAK_MINUTES moves the time; a third of it is
warm-up, in which caches fill.
"""

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from attractor.api.limits.heap import GIVEN_BACK
from bench.http import LORENZ, free_port, process, resident
from bench.load import at_rate, sustained
from bench.traffic import LEFT, Answer, Request

MINUTES = int(os.environ.get("SOAK_MINUTES", "15"))
REST = GIVEN_BACK + 2  # seconds, after which all that is left is held for good
STEEPEST = 4.0
"""MiB an hour that memory may grow by: a worker has 150 to spare (api/host.py), which is a day and a half."""
ERRORS = 3.0
"""So many standard errors a slope must be above that to count."""

HENON = "system=henon&x0=0.{}&y0=0&a=1.4&b=0.3"
GRID = "system=henon&x0=0.{}&y0=0:0.1:100&a=1.4&b=0.3"
FORMATS = ("json", "columns", "ndjson", "csv", "arrow", "npy", "parquet")
TABLES = (
    (f"/ensemble?{GRID}&steps=500", FORMATS),
    (f"/ensemble?{GRID}&steps=50&keep=orbits", FORMATS),
    (f"/lyapunov?{GRID}&steps=1000&transient=100", FORMATS),
    ("/bifurcation?system=logistic&x0=0.{}&r=3:4:100&transient=500&kept=20", FORMATS),
    (f"/horizon?{HENON}&steps=50", [name for name in FORMATS if name != "npy"]),
    ("/basins?system=henon&x0=-1:1:20&y0=-1:1:20&a=1.4&b=0.2{}&steps=500", FORMATS),
)
PICTURES = (
    "/picture?system=clifford&x0=0.{}&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7&steps=20000&width=200&height=150",
    "/picture?of=bifurcation&system=logistic&x0=0.{}&r=3:4:100&width=200&height=150",
    "/picture?of=lyapunov&system=henon&x0=0.1&y0=0.{}&a=1:1.4:50&b=0.3&steps=200&width=200&height=150",
    "/picture?of=basins&system=henon&x0=-1:1:20&y0=-1:1:20&a=1.4&b=0.2{}&steps=500&width=200&height=150",
)
PLAIN = ("/", "/systems", "/systems/henon", "/health/live", "/health/ready", "/docs", "/openapi.json")
WRONG = (
    f"/calculation?{HENON}&steps=-{{}}",
    f"/ensemble?{HENON}&stepz={{}}",
    "/fixed-points?system=henon&a=nan&b={}",
    "/picture?of={}",
    "/systems/{}",
    "/{}",
)
ORBIT = LORENZ.replace("{}", "1.{}")


def _kinds() -> list[tuple[float, str, list[Request]]]:
    """How often, what it is called, and one of which requests, with {} for a number."""
    return [
        (40, "short orbit", [Request("", f"{ORBIT}&format={name}") for name in FORMATS]),
        (10, "orbit", [Request("", f"{ORBIT}&steps=20000&format={name}") for name in FORMATS]),
        (2, "decimal", [Request("", f"/calculation?{HENON}&precision=decimal&steps=100")]),
        (10, "table", [Request("", f"{path}&format={name}") for path, names in TABLES for name in names]),
        (2, "picture", [Request("", f"{path}&format={name}") for path in PICTURES for name in ("png", "svg")]),
        (1, "fixed points", [Request("", "/fixed-points?system=henon&a=1.{}&b=0.3")]),
        (8, "plain", [Request("", path) for path in PLAIN]),
        (8, "wrong", [Request("", path) for path in WRONG]),
        (4, "known", [Request("", f"{ORBIT}&steps={n}", "If-None-Match: *\r\n") for n in (20, 20000)]),
        (
            8,
            "compressed",
            [
                Request("", f"{ORBIT}&steps={n}&format={name}", f"Accept-Encoding: {coding}\r\n")
                for n in (200, 20000)
                for name in FORMATS[:4]
                for coding in ("gzip", "zstd")
            ],
        ),
        (7, "left", [Request("", f"{ORBIT}&steps=1000000&format={name}", leaves=True) for name in FORMATS]),
    ]


KINDS = _kinds()
WEIGHTS = [weight for weight, _, _ in KINDS]
EXPECTED = {"wrong": {400, 404}, "known": {304}, "left": {LEFT}}
"""The statuses of kinds other than 200; any may be 503."""


def draw() -> Request:
    ((_, kind, requests),) = random.choices(KINDS, WEIGHTS)
    request = random.choice(requests)
    path = request.path.replace("{}", str(random.randrange(10**6)))
    return request._replace(kind=kind, path=path, is_fresh=random.random() < 0.3)


def is_failure(answer: Answer) -> bool:
    return answer.status != 503 and answer.status not in EXPECTED.get(answer.kind, {200})


def held(pid: int) -> tuple[int, int]:
    """Descriptors and threads."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir())), len(list(Path(f"/proc/{pid}/task").iterdir()))


def slope(minutes: list[int], sizes: list[float]) -> tuple[float, float]:
    """MiB an hour by least squares, and its standard error."""
    (steepness, _), covariance = np.polyfit(np.array(minutes) / 60, sizes, 1, cov=True)
    return float(steepness), float(np.sqrt(covariance[0, 0]))


def main() -> int:
    """0 where nothing failed, descriptors are as many as before, and memory is flat."""
    if MINUTES < 6:
        raise SystemExit("SOAK_MINUTES is at least 6, of which two are warm-up")
    failures: Counter[tuple[str, int]] = Counter()
    sizes: list[float] = []
    most = 0
    with process("-m", "attractor", "serve", ATTRACTOR_METRICS_PORT=str(free_port())) as (port, pid):
        sustained(port, draw, 30)  # which compiles kernels
        rate = sustained(port, draw, 10) / 2
        time.sleep(REST)
        before, _ = held(pid)
        print(f"{rate:.0f} requests/s for {MINUTES} minutes; memory and descriptors once they are answered")
        print("| minute | MiB | at most | descriptors | threads | requests | refused | failed |\n|" + "---|" * 8)
        for minute in range(1, MINUTES + 1):
            answers = at_rate(port, rate, 60, draw)
            time.sleep(REST)
            failed = Counter((answer.kind, answer.status) for answer in answers if is_failure(answer))
            failures.update(failed)
            sizes.append(resident(pid))
            descriptors, threads = held(pid)
            most = max(most, descriptors)
            refused = sum(answer.status == 503 for answer in answers)
            memory = f"{sizes[-1]:.1f} | {resident(pid, 'VmHWM'):.0f}"
            counts = (descriptors, threads, len(answers), refused, failed.total())
            print(f"| {minute} | {memory} | {' | '.join(map(str, counts))} |", flush=True)
    warm = MINUTES // 3
    steepness, error = slope([*range(warm, MINUTES)], sizes[warm:])
    print(f"memory: {steepness:+.1f} ± {error:.1f} MiB/h after {warm} minutes; at most {STEEPEST:g}")
    print(f"descriptors: {before} before, at most {most} afterwards")
    for (kind, status), count in failures.items():
        print(f"failed: {count} × {kind}, {status or 'no whole answer'}")
    return int(bool(failures) or most > before or steepness - ERRORS * error > STEEPEST)


if __name__ == "__main__":
    sys.exit(main())
