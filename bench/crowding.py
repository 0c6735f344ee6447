"""What one client's work does to others: to light requests, and to small analyses.

Every client has an address of its own: only Linux has all of 127.0.0.0/8.
"""

import asyncio
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from urllib.request import urlopen

from bench.http import LORENZ, ROOT, free_port, process
from bench.traffic import Answer, Request, Traffic, run

MOST = 2.0
"""Times the p99 of light requests to an idle service, beside any heavy kind."""
LEAST = 0.95
"""Of other clients' small analyses that are answered, whoever asks for much."""
SLICE = 50
"""Milliseconds of the longest slice."""
LIGHT_RATE, SMALL_RATE = 100, 20  # a second
CONTROL = "a process a core outside it"
"""What computes at the niceness of the service's own threads, and shares nothing with it but the machine."""

SERVICE = """
import signal
from attractor.api import app
from attractor.api.limits import scheduler

class Watched(scheduler.Jobs):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        signal.signal(signal.SIGUSR1, self.forget)

    def forget(self, *_):
        self.longest = self.load.greatest = 0.0

app.Jobs = Watched
from attractor.api.serve import serve
serve()
"""
"""A service that forgets, at SIGUSR1, its longest slice and greatest lag: what a first use imports is no slice."""

ORBIT = "system=lorenz&x0=1.{0}&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"
HENON = "system=henon&x0=0.{0}&y0=0&a=1.4&b=0.3"
HEAVY = {
    "orbit as JSON": f"/calculation?{ORBIT}&steps=3000000",
    "orbit as CSV": f"/calculation?{ORBIT}&steps=3000000&format=csv",
    "orbit as npy": f"/calculation?{ORBIT}&steps=10000000&format=npy",
    "orbit as Arrow": f"/calculation?{ORBIT}&steps=10000000&format=arrow",
    "orbit as Parquet": f"/calculation?{ORBIT}&steps=3000000&format=parquet",
    "decimals": "/calculation?system=logistic&x0=0.{0}&r=3.9&steps=20000&precision=decimal&digits=500",
    "correct digits": "/calculation?system=logistic&x0=0.{0}&r=3.9&steps=5000&correct=500",
    "correct digits of sines": "/calculation?system=ikeda&x0=0.{0}&y0=0.1&u=0.9&steps=3000&correct=500",
    "ensemble": f"/ensemble?{HENON.replace('y0=0', 'y0=0:0.1:1000')}&steps=1000000",
    "spectrum": f"/lyapunov?{HENON}&steps=20000000",
    "bifurcation": "/bifurcation?system=logistic&x0=0.{0}&r=3:4:10000&transient=100000&format=npy",
    "basins": "/basins?system=henon&x0=-2:2:400&y0=-2.{0}:2:400&a=1.4&b=0.3&format=npy",
    "fixed points": "/fixed-points?system=henon&a=1.{0}&b=0.3&period=8",
    "horizon": f"/horizon?{HENON}&steps=2000",
    "picture of density": f"/picture?{HENON}&steps=30000000&width=1000&height=800",
    "picture of a diagram": "/picture?of=bifurcation&system=logistic&x0=0.{0}&r=3:4:4000&width=1000&height=800",
    "picture of exponents": "/picture?of=lyapunov&system=logistic&x0=0.{0}&r=3:4:4000&width=1000&height=800",
    "picture of basins": "/picture?of=basins&system=henon&x0=-2:2:300&y0=-2.{0}:2:300&a=1.4&b=0.3",
}
LIGHT = LORENZ.replace("{}", "1.{0}")
SMALL = [
    f"/lyapunov?{HENON}&steps=2000",
    f"/ensemble?{HENON.replace('y0=0', 'y0=0:0.1:20')}&steps=100",
    "/bifurcation?system=logistic&x0=0.{0}&r=3:4:20&transient=100&kept=10",
]
REFUSED = "/calculation?system=lorenz&x0=1.{0}&nothing=1"
LARGE = f"/calculation?{ORBIT}&steps=90000000&format=npy"

_numbers = itertools.count(1)


def of(path: str) -> Request:
    """A request for something that nobody has asked for yet."""
    return Request(path, path.format(f"{next(_numbers):06}"))


async def heavily(port: int, path: str) -> None:
    """Two clients ask for heavy work all the time, one answer after another each."""
    await asyncio.gather(
        *(Traffic(port, f"127.0.1.{client}").by_clients(1, 3600, lambda: of(path)) for client in (1, 2))
    )


async def refusals(port: int) -> None:
    await Traffic(port, "127.0.1.1").at_rate(260, 3600, lambda: of(REFUSED))


async def slow_readers(port: int) -> None:
    await asyncio.gather(*(reading(port, of(LARGE).path, 2_000) for _ in range(13)))


async def downloads(port: int) -> None:
    await asyncio.gather(*(reading(port, of(LARGE).path, 0) for _ in range(8)))


