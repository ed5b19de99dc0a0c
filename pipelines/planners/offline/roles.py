"""Roles: which named column is measured, which one groups, which one colours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...model import Aggregate, TimeUnit
from .asked import Asked, AskedDimension, AskedMeasure
from .framing import Frame
from .items import ENTITY_SCORE, GROUP_BEFORE, Item
from .phrases import Phrases
from .said import Conditions, Said, is_date, is_number, is_year
from .vocabulary import CAUSE, DISTRIBUTION, PLACE, RELATION, SHARE, TIME_UNITS, TREND
from .words import Token

_YEAR_SAID = re.compile(r"\b(?:19|20)\d\d\b")
_UNIT_SAID = re.compile(
    r"\b(?:(?:per|by|each|every|which|what|busiest) (?:year|quarter|month|week|day|hour)|monthly|weekly"
    r"|daily|yearly|annual(?:ly)?|quarterly|hourly)\b"
)


def speaks_of_time(text: str) -> bool:
    """Whether the answer needs a time: a course, a period or a unit of time was said."""
    return bool(TREND.search(text) or _YEAR_SAID.search(text) or _UNIT_SAID.search(text))


def axis_units(text: str, words: Sequence[Token], items: Sequence[Item], spoken: Phrases) -> tuple[TimeUnit, ...]:
    """The units of time that rows are to be grouped by, as far as they were said."""
    if spoken.bin_unit:
        told = (unit for pattern, unit in TIME_UNITS if re.fullmatch(rf"(?:{pattern})s?", spoken.bin_unit))
        return tuple(told)[:1]
    starts = {token.start: i for i, token in enumerate(words)}
    taken = {i for item in items for i in range(item.said.start, item.said.end) if not is_date(item.column)}
    found: list[tuple[int, int, TimeUnit]] = []
    for pattern, unit in TIME_UNITS:
        for match in re.finditer(rf"\b(?:{pattern})\b", text):
            index = starts.get(match.start())
            if index is None or index in taken or any(a <= match.start() < b for a, b, _ in found):
                continue
            adverb = match.group().endswith("ly") or match.group() in ("annual", "daily", "seasonal")
            before = text[max(0, match.start() - 50) : match.start()]
            marked = GROUP_BEFORE.search(before) or re.search(r"\b(?:which|what|whole|the|a|into|of)\s+$", before)
            listed = found and re.search(r"\b(?:and|x|versus|vs)\s+(?:the )?$", before)
            if adverb or marked or listed:
                found.append((*match.span(), unit))
    # Of two, those that return come as a grid; else the finest pattern is meant, as it was tried first.
    return tuple(dict.fromkeys(unit for *_, unit in found))[:2]


def assigned(
    items: list[Item],
    plain_count: bool,
    text: str,
    spoken: Phrases,
    frame: Frame,
    found: Conditions,
    units: tuple[TimeUnit, ...],
) -> Asked:
    unit = next(iter(units), None)
    asked = Asked(
        frame,
        chart=spoken.chart,
        limit=spoken.limit,
        trend=bool(TREND.search(text)) or (found.years and spoken.chart in ("line", "multi_line")),
        relation=bool(RELATION.search(text)),
        cause=bool(CAUSE.search(text)),
        distribution=bool(DISTRIBUTION.search(text)),
        share=bool(SHARE.search(text)),
        place=bool(PLACE.search(text)),
    )
    count = plain_count or any(item.counted and not item.is_quantity for item in items)
    items = _with_time(items, unit, asked, frame)
    if spoken.limit or spoken.ranked:
        items = [replace(item, grouped=False, each=False) if item.is_quantity else item for item in items]
    if spoken.chart in ("scatter", "color_scatter") or (spoken.chart is None and _relates(asked, items, count)):
        related = _relationship(asked, items, count)
        if related is not None:
            return related
    return _with_grid(_grouped(asked, _with_flag(items, asked, text), count, unit), frame, units)


_CYCLES: dict[TimeUnit, TimeUnit] = {"hour": "hour_of_day", "month": "month_of_year", "day": "day_of_week"}
_GRID: tuple[TimeUnit, ...] = ("hour_of_day", "day_of_week", "month_of_year", "month", "quarter", "year")


def _with_grid(asked: Asked, frame: Frame, units: tuple[TimeUnit, ...]) -> Asked:
    """ "By weekday and hour" is a grid of two cycles of the same time."""
    if len(units) < 2 or asked.x is None or asked.color is not None or not is_date(frame.columns[asked.x.column]):
        return asked
    fine, coarse = sorted(
        (_CYCLES.get(unit, unit) for unit in units), key=lambda u: _GRID.index(u) if u in _GRID else 9
    )
    if fine not in _GRID or coarse not in _GRID or fine == coarse:
        return asked
    name = asked.x.column
    return replace(asked, x=AskedDimension(name, fine), color=AskedDimension(name, coarse))


_LIKELIHOOD = re.compile(
    r"\b(?:rates?|shares?|percent(?:age)?s?|propor?tions?|fractions?|likel\w+|chances?|probab\w+|how often|%)\b|%"
)


def _with_flag(items: list[Item], asked: Asked, text: str) -> list[Item]:
    """A column of yes and no is measured, as its share, where something else groups it ("readmission rate by ward")."""
    flags = [item for item in items if item.column.role == "boolean" and not item.colored and item.axis != "x"]
    others = [item for item in items if item not in flags]
    if not flags or any(item.is_quantity for item in others) or asked.chart in ("pie", "stacked_bar", "grouped_bar"):
        return items
    grouped = [item for item in others if item.grouped or item.each or item.is_time]
    if not grouped or (not _LIKELIHOOD.search(text) and (flags[0].grouped or flags[0].counted)):
        return items
    return [replace(item, aggregates=("mean",)) if item is flags[0] else item for item in items]


def _relates(asked: Asked, items: Sequence[Item], count: bool) -> bool:
    """Asked in words, or by naming two measures and nothing to group them by."""
    if asked.cause or (asked.relation and not asked.trend):
        return True
    measures = [item for item in items if item.is_quantity and not item.aggregates]
    grouped = any(item.grouped or item.each or item.is_time for item in items)
    return len(measures) >= 2 and not grouped and not count and not asked.trend and asked.limit is None


def _with_time(items: list[Item], unit: TimeUnit | None, asked: Asked, frame: Frame) -> list[Item]:
    """Adds the time that is meant but not named ("per month", "over the years")."""
    flowing = asked.chart in ("line", "multi_line", "area")
    grouped = any(not item.is_quantity and not item.colored for item in items)
    wants_time = unit is not None or (asked.trend and (flowing or asked.chart is None)) or (flowing and not grouped)
    if not wants_time or any(item.is_time and not item.aggregates for item in items):
        return items
    name = time_column(frame, unit)
    if name is None:
        return items
    return [*items, Item(Said(-1, -1, name, frame.columns[name]), grouped=True)]


def time_column(frame: Frame, unit: TimeUnit | None = None) -> str | None:
    """The time of the frame's rows: a date where a unit below a year is asked for, else the first time there is."""
    times = [name for name, column in frame.columns.items() if is_date(column) or is_year(column)]
    dates = [name for name in times if is_date(frame.columns[name])]
    if unit not in (None, "year"):
        return dates[0] if dates else None
    years = [name for name in times if is_year(frame.columns[name])]
    ranked = [*(n for n in dates if n not in years), *years] if unit is None else [*years, *dates]
    own = [name for name in ranked if not frame.repeats(name)]
    return next(iter([*own, *ranked]), None)


