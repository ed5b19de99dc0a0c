"""Supporting: the few widgets that help to read the chart that was asked for."""

from __future__ import annotations

from ...model import Dimension, Measure, Widget
from . import charting, maps, tables
from .answering import asked_measure, is_quantity
from .asked import Asked
from .ground import FEW_PARTS, Ground, lower_first
from .measuring import is_share, measure_of


def helpers(asked: Asked, ground: Ground, main: Widget) -> list[Widget]:
    """What helps to read the asked chart: its number, its course, another cut, its rows."""
    y = asked_measure(asked, ground)
    found: list[Widget | None] = [*_headlines(asked, ground, y, main)]
    found += _siblings(asked, ground, main)
    found.append(_map(ground, y, main))
    if main.type not in ("line", "area"):
        found.append(_course(asked, ground, y, main))
    if main.type in ("line", "area", "scatter", "map", "histogram"):
        found.append(_cut(asked, ground, y, main))
    if main.type in ("bar", "pie", "box"):
        found.append(_spread(asked, ground, main))
    found.append(_rows(asked, ground))
    return [widget for widget in found if widget is not None]


def _map(ground: Ground, y: Measure, main: Widget) -> Widget | None:
    """Bars of many places say more with a map beside them."""
    place = ground.column(main.dimensions[0].column).place if main.type == "bar" else None
    if place not in ("country", "us_state"):
        return None
    return maps.place_map(ground, y, main.where, "The bars compare places: a map shows where they lie.")


def _runs_along(main: Widget, time: str | None) -> bool:
    """Whether a chart shows the time as it passes; months of the year do not."""
    cycles = ("month_of_year", "day_of_week", "hour_of_day")
    return any(dimension.column == time and dimension.time_unit not in cycles for dimension in main.dimensions)


def _siblings(asked: Asked, ground: Ground, main: Widget) -> list[Widget]:
    """The same chart for the other measures that the question names."""
    if asked.x is None or asked.other is not None or main.type not in ("bar", "line"):
        return []
    x, color = main.dimensions[0], main.dimensions[1] if len(main.dimensions) > 1 else None
    named = [n for n in asked.focus if n in ground.measures and n not in main.columns][:2]
    why = "Another measure that the question names, in the same groups."
    return [charting.chart_for_group(ground, x, measure_of(ground, name), color, main.where, why) for name in named]


def _headlines(asked: Asked, ground: Ground, y: Measure, main: Widget) -> list[Widget]:
    """The same number for all rows, the other measures that were named, and how many rows there are."""
    if ground.panel is not None and (ground.panel.time in {c.column for c in asked.where} or not _is_main_time(ground)):
        return []
    time = ground.tile_dimension(ground.time) if ground.time and _is_main_time(ground) else None
    named = [n for n in asked.focus if n in ground.measures and n != y.column]
    found: list[Widget] = []
    if main.type != "metric":
        found.append(
            charting.metric(
                ground, y, time, asked.where, "The number for all rows together, to read the groups against."
            )
        )
    why = "Another number that the question names."
    found += [charting.metric(ground, measure_of(ground, name), time, asked.where, why) for name in named[:2]]
    if not ground.are_readings and y.column is not None:
        found.append(
            charting.metric(ground, measure_of(ground, None), time, asked.where, "On how many rows the numbers rest.")
        )
    if len(found) == 1:
        found += _how_many(asked, ground)
    return found


def _how_many(asked: Asked, ground: Ground) -> list[Widget]:
    """The number of groups that are compared, where it is not plain to see."""
    if asked.x is None or ground.column(asked.x.column).type != "text" or ground.column(asked.x.column).distinct <= 8:
        return []
    many = measure_of(ground, asked.x.column, "distinct")
    return [charting.metric(ground, many, None, asked.where, "How many groups are compared.")]


def _is_main_time(ground: Ground) -> bool:
    """Whether the rows happen along this time: not a birthday, nor one name for each year."""
    if ground.time is None:
        return False
    column = ground.column(ground.time)
    return (
        not ground.frame.repeats(ground.time)
        and (ground.panel is not None or not column.unique or ground.naming is None)
        and column.distinct >= 3
    )


def _course(asked: Asked, ground: Ground, y: Measure, main: Widget) -> Widget | None:
    if (
        not _is_main_time(ground)
        or _runs_along(main, ground.time)
        or any(c.column == ground.time and c.operator == "=" for c in asked.where)
    ):
        return None
    x = ground.time_dimension(ground.time or "")
    color = None
    if (
        asked.x is not None
        and ground.column(asked.x.column).distinct <= FEW_PARTS
        and not asked.x.time_unit
        and asked.x.column != x.column
    ):
        color = Dimension(column=asked.x.column)
    return charting.line(ground, x, y, color, asked.where, "How the same number went over time.")


def _cut(asked: Asked, ground: Ground, y: Measure, main: Widget) -> Widget | None:
    """The same measure by the most telling category that the main chart does not show."""
    name = next((n for n in ground.categories if n not in main.columns), None)
    if name is None:
        return None
    panel = ground.panel
    where = asked.where + (ground.latest if panel and name != panel.time and y.column else ())
    return charting.bar(
        ground, Dimension(column=name), y, where=where, why=f"The same number by {lower_first(ground.label(name))}."
    )


def _spread(asked: Asked, ground: Ground, main: Widget) -> Widget | None:
    if asked.y is None or asked.y.column is None or not is_quantity(ground, asked.y.column):
        return _cut(asked, ground, asked_measure(asked, ground), main)
    column = ground.column(asked.y.column)
    if ground.effective_rows(asked.where or ground.latest) < 12:
        return None
    if column.distinct < 8 or main.type == "box" or (is_share(column) and column.distinct < 8):
        return None
    where = asked.where or ground.latest
    return charting.histogram(
        ground, asked.y.column, None, where, "How the single values are spread behind the totals and averages."
    )


def _rows(asked: Asked, ground: Ground) -> Widget | None:
    names = list(dict.fromkeys([*([ground.naming] if ground.naming else []), *asked.focus, *ground.frame.columns]))[:6]
    sort_by = next((name for name in asked.focus if is_quantity(ground, name)), None)
    sort_by = sort_by if sort_by in names else ground.time if ground.time in names else None
    where = asked.where or ground.latest
    return tables.rows_table(
        ground,
        names,
        where=where,
        sort_by=sort_by,
        order=asked.order or "descending",
        why="The rows behind the charts.",
    )
