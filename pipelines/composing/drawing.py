"""Drawing: each widget of a plan as the code of its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ...notebook_templates.naming import Names, plain
from ...notebook_templates.parts import Amount, Card, Group
from ...notebook_templates.source import Code, literal
from ...notebook_templates.widgets.area import area
from ...notebook_templates.widgets.bar import Bars, Order, bar
from ...notebook_templates.widgets.box import box
from ...notebook_templates.widgets.heatmap import heatmap
from ...notebook_templates.widgets.histogram import histogram
from ...notebook_templates.widgets.line import line
from ...notebook_templates.widgets.map import places
from ...notebook_templates.widgets.metric import metric
from ...notebook_templates.widgets.pie import pie
from ...notebook_templates.widgets.points import points
from ...notebook_templates.widgets.scatter import scatter
from ...notebook_templates.widgets.table import Shown, groups_table, rows_table
from ...notebook_templates.widgets.text import text
from ..geography import Level
from ..model import (
    AreaWidget,
    BarWidget,
    BoxWidget,
    Column,
    Dimension,
    HeatmapWidget,
    HistogramWidget,
    Limit,
    LineWidget,
    MapWidget,
    Measure,
    MetricWidget,
    ParameterValue,
    PieWidget,
    Plan,
    ScatterWidget,
    TableWidget,
    TextWidget,
    Widget,
)
from . import conditions, labels
from .amounts import Forms, amount, number_form
from .frame import Frame
from .frames import Frames
from .groups import PERIODS, Palette, as_names, group
from .places import numbers as place_numbers
from .places import outlines

MOST_BARS = 12
"""Names in one ranking: more are not read. The rest goes together as "Other"."""
MOST_PARTS = 5
MOST_LINES = 40
_NAME_LENGTH = 18
"""Characters of a widget's variables: its id, cut between words."""
ROW_HEIGHT = 64
"""Pixels of one row of the plan's grid."""
_CHARTS = ("areas", "bars", "borders", "boxes", "cells", "dots", "lines", "medians", "ring", "shapes", "whiskers")
_ROUND = ("axis", "card", "key", "names", "numbers", "scales", "tile", "values", "view", "whole", "x_axis", "y_axis")
FORMS = ("{}", "update_{}", *(f"{{}}_{part}" for part in _CHARTS + _ROUND))
"""Every variable that a widget of some type makes of its name."""


@dataclass(frozen=True)
class Canvas:
    """What all widgets of a page share."""

    plan: Plan
    frames: Frames
    forms: Forms
    palette: Palette
    names: Names
    parameters: Mapping[str, Code]
    spans: Mapping[str, int]
    place_values: Mapping[str, tuple[str, ...]]
    place_ids: dict[tuple[str, str], Code]

    def limit(self, limit: Limit | None, otherwise: int) -> int | Code:
        if isinstance(limit, ParameterValue):
            return self.parameters[limit.parameter]
        return otherwise if limit is None else limit

    def card(self, widget: Widget, subtitle: str | Code) -> Card:
        frame = self.frames[widget.frame] if widget.frame is not None else None
        return Card(
            id=widget.id,
            name=self.names.take(plain(widget.id, most=_NAME_LENGTH), FORMS, otherwise=f"{{}}_{widget.type}"),
            kind=widget.type,
            title=widget.title,
            subtitle=subtitle,
            span=self.spans.get(widget.id, 12),
            height=min(max(widget.position.height * ROW_HEIGHT, 160), 720),
            where=tuple(conditions.test(item, frame, Code("chosen"), self.parameters) for item in widget.where)
            if frame
            else (),
        )

    def coloured(self, dimension: Dimension, frame: Frame, by: Amount, lines: bool = False) -> Group:
        """The grouping by colour, with the page's colours for its names; `lines` keep their names however many."""
        names = as_names(group(dimension, frame, self.forms, use="name"), frame)
        column = frame.column(dimension.column)
        leading = self.leading(frame.name, dimension.column)
        by = amount(leading, frame, self.forms) if leading else by
        wish = f"{frame.short[dimension.column]}_colours".upper()
        colours = self.palette.colours(
            frame, names, column, by, lambda: self.names.take(wish, otherwise=f"{frame.variable}_{{}}".upper())
        )
        return replace(names, colours=colours, parts="" if lines else self.palette.parts(frame, names, column))

    def parts(self, dimension: Dimension | None, frame: Frame, by: Amount, lines: bool = False) -> Group | None:
        """The grouping by colour of a widget that may go without."""
        return None if dimension is None else self.coloured(dimension, frame, by, lines)

    def leading(self, frame: str, column: str) -> Measure | None:
        """What decides which names of a column get a colour: an amount that adds up, as large parts matter."""
        measures = [
            widget.y
            for widget in self.plan.widgets
            if isinstance(widget, LineWidget | AreaWidget | BarWidget | PieWidget)
            and widget.frame == frame
            and (widget.x if isinstance(widget, PieWidget) else widget.color or widget.x).column == column
            and (isinstance(widget, PieWidget) or widget.color is not None)
        ]
        adding = [measure for measure in measures if measure.aggregate in ("sum", "count")]
        return next(iter([*adding, *measures]), None)