def _relationship(asked: Asked, items: list[Item], count: bool) -> Asked | None:
    """Two measures against each other; None where the question has no two."""
    measures = [
        (item, aggregate)
        for item in items
        if item.is_quantity and not item.colored
        for aggregate in item.aggregates or (None,)
    ]
    if len(measures) > 2:
        measures = [pair for pair in measures if pair[1] or not (pair[0].grouped or pair[0].each)] or measures
    taken = {id(item) for item, _ in measures}
    groups = [item for item in items if id(item) not in taken]
    if len(measures) < 2 and asked.chart in ("scatter", "color_scatter"):
        known = {item.name for item, _ in measures}
        extra = [i for i in groups if not i.colored and (is_number(i.column) or i.is_time) and i.name not in known]
        measures = sorted([*measures, *((item, None) for item in extra)], key=lambda pair: pair[0].said.start)
        groups = [item for item in groups if item not in extra]
    if len(measures) == 1 and count:
        return _count_against(asked, measures[0], groups)
    if len(measures) < 2:
        return None
    measures.sort(key=lambda pair: {"x": 0, None: 1, "y": 2}[pair[0].axis])
    (first, first_aggregate), (second, second_aggregate) = measures[:2]
    if first_aggregate and not second_aggregate and (second.grouped or second.each):
        second_aggregate = first_aggregate
        groups = [*groups, second]
    dots_are_groups = bool(first_aggregate or second_aggregate)
    color = _coloring(asked, groups, dots_are_groups=dots_are_groups)
    detail = next((item for item in groups if item is not color and item.grouped), None)
    return replace(
        asked,
        chart=asked.chart or "scatter",
        y=AskedMeasure(first.name, first_aggregate),
        other=AskedMeasure(second.name, second_aggregate),
        x=AskedDimension(detail.name) if detail else None,
        color=AskedDimension(color.name) if color else None,
    )


