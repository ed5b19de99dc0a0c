"""The notebook of a plan: cells in order, formatted, with ids that stay the same."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from html import escape

import nbformat
import ruff
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ...notebook_templates import cells, extracting, insights
from ...notebook_templates.naming import Names
from ...notebook_templates.source import Code
from ...notebook_templates.widgets.metric import tiles
from ..model import Datasets, MapWidget, MetricWidget, Plan, Profile, TextWidget, Widget
from ..model.rights import OWN, UNKNOWN, rights
from .amounts import Forms
from .controls import Controls
from .drawing import Canvas, draw
from .frames import Keys, frames
from .groups import Palette
from .layout import ordered, spans
from .stating import state

KERNEL = "dashwright"
_LINE_LENGTH = 120
_ID_LENGTH = 64
UNLICENSED = {
    OWN: "own data, no licence stated",
    UNKNOWN: "licence not stated: ask whoever publishes it before you share or reuse it",
}


def compose_notebook(
    plan: Plan,
    profile: Profile,
    datasets: Datasets,
    places: Mapping[str, Sequence[str]] | None = None,
    keys: Keys | None = None,
) -> NotebookNode:
    """A notebook that draws the plan. The same plan gives the same notebook.

    `places` has all values of columns that are drawn as countries or states, `keys` those of such columns that join
    tables; without them the most frequent ones are taken from the profile.

    Raises:
        PlanError: the plan names a table or column that the profile does not have.
    """
    names = Names()
    names.take("data_folder")
    parameters = {item.name: names.take(item.name, otherwise="{}_value") for item in plan.parameters}
    canvas = Canvas(
        plan=plan,
        frames=frames(plan, profile, names, keys or {}),
        forms=Forms(names),
        palette=Palette(),
        names=names,
        parameters=parameters,
        spans=spans(plan.widgets),
        place_values={name: tuple(values) for name, values in (places or {}).items()},
        place_ids={},
    )
    body = _Body(canvas)
    code = body.code_cells()
    sources = [cell.source for cell in code if cell.cell_type == "code"]
    style = extracting.style(sources)
    head = [
        _markdown("title", cells.title(plan.title, plan.description, plan.notes)),
        _code("parameters", _parameters(plan, parameters), tags=["parameters"]),
        _code("imports", extracting.imports([*sources, style])),
        _code("style", style),
    ]
    notebook = new_notebook(
        cells=[*head, *code, _markdown("sources", _sources(plan, profile, datasets))],
        metadata={
            "kernelspec": {"name": KERNEL, "display_name": "Dashwright", "language": "python"},
            "language_info": {"name": "python"},
            "title": plan.title,
        },
    )
    return formatted(notebook)


class _Body:
    """The cells between style and sources."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._controls = Controls(canvas) if canvas.plan.filters else None
        plan = canvas.plan
        self._metrics = [(widget, *draw(widget, canvas)) for widget in plan.widgets if isinstance(widget, MetricWidget)]
        self._insights = [(insight, *state(insight, canvas)) for insight in plan.insights]
        self._charts = [(widget, *draw(widget, canvas)) for widget in ordered(plan.widgets)]

    def code_cells(self) -> list[NotebookNode]:
        made = [_widget_cell(widget, source) for widget, _, source in self._metrics]
        if self._metrics:
            names, calls = self._calls([(card.name + "_tile", str(widget.frame)) for widget, card, _ in self._metrics])
            made.append(_code("tiles", tiles(names, calls)))
        made += [_code(_cell_id(f"insight-{insight.id}"), source) for insight, _, source in self._insights]
        if self._insights or self._controls:
            names, calls = self._calls([(name, insight.frame) for insight, name, _ in self._insights])
            made.append(
                _code("insights", insights.paragraph(names, calls) if calls else Code("insights = widgets.HTML()"))
            )
        made += [_widget_cell(widget, source) for widget, _, source in self._charts]
        made.append(_code("page", self._page()))
        if self._controls:
            made.insert(0, _code("filters", self._controls.cell))
        if partners := self._canvas.frames.partners:
            made.insert(0, _code("partners", cells.partners(partners)))
        prepared = self._prepared(made)
        if prepared:
            made.insert(0, _code("prepare", prepared))
        return [_code("load", cells.load(self._canvas.frames.loading)), *made]

    def _prepared(self, made: Sequence[NotebookNode]) -> Code:
        """Joins, the functions that write numbers, and derived columns."""
        frames = self._canvas.frames
        derived = [Code("\n".join(frame.prepared)) for frame in frames.by_name.values() if frame.prepared]
        used = extracting.names("\n\n".join([*(cell.source for cell in made), *derived]))
        forms = [line for line in self._canvas.forms.definitions if line.split(" ", 1)[0] in used]
        parts = [Code("\n".join(frames.joining)), Code("\n".join(forms)), *derived]
        return Code("\n\n".join(part for part in parts if part))

    def _calls(self, functions: Sequence[tuple[str, str]]) -> tuple[list[Code], list[Code]]:
        """The frames that some functions look at, as arguments, and the calls with them."""
        frames = list(dict.fromkeys(frame for _, frame in functions))
        arguments = {
            frame: Code("chosen" if len(frames) == 1 else f"chosen_{self._canvas.frames[frame].variable}")
            for frame in frames
        }
        return list(arguments.values()), [Code(f"{name}({arguments[frame]})") for name, frame in functions]

    def _page(self) -> Code:
        shared = []
        items: list[Code] = []
        if self._controls:
            items.append(Code("filter_bar"))
        if self._metrics:
            items.append(Code("tiles"))
            shared.append((Code("update_tiles"), self._variables(str(widget.frame) for widget, _, _ in self._metrics)))
        if self._insights or self._controls:
            items.append(Code("insights"))
        if self._insights:
            shared.append((Code("update_insights"), self._variables(insight.frame for insight, _, _ in self._insights)))
        items += [Code(f"{card.name}_card") for _, card, _ in self._charts]
        updates = self._updates(shared)
        if self._controls is None:
            return cells.static_page(items, updates, shared)
        return cells.live_page(items, updates, shared, self._nothing_left())

    def _variables(self, frames: Iterable[str]) -> list[Code]:
        return [self._canvas.frames[frame].variable for frame in dict.fromkeys(frames)]

    def _updates(self, shared: Sequence[tuple[Code, Sequence[Code]]]) -> list[cells.Updates]:
        """What is drawn from each frame, in the order of the plan's frames."""
        result = []
        for name, frame in self._canvas.frames.by_name.items():
            functions = [
                Code(f"update_{card.name}")
                for widget, card, _ in self._charts
                if widget.frame == name and not isinstance(widget, TextWidget)
            ]
            if functions or any(frame.variable in frames for _, frames in shared):
                selection = self._controls.selections.get(name) if self._controls else None
                result.append(cells.Updates(frame.variable, selection, functions))
        return result

    def _nothing_left(self) -> str:
        """What to do when no row is left, in HTML."""
        plan = self._canvas.plan
        noun = escape(self._canvas.frames[plan.filters[0].frames[0]].rows_noun)
        labels = [escape(filter_.label) for filter_ in plan.filters][:3]
        wider = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"
        return f"No {noun} match these filters. Choose more of {wider}."


