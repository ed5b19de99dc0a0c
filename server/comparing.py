"""Comparing: what is different between two versions of a dashboard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from nbformat import NotebookNode

from ..pipelines.errors import DataError
from ..pipelines.model import Datasets, Noun, Plan, Version
from ..pipelines.notebooks import plain, widget_of
from ..pipelines.step import JobFolder

Kind = Literal[
    "title",
    "description",
    "table",
    "join",
    "parameter",
    "filter",
    "widget",
    "insight",
    "expectation",
    "data",
    "cell",
    "broken",
]
"""A cell is one of the notebook that is a person's in one of both; what is broken is a sentence about what the plan
expects and the run did not hold."""


class Side(NamedTuple):
    """A version, as far as it is compared."""

    plan: Plan
    datasets: Datasets
    version: Version
    notebook: NotebookNode
    """As it was executed: what a page shows comes from there, and not from the plan alone."""


class Difference(Noun):
    """One thing that is in one version and not, or not so, in the other."""

    kind: Kind
    name: str
    change: Literal["added", "removed", "changed"]
    fields: tuple[str, ...] = ()
    """Of a changed thing: what of it."""
    before: Any = None
    after: Any = None


def side(folder: JobFolder) -> Side:
    """
    Raises:
        DataError: a file of the version is missing or damaged.
    """
    try:
        notebook = plain(folder.executed.read_bytes())
    except OSError as error:
        raise DataError(f"The notebook of version {folder.path.name} cannot be read.") from error
    return Side(
        folder.read(Plan, folder.plan),
        folder.read(Datasets, folder.datasets),
        folder.read(Version, folder.version),
        notebook,
    )


def differences(before: Side, after: Side) -> tuple[Difference, ...]:
    """From an earlier to a later version, in the order of a page."""
    edited = (*before.version.edited, *after.version.edited)
    return tuple(_found(_things(before, edited), _things(after, edited)))


def _found(old: Mapping[tuple[Kind, str], Any], new: Mapping[tuple[Kind, str], Any]) -> Iterable[Difference]:
    for kind, name in dict.fromkeys((*old, *new)):
        was, now = old.get((kind, name)), new.get((kind, name))
        if was == now:
            continue
        if was is None or now is None:
            change: Literal["added", "removed"] = "added" if was is None else "removed"
            yield Difference(kind=kind, name=name, change=change, before=was, after=now)
        else:
            both = isinstance(was, dict) and isinstance(now, dict)
            fields = [key for key in dict.fromkeys((*was, *now)) if was.get(key) != now.get(key)] if both else []
            yield Difference(kind=kind, name=name, change="changed", fields=tuple(fields), before=was, after=now)


def _things(side: Side, edited: Collection[str]) -> dict[tuple[Kind, str], Any]:
    plan, cells = side.plan, {cell.id: cell for cell in side.notebook.cells}
    drawn = {widget_of(cell) for cell in cells.values()}
    things: dict[tuple[Kind, str], Any] = {("title", ""): plan.title, ("description", ""): plan.description}
    things |= {("table", name): name for name in plan.tables}
    lists: tuple[tuple[Kind, str, str], ...] = (
        ("join", "joins", "name"),
        ("parameter", "parameters", "name"),
        ("filter", "filters", "id"),
        ("widget", "widgets", "id"),
        ("insight", "insights", "id"),
        ("expectation", "expectations", "frame"),
    )
    for kind, field, key in lists:
        for item in getattr(plan, field):
            if kind == "widget" and side.version.edited and item.id not in drawn:
                continue  # its cell was removed
            things[kind, getattr(item, key)] = item.model_dump(mode="json")
    for name in edited:
        if name in cells:
            things["cell", name] = {"source": cells[name].source, "widget": widget_of(cells[name])}
    things |= {("broken", sentence): sentence for sentence in side.version.broken}
    for dataset in side.datasets.datasets:
        things["data", dataset.name] = {
            "digest": dataset.digest,
            "title": dataset.title,
            "bytes": sum(file.size for file in dataset.files),
        }
    return things
