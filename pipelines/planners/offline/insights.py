"""Insights: facts worth a sentence, each taken from a chart of the dashboard and computed when it is run."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import (
    BarWidget,
    ChangeInsight,
    CorrelationInsight,
    ExtremeInsight,
    Insight,
    LineWidget,
    OutlierInsight,
    PieWidget,
    ScatterWidget,
    ShareInsight,
    TrendInsight,
    Widget,
)
from .ground import Ground

MAX_INSIGHTS = 4
ENOUGH_GROUPS = 10


def insights(ground: Ground, widgets: Sequence[Widget]) -> tuple[Insight, ...]:
    """At most four, of different kinds, in the order of the charts."""
    found: list[Insight] = []
    for widget in widgets:
        for insight in _of(ground, widget):
            if all(insight.type != other.type for other in found):
                found.append(insight)
    return tuple(found[:MAX_INSIGHTS])


def _of(ground: Ground, widget: Widget) -> list[Insight]:
    if isinstance(widget, LineWidget):
        return _along(ground, widget)
    if isinstance(widget, BarWidget | PieWidget) and widget.color is None:
        return _among(ground, widget)
    if isinstance(widget, ScatterWidget):
        return _together(ground, widget)
    return []


def _along(ground: Ground, widget: LineWidget) -> list[Insight]:
    if ground.column(widget.x.column).distinct < 3 or widget.x.time_unit in (
        "month_of_year",
        "day_of_week",
        "hour_of_day",
    ):
        return []
    frame, name = ground.frame.name, widget.id
    first = ChangeInsight(
        id=ground.identifier("change", name),
        frame=frame, where=widget.where, x=widget.x, y=widget.y,
        why="The chart runs along time: where it began and where it ended is the first thing to say.",
    )  # fmt: skip
    second = TrendInsight(
        id=ground.identifier("trend", name),
        frame=frame, where=widget.where, x=widget.x, y=widget.y,
        why="Says whether the direction is steady or only first and last differ.",
    )  # fmt: skip
    return [first, second] if ground.column(widget.x.column).distinct >= 8 else [first]


def _among(ground: Ground, widget: BarWidget | PieWidget) -> list[Insight]:
    frame, name = ground.frame.name, widget.id
    distinct = ground.column(widget.x.column).distinct
    if distinct < 2 or widget.x.bins is not None:
        return []
    lowest = isinstance(widget, BarWidget) and widget.sort.by == "y" and widget.sort.order == "ascending"
    found: list[Insight] = [
        ExtremeInsight(
            id=ground.identifier("extreme", name),
            frame=frame, where=widget.where, x=widget.x, y=widget.y, which="lowest" if lowest else "highest",
            why="Names the group that stands out in the chart.",
        )
    ]  # fmt: skip
    if _is_share(ground, widget):
        found.append(
            ShareInsight(
                id=ground.identifier("share", name),
                frame=frame, where=widget.where, x=widget.x, y=widget.y, top=1 if distinct <= 8 else 3,
                why="The parts add up, so the weight of the largest can be said.",
            )
        )  # fmt: skip
    if distinct >= ENOUGH_GROUPS:
        found.append(
            OutlierInsight(
                id=ground.identifier("outlier", name),
                frame=frame, where=widget.where, x=widget.x, y=widget.y,
                why="Many groups are compared: some may be far from all others.",
            )
        )  # fmt: skip
    return found


def _is_share(ground: Ground, widget: BarWidget | PieWidget) -> bool:
    if widget.y.aggregate == "count":
        return True
    numbers = ground.column(widget.y.column).numbers if widget.y.column else None
    return widget.y.aggregate == "sum" and numbers is not None and numbers.negatives == 0


def _together(ground: Ground, widget: ScatterWidget) -> list[Insight]:
    names = (widget.x.column, widget.y.column)
    if (
        None in names
        or names[0] == names[1]
        or any(ground.column(n).type not in ("integer", "number") for n in names if n)
    ):
        return []
    if widget.x.aggregate in ("count", "distinct") or ground.rows < 8:
        return []
    detail = widget.detail if widget.x.aggregate else None
    if widget.x.aggregate is not None and detail is None:
        return []
    return [
        CorrelationInsight(
            id=ground.identifier("correlation", widget.id),
            frame=ground.frame.name, where=widget.where, x=widget.x, y=widget.y, detail=detail,
            why="Two measures are drawn against each other: how closely they go together can be computed.",
        )
    ]  # fmt: skip
