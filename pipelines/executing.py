"""Executing: the notebook runs from top to bottom in the job's folder; one that failed names its cell and is kept."""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from .errors import LimitError, NotebookError, SetupError
from .step import JobFolder, Limits, Progress, Report, write_whole

with warnings.catch_warnings():
    # papermill imports whatever storage libraries are installed; some of those warn of old Python versions.
    warnings.simplefilter("ignore", FutureWarning)
    import papermill
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.exceptions import PapermillExecutionError

_STEP = "finalize_dashboard"
_FIRST, _LAST = 90.0, 97.0
_FALLBACK = "python3"
_STARTUP_TIMEOUT = 120
_MESSAGE_LENGTH = 400


class _Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine that also tells after each cell."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, told: Callable[[int], None] | None = None, **options: Any
    ) -> None:
        done = nb_man.cell_complete

        def cell_complete(cell: NotebookNode, cell_index: int | None = None, **rest: Any) -> None:
            done(cell, cell_index=cell_index, **rest)
            if told is not None and cell_index is not None:
                told(cell_index)

        nb_man.cell_complete = cell_complete
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register("dashwright", _Engine)


def execute(folder: JobFolder, limits: Limits, report: Report) -> NotebookNode:
    """Run ``notebook.ipynb`` and write ``executed.ipynb`` with outputs and the state of its widgets.

    A notebook that failed is kept as ``failed.ipynb``, so that a retry runs it again. papermill changes the working
    folder of the whole process: this step runs alone in its process.

    Raises:
        NotebookError: a cell failed; names the cell, its source and the message.
        LimitError: a cell or the whole notebook took too long.
        SetupError: no kernel is installed.
    """
    notebook = nbformat.read(folder.notebook, as_version=4)
    failed = folder.path / "failed.ipynb"
    with tempfile.TemporaryDirectory(dir=folder.path, prefix=".executing-") as temporary:
        output = Path(temporary) / "notebook.ipynb"
        try:
            executed = _run(folder, notebook, output, limits, report)
        except (NotebookError, LimitError):
            if output.exists():
                write_whole(failed, output.read_bytes())
            raise
    warned = stderr(executed)
    if warned:
        report(Progress(step=_STEP, percent=_LAST, message=f"The notebook warns: {_short(warned[0])}"))
    write_whole(folder.executed, nbformat.writes(executed).encode())
    failed.unlink(missing_ok=True)
    return executed


def _run(folder: JobFolder, notebook: NotebookNode, output: Path, limits: Limits, report: Report) -> NotebookNode:
    total = len(notebook.cells)
    at, started, last = 0, 0.0, 0.0

    def told(index: int) -> None:
        nonlocal at, started, last
        now = time.monotonic()
        started, last = started or now, last or now
        # A cell that took too long is told of by nbclient, right after this.
        cell_in_time, last = now - last <= limits.execution_timeout, now
        if cell_in_time:
            at = min(index + 1, total - 1)
        percent = _FIRST + (_LAST - _FIRST) * min(index + 1, total) / total
        report(Progress(step=_STEP, percent=percent, message=f"Ran {index + 1} of {total} cells"))
        if cell_in_time and now - started > 2 * limits.execution_timeout:
            raise LimitError(
                f"The notebook took longer than {2 * limits.execution_timeout:g} seconds and was stopped after "
                f"{_called(notebook.cells[index])}; raise the setting execution_timeout or use less data."
            )

    try:
        executed: NotebookNode = papermill.execute_notebook(
            str(folder.notebook.resolve()),
            str(output.resolve()),
            engine_name="dashwright",
            kernel_name=kernel_name(notebook),
            language="python",
            cwd=str(folder.path.resolve()),
            progress_bar=False,
            log_output=False,
            start_timeout=_STARTUP_TIMEOUT,
            execution_timeout=max(round(limits.execution_timeout), 1),
            told=told,
        )
        return executed
    except PapermillExecutionError as error:
        raise _failure(notebook, error) from error
    except CellTimeoutError as error:
        raise LimitError(
            f"{_capital(_called(notebook.cells[at]))} took longer than {limits.execution_timeout:g} seconds; "
            f"raise the setting execution_timeout or use less data."
        ) from error
    except DeadKernelError as error:
        cell = notebook.cells[at]
        raise NotebookError(
            f"The kernel died in {_called(cell)}; most often it ran out of memory: "
            f"use less data or raise the memory limit.",
            cell_id=cell.get("id", ""),
            source=cell.source,
        ) from error


def kernel_name(notebook: NotebookNode) -> str:
    """The notebook's kernel, or plain Python where that one is not installed.

    Raises:
        SetupError: neither is installed.
    """
    wish = str(notebook.metadata.get("kernelspec", {}).get("name", _FALLBACK))
    there = KernelSpecManager().find_kernel_specs()
    for name in (wish, _FALLBACK):
        if name in there:
            return name
    raise SetupError(
        f"No kernel '{wish}' and no kernel '{_FALLBACK}' is installed; install one with 'pip install ipykernel'. "
        f"There is: {', '.join(sorted(there)) or 'none'}."
    )


def stderr(notebook: NotebookNode) -> list[str]:
    """What cells wrote to their error stream: warnings, mostly."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]


def _failure(notebook: NotebookNode, error: PapermillExecutionError) -> NotebookError:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source == error.source]
    cell = cells[0] if cells else nbformat.v4.new_code_cell(error.source or "")
    message = _short(f"{error.ename}: {error.evalue}")
    traceback = _plain("\n".join(error.traceback))
    line = _line(traceback, len(cell.source.splitlines()))
    where = f" in line {line}" if line else ""
    return NotebookError(
        f"{_capital(_called(cell))} failed{where}: {message}",
        cell_id=cell.get("id", ""),
        source=cell.source,
        traceback=traceback,
        line=line,
    )


def _line(traceback: str, most: int) -> int | None:
    """The line of the failed cell: IPython names its place first, and then those of functions that it called."""
    found = re.search(r"\bCell In\s?\[\d+\], line (\d+)", traceback)
    return int(found[1]) if found and 1 <= int(found[1]) <= most else None


def _called(cell: NotebookNode) -> str:
    """A cell in words: by its widget or its id."""
    widget = cell.metadata.get("dashwright", {}).get("widget")
    return f"the cell of widget '{widget}'" if widget else f"the cell '{cell.get('id', '')}'"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _short(text: str) -> str:
    text = " ".join(_plain(text).split())
    return text if len(text) <= _MESSAGE_LENGTH else f"{text[: _MESSAGE_LENGTH - 1]}…"


def _plain(text: str) -> str:
    """Without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


__all__ = ["execute", "kernel_name", "stderr"]
