"""What a client chooses is not kept: every cache is bounded, in entries and in what an entry is found by."""

import ast
import asyncio
import json
import re
import signal
import time
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from attractor.api.http.rate_limit import MAX_CLIENTS, MAX_NOTED, Window
from tests.conftest import ROOT, Patient, running_server

MOST = 8_192
"""Entries of any cache."""
LONGEST_KEY = 4_096
"""Bytes of what an entry is found by."""
UNBOUNDED = {
    "faker.factory.Factory._find_provider_class": "classes",
    "matplotlib._get_executable_info": "programs, of which none is asked for",
    "matplotlib._api.caching_module_getattr.<locals>.__getattr__": "names of a module",
    "matplotlib._mathtext.StixFonts.get_sized_alternatives_for_symbol": "signs of a font that is not used",
    "matplotlib.artist.ArtistInspector.is_alias": "methods",
    "matplotlib.artist.ArtistInspector.number_of_parameters": "methods",
    "matplotlib.backend_bases.FigureCanvasBase._fix_ipython_backend2gui": "classes",
    "matplotlib.cbook._make_class_factory": "classes",
    "matplotlib.colors._make_norm_from_scale": "classes",
    "matplotlib.dviread._LuatexKpsewhich.__new__": "classes",
    "numba.core.caching._hash_source_file": "source files",
    "numba.core.caching._hash_zipped_source_file": "source files",
}
"""Caches without a bound in the serving process, and what they are keyed by, which no client decides."""

TELLING = """
import gc, inspect, json, signal, sys
from functools import lru_cache

def size(key):
    if isinstance(key, (tuple, list)):
        return sum(map(size, key))
    return sys.getsizeof(key) if isinstance(key, (str, bytes, int)) else 0

def told(cache):
    keys = [d for d in gc.get_referents(cache) if type(d) is dict and "__wrapped__" not in d and d is not vars(cache)]
    try:
        takes = len(inspect.signature(cache).parameters)
    except ValueError:
        takes = -1
    longest = max((size(key) for d in keys for key in d), default=0)
    name = f"{cache.__module__}.{getattr(cache, '__qualname__', cache)}"  # a part of a function has no name
    return {"name": name, "takes": takes, "most": cache.cache_parameters()["maxsize"],
            "entries": cache.cache_info().currsize, "longest": longest}

def tell(*_):
    gc.unfreeze()
    gc.collect()
    objects = gc.get_objects()
    held = sum(len(o) for o in objects if isinstance(o, (dict, list, set)))
    caches = [told(o) for o in objects if type(o) is type(lru_cache(len))]
    print("TOLD", json.dumps({"held": held, "caches": caches}), flush=True)

signal.signal(signal.SIGUSR1, tell)
from attractor.api.limits.helper import Helper
Helper.takes = lambda *_: False  # which would do a part of what is looked at here
from attractor.api.serve import serve
serve()
"""

INPUTS = "x0=0.1&y0=0&a=1.4&b=0.3"
PATHS = (
    "/",
    "/docs",
    "/systems",
    "/systems/henon",
    "/systems/{text}",
    "/systems/{short}",
    "/{text}",
    "/%61{short}//{text}",
    "/assets/{text}",
    "/schema/{text}",
    "/openapi.json?{text}",
    "/health/live?{text}",
    "/calculation?system={text}",
    "/calculation?system=henon&{inputs}&{text}=1",
    "/calculation?system=henon&{inputs}&format={text}",
    "/calculation?system=henon&{inputs}&steps={zeros}{few}&skip={zeros}0&every={zeros}1",
    "/calculation?system=henon&{inputs}&steps={few}&skip={zeros}{digits}",
    "/calculation?system=henon&x0=0.{digits}&y0=0&a=1.4&b=0.3",
    "/calculation?system=henon&x0=0.{digits}&y0=0&a=1.4&b=0.3&precision=decimal&digits={few}",
    "/ensemble?system=henon&x0=0.{digits},0.2&y0=0&a=1.4&b=0.3&steps={few}",
    "/lyapunov?system=henon&x0=0.{digits}&y0=0&a=1.4&b=0.3&steps={few}",
)
SYMBOLIC = "/fixed-points?system=logistic&r=2.{}"
DRAWN = "/picture?system=henon&x0=0.{}&y0=0&a=1.4&b=0.3&steps=100&width=200&height=160"
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "REPORT")
HEADERS = ("Accept", "Accept-Encoding", "Origin", "X-Request-ID", "X-Forwarded-For", "Cookie", "If-None-Match", "{}")


def text(random, length):
    return f"{random.getrandbits(64):x}".ljust(length, "a")[:length]


def distinct(seed):
    """A request like no other."""
    random = Random(seed)
    path = PATHS[seed % len(PATHS)].format(
        text=text(random, 4_000),
        short=text(random, 20),
        inputs=INPUTS,
        zeros="0" * random.randint(900, 1_000),
        few=random.randint(1, 50),
        digits="".join(random.choices("123456789", k=60)),
    )
    method = METHODS[random.randrange(len(METHODS))] if "zeros" not in path else "GET"
    host = text(random, 250 if seed % 2 else 6_000)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    for name in random.sample(HEADERS, 3):
        value = text(random, 4_000)
        if name in ("Accept", "Accept-Encoding"):
            value = f"{value}/{value[:9]},*/*;q=0.5,gzip;q=0.{random.randint(1, 9)}"
        lines.append(f"{name.format(text(random, 3_000))}: {value}")
    return "\r\n".join([*lines, "", ""]).encode()


