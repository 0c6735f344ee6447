"""Every path is in Litestar's table of routes, and all are answered alike."""

import gc
import os
import platform
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from attractor.api.app import RESOURCES, create_app
from attractor.api.problems import PAGES, PROBLEMS
from attractor.api.serve import EVERYWHERE
from attractor.api.server.process import SLICE, SWITCH_INTERVAL, TIMER_SLACK
from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT, running_server
from tests.corpus.recording import answered, differences, held, read

HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
QUERIES = {
    "/bifurcation": "system=henon&x0=0.1&y0=0&a=1.2:1.4:3&b=0.3&kept=2",
    "/fixed-points": "system=henon&a=1.4&b=0.3",
    "/basins": "system=henon&x0=-1:1:4&y0=-1:1:4&a=1.4&b=0.3&steps=100",
    "/picture": f"{HENON}&steps=1000&width=200&height=160",
}
COMPUTING = [f"{resource.path}?{QUERIES.get(resource.path, HENON)}" for resource in RESOURCES]
OTHERS = [
    "/",
    "/systems",
    "/systems/henon",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/docs",
    "/robots.txt",
    "/llms.txt",
]
PATHS = [*COMPUTING, *OTHERS, "/assets/0/main.js"]
SERVERS_OWN = {"date", "transfer-encoding", "attractor-version", "attractor-edition", *(name for name, _ in EVERYWHERE)}
ALLOWED = "GET, HEAD, OPTIONS"

WITHOUT_THE_FAST_PATH = "from attractor.api import app, serve; app.FAST = False; serve.serve()"


def with_slash(target):
    path, mark, query = target.partition("?")
    return f"{path}/{mark}{query}"


