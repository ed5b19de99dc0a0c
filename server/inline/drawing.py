"""Drawing: the cells of a composed notebook run here, in a namespace of their own; what they show becomes one box."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from html import escape
from typing import Any

import nbformat

from ...pipelines.errors import NotebookError
from ...pipelines.model import Plan
from ...pipelines.step import JobFolder
from . import look


def run_cells(notebook: nbformat.NotebookNode, folder: JobFolder) -> list[Any]:
    """What the notebook's cells display, in their order. Nothing of it reaches anybody's variables; what is displayed
    keeps the namespace, with the data, since moving a filter draws again.

    Raises:
        NotebookError: a cell failed.
    """
    shown: list[Any] = []
    # Only what was generated from a checked plan runs here, never what somebody wrote into a file.
    namespace = types.ModuleType("dashwright_page").__dict__
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            with warnings.catch_warnings():
                # The page hides warnings, too; and here they might be made errors.
                warnings.simplefilter("ignore")
                exec(compile(cell.source, f"<dashwright: {cell.id}>", "exec"), namespace)  # noqa: S102
        except Exception as error:
            raise NotebookError(
                f"The cell '{cell.id}' of the dashboard failed: {type(error).__name__}: {str(error)[:400]}",
                cell_id=cell.id,
                source=cell.source,
            ) from error
        if cell.id == "parameters":
            namespace["data_folder"] = str(folder.data)
        if "display" in namespace:
            namespace["display"] = shown.append
    return shown


def box(plan: Plan, shown: list[Any], keep: Callable[[], str]) -> Any:
    """The page as one widget: title, what the cells display, and a button. `keep` writes the notebook and gives HTML
    that says where it is, with a link."""
    import ipywidgets as widgets

    style = widgets.HTML(f"<style>{look.css()}</style>")
    style.add_class("look")
    head = widgets.HTML(_title(plan))
    head.add_class("title")
    page = widgets.VBox([style, head, *shown, _keeping(keep)])
    page.add_class(look.BOX)
    return page


def _title(plan: Plan) -> str:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in plan.description.split("\n\n") if part.strip())
    notes = "".join(f"<li>{escape(note)}</li>" for note in plan.notes)
    return f"<h2>{escape(plan.title)}</h2>{paragraphs}" + (f'<ul class="notes">{notes}</ul>' if notes else "")


def _keeping(keep: Callable[[], str]) -> Any:
    """A button, and beside it what it did. That is an output and no HTML widget: only in outputs does JupyterLab open
    links to files itself."""
    import ipywidgets as widgets

    button = widgets.Button(description="Open as notebook", tooltip="Write this dashboard as an ordinary notebook")
    told = widgets.Output()

    def click(_: object) -> None:
        bundle = {"text/html": keep(), "text/plain": "The notebook was written."}
        told.outputs = ({"output_type": "display_data", "data": bundle, "metadata": {}},)

    button.on_click(click)
    row = widgets.Box([button, told])
    row.add_class("keep")
    return row
