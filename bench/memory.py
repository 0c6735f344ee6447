"""`python -m bench.memory`: what answers hold, at the largest sizes that are accepted and between extremes.

For each it prints the figure that the query declares, by how much it moved the worker's peak, and by how much that is
above what is declared and SLACK together. Exits with 1 where any is. A client reads what it is sent, or slowly, and
leaves after SECONDS.
"""

import os
import re
import resource
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.problems import BadQuery
from attractor.api.settings import Settings
from bench.http import process
from bench.recording import OPTION, Table

SLACK = 64 << 20
"""Bytes by which an answer may move the peak beyond what it declares."""
SECONDS = float(os.environ.get("SECONDS", "0.7"))
"""Of reading after which a client has seen enough."""
WAIT = 30.0
"""Seconds that it waits for an answer to begin."""
MOST = 330.0
"""Seconds after which no further case is tried, which is a miss, too."""
SLOWLY = 2_000
"""Bytes a second of a slow reader."""
TRIMMED = 0.2
"""Seconds after which the server of this benchmark gives back what is free, so that the next peak begins low."""
SERVER = f"from attractor.api import limits, serve; limits.heap.GIVEN_BACK = {TRIMMED}; serve.serve()"

LOGISTIC = "system=logistic&x0=0.3&r=3.9"
HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
RHO = "system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=20:28:{}&beta=2.6666666666666665&delta_t=0.01"
SQUARE = "system=henon&x0=-2:2:1000&y0=-2:2:1000&a=1.4&b=0.3"
PLANE = "system=henon&x0=0.1&y0=0&a=1:1.4:1000&b=0:0.3:500"
LORENZ = "system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"
FORMATS = ("json", "columns", "ndjson", "csv", "arrow", "npy", "parquet")


class Case(NamedTuple):
    """A request, and how it is read."""

    path: str
    is_slow: bool = False


DECIMALS = (
    f"{LOGISTIC}&steps=400000&precision=decimal&digits=28",
    f"{LOGISTIC}&steps=13000&precision=decimal&digits=1000",
    "system=henon&x0=0.1&y0=5&a=1.4&b=0.3&steps=200000",
)


def cases() -> Iterator[Case]:
    """The query space at its ends."""
    for form in FORMATS:
        end = f"&format={form}"
        yield Case(f"/calculation?{LORENZ}&steps=100000000&precision=double{end}")
        yield Case(f"/calculation?{LORENZ}&steps=990000{end}")
        yield Case(f"/calculation?{LORENZ}&steps=4000000{end}", is_slow=True)
    for form in ("json", "columns", "arrow", "parquet"):  # ndjson and csv are written as json is
        for query in DECIMALS:
            yield Case(f"/calculation?{query}&format={form}", is_slow=form in ("columns", "arrow"))
    for form in ("columns", "parquet"):  # which hold most of what is text, and of what is not
        end = f"&format={form}"
        yield Case(f"/ensemble?{RHO.format(10000000)}&steps=1{end}")
        yield Case(f"/ensemble?{RHO.format(10000)}&steps=5000&keep=orbits{end}")
        yield Case(f"/ensemble?system=logistic&x0=0.3&r=3:4:2&steps=20000000&keep=orbits{end}")
        yield Case(f"/bifurcation?{RHO.format(5000000)}&kept=1&transient=1{end}")
        yield Case(f"/bifurcation?{RHO.format(2000)}&kept=10000{end}")
        yield Case(f"/bifurcation?{RHO.format(1000000)}&kept=1&transient=1&continuation=true{end}")
        yield Case(f"/lyapunov?{RHO.format(1000000)}&steps=20&transient=0{end}")
        yield Case(f"/basins?{SQUARE}&steps=64{end}")
    yield Case("/horizon?system=logistic&x0=0.3&r=3:4:20000&steps=1")
    yield Case("/horizon?system=logistic&x0=0.3&r=2&steps=50000")
    yield Case("/fixed-points?system=logistic&r=3.9&period=12")
    yield Case("/fixed-points?system=henon&a=1:2:500&b=0.3")
    for form in ("png", "svg"):
        for size in ("", "&width=2000&height=2000", "&width=160&height=4000"):
            end = f"{size}&format={form}"
            yield Case(f"/picture?of=density&{LORENZ}&steps=1000000{end}")
            yield Case(f"/picture?of=bifurcation&{RHO.format(3000000)}&kept=1&transient=1{end}")
            yield Case(f"/picture?of=bifurcation&system=logistic&x0=0.3&r=3:4:2000&kept=100&transient=10{end}")
            yield Case(f"/picture?of=lyapunov&{PLANE}&steps=20&transient=0{end}")
            yield Case(f"/picture?of=lyapunov&system=logistic&x0=0.3&r=3:4:100000&steps=20&transient=0{end}")
            yield Case(f"/picture?of=basins&{SQUARE}&steps=64{end}")


def declared(case: Case, settings: Settings) -> int:
    """Raises BadQuery."""
    url = urlsplit(case.path)
    (resource,) = [each for each in RESOURCES if each.path == url.path]
    found: int = resource.read(url.query.encode(), settings, "json").memory
    return found


