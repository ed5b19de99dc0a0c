"""Notebooks as people edit them: read strictly, without outputs, and compared with what was generated.

No step, so that composing, publishing, the store and the API can all ask it.
"""

from __future__ import annotations

import json
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode, ValidationError

from .errors import DataError
from .model import Noun

LARGEST = 2 * 1024**2
"""Bytes of a notebook without its outputs."""
MOST_CELLS = 1_000
KERNELSPEC = {"name": "dashwright", "display_name": "Dashwright", "language": "python"}
OF_A_RUN = ("widgets", "papermill")
"""Metadata of a notebook that belongs to the run before."""
OF_A_CELLS_RUN = ("execution", "papermill", "collapsed", "trusted")


class CellState(Noun):
    """A cell that is a person's: not as it was generated."""

    id: str
    state: Literal["added", "edited", "removed"]
    widget: str | None = None
    """Which of the plan's it draws."""


def plain(content: bytes | str) -> NotebookNode:
    """A notebook without outputs and traces of a run, with an id for each cell and our kernel.

    Raises:
        DataError: it is no notebook, not of Python, or too large.
    """
    try:
        read: Any = json.loads(content)
        if read["nbformat"] != 4:
            raise ValueError(f"it has the format {str(read['nbformat'])[:20]}")
        normal = {**read, "nbformat_minor": 5, "cells": _named(read["cells"])}
        nbformat.validate(normal)
        notebook: NotebookNode = nbformat.reads(json.dumps(normal), as_version=4)  # which also joins lines
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        raise DataError(f"This is no notebook in Jupyter's format 4: {reason}.") from None
    language = str(notebook.metadata.get("language_info", {}).get("name", "python"))
    if language != "python":
        raise DataError(f"The notebook is in '{language[:40]}'; dashboards run Python.")
    if len(notebook.cells) > MOST_CELLS:
        raise DataError(f"The notebook has {len(notebook.cells):,} cells; there may be {MOST_CELLS:,}.")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        for name in OF_A_CELLS_RUN:
            cell.metadata.pop(name, None)
    for name in OF_A_RUN:
        notebook.metadata.pop(name, None)
    notebook.metadata["kernelspec"] = nbformat.from_dict(KERNELSPEC)
    notebook.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    if (size := len(written(notebook).encode())) > LARGEST:
        raise DataError(f"The notebook has {size:,} bytes without its outputs; there may be {LARGEST:,}.")
    return notebook


def _named(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each cell with an id of its own. Notebooks of before 4.5 have none; the same cells get the same ones again."""
    taken: set[Any] = set()
    named = []
    for place, cell in enumerate(cells):
        name = cell.get("id")
        if not isinstance(name, str) or name in taken:
            name = next(wish for number in range(len(cells) + 1) if (wish := f"cell-{place}-{number}") not in taken)
        taken.add(name)
        named.append({**cell, "id": name})
    return named


def written(notebook: NotebookNode) -> str:
    """The same text for the same notebook."""
    text: str = nbformat.writes(notebook)
    return text


def compared(notebook: NotebookNode, generated: NotebookNode) -> tuple[CellState, ...]:
    """The cells of a notebook that are not as they were generated: those that are there in its order, then removed
    ones. An id that was generated says which cell it is, wherever it has been moved."""
    before = {cell.id: cell for cell in generated.cells}
    there = {cell.id for cell in notebook.cells}
    found = [
        CellState(id=cell.id, state="edited" if cell.id in before else "added", widget=widget_of(cell))
        for cell in notebook.cells
        if cell.id not in before or not is_same(cell, before[cell.id])
    ]
    gone = (cell for cell in generated.cells if cell.id not in there)
    return (*found, *(CellState(id=cell.id, state="removed", widget=widget_of(cell)) for cell in gone))


def is_same(one: NotebookNode, other: NotebookNode) -> bool:
    """Whether two cells do the same."""
    return bool(one.cell_type == other.cell_type and one.source == other.source)


def widget_of(cell: NotebookNode) -> str | None:
    """The plan's widget that a cell draws."""
    own = cell.metadata.get("dashwright")
    widget = own.get("widget") if isinstance(own, dict) else None
    return widget if isinstance(widget, str) else None


def shows_something(executed: NotebookNode) -> bool:
    """Whether any cell has put something on the page."""
    outputs = (output for cell in executed.cells for output in cell.get("outputs", ()))
    return any(output.output_type in ("display_data", "execute_result") for output in outputs)
