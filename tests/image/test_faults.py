"""A container that lacks what others have: anything writable, memory, half a CPU."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from attractor.api.host import WORKER_MEMORY
from tests.conftest import connected, request
from tests.image.conftest import until_ready
from tests.waiting import until

HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
CLIFFORD = "system=clifford&x0=0.1&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7"
SHORT = f"/calculation?{HENON}"

WRITABLE = """
import os, tempfile
for folder, _, _ in os.walk("/"):
    if not folder.startswith(("/proc", "/sys")):
        try:
            tempfile.TemporaryFile(dir=folder).close()
            print(folder)
        except OSError:
            pass
"""


@pytest.mark.promise("The image's kernels are compiled while it is built, so it needs nothing writable")
def test_without_anything_writable_it_does_all_that_it_does(image, container):
    with image.running(is_writable=False) as bare:
        assert bare.run("python", "-c", WRITABLE).stdout == ""
        until_ready(bare)
        for path in (SHORT, f"{SHORT}&steps=5000&format=parquet", "/fixed-points?system=henon&a=1.4&b=0.3"):
            answer = httpx.get(bare.address + path, timeout=300).raise_for_status()
            assert answer.content == httpx.get(container.address + path, timeout=300).content
        for form, begin in (("png", b"\x89PNG"), ("svg", b"<?xml")):
            picture = f"/picture?{CLIFFORD}&steps=100000&format={form}"
            assert httpx.get(bare.address + picture, timeout=300).raise_for_status().content.startswith(begin)
        assert bare.run(*image.config()["Healthcheck"]["Test"][1:]).returncode == 0
        assert '"level":"warning"' not in bare.log()
        assert '"level":"error"' not in bare.log()


HEAVY = [
    "/basins?system=henon&x0=-2:2:1000&y0=-2:2:1000&a=1.4&b=0.3&steps=100&format=npy",
    "/basins?system=henon&x0=-2:2:1000&y0=-2:2:1000&a=1.4&b=0.3&steps=100&format=json",
    f"/picture?{CLIFFORD}&steps=3000000&width=2000&height=2000",
    f"/picture?{CLIFFORD}&steps=3000000&width=2000&height=2000&format=svg",
    "/picture?of=basins&system=henon&x0=-2:2:1000&y0=-2:2:1000&a=1.4&b=0.3&steps=100&width=2000&height=2000",
    "/fixed-points?system=lorenz&sigma=10&rho=20:28:3&beta=2.5&delta_t=0.01",
    f"/calculation?{HENON}&steps=1000000&format=parquet",
    f"/calculation?{HENON}&steps=5000&precision=decimal&digits=1000",
    f"/calculation?{HENON}&steps=1000000",
    "/ensemble?system=henon&x0=0:0.1:100000&y0=0&a=1.4&b=0.3&steps=100&format=arrow",
    "/lyapunov?system=lorenz&x0=1:2:5000&y0=1&z0=1&sigma=10&rho=28&beta=2.5&delta_t=0.01&steps=100",
    "/horizon?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=1000",
]
PEAK = "import re; print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/1/status').read())[1])"


@pytest.mark.promise("At its least memory a container refuses what does not fit, and is never killed")
def test_with_the_least_memory_it_refuses_what_does_not_fit_and_is_never_killed(image, record_property, capsys):
    """Everything heavy at once, again and again, beside streams whose readers are slow."""
    with image.running(cpus=2, memory=WORKER_MEMORY) as container, ExitStack() as stack:
        until_ready(container)
        for path in HEAVY:  # each alone, so that all it takes is loaded
            until(lambda path=path: httpx.get(container.address + path).status_code == 200)
        for name in ("json", "arrow", "parquet"):
            path = f"/calculation?{HENON}&steps=100000000&format={name}"
            stack.enter_context(connected(container.address, request(path))).recv(12)
        end = time.monotonic() + 12

        def ask(number):
            statuses = Counter()
            while time.monotonic() < end:
                answer = httpx.get(container.address + HEAVY[number % len(HEAVY)], timeout=300)
                statuses[answer.status_code] += 1
                number += 1
                if answer.status_code == 503:
                    time.sleep(0.05)
            return statuses

        with ThreadPoolExecutor(16) as pool:
            statuses = sum(pool.map(ask, range(16)), Counter())
        assert container.lives(), container.log()
        assert set(statuses) == {200, 503}
        assert httpx.get(container.address + SHORT, timeout=300).status_code == 200
        peak = int(container.run("python", "-c", PEAK).stdout) << 10
    record_property("megabytes", peak >> 20)
    with capsys.disabled():
        print(f"\nOf {WORKER_MEMORY >> 20} MiB the service took {peak >> 20}; {dict(statuses)}.")


@pytest.mark.promise("A container stops within the drain, half a core or an answer on its way notwithstanding")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_half_a_core_is_enough_to_be_right_alive_and_to_stop_in_time(image, container, workers):
    with image.running(cpus=0.5, WORKERS=workers, ATTRACTOR_DRAIN_SECONDS="1") as slow, ExitStack() as stack:
        until_ready(slow)
        path = f"{SHORT}&steps=5000&format=npy"
        assert httpx.get(slow.address + path, timeout=300).content == httpx.get(container.address + path).content
        unread = f"{SHORT}&steps=1000000000&format=npy"
        for heavy in (f"/lyapunov?{HENON}&steps=1000000000", unread):
            stack.enter_context(connected(slow.address, request(heavy)))
        for _ in range(10):
            assert httpx.get(f"{slow.address}/health/live", timeout=300).status_code == 200
        assert slow.run(*image.config()["Healthcheck"]["Test"][1:]).returncode == 0
        slow.terminate()
        assert slow.wait(300) == 0  # what is not read would never end
