"""Shows on a terminal how far a sweep is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import rich.progress
from rich.console import Console


class Progress:
    """The bar and the lines on stderr while a sweep goes on."""

    workers = 1

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.TaskProgressColumn(),
            rich.progress.TextColumn("{task.fields[rate]} points/s on {task.fields[workers]}"),
            rich.progress.TimeElapsedColumn(),
            rich.progress.TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )

    def say(self, text: str) -> None:
        """A line of its own."""
        self._console.print(f"attractor: {text}", markup=False)

    @contextmanager
    def show(self, points: int, title: str = "") -> Iterator[None]:
        """While it lasts there is a bar, of which `points` are the whole."""
        with self._bar:
            self._task = self._bar.add_task(title, total=points, rate="", workers=self.workers)
            yield
            self._bar.remove_task(self._task)

    def advance(self, points: int) -> None:
        """So many points more are done."""
        task = self._bar.tasks[-1]
        rate = f"{task.speed:,.0f}" if task.speed else "…"
        self._bar.update(self._task, advance=points, rate=rate, workers=self.workers)
