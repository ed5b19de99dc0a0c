"""Drawing up: the plan as a whole, from what was asked and what the data offers."""

from __future__ import annotations

from collections.abc import Sequence

from ...checking import problems
from ...errors import PlanError
from ...model import (
    QUESTION_LIMIT,
    Column,
    Dataset,
    Filter,
    Insight,
    MetricWidget,
    Parameter,
    ParameterValue,
    Plan,
    Position,
    Profile,
    TableWidget,
    Widget,
)
from . import answering, asking, charting, layout, overview, supporting
from .asked import Asked
from .expecting import expectations
from .filters import filters
from .framing import single
from .ground import Ground, capital, lower_first
from .insights import insights
from .notes import notes

RANKING_LENGTH = 12
MAX_SUGGESTIONS = 12
MAX_SUPPORT = 4
"""Charts beside the asked one: more would hide the answer."""


def plan(
    question: str,
    profile: Profile,
    *,
    title: str | None = None,
    max_widgets: int = 12,
    datasets: Sequence[Dataset] = (),
) -> Plan:
    """A plan that validates and has no `problems`; the same for the same question and data.

    Raises:
        PlanError: the data has no rows that could be shown.
    """
    question = " ".join(question.split())[:QUESTION_LIMIT]
    _require_rows(profile)
    asked = asking.understand(question, profile)
    if asked.frame.main.rows == 0:
        asked = Asked(single(max(profile.tables, key=lambda table: table.rows)))
    ground = Ground(asked.frame, asked.where, asked.focus, rows_named=asked.subject == "rows")
    main, widgets = _widgets(asked, ground, max_widgets)
    widgets = list(layout.placed(widgets))
    suggestions = _suggestions(asked, ground, widgets)
    drawn = Plan(
        title=(title or _title(asked, ground, main))[:255],
        description=description(question),
        question=question,
        notes=notes(asked, ground, profile, datasets, widgets),
        tables=asked.frame.tables,
        joins=asked.frame.joins,
        filters=filters(ground, widgets),
        widgets=widgets,
        insights=insights(ground, widgets),
        expectations=expectations([asked.frame], widgets),
        parameters=parameters([*widgets, *suggestions]),
        suggestions=suggestions,
    )
    return sound(drawn, profile)


def explain(drawn: Plan) -> tuple[str, ...]:
    """Why each part of a plan is there, one sentence each."""
    parts: list[Widget | Filter | Insight] = [*drawn.widgets, *drawn.filters, *drawn.insights]
    return tuple(
        f"{getattr(part, 'title', None) or getattr(part, 'label', part.id)}: {part.why}" for part in parts if part.why
    )


def _require_rows(profile: Profile) -> None:
    if all(table.rows == 0 for table in profile.tables):
        names = ", ".join(f"'{table.name}'" for table in profile.tables[:5])
        raise PlanError(
            f"There is nothing to draw: {names} has columns but no rows. Choose data with at least one row."
        )


def _widgets(asked: Asked, ground: Ground, most: int) -> tuple[Widget | None, list[Widget]]:
    """The asked chart and what helps to read it, or a whole dashboard. The asked chart comes first."""
    main = answering.answer(asked, ground)
    if main is None:
        widgets = different(overview.overview(asked, ground))
        return None, _best(widgets, most)
    helpers = supporting.helpers(asked, ground, main)
    if isinstance(main, MetricWidget):
        helpers = [*helpers, *overview.overview(asked, ground)]
    charts_and_tiles = different([main, *helpers])
    tiles = [widget for widget in charts_and_tiles if isinstance(widget, MetricWidget)][: overview.MAX_TILES]
    charts = [widget for widget in charts_and_tiles if not isinstance(widget, MetricWidget)][: MAX_SUPPORT + 1]
    kept = {widget.id for widget in [*tiles, *charts]}
    return main, _best([widget for widget in charts_and_tiles if widget.id in kept], most)