async def reading(port: int, path: str, rate: float) -> None:
    """Reads an answer, so many bytes a second or as fast as it can for 0, and asks again once it is over."""
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as connection:
            connection.setblocking(False)
            connection.bind(("127.0.1.1", 0))
            if rate:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
            with suppress(OSError):
                await loop.sock_connect(connection, ("127.0.0.1", port))
                await loop.sock_sendall(connection, f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                while await loop.sock_recv(connection, int(rate / 10) or 1 << 18):
                    await asyncio.sleep(0.1 if rate else 0)
        await asyncio.sleep(0.5)


@contextmanager
def others(port: int, name: str | None) -> Iterator[None]:
    """What other clients do, by its name, meanwhile: in a process of their own, which holds up nobody who measures."""
    if name is None:
        yield
        return
    command = [sys.executable, "-m", "bench.crowding", str(port), name]
    doing = [subprocess.Popen(command, cwd=ROOT) for _ in range((os.cpu_count() or 1) if name == CONTROL else 1)]
    try:
        time.sleep(1.5)  # by then they have begun
        yield
        if any(each.poll() is not None for each in doing):
            raise SystemExit(f"{name} ended")
    finally:
        for each in doing:
            each.kill()
            each.wait()
    time.sleep(0.5)  # until the service has seen them leave


def p99(answers: Sequence[Answer]) -> float:
    """Milliseconds."""
    times = sorted(answer.seconds for answer in answers)
    return times[int(0.99 * len(times))] * 1e3


def gauges(metrics: int) -> dict[str, float]:
    """Milliseconds: the longest slice and the greatest lag of the loop since the start."""
    text = urlopen(f"http://127.0.0.1:{metrics}/metrics").read().decode()
    found = re.findall(r"^attractor_(longest_slice|loop_lag)_seconds (\S+)$", text, re.MULTILINE)
    return {name: float(value) * 1e3 for name, value in found}


def figures_are_met(seconds: float) -> bool:
    """Prints what light requests get beside each heavy kind, and small analyses beside crowds; whether all is well."""
    metrics = free_port()
    with process("-c", SERVICE, ATTRACTOR_METRICS_PORT=str(metrics)) as (port, pid):
        use_all_once(port)

        def asked(name: str | None, rate: float, paths: Sequence[str]) -> tuple[list[Answer], dict[str, float]]:
            drawn, traffic = itertools.cycle(paths), Traffic(port, "127.0.3.1")
            os.kill(pid, signal.SIGUSR1)
            with others(port, name):
                run(traffic.at_rate(rate, seconds, lambda: of(next(drawn))))
            return traffic.answers, gauges(metrics)

        found, seen = asked(None, LIGHT_RATE, [LIGHT])
        idle = p99(found)
        missed = []
        print("| light requests beside | p99 | to idle | longest slice | loop late at most |\n|---|---|---|---|---|")
        print(f"| nothing | {idle:.1f} | | | {seen['loop_lag']:.0f} |", flush=True)
        for kind in (CONTROL, *HEAVY):
            found, seen = asked(kind, LIGHT_RATE, [LIGHT])
            ratio, longest = p99(found) / idle, seen["longest_slice"]
            print(f"| {kind} | {p99(found):.1f} | {ratio:.1f} | {longest:.0f} | {seen['loop_lag']:.0f} |", flush=True)
            if kind != CONTROL and (ratio > MOST or answered(found) < 1 or longest > SLICE):
                missed.append(kind)
        print("\n| small analyses of another client beside | answered | p99 |\n|---|---|---|")
        for kind in CROWDS:
            found, _ = asked(kind, SMALL_RATE, SMALL)
            print(f"| {kind} | {answered(found):.1%} | {p99(found):.1f} |", flush=True)
            if answered(found) < LEAST:
                missed.append(kind)
    print(f"Times in ms. Missed ({MOST} times, {SLICE} ms a slice, {LEAST:.0%} answered): {', '.join(missed) or '-'}.")
    return not missed


def use_all_once(port: int) -> None:
    """Of what is imported and compiled at its first use. Raises SystemExit where something is not answered."""
    paths = [*HEAVY.values(), *SMALL]
    traffic = Traffic(port, "127.0.2.1")
    run(traffic.in_turn([of(path) for path in paths]))
    for path, answer in zip(paths, traffic.answers, strict=True):
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")


def answered(answers: Sequence[Answer]) -> float:
    return sum(answer.status == 200 for answer in answers) / len(answers)


CROWDS = {"260 refusals a second": refusals, "13 readers of 2 kB/s": slow_readers, "8 large downloads": downloads}

if __name__ == "__main__":
    port, name = int(sys.argv[1]), sys.argv[2]
    if name == CONTROL:
        os.nice(5)  # as the threads of the service that compute
        while True:
            pass
    run(CROWDS[name](port) if name in CROWDS else heavily(port, HEAVY[name]))
