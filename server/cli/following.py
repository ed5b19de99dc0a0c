"""Live progress of a job: a bar where somebody watches, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from .output import note_console, printable, say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ..nouns import Job

WORDS = {
    "search_datasets": "Finding data",
    "download_datasets": "Fetching data",
    "analyze_datasets": "Reading and profiling",
    "generate_visualizations": "Planning and writing",
    "finalize_dashboard": "Running and publishing",
}
WAITING = "Waiting for a worker"


class Display(Protocol):
    """Where progress is shown."""

    def update(self, job: Job) -> None: ...

    def end(self) -> None: ...


@contextmanager
def display() -> Iterator[Display]:
    """A live bar on a terminal, lines elsewhere."""
    if not note_console().is_terminal:
        yield Lines()
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(24), TimeElapsedColumn())
    with Progress(*columns, console=note_console(), transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        yield Bar(progress, progress.add_task(WAITING, total=100))


class Steps:
    """Tells when one step gives way to the next, and how long it took."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._since = 0.0

    def follow(self, name: str | None) -> Iterator[str]:
        """A line for the step that ended, if one did."""
        if name == self._name:
            return
        now = time.monotonic()
        if self._name in WORDS:
            yield f"{WORDS[self._name]:<24} {now - self._since:5.1f} s"
        self._name, self._since = name, now


class Lines:
    """A line for each step that ended: for logs and pipes."""

    def __init__(self) -> None:
        self._steps = Steps()

    def update(self, job: Job) -> None:
        for line in self._steps.follow(job.current_step):
            say(line)

    def end(self) -> None:
        for line in self._steps.follow(None):
            say(line)


class Bar:
    """The bar of the whole job; each step that has ended leaves its line above."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._steps = Steps()

    def update(self, job: Job) -> None:
        self._leave(job.current_step)
        words = WORDS.get(job.current_step or "", WAITING)
        detail = f": {job.message}" if job.message and job.current_step in WORDS else ""
        text = printable(f"{words}{detail}").replace("\n", " ")
        self._progress.update(self._task, completed=job.progress, description=text[:60])

    def end(self) -> None:
        self._leave(None)

    def _leave(self, step: str | None) -> None:
        for line in self._steps.follow(step):
            self._progress.console.print(f"✓ {line}", markup=False)