def test_litestar_lists_every_path():
    listed = subprocess.run(
        [sys.executable, "-m", "litestar", "routes", "--schema"],
        cwd=ROOT,
        env={**os.environ, "LITESTAR_APP": "attractor.api.app:create_app", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    methods = {}
    for line in listed.splitlines():
        if found := re.fullmatch(r"(/.*) \(HTTP\)", line):
            of_path = methods[found[1]] = set()
        elif found := re.fullmatch(r".── .* a?sync ([A-Z, ]+)", line):
            of_path |= set(found[1].split(", "))
    with_names = {"/systems/{name:str}", "/assets/{path:path}", "/schema", "/schema/{path:str}", "/schema/openapi.json"}
    with_names |= {PAGES + name for name in PROBLEMS}
    with_names |= {"/favicon.ico", "/.well-known/api-catalog"}
    assert {*methods} == {resource.path for resource in RESOURCES} | {*OTHERS} - {"/systems/henon"} | with_names
    computing = {resource.path for resource in RESOURCES}
    posted = {path for path, of_path in methods.items() if "POST" in of_path}
    assert posted == computing
    assert {frozenset(of_path - {"POST"}) for of_path in methods.values()} == {frozenset({"GET", "HEAD", "OPTIONS"})}


TELLING = """
import gc, signal, sys
from attractor.api.serve import serve
slack = lambda: open("/proc/self/timerslack_ns").read().strip() if sys.platform == "linux" else "-"
settings = lambda *_: print(gc.isenabled(), gc.get_freeze_count() > 0, sys.getswitchinterval(), slack(), flush=True)
signal.signal(signal.SIGUSR1, settings)
settings()
serve()
"""


def test_what_serves_makes_the_settings_of_its_process():
    with running_server("-c", TELLING) as (_, process):
        process.send_signal(signal.SIGUSR1)
        before, _, after = (process.stdout.readline().split() for _ in range(3))
        assert (before[0], before[2]) == ("True", "0.005")  # as in any other process
        assert after[:2] == ["True", "True"]
        assert float(after[2]) == pytest.approx(SWITCH_INTERVAL)
        assert after[3] in (str(TIMER_SLACK), "-")


def slices(pid):
    """Nanoseconds that each thread of a process asks for at a time, those of the first one before the others."""
    threads = sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda thread: int(thread.name))
    return [int(re.search(r"se\.slice\s*:\s*(\d+)", (thread / "sched").read_text())[1]) for thread in threads]


def has_slices():
    """Whether Linux heeds what a thread asks for, and tells it."""
    version = [int(part) for part in re.findall(r"\d+", platform.release())[:2]]
    return sys.platform == "linux" and version >= [6, 12] and "se.slice" in Path("/proc/self/sched").read_text()


@pytest.mark.skipif(not has_slices(), reason="needs Linux 6.12 with what it tells of its scheduler")
def test_the_event_loop_comes_before_the_threads_that_compute():
    with running_server() as (address, process):
        httpx.get(f"{address}/calculation?{HENON}&steps=100000").raise_for_status()
        loop, *others = slices(process.pid)
        assert loop == SLICE
        assert others
        assert min(others) > 2 * SLICE


@pytest.fixture(scope="module")
def within():
    """A client of the application in this process, and what its start changed of the process."""
    before = gc.get_freeze_count(), gc.isenabled(), sys.getswitchinterval()
    with TestClient(create_app()) as within:
        assert (gc.get_freeze_count(), gc.isenabled(), sys.getswitchinterval()) == before
        yield within


@pytest.mark.parametrize("target", PATHS)
def test_it_answers_without_a_server(within, client, target):
    answers = [asked.get(target, headers={"host": "localhost"}) for asked in (within, client)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    headers = [{*answer.headers} - SERVERS_OWN for answer in answers]
    assert headers[0] == headers[1]
    assert within.head(target).status_code == 200
    assert within.put(target).status_code == 405


@pytest.mark.parametrize("target", PATHS)
def test_every_path_takes_the_same_methods(client, target):
    methods = f"{ALLOWED}, POST" if target in COMPUTING else ALLOWED
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "REPORT"):
        refused = client.request(method, target)
        if method not in methods:
            assert (refused.status_code, refused.headers["allow"]) == (405, methods)
            assert refused.json()["detail"] == f"{method} is not allowed here; {methods} are"
    allowed = client.options(target)
    assert (allowed.status_code, allowed.headers["allow"], allowed.content) == (204, methods, b"")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize("target", PATHS[:-1])
def test_a_slash_at_the_end_changes_nothing(client, method, target):
    plain, slashed = (client.request(method, each) for each in (target, with_slash(target)))
    own = ("date", "x-request-id")
    headers = [{k: v for k, v in answer.headers.items() if k not in own} for answer in (plain, slashed)]
    assert (plain.status_code, plain.content, headers[0]) == (slashed.status_code, slashed.content, headers[1])


@pytest.mark.promise("No path that is not served is kept")
def test_no_path_that_is_not_served_is_kept(within):
    router = within.app.asgi_router
    for path in ("/systems/none", "/schema/none", "/assets/0/none", "/assets/none/main.js", "/none"):
        within.get(path)
    kept = router.handle_routing.cache_info().currsize
    for i in range(50):
        for path in ("/systems/{}", "/systems/{}/", "/schema/{}", "/assets/0/{}", "/assets/{}/main.js", "/{}", "/{}/a"):
            within.get(path.format(i))
    assert router.handle_routing.cache_info().currsize == kept


def test_a_name_that_litestar_is_not_given_is_told_all_the_same(client):
    for name in ("nothing", "-", "{name:str}"):
        assert f"no system '{name}';" in client.get(f"/systems/{name}/").json()["detail"]
    assert {client.get(f"/systems/{name}").json()["name"] for name in SYSTEMS} == {*SYSTEMS}


def test_without_the_fast_path_the_answers_are_the_same():
    with running_server("-c", WITHOUT_THE_FAST_PATH) as (address, _):
        found = held(answered(address, every=11))  # all of them take as long as the corpus itself
    assert len(found) > 100
    assert not list(differences({name: line for name, line in read().items() if name in found}, found))
