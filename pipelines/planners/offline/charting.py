"""Charting: one function a chart. Each knows when its chart says something, and gives None when it does not."""

from __future__ import annotations

from ...model import (
    AreaWidget,
    BarWidget,
    BoxWidget,
    Condition,
    Dimension,
    HeatmapWidget,
    HistogramWidget,
    Limit,
    LineWidget,
    Measure,
    MetricWidget,
    ParameterValue,
    PieWidget,
    Position,
    ScatterWidget,
    Sort,
    Widget,
)
from . import titles
from .ground import FEW_GROUPS, FEW_PARTS, MANY_CATEGORIES, Ground, capital, lower_first
from .measuring import good_direction, raw_measure
from .said import is_date, is_number, is_year

NOWHERE = Position(x=0, y=0, width=12, height=1)
"""Placed later, by the layout."""
RANKING = ParameterValue(parameter="ranking_length")
BINS = 20


MOST_COLORS = 40
"""As many as checking allows; the page groups the small ones."""
LOG_DECADES = 3


def line(
    ground: Ground,
    x: Dimension,
    y: Measure,
    color: Dimension | None = None,
    where: tuple[Condition, ...] = (),
    why: str = "",
) -> LineWidget:
    """A value along time; more lines than can be told apart are cut to the largest."""
    many = color is not None and color.bins is None and ground.values_of(color.column, where) > FEW_PARTS
    return LineWidget(
        id=ground.identifier(*name_of(y), "by", x.column, *([color.column] if color else [])),
        title=titles.grouped(ground, y, x, color),
        subtitle=titles.subtitle(
            ground, y, _per(ground, y, x), f"the {FEW_PARTS} largest" if many else None, where=where
        ),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        y=y,
        color=color,
        zero=y.aggregate in ("count", "sum"),
        limit=FEW_PARTS if many else None,
    )


def name_of(measure: Measure) -> tuple[str, ...]:
    return (measure.column,) if measure.column else ("count",)


def _per(ground: Ground, y: Measure, x: Dimension) -> str | None:
    if y.aggregate not in ("count", "sum"):
        return None
    return titles.unit_text(x) or ("a year" if is_year(ground.column(x.column)) else None)