def _count_against(asked: Asked, measure: tuple[Item, Aggregate | None], groups: Sequence[Item]) -> Asked:
    """The count of rows against one measure: a dot for each group, or for each value of the measure."""
    (item, aggregate), counted = measure, AskedMeasure(None, "count")
    sorting = next((group for group in groups if group.colored or group.grouped), None)
    if sorting is None:
        return replace(asked, chart="scatter", y=counted, x=AskedDimension(item.name))
    other = AskedMeasure(item.name, aggregate or "mean")
    return replace(asked, chart="color_scatter", y=counted, other=other, color=AskedDimension(sorting.name))


def _coloring(asked: Asked, groups: Sequence[Item], *, dots_are_groups: bool) -> Item | None:
    """What colours the dots: said so, or a category where the chart is for us to choose."""
    said = next((item for item in groups if item.colored), None)
    if said is not None:
        return said
    if asked.chart == "scatter":
        # Beside a chart that was named, a group has to be marked as one, and dots that are groups need no colour.
        marked = () if dots_are_groups else groups
        groups = [item for item in marked if (item.grouped or item.each) and not item.is_time]
    return next((item for item in groups if _sorts_rows(item, asked)), None)


def _sorts_rows(item: Item, asked: Asked) -> bool:
    """Whether a column sorts rows into groups; one value a row only names them."""
    return asked.chart == "color_scatter" or item.column.distinct <= max(0.5 * item.column.rows, 2)


def _measure_item(items: Sequence[Item]) -> Item | None:
    """The column whose values are shown: on the y axis, with an aggregate, or the first that does not group."""
    quantities = [item for item in items if item.is_quantity and not item.colored]
    by_axis = [item for item in quantities if item.axis == "y"]
    aggregated = [item for item in quantities if item.aggregates and item.axis != "x"]
    free = [item for item in quantities if not item.each and item.axis != "x"]
    return next(iter([*by_axis, *aggregated, *free, *_last_resort(quantities, items)]), None)


def _last_resort(quantities: Sequence[Item], items: Sequence[Item]) -> list[Item]:
    """ "Regions by profit" measures the profit of regions: the one number that groups what is no number."""
    others = [item for item in items if not item.is_quantity and not item.is_time]
    by = [item for item in quantities if item.each and item.axis != "x"]
    before = others and all(not item.each and item.said.start < by[0].said.start for item in others) if by else False
    return by if len(by) == 1 and before else []


def _grouped(asked: Asked, items: list[Item], count: bool, unit: TimeUnit | None) -> Asked:
    """One measure, or the count of rows, for each value of one or two groups."""
    items = _without_ratio(items)
    measure = _measure_item(items)
    if count and measure is not None and not measure.aggregates and not measure.counted:
        measure = None if not _measure_over_count(items, measure) else measure
    rest = [item for item in items if item is not measure]
    distinct = next((item for item in rest if "distinct" in item.aggregates), None)
    counted = [item for item in rest if (item.counted and not item.each) or item is distinct]
    groups = _groups(rest, counted, asked)
    if counted and measure is None and not any(_stands_out(group, counted[0]) for group in groups if not group.colored):
        groups, distinct = [*counted, *groups], None
    if not groups and counted and measure is None:
        groups, distinct = counted[:2], None
    if measure is None and not count and any(group.said.score > ENTITY_SCORE for group in groups):
        groups = [group for group in groups if group.said.score != ENTITY_SCORE]
    y = _measure(measure, count, distinct, groups)
    if y is None and asked.chart not in (None, "table", "map") and groups and not any(i.is_quantity for i in groups):
        y = _only_groups(groups, asked)
        groups = groups[:1] if y is not None and y.column else groups
    x, color = _axes(groups, asked)
    if color is None and x is not None and asked.chart in ("stacked_bar", "grouped_bar", "multi_line"):
        color = next((item for item in counted if item is not x and item is not distinct), None)
    return replace(
        asked,
        y=y,
        x=_dimension(x, unit),
        color=_dimension(color, unit if x is None or not x.is_time else None),
    )


