"""What Schemathesis asks: its own queries, and sound ones for a random system, whole or with its own mixed in.

It runs in an environment of its own, without the service's packages: all that it knows comes from /systems, and from
what the endpoints declare, which the test hands on.
"""

import atexit
import json
import os
import zlib
from collections import Counter
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st

SYSTEMS = requests.get(f"{os.environ['FUZZ_ADDRESS']}/systems", timeout=300).json()
ENDPOINTS = json.loads(os.environ["FUZZ_ENDPOINTS"])  # what each kind of query declares
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


def sweepable(kind: dict[str, Any], system: dict[str, Any], path: str) -> list[str]:
    """The inputs that a query of this kind may sweep; of pictures not the time step."""
    among = {"inputs": system["inputs"], "parameters": system["parameters"]}.get(kind["sweeps"][0], starts(system))
    needed = kind["inputs"][system["name"]]
    return [name for name in among if name in needed and not (path == "/picture" and name == "delta_t")]


def starts(system: dict[str, Any]) -> list[str]:
    return [name for name in system["inputs"] if name not in system["parameters"]]


def sound_query(random: Random, path: str, formats: list[str]) -> dict[str, str]:
    """A query that the service must answer."""
    kinds = ENDPOINTS[path]
    of, system = random.choice(
        [
            (of, system)
            for system in SYSTEMS
            for of, kind in kinds.items()
            if len(sweepable(kind, system, path)) >= kind["sweeps"][1] and (of != "density" or len(starts(system)) > 1)
        ]
    )
    kind, canonical = kinds[of], system["canonical"]
    query = {"system": system["name"]} | {n: near(random, canonical[n]) for n in kind["inputs"][system["name"]]}
    if of:
        query["of"] = of
        if "delta_t" in query:
            query["delta_t"] = "0.001"  # the orbit of one canonical value leaves double's range
    names, (_, least, most) = sweepable(kind, system, path), kind["sweeps"]
    for name in random.sample(names, min(len(names), random.randint(least, most))):
        query[name] = several(random, canonical[name], lists=not of)
    query |= {name: str(random.randint(*bounds)) for name, bounds in kind["cheap"].items()}
    if "kept" in query:
        query |= {"continuation": random.choice(["true", "false"]), "coordinate": random.choice(system["state"])}
    if path == "/ensemble" and random.random() < 0.5:
        query |= {"keep": "orbits", "skip": "0", "every": "1"}
    if random.random() < 0.7:
        query["format"] = random.choice(formats)
    if path == "/calculation":
        arithmetics = ["double"] if query.get("format") == "npy" else ["auto", "double"]  # what falls back is no npy
        query |= {"include_start": random.choice(["true", "false"]), "precision": random.choice(arithmetics)}
        if system["decimal"] and query.get("format") != "npy" and random.random() < 0.5:
            query |= {"precision": "decimal", "digits": str(random.randint(1, 60))}
        elif query.get("format") != "npy" and random.random() < 0.3:
            del query["precision"]
            query["correct"] = str(random.randint(2, 60))
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
    if operation.path not in ENDPOINTS:
        return None
    formats = next(iter(ENDPOINTS[operation.path].values()))["formats"]
    return st.integers(0, 2**64).map(lambda seed: sound_query(Random(seed), operation.path, formats))


def is_post(context):
    return context.operation.method.lower() == "post"


@schemathesis.hook
def before_generate_query(context, strategy):
    sound = sound_queries_of(context.operation) if QUERIES == "sound" and not is_post(context) else None
    return strategy if sound is None else sound


@schemathesis.hook
def before_generate_body(context, strategy):
    """A form that is sound, or, where others are wanted, sound but for what Schemathesis adds."""
    sound = sound_queries_of(context.operation) if QUERIES != "any" and is_post(context) else None
    return strategy if sound is None else sound


@schemathesis.hook
def flatmap_query(context, query):
    """Half of Schemathesis's own queries, hardly ever sound, are laid over a sound one, or one value of each."""
    sound = sound_queries_of(context.operation)
    if QUERIES != "mixed" or sound is None or is_post(context):
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
