"""Numbers at the ends of double's range, asked of all analyses of a service whose kernels check each index.

FUZZ_EXTREMES cases are drawn from FUZZ_SEED, of one system of each shape, and asked over connections that are kept. No
answer is a 5xx but 503, nothing is logged as an error, and the service is alive at the end. A stream may be broken off
where it takes too long, which the service logs: kernels that check each index take several times what is estimated.
"""

import http.client
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from random import Random
from urllib.parse import urlencode, urlsplit

import httpx

from tests.checked import CHECKED
from tests.conftest import ROOT, running_server

CASES = int(os.environ.get("FUZZ_EXTREMES", "20000"))
SEED = os.environ.get("FUZZ_SEED", "1")
CLIENTS = 4
SERVERS = 2
BROKEN_OFF = 0  # in place of a status: the answer ended before its last chunk

BOUNDS = {  # so that any case is cheap
    "ATTRACTOR_MAX_STEPS": "5000",
    "ATTRACTOR_MAX_POINTS": "500",
    "ATTRACTOR_MAX_SECONDS": "1",
}
CHECKING = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(ROOT / ".cache/bounds")}


SIZES = [
    *("5e-324", "1e-323", "1e-310", "2.2250738585072014e-308", "1e-300", "1e-154", "1e-20", "0.1", "0.3", "1", "1.4"),
    *("3.9", "28", "1e6", "1e20", "1e154", "1e155", "1e300", "8.98846567431158e307"),
    *("1.797693134862315e308", "1.79e308"),
]
NUMBERS = ["0", "-0", *SIZES, *(f"-{size}" for size in SIZES)]
ESCAPES = ["5e-324", "1e-310", "1e-300", "1", "1000000", "1e300", "8.98846567431158e307", "1.79e308"]
FORMATS = ["json", "columns", "ndjson", "csv", "arrow", "parquet", "npy"]
SHARES = {  # the more, the less an answer takes
    **{"/basins": 60, "/lyapunov": 12, "/ensemble": 9, "/bifurcation": 9},
    **{"/picture": 3, "/fixed-points": 4, "/horizon": 3},
}
KINDS = ["density", "bifurcation", "basins", "lyapunov"]


def number(random: Random, usual: float) -> str:
    """One as it is usual, or near it, or an extreme one."""
    kind = random.random()
    if kind < 0.4:
        return repr(usual)
    return repr(usual * (1 + 1e-12 * random.random())) if kind < 0.5 else random.choice(NUMBERS)


def ends(random: Random, usual: float) -> tuple[str, str]:
    """Those of a range: usual, narrow, wide, or any, which may be reversed or the same."""
    kind = random.random()
    if kind < 0.3:
        return repr(usual - 1), repr(usual + 1)
    if kind < 0.5:
        low = random.choice(NUMBERS)
        return low, f"{low}1" if "e" not in low and "." in low else repr(float(low) * random.choice([0.999, 1.001]))
    low, high = random.choice(NUMBERS), random.choice(NUMBERS)
    return (low, high) if random.random() < 0.1 else tuple(sorted((low, high), key=float))  # type: ignore[return-value]


def several(random: Random, usual: float, lists: bool = True) -> str:
    if lists and random.random() < 0.2:
        return ",".join(number(random, usual) for _ in range(random.randint(2, 4)))
    return f"{':'.join(ends(random, usual))}:{random.choice([2, 2, 3, 8, 17])}"


