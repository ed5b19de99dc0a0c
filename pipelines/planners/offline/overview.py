"""Overview: a whole dashboard for a question that names a subject, not a chart."""

from __future__ import annotations

from ...model import BarWidget, Condition, Dimension, Measure, TimeUnit, Widget
from . import charting, maps, tables, titles
from .asked import Asked
from .ground import FEW_GROUPS, FEW_PARTS, MANY_CATEGORIES, Ground, lower_first
from .measuring import measure_of, raw_measure
from .said import is_date, is_number

MAX_TILES = 4


def overview(asked: Asked, ground: Ground) -> list[Widget]:
    """Headline numbers, trends, breakdowns, a map, a relationship, a distribution, a table: what the data can bear."""
    measures = _headline_measures(ground)
    found: list[Widget | None] = [*_tiles(asked, ground, measures)]
    found += _trends(asked, ground, measures)
    found += _compared(asked, ground, measures) or _breakdowns(asked, ground, measures)
    found.append(_places(asked, ground, measures))
    found.append(_relationship(asked, ground))
    found.append(_distribution(asked, ground))
    found.append(_rhythm(asked, ground, measures))
    found.append(_spread(asked, ground))
    found.append(_table(asked, ground, measures))
    return [widget for widget in found if widget is not None]


def _headline_measures(ground: Ground) -> list[Measure]:
    """What the dashboard is about: named measures first; the count of rows where rows are events."""
    named = [name for name in ground.measures if name in ground.focus]
    others = [name for name in ground.measures if name not in named]
    measures = [measure_of(ground, name) for name in [*named, *others]]
    if not _rows_are_events(ground) and measures:
        return measures
    count = measure_of(ground, None)
    first = 0 if ground.rows_named else len(named)
    return [*measures[:first], count, *measures[first:]]


def _rows_are_events(ground: Ground) -> bool:
    """Several rows for a time, and no panel: then how many there are is a number worth showing."""
    if ground.are_readings or ground.panel is not None:
        return False
    dated = ground.time is not None and is_date(ground.column(ground.time))
    if ground.naming is not None and ground.measures and not (ground.rows_named and dated):
        return False
    if ground.time is None:
        return True
    unit = ground.time_unit(ground.time)
    column = ground.column(ground.time)
    return not column.unique and (unit is None or column.rows > 1.05 * column.distinct)


def _time(ground: Ground, unit: TimeUnit | None = None) -> Dimension | None:
    """The time that the dashboard runs along; not the birthdays of people that each have a row."""
    if ground.time is None or ground.frame.repeats(ground.time) or ground.column(ground.time).distinct < 3:
        return None
    return ground.time_dimension(ground.time, unit)


def _tiles(asked: Asked, ground: Ground, measures: list[Measure]) -> list[Widget]:
    time = _time(ground)
    if time is not None and time.time_unit is not None:
        time = ground.tile_dimension(time.column)
    why = "One of the main numbers of the data."
    if time is not None:
        why += " The last full period is shown against the one before."
    tiles: list[Widget] = []
    for measure in measures[:MAX_TILES]:
        reason = (
            why.replace("One of the main numbers of the data", "A number that the question names")
            if measure.column in ground.focus
            else why
        )
        tiles.append(charting.metric(ground, measure, time, asked.where, reason))
    if len(tiles) == 1:
        tiles += _second_tile(asked, ground, measures[0], time)
    return tiles


def _second_tile(asked: Asked, ground: Ground, first: Measure, time: Dimension | None) -> list[Widget]:
    """How many rows or entities the one number is about."""
    entity = ground.panel.entity if ground.panel else None
    if entity is not None and all(condition.column != entity for condition in asked.where):
        why = f"How many there are: {lower_first(ground.label(entity))}."
        return [charting.metric(ground, measure_of(ground, entity, "distinct"), None, asked.where, why)]
    if entity is None and first.column is not None:
        return [
            charting.metric(ground, measure_of(ground, None), time, asked.where, "On how many rows the numbers rest.")
        ]
    return []


def _trends(asked: Asked, ground: Ground, measures: list[Measure]) -> list[Widget]:
    time = _time(ground)
    if time is None or (measures[0].column is None and ground.column(time.column).unique):
        return []
    color = _line_color(asked, ground, time)
    first = charting.line(ground, time, measures[0], color, asked.where, _trend_reason(ground, measures[0], color))
    named = [measure for measure in measures[1:] if measure.column in ground.focus]
    second = (named or ([] if color else measures[1:2]))[:1]
    more: list[Widget] = [
        charting.line(ground, time, measure, color, asked.where, _trend_reason(ground, measure, color))
        for measure in second
    ]
    return [first, *more]


