"""Redrawing: a widget with other encodings, conditions or of another type, under the id it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....model import (
    BoxWidget,
    Condition,
    Dimension,
    HeatmapWidget,
    HistogramWidget,
    MapWidget,
    Measure,
    ScatterWidget,
    TableWidget,
    TextWidget,
    Widget,
    WidgetType,
)
from .. import charting, maps, tables, titles
from ..ground import Ground
from ..measuring import default_aggregate, measure_of, raw_measure
from ..said import is_date, is_number
from .draft import Draft, Unfit

_KEPT = ("sort", "limit", "others", "orientation", "y_scale", "x_scale", "zero", "good", "sort_by", "order", "stack")
"""How a chart is drawn, whatever it shows."""
_OF_GROUPS = ("sort", "limit", "others")
_OF_VALUES = ("zero", "good", "y_scale")


@dataclass(frozen=True)
class Parts:
    """What a widget shows, in the same words for every type."""

    x: Dimension | None = None
    y: Measure | None = None
    color: Dimension | None = None
    other: Measure | None = None
    """Of a scatter: what runs along x."""
    more: tuple[Measure, ...] = ()
    """Further values of a table."""
    show: tuple[str, ...] = ()
    """Columns of rows as they are."""
    where: tuple[Condition, ...] = ()


def parts_of(widget: Widget) -> Parts:
    match widget:
        case ScatterWidget():
            return Parts(widget.detail, widget.y, widget.color, other=widget.x, where=widget.where)
        case HeatmapWidget():
            return Parts(widget.x, widget.color, widget.y, where=widget.where)
        case HistogramWidget():
            return Parts(widget.x, Measure(aggregate="count"), widget.color, where=widget.where)
        case TableWidget():
            by = (*widget.by, None, None)
            return Parts(
                by[0], next(iter(widget.values), None), by[1], more=widget.values[1:], show=widget.show,
                where=widget.where,
            )  # fmt: skip
        case MapWidget():
            return Parts(widget.x, widget.color or widget.size, where=widget.where)
        case TextWidget():
            return Parts()
        case BoxWidget():
            return Parts(widget.x, widget.y, where=widget.where)
    return Parts(widget.x, widget.y, getattr(widget, "color", None), where=widget.where)


def redrawn(draft: Draft, widget: Widget, kind: WidgetType | None = None, **changes: Any) -> Widget:
    """A widget with other `Parts`, and of another type where one is given. Its title stays where it shows the same.

    Raises:
        Unfit: what it shows cannot be drawn so.
    """
    kind = kind or widget.type
    ground = draft.ground(str(widget.frame))
    parts = replace(parts_of(widget), **changes)
    if kind == widget.type and parts == parts_of(widget):
        return widget
    drawn = _drawn(kind, ground, parts, widget)
    kept: dict[str, Any] = {"id": widget.id, "position": widget.position, "why": widget.why}
    if drawn.type == widget.type:
        lost = (*(_OF_GROUPS if "x" in changes else ()), *(_OF_VALUES if "y" in changes else ()))
        names = [name for name in _KEPT if name not in lost]
        kept |= {name: getattr(widget, name) for name in names if name in type(widget).model_fields}
        kept |= _sort_kept(drawn, kept)
    if changes.keys() <= {"where"}:
        kept["title"] = widget.title
    return drawn.model_copy(update=kept)


def _sort_kept(drawn: Widget, kept: dict[str, Any]) -> dict[str, Any]:
    """A new order where the old one is by a column that is no longer there, or by value along a time."""
    if isinstance(drawn, TableWidget):
        named = [*drawn.show, *(d.column for d in drawn.by)]
        named += [name for value in drawn.values for name in (value.title, value.column) if name]
        return {} if kept.get("sort_by") in named else {"sort_by": None}
    if "sort" in kept and drawn.dimensions and drawn.dimensions[0].time_unit:
        return {"sort": drawn.sort}  # type: ignore[union-attr]
    if "limit" in kept and kept["limit"] is None and getattr(drawn, "limit", None) is not None:
        return {"limit": drawn.limit}  # type: ignore[union-attr]
    return {}


def _drawn(kind: WidgetType, ground: Ground, parts: Parts, widget: Widget) -> Widget:
    x, y, color, where = parts.x, parts.y, parts.color, parts.where
    match kind:
        case "table":
            return _table(ground, parts)
        case "scatter":
            return _scatter(ground, parts)
        case "metric":
            return charting.metric(ground, _aggregated(ground, y), _time(ground, x), where)
        case "map":
            return _map(ground, parts, widget)
        case "box":
            return _box(ground, parts)
        case "histogram":
            return _histogram(ground, parts)
    if x is None or y is None:
        raise Unfit(f"it shows no value for each of several groups, which a {kind} needs")
    y = _aggregated(ground, y)
    match kind:
        case "line":
            return charting.line(ground, x, y, color, where)
        case "area":
            return charting.area(ground, x, y, color, where)
        case "pie":
            return charting.pie(ground, x, y, where)
        case "heatmap":
            if color is None:
                raise Unfit("it has one grouping, and a heatmap needs two")
            return charting.heatmap(ground, x, color, y, where)
    stack = getattr(widget, "stack", "stacked")
    return charting.bar(ground, x, y, color, where=where, stack=stack)


def _aggregated(ground: Ground, y: Measure | None) -> Measure:
    """A measure with an aggregate, whatever it had."""
    if y is None or y.column is None:
        return measure_of(ground, None) if y is None or y.title is None else y
    return y if y.aggregate is not None else measure_of(ground, y.column)


def _time(ground: Ground, x: Dimension | None) -> Dimension | None:
    if x is None or not (is_date(ground.column(x.column)) or ground.column(x.column).role == "time"):
        return None
    return x


def _table(ground: Ground, parts: Parts) -> Widget:
    if parts.show:
        sort_by = next((name for name in parts.show if is_number(ground.column(name))), None)
        return tables.rows_table(ground, parts.show, where=parts.where, sort_by=sort_by)
    by = [item for item in (parts.x, parts.color) if item is not None]
    values = [_aggregated(ground, item) for item in (parts.y, parts.other) if item is not None]
    if not by:
        names = [item.column for item in (parts.y, parts.other) if item is not None and item.column]
        return tables.rows_table(ground, names or list(ground.frame.columns)[:8], where=parts.where)
    return tables.groups_table(ground, by, [*values, *parts.more] or [measure_of(ground, None)], where=parts.where)


def _scatter(ground: Ground, parts: Parts) -> Widget:
    if parts.y is None or parts.other is None:
        raise Unfit("it shows one measure, and a scatter needs two")
    return charting.scatter(ground, parts.other, parts.y, color=parts.color, detail=parts.x, where=parts.where)


def _map(ground: Ground, parts: Parts, widget: Widget) -> Widget:
    if isinstance(widget, MapWidget) and widget.level == "point":
        subtitle = titles.subtitle(ground, None, "one point each", where=parts.where)
        return widget.model_copy(update={"where": parts.where, "subtitle": subtitle})
    found = maps.place_map(ground, _aggregated(ground, parts.y), parts.where)
    if found is None:
        raise Unfit("the data has no countries or US states to colour")
    return found


def _box(ground: Ground, parts: Parts) -> Widget:
    if parts.y is None or parts.y.column is None or not is_number(ground.column(parts.y.column)):
        raise Unfit("it shows no values of a number, which a box plot needs")
    grouped = parts.x is not None and parts.x.time_unit is None and parts.x.bins is None
    return charting.box(ground, parts.y.column, parts.x.column if parts.x and grouped else None, parts.where)


def _histogram(ground: Ground, parts: Parts) -> Widget:
    name = parts.y.column if parts.y is not None and parts.y.column else None
    name = name or (parts.x.column if parts.x is not None and (parts.x.bins or parts.x.time_unit) else None)
    if name is None:
        raise Unfit("it shows no values of a number, which a histogram needs")
    return charting.histogram(ground, name, None, parts.where)


def with_column(ground: Ground, old: Measure, name: str) -> Measure:
    """The same measure of another column, as far as it means something there."""
    if old.aggregate is None:
        return raw_measure(ground, name)
    keeps = old.column is not None and ground.column(old.column).additive == ground.column(name).additive
    return measure_of(ground, name, old.aggregate if keeps else default_aggregate(ground.column(name)))


def shown(widget: Widget) -> tuple[object, ...]:
    """What a widget shows, whatever it is called and however it is drawn: equal for two that show the same."""
    parts = parts_of(widget)
    dimensions = [(item.column, item.time_unit, item.bins) if item else None for item in (parts.x, parts.color)]
    measures = [(item.column, item.aggregate) if item else None for item in (parts.y, parts.other, *parts.more)]
    return (widget.type, widget.frame, *dimensions, *measures, widget.raw_columns, widget.where)


def without_twins(draft: Draft, changed: Sequence[Widget]) -> str:
    """Remove changed widgets that now show what another one shows, and say so."""
    sentences = []
    for widget in changed:
        twin = next((w for w in draft.widgets if w.id != widget.id and shown(w) == shown(widget)), None)
        if twin is not None and any(w.id == widget.id for w in draft.widgets):
            draft.widgets = [w for w in draft.widgets if w.id != widget.id]
            sentences.append(f" The new {widget.type} “{widget.title}” was left out, as another one shows the same.")
    return "".join(sentences)
