"""Answering: the chart that a specific question asks for, and the few widgets that help to read it."""

from __future__ import annotations

from dataclasses import replace

from ...model import Condition, Dimension, Measure, Sort, TimeUnit, Widget
from . import charting, maps, tables, titles
from .asked import Asked, AskedDimension, AskedMeasure
from .ground import FEW_GROUPS, FEW_PARTS, Ground, Panel, lower_first
from .measuring import measure_of, raw_measure
from .said import is_date, is_number


def answer(asked: Asked, ground: Ground) -> Widget | None:
    """The asked chart. None where the question leaves it open."""
    if asked.other is not None or (asked.chart in ("scatter", "color_scatter") and asked.y is not None):
        return _relationship(asked, ground)
    if asked.chart == "table":
        return _table(asked, ground)
    asked = _with_counted(_with_ranked(asked, ground), ground)
    if asked.ranked or (asked.limit is not None and asked.x is None):
        found = _ranked_rows(asked, ground)
        if found is not None:
            return found
    if asked.chart == "map" or (asked.place and asked.chart is None and asked.x is None and not asked.trend):
        found = _map(asked, ground)
        if found is not None or asked.chart == "map":
            return found
    lone = _lone_measure(asked, ground)
    if lone is not None:
        return lone
    asked = _with_group(asked, ground)
    if asked.x is None or (asked.y is None and asked.chart is None and not asked.share) or _only_course(asked, ground):
        return None
    return _grouped(asked, ground)


def _with_ranked(asked: Asked, ground: Ground) -> Asked:
    """ "Which ones have the highest rate" ranks entities, "who has most" ranks by the first measure."""
    if not asked.ranked or asked.other is not None:
        return asked
    if asked.x is None and asked.y is not None and asked.y.column is not None:
        entity = ground.panel.entity if ground.panel else ground.naming
        return replace(asked, x=AskedDimension(entity)) if entity else asked
    if asked.x is not None and asked.y is None:
        return replace(asked, y=_size(ground))
    return asked


def _size(ground: Ground) -> AskedMeasure:
    """What makes one group larger than another where nothing was said: an amount, else the number of rows."""
    amount = next((name for name in ground.measures if ground.column(name).additive), None)
    first = next(iter(ground.measures), None) if ground.are_readings or ground.panel else None
    return AskedMeasure(amount or first, None if amount or first else "count")


def _with_counted(asked: Asked, ground: Ground) -> Asked:
    """ "Victims by race" counts rows, where rows are things and not readings of something else."""
    if asked.y is not None or asked.x is None or ground.panel or ground.are_readings:
        return asked
    if asked.subject is None and asked.x.time_unit is None:
        # "Hires per year" names the date itself.
        return asked
    if asked.chart in ("histogram", "box"):
        return asked
    return replace(asked, y=AskedMeasure(None, "count"))


def _ranked_rows(asked: Asked, ground: Ground) -> Widget | None:
    """ "The 5 largest payments", "who earns most": the rows themselves, where nothing names them on an axis."""
    if asked.x is not None or asked.y is None or asked.y.column is None or asked.chart not in (None, "table"):
        return None
    if not is_quantity(ground, asked.y.column):
        return None
    names = [*asked.focus, *ground.categories, *ground.times, *ground.measures]
    shown = list(dict.fromkeys([asked.y.column, *names]))[:8]
    return tables.rows_table(
        ground,
        shown,
        where=asked.where or ground.latest,
        sort_by=asked.y.column,
        order=asked.order or "descending",
        limit=asked.limit or charting.RANKING,
        why=f"The question asks for the rows with the "
        f"{'lowest' if asked.order == 'ascending' else 'highest'} {lower_first(ground.label(asked.y.column))}.",
    )


def _only_course(asked: Asked, ground: Ground) -> bool:
    """ "How has X changed?" names a subject; a whole dashboard answers it better than one line."""
    free = asked.chart is None and asked.color is None and asked.limit is None and asked.order is None
    time = asked.x is not None and asked.x.time_unit is None and ground.column(asked.x.column).role == "time"
    return free and asked.trend and time


def _with_group(asked: Asked, ground: Ground) -> Asked:
    """Bars or parts of a number of rows, where the question leaves open by what."""
    counts = asked.y is not None and asked.y.column is None
    if asked.x is not None or not counts or asked.chart not in ("bar", "pie", "stacked_bar", "grouped_bar"):
        return asked
    fixed = {condition.column for condition in asked.where}
    name = next((name for name in ground.categories if name not in fixed), None)
    return replace(asked, x=AskedDimension(name)) if name else asked


