"""Answer: a dashboard in a notebook, with the plan and the notebook that it was made of."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import nbformat

from ...pipelines.errors import DashwrightError, InputError
from ...pipelines.model import Plan, Request
from ...pipelines.providers import Providers
from ...pipelines.step import JobFolder, Report
from . import drawing, making, saving
from .consulting import providers
from .progress import Line, kernel_shell

_QUESTION = re.compile(
    r"(how|what|which|where|when|who|whose|why|is|are|was|were|do|does|did|has|have|can)\b|.*\?\s*$",
    re.IGNORECASE | re.DOTALL,
)


class Answer:
    """Shows itself as a dashboard at the end of a cell. Its files are in a temporary folder that goes with it."""

    def __init__(self, folder: JobFolder, notes: tuple[str, ...], line: Line) -> None:
        self._folder = folder
        self._notes = notes
        self._line = line
        self._page: Any = None
        self._tidy = weakref.finalize(self, making.discard, folder.path)
        self.plan: Plan = folder.read(Plan, folder.plan)
        """What is drawn, and why: pure data."""
        if kernel_shell() is not None:
            self._draw()

    @property
    def question(self) -> str:
        return self.plan.question

    @property
    def notebook(self) -> nbformat.NotebookNode:
        """As `save` writes it into a folder with its tables in ``data``."""
        return saving.at_home(self._files, "data")

    def save(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write an ordinary notebook, and its tables as Parquet beside it in ``<name>_data``. It runs wherever pandas,
        pyarrow, bqplot and ipywidgets are. Without a path: here, under a free name from the title.

        Raises:
            DashwrightError: there is such a file already and `overwrite` is not set, or it cannot be written.
        """
        place = Path(path) if path is not None else saving.free_path(self.plan, Path.cwd())
        return saving.save(self._files, self.plan, place, overwrite=overwrite)

    def explain(self) -> str:
        """Why each chart, filter and sentence is there."""
        from ...pipelines.planners.offline import explain

        return Text("\n".join((*explain(self.plan), *(f"Note: {note}" for note in self.plan.notes))))

    def ask(
        self,
        words: str,
        *,
        planner: str = "offline",
        title: str | None = None,
        max_widgets: int | None = None,
        sample_values: bool = False,
    ) -> Answer:
        """A next question about the same data; words that are no question ("make it monthly") change this dashboard.

        Raises:
            DashwrightError: nothing can be drawn for it, or the change is not understood.
        """
        if not isinstance(words, str) or not _QUESTION.match(words.strip()):
            return self.amend(words, planner=planner, sample_values=sample_values)
        before = self._files.read(Request, self._folder.request).preferences
        wishes = making.preferences(planner, max_widgets or before.max_widgets, sample_values)
        asked = making.request(words, title, wishes)

        def make(folder: JobFolder, providers: Providers, report: Report) -> tuple[str, ...]:
            making.ask_again(folder, self._folder, asked, self._notes, providers, report)
            return self._notes

        return answered(make, planner)

    def amend(self, words: str, *, planner: str = "offline", sample_values: bool = False) -> Answer:
        """This dashboard changed as the words say ("only Europe", "drop the pie"), as one of its own; this one stays.

        Raises:
            DashwrightError: a wish is not understood, or cannot be met.
        """
        before = self._files.read(Request, self._folder.request).preferences
        wishes = making.preferences(planner, before.max_widgets, sample_values)

        def make(folder: JobFolder, providers: Providers, report: Report) -> tuple[str, ...]:
            making.amend(folder, self._folder, str(words), wishes, providers, report)
            return self._notes

        return answered(make, planner)

    def close(self) -> None:
        """Take the dashboard off the page and free its memory. Its files go, too."""
        if self._page is not None:
            _close(self._page)
            self._page = None
        self._tidy()

    @property
    def _files(self) -> JobFolder:
        """
        Raises:
            InputError: the answer was closed.
        """
        if not self._tidy.alive:
            raise InputError("This answer was closed, and its files are gone; ask again.")
        return self._folder

    def _draw(self) -> Any:
        files = self._files
        if self._page is None:
            shown = drawing.run_cells(nbformat.read(files.notebook, as_version=4), files)
            # The page keeps the answer, and so its files: the button works as long as it can be seen.
            self._page = drawing.box(self.plan, shown, self._keep)
        return self._page

    def _keep(self) -> str:
        try:
            return saving.link(self.save())
        except DashwrightError as error:
            return f"<p>{escape(str(error))}</p>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        if kernel_shell() is not None:
            bundle |= self._draw()._repr_mimebundle_()
            bundle["text/plain"] = repr(self)
        return bundle

    def _ipython_display_(self) -> None:
        if kernel_shell() is None:
            print(self)  # noqa: T201 - a terminal cannot show more
            return
        bundle = self._repr_mimebundle_()
        if not self._line.replace(bundle):
            from IPython.display import display

            display(bundle, raw=True)

    def __repr__(self) -> str:
        return f"<Dashwright: {self.plan.title}, {_count(len(self.plan.widgets))}>"

    def __str__(self) -> str:
        parts = [self.plan.title, *(f"  {widget.type}: {widget.title}" for widget in self.plan.widgets if widget.title)]
        return "\n".join([*parts, *(f"Note: {note}" for note in self.plan.notes), "save() writes it as a notebook."])


class Text(str):
    """A text that is shown as it reads, not as Python writes it."""

    def __repr__(self) -> str:
        return str(self)


Make = Callable[[JobFolder, Providers, Report], tuple[str, ...]]


def answered(make: Make, planner: str) -> Answer:
    """The answer that `make` fills a folder for, with its steps told while they run.

    Raises:
        DashwrightError: a step failed for a reason somebody can act on.
    """
    line = Line()
    notes: tuple[str, ...] = ()

    def fill(folder: JobFolder) -> None:
        nonlocal notes
        with providers(planner) as asked:
            notes = make(folder, asked, line)

    try:
        answer = Answer(making.folder_for(fill), notes, line)
    except BaseException:
        line.clear()
        raise
    line.end(f"{answer.plan.title}: {_count(len(answer.plan.widgets))}")
    return answer


def _count(widgets: int) -> str:
    return f"{widgets} widget{'s' * (widgets != 1)}"


def _close(widget: Any) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    for mark in (*getattr(widget, "marks", ()), *getattr(widget, "axes", ())):
        mark.close()
    widget.close()
