"""Checking: a plan against the profile of its data. Every problem is a sentence that says what exists instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .model import (
    AreaWidget,
    BarWidget,
    BoxWidget,
    Column,
    Condition,
    CorrelationInsight,
    DateRangeFilter,
    Dimension,
    Filter,
    HeatmapWidget,
    HistogramWidget,
    Insight,
    LineWidget,
    MapWidget,
    Measure,
    MetricWidget,
    NumberRangeFilter,
    ParameterValue,
    PieWidget,
    Plan,
    Profile,
    ScatterWidget,
    ShareInsight,
    TableWidget,
    TextWidget,
    Widget,
)

Columns = Mapping[str, Column]
"""The columns of a frame by the name they have in it."""

MAX_PARTS = 40
"""Parts of a pie or lines of a chart that can be told apart at all; a widget with a limit may have more."""
MAX_GROUPS = 2_000
"""Bars or cells without a limit."""
_NUMERIC = ("integer", "number")
_DATED = ("date", "datetime")
_YEARS = range(10_000)


def frames(plan: Plan, profile: Profile) -> dict[str, dict[str, Column]]:
    """Columns of every frame of a plan, joins by the rule of `Join`; tables not in the profile are left out."""
    known = {table.name: {column.name: column for column in table.columns} for table in profile.tables}
    result = {name: known[name] for name in plan.tables if name in known}
    for join in plan.joins:
        if join.left in result and join.right in result:
            result[join.name] = joined(result[join.left], result[join.right], join.right, join.on)
    return result


def joined(left: Columns, right: Columns, right_name: str, on: Iterable[tuple[str, str]]) -> dict[str, Column]:
    """Columns after a join: the right key goes, and a right column that left has too gets the suffix " (right)"."""
    keys = {right_key for _, right_key in on}
    result = dict(left)
    for name, column in right.items():
        if name not in keys:
            result[f"{name} ({right_name})" if name in left else name] = column
    return result


def problems(plan: Plan, profile: Profile) -> tuple[str, ...]:
    """Everything that keeps this plan from being drawn or from being true. Empty: it can be composed."""
    found = list(_table_problems(plan, profile))
    columns = frames(plan, profile)
    found += _join_problems(plan, columns)
    for widget in (*plan.widgets, *plan.suggestions):
        if widget.frame is not None and widget.frame in columns:
            found += _widget_problems(widget, columns[widget.frame])
    for filter_ in plan.filters:
        for frame in filter_.frames:
            if frame in columns:
                found += _filter_problems(filter_, frame, columns[frame])
    for insight in plan.insights:
        if insight.frame in columns:
            found += _insight_problems(insight, columns[insight.frame])
    for expectation in plan.expectations:
        for name in expectation.columns:
            if expectation.frame in columns:
                found += _existence(name, expectation.frame, columns[expectation.frame])
    return tuple(dict.fromkeys(found))


def broken_expectations(plan: Plan, profile: Profile) -> tuple[str, ...]:
    """What refreshed data no longer holds of all the plan expects. Empty: the page may replace the old one."""
    found = list(_table_problems(plan, profile))
    columns = frames(plan, profile)
    rows = {table.name: table.rows for table in profile.tables}
    for expectation in plan.expectations:
        frame = columns.get(expectation.frame)
        if frame is None:
            continue
        missing = [name for name in expectation.columns if name not in frame]
        found += [f"The refreshed data no longer has the column '{name}' in '{expectation.frame}'." for name in missing]
        count = rows.get(expectation.frame)
        if count is not None and count < expectation.rows_at_least:
            found.append(
                f"The refreshed data has {count:,} rows in '{expectation.frame}'; "
                f"at least {expectation.rows_at_least:,} were expected."
            )
    for widget in plan.widgets:
        if widget.frame in columns:
            found += _missing_columns(widget.columns, widget.frame, columns[widget.frame])
    return tuple(dict.fromkeys(found))


def _table_problems(plan: Plan, profile: Profile) -> Iterator[str]:
    there = [table.name for table in profile.tables]
    for name in plan.tables:
        if name not in there:
            yield f"Table '{name}' is not in the data. There is: {_listed(there)}."


def _join_problems(plan: Plan, columns: Mapping[str, Columns]) -> Iterator[str]:
    for join in plan.joins:
        left, right = columns.get(join.left), columns.get(join.right)
        if left is None or right is None:
            continue
        for left_key, right_key in join.on:
            yield from _existence(left_key, join.left, left)
            yield from _existence(right_key, join.right, right)
            if left_key in left and right_key in right and not _comparable(left[left_key], right[right_key]):
                yield (
                    f"Join '{join.name}' compares '{left_key}' ({left[left_key].type}) with "
                    f"'{right_key}' ({right[right_key].type}); both need the same type."
                )


def _comparable(left: Column, right: Column) -> bool:
    def kind(column: Column) -> str:
        return "number" if column.type in _NUMERIC else column.type

    return kind(left) == kind(right)


def _listed(names: Iterable[str], most: int = 30) -> str:
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _existence(name: str, frame: str, columns: Columns) -> Iterator[str]:
    if name not in columns:
        yield f"Column '{name}' is not in '{frame}'. It has: {_listed(columns)}."


def _missing_columns(names: Iterable[str], frame: str | None, columns: Columns) -> Iterator[str]:
    for name in names:
        yield from _existence(name, str(frame), columns)


def _widget_problems(widget: Widget, columns: Columns) -> Iterator[str]:
    missing = list(_missing_columns(widget.columns, widget.frame, columns))
    if missing:
        yield from missing
        return
    owner = f"{widget.type} '{widget.id}'"
    for dimension in widget.dimensions:
        yield from _dimension_problems(dimension, columns, owner)
    for measure in widget.measures:
        yield from _measure_problems(measure, columns, owner)
    for condition in widget.where:
        yield from _condition_problems(condition, columns, owner)
    yield from _kind_problems(widget, columns, owner)


def _kind_problems(widget: Widget, columns: Columns, owner: str) -> Iterator[str]:
    match widget:
        case LineWidget():
            yield from _ordered_axis(widget.x, columns, owner)
            yield from _log_problems(widget.y_scale, widget.y, columns, owner)
            yield from _too_many(widget.color, widget.limit is None, MAX_PARTS, "lines", columns, widget)
        case AreaWidget():
            yield from _ordered_axis(widget.x, columns, owner)
            yield from _parts_of_whole(widget.y, columns, owner)
            yield from _too_many(widget.color, widget.limit is None, MAX_PARTS, "areas", columns, widget)
        case BarWidget():
            yield from _too_many(widget.x, widget.limit is None, MAX_GROUPS, "bars", columns, widget)
            yield from _too_many(widget.color, True, MAX_PARTS, "colours", columns, widget)
        case PieWidget():
            yield from _parts_of_whole(widget.y, columns, owner)
            yield from _too_many(widget.x, widget.limit is None, MAX_PARTS, "parts", columns, widget)
        case ScatterWidget():
            for measure, scale in ((widget.x, widget.x_scale), (widget.y, widget.y_scale)):
                yield from _log_problems(scale, measure, columns, owner)
            for measure in widget.measures:
                yield from _number_or_time(measure, columns, owner)
            yield from _too_many(widget.color, True, MAX_PARTS, "colours", columns, widget)
        case HeatmapWidget():
            yield from _too_many(widget.x, True, MAX_GROUPS, "columns", columns, widget)
            yield from _too_many(widget.y, widget.limit is None, MAX_GROUPS, "rows", columns, widget)
        case HistogramWidget():
            yield from _too_many(widget.color, True, MAX_PARTS, "colours", columns, widget)
        case BoxWidget():
            yield from _number_only(widget.y, columns, owner)
            yield from _too_many(widget.x, widget.limit is None, MAX_PARTS, "boxes", columns, widget)
        case MetricWidget():
            if widget.x is not None and not _is_time(columns[widget.x.column]):
                yield _needs_time(widget.x.column, columns, owner)
        case MapWidget():
            yield from _map_problems(widget, columns, owner)
        case TableWidget():
            yield from _table_sort_problems(widget, owner)
        case TextWidget():
            return


def _dimension_problems(dimension: Dimension, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[dimension.column]
    if dimension.time_unit is not None and not _is_time(column):
        yield _needs_time(dimension.column, columns, owner)
    elif dimension.time_unit not in (None, "year") and column.type in (*_NUMERIC, "text"):
        yield (
            f"The {owner} takes '{dimension.time_unit}' of '{dimension.column}', which holds years only: "
            f"leave time_unit out or use 'year'."
        )
    if dimension.bins is not None and column.type not in _NUMERIC:
        yield (
            f"The {owner} bins '{dimension.column}', which is {column.type}, not a number. "
            f"Numbers are: {_listed(_numbers(columns)) or 'none'}."
        )


def _measure_problems(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    if measure.column is None or measure.aggregate in (None, "count", "distinct"):
        return
    column = columns[measure.column]
    if measure.aggregate in ("min", "max") and column.type in _DATED:
        return
    if measure.aggregate in ("mean", "sum") and column.type == "boolean":
        return
    if column.type not in _NUMERIC:
        yield (
            f"The {owner} takes the {measure.aggregate} of '{measure.column}', which is {column.type}. "
            f"Numbers are: {_listed(_numbers(columns)) or 'none'}."
        )
    elif measure.aggregate == "sum" and column.additive is False:
        yield (
            f"The {owner} sums '{measure.column}', whose values do not add up"
            f"{f' ({column.unit})' if column.unit else ''}: use mean or median."
        )


def _condition_problems(condition: Condition, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[condition.column]
    if isinstance(condition.value, ParameterValue) or condition.operator in ("missing", "not missing"):
        return
    if condition.operator == "contains":
        if column.type != "text":
            yield f"The {owner} looks for a text in '{condition.column}', which is {column.type}."
        return
    values = condition.values if condition.operator in ("in", "not in", "between") else (condition.value,)
    for value in values:
        if column.type in _NUMERIC and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield f"The {owner} compares '{condition.column}', a number, with '{value}'."
        if column.type in ("text", *_DATED) and not isinstance(value, str):
            yield f"The {owner} compares '{condition.column}', which is {column.type}, with the number {value}."
        if column.type == "boolean" and not isinstance(value, bool):
            yield f"The {owner} compares '{condition.column}', which is true or false, with '{value}'."


def _ordered_axis(dimension: Dimension, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[dimension.column]
    if not (_is_time(column) or column.type in _NUMERIC or column.role == "ordered" or column.type == "time"):
        yield (
            f"The {owner} draws a line along '{dimension.column}', whose values have no order: use a bar chart, "
            f"or one of: {_listed(_ordered(columns)) or 'none'}."
        )


def _parts_of_whole(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[measure.column] if measure.column else None
    if column is not None and column.numbers is not None and measure.aggregate == "sum" and column.numbers.negatives:
        yield (
            f"The {owner} shows '{measure.column}' as parts of a whole, but "
            f"{column.numbers.negatives:,} values are negative."
        )


def _too_many(
    dimension: Dimension | None, unlimited: bool, most: int, noun: str, columns: Columns, owner: Widget
) -> Iterator[str]:
    if dimension is None or dimension.bins is not None or dimension.time_unit is not None or not unlimited:
        return
    named = [len(c.values) for c in owner.where if c.column == dimension.column and c.operator == "in"]
    distinct = min([columns[dimension.column].distinct, *named])
    if distinct > most:
        yield (
            f"The {owner.type} '{owner.id}' would have {distinct:,} {noun} from '{dimension.column}'; "
            f"at most {most} can be told apart: set a limit or group by another column."
        )


def _log_problems(scale: str, measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[measure.column] if measure.column else None
    if scale == "log" and column is not None and column.numbers is not None and column.numbers.max <= 0:
        yield f"The {owner} has a logarithmic scale, but '{measure.column}' has no value above zero."


def _number_only(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    if measure.column is not None and columns[measure.column].type not in _NUMERIC:
        yield (
            f"The {owner} needs numbers, but '{measure.column}' is {columns[measure.column].type}. "
            f"Numbers are: {_listed(_numbers(columns)) or 'none'}."
        )


def _number_or_time(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    if measure.aggregate is None and measure.column is not None and columns[measure.column].type not in _DATED:
        yield from _number_only(measure, columns, owner)


def _map_problems(widget: MapWidget, columns: Columns, owner: str) -> Iterator[str]:
    for name in (widget.longitude, widget.latitude):
        if name is not None and columns[name].type not in _NUMERIC:
            yield f"The {owner} needs degrees as numbers, but '{name}' is {columns[name].type}."


def _table_sort_problems(widget: TableWidget, owner: str) -> Iterator[str]:
    if widget.sort_by is None:
        return
    known = [*widget.show, *(dimension.column for dimension in widget.by)]
    known += [name for value in widget.values for name in (value.title, value.column) if name]
    if widget.sort_by not in known:
        yield f"The {owner} sorts by '{widget.sort_by}', which it does not show. It shows: {_listed(known)}."


def _filter_problems(filter_: Filter, frame: str, columns: Columns) -> Iterator[str]:
    missing = list(_existence(filter_.column, frame, columns))
    if missing:
        yield from missing
        return
    column = columns[filter_.column]
    if isinstance(filter_, DateRangeFilter) and not _is_time(column):
        yield _needs_time(filter_.column, columns, f"filter '{filter_.id}'")
    if isinstance(filter_, NumberRangeFilter) and column.type not in _NUMERIC:
        yield f"The filter '{filter_.id}' needs numbers, but '{filter_.column}' is {column.type}."


def _insight_problems(insight: Insight, columns: Columns) -> Iterator[str]:
    missing = list(_missing_columns(insight.columns, insight.frame, columns))
    if missing:
        yield from missing
        return
    owner = f"insight '{insight.id}'"
    measures = (insight.x, insight.y) if isinstance(insight, CorrelationInsight) else (insight.y,)
    dimension = insight.detail if isinstance(insight, CorrelationInsight) else insight.x
    for measure in measures:
        yield from _measure_problems(measure, columns, owner)
    if dimension is not None:
        yield from _dimension_problems(dimension, columns, owner)
    for condition in insight.where:
        yield from _condition_problems(condition, columns, owner)
    if insight.type in ("change", "trend") and dimension is not None:
        yield from _ordered_axis(dimension, columns, owner)
    if isinstance(insight, ShareInsight) and not _adds_up(insight.y):
        yield f"The {owner} is a share, but the {insight.y.aggregate} of '{insight.y.column}' does not add up."


def _adds_up(measure: Measure) -> bool:
    return measure.aggregate in ("count", "sum")


def _is_time(column: Column) -> bool:
    """Dates, and years written as numbers."""
    if column.type in _DATED:
        return True
    if column.role != "time":
        return False
    if column.type == "integer" and column.numbers is not None:
        return column.numbers.min >= _YEARS.start and column.numbers.max < _YEARS.stop
    return column.type == "integer"


def _needs_time(name: str, columns: Columns, owner: str) -> str:
    times = [other for other, column in columns.items() if _is_time(column)]
    return (
        f"The {owner} needs a date or year, but '{name}' is {columns[name].type}. "
        f"Times are: {_listed(times) or 'none'}."
    )


def _numbers(columns: Columns) -> list[str]:
    return [name for name, column in columns.items() if column.type in _NUMERIC]


def _ordered(columns: Columns) -> list[str]:
    return [n for n, c in columns.items() if _is_time(c) or c.type in _NUMERIC or c.role == "ordered"]
