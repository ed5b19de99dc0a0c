"""What the benchmarks' scorers call, in their formats; nothing here decides what an answer is.

``plan(question, paths)``: charts of the offline planner, the asked one first, as dicts of column names.
``load(path)``: the first table of a delimited file as rows of text, its header first, before any cell gets a type.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashwright.pipelines import profiling, reading
from dashwright.pipelines.model import (
    BarWidget,
    DataFile,
    Dataset,
    Datasets,
    HistogramWidget,
    Profile,
    ScatterWidget,
    Widget,
)
from dashwright.pipelines.planners import offline
from dashwright.pipelines.reading import delimited, grids
from dashwright.pipelines.step import JobFolder, Limits, silent


def load(path: str) -> list[list[str]]:
    """Cells as they are written; nothing for an empty file, and rows only where there is no header."""
    file = Path(path)
    if file.stat().st_size == 0:
        return []
    rows, dialect = delimited.rows_of_text(file, file.name)
    found = grids.grids(rows, title=file.stem, dialect=dialect, drop_totals=False)
    if not found:
        return []
    header = (
        [[" ".join(cell for cell in cells if cell) for cells in found[0].header_parts]] if found[0].has_header else []
    )
    return header + found[0].rows


_CHARTS = {"box": "boxplot", "area": "line"}
_COLORED = {"bar": "stacked_bar", "line": "multi_line", "scatter": "color_scatter"}


def plan(question: str, paths: list[str]) -> list[dict[str, Any]]:
    """The widgets of the plan in the scorer's form, the asked one first."""
    profile = _profile(tuple(paths))
    asked = offline.understand(question, profile)
    drawn = offline.plan(question, profile)
    widgets = [
        widget for widget in (*drawn.widgets, *drawn.suggestions) if widget.type not in ("metric", "text", "map")
    ]
    return [_as_dict(widget, asked, first=position == 0) for position, widget in enumerate(widgets[:5])]


def _as_dict(widget: Widget, asked: offline.Asked, *, first: bool) -> dict[str, Any]:
    chart = _CHARTS.get(widget.type, widget.type)
    color = getattr(widget, "color", None) if not isinstance(widget, HistogramWidget) else None
    if color is not None and hasattr(color, "aggregate"):
        color = None
    if color is not None:
        chart = _COLORED.get(chart, chart)
    if isinstance(widget, BarWidget) and color is not None and asked.chart == "grouped_bar":
        chart = "grouped_bar"
    x, y = getattr(widget, "x", None), getattr(widget, "y", None)
    result: dict[str, Any] = {
        "chart": chart,
        "x": _source(x.column if x else None, asked),
        "y": _source(y.column if y else None, asked),
        "color": _source(color.column if color else None, asked),
        "aggregation": _aggregation(widget, asked, first=first),
    }
    if first and asked.order is not None and getattr(widget, "sort", None) is not None:
        result["sort"] = {"by": widget.sort.by, "order": widget.sort.order}  # type: ignore[union-attr]
    return result


def _source(name: str | None, asked: offline.Asked) -> str | None:
    """The column's name in its file, without what a join adds."""
    return asked.frame.sources[name][1] if name is not None else None


def _aggregation(widget: Widget, asked: offline.Asked, *, first: bool) -> str | None:
    """None where each group is one row and no aggregate was asked for: our bars always have one, the gold has none."""
    y = getattr(widget, "y", None)
    aggregate: str | None = getattr(y, "aggregate", None)
    if isinstance(widget, ScatterWidget) and aggregate is None:
        return None
    if aggregate in (None, "count", "distinct"):
        return "count" if aggregate else None
    said = first and asked.y is not None and asked.y.aggregate is not None
    dimensions = [dimension for dimension in widget.dimensions if dimension.time_unit is None]
    distinct = max((asked.frame.columns[dimension.column].distinct for dimension in dimensions), default=0)
    return None if not said and distinct >= 0.95 * asked.frame.main.rows else aggregate


@lru_cache(maxsize=256)
def _profile(paths: tuple[str, ...]) -> Profile:
    """What reading and profiling say of these files, in a job's folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = JobFolder(Path(name))
        folder.downloads.mkdir()
        datasets = tuple(_dataset(Path(path), folder) for path in paths)
        folder.write(Datasets(datasets=datasets), folder.datasets)
        reading.read(folder, Limits(), silent)
        return profiling.profile(folder, Limits(), silent)


def _dataset(path: Path, folder: JobFolder) -> Dataset:
    """One file, as if a person had brought it along."""
    shutil.copy(path, folder.downloads / path.name)
    content = path.read_bytes()
    file = DataFile(
        path=f"downloads/{path.name}",
        name=path.name,
        format="csv",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    return Dataset(
        name=name if name[:1].isalpha() else f"table_{name}"[:60],
        title=path.stem,
        source="files",
        reference=str(path),
        files=(file,),
        fetched_at=datetime.now(UTC),
    )
