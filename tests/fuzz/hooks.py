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

import requests
import schemathesis
from hypothesis import strategies as st

SYSTEMS = requests.get(f"{os.environ['FUZZ_ADDRESS']}/systems", timeout=30).json()
ONLY_SOUND = os.environ["FUZZ_QUERIES"] == "sound"

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


def small(least: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(str)


OPTIONS = {  # all sound together, whatever the others are; cheap by `small`
    "/calculation": {"steps": small(20, 40), "skip": small(0, 10), "every": small(1, 10)},
    "/ensemble": {"steps": small(1, 50)},
    "/lyapunov": {"steps": small(100, 200), "transient": small(0, 50)},
    "/bifurcation": {"transient": small(0, 50), "kept": small(1, 20)},
    "/fixed-points": {"period": small(1, 2)},
    "/horizon": {"steps": small(10, 20), "every": small(1, 10), "least": st.sampled_from(["1", "0.5", "9e0"])},
    "/basins": {"steps": small(1, 500), "escape": st.sampled_from(["1000", "1e6"])},
}
PICTURES = {
    "density": {"steps": small(100, 2000), "transient": small(0, 50)},
    "bifurcation": OPTIONS["/bifurcation"],
    "basins": OPTIONS["/basins"],
    "lyapunov": OPTIONS["/lyapunov"],
}
FLAG = st.sampled_from(["true", "false"])


@st.composite
def sound_queries(draw: st.DrawFn, path: str, formats: list[str]) -> dict[str, str]:
    """A query that the service must answer."""
    some = [s for s in SYSTEMS if s["parameters"]] if path == "/bifurcation" else SYSTEMS
    system = draw(st.sampled_from(some))
    names = system["parameters"] if path == "/fixed-points" else system["inputs"]
    query = {"system": system["name"]} | {name: draw(near(system["canonical"][name])) for name in names}
    start, parameters = [n for n in names if n not in system["parameters"]], system["parameters"]
    options, drawn = OPTIONS.get(path, {}), path
    if path == "/picture":
        if "delta_t" in query:
            query["delta_t"] = "0.001"  # the orbit of one canonical value leaves double's range
        kinds = [k for k in PICTURES if (len(start) > 1 or k not in ("density", "basins"))]
        drawn = draw(st.sampled_from([k for k in kinds if parameters or k != "bifurcation"]))
        options = {"width": small(160, 200), "height": small(120, 160)} | PICTURES[drawn]
        query["of"] = drawn
    if drawn.endswith("bifurcation"):
        swept = [draw(st.sampled_from(parameters))]
        options = options | {"continuation": FLAG}
        if draw(st.booleans()):
            query["coordinate"] = draw(st.sampled_from(system["state"]))
    elif drawn.endswith("basins"):
        swept = draw(st.permutations(start))[: 2 if path == "/picture" else draw(st.integers(1, 2))]
    elif drawn in ("/calculation", "density"):
        swept = []
    elif drawn == "lyapunov":
        swept = draw(st.permutations(names))[: draw(st.integers(1, 2))]
    else:
        swept = draw(st.permutations(names))[: draw(st.integers(0, 1 if path in ("/horizon", "/fixed-points") else 2))]
    for name in swept:
        query[name] = draw(several(system["canonical"][name], lists=path != "/picture"))
    query |= {name: draw(values) for name, values in options.items() if name in CAPPED or draw(st.booleans())}
    if formats and draw(st.booleans()):
        query["format"] = draw(st.sampled_from(formats))
    if path == "/calculation" and draw(st.booleans()):
        query["include_start"] = draw(FLAG)
        query["precision"] = draw(st.sampled_from(["auto", "double"]))
        if system["decimal"] and query.get("format") != "npy" and draw(st.booleans()):
            query |= {"precision": "decimal", "digits": draw(small(1, 60))}
    if path == "/ensemble" and draw(st.booleans()):
        query |= {"keep": "orbits", "skip": "0", "every": "1"}
    return dict(draw(st.permutations(list(query.items()))))


CAPPED = {"steps", "transient", "kept", "width", "height"}  # their defaults are dear


def near(value: float) -> st.SearchStrategy[str]:
    """Spellings of `value` and of one that differs little."""
    spellings = st.sampled_from(["{!r}", "{:.17e}", "{:.16E}", "{:f}"])
    return st.builds(str.format, spellings, st.sampled_from([value, value * (1 + 1e-6), value * (1 - 2**-20)]))


def several(value: float, lists: bool) -> st.SearchStrategy[str]:
    """Ranges and lists around `value`."""
    low, high = value - 1e-4, value + 1e-4
    ranges = st.integers(2, 4).map(lambda count: f"{low!r}:{high!r}:{count}")
    return ranges | st.lists(near(value), min_size=2, max_size=4).map(",".join) if lists else ranges


def sound_queries_of(operation):
    """None where there is nothing to ask."""
    for parameter in operation.definition.raw.get("parameters", []):
        if parameter["name"] == "format":
            return sound_queries(operation.path, parameter["schema"]["enum"])
    return None


@schemathesis.hook
def before_generate_query(context, strategy):
    sound = sound_queries_of(context.operation) if ONLY_SOUND else None
    return strategy if sound is None else sound


@schemathesis.hook
def flatmap_query(context, query):
    """Half of Schemathesis's own queries, which are hardly ever sound, are laid over a sound one."""
    sound = sound_queries_of(context.operation)
    if ONLY_SOUND or sound is None:
        return st.just(query)
    return st.booleans().flatmap(lambda mixed: sound.map(lambda s: s | query) if mixed else st.just(query))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Some headers, the same for the same query."""
    some = HEADERS if ONLY_SOUND else HEADERS + STRANGE_HEADERS
    choice = zlib.crc32(repr(case.query).encode()) % (2 * len(some))
    if choice < len(some):
        case.headers.update(some[choice])


@schemathesis.hook
def after_call(context, case, response):
    counted[case.operation.path, response.status_code] += 1


@atexit.register
def tell():
    Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps([[*key, count] for key, count in counted.items()]))


@schemathesis.deserializer("application/json")
def finite_json(_, response):
    """JSON of which numbers may be past double's range, where the validator takes only doubles."""
    return json.loads(response.content, parse_float=lambda text: float(text) if abs(float(text)) < inf else 1e308)