def bar(
    ground: Ground,
    x: Dimension,
    y: Measure,
    color: Dimension | None = None,
    *,
    where: tuple[Condition, ...] = (),
    sort: Sort | None = None,
    limit: Limit | None = None,
    stack: str = "stacked",
    why: str = "",
) -> BarWidget:
    """A value for each group: categories by value, times and ordered groups in their order, at most a dozen shown."""
    column = ground.column(x.column)
    in_order = x.time_unit is not None or x.bins is not None or column.role in ("time", "ordered") or is_date(column)
    in_order = in_order or (is_number(column) and column.role == "measure" and limit is None)
    natural = Sort(by="x", order="ascending") if in_order else Sort(by="y", order="descending")
    if (
        limit is None
        and x.bins is None
        and x.time_unit is None
        and column.distinct > (60 if in_order else MANY_CATEGORIES)
    ):
        limit = RANKING
    grouped = stack == "grouped" or (color is not None and not _adds_up(y))
    shown = "the largest" if limit is not None and (sort or natural).by == "y" else None
    return BarWidget(
        id=ground.identifier(*name_of(y), "by", x.column, *([color.column] if color else [])),
        title=titles.grouped(ground, y, x, color),
        subtitle=titles.subtitle(ground, y, _per(ground, y, x), shown and _shown_groups(sort or natural), where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        y=y,
        color=color,
        stack="normalized" if stack == "normalized" and not grouped else "grouped" if grouped else "stacked",
        sort=sort or natural,
        limit=limit,
        others=_adds_up(y) and (sort or natural).order == "descending",
    )


def _shown_groups(sort: Sort) -> str:
    return "largest first" if sort.order == "descending" else "smallest first"


def _adds_up(y: Measure) -> bool:
    return y.aggregate in ("count", "sum")


def pie(
    ground: Ground, x: Dimension, y: Measure, where: tuple[Condition, ...] = (), sort: Sort | None = None, why: str = ""
) -> PieWidget:
    """Shares; more parts than can be told apart are cut to the largest."""
    many = ground.column(x.column).distinct > FEW_PARTS and x.time_unit is None
    title = f"{titles.of_measure(ground, y)} by {titles.of_dimension(ground, x)}"
    return PieWidget(
        id=ground.identifier(*name_of(y), "share", x.column),
        title=title[:255],
        subtitle=titles.subtitle(ground, y, "share of the total" if _adds_up(y) else None, where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        y=y,
        sort=sort or Sort(by="y", order="descending"),
        limit=MANY_CATEGORIES if many and ground.column(x.column).distinct > MANY_CATEGORIES else None,
    )


def area(
    ground: Ground, x: Dimension, y: Measure, color: Dimension | None, where: tuple[Condition, ...] = (), why: str = ""
) -> AreaWidget:
    many = color is not None and ground.column(color.column).distinct > FEW_PARTS
    return AreaWidget(
        id=ground.identifier(*name_of(y), "area", x.column),
        title=titles.grouped(ground, y, x, color),
        subtitle=titles.subtitle(ground, y, _per(ground, y, x), where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        y=y,
        color=color,
        limit=FEW_PARTS if many else None,
    )


def scatter(
    ground: Ground,
    x: Measure,
    y: Measure,
    *,
    color: Dimension | None = None,
    detail: Dimension | None = None,
    size: Measure | None = None,
    where: tuple[Condition, ...] = (),
    why: str = "",
) -> ScatterWidget:
    """Two measures; a dot a row, or a dot a group when they are aggregated."""
    per = f"one dot for each {titles.of_dimension(ground, detail)}" if detail and x.aggregate else None
    return ScatterWidget(
        id=ground.identifier(*name_of(y), "and", *name_of(x)),
        title=capital(f"{titles.of_measure(ground, y)} and {lower_first(titles.of_measure(ground, x))}")[:255],
        subtitle=titles.subtitle(
            ground, None, per or f"one dot for each of the {ground.entity_nouns(where)}", where=where
        ),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        y=y,
        color=color,
        size=size,
        detail=detail,
        x_scale="log" if _log_helps(ground, x) else "linear",
        y_scale="log" if _log_helps(ground, y) else "linear",
    )


def _log_helps(ground: Ground, measure: Measure) -> bool:
    """All values above zero, over three decades, crowded at the low end: else a straight scale reads better."""
    numbers = ground.column(measure.column).numbers if measure.column else None
    if numbers is None or measure.aggregate in ("count", "distinct") or numbers.min <= 0:
        return False
    return numbers.max / numbers.min >= 10**LOG_DECADES and numbers.skew > 1.5


def histogram(
    ground: Ground, name: str, color: Dimension | None = None, where: tuple[Condition, ...] = (), why: str = ""
) -> HistogramWidget:
    column = ground.column(name)
    x = ground.time_dimension(name) if is_date(column) else Dimension(column=name, bins=BINS)
    if x.time_unit is None and x.bins is None:
        x = Dimension(column=name, time_unit="year")
    return HistogramWidget(
        id=ground.identifier(name, "distribution"),
        title=f"Distribution of {lower_first(ground.label(name))}"[:255],
        subtitle=titles.subtitle(ground, None, f"Number of {ground.entity_nouns(where)}", where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        color=color,
    )


def box(ground: Ground, name: str, group: str | None, where: tuple[Condition, ...] = (), why: str = "") -> BoxWidget:
    y = raw_measure(ground, name)
    many = group is not None and ground.column(group).distinct > FEW_GROUPS
    by = f" by {lower_first(ground.label(group))}" if group else ""
    return BoxWidget(
        id=ground.identifier(name, "spread", group or ""),
        title=f"{capital(ground.label(name))}{by}"[:255],
        subtitle=titles.subtitle(ground, None, "Box: middle half of the values", y.unit, where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=Dimension(column=group) if group else None,
        y=y,
        limit=FEW_GROUPS if many else None,
    )


def heatmap(
    ground: Ground, x: Dimension, y: Dimension, color: Measure, where: tuple[Condition, ...] = (), why: str = ""
) -> HeatmapWidget:
    many = y.time_unit is None and ground.column(y.column).distinct > MANY_CATEGORIES
    return HeatmapWidget(
        id=ground.identifier(*name_of(color), "by", y.column, "and", x.column),
        title=f"{titles.of_measure(ground, color)} by {titles.of_dimension(ground, y)} and "
        f"{titles.of_dimension(ground, x)}"[:255],
        subtitle=titles.subtitle(ground, color, where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        x=x,
        y=y,
        color=color,
        limit=MANY_CATEGORIES if many else None,
    )


def metric(
    ground: Ground, y: Measure, x: Dimension | None = None, where: tuple[Condition, ...] = (), why: str = ""
) -> MetricWidget:
    good = good_direction(ground.column(y.column)) if y.column and y.aggregate not in ("count", "distinct") else None
    return MetricWidget(
        id=ground.identifier(*name_of(y), "now" if x else "overall"),
        title=titles.of_measure(ground, y)[:255],
        subtitle=titles.subtitle(ground, y, where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        y=y,
        x=x,
        good="up" if good == "up" else "down" if good == "down" else None,
    )


def chart_for_group(
    ground: Ground,
    x: Dimension,
    y: Measure,
    color: Dimension | None = None,
    where: tuple[Condition, ...] = (),
    why: str = "",
) -> Widget:
    """The chart that fits when none was named: a line along time, else bars."""
    column = ground.column(x.column)
    cyclic = x.time_unit in ("month_of_year", "day_of_week", "hour_of_day")
    if (column.role == "time" or is_date(column)) and not cyclic and column.distinct > 2:
        return line(ground, x, y, color, where, why)
    if is_number(column) and column.role == "measure" and column.distinct > 30:
        x = Dimension(column=x.column, bins=BINS)
    return bar(ground, x, y, color, where=where, why=why)