def _trend_reason(ground: Ground, measure: Measure, color: Dimension | None) -> str:
    by = f", each {lower_first(ground.label(color.column))} with its own line" if color else ""
    label = lower_first(titles.of_measure(ground, measure))
    return f"The data has times, so the course of {label} is shown first{by}."


def _line_color(asked: Asked, ground: Ground, time: Dimension) -> Dimension | None:
    """A category of few values; one that was named may have more, of which the largest are shown."""
    fixed = {condition.column for condition in asked.where if condition.operator == "="}
    named = [name for name in ground.categories if name in ground.focus and name not in fixed]
    names = [name for name in [*named, *ground.few] if name != time.column and name not in fixed]
    names = [name for name in names if not is_number(ground.column(name)) or name in named]
    if ground.column(time.column).unique:
        names = [name for name in names if name in named]
    return Dimension(column=names[0]) if names else None


def _breakdowns(asked: Asked, ground: Ground, measures: list[Measure]) -> list[Widget]:
    """The first measure by the best categories: entities of a panel in its last period."""
    names = [name for name in ground.categories if not _mapped(ground, name)]
    if ground.panel is not None:
        names = list(dict.fromkeys([*(n for n in names if n in ground.focus), ground.panel.entity, *names]))
    elif ground.naming is not None and not names and measures[0].column:
        names = [ground.naming]
    fixed = {condition.column for condition in asked.where if condition.operator == "="}
    names = [name for name in names if name not in fixed and name != ground.time]
    found: list[Widget] = []
    for name in names[:2]:
        where = asked.where + (ground.latest if measures[0].column or ground.panel else ())
        found.append(_breakdown(ground, name, measures[0], where))
    return found


def _compared(asked: Asked, ground: Ground, measures: list[Measure]) -> list[Widget]:
    """A category was named but no measure: all foremost measures by that category."""
    named = [name for name in ground.categories if name in ground.focus]
    if not named or any(name in ground.focus for name in ground.measures) or not ground.measures:
        return []
    label = lower_first(ground.label(named[0]))
    return [
        charting.bar(
            ground,
            Dimension(column=named[0]),
            measure,
            where=asked.where + (ground.latest if measure.column or ground.panel else ()),
            why=f"The question names {label}, so the main numbers are compared by it.",
        )
        for measure in measures[:4]
    ]


def _mapped(ground: Ground, name: str) -> bool:
    """Places that the map will show already."""
    return (
        ground.column(name).place in ("country", "us_state")
        and ground.column(name).distinct > MANY_CATEGORIES
        and ground.panel is None
    )


def _breakdown(ground: Ground, name: str, measure: Measure, where: tuple[Condition, ...]) -> BarWidget:
    label = lower_first(ground.label(name))
    period = (
        f" in the last period ({ground.latest_text})" if ground.latest_text and where[-1:] == ground.latest[-1:] else ""
    )
    why = f"Compares {lower_first(titles.of_measure(ground, measure))} by {label}{period}."
    return charting.bar(ground, Dimension(column=name), measure, where=where, why=why)


def _places(asked: Asked, ground: Ground, measures: list[Measure]) -> Widget | None:
    measure = measures[0]
    if measure.column is None:
        points = maps.point_map(ground, None, asked.where, "The data has coordinates, so a map shows where things are.")
        if points is not None:
            return points
    where = asked.where + (ground.latest if measure.column else ())
    found = maps.place_map(
        ground, measure, where, "The data names places, so a map shows where values are high and low."
    )
    if found is not None:
        return found
    name = next((m.column for m in measures if m.column), None)
    return maps.point_map(ground, name, asked.where, "The data has coordinates, so a map shows where things are.")


def _relationship(asked: Asked, ground: Ground) -> Widget | None:
    """The two foremost measures against each other."""
    y = next((name for name in ground.measures if ground.column(name).distinct >= 8), None)
    x = ground.partner(y) if y else None
    if x is None or y is None:
        return None
    color = next((Dimension(column=name) for name in ground.few if name not in (x, y)), None)
    labels = f"{lower_first(ground.label(y))} and {lower_first(ground.label(x))}"
    why = f"Shows whether {labels} go together."
    entity = ground.naming or (ground.panel.entity if ground.panel else None)
    detail = Dimension(column=entity) if entity else None
    where = asked.where + ground.latest
    return charting.scatter(
        ground, raw_measure(ground, x), raw_measure(ground, y), color=color, detail=detail, where=where, why=why
    )


