"""Shows on a terminal how far an answer is, where it takes longer than a second."""

import sys
from collections.abc import Generator, Iterator
from time import monotonic
from typing import TypeAlias

from attractor.api.formats import Chunk

Body: TypeAlias = Generator[Chunk, None, None]
"""A body, computed or read as it is taken, which stops once it is closed."""

PATIENCE = 1.0
"""Seconds before there is anything to see."""


class Length:
    """The length of a body, set once it is known."""

    def __init__(self, told: int | None = None) -> None:
        self.told = told

    def __call__(self, told: int | None) -> None:
        self.told = told


def show_progress(chunks: Iterator[Chunk | None], length: Length) -> Body:
    """Yields the chunks without the pauses, and shows on stderr, where that is a terminal, how much was written."""
    began, done = monotonic(), 0
    shown = sys.stderr.isatty()
    for chunk in chunks:
        if chunk:
            yield chunk
            done += len(chunk)
        if shown and monotonic() - began > PATIENCE:
            break
    else:
        return
    yield from _draw(chunks, length, done)


def _draw(chunks: Iterator[Chunk | None], length: Length, done: int) -> Iterator[Chunk]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=length.told, completed=done)
        for chunk in chunks:
            if chunk:
                yield chunk
                progress.update(task, total=length.told, advance=len(chunk))