def asked(port: int, case: Case) -> tuple[int, int, float]:
    """The status, 0 where none came, the bytes that were read, and the seconds it took."""
    began = time.monotonic()
    until, size, status = began + WAIT, 0, 0
    with socket.socket() as connection:
        connection.settimeout(1)
        if case.is_slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(f"GET {case.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        while time.monotonic() < until:
            try:
                data = connection.recv(SLOWLY if case.is_slow else 1 << 20)
            except TimeoutError:
                continue
            if not data:
                break
            if not status:
                status, until = int(data[9:12]), time.monotonic() + SECONDS
            size += len(data)
            if case.is_slow:
                time.sleep(len(data) / SLOWLY)
    return status, size, time.monotonic() - began


def with_helper(pid: int) -> list[int]:
    """The process ids of a worker and, once there is one, of its helper."""
    return [
        pid,
        *(int(child) for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()),
    ]


def ready_helpers(pid: int) -> set[int]:
    """The process ids of those of a worker's helpers that are ready: they limit their memory last."""
    found = set()
    for each in with_helper(pid)[1:]:
        with suppress(ProcessLookupError):  # it has ended meanwhile
            if resource.prlimit(each, resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY:
                found.add(each)
    return found


def peak(pid: int) -> int:
    """Bytes of a worker and its helper, each at most, since `begin_anew`."""
    status = "".join(Path(f"/proc/{each}/status").read_text() for each in with_helper(pid))
    return sum(int(size) * 1024 for size in re.findall(r"VmHWM:\s+(\d+)", status))


def begin_anew(pid: int) -> None:
    """The peak is what the processes hold now."""
    for each in with_helper(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


class Measured(NamedTuple):
    """What a case moved the peak by, and what it declares."""

    moved: int
    declared: int
    path: str

    @property
    def beyond(self) -> int:
        return self.moved - self.declared - SLACK


def kind(path: str) -> str:
    """The endpoint, of pictures with what is drawn."""
    url = urlsplit(path)
    return " ".join([url.path, *re.findall(r"(?:^|&)of=([a-z]+)", url.query)])


def tell(found: Sequence[Measured]) -> None:
    """Prints a table of the cases that come closest to their bound, or exceed it, and of all that were tried."""
    columns = ("endpoint", "requests", "greatest declared, MiB", "measured of it", "greatest measured", "most beyond")
    print()
    table = Table("memory", "make bench-costs", *columns)
    for name in sorted({kind(each.path) for each in found}):
        mine = [each for each in found if kind(each.path) == name]
        dearest = max(mine, key=lambda each: each.declared)
        sizes = dearest.declared, dearest.moved, max(each.moved for each in mine)
        most = max(each.moved - each.declared for each in mine)
        table.row(name, str(len(mine)), *(f"{size / 2**20:.0f}" for size in (*sizes, most)))
    table.record()
    print()


def main() -> int:
    settings, found = Settings(), list[Measured]()
    until = time.monotonic() + MOST
    tried = 0
    wanted = [case for case in cases() if all(word in case.path for word in {*sys.argv[1:]} - {OPTION})]
    print("declared measured     over  status  read MB  seconds  request, MiB")
    with process("-c", SERVER, ATTRACTOR_ACCESS_LOG="false") as (port, pid):
        for path in ("/picture?" + HENON + "&steps=1000", f"/calculation?{HENON}&steps=100000&format=parquet"):
            asked(port, Case(path))  # what is loaded once is no answer's memory
        while not ready_helpers(pid):
            time.sleep(TRIMMED)
        for path in ("/picture?" + HENON + "&steps=1001", f"/calculation?{HENON}&steps=1000000&format=parquet"):
            asked(port, Case(path))  # by the helper
        for case in wanted:
            if time.monotonic() > until:
                break
            tried += 1
            try:
                thought = declared(case, settings)
            except BadQuery as error:
                fault = error.faults[0]
                print(f"refused: {fault.parameter} {fault.problem}; {fault.allowed}: {case.path}", flush=True)
                continue
            status = 503
            while status == 503:  # what was broken off before has yet to end
                time.sleep(2 * TRIMMED)
                begin_anew(pid)
                before = peak(pid)
                status, size, seconds = asked(port, case)
            found.append(Measured(peak(pid) - before, thought, case.path))
            sizes = thought, found[-1].moved, found[-1].beyond
            numbers = " ".join(f"{each / 2**20:8.1f}" for each in sizes) + f" {status:7} {size / 1e6:8.1f}"
            print(f"{numbers} {seconds:8.1f}  {'slowly ' * case.is_slow}{case.path}", flush=True)
    tell(found)
    over, left = sum(each.beyond > 0 for each in found), len(wanted) - tried
    print(f"{over} of {tried} move the peak by more than they declare and {SLACK >> 20} MiB; {left} were not tried")
    return bool(over or left)


if __name__ == "__main__":
    sys.exit(main())
