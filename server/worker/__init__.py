"""The worker: takes jobs from the queue and watches over one child process for each.

The child imports this package too, and must know no database and no queue: so nothing is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..settings import Settings


def run(settings: Settings, workers: int, ready: Callable[[], None] | None = None) -> None:
    """Work on jobs in the foreground until SIGTERM or SIGINT; then hand running jobs back to the queue.

    `ready` is called once, when nothing can keep it from working any more. Must be called in the main thread.

    Raises:
        SetupError: the database does not answer, or has not the tables of this version.
    """
    from .running import run as run_here

    run_here(settings, workers, ready or (lambda: None))
