"""What Schemathesis asks: its own queries, and sound ones for a random system, whole or with its own mixed in.

It runs in an environment of its own, without the service's packages: all that it knows comes from /systems.
"""

import atexit
import json
import os
import zlib
from collections import Counter
from math import inf
from pathlib import Path
from random import Random

import requests
import schemathesis
from hypothesis import strategies as st

SYSTEMS = requests.get(f"{os.environ['FUZZ_ADDRESS']}/systems", timeout=30).json()
QUERIES = os.environ["FUZZ_QUERIES"]  # sound, mixed or any

HEADERS = [  # beside none at all
    {"accept": "text/csv, */*;q=0.1"},
    {"accept": "application/json;q=0.5, */*;q=0.1"},
    {"accept-encoding": "gzip;q=0.5"},
    {"accept-encoding": "identity;q=x"},
    {"if-none-match": "*"},
    {"if-none-match": '"0", W/"1"'},
]
STRANGE_HEADERS = [{"accept": "no/such"}, {"accept": ";;q="}, {"if-none-match": "é,,\\"}]

counted: Counter[tuple[str, int]] = Counter()
seconds: Counter[tuple[str, int]] = Counter()


# Options that are sound together, whatever the others are, by their least and greatest; small, since defaults are dear.
OPTIONS = {
    "/calculation": {"steps": (20, 40), "skip": (0, 10), "every": (1, 10)},
    "/ensemble": {"steps": (1, 50)},
    "/lyapunov": {"steps": (100, 200), "transient": (0, 50)},
    "/bifurcation": {"transient": (0, 50), "kept": (1, 20)},
    "/fixed-points": {"period": (1, 2)},
    "/horizon": {"steps": (10, 20), "every": (1, 10), "least": (1, 9)},
    "/basins": {"steps": (1, 500), "escape": (100, 1000)},
}
PICTURES = {
    "density": {"steps": (100, 2000), "transient": (0, 50)},
    "bifurcation": OPTIONS["/bifurcation"],
    "basins": OPTIONS["/basins"],
    "lyapunov": OPTIONS["/lyapunov"],
}


def sound_query(random: Random, path: str, formats: list[str]) -> dict[str, str]:
    """A query that the service must answer."""
    some = [s for s in SYSTEMS if s["parameters"]] if path == "/bifurcation" else SYSTEMS
    system = random.choice(some)
    parameters, canonical = system["parameters"], system["canonical"]
    names = parameters if path == "/fixed-points" else system["inputs"]
    start = [name for name in names if name not in parameters]
    query = {"system": system["name"]} | {name: near(random, canonical[name]) for name in names}
    options, what = OPTIONS.get(path, {}), path[1:]
    if what == "picture":
        if "delta_t" in query:
            query["delta_t"] = "0.001"  # the orbit of one canonical value leaves double's range
            names, parameters = ([name for name in some if name != "delta_t"] for some in (names, parameters))
        hidden = {"density", "basins"} if len(start) == 1 else set() if parameters else {"bifurcation"}
        what = query["of"] = random.choice([kind for kind in PICTURES if kind not in hidden])
        options = {"width": (160, 200), "height": (120, 160)} | PICTURES[what]
    few = {
        "bifurcation": (parameters, 1, 1),
        "basins": (start, 2 if path == "/picture" else 1, 2),
        "lyapunov": (names, 1, 2),
        "ensemble": (names, 0, 2),
        "horizon": (names, 0, 1),
        "fixed-points": (names, 0, 1),
    }
    sweepable, least, most = few.get(what, ([], 0, 0))
    for name in random.sample(sweepable, min(len(sweepable), random.randint(least, most))):
        query[name] = several(random, canonical[name], lists=path != "/picture")
    query |= {name: str(random.randint(*bounds)) for name, bounds in options.items()}
    if what == "bifurcation":
        query |= {"continuation": random.choice(["true", "false"]), "coordinate": random.choice(system["state"])}
    if what == "ensemble" and random.random() < 0.5:
        query |= {"keep": "orbits", "skip": "0", "every": "1"}
    if random.random() < 0.7:
        query["format"] = random.choice(formats)
    if what == "calculation":
        arithmetics = ["double"] if query.get("format") == "npy" else ["auto", "double"]  # what falls back is no npy
        query |= {"include_start": random.choice(["true", "false"]), "precision": random.choice(arithmetics)}
        if system["decimal"] and query.get("format") != "npy" and random.random() < 0.5:
            query |= {"precision": "decimal", "digits": str(random.randint(1, 60))}
    return dict(random.sample(list(query.items()), len(query)))


def near(random: Random, value: float) -> str:
    """A spelling of `value`, or of one that differs little."""
    spelling = random.choice(["{!r}", "{:.17e}", "{:.16E}", "{:f}"])
    return spelling.format(value * random.choice([1, 1 + 1e-6 * random.random()]))


def several(random: Random, value: float, lists: bool) -> str:
    """A range or a list around `value`."""
    if lists and random.random() < 0.5:
        return ",".join(near(random, value) for _ in range(random.randint(2, 4)))
    return f"{value - 1e-4!r}:{value + 1e-4!r}:{random.randint(2, 4)}"


def sound_queries_of(operation):
    """None where there is nothing to ask."""
    enums = [p["schema"]["enum"] for p in operation.definition.raw.get("parameters", []) if p["name"] == "format"]
    return st.integers(0, 2**64).map(lambda seed: sound_query(Random(seed), operation.path, *enums)) if enums else None


@schemathesis.hook
def before_generate_query(context, strategy):
    sound = sound_queries_of(context.operation) if QUERIES == "sound" else None
    return strategy if sound is None else sound


@schemathesis.hook
def flatmap_query(context, query):
    """Half of Schemathesis's own queries, hardly ever sound, are laid over a sound one, or one value of each."""
    sound = sound_queries_of(context.operation)
    if QUERIES != "mixed" or sound is None:
        return st.just(query)
    return sound.map(lambda s: s | {name: query[name] for name in [name for name in query if name in s][-1:]})


@schemathesis.hook
def before_call(_, case, __):
    """Some headers, the same for the same query."""
    some = HEADERS if QUERIES == "sound" else HEADERS + STRANGE_HEADERS
    choice = zlib.crc32(repr(case.query).encode()) % (2 * len(some))
    if choice < len(some):
        case.headers.update(some[choice])


@schemathesis.hook
def after_call(_, case, response):
    counted[case.operation.path, response.status_code] += 1
    seconds[case.operation.path, response.status_code] += response.elapsed


@atexit.register
def tell():
    Path(os.environ["FUZZ_COUNTS"]).write_text(
        json.dumps([[*key, n, 1000 * seconds[key] / n] for key, n in counted.items()])
    )


@schemathesis.deserializer("application/json")
def finite_json(_, response):
    """JSON of which numbers may be past double's range, where the validator takes only doubles."""
    return json.loads(response.content, parse_float=lambda text: float(text) if abs(float(text)) < inf else 1e308)