def _widget_cell(widget: Widget, source: Code) -> NotebookNode:
    return _code(_cell_id(f"widget-{widget.id}"), source, metadata={"dashwright": {"widget": widget.id}})


def _cell_id(wish: str) -> str:
    if len(wish) <= _ID_LENGTH:
        return wish
    return f"{wish[: _ID_LENGTH - 9]}-{hashlib.sha256(wish.encode()).hexdigest()[:8]}"


def _code(
    cell_id: str, source: str, tags: Sequence[str] = (), metadata: Mapping[str, object] | None = None
) -> NotebookNode:
    cell: NotebookNode = new_code_cell(
        str(source), id=cell_id, metadata={**({"tags": list(tags)} if tags else {}), **(metadata or {})}
    )
    return cell


def _markdown(cell_id: str, source: str) -> NotebookNode:
    cell: NotebookNode = new_markdown_cell(source, id=cell_id)
    return cell


def _parameters(plan: Plan, names: Mapping[str, Code]) -> Code:
    values: dict[Code, tuple[object, str]] = {}
    for item in plan.parameters:
        value = item.value if isinstance(item.value, bool | int | float | str) else item.value.isoformat()
        values[names[item.name]] = (value, item.description)
    return cells.parameters(values)


def _sources(plan: Plan, profile: Profile, datasets: Datasets) -> str:
    used = {table.dataset for table in profile.offered if table.name in plan.tables}
    origins = []
    for dataset in datasets.datasets:
        if dataset.name in used:
            license_ = dataset.license
            origins.append(
                cells.Origin(
                    dataset.title,
                    dataset.url,
                    dataset.publisher,
                    (license_.spdx or license_.name) if license_ else None,
                    license_.url if license_ else None,
                    UNLICENSED.get(rights(dataset), ""),
                    dataset.attribution,
                )
            )
    return cells.sources(origins, any(isinstance(widget, MapWidget) for widget in plan.widgets))


def formatted(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its code cells as ruff formats them."""
    command = [
        ruff.find_ruff_bin(),
        "format",
        "--isolated",
        f"--line-length={_LINE_LENGTH}",
        "--stdin-filename=notebook.ipynb",
        "-",
    ]
    done = subprocess.run(
        command, input=json.dumps(notebook), capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"the generated notebook is not valid Python: {done.stderr.strip()}")
    result: NotebookNode = nbformat.reads(done.stdout, as_version=4)
    nbformat.validate(result)
    return result
