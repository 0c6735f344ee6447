"""The work of a worker: to compute a shard, a pure function of the plan and an index, and to write its files."""

from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import sha256
from typing import NamedTuple, cast

from msgspec.structs import replace

from attractor.api.endpoints.analysis_query import AnalysisQuery
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
    """The fingerprint that the worker must have."""


def compute_and_write(task: Task, index: int) -> str | None:
    """Computes a shard, and writes its files; gives the digest of its values, None where this process computes others.

    Raises Failed, and OSError where a file cannot be written.
    """
    plan, form, place = _prepare(task)
    if fingerprint(plan.query.path, plan.query.system.name) != task.fingerprint:
        return None
    files, found = compute_files(plan, form, index)
    for name, data in files.items():
        place.write(name, data)
    return found


def form_of(plan: Plan) -> Form:
    """The form that a sweep's format names."""
    return Arrays(plan) if plan.query.format == "npy" else Tables(plan)


def compute_files(plan: Plan, form: Form, index: int) -> tuple[Files, str]:
    """The files of a shard, and the digest of what they hold. Raises Failed where the API refuses one of its points."""
    query = plan.shard(index)
    try:
        files = form.files(index, _answer(query))
    except BadQuery as error:
        first = {name: float(values.doubles(0, 1)[0]) for name, values in query.inputs.items() if values.is_swept}
        raise Failed(f"shard {index}, from {first} on: {error}") from None
    return files, digest(form.values(index, files))


@cache
def fingerprint(path: str, system: str) -> str:
    """The edition, and a digest of short probes at an endpoint of a system: of the same, shards have the same bits.

    It loads the kernels that shards need.
    """
    found = sha256()
    for query in _probes(path, system):
        plan = Plan.of(query)
        for index in range(plan.count):
            found.update(compute_files(plan, form_of(plan), index)[1].encode())
    return f"edition {EDITION}, {found.hexdigest()}"


def _answer(query: AnalysisQuery) -> Records:
    """Computes the answer to a shard's query, with as much work for each point as that point's own answer may take."""
    return cast(Records, finish(query.answer(replace(UNBOUNDED, max_seconds=_SECONDS * query.points), 1)))


def _probes(path: str, name: str) -> Iterator[AnalysisQuery]:
    """Cheap queries, each with some values of one input, next to the canonical one."""
    system, kind = SYSTEMS[name], cast(type[AnalysisQuery], next(iter(resource_at(path).kinds.values())))
    values = {each: repr(system.canonical[each]) for each in kind.inputs_of(system)}
    swept = next(each for each in values if kind.sweeps.among == "inputs" or each in system.parameters)
    are_proven = "npy" not in kind.formats  # which takes long for each point, and no kernels over many
    options = {option: str(least if are_proven else most) for option, (least, most) in kind.cheap.items()}
    for count in _PROBED[are_proven:]:
        values[swept] = ",".join(repr(system.canonical[swept] + 1e-3 * k) for k in range(count))
        pairs = {"system": name, **values, **options}
        yield read_sweep(f"{path}?" + "&".join(f"{each}={text}" for each, text in pairs.items()))


@lru_cache(maxsize=4)
def _prepare(task: Task) -> tuple[Plan, Form, Place]:
    plan = Plan(read_sweep(task.url), task.cut)
    return plan, form_of(plan), place_at(task.out, task.part)
