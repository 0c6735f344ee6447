"""`python -m bench.http`: the service over loopback beside what it is compared with, in one run; prints a table.

Needs wrk, and Linux. Both sides run under the same uvicorn (uvloop, httptools, one worker, no access log), take turns,
and are asked for another orbit by each request; each figure is the median of the rounds' ratios.
"""

import http.client
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import median

from attractor.core.edition import EDITION
from bench.recording import Table

ROOT = Path(__file__).parent.parent
PARAMETERS = "sigma=4&rho=5&beta=1&delta_t=0.01"
PINNED = f"{PARAMETERS}&edition={EDITION}"
LORENZ = "/calculation?system=lorenz&x0={}&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"
BILLION = LORENZ + "&steps=1000000000&every=11&format=json"
SYMBOLIC = "/fixed-points?system=chen&a=3{}:40:1000&b=3&c=28&delta_t=0.001"
CYCLES = "/fixed-points?system=henon&a=1.{}&b=0.3&period=9"
PICTURE = "/picture?system=henon&x0=0.1{}&y0=0&a=1.4&b=0.3&steps=300000&width=1000&height=800"
PARQUET = LORENZ.replace("{}", "1.{}") + "&steps=1000000&format=parquet"
SPECTRA = "/lyapunov?system=lorenz&x0={}&y0=1&z0=1&sigma=10&rho=20:28:10000&beta=2.6666&delta_t=0.01&steps=100000"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Of what is measured: that it be compiled to bytecode once, and not at each start."""
ELSEWHERE = ("attr", "pydantic", "starlette")
"""What litestar loads where it finds it: here tests and baselines have it, the service does not install it."""
STREAMED = ("json", "columns", "ndjson", "csv", "arrow", "npy", "parquet")

WRK = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", string.format("/calculation?x0=1.%06d&y0=2&z0=3&{}", n % 999983 + 1))
end
"""


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Python with `arguments`, which listens on the free port PORT; yields the port and the process id."""
    port = free_port()
    command = [sys.executable, *(argument.replace("PORT", str(port)) for argument in arguments)]
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**ENVIRONMENT, "PORT": str(port), "WORKERS": "1", **environment},
        stdout=quiet,
        stderr=quiet,
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except ConnectionRefusedError:
                if running.poll() is not None:
                    raise SystemExit(f"{' '.join(command)} ended before it listened") from None
                time.sleep(0.01)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait(30)


def server(application: str, *options: str, **environment: str) -> AbstractContextManager[tuple[int, int]]:
    """An application under uvicorn, as `process` gives it."""
    same = ["--port", "PORT", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    return process("-m", "uvicorn", application, *same, *options, **environment)


def wrk(port: int, parameters: str, seconds: int) -> str:
    """What wrk says after asking by 16 connections."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK.replace("{}", parameters))
        script.flush()
        command = ["wrk", "-t1", "-c16", f"-d{seconds}", "-s", script.name, f"http://127.0.0.1:{port}"]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(out)
    return out


def requests_per_second(port: int, parameters: str = PARAMETERS) -> float:
    """What wrk reaches."""
    return float(re.search(r"Requests/sec:\s+([\d.]+)", wrk(port, parameters, 3))[1])


def cpu_seconds(pid: int) -> float:
    """What a process, its ended children apart, has taken of the CPU, to 10 ms."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def requests_per_cpu_second(port: int, pid: int, parameters: str) -> float:
    """What the server answers in a second of its CPU, so that whatever else keeps the machine busy does not count."""
    begin = cpu_seconds(pid)
    requests = int(re.search(r"(\d+) requests in", wrk(port, parameters, 1))[1])
    return requests / (cpu_seconds(pid) - begin)


def size_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    return len(connection.getresponse().read())


def transfer(port: int, path: str, until_first_byte: bool = False) -> float:
    """Seconds from the request to the end of the answer, or to its first byte."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        begin = time.perf_counter()
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        buffer = bytearray(1 << 20)
        head = connection.recv(1 << 16)
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {head[:200]!r}")
        while b"\r\n\r\n" not in head or head.endswith(b"\r\n\r\n"):  # the body's first byte
            head += connection.recv(1 << 16)
        while not until_first_byte and connection.recv_into(buffer):
            pass
        return time.perf_counter() - begin


def constant_beside(ours: int) -> AbstractContextManager[tuple[int, int]]:
    """A bare ASGI application whose constant body is as long as the answer of 20 steps."""
    body = size_of(ours, f"/calculation?x0=1.5&y0=2&z0=3&{PARAMETERS}")
    return server("bench.baselines:constant", BODY=str(body))


