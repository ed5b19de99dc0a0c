"""Rendering: a version's executed notebook as a page, its cells run again in a kernel of the viewer's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbformat.notebooknode import NotebookNode, from_dict
from voila.notebook_renderer import NotebookRenderer  # type: ignore[import-untyped]

from .moment import moment
from .shelf import Published

KERNEL = "dashwright"
Begin = Callable[[], Awaitable[tuple[str, Any]]]
"""Starts the page's kernel: its id and its manager."""


class DashboardRenderer(NotebookRenderer):  # type: ignore[misc]  # voila is not typed
    """Voilà's renderer for a file anywhere, with one clear sentence where a cell fails."""

    def __init__(self, published: Published, home: str, begin: Begin, **kwargs: Any) -> None:
        super().__init__(
            notebook_path=str(published.folder / "executed.ipynb"),
            contents_manager=LargeFileManager(root_dir=str(published.folder)),  # for images in texts
            **kwargs,
        )
        self.published = published
        self.home = home
        self.begin = begin

    async def initialize(self, **kwargs: Any) -> None:
        await super().initialize(**kwargs)
        self.resources["dashwright"] = facts(self.published, self.home)
        self.resources["metadata"]["name"] = self.published.title

    async def load_notebook(self, path: str) -> NotebookNode:
        """The notebook without its outputs; the kernel is always ours, whatever the notebook names."""
        notebook: NotebookNode = nbformat.reads(Path(path).read_text("utf-8"), as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.metadata = _node(
            {
                "title": self.published.title,
                "kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "python"},
                "language_info": {"name": "python"},
            }
        )
        return notebook

    async def _jinja_kernel_start(self, nb: NotebookNode, kernel_id: None, kernel_future: None) -> str:  # noqa: ARG002
        """The page's head, title and bar are sent by now: the viewer sees them while the kernel starts."""
        started, manager = await self.begin()
        await super()._jinja_kernel_start(nb, started, manager)
        return started

    async def _jinja_cell_generator(self, nb: NotebookNode, _kernel_id: str) -> AsyncIterator[NotebookNode]:
        for index, cell in enumerate(nb.cells):
            try:
                done = await self.executor.execute_cell(cell, None, index, store_history=False)
            except Exception:
                self.log.exception("Cell '%s' of dashboard '%s' failed", cell.get("id", index), self.published.slug)
                yield failure(f"its computation stopped at step {index + 1} of {len(nb.cells)}")
                break
            yield done
        await self._cleanup_resources()


def failure(reason: str) -> NotebookNode:
    """A cell that says what went wrong, in place of the one that failed and those after it."""
    output = {"output_type": "display_data", "data": {"text/html": failure_card(reason)}, "metadata": {}}
    cell: dict[str, Any] = {"cell_type": "code", "id": "failure", "source": "", "metadata": {}, "execution_count": None}
    return _node(cell | {"outputs": [output]})


def _node(values: dict[str, Any]) -> NotebookNode:
    node: NotebookNode = from_dict(values)
    return node


def failure_card(reason: str) -> str:
    return (
        f'<p class="status failed" role="alert">This dashboard cannot be shown in full: {escape(reason)}. '
        "Reload the page to try again; if that does not help, whoever keeps the dashboard can find the cause by "
        "running its notebook.</p>"
    )


def facts(published: Published, home: str) -> dict[str, Any]:
    """What the page template is told."""
    address = f"{home}d/{published.slug}"
    known: dict[str, Any] = {
        "title": published.title,
        "home": home,
        "notebook": f"{address}/notebook",
        "number": published.number,
        "data_as_of": moment(published.data_as_of),
    }
    if published.standing != "published":
        known["standing"] = published.standing
        known["published"] = address
        known["notebook"] = f"{address}/versions/{published.number}/notebook"
    if published.refresh_failed_at is not None:
        sentence = (published.refresh_failure or "The reason is not known").rstrip()
        known["failure"] = {
            "at": moment(published.refresh_failed_at),
            "sentence": sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.",
        }
    return known
