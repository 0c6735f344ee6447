"""`python -m bench.load`: ten times as many mixed requests as the service sustains, for a minute; prints a table.

What is sustained is found first: the rate of answers that four clients reach who wait for each. One request in ten is
sent over a connection of its own, or NEW of them; the others over one that is idle, as a load balancer does. Latency
counts from when a request was due. SECONDS moves the minute.

Then, from `bench.crowding`, what one client's work does to others, a sixth of SECONDS each. The exit status is 1 where
a figure is missed that is said there.
"""

import gc
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from statistics import median
from urllib.request import urlopen

from bench import crowding
from bench.http import LORENZ, free_port, process, resident
from bench.traffic import FAILED, Answer, Draw, Request, Traffic, run

SECONDS = float(os.environ.get("SECONDS", "60"))
NEW = float(os.environ.get("NEW", "0.1"))
LIGHT = "light"
HENON = "system=henon&x0=0.{}&y0=0&a=1.4&b=0.3"
MIX = [
    *[(LIGHT, LORENZ.replace("x0={}", "x0=1.{}"))] * 12,
    *[("orbit", LORENZ.replace("x0={}", "x0=1.{}") + "&steps=20000")] * 4,
    ("npy", LORENZ.replace("x0={}", "x0=1.{}") + "&steps=100000&format=npy"),
    ("spectrum", f"/lyapunov?{HENON}&steps=200000"),
    ("ensemble", f"/ensemble?{HENON.replace('y0=0', 'y0=0:0.1:1000')}&steps=2000&format=npy"),
    ("horizon", f"/horizon?{HENON}&steps=100"),
]


def draw() -> Request:
    kind, path = random.choice(MIX)
    return Request(kind, path.format(random.randrange(10**6)), is_fresh=random.random() < NEW)


def at_rate(port: int, rate: float, seconds: float, draw: Draw) -> list[Answer]:
    """What is got for requests at an even rate."""
    traffic = Traffic(port)
    run(traffic.at_rate(rate, seconds, draw))
    return traffic.answers


def sustained(port: int, draw: Draw, seconds: float) -> float:
    """Answers per second that four clients reach who wait for each."""
    traffic = Traffic(port)
    run(traffic.by_clients(4, seconds, draw))
    return sum(answer.status not in (FAILED, 503) for answer in traffic.answers) / seconds


def quantile(values: Sequence[float], q: float) -> float:
    """In milliseconds."""
    return sorted(values)[min(len(values) - 1, int(q * len(values)))] * 1e3 if values else float("nan")


def seen_inside(metrics: int) -> Callable[[float], float]:
    """Of the answers since then, the bound in ms of the server's own histogram below which such a share of them is."""

    def counted() -> Counter[float]:
        text = urlopen(f"http://127.0.0.1:{metrics}/metrics").read().decode()
        found: Counter[float] = Counter()
        for labels, count in re.findall(r"^attractor_request_seconds_bucket\{(.*)\} (\S+)$", text, re.MULTILINE):
            if 'status="200"' in labels and "/health" not in labels:
                found[float(re.search(r'le="(.*?)"', labels)[1].replace("+Inf", "inf"))] += float(count)
        return found

    before = counted()

    def below(share: float) -> float:
        now = counted()
        now.subtract(before)
        return next((bound * 1e3 for bound in sorted(now) if now[bound] >= share * now[inf]), inf)

    return below


def ten_times(port: int, pid: int, metrics: int) -> None:
    """Prints the table of mixed requests, at half and at ten times the rate that is sustained."""
    names = ("load", "sent/s", "late, p99", "answered", "refused", "failed", "answers, p50 and p99")
    more = ("of those that need a thread", "inside the server, p99 ≤", "refusals, p50", "MiB")
    print(f"| {' | '.join((*names, *more))} |\n|{'---|' * len((*names, *more))}")
    sustained(port, draw, 3)
    capacity = sustained(port, draw, 8)
    for name, rate, seconds in (
        ("half", capacity / 2, SECONDS / 4),
        ("ten times", capacity * 10, SECONDS),
        ("half, afterwards", capacity / 2, SECONDS / 4),
    ):
        inside = seen_inside(metrics)
        found = at_rate(port, rate, seconds, draw)
        good, refused = ([a for a in found if a.status == status] for status in (200, 503))
        times, heavy = ([a.seconds for a in good if a.kind != but] for but in ("", LIGHT))
        late = quantile([a.sent - a.due for a in found], 0.99)
        sent = len(found) / (max(a.sent for a in found) - min(a.sent for a in found))
        says = [
            name,
            f"{sent:.0f}",
            f"{late:.1f}",
            *map(str, (len(good), len(refused), len(found) - len(good) - len(refused))),
            f"{quantile(times, 0.5):.1f}, {quantile(times, 0.99):.1f}",
            f"{quantile(heavy, 0.5):.1f}, {quantile(heavy, 0.99):.1f} ({len(heavy)})",
            f"{inside(0.99):.3g}",
            f"{median(a.seconds for a in refused) * 1e3 if refused else 0:.1f}",
            f"{resident(pid):.0f}",
        ]
        print(f"| {' | '.join(says)} |", flush=True)
    print("Times in ms.\n")


def main() -> int:
    """0 where every figure that `bench.crowding` demands is met."""
    gc.disable()  # pauses would be counted as the service's
    metrics = free_port()
    with process("-m", "attractor", "serve", ATTRACTOR_METRICS_PORT=str(metrics)) as (port, pid):
        ten_times(port, pid, metrics)
    return 0 if crowding.figures_are_met(SECONDS / 6) else 1


if __name__ == "__main__":
    sys.exit(main())