def _distribution(asked: Asked, ground: Ground) -> Widget | None:
    name = next((n for n in ground.measures if ground.column(n).distinct >= 8), None)
    if name is None or ground.effective_rows(asked.where + ground.latest) < 12:
        return None
    why = f"Averages hide the spread: how many rows have which {lower_first(ground.label(name))}."
    return charting.histogram(ground, name, None, asked.where + ground.latest, why)


def _rhythm(asked: Asked, ground: Ground, measures: list[Measure]) -> Widget | None:
    """A category against the month of the year, where the data is fine enough to have seasons."""
    time = ground.time
    if time is None or ground.panel is not None or not is_date(ground.column(time)):
        return None
    times = ground.column(time).times
    if times is None or times.grain not in ("day", "week", "month") or times.periods < 24 or ground.rows < 100:
        return None
    season = Dimension(column=time, time_unit="month_of_year")
    row = next((n for n in ground.categories if ground.column(n).distinct <= MANY_CATEGORIES), None)
    why = "Dates are fine enough to show which months are high and low."
    if row is None:
        return charting.bar(ground, season, measures[0], where=asked.where, why=why)
    return charting.heatmap(ground, season, Dimension(column=row), measures[0], asked.where, why)


def _spread(asked: Asked, ground: Ground) -> Widget | None:
    """Quartiles of the second measure for few groups, where each has enough rows."""
    names = [n for n in ground.measures if ground.column(n).distinct >= 8]
    group = next((n for n in ground.categories if ground.column(n).distinct <= FEW_GROUPS and n != ground.time), None)
    if not names or group is None or ground.panel is not None or ground.rows < 10 * ground.column(group).distinct:
        return None
    name = names[1] if len(names) > 1 else names[0]
    return charting.box(
        ground, name, group, asked.where, f"Compares the spread of {lower_first(ground.label(name))} between groups."
    )


def _table(asked: Asked, ground: Ground, measures: list[Measure]) -> Widget:
    where = asked.where + ground.latest
    values = measures[:5]
    large = next((n for n in ground.categories if ground.column(n).distinct > FEW_PARTS and n != ground.time), None)
    if large is not None and ground.panel is None and ground.naming is None and ground.rows > 50:
        return tables.groups_table(
            ground, [Dimension(column=large)], values, where=where, why="The same numbers to read off, group by group."
        )
    first = ground.naming or (ground.panel.entity if ground.panel else None)
    names = [first] if first else []
    names += [
        name
        for name in [*ground.focus, *ground.measures, *ground.times, *ground.categories, *ground.frame.columns]
        if name not in names
    ]
    names = list(dict.fromkeys(names))[:6]
    sort_by = next((n for n in ground.measures if n in names), None) or next(
        (n for n in ground.times if n in names), None
    )
    return tables.rows_table(ground, names, where=where, sort_by=sort_by, why="The rows behind the charts.")


def further(asked: Asked, ground: Ground) -> list[Widget]:
    """More charts that this data can bear, best first, for a person to choose from."""
    where = asked.where + ground.latest
    measures = [*(measure_of(ground, name) for name in ground.measures[:4]), measure_of(ground, None)]
    found: list[Widget] = []
    for measure in measures:
        found += _cuts(asked, ground, measure, where)
    found += [
        charting.histogram(ground, name, None, where, "How its values are spread.") for name in ground.measures[:5]
    ]
    found += _pairs(ground, where)
    count = measure_of(ground, None)
    found += [
        charting.pie(ground, Dimension(column=name), count, where, why="Shares of few parts.")
        for name in ground.few[:2]
    ]
    if ground.measures and ground.few:
        found.append(charting.box(ground, ground.measures[0], ground.few[0], where, "The spread in each group."))
    return found


def _cuts(asked: Asked, ground: Ground, measure: Measure, where: tuple[Condition, ...]) -> list[Widget]:
    time = _time(ground)
    found: list[Widget] = [
        charting.bar(
            ground,
            Dimension(column=name),
            measure,
            where=where,
            why=f"Another cut, by {lower_first(ground.label(name))}.",
        )
        for name in ground.categories[:4]
    ]
    if time is not None:
        found.append(charting.line(ground, time, measure, None, asked.where, "Another course over time."))
    return found


def _pairs(ground: Ground, where: tuple[Condition, ...]) -> list[Widget]:
    names, why = ground.measures[:5], "Whether the two go together."
    return [
        charting.scatter(ground, raw_measure(ground, other), raw_measure(ground, name), where=where, why=why)
        for index, name in enumerate(names[:4])
        for other in names[index + 1 :]
    ]