def cpu_to_bare(parameters: str, rounds: int = 9) -> float:
    """Requests of 20 steps per second of the server's CPU, to those of a bare ASGI constant: the best round of each.

    What else runs on a core, or on its other thread, only takes away.
    """
    with process("-m", "attractor", "serve", ATTRACTOR_ACCESS_LOG="false") as ours, constant_beside(ours[0]) as bare:
        taken = [[requests_per_cpu_second(*each, parameters) for each in (ours, bare)] for _ in range(rounds)]
    best, best_bare = map(max, zip(*taken, strict=True))
    return best / best_bare


def hot_path(rounds: int = 5) -> dict[str, float]:
    """Requests per second of 20 steps, as ratios."""
    with ExitStack() as stack:
        ours, _ = stack.enter_context(process("-m", "attractor", "serve", ATTRACTOR_ACCESS_LOG="false"))
        bare, _ = stack.enter_context(constant_beside(ours))
        naive, _ = stack.enter_context(server("bench.baselines:straightforward", "--factory"))
        taken = [[requests_per_second(port) for port in (ours, bare, naive)] for _ in range(rounds)]
        diverging = [requests_per_second(ours, "sigma=4&rho=5&beta=1&delta_t=2") for _ in range(rounds)]
    return {
        "to bare": median(a / b for a, b, _ in taken),
        "to straightforward": median(a / c for a, _, c in taken),
        "diverging to bare": median(d / b for d, (_, b, _) in zip(diverging, taken, strict=True)),
    }


