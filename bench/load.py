"""`python -m bench.load`: ten times as many mixed requests as the service sustains, for a minute; prints a table.

Requests are sent at fixed times whether or not others are answered (an open loop), each over a connection of its own,
by a process of its own. What is sustained is found first: the rate that a closed loop of a few clients reaches.
"""

import asyncio
import random
import re
import sys
import time
from pathlib import Path
from statistics import median

from bench.http import LORENZ, process

SECONDS = 60
HENON = "system=henon&x0=0.{}&y0=0&a=1.4&b=0.3"
MIX = [
    *[LORENZ.replace("x0={}", "x0=1.{}")] * 12,
    *[LORENZ.replace("x0={}", "x0=1.{}") + "&steps=20000"] * 4,
    LORENZ.replace("x0={}", "x0=1.{}") + "&steps=100000&format=npy",
    f"/lyapunov?{HENON}&steps=200000",
    f"/ensemble?{HENON.replace('y0=0', 'y0=0:0.1:1000')}&steps=2000&format=npy",
    f"/horizon?{HENON}&steps=100",
]


async def asked(port: int, path: str) -> tuple[int, float]:
    """The status, 0 for none, and the seconds until the whole answer."""
    begin = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        head = await reader.read(12)
        while await reader.read(1 << 18):
            pass
        writer.close()
        return int(head[9:12]), time.perf_counter() - begin
    except (OSError, ValueError):
        return 0, time.perf_counter() - begin


def path() -> str:
    return random.choice(MIX).format(random.randrange(10**6))


async def sustained(port: int, clients: int = 4, seconds: float = 10) -> float:
    """Requests per second that a few clients reach who wait for each answer."""
    count, end = 0, time.perf_counter() + seconds

    async def client() -> None:
        nonlocal count
        while time.perf_counter() < end:
            count += (await asked(port, path()))[0] == 200

    await asyncio.gather(*(client() for _ in range(clients)))
    return count / seconds


async def load(port: int, rate: float, seconds: float) -> list[tuple[int, float]]:
    """What each of the requests got that were sent at an even rate."""
    begin, tasks = time.perf_counter(), []
    for i in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + i / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(asked(port, path())))
    return list(await asyncio.gather(*tasks))


def resident(pid: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def quantile(values: list[float], q: float) -> float:
    return sorted(values)[min(len(values) - 1, int(q * len(values)))] * 1e3 if values else float("nan")


def main() -> int:
    """0 once the table is printed, whatever it says."""
    print("| load | requests/s | answered | refused | failed | p50, p99 of answers (ms) | p50 of refusals | MiB |")
    print("|---|---|---|---|---|---|---|---|")
    with process("-m", "api") as (port, pid):
        for _ in range(200):
            asyncio.run(asked(port, path()))
        capacity = asyncio.run(sustained(port))
        for name, rate, seconds in (
            ("half", capacity / 2, 15),
            ("ten times", capacity * 10, SECONDS),
            ("half, afterwards", capacity / 2, 15),
        ):
            found = asyncio.run(load(port, rate, seconds))
            good, refused = ([t for status, t in found if status == wanted] for wanted in (200, 503))
            failed = len(found) - len(good) - len(refused)
            print(
                f"| {name} | {rate:.0f} | {len(good)} | {len(refused)} | {failed} | {quantile(good, 0.5):.1f}, "
                f"{quantile(good, 0.99):.1f} | {median(refused) * 1e3 if refused else 0:.1f} | {resident(pid):.0f} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
