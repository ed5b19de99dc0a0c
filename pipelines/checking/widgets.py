"""Widgets: whether each type can draw what it is given, and shows something that no other widget shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..model import (
    AreaWidget,
    BarWidget,
    BoxWidget,
    Dimension,
    HeatmapWidget,
    HistogramWidget,
    Limit,
    LineWidget,
    MapWidget,
    MetricWidget,
    Noun,
    ParameterValue,
    PieWidget,
    PlaceLevel,
    ScatterWidget,
    TableWidget,
    TextWidget,
    Widget,
)
from .columns import NUMERIC, Columns, is_time, listed, missing_columns, needs_time
from .conditions import condition_problems
from .encodings import (
    dimension_problems,
    log_problems,
    measure_problems,
    number_only,
    number_or_time,
    ordered_axis,
    parts_of_whole,
)

MAX_PARTS = 40
"""Parts of a pie or lines of a chart that can be told apart at all."""
MAX_NAMES = 200
"""Bars or rows of cells with a name each."""
MAX_GROUPS = 2_000
"""Bars or cells in an order of their own: times, numbers."""
_NAMING = ("id", "title", "subtitle", "why", "position", "format", "unit")
"""Fields that say how a thing is called, not what it shows."""


def widget_problems(widget: Widget, columns: Columns, parameters: Mapping[str, object], is_join: bool) -> Iterator[str]:
    missing = list(missing_columns(widget.columns, widget.frame, columns))
    if missing:
        yield from missing
        return
    owner = f"{widget.type} '{widget.id}'"
    for dimension in widget.dimensions:
        yield from dimension_problems(dimension, columns, owner)
    for measure in widget.measures:
        yield from measure_problems(measure, columns, owner)
    yield from condition_problems(widget.where, columns, owner, is_join=is_join)
    yield from _kind_problems(widget, columns, owner)
    for crowd in _crowds(widget, columns):
        yield from _crowd_problems(crowd, widget, columns, parameters)


def _kind_problems(widget: Widget, columns: Columns, owner: str) -> Iterator[str]:
    match widget:
        case LineWidget():
            yield from ordered_axis(widget.x, columns, owner)
            yield from log_problems(widget.y_scale, widget.y, columns, owner)
        case AreaWidget():
            yield from ordered_axis(widget.x, columns, owner)
            yield from parts_of_whole(widget.y, columns, owner)
        case PieWidget():
            yield from parts_of_whole(widget.y, columns, owner)
        case ScatterWidget():
            for measure, scale in ((widget.x, widget.x_scale), (widget.y, widget.y_scale)):
                yield from log_problems(scale, measure, columns, owner)
            for measure in widget.measures:
                yield from number_or_time(measure, columns, owner)
        case BoxWidget():
            yield from number_only(widget.y, columns, owner)
        case MetricWidget():
            if widget.x is not None and not is_time(columns[widget.x.column]):
                yield needs_time(widget.x.column, columns, owner)
        case MapWidget():
            yield from _map_problems(widget, columns, owner)
        case TableWidget():
            yield from _table_sort_problems(widget, owner)
        case BarWidget() | HeatmapWidget() | HistogramWidget() | TextWidget():
            return


class _Crowd(NamedTuple):
    """Values of a dimension that must be told apart: how many at most, what they are called, and what limits them."""

    dimension: Dimension | None
    most: int
    noun: str
    limit: Limit | None = None


def _crowds(widget: Widget, columns: Columns) -> tuple[_Crowd, ...]:
    match widget:
        case LineWidget():
            return (_Crowd(widget.color, MAX_PARTS, "lines", widget.limit),)
        case AreaWidget():
            return (_Crowd(widget.color, MAX_PARTS, "areas", widget.limit),)
        case BarWidget():
            bars = _Crowd(widget.x, _most(widget.x, columns), "bars", widget.limit)
            return (bars, _Crowd(widget.color, MAX_PARTS, "colours"))
        case PieWidget():
            return (_Crowd(widget.x, MAX_PARTS, "parts", widget.limit),)
        case ScatterWidget() | HistogramWidget():
            return (_Crowd(widget.color, MAX_PARTS, "colours"),)
        case HeatmapWidget():
            across = _Crowd(widget.x, _most(widget.x, columns), "columns")
            return (across, _Crowd(widget.y, _most(widget.y, columns), "rows", widget.limit))
        case BoxWidget():
            return (_Crowd(widget.x, MAX_PARTS, "boxes", widget.limit),)
    return ()


def _most(dimension: Dimension, columns: Columns) -> int:
    column = columns[dimension.column]
    in_order = is_time(column) or column.type in NUMERIC or column.role in ("ordered", "time")
    return MAX_GROUPS if in_order else MAX_NAMES


def _crowd_problems(crowd: _Crowd, owner: Widget, columns: Columns, parameters: Mapping[str, object]) -> Iterator[str]:
    dimension = crowd.dimension
    if dimension is None or dimension.bins is not None or dimension.time_unit is not None:
        return
    shown = [len(c.values) for c in owner.where if c.column == dimension.column and c.operator == "in"]
    shown += [1 for c in owner.where if c.column == dimension.column and c.operator == "="]
    limit = parameters.get(crowd.limit.parameter) if isinstance(crowd.limit, ParameterValue) else crowd.limit
    shown += [limit] if isinstance(limit, int) else []
    count = min([columns[dimension.column].distinct, *shown])
    if count > crowd.most:
        yield (
            f"The {owner.type} '{owner.id}' would have {count:,} {crowd.noun} from '{dimension.column}'; "
            f"at most {crowd.most} can be told apart: set a lower limit or group by another column."
        )


def _map_problems(widget: MapWidget, columns: Columns, owner: str) -> Iterator[str]:
    for name, wanted, most in ((widget.longitude, "longitude", 360), (widget.latitude, "latitude", 90)):
        if name is None:
            continue
        column = columns[name]
        if column.type not in NUMERIC:
            yield f"The {owner} needs degrees as numbers, but '{name}' is {column.type}."
        elif (column.place not in (None, wanted)) or (column.numbers and not _within(column.numbers, most)):
            yield f"The {owner} takes '{name}' as {wanted}, which it is not. {_places(wanted, columns)}"
    if widget.x is not None and widget.level != "point" and columns[widget.x.column].place != widget.level:
        noun = "countries" if widget.level == "country" else "US states"
        yield f"The {owner} needs {noun}, but '{widget.x.column}' names none. {_places(widget.level, columns)}"


def _within(numbers: Any, most: float) -> bool:
    return bool(-most <= numbers.min and numbers.max <= most)


def _places(level: PlaceLevel | str, columns: Columns) -> str:
    there = [name for name, column in columns.items() if column.place == level]
    return f"Columns that are: {listed(there) or 'none'}."


def _table_sort_problems(widget: TableWidget, owner: str) -> Iterator[str]:
    if widget.sort_by is None:
        return
    known = [*widget.show, *(dimension.column for dimension in widget.by)]
    known += [name for value in widget.values for name in (value.title, value.column) if name]
    if widget.sort_by not in known:
        yield f"The {owner} sorts by '{widget.sort_by}', which it does not show. It shows: {listed(known)}."


def repeated_widgets(widgets: Sequence[Widget]) -> Iterator[str]:
    """Widgets that show the same, whatever they are called."""
    first: dict[str, Widget] = {}
    for widget in widgets:
        shown = repr(_shown(widget))
        if shown in first:
            yield f"Widgets '{first[shown].id}' and '{widget.id}' show the same: leave one out."
        first.setdefault(shown, widget)


def _shown(value: Any) -> Any:
    if isinstance(value, Noun):
        names = [name for name in type(value).model_fields if name not in _NAMING]
        return [(name, _shown(getattr(value, name))) for name in names]
    return [_shown(item) for item in value] if isinstance(value, tuple) else value