def library_json(steps: int) -> tuple[float, float]:
    """Floats per second of orjson from an array and of msgspec from a struct a record, no HTTP around them."""
    import msgspec
    import numpy as np
    import orjson

    from attractor.core.catalogue import SYSTEMS
    from attractor.core.kernel import orbit_kernel

    class Record(msgspec.Struct):
        n: int
        x: float
        y: float
        z: float

    orbit = np.empty((steps, 3))
    orbit_kernel(SYSTEMS["lorenz"])((1.0, 1.0, 1.0), (10.0, 28.0, 8 / 3, 0.01), 1, orbit)
    begin = time.perf_counter()
    orjson.dumps(orbit, option=orjson.OPT_SERIALIZE_NUMPY)
    middle = time.perf_counter()
    msgspec.json.encode([Record(n, *row) for n, row in enumerate(orbit[: steps // 10].tolist(), start=1)])
    return orbit.size / (middle - begin), orbit.size / 10 / (time.perf_counter() - middle)


def resident(pid: int, key: str = "VmRSS") -> float:
    """MiB that a process holds; with VmHWM, at the most since its clear_refs was written."""
    return int(re.search(rf"{key}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def peak(port: int, pid: int, path: str) -> float:
    """MiB that the server's memory rises above idle during an answer."""
    idle = resident(pid)
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    transfer(port, path)
    return resident(pid, "VmHWM") - idle


def latency(port: int, count: int = 300) -> float:
    """Median seconds of 20 steps over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for i in range(count):
        begin = time.perf_counter()
        connection.request("GET", LORENZ.format(f"1.{i + 1:03}1"))
        connection.getresponse().read()
        times.append(time.perf_counter() - begin)
    return median(times)


@contextmanager
def beside(port: int, path: str, count: int = 4) -> Iterator[None]:
    """`count` clients read answers of `path`, each with another number in it, as fast as they come."""
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]

    def drain(connection: socket.socket) -> None:
        buffer = bytearray(1 << 20)
        try:
            while connection.recv_into(buffer):
                pass
        except OSError:
            pass  # closed below, which is how it ends

    for i, connection in enumerate(connections):
        connection.sendall(f"GET {path.format(i + 2)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        threading.Thread(target=drain, args=[connection], daemon=True).start()
    time.sleep(0.5)
    try:
        yield
    finally:
        for connection in connections:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@contextmanager
def asked_again(port: int, path: str, count: int = 4) -> Iterator[None]:
    """`count` clients ask for `path`, another number in it each time, one answer after another."""
    numbers, is_over = itertools.count(1), threading.Event()

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while not is_over.is_set():
            connection.request("GET", path.format(f"{next(numbers):06}"))
            answer = connection.getresponse()
            answer.read()
            is_over.wait(0.5 * (answer.status != 200))  # where the machine is too busy for heavy answers

    clients = [threading.Thread(target=ask) for _ in range(count)]
    for client in clients:
        client.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        is_over.set()
        for client in clients:
            client.join()


@contextmanager
def busy() -> Iterator[None]:
    """One process that keeps a core busy at the niceness of the service's own jobs."""
    process = subprocess.Popen(["nice", "-n", "5", sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def cold_start(rounds: int = 9) -> float:
    """Exec of `attractor serve` to ready, over the bare import of litestar and numba; both without ELSEWHERE."""
    bare = f"import sys; sys.modules.update(dict.fromkeys({ELSEWHERE})); "
    ratios = []
    for _ in range(rounds):
        begin = time.perf_counter()
        with process("-c", f"{bare}from attractor.__main__ import main; main(['serve'])"):
            ready = time.perf_counter() - begin
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"{bare}import litestar, numba"], check=True, env=ENVIRONMENT)
        ratios.append(ready / (time.perf_counter() - begin))
    return median(ratios)


def rows(say: Callable[[str, str, str], None]) -> None:
    """Measures everything, saying each row as it is known: what, the figure aimed at, what was reached."""
    hot = hot_path()
    say("20 steps, requests/s, to a bare ASGI constant", "≥ 0.9", f"{hot['to bare']:.2f}")
    say("20 steps, requests/s, to FastAPI + pydantic + decimal", "≥ 15", f"{hot['to straightforward']:.1f}")
    say("20 steps that leave double's range (decimal), to the constant", "≥ 0.5", f"{hot['diverging to bare']:.2f}")
    with ExitStack() as stack:
        ours, pid = stack.enter_context(process("-m", "attractor", "serve", ATTRACTOR_ACCESS_LOG="false"))
        bare, _ = stack.enter_context(server("bench.baselines:ready_made"))
        for name in STREAMED:
            transfer(ours, LORENZ.format(1) + f"&steps=1000000&format={name}")
        speeds, library = [], []
        for i in range(9):
            speeds.append(3e6 / transfer(ours, LORENZ.format(f"1.{i + 1}") + "&steps=1000000"))
            library.append(library_json(1_000_000))
        say("JSON of 1,000,000 steps, million floats/s, whole request", "≥ 20", f"{median(speeds) / 1e6:.1f}")
        to_array = median(a / b for a, (b, _) in zip(speeds, library, strict=True))
        to_structs = median(a / b for a, (_, b) in zip(speeds, library, strict=True))
        say("… to orjson on the array, in process", "≥ 0.95", f"{to_array:.2f}")
        say("… to msgspec with a struct a record, in process", "≥ 5.9", f"{to_structs:.1f}")
        for name in ("arrow", "npy"):
            size = size_of(ours, LORENZ.format(1) + f"&steps=10000000&format={name}")
            pairs = [
                transfer(bare, f"/{size}")
                / transfer(ours, LORENZ.format(f"1.{i + 1}") + f"&steps=10000000&format={name}")
                for i in range(7)
            ]
            say(f"{name} of 10,000,000 steps, to ready-made bytes", "≥ 0.5", f"{median(pairs):.2f}")
        for name in STREAMED:
            long, short = (
                median(
                    transfer(ours, LORENZ.format(f"1.{i + 1}") + f"&steps={n}&format={name}", True) for i in range(9)
                )
                for n in (100_000_000, 20)
            )
            say(f"first byte of 100,000,000 steps, {name}, ms after that of 20", "< 20", f"{(long - short) * 1e3:.1f}")
        for name in STREAMED:
            risen = peak(ours, pid, LORENZ.format(1) + f"&steps=100000000&format={name}")
            say(f"memory of 100,000,000 steps, {name}, MiB above idle", "< 64", f"{risen:.0f}")
        for what, heavily, path, aim in (
            ("of a billion steps", beside, BILLION, "≤ 2"),
            ("solved by symbols", beside, SYMBOLIC, "≤ 1.5"),
            ("of spectra", beside, SPECTRA, "≤ 2"),
            ("searches for cycles", asked_again, CYCLES, "≤ 2"),
            ("pictures", asked_again, PICTURE, "≤ 2"),
            ("files of Parquet", asked_again, PARQUET, "≤ 2"),
        ):
            ratios = []
            for _ in range(5):
                with busy():
                    idle = latency(ours)
                with heavily(ours, path):
                    ratios.append(latency(ours) / idle)
            say(f"20 steps beside four {what}, latency, to one core busy otherwise", aim, f"{median(ratios):.2f}")
    say("cold start, to importing litestar and numba", "≤ 1.3", f"{cold_start():.2f}")


def main() -> int:
    """0 once the table is printed, whatever it says."""
    if not shutil.which("wrk"):
        print("wrk is not installed (Debian's package wrk)")
        return 1
    table = Table("http", "make bench-http", "what", "aim", "reached")
    rows(table.row)
    table.record()
    return 0


if __name__ == "__main__":
    sys.exit(main())
