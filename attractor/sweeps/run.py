"""Runs a sweep from its URL to its files: begins it or goes on, and notes it shard by shard."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from attractor.sweeps.asked import FORMS, read_sweep
from attractor.sweeps.failures import Failed
from attractor.sweeps.manifest import begin, check_same, read_manifest
from attractor.sweeps.places import Part, place_at
from attractor.sweeps.plan import Plan, in_words
from attractor.sweeps.progress import Progress
from attractor.sweeps.receipts import Notes, receipts
from attractor.sweeps.work import Task, compute_and_write, fingerprint, form_of

if TYPE_CHECKING:
    from distributed import Client

    Cluster = Callable[[], AbstractContextManager[Client]]

PICTURE = "plane.png"
_EACH = 20  # shards of a worker, below which some end long before others


class Sweep:
    """A sweep that a URL names, and the place of its files."""

    def __init__(self, url: str, out: str, part: Part) -> None:
        """Plans the sweep. Raises Refused where there is none, and Failed where the place holds something else."""
        self.plan = Plan.of(read_sweep(url))
        self.part, self._out = part, out
        self._place = place_at(out, part)
        if found := read_manifest(self._place):
            check_same(self.plan, found, self._place)

    def cost(self) -> str:
        """A sentence about its size and its cost."""
        query = self.plan.query
        size = form_of(self.plan).size()
        held = f"at most {_bytes(size)}" if size else "what it finds as records"
        return (
            f"{query.points:,} points in {in_words(self.plan.count)}, about {_time(query.seconds)} of CPU time, "
            f"{held} of {FORMS[query.format]}"
        )

    def missing(self) -> list[int]:
        """The shards of the part that have no receipt."""
        there = receipts(self._place)
        return [index for index in self.part.shards(self.plan.count) if index not in there]

    def check_drawable(self) -> None:
        """Checks that a picture can be drawn of the sweep. Raises Failed where it is no plane."""
        from attractor.sweeps.drawing import check_drawable

        check_drawable(self.plan)

    def draw(self) -> str:
        """Draws the plane that is there; gives the name of the file. Raises Failed."""
        from attractor.sweeps.drawing import draw_plane

        self._place.write(PICTURE, draw_plane(self.plan, form_of(self.plan), self._place))
        return self._place.path(PICTURE)

    def left(self) -> int:
        """The number of shards of the whole that have no receipt."""
        return self.plan.count - len(receipts(self._place))

    def run(self, cluster: "Cluster | None", progress: Progress) -> None:
        """Computes what is missing, in this process where there is no cluster.

        Raises Failed and OSError, as it does where another start computes the same part.
        """
        with self._place.lock():
            if not (missing := self.missing()):
                return
            shards = self._elsewhere(cluster, missing, progress) if cluster else self._here(missing)
            form, points = form_of(self.plan), sum(map(self.plan.points, missing))
            with progress.show(points), Notes(self._place, self.part) as notes:
                for index, digest in shards:
                    name = form.names(index)[0]
                    if not self._place.has(name):
                        raise Failed(f"a worker has written {name}, which is not seen here: all must share {self._out}")
                    notes.add(index, digest)
                    progress.advance(self.plan.points(index))

    def _here(self, missing: list[int]) -> Iterator[tuple[int, str]]:
        task = self._task(fingerprint(self.plan.query.path, self.plan.query.system.name))
        for index in missing:
            if digest := compute_and_write(task, index):
                yield index, digest

    def _elsewhere(self, cluster: "Cluster", missing: list[int], progress: Progress) -> Iterator[tuple[int, str]]:
        from attractor.sweeps.cluster import Workers

        query, known = self.plan.query, read_manifest(self._place)
        with cluster() as client:
            workers = Workers(client, query.path, query.system.name, known.fingerprint if known else None)
            if workers.count * _EACH > len(missing):
                progress.say(f"{workers.count} workers share {in_words(len(missing))}, so that some end before others")
            for index, digest in workers.compute(self._task(workers.fingerprint), iter(missing), progress.say):
                progress.workers = workers.count
                yield index, digest

    def _task(self, fingerprint: str) -> Task:
        begin(self.plan, self._place, fingerprint)
        return Task(self.plan.query.canonical, self.plan.cut, self._out, self.part, fingerprint)


def _time(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} hours" if seconds >= 3600 else f"{max(1, round(seconds))} s"


def _bytes(count: int) -> str:
    for name in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count} {name}"
        count = round(count / 1000)
    return f"{count:,} TB"
