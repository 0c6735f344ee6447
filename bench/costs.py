"""How far estimates of work are from what is taken: a search for the worst over the queries that the service accepts.

Both are in units of a kernel that is timed in between, so that neither the machine nor what else runs on it matters.
Extremes (subnormal numbers, huge arguments), orbits that leave double's range, and work of which nobody knows
beforehand how much there will be are listed apart: they are bounded while they run.
"""

import math
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any, NamedTuple

from attractor.api.endpoints.analyses import RESOURCES as ENDPOINTS
from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.problems import BadQuery
from attractor.api.settings import Settings
from attractor.core import cost
from attractor.core.catalogue import SYSTEMS
from attractor.core.orbit import orbit_blocks, short_orbit
from attractor.core.selection import Selection
from attractor.core.slicing import cpu_seconds
from attractor.core.system import System
from bench.recording import Table

SECONDS = float(os.environ.get("COSTS_SECONDS", "240"))
"""Of the search; what is tried last may take TRIED more."""
SEED = int(os.environ.get("COSTS_SEED", "1"))
LEAST, MOST = 0.3, 4
SMALLEST = 0.02  # seconds estimated or taken, below which a request is no burden whatever its ratio
LARGEST = 1.0  # seconds estimated of a query that is tried
PATIENCE = 20  # times its estimate, and TRIED in all, after which a query is given up
TRIED = 10.0
BROKEN_OFF = 2  # times its bound on CPU seconds after which the service breaks an answer off
EXTREMES = ["5e-324", "-1e-310", "1e-300", "1e-17", "1e17", "-1e50", "1e154", "1e300", "-1.79e308", "0"]
REFERENCE = SYSTEMS["henon"], (0.1, 0.1), (1.4, 0.3)
REFERENCE_STEPS = 1_000_000
SETTINGS = Settings(workers=1)
RESOURCES: dict[str, Any] = {each.path: each for each in ENDPOINTS}


class Tried(NamedTuple):
    """A query, and the CPU seconds that were estimated and taken."""

    estimated: float
    seconds: float
    text: str

    @property
    def ratio(self) -> float:
        return self.estimated / self.seconds


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
        what = pairs["of"] = choose.choice(list(resource.kinds))
        pairs |= {"width": str(some(choose, 200, 1600)), "height": str(some(choose, 150, 1600))}
    declared = resource.kinds[pairs.get("of", "")]
    pairs |= {name: number(choose, system.canonical[name], kind) for name in declared.inputs_of(system)}
    among, least, most = declared.sweeps
    axis = list({"start": system.start, "parameters": system.parameters}.get(among, system.inputs))
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
    answer = yield from resource.compute(read, SETTINGS, 1)
    for _ in resource.formats[read.format].write(answer):
        yield


def taken(resource: Any, read: Any, most: float) -> float:
    """CPU seconds of the work for an answer, or those after which it is given up."""
    began = cpu_seconds()
    for _ in pieces(resource, read):
        if cpu_seconds() - began > most:
            break
    return cpu_seconds() - began


def leaves(read: Any) -> bool:
    """Whether the orbit of the first point soon leaves double's range: then it costs next to nothing, or decimals."""
    start, parameters = read.first() if isinstance(read, AnalysisQuery) else (read.start, read.parameters)
    if len(start) + len(parameters) != len(read.system.inputs):  # fixed points have no start
        return False
    return short_orbit(read.system, tuple(start), tuple(parameters), Selection(10_000))[-1].left_at is not None


def is_bounded(path: str, kind: str) -> bool:
    """Whether nobody can know beforehand how much work there is, so that it is bounded while it runs."""
    return kind in ("extreme", "leaving") or path in ("/fixed-points", "/horizon") or "basins" in path


def search() -> bool:
    """Prints the worst ratios; whether all that can be known beforehand is within LEAST and MOST."""
    choose = random.Random(SEED)
    worst: dict[tuple[str, str], list[Tried]] = defaultdict(list)
    warm: set[Any] = set()
    until = time.monotonic() + SECONDS
    for path in cycle(RESOURCES):
        if time.monotonic() > until:
            break
        kind = choose.choice(["ordinary", "random", "extreme"])
        text, resource = query(choose, path, kind), RESOURCES[path]
        try:
            read = resource.read(text.encode(), SETTINGS, None)
            if read.seconds > LARGEST:
                continue
            kinds = path, read.system, read.format, getattr(read, "of", "")
            if kinds not in warm:  # kernels are compiled, libraries loaded
                warm.add(kinds)
                taken(resource, read, 1.0)
            tried = timed(resource, read, text)
        except BadQuery:
            continue
        if max(tried.seconds, read.seconds) >= SMALLEST:
            if not LEAST <= tried.ratio <= MOST:  # what else runs here interrupts, too
                tried = min(tried, timed(resource, read, text), key=lambda each: abs(math.log(each.ratio)))
            of = f"{path} {read.of}" if path == "/picture" else path
            worst[of, "leaving" if kind != "extreme" and leaves(read) else kind].append(tried)
    return told(worst)


def timed(resource: Any, read: Any, text: str) -> Tried:
    speed = reference()
    most = min(TRIED, max(1.0, PATIENCE * read.seconds)) * speed
    return Tried(read.seconds, max(1e-6, taken(resource, read, most) / speed), text)


def told(worst: dict[tuple[str, str], list[Tried]]) -> bool:
    """Prints a table, and below it the queries; whether no figure is missed."""
    missed, said = 0, []
    columns = ("endpoint", "parameters", "queries", "estimate to work, least", "most", "")
    table = Table("costs", "make bench-costs", *columns)
    for (path, kind), found in sorted(worst.items()):
        found.sort(key=lambda each: each.ratio)
        ends = found[0], found[-1]
        if all(LEAST <= each.ratio <= MOST for each in ends):
            mark = ""
        elif is_bounded(path, kind):
            most = max(each.seconds for each in found)
            held = most < BROKEN_OFF * SETTINGS.max_seconds
            mark = f"bounded while it runs: at most {most:.1f} s" + " MISSED" * (not held)
            missed += not held
        else:
            mark = "MISSED"
            missed += 1
        table.row(path, kind, str(len(found)), f"{ends[0].ratio:.2f}", f"{ends[1].ratio:.2f}", mark)
        said += [f"{path} {kind}: {each.estimated:.2f} of {each.seconds:.2f} s: {each.text}" for each in ends]
    table.record()
    print("", *said, f"{missed} of {len(worst)} figures are missed", sep="\n", flush=True)
    return missed == 0


if __name__ == "__main__":
    sys.exit(not search())
