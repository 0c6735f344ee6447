"""How far estimates of work are from what is taken: a search for the worst over the queries that the service accepts.

Both are in units of a kernel that is timed in between, so that neither the machine nor what else runs on it matters.
Extremes (subnormal numbers, huge arguments) and work of which nobody knows beforehand how much there will be are listed
apart: they are bounded while they run.
"""

import importlib.util
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from api.analyses import ANALYSES
from api.calculation import Calculation
from api.picture import KINDS, Pictures
from api.problems import BadQuery
from api.settings import Settings
from core import cost
from core.orbit import orbit_blocks
from core.selection import Selection
from core.slicing import cpu_seconds
from core.system import System
from core.systems import SYSTEMS

SECONDS = float(os.environ.get("COSTS_SECONDS", "300"))
SEED = int(os.environ.get("COSTS_SEED", "1"))
LEAST, MOST = 0.3, 4
SMALLEST = 0.02  # seconds estimated or taken, below which a request is no burden whatever its ratio
LARGEST = 1.0  # seconds estimated of a query that is tried
PATIENCE = 20  # times its estimate after which a query is given up
EXTREMES = ["5e-324", "-1e-310", "1e-300", "1e-17", "1e17", "-1e50", "1e154", "1e300", "-1.79e308", "0"]
REFERENCE = SYSTEMS["henon"], (0.1, 0.1), (1.4, 0.3)
REFERENCE_STEPS = 1_000_000
SETTINGS = Settings(workers=1)
RESOURCES: dict[str, Any] = {each.path: each for each in (Calculation(), *ANALYSES, Pictures())}


def reference() -> float:
    """CPU seconds that a reference kernel takes, over those that are estimated."""
    began = time.thread_time()
    for _ in orbit_blocks(*REFERENCE, Selection(REFERENCE_STEPS, every=REFERENCE_STEPS)):
        pass
    return (time.thread_time() - began) / (REFERENCE_STEPS * cost.orbit_step(REFERENCE[0]))


def some(choose: random.Random, low: float, high: float) -> int:
    """A whole number between the two, whose logarithm is even."""
    return round(low * (high / low) ** choose.random())


def number(choose: random.Random, value: float, kind: str) -> str:
    if kind == "ordinary":
        return repr(value)
    if kind == "random":
        return f"{value * choose.uniform(0.8, 1.2):.6g}"
    return choose.choice([repr(value), *EXTREMES])


def swept(value: float, count: int) -> str:
    width = 0.01 * (abs(value) or 1)
    return f"{value - width!r}:{value + width!r}:{count}"


def query(choose: random.Random, path: str, kind: str) -> str:
    """A query string, which may not be sound."""
    system: System = choose.choice(list(SYSTEMS.values()))
    resource = RESOURCES[path]
    what = path[1:]
    pairs = {"system": system.name}
    if what == "picture":
        what = pairs["of"] = choose.choice(list(KINDS))
        pairs |= {"width": str(some(choose, 200, 1600)), "height": str(some(choose, 150, 1600))}
    names = system.parameters if what == "fixed-points" else system.inputs
    pairs |= {name: number(choose, system.canonical[name], kind) for name in names}
    axes = {"bifurcation": system.parameters, "basins": system.start, "fixed-points": system.parameters}
    counts = {"fixed-points": (0, 1), "horizon": (0, 1), "basins": (2, 2), "bifurcation": (1, 1), "calculation": (0, 0)}
    least, most = counts.get(what, (1, 2) if path == "/picture" else (0, 2))
    if what == "density":
        least = most = 0
    axis = list(axes.get(what, system.inputs))
    for name in choose.sample(axis, min(len(axis), choose.randint(least, most))):
        top = {"fixed-points": 5, "horizon": 20, "basins": 200}.get(what, 300_000 if most == 1 else 500)
        pairs[name] = swept(system.canonical[name], some(choose, 2, top))
    steps = {"density": 30_000_000, "calculation": 100_000_000, "basins": 20_000, "horizon": 3_000}.get(what, 100_000)
    options = {
        "bifurcation": {"transient": (1, 10_000), "kept": (1, 1_000)},
        "fixed-points": {"period": (1, 8)},
        "lyapunov": {"steps": (20, steps), "transient": (1, 1_000)},
    }.get(what, {"steps": (1, steps)})
    pairs |= {name: str(some(choose, *bounds)) for name, bounds in options.items()}
    if what == "bifurcation":
        pairs["continuation"] = choose.choice(["true", "false"])
    if what == "horizon":
        pairs["every"] = str(some(choose, 1, 10))
    if what == "calculation":
        pairs["every"] = str(some(choose, 1, int(pairs["steps"])))
        if system.is_rational and choose.random() < 0.3:
            pairs |= {"precision": "decimal", "digits": str(some(choose, 1, 1000)), "every": "1"}
            pairs["steps"] = str(some(choose, 1, 20_000))
    if what == "ensemble" and choose.random() < 0.5:
        pairs |= {"keep": "orbits", "every": str(some(choose, 1, int(pairs["steps"])))}
    pairs["format"] = choose.choice(list(resource.formats))
    return "&".join(f"{name}={text}" for name, text in pairs.items())


def pieces(resource: Any, read: Any) -> Iterator[None]:
    """The whole work for an answer."""
    answer = yield from resource.answered(read, SETTINGS, 1)
    for _ in resource.formats[read.format].write(answer):
        yield


def taken(resource: Any, read: Any, most: float) -> float:
    """CPU seconds of the work for an answer, or those after which it is given up."""
    began = cpu_seconds()
    for _ in pieces(resource, read):
        if cpu_seconds() - began > most:
            break
    return cpu_seconds() - began


def search() -> bool:
    """Prints the worst ratios; whether all that can be known beforehand is within LEAST and MOST."""
    choose = random.Random(SEED)
    worst: dict[tuple[str, str], list[tuple[float, float, str]]] = defaultdict(list)
    warm: set[Any] = set()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        path, kind = choose.choice(list(RESOURCES)), choose.choice(["ordinary", "random", "extreme"])
        text, resource = query(choose, path, kind), RESOURCES[path]
        try:
            read = resource.read(text.encode(), SETTINGS, None)
            if read.seconds > LARGEST:
                continue
            kinds = path, read.system, read.format, getattr(read, "options", {}).get("of")
            if kinds not in warm:  # kernels are compiled, libraries loaded
                warm.add(kinds)
                taken(resource, read, 1.0)
            speed = reference()
            seconds = taken(resource, read, max(1.0, PATIENCE * read.seconds) * speed) / speed
        except BadQuery:
            continue
        if max(seconds, read.seconds) >= SMALLEST:
            of = f"{path} {read.options['of']}" if path == "/picture" else path
            worst[of, kind].append((read.seconds / seconds, seconds, text))
    sound = True
    for (path, kind), ratios in sorted(worst.items()):
        is_known = kind != "extreme" and path not in ("/fixed-points", "/horizon") and "basins" not in path
        for ratio, seconds, text in (min(ratios), max(ratios)):
            within = LEAST <= ratio <= MOST
            sound &= within or not is_known
            mark = "" if within else "  bounded while it runs" if not is_known else "  MISSED"
            print(f"{path:22} {kind:8} {len(ratios):4}: {ratio:8.2f} of {seconds:6.2f} s{mark}  {text}")
    return sound


if __name__ == "__main__":
    is_sound = search()
    if importlib.util.find_spec("bench.memory"):
        subprocess.run([sys.executable, "-m", "bench.memory"], check=True)
    sys.exit(not is_sound)