def asked_measure(asked: Asked, ground: Ground) -> Measure:
    """The measure with its aggregate, the one that was said or the one that fits the column."""
    y = asked.y or AskedMeasure(None, "count")
    if y.column is None:
        return measure_of(ground, None)
    return measure_of(ground, y.column, y.aggregate)


def _comparable(asked: Asked, ground: Ground, y: Measure) -> Measure:
    """Averages where sums would compare numbers of rows: the hours of the day, groups that may have an effect."""
    said = asked.y is not None and asked.y.aggregate is not None
    cyclic = asked.x is not None and _unit(ground, asked.x) in _CYCLES
    caused = asked.cause and asked.x is not None and ground.column(asked.x.column).role != "time"
    if y.column is None or y.aggregate != "sum" or said or not (caused or (cyclic and ground.are_readings)):
        return y
    return measure_of(ground, y.column, "mean")


_CYCLES = ("hour_of_day", "day_of_week", "month_of_year")
MOST_HOURS = 400


def _unit(ground: Ground, asked: AskedDimension) -> TimeUnit | None:
    """ "By hour" over months of hours is about the hours of the day."""
    times = ground.column(asked.column).times
    if asked.time_unit == "hour" and times is not None and times.periods > MOST_HOURS:
        return "hour_of_day"
    return asked.time_unit


def _dimension(asked: AskedDimension, ground: Ground, *, flow: bool) -> Dimension:
    """The group; times get a unit where a line or a bar for each day would be too many."""
    column = ground.column(asked.column)
    if asked.time_unit is not None and is_date(column):
        return Dimension(column=asked.column, time_unit=_unit(ground, asked))
    if is_date(column) and (flow or column.distinct > 40):
        return ground.time_dimension(asked.column)
    if is_number(column) and column.role == "measure" and column.distinct > 40 and not flow:
        return Dimension(column=asked.column, bins=charting.BINS)
    return Dimension(column=asked.column)


def _color(asked: Asked, ground: Ground) -> Dimension | None:
    if asked.color is None:
        return None
    column = ground.column(asked.color.column)
    if is_date(column):
        return Dimension(column=asked.color.column, time_unit=asked.color.time_unit or "year")
    if is_number(column) and column.role == "measure" and column.distinct > 2 * FEW_GROUPS:
        return Dimension(column=asked.color.column, bins=FEW_PARTS)
    return Dimension(column=asked.color.column)


def _grouped(asked: Asked, ground: Ground) -> Widget | None:
    if asked.x is None:
        return None
    y = _comparable(asked, ground, asked_measure(asked, ground))
    flow = asked.chart in ("line", "multi_line", "area") or (asked.chart is None and asked.trend)
    x, color = _dimension(asked.x, ground, flow=flow), _color(asked, ground)
    if color is not None and color.column == x.column and color.time_unit == x.time_unit:
        color = None
    where = asked.where + _period(asked, ground, x, y)
    why = _reason(asked, ground, x, y)
    sort = Sort(by=asked.order_by or "y", order=asked.order) if asked.order else None
    chart = asked.chart or _fitting_chart(asked, ground, x, y, color)
    return _drawn(chart, asked, ground, x, y, color, where, sort, why)


def _drawn(
    chart: str | None,
    asked: Asked,
    ground: Ground,
    x: Dimension,
    y: Measure,
    color: Dimension | None,
    where: tuple[Condition, ...],
    sort: Sort | None,
    why: str,
) -> Widget:
    match chart:
        case "line" | "multi_line" if _has_order(ground, x):
            return charting.line(ground, x, y, color, where, why)
        case "area" if _has_order(ground, x):
            return charting.area(ground, x, y, color, where, why)
        case "pie" if color is None and not _has_negatives(ground, y):
            return charting.pie(ground, x, y, where, sort, why)
        case "heatmap" if color is not None:
            return charting.heatmap(ground, x, color, y, where, why)
        case "box" if y.column is not None and is_number(ground.column(y.column)):
            return charting.box(ground, y.column, x.column, where, why)
        case "histogram" if y.column is not None and _is_spread_by(ground, x, y, where):
            return charting.histogram(ground, y.column, Dimension(column=x.column), where, why)
        case "histogram" if asked.y is None or (y.column is None and is_quantity(ground, x.column)):
            return charting.histogram(ground, x.column, color, where, why)
    color = _countable(ground, color, where)
    stack = "grouped" if chart == "grouped_bar" else "normalized" if asked.share and color else "stacked"
    return charting.bar(ground, x, y, color, where=where, sort=sort, limit=_limit(asked, ground), stack=stack, why=why)