def asked(random: Random, systems: list[dict]) -> str:
    """The target of a request."""
    path = random.choices(list(SHARES), list(SHARES.values()))[0]
    system = random.choice(systems)
    parameters, canonical = system["parameters"], system["canonical"]
    start = [name for name in system["inputs"] if name not in parameters]
    query = {"system": system["name"]}
    of = path[1:]
    if path == "/picture":
        of = query["of"] = random.choice(KINDS)
        query |= {"width": random.choice(["160", "161", "320"]), "height": random.choice(["120", "200"])}
    names = parameters if path == "/fixed-points" else system["inputs"]
    query |= {name: number(random, canonical[name]) for name in names}
    sweepable, counts = {
        "density": ([], [0]),
        "bifurcation": (parameters, [1]),
        "basins": (start, [2] if path == "/picture" else [1, 2]),
        "lyapunov": (system["inputs"], [1, 2]),
        "fixed-points": (names, [0, 1]),
        "ensemble": (system["inputs"], [0, 1, 2]),
        "horizon": (system["inputs"], [0, 1]),
    }[of]
    for name in random.sample(sweepable, min(len(sweepable), random.choice(counts))):
        query[name] = several(random, canonical[name], lists=path != "/picture")
    if of == "basins":
        query |= {"steps": random.choice(["1", "64", "100"]), "escape": random.choice(ESCAPES)}
    if of == "fixed-points":
        query["period"] = random.choice(["1", "1", "2"])
    if of == "lyapunov":
        query |= {"steps": random.choice(["20", "50"]), "transient": random.choice(["0", "10"])}
    if of == "ensemble":
        query |= {"steps": random.choice(["1", "50"]), "keep": random.choice(["final", "orbits"])}
    if of == "horizon":
        query["steps"] = random.choice(["1", "60"])
    if of == "density":
        query |= {"steps": random.choice(["1", "100"]), "transient": random.choice(["0", "10"])}
        if random.random() < 0.6:
            query |= {name: ":".join(ends(random, 0.0)) for name in ("horizontal", "vertical")}
    if of == "bifurcation":
        query |= {"transient": random.choice(["0", "10"]), "kept": random.choice(["1", "10"])}
        query["continuation"] = random.choice(["true", "false"])
        if path == "/picture":
            query["coordinate"] = random.choice(system["state"])
            if random.random() < 0.4:
                query["vertical"] = ":".join(ends(random, 0.0))
    query["format"] = random.choice(["png", "svg"] if path == "/picture" else FORMATS)
    return f"{path}?{urlencode(query, safe=':,')}"


def ask(address: str, seed: str, cases: int, systems: list[dict]) -> tuple[Counter[tuple[str, int]], list[str]]:
    """How many answers had each status, and what was asked where one is a fault."""
    random, host = Random(seed), urlsplit(address)
    statuses: Counter[tuple[str, int]] = Counter()
    faults = []
    with closing(http.client.HTTPConnection(host.hostname, host.port, timeout=300)) as connection:
        for _ in range(cases):
            target = asked(random, systems)
            connection.request("GET", target)
            answer = connection.getresponse()
            status = answer.status
            try:
                answer.read()
            except http.client.IncompleteRead:
                connection.close()  # the next request opens another
                status = BROKEN_OFF
            statuses[target.partition("?")[0], status] += 1
            if answer.status >= 500 and answer.status != 503:
                faults.append(f"{answer.status} {target}")
    return statuses, faults


SERVICE = """
import attractor.core.basins, attractor.core.fixed_points
attractor.core.fixed_points.SEARCH = 500
attractor.core.basins.VISITS, attractor.core.basins.SCOUTS, attractor.core.basins.CHARTS = 1 << 12, 16, 2
attractor.core.basins.motion.EXPONENT_STEPS, attractor.core.basins.motion.WINDOW = 1 << 9, 1 << 7
from attractor.api.serve import serve
serve()
"""
"""A service that learns attractors and seeks cycles from few starts: their number changes no index."""


def test_extremes_are_answered_or_refused():
    found, log = [], ""
    with ExitStack() as stack:
        servers = [stack.enter_context(running_server("-c", SERVICE, **BOUNDS, **CHECKING)) for _ in range(SERVERS)]
        known = httpx.get(f"{servers[0][0]}/systems", timeout=300).json()
        systems = [system for system in known if system["name"] in CHECKED]
        with ThreadPoolExecutor(CLIENTS) as pool:
            asking = [
                pool.submit(ask, servers[i % SERVERS][0], f"{SEED} {i}", -(-CASES // CLIENTS), systems)
                for i in range(CLIENTS)
            ]
            found = [future.result() for future in asking]
        for address, server in servers:
            assert httpx.get(f"{address}/health/ready", timeout=300).status_code == 200
            assert server.poll() is None
            server.terminate()
            log += server.communicate()[1]
    statuses = sum((some for some, _ in found), Counter())
    for (path, status), count in sorted(statuses.items()):
        print(f"{path:20} {status} {count:7}")
    assert sum(count for (_, status), count in statuses.items() if status == BROKEN_OFF) == log.count("is broken off")
    assert not [fault for _, faults in found for fault in faults]
    assert statuses.total() >= CASES
    for path in SHARES:  # what is refused has no axis, or a range that is reversed
        asked_of = sum(count for (of, _), count in statuses.items() if of == path)
        assert statuses[path, 200] >= asked_of / 8
    for word in ("Traceback", "ERROR", "died", "segfault"):
        assert word not in log, log[log.index(word) :][:4000]