def draw(widget: Widget, canvas: Canvas) -> tuple[Card, Code]:
    """The card and the source of a widget's cell."""
    emit: Callable[..., tuple[Card, Code]] = _EMITTERS[type(widget)]
    return emit(widget, canvas)


def _line(widget: LineWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    x, y = group(widget.x, frame, canvas.forms), amount(widget.y, frame, canvas.forms)
    color = canvas.parts(widget.color, frame, y, lines=True)
    log = widget.y_scale == "log"
    subtitle = labels.subtitle(widget, y, x, color, log)
    limit = (
        canvas.limit(widget.limit, MOST_LINES)
        if widget.limit is not None or _many(widget.color, frame, MOST_LINES)
        else None
    )
    card = canvas.card(widget, subtitle)
    return card, line(card, x, y, color, log, widget.zero, limit)


def _many(dimension: Dimension | None, frame: Frame, most: int) -> bool:
    return dimension is not None and frame.column(dimension.column).distinct > most


def _area(widget: AreaWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    x, y = group(widget.x, frame, canvas.forms), amount(widget.y, frame, canvas.forms)
    color = canvas.parts(widget.color, frame, y)
    if color:
        color = replace(color, column=color.parts)
    normalized = widget.stack == "normalized" and color is not None
    card = canvas.card(widget, labels.subtitle(widget, y, x, color, share=normalized))
    limit = None
    if isinstance(widget.limit, ParameterValue) or (widget.limit is not None and widget.limit < MOST_PARTS):
        limit = canvas.limit(widget.limit, MOST_PARTS)
    return card, area(card, x, y, color, canvas.forms.share if normalized else None, limit)


def _bar(widget: BarWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    codes = frame.column(widget.x.column).role in ("category", "identifier")
    x = group(widget.x, frame, canvas.forms, use="name" if codes else "axis")
    y = amount(widget.y, frame, canvas.forms)
    color = canvas.parts(widget.color, frame, y)
    own = x.ordered or x.kind != "category"
    horizontal = widget.orientation == "horizontal" or (widget.orientation == "auto" and not own)
    limit: int | Code | None = None
    if widget.limit is not None or (not own and _many(widget.x, frame, MOST_BARS)):
        limit = canvas.limit(widget.limit, MOST_BARS)
    order = _order(widget, own)
    normalized = widget.stack == "normalized" and color is not None
    bars = Bars(horizontal, order, widget.stack, limit, widget.others, canvas.forms.share if normalized else None)
    cut = None
    if order in ("largest", "smallest") and (isinstance(limit, Code) or (limit and _many(widget.x, frame, limit))):
        cut = (order, limit)
    card = canvas.card(widget, labels.subtitle(widget, y, x, color, share=normalized, cut=cut))
    return card, bar(card, x, y, color, bars)


def _order(widget: BarWidget | PieWidget, own: bool) -> Order:
    """Times and names with an order of their own keep it, unless a limit makes it a ranking."""
    by_default = widget.sort.by == "y" and widget.sort.order == "descending" and widget.limit is None
    if own and (by_default or widget.sort.by != "y"):
        return "backwards" if widget.sort.by == "x" and widget.sort.order == "descending" else "own"
    if widget.sort.by == "y":
        return "largest" if widget.sort.order == "descending" else "smallest"
    if widget.sort.by == "none":
        return "data"
    return "own" if widget.sort.order == "ascending" else "backwards"


def _pie(widget: PieWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    y = amount(widget.y, frame, canvas.forms)
    x = canvas.coloured(widget.x, frame, y, lines=True)
    limit = canvas.limit(widget.limit, MOST_PARTS)
    card = canvas.card(widget, labels.subtitle(widget, y, None, None))
    return card, pie(card, x, y, _order(widget, x.ordered), limit)


def _scatter(widget: ScatterWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    x, y = amount(widget.x, frame, canvas.forms), amount(widget.y, frame, canvas.forms)
    size = amount(widget.size, frame, canvas.forms) if widget.size else None
    color = canvas.parts(widget.color, frame, Amount(None, "count", "", canvas.forms.whole))
    detail = group(widget.detail, frame, canvas.forms, use="name") if widget.detail else None
    logs = (widget.x_scale == "log", widget.y_scale == "log")
    card = canvas.card(widget, labels.scatter(widget, x, y, size, detail, logs))
    return card, scatter(card, x, y, color, size, detail, logs)


def _heatmap(widget: HeatmapWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    x, y = group(widget.x, frame, canvas.forms), group(widget.y, frame, canvas.forms)
    color = amount(widget.color, frame, canvas.forms)
    limit = canvas.limit(widget.limit, 24 if y.ordered else MOST_BARS)
    card = canvas.card(widget, labels.subtitle(widget, color, None, None))
    return card, heatmap(card, x, y, color, limit)


def _histogram(widget: HistogramWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    rows = Amount(None, "count", labels.capital(frame.rows_noun), canvas.forms.whole, adds=True, whole=True)
    color = canvas.parts(widget.color, frame, rows)
    column = frame.column(widget.x.column)
    if widget.x.bins is None or column.type not in ("integer", "number"):
        x = group(widget.x, frame, canvas.forms)
        card = canvas.card(widget, labels.subtitle(widget, rows, x, color))
        return card, bar(card, x, rows, color, Bars(horizontal=False, order="own"))
    x = Group(
        frame.short[widget.x.column],
        widget.x.title or column.label,
        "number",
        form=canvas.forms.name(number_form(column)),
        whole=column.type == "integer",
    )
    card = canvas.card(widget, labels.histogram(widget, rows, x, column))
    return card, histogram(card, x, color, rows, widget.x.bins, _long_tail(column))


def _long_tail(column: Column) -> bool:
    """Whether a few values are so far out that all others would share one bar."""
    numbers = column.numbers
    if numbers is None:
        return False
    spread = numbers.upper_quartile - numbers.lower_quartile
    return numbers.max > numbers.upper_quartile + 12 * spread if spread > 0 else numbers.skew > 5


def _box(widget: BoxWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    x = group(widget.x, frame, canvas.forms) if widget.x else None
    y = amount(widget.y, frame, canvas.forms)
    card = canvas.card(widget, labels.box(widget, y))
    return card, box(card, x, y, canvas.limit(widget.limit, MOST_BARS), f"All {frame.rows_noun}")


def _metric(widget: MetricWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    y = amount(widget.y, frame, canvas.forms)
    dimension = widget.x
    if (
        dimension is not None
        and dimension.time_unit is None
        and frame.column(dimension.column).type in ("date", "datetime")
    ):
        times = frame.column(dimension.column).times
        unit = times.grain if times and times.grain in PERIODS else "day"
        dimension = dimension.model_copy(update={"time_unit": unit})
    x = group(dimension, frame, canvas.forms) if dimension else None
    card = canvas.card(widget, "")
    card = replace(card, title=labels.with_unit(widget.title, y.unit))
    return card, metric(card, y, x, times_of(x, dimension, frame), widget.good)


def times_of(x: Group | None, dimension: Dimension | None, frame: Frame) -> Code | None:
    """The column whose coverage says which periods are whole; none where periods are numbers or finer than a day."""
    if x is None or dimension is None or x.kind != "period" or dimension.time_unit is None:
        return None
    return Code(f"{frame.variable}[{literal(frame.short[dimension.column])}]")


def _table(widget: TableWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    ascending = widget.order == "ascending"
    limit = canvas.limit(widget.limit, 10)
    if widget.show:
        shown = [_shown(column, frame, canvas.forms) for column in widget.show]
        by = frame.short[widget.sort_by] if widget.sort_by else None
        head = frame.column(widget.sort_by).label if widget.sort_by else None
        card = canvas.card(widget, labels.table(widget, frame, limit, head))
        return card, rows_table(card, shown, by, ascending, limit)
    by_groups = [group(dimension, frame, canvas.forms) for dimension in widget.by]
    values = labels.distinct_titles([amount(measure, frame, canvas.forms) for measure in widget.values])
    sort_by = _sorted_by(widget, by_groups, values)
    head = sort_by if sort_by in {value.title for value in values} else None
    card = canvas.card(widget, labels.table(widget, frame, limit, head))
    return card, groups_table(card, by_groups, values, sort_by, ascending, limit)


def _shown(column: str, frame: Frame, forms: Forms) -> Shown:
    known = frame.column(column)
    title = labels.with_unit(
        known.label, "" if number_form(known).before or number_form(known).after else known.unit or ""
    )
    return Shown(frame.short[column], title, forms.of_column(known))


def _sorted_by(widget: TableWidget, groups: list[Group], values: list[Amount]) -> str | None:
    if widget.sort_by is None:
        return values[0].title if values else None
    for dimension, item in zip(widget.by, groups, strict=True):
        if dimension.column == widget.sort_by:
            return item.column
    for measure, value in zip(widget.values, values, strict=True):
        if widget.sort_by in (measure.title, measure.column):
            return value.title
    return values[0].title if values else None


def _map(widget: MapWidget, canvas: Canvas) -> tuple[Card, Code]:
    frame = canvas.frames[str(widget.frame)]
    if widget.level == "point" or widget.x is None or widget.color is None:
        return _points(widget, frame, canvas)
    x, color = group(widget.x, frame, canvas.forms, use="name"), amount(widget.color, frame, canvas.forms)
    level: Level = "country" if widget.level == "country" else "us_state"
    ids = _place_ids(level, widget.x, frame, canvas)
    card = canvas.card(widget, labels.map_subtitle(widget, color))
    return card, places(card, level, x, color, ids)


def _place_ids(level: Level, x: Dimension, frame: Frame, canvas: Canvas) -> Code:
    """The variable with the shape of each name, made once for each column."""
    key = (frame.name, x.column)
    if key not in canvas.place_ids:
        column = frame.column(x.column)
        values = canvas.place_values.get(column.name) or tuple(str(value.value) for value in column.values)
        variable = canvas.names.take(f"{frame.short[x.column]}_shapes".upper())
        frame.prepared.append(Code(f"{variable} = {literal(place_numbers(values, level))}"))
        canvas.place_ids[key] = variable
    return canvas.place_ids[key]


def _points(widget: MapWidget, frame: Frame, canvas: Canvas) -> tuple[Card, Code]:
    longitude, latitude = str(widget.longitude), str(widget.latitude)
    measures = {"colour": widget.color, "size": widget.size}
    amounts = {key: amount(measure, frame, canvas.forms) for key, measure in measures.items() if measure}
    detail = group(Dimension(column=widget.detail), frame, canvas.forms, use="name") if widget.detail else None
    files, shape = outlines(frame.column(longitude), frame.column(latitude))
    card = canvas.card(widget, labels.points(widget, frame, amounts.get("colour"), amounts.get("size")))
    position = (frame.short[longitude], frame.short[latitude])
    return card, points(card, frame.variable, position, amounts, detail, files, shape, many=frame.rows > 500)


def _text(widget: TextWidget, canvas: Canvas) -> tuple[Card, Code]:
    card = canvas.card(widget, widget.subtitle or "")
    return card, text(card, widget.text)


_EMITTERS: dict[type, Callable[..., tuple[Card, Code]]] = {
    LineWidget: _line,
    AreaWidget: _area,
    BarWidget: _bar,
    PieWidget: _pie,
    ScatterWidget: _scatter,
    HeatmapWidget: _heatmap,
    HistogramWidget: _histogram,
    BoxWidget: _box,
    MetricWidget: _metric,
    TableWidget: _table,
    MapWidget: _map,
    TextWidget: _text,
}