def _limit(asked: Asked, ground: Ground) -> int | None:
    if asked.limit is not None:
        return asked.limit
    distinct = ground.column(asked.x.column).distinct if asked.x else 0
    return 20 if asked.order == "ascending" and distinct > 60 else None


def _countable(ground: Ground, color: Dimension | None, where: tuple[Condition, ...]) -> Dimension | None:
    """A colour that was asked for stays as long as its values can be told apart at all."""
    if color is None or color.bins or color.time_unit:
        return color
    named = [len(c.values) for c in where if c.column == color.column and c.operator == "in"]
    count = min([ground.column(color.column).distinct, *named])
    return color if count <= charting.MOST_COLORS else None


def _is_spread_by(ground: Ground, x: Dimension, y: Measure, where: tuple[Condition, ...]) -> bool:
    """ "Histogram of costs by ward": how costs are spread, in the colours of wards that can be told apart."""
    if y.column is None or not is_quantity(ground, y.column) or is_quantity(ground, x.column) or x.time_unit:
        return False
    return _countable(ground, Dimension(column=x.column), where) is not None


def is_quantity(ground: Ground, name: str) -> bool:
    return is_number(ground.column(name)) and ground.column(name).role == "measure"


def _has_order(ground: Ground, x: Dimension) -> bool:
    column = ground.column(x.column)
    return is_date(column) or is_number(column) or column.role == "ordered"


def _has_negatives(ground: Ground, y: Measure) -> bool:
    numbers = ground.column(y.column).numbers if y.column else None
    return numbers is not None and numbers.negatives > 0 and y.aggregate == "sum"


def _fitting_chart(asked: Asked, ground: Ground, x: Dimension, y: Measure, color: Dimension | None) -> str | None:
    """Time asks for a line; shares of few parts for a pie; spread for boxes; else bars."""
    column = ground.column(x.column)
    if (column.role == "time" or is_date(column)) and x.time_unit not in (
        "day_of_week",
        "month_of_year",
        "hour_of_day",
    ):
        return "line" if column.distinct > 2 else "bar"
    if color is not None and color.column == x.column:
        return "heatmap"
    additive = y.aggregate in ("count", "sum")
    if asked.share and additive and color is None and column.distinct <= FEW_PARTS:
        return "pie"
    if (
        (asked.distribution or asked.cause)
        and y.column is not None
        and asked.y is not None
        and asked.y.aggregate is None
        and color is None
    ):
        few = column.distinct <= FEW_GROUPS and ground.rows >= 5 * column.distinct
        return "box" if few and is_number(ground.column(y.column)) else "bar"
    return "bar"


def _period(asked: Asked, ground: Ground, x: Dimension, y: Measure) -> tuple[Condition, ...]:
    """The last period of a panel, where the chart compares its entities and no period was said."""
    panel: Panel | None = ground.panel
    if panel is None or panel.time in (x.column, asked.color.column if asked.color else None):
        return ()
    said = asked.y is not None and asked.y.aggregate in ("mean", "median", "min", "max")
    if said or any(condition.column == panel.time for condition in asked.where):
        return ()
    return () if y.column is None and y.aggregate == "count" else ground.latest


def _reason(asked: Asked, ground: Ground, x: Dimension, y: Measure) -> str:
    chart = {"multi_line": "line", "color_scatter": "scatter"}.get(asked.chart or "", asked.chart)
    shown = f"{lower_first(titles.of_measure(ground, y))} by {titles.of_dimension(ground, x)}"
    named = f", as a {chart.replace('_', ' ')} chart" if chart else ""
    text = f"The question asks for {shown}{named}."
    if asked.y is not None and asked.y.aggregate == "sum" and y.aggregate == "mean":
        text += " Its values do not add up, so the average is shown instead of a total."
    return text[:500]


def _relationship(asked: Asked, ground: Ground) -> Widget | None:
    if asked.other is None:
        return _count_scatter(asked, ground)
    first, second = asked.y, asked.other
    if first is None or second.column is None:
        return None
    color = _countable(ground, _color(asked, ground), asked.where)
    labels = [lower_first(ground.label(name)) if name else ground.row_nouns for name in (first.column, second.column)]
    why = f"The question asks how {labels[0]} and {labels[1]} go together."
    detail = Dimension(column=asked.x.column) if asked.x else color
    if (first.aggregate or second.aggregate) and detail is not None and detail.bins is None:
        x, y = _aggregated(ground, first), _aggregated(ground, second)
        detail = Dimension(column=detail.column)
        return charting.scatter(ground, x, y, color=color, detail=detail, where=asked.where, why=why)
    if first.column is None:
        return None
    named = ground.naming or (ground.panel.entity if ground.panel else None)
    where = asked.where + (ground.latest if not color or not ground.panel or color.column != ground.panel.time else ())
    x, y = raw_measure(ground, first.column), raw_measure(ground, second.column)
    detail = Dimension(column=named) if named else None
    return charting.scatter(ground, x, y, color=color, detail=detail, where=where, why=why)