def different(widgets: Sequence[Widget]) -> list[Widget]:
    """Without those that show the same as an earlier one."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for widget in widgets:
        shown = (widget.type, widget.dimensions, widget.measures, widget.raw_columns, widget.where)
        if shown not in seen:
            seen.add(shown)
            kept.append(widget)
    return kept


def _best(widgets: Sequence[Widget], most: int) -> list[Widget]:
    """At most so many; with few, tiles give way first."""
    if len(widgets) <= most:
        return list(widgets)
    charts = [widget for widget in widgets if not isinstance(widget, MetricWidget)]
    tiles = [widget for widget in widgets if isinstance(widget, MetricWidget)]
    kept_tiles = tiles[: max(most - len(charts), min(len(tiles), most // 3))]
    kept = {widget.id for widget in [*kept_tiles, *charts[: most - len(kept_tiles)]]}
    return [widget for widget in widgets if widget.id in kept]


def _title(asked: Asked, ground: Ground, main: Widget | None) -> str:
    """Neutral: what is shown, never what was found."""
    if main is not None and not isinstance(main, MetricWidget):
        return main.title
    named = [name for name in asked.focus if name in ground.measures][:3]
    if named:
        labels = [ground.label(name) for name in named]
        text = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
        return capital(text if text.isupper() else text[:1] + lower_first(text[1:]))
    return capital(ground.frame.main.title or ground.frame.main.name.replace("_", " "))


def description(question: str) -> str:
    shown = question if len(question) <= 300 else question[:299] + "…"
    return f"Made for the question: {shown}"


def _suggestions(asked: Asked, ground: Ground, widgets: Sequence[Widget]) -> tuple[Widget, ...]:
    shown = {(widget.type, widget.dimensions, widget.measures, widget.where) for widget in widgets}
    further = different([*overview.overview(asked, ground), *overview.further(asked, ground)])
    fresh = [w for w in further if (w.type, w.dimensions, w.measures, w.where) not in shown]
    return tuple(
        w.model_copy(update={"position": Position(x=0, y=0, width=6, height=5)}) for w in fresh[:MAX_SUGGESTIONS]
    )


def parameters(widgets: Sequence[Widget]) -> tuple[Parameter, ...]:
    """The length of rankings in the parameters cell, where a widget uses it."""
    limits = [getattr(widget, "limit", None) for widget in widgets]
    if not any(isinstance(limit, ParameterValue) for limit in limits):
        return ()
    text = "How many groups rankings and tables show."
    return (Parameter(name=charting.RANKING.parameter, value=RANKING_LENGTH, description=text),)


def sound(drawn: Plan, profile: Profile) -> Plan:
    """The plan without suggestions, filters or insights that would be wrong; a wrong widget is a bug."""
    if not problems(drawn, profile):
        return drawn
    for part in ("suggestions", "insights", "filters"):
        kept = [item for item in getattr(drawn, part) if not problems(with_only(drawn, part, item), profile)]
        drawn = drawn.model_copy(update={part: tuple(kept)})
    widgets = [w for w in drawn.widgets if not problems(with_only(drawn, "widgets", w), profile)]
    if len(widgets) < len(drawn.widgets):
        drawn = drawn.model_copy(update={"widgets": layout.placed(widgets or [_plain_table(drawn, profile)])})
    left = problems(drawn, profile)
    if left:
        raise PlanError(f"No plan could be made for this data: {left[0]}")
    return drawn


def with_only(drawn: Plan, part: str, item: object) -> Plan:
    nothing: dict[str, tuple[object, ...]] = dict.fromkeys(("suggestions", "insights", "filters", "widgets"), ())
    return drawn.model_copy(update=nothing | {part: (item,)})


def _plain_table(drawn: Plan, profile: Profile) -> Widget:
    """The rows as they are: what is left when no chart fits."""
    table = profile.table(drawn.tables[0]) or profile.tables[0]
    columns: Sequence[Column] = table.columns
    return TableWidget(
        id="all_rows",
        title=capital(table.title or table.name)[:255],
        why="No chart fits this data, so its rows are shown.",
        frame=table.name,
        position=Position(x=0, y=0, width=12, height=5),
        show=tuple(column.name for column in columns[:12]),
    )
