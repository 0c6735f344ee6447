"""Runs a sweep from its URL to its files: begins it or goes on, and notes it shard by shard."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from attractor.sweeps.asked import FORMS, read_sweep
from attractor.sweeps.failures import Failed
from attractor.sweeps.learning import Compute, Learning, clear, has_learnt, is_by_rounds
from attractor.sweeps.manifest import begin, check_same, read_manifest
from attractor.sweeps.places import Part, place_at
from attractor.sweeps.plan import Plan, in_words
from attractor.sweeps.progress import Progress
from attractor.sweeps.receipts import Notes, receipts
from attractor.sweeps.work import Task, compute_and_write, fingerprint, form_of

if TYPE_CHECKING:
    from distributed import Client

    Cluster = Callable[[], AbstractContextManager[Client]]
    Computed = Callable[[Task, list[int]], Iterator[tuple[int, str]]]

PICTURE = "plane.png"
_EACH = 20  # shards of a worker, below which some end long before others


class Sweep:
    """A sweep that a URL names, and the place of its files."""

    def __init__(self, url: str, out: str, part: Part) -> None:
        """Plans the sweep. Raises Refused where there is none, and Failed where the place holds something else."""
        self.plan = Plan.of(read_sweep(url))
        if is_by_rounds(self.plan) and part.of > 1:
            raise Failed(
                "basins have no parts: what is learnt from the whole grid decides each point; leave --part out"
            )
        self.part, self._out = part, out
        self._place = place_at(out, part)
        if found := read_manifest(self._place):
            check_same(self.plan, found, self._place)

    def cost(self) -> str:
        """What it is and takes, in words; of which some is computed, unless all is there."""
        from attractor.sweeps import pilot

        query = self.plan.query
        size = form_of(self.plan).size()
        taken = pilot.seconds(self.plan) if self.missing() else query.seconds
        held = f"at most {_bytes(size)}" if size else "what it finds as records"
        return (
            f"{query.points:,} points in {in_words(self.plan.count)}, about {_time(taken)} of CPU time, "
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
            with self._computing(cluster, len(missing), progress) as compute:
                if is_by_rounds(self.plan) and not has_learnt(self._place):
                    Learning(self.plan, self._place, compute).run()
                form = form_of(self.plan)
                with Notes(self._place, self.part.folder) as notes:
                    for index, digest in compute(None, missing):
                        name = form.names(index)[0]
                        if not self._place.has(name):
                            why = f"which is not seen here: all must share {self._out}"
                            raise Failed(f"a worker has written {name}, {why}")
                        notes.add(index, digest)
            if is_by_rounds(self.plan):
                clear(self._place)

    @contextmanager
    def _computing(self, cluster: "Cluster | None", count: int, progress: Progress) -> Iterator[Compute]:
        """What gives shards as they are done, of a round or of the end, each with what is told of it."""
        with self._here() if cluster is None else self._elsewhere(cluster, count, progress) as (task, shards):

            def compute(turn: int | None, indices: list[int]) -> Iterator[tuple[int, str]]:
                title = "" if turn is None else f"round {turn}"
                with progress.show(sum(map(self.plan.points, indices)), title):
                    for index, told in shards(task._replace(turn=turn), indices):
                        yield index, told
                        progress.advance(self.plan.points(index))

            yield compute

    @contextmanager
    def _here(self) -> Iterator[tuple[Task, "Computed"]]:
        def shards(task: Task, indices: list[int]) -> Iterator[tuple[int, str]]:
            for index in indices:
                if told := compute_and_write(task, index):
                    yield index, told

        yield self._task(self._fingerprint()), shards

    @contextmanager
    def _elsewhere(self, cluster: "Cluster", count: int, progress: Progress) -> Iterator[tuple[Task, "Computed"]]:
        from attractor.sweeps.cluster import Workers

        query, known = self.plan.query, read_manifest(self._place)
        with cluster() as client:
            workers = Workers(client, query.path, query.system.name, known.fingerprint if known else None)
            if is_by_rounds(self.plan) and self._fingerprint() != workers.fingerprint:
                raise Failed("this process computes other values than the workers, and has to learn what they go by")
            if workers.count * _EACH > count:
                progress.say(f"{workers.count} workers share {in_words(count)}, so that some end before others")

            def shards(task: Task, indices: list[int]) -> Iterator[tuple[int, str]]:
                for found in workers.compute(task, iter(indices), progress.say):
                    progress.workers = workers.count
                    yield found

            yield self._task(workers.fingerprint), shards

    def _fingerprint(self) -> str:
        return fingerprint(self.plan.query.path, self.plan.query.system.name)

    def _task(self, fingerprint: str) -> Task:
        begin(self.plan, self._place, fingerprint)
        return Task(self.plan.query.canonical, self.plan.cut, self._out, self.part, fingerprint)


def _time(seconds: float) -> str:
    if seconds >= 3600:
        return f"{seconds / 3600:,.1f} hours"
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{max(1, round(seconds))} s"


def _bytes(count: int) -> str:
    for name in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count} {name}"
        count = round(count / 1000)
    return f"{count:,} TB"
