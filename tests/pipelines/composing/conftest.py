"""A page made of a plan and data frames, with its notebook run in this process: quick, so that many can be tried."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
import pytest
from nbformat import NotebookNode

from dashwright.pipelines import model as m
from dashwright.pipelines.composing import compose_notebook

with warnings.catch_warnings():
    # Made at its import, by bqplot for traitlets.
    warnings.simplefilter("ignore", DeprecationWarning)
    import bqplot  # noqa: F401

PLACE = {"position": {"x": 0, "y": 0, "width": 12, "height": 5}}


def datasets() -> m.Datasets:
    file = m.DataFile(path="x", name="x.csv", format="csv", size=1, sha256="0")
    dataset = m.Dataset(
        name="things",
        title="Things",
        source="files",
        reference="x.csv",
        files=(file,),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return m.Datasets(datasets=(dataset,))


def column(name: str, values: pd.Series, **known: Any) -> m.Column:
    """What profiling would say of a column, as far as composing asks."""
    present = values.dropna()
    kind, role = _kind(present)
    facts: dict[str, Any] = {"type": kind, "role": role, "numbers": None, "times": None}
    if kind in ("integer", "number") and len(present):
        low, middle, high = present.quantile([0.25, 0.5, 0.75])
        facts["numbers"] = m.Numbers(
            min=present.min(),
            max=present.max(),
            mean=present.mean(),
            median=middle,
            std=present.std(ddof=0),
            lower_quartile=low,
            upper_quartile=high,
            skew=0.0 if len(present) < 3 or present.nunique() < 2 else present.skew(),
            negatives=int((present < 0).sum()),
        )
    if kind == "date" and len(present):
        periods = int(present.nunique())
        facts["times"] = m.Times(
            first=str(present.min()), last=str(present.max()), grain="day", periods=periods, gaps=0
        )
    counts = present.value_counts().head(100)
    listed = (
        [m.Value(value=_scalar(value), count=int(count)) for value, count in counts.items()] if kind != "date" else []
    )
    return m.Column(
        **{
            "name": name,
            "label": name.strip() or "Column",
            "rows": len(values),
            "missing": int(values.isna().sum()),
            "distinct": int(present.nunique()),
            "values": tuple(listed),
            **facts,
            **known,
        }
    )


def _kind(present: pd.Series) -> tuple[str, str]:
    if pd.api.types.is_bool_dtype(present) or (len(present) and all(isinstance(value, bool) for value in present)):
        return "boolean", "boolean"
    if pd.api.types.is_datetime64_any_dtype(present):
        return "date", "time"
    if pd.api.types.is_numeric_dtype(present):
        whole = (
            len(present) > 0 and bool((present == present.round()).all()) and not pd.api.types.is_float_dtype(present)
        )
        return ("integer" if whole else "number"), "measure"
    return "text", "category"


def _scalar(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


class Markup(HTMLParser):
    """Elements and attributes of HTML, for what must not be there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass
class Page:
    """A notebook and, once it ran, its variables."""

    plan: m.Plan
    notebook: NotebookNode
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def source(self, cell_id: str) -> str:
        return next(cell.source for cell in self.notebook.cells if cell.id == cell_id)

    @property
    def code(self) -> str:
        return "\n\n".join(cell.source for cell in self.notebook.cells if cell.cell_type == "code")

    def run(self, **parameters: Any) -> Page:
        """All code cells; a warning is an error."""
        self.names = {"__name__": "notebook"}
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            for cell in self.notebook.cells:
                if cell.cell_type != "code":
                    continue
                exec(compile(cell.source, cell.id, "exec"), self.names)
                if "parameters" in cell.metadata.get("tags", ()):
                    self.names |= parameters
        finally:
            os.chdir(before)
        return self

    def __getitem__(self, name: str) -> Any:
        return self.names[name]

    @property
    def html(self) -> str:
        """All HTML of the page."""
        return "\n".join(widget.value for widget in _below(self["page"]) if isinstance(widget, ipywidgets.HTML))

    def shown(self, card: str) -> bool:
        """Whether a card draws something."""
        return all(part.layout.display != "none" for part in self[card].children[1:-1])


def _below(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _below(child)


Make = Callable[..., Page]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a page of frames (`known`: what profiling knows beyond the values) and of the fields of a plan."""

    def page(
        frames: Mapping[str, pd.DataFrame],
        known: Mapping[str, Mapping[str, Any]] | None = None,
        candidates: tuple[m.JoinCandidate, ...] = (),
        **fields: Any,
    ) -> Page:
        (tmp_path / "data").mkdir(exist_ok=True)
        tables = []
        for name, frame in frames.items():
            frame.to_parquet(tmp_path / f"data/{name}.parquet", index=False)
            columns = [column(str(key), frame[key], **(known or {}).get(str(key), {})) for key in frame.columns]
            tables.append(
                m.Table(
                    name=name,
                    title=name,
                    dataset="things",
                    path=f"data/{name}.parquet",
                    rows=len(frame),
                    columns=tuple(columns),
                    row_noun="thing",
                    row_noun_plural="things",
                )
            )
        plan = m.Plan.model_validate(
            {"title": "Things", "question": "How many things?", "tables": tuple(frames), **fields}
        )
        notebook = compose_notebook(plan, m.Profile(tables=tuple(tables), joins=candidates), datasets())
        return Page(plan, notebook, tmp_path)

    return page


@pytest.fixture
def markup() -> type[Markup]:
    return Markup


@pytest.fixture(autouse=True)
def _quiet_widgets() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
