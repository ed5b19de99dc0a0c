"""Composing: a plan and what is known of its data become a notebook that a data scientist could have written."""

from __future__ import annotations

import json

import nbformat
import pyarrow.parquet

from ..merging import merge
from ..model import Datasets, MapWidget, Plan, Profile, Request
from ..notebooks import plain
from ..step import JobFolder, Limits, Progress, Report, write_whole
from .notebook import compose_notebook

__all__ = ["compose", "compose_notebook"]


def compose(folder: JobFolder, limits: Limits, report: Report) -> nbformat.NotebookNode:
    """Write ``notebook.ipynb``. A refresh runs the notebook as it was last published, edits and all. A changed plan is
    merged with edits of the published notebook; where both changed the same, the notebook has none of the edits, and
    ``conflicts.json`` says in which cells.

    Raises:
        DataError: a file of the steps before is missing.
        PlanError: the plan names a table or column that the profile does not have.
    """
    del limits
    request = folder.read(Request, folder.request)
    if request.kind == "refresh" and request.refresh_of is not None:
        before = JobFolder(request.refresh_of)
        published = before.notebook.read_bytes()
        if before.generated.exists():
            write_whole(folder.generated, before.generated.read_bytes())
        write_whole(folder.notebook, published)
        kept: nbformat.NotebookNode = nbformat.reads(published.decode(), as_version=4)
        return kept
    plan = folder.read(Plan, folder.plan)
    profile = folder.read(Profile, folder.profile)
    datasets = folder.read(Datasets, folder.datasets)
    report(Progress(step="generate_visualizations", percent=86, message="Writing the notebook"))
    notebook = compose_notebook(plan, profile, datasets, _places(folder, plan, profile), _keys(folder, plan, profile))
    if request.refresh_of is not None and JobFolder(request.refresh_of).generated.exists():
        notebook = _with_edits(folder, JobFolder(request.refresh_of), notebook)
    write_whole(folder.notebook, nbformat.writes(notebook).encode())
    report(Progress(step="generate_visualizations", percent=90, message=f"Wrote {len(notebook.cells)} cells"))
    return notebook


def _with_edits(folder: JobFolder, before: JobFolder, notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The new notebook with what a person has made of the one before; without, where the two do not fit together."""
    generated = nbformat.writes(notebook)
    merged = merge(before.generated.read_text("utf-8"), before.notebook.read_text("utf-8"), generated)
    if merged.conflicts:
        write_whole(folder.conflicts, json.dumps([conflict.cell for conflict in merged.conflicts]).encode())
        return notebook
    write_whole(folder.generated, generated.encode())
    return plain(merged.notebook)


def _places(folder: JobFolder, plan: Plan, profile: Profile) -> dict[str, list[str]]:
    """All values of columns drawn as places: the profile has only the most frequent ones."""
    wanted = {widget.x.column for widget in plan.widgets if isinstance(widget, MapWidget) and widget.x is not None}
    found: dict[str, list[str]] = {}
    for table in profile.offered:
        columns = [column.name for column in table.columns if column.name in wanted]
        if table.name in plan.tables and columns:
            data = pyarrow.parquet.read_table(folder.path / table.path, columns=columns)
            for name in columns:
                values = data.column(name).unique().to_pylist()
                found.setdefault(name, []).extend(str(value) for value in values if value is not None)
    return found


def _keys(folder: JobFolder, plan: Plan, profile: Profile) -> dict[tuple[str, str], list[str]]:
    """All names and codes of places by which tables are joined."""
    wanted = {key for join in plan.joins for pair in join.on for key in pair}
    found: dict[tuple[str, str], list[str]] = {}
    for table in profile.offered:
        columns = [c.name for c in table.columns if c.spelled and c.name in wanted]
        if table.name in plan.tables and columns:
            data = pyarrow.parquet.read_table(folder.path / table.path, columns=columns)
            for name in columns:
                values = data.column(name).unique().to_pylist()
                found[table.path, name] = [value for value in values if value is not None]
    return found