def _without_ratio(items: list[Item]) -> list[Item]:
    """ "Budget per pupil by district" is grouped by district: amounts to divide by are no groups."""
    others = [item for item in items if (item.grouped or item.each) and not item.is_quantity]
    amounts = [item for item in items if item.is_quantity and not item.aggregates]
    if not others or len(amounts) < 2:
        return items
    return [item for item in items if not (item in amounts[1:] and item.each and item.column.additive)]


def _stands_out(group: Item, counted: Item) -> bool:
    """Whether a column is a group beside the counted one: marked, or named before it."""
    marked = group.grouped or group.each or group.colored or group.axis is not None
    return marked or group.said.start < counted.said.start


def _measure_over_count(items: Sequence[Item], measure: Item) -> bool:
    """Whether "number" belongs to the measure itself ("number of staff")."""
    return not any(item.counted for item in items) and all(item is measure or not item.grouped for item in items)


def _groups(rest: Sequence[Item], counted: Sequence[Item], asked: Asked) -> list[Item]:
    """The groups in order of strength: on the x axis, marked by "each" or "by", then as they come."""
    groups = [item for item in rest if item not in counted]
    texts = [item for item in groups if not item.is_quantity or item.grouped or item.axis == "x"]
    order = {id(item): position for position, item in enumerate(groups)}

    def strength(item: Item) -> tuple[int, int, int, int]:
        time_first = asked.chart in (None, "line", "multi_line", "area") or asked.trend
        time_first = time_first or (item.is_time and item.said.start < 0)
        return (
            item.axis != "x",
            item.colored,
            not (time_first and item.is_time),
            0 if (item.each or item.grouped) else 1 if item.said.score >= 0.8 else 2,
        )

    return sorted(texts, key=lambda item: (*strength(item), order[id(item)]))


def _measure(measure: Item | None, count: bool, distinct: Item | None, groups: Sequence[Item]) -> AskedMeasure | None:
    if measure is not None:
        aggregate = next(iter(measure.aggregates), None)
        return AskedMeasure(measure.name, aggregate)
    if distinct is not None and distinct not in groups[:1]:
        return AskedMeasure(distinct.name, "distinct") if groups else AskedMeasure(None, "count")
    return AskedMeasure(None, "count") if count else None


def _only_groups(groups: Sequence[Item], asked: Asked) -> AskedMeasure:
    """A chart of groups alone counts rows; of two, where the second is a number, shows that number."""
    second = next(
        (item for item in groups[1:] if is_number(item.column) and not item.colored and not item.grouped), None
    )
    return AskedMeasure(second.name) if second is not None and asked.color is None else AskedMeasure(None, "count")


def _axes(groups: Sequence[Item], asked: Asked) -> tuple[Item | None, Item | None]:
    if not groups:
        return None, None
    x, rest = groups[0], groups[1:]
    if x.colored and rest:
        x, rest = rest[0], [item for item in groups if item is not rest[0]]
    colored = next((item for item in rest if item.colored), None)
    if colored is None and rest and (asked.chart in ("stacked_bar", "grouped_bar", "multi_line", "heatmap", "area")):
        colored = rest[0]
    if colored is None and rest and x.is_time and (rest[0].grouped or asked.chart in (None, "line")):
        colored = rest[0]
    if colored is None and rest and (rest[0].each or rest[0].grouped) and (x.each or x.grouped) and x.said.start >= 0:
        colored = rest[0]
    return x, colored


def _dimension(item: Item | None, unit: TimeUnit | None) -> AskedDimension | None:
    if item is None:
        return None
    fits = is_date(item.column) or (is_year(item.column) and unit == "year")
    return AskedDimension(item.name, unit if unit and fits and is_date(item.column) else None)