def _aggregated(ground: Ground, asked: AskedMeasure) -> Measure:
    """With an aggregate; a column that groups too is the same in each group, whatever is taken of it."""
    if asked.column is None:
        return measure_of(ground, None)
    measure = measure_of(ground, asked.column, asked.aggregate or "mean")
    return measure if measure.aggregate not in ("count", "distinct") else measure_of(ground, asked.column, "max")


def _count_scatter(asked: Asked, ground: Ground) -> Widget | None:
    """ "Grade on x and the number of students on y": one dot for each value of x."""
    if asked.x is None or asked.y is None:
        return None
    x, y = asked.x.column, asked_measure(asked, ground)
    why = _reason(asked, ground, Dimension(column=x), y)
    if not is_number(ground.column(x)):
        return _grouped(replace(asked, chart=None), ground)
    return charting.scatter(
        ground, measure_of(ground, x, "mean"), y, detail=Dimension(column=x), where=asked.where, why=why
    )


def _lone_measure(asked: Asked, ground: Ground) -> Widget | None:
    """One measure and nothing to group it by: its distribution, or the number itself."""
    if asked.x is not None or asked.y is None:
        if (
            asked.x is not None
            and asked.y is None
            and asked.chart in ("histogram", "box")
            and is_quantity(ground, asked.x.column)
        ):
            asked = replace(asked, x=None, y=AskedMeasure(asked.x.column))
        else:
            return None
    assert_column = asked.y.column if asked.y else None
    if assert_column is not None and is_quantity(ground, assert_column):
        why = f"The question asks about the values of {lower_first(ground.label(assert_column))}."
        where = asked.where or ground.latest
        if asked.chart == "box":
            return charting.box(ground, assert_column, asked.color.column if asked.color else None, where, why)
        if asked.chart == "histogram" or (asked.chart is None and asked.distribution):
            return charting.histogram(ground, assert_column, _color(asked, ground), where, why)
        if asked.chart == "line" and ground.time:
            return charting.line(
                ground, ground.time_dimension(ground.time), asked_measure(asked, ground), None, asked.where, why
            )
        if asked.chart in ("bar", "pie") and ground.naming:
            named = replace(asked, x=AskedDimension(ground.naming))
            return _grouped(named, ground)
    if (
        asked.chart is None
        and asked.y is not None
        and (asked.y.aggregate or asked.y.column is None)
        and not asked.trend
    ):
        return charting.metric(
            ground, asked_measure(asked, ground), None, asked.where, "The question asks for this one number."
        )
    return None


def _map(asked: Asked, ground: Ground) -> Widget | None:
    y = asked_measure(asked, ground) if asked.y else _map_measure(ground)
    where = asked.where or (ground.latest if y.column else ())
    name = asked.y.column if asked.y else None
    places = maps.place_map(ground, y, where, "The question asks where, and the data names the places.")
    points = maps.point_map(ground, name, asked.where, "The question asks where, and the data has coordinates.")
    found = points if places is None or (points is not None and asked.y is None) else places
    return found if asked.chart == "map" or asked.y is not None or not ground.measures else None


def _map_measure(ground: Ground) -> Measure:
    return measure_of(ground, ground.measures[0] if ground.measures else None)


def _table(asked: Asked, ground: Ground) -> Widget | None:
    if asked.x is not None and (asked.y is None or asked.y.aggregate):
        by = [_dimension(asked.x, ground, flow=False), *([_color(asked, ground)] if asked.color else [])]
        dimensions = [dimension for dimension in by if dimension is not None]
        return tables.groups_table(
            ground,
            dimensions,
            [asked_measure(asked, ground)],
            where=asked.where,
            order=asked.order or "descending",
            why="The question asks for a table.",
        )
    names = list(asked.focus)[:12] or list(ground.frame.columns)[:8]
    sort_by = asked.y.column if asked.y and asked.y.column else None
    return tables.rows_table(
        ground,
        names if not sort_by or sort_by in names else [*names, sort_by],
        where=asked.where,
        sort_by=sort_by,
        order=asked.order or "descending",
        why="The question asks for a table.",
    )