async def ask(address, seeds, connections=8):
    """Asks what is `distinct` by each seed, and returns the statuses."""
    host, waiting = urlsplit(address), list(seeds)
    found = []

    async def client():
        while waiting:
            sent = distinct(waiting.pop())
            reader, writer = await asyncio.open_connection(host.hostname, host.port)
            writer.write(sent)
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 300)).decode("latin-1")
            found.append(int(head[9:12]))
            writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return found


def told(process):
    process.send_signal(signal.SIGUSR1)
    while not (line := process.stdout.readline()).startswith("TOLD"):
        assert line, "the server has ended"
    return json.loads(line.removeprefix("TOLD"))


def resident(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


@pytest.mark.promise("No cache is keyed by what only a client chooses")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_a_thousand_clients_that_each_say_something_else_leave_nothing_behind():
    requests = 1_000
    with running_server("-c", TELLING, ATTRACTOR_RATE_LIMIT="1000000/second") as (address, process):
        asyncio.run(ask(address, range(10_000_000, 10_000_000 + 20 * len(PATHS))))  # what is loaded once stays
        sound = [path for path in PATHS if "{text}" not in path and "{short}" not in path]
        with Patient(base_url=address, timeout=300) as client:  # what a busy service refused may not be loaded yet
            for i in range(3):
                for path in (*sound, SYMBOLIC, DRAWN):
                    asked = path.format(i, inputs=INPUTS, zeros="0", few=30, digits=i + 1)
                    assert client.get(asked).status_code == 200, asked
        before, memory = told(process), resident(process)
        statuses = asyncio.run(ask(address, range(requests)))
        after = told(process)
        for _ in range(50):  # who asked in the last seconds is known for as long
            if after["held"] - before["held"] < requests:
                break
            time.sleep(0.5)
            assert httpx.get(f"{address}/calculation", timeout=300).status_code == 400
            after = told(process)
        assert {200, 204, 400, 404, 405} <= {*statuses} <= {200, 204, 304, 400, 404, 405, 406, 431, 503}
        grown = resident(process) - memory
        assert grown < 64
        assert after["held"] - before["held"] < requests  # else something has an entry for each
    by_requests = [cache for cache in after["caches"] if not cache["name"].startswith("typing.")]  # by types
    long = {cache["name"]: cache["longest"] for cache in by_requests if cache["longest"] > LONGEST_KEY}
    assert long == {}
    large = {cache["name"] for cache in after["caches"] if cache["most"] is not None and cache["most"] > MOST}
    assert large <= {"fnmatch._compile_pattern"}  # patterns of the programs themselves
    unbounded = {cache["name"] for cache in after["caches"] if cache["most"] is None and cache["takes"]}
    assert unbounded <= {*UNBOUNDED}


def kept_without_bound(source):
    """The lines of uses of functools that keep whatever they are given."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            takes = node.args.posonlyargs or node.args.args or node.args.kwonlyargs or node.args.vararg
            for decorator in node.decorator_list:
                if takes and ast.unparse(decorator) in ("cache", "functools.cache"):
                    yield node.lineno
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "maxsize")]
            if called in ("cache", "functools.cache") or (
                called in ("lru_cache", "functools.lru_cache")
                and (not arguments or ast.unparse(arguments[0]) == "None")
            ):
                yield node.lineno


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("@cache\ndef f(a): ...", 1),
        ("@cache\ndef f(*, a): ...", 1),
        ("@cache\ndef f(): ...", 0),
        ("@lru_cache(maxsize=None)\ndef f(a): ...", 1),
        ("@lru_cache(None)\ndef f(a): ...", 1),
        ("@lru_cache(maxsize=9)\ndef f(a): ...", 0),
        ("f = functools.cache(g)", 1),
    ],
)
def test_a_cache_without_a_bound_is_found(source, lines):
    assert len([*kept_without_bound(source)]) == lines


@pytest.mark.promise("Every cache has a bound on its entries and on the size of a key")
def test_no_cache_of_ours_is_without_a_bound():
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("api", "core")
        for path in (ROOT / folder).rglob("*.py")
        for line in kept_without_bound(path.read_text())
    }
    assert not found


def test_a_client_may_ask_so_often_in_any_while():
    window = Window(3, 10.0)
    hits = [(0.0, True, 2, 10.0), (1.0, True, 1, 9.0), (2.0, True, 0, 8.0), (3.0, False, 0, 7.0), (10.0, True, 0, 1.0)]
    for now, is_within, remaining, seconds in hits:
        assert window.hit("a", now) == (is_within, remaining, seconds)
    assert window.hit("b", 10.0) == (True, 2, 10.0)


def test_of_any_number_of_clients_so_many_are_remembered():
    window = Window(100, 1e9)
    for i in range(MAX_CLIENTS + 1_000):
        window.hit(f"client {i}", float(i))
    assert len(window._times) == window._noted == MAX_CLIENTS
    assert window.hit("client 0", 1e6)[1] == 99  # forgotten
    assert window.hit(f"client {MAX_CLIENTS + 999}", 1e6)[1] == 98


def test_so_many_requests_are_remembered_in_all():
    window = Window(MAX_NOTED // 10, 1e9)
    for client in range(20):
        for i in range(MAX_NOTED // 10):
            window.hit(str(client), float(i))
    assert sum(map(len, window._times.values())) == window._noted <= MAX_NOTED
    assert not window.hit("19", 1e6)[0]
