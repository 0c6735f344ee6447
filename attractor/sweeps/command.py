"""Runs `attractor sweep` and `attractor verify DIR`, and prints what they say."""

import os
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

import click

from attractor.api.host import cpus
from attractor.sweeps.forking import begin
from attractor.sweeps.places import S3, Part
from attractor.sweeps.plan import in_words
from attractor.sweeps.progress import Progress
from attractor.sweeps.run import Sweep
from attractor.sweeps.verifying import faults

if TYPE_CHECKING:
    from distributed import Client


class Where(NamedTuple):
    """The processes that compute: those of a local cluster unless a scheduler is named."""

    workers: int | None = None
    adaptive: bool = False
    scheduler: str | None = None
    scheduler_file: str | None = None

    def cluster(self) -> "AbstractContextManager[Client]":
        """The client of the cluster, as a context. Raises Failed where none can be had."""
        if self.scheduler or self.scheduler_file:
            from attractor.sweeps.cluster import existing

            return existing(self.scheduler, self.scheduler_file)
        begin()
        from attractor.sweeps.cluster import local  # which takes as long to load here as what it needs does there

        return local(self.workers or max(1, int(cpus())), self.adaptive)


def run_sweep(url: str, out: str, part: Part | None, where: Where, *, asks: bool, runs: bool, draws: bool) -> None:
    """Computes what is missing of a sweep, or of a part of it in this process. Raises Refused, Failed and OSError."""
    sweep = Sweep(url, out if out.startswith(S3) else os.path.abspath(out), part or Part())
    if draws:
        sweep.check_drawable()
    click.echo(sweep.cost(), err=True)
    missing, all_ = len(sweep.missing()), len(sweep.part.shards(sweep.plan.count))
    if missing < all_:
        click.echo(f"{all_ - missing:,} of {in_words(all_)} are there already", err=True)
    if not runs:
        return
    if missing and asks:
        if not sys.stdin.isatty():
            raise click.UsageError("nobody can be asked here whether it is to begin: say --yes")
        click.confirm("Begin?", abort=True, err=True)
    sweep.run(None if part else where.cluster, Progress())
    left = sweep.left()
    click.echo(f"{out} lacks {in_words(left)} of other parts" if left else f"{out} holds all of it")
    if draws and not left:
        click.echo(f"{sweep.draw()} shows it")


def verify_sweep(out: str, sample: int | None) -> bool:
    """Whether a place holds the whole of a sweep; prints what is wrong. Raises Failed."""
    wrong = looked = 0
    for fault in faults(out, sample):
        if fault:
            click.echo(f"attractor: {fault}", err=True)
        wrong, looked = wrong + bool(fault), looked + 1
    how = "as receipts say" if sample is None else "as computed again"
    if not wrong:
        click.echo(f"{out} is whole: {in_words(looked)} {how}")
    return not wrong
