"""The work of a worker: to compute a shard, a pure function of the plan and an index, and to write its files."""

from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import sha256
from typing import NamedTuple, cast

from msgspec import json
from msgspec.structs import replace

from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.records import Records
from attractor.api.problems import BadQuery
from attractor.api.settings import Settings
from attractor.client.resources import resource_at
from attractor.core.catalogue import SYSTEMS
from attractor.core.edition import EDITION
from attractor.core.slicing import finish
from attractor.sweeps.arrays import Arrays
from attractor.sweeps.asked import UNBOUNDED, read_sweep
from attractor.sweeps.failures import Failed
from attractor.sweeps.forms import Files, Form, digest
from attractor.sweeps.places import Part, Place, place_at
from attractor.sweeps.plan import Plan
from attractor.sweeps.rounds import Follower
from attractor.sweeps.tables import Tables

_SECONDS = Settings(workers=1).max_seconds
_PROBED = 20, 2
"""Points of the probes: many use other kernels than few."""


class Task(NamedTuple):
    """A sweep as a worker gets it."""

    url: str
    cut: tuple[int, ...]
    out: str
    part: Part
    fingerprint: str
    """What the worker's has to be."""
    turn: int | None = None
    """The round in which points are followed; None where shards are computed to their end."""


def compute_and_write(task: Task, index: int) -> str | None:
    """Computes a shard, and writes its files; gives the digest of its values, None where this process computes others.

    In a round it writes the shard's state after that, and tells what `Followed` holds, as JSON.

    Raises Failed, and OSError where a file cannot be written.
    """
    shards = _prepare(task._replace(turn=None))
    query = shards.plan.query
    if fingerprint(query.path, query.system.name) != task.fingerprint:
        return None
    if task.turn is not None:
        return json.encode(shards.follower.follow(index, task.turn)).decode()
    files, found = shards.compute(index)
    for name, data in files.items():
        shards.place.write(name, data)
    return found


def form_of(plan: Plan) -> Form:
    """The form that a sweep's format names."""
    return Arrays(plan) if plan.query.format == "npy" else Tables(plan)


class Shards:
    """Those of a plan, at a place."""

    def __init__(self, plan: Plan, place: Place) -> None:
        self.plan, self.place, self.form = plan, place, form_of(plan)
        self.follower = Follower(plan, place)

    def compute(self, index: int, *, is_anew: bool = False) -> tuple[Files, str]:
        """The files of a shard, and the digest of what they hold; `is_anew` without what is noted of it in between.

        Raises Failed where the API refuses one of its points.
        """
        if self.plan.query.path == BasinsQuery.path:
            return _make_files(self.form, index, self.follower.answer(index, is_anew=is_anew))
        query = self.plan.shard(index)
        try:
            return _make_files(self.form, index, _answer(query))
        except BadQuery as error:
            first = {name: float(values.doubles(0, 1)[0]) for name, values in query.inputs.items() if values.is_swept}
            raise Failed(f"shard {index}, from {first} on: {error}") from None


def compute_whole(plan: Plan) -> tuple[Files, str]:
    """The same of a plan of one shard, whose place holds nothing. Raises BadQuery."""
    return _make_files(form_of(plan), 0, _answer(plan.query))


def _make_files(form: Form, index: int, answer: Records) -> tuple[Files, str]:
    files = form.files(index, answer)
    return files, digest(form.values(index, files))


@cache
def fingerprint(path: str, system: str) -> str:
    """The edition, and a digest of short probes at an endpoint of a system: of the same, shards have the same bits.

    It loads the kernels that shards need.
    """
    found = sha256()
    for query in _probes(path, system):
        found.update(compute_whole(Plan(query, query.shape))[1].encode())
    return f"edition {EDITION}, {found.hexdigest()}"


def _answer(query: AnalysisQuery) -> Records:
    """Computes the answer to a shard's query, with as much work for each point as that point's own answer may take."""
    return cast(Records, finish(query.answer(replace(UNBOUNDED, max_seconds=_SECONDS * query.points), 1)))


def _probes(path: str, name: str) -> Iterator[AnalysisQuery]:
    """Cheap queries, each with some values of one input, next to the canonical one."""
    system, kind = SYSTEMS[name], cast(type[AnalysisQuery], next(iter(resource_at(path).kinds.values())))
    values = {each: repr(system.canonical[each]) for each in kind.inputs_of(system)}
    among = {"start": system.start, "parameters": system.parameters}.get(kind.sweeps.among, system.inputs)
    swept = next(each for each in values if each in among)
    are_proven = "npy" not in kind.formats  # which takes long for each point, and no kernels over many
    options = {option: str(least if are_proven else most) for option, (least, most) in kind.cheap.items()}
    for count in _PROBED[are_proven:]:
        values[swept] = ",".join(repr(system.canonical[swept] + 1e-3 * k) for k in range(count))
        pairs = {"system": name, **values, **options}
        yield read_sweep(f"{path}?" + "&".join(f"{each}={text}" for each, text in pairs.items()))


@lru_cache(maxsize=4)
def _prepare(task: Task) -> Shards:
    return Shards(Plan(read_sweep(task.url), task.cut), place_at(task.out, task.part))
