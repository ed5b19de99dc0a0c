"""The child: runs the steps of one job and tells how it goes. It knows no database, no queue and no provider's key."""

from __future__ import annotations

import errno
import logging
import os
import resource
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import psutil
from structlog.contextvars import bind_contextvars

from ...pipelines import build
from ...pipelines.errors import DashwrightError, LimitError, NotebookError
from ...pipelines.step import JobFolder, Limits, Progress
from ..observing import REDACTOR, logs, secrets_of
from .line import Line
from .lock import claim
from .messages import Advanced, Failed, Finished, Message
from .recollecting import DistantMemory

log = logging.getLogger(__name__)
LOG = "log.txt"
RESERVED = 4 * 1024**3
"""Bytes of address space beyond the limit of memory, since libraries reserve much that they never use."""
LONGEST_TEXT = 4_000
"""Characters of a message or sentence: what a step says may quote data."""
BUG = "error"
"""Code of a failure that is ours."""


class Journal(NamedTuple):
    """How the log of a job is written."""

    form: logs.Form
    names: dict[str, str | int]
    """What the job is called in each line."""


def main(path: str, limits: str, providers: tuple[str, ...], journal: Journal, connection: Connection) -> None:
    """Run the job in this folder. Everything about the process is set before the first step begins.

    Args:
        providers: names of the AI providers that the worker can ask for it.
        journal: how its log is written.
    """
    os.setsid()
    folder = JobFolder(path)
    _log_to(folder.path / LOG)
    lock = claim(folder.path)
    line = Line(connection, providers)
    line.open()
    given = Limits.model_validate_json(limits)
    REDACTOR.hide(*secrets_of(given))
    logs.configure(journal.form)
    bind_contextvars(**journal.names)
    _limit_memory(given.memory)
    line.say(_run(folder, given, line))
    os.close(lock)


def _run(folder: JobFolder, limits: Limits, line: Line) -> Message:
    def report(progress: Progress) -> None:
        short = progress.model_copy(update={"message": _shortened(progress.message)})
        line.say(Advanced(progress=short))

    try:
        build.run(folder, limits, report, line if line.names else build.NO_PROVIDERS, DistantMemory(line))
    except DashwrightError as error:
        log.warning("The job failed: %s", error, exc_info=True)
        sentence = _shortened(str(error)) or "The job failed."
        if isinstance(error, NotebookError):
            return Failed(code=error.code, sentence=sentence, cell=error.cell_id or None, line=error.line)
        return Failed(code=error.code, sentence=sentence)
    except BaseException as error:  # the outermost place of this process
        log.exception("The job failed")
        return _explained(error, folder, limits)
    return Finished()


def _explained(error: BaseException, folder: JobFolder, limits: Limits) -> Failed:
    """A sentence for what no step expected: memory or disk that ran out anywhere, or a bug of ours."""
    for cause in _causes(error):
        if isinstance(cause, MemoryError) or type(cause).__name__ == "OutOfMemoryException":
            return Failed(code=LimitError.code, sentence=out_of_memory(limits.memory))
        if "No space left on device" in str(cause) or getattr(cause, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            sentence = f"The disk with '{folder.path.parent}' is full. Free some space and try again."
            return Failed(code=LimitError.code, sentence=sentence)
    sentence = (
        f"Dashwright has a bug ({type(error).__name__}); the details are in '{folder.path / LOG}'. Please report it."
    )
    return Failed(code=BUG, sentence=sentence)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def out_of_memory(limit: int) -> str:
    return (
        f"The job needed more than {limit / 1024**3:.3g} GiB of memory. Bring less data, or allow more with "
        "DASHWRIGHT_MEMORY."
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _log_to(path: Path) -> None:
    """All that this process and those below it print goes to the job's log."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(handle, stream)
    os.close(handle)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _limit_memory(limit: int) -> None:
    """Beyond what this process has now. Soft limits, since a kernel gets its own from its provisioner."""
    used = psutil.Process().memory_info().vms
    for kind, value in ((resource.RLIMIT_DATA, used + limit), (resource.RLIMIT_AS, used + limit + RESERVED)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
