"""Groups: the columns that rows are grouped by, derived where the data does not have them as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from ...notebook_templates.parts import Amount, Group
from ...notebook_templates.source import Code, write
from ..model import Column, Dimension
from .amounts import Forms, is_year, number_form
from .frame import Frame

PERIODS = {
    "year": ("Y", "%Y"),
    "quarter": ("Q", "Q%q %Y"),
    "month": ("M", "%b %Y"),
    "week": ("W", "%d %b %Y"),
    "day": ("D", "%d %b %Y"),
    "hour": ("h", "%d %b %Y %H:%M"),
}
_GRAINS = ["year", "quarter", "month", "week", "day", "hour"]
_TITLES = {
    "year": "Year", "quarter": "Quarter", "month": "Month", "week": "Week of", "day": "Day", "hour": "Hour",
    "month_of_year": "Month", "day_of_week": "Day of the week", "hour_of_day": "Hour of the day",
}  # fmt: skip
PARTS = 4
"""Colours that can be told apart, also by colour-blind people; further names are grey."""

Use = Literal["axis", "name"]


class Palette:
    """The page's colours: one for each name of a column, the same in every chart."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Code] = {}

    def colours(self, frame: Frame, names: Group, column: Column, by: Amount, take: Callable[[], Code]) -> Code:
        """The variable with the colours of a column."""
        key = (frame.name, names.column)
        if key not in self._known:
            self._known[key] = take()
            frame.prepared.append(self._assigned(self._known[key], frame, names, column, by))
        return self._known[key]

    def _assigned(self, name: Code, frame: Frame, names: Group, column: Column, by: Amount) -> Code:
        few = _few_names(column)
        if few is None:
            value = by.of([names.column], frame.variable)
            return write(
                "$name = dict(zip($value.nlargest($count).index, SERIES))", name=name, value=value, count=PARTS
            )
        series = [Code("BLUE"), Code("ORANGE"), Code("GREEN"), Code("PINK")]
        colours = dict(zip(few, series, strict=False))
        if few == ["Yes", "No"]:
            colours["No"] = Code("GREY")
        return write("$name = $colours", name=name, colours=colours)

    def parts(self, frame: Frame, names: Group, column: Column) -> str:
        """The column where names without a colour are "Other"; the same one where there is at most one such name."""
        if _few_names(column) is not None or (column.distinct == PARTS + 1 and column.type == "text"):
            return names.column
        return frame.derive(
            ("parts", names.column),
            f"{names.column}_group",
            lambda short: write(
                """
                $colours["Other"] = GREY
                $frame[$short] = $frame[$column].map(
                    lambda name: name if name in $colours else "Other", na_action="ignore"
                )
                """,
                colours=self._known[frame.name, names.column],
                frame=frame.variable,
                short=short,
                column=names.column,
            ),
        )


def _few_names(column: Column) -> list[str] | None:
    """All names of a column, where there are few enough for a colour each."""
    if column.type == "boolean":
        return ["Yes", "No"]
    if column.type != "text" or not 0 < column.distinct <= PARTS:
        return None
    if column.order:
        return list(column.order)
    names = [str(value.value) for value in column.values if value.value is not None]
    return names if len(names) == column.distinct else None


def as_names(names: Group, frame: Frame) -> Group:
    """A grouping whose groups are texts: periods as they are written."""
    if names.kind != "period":
        return names
    short = frame.derive(
        ("text", names.column),
        f"{names.column}_name",
        lambda short: write(
            "$frame[$short] = $frame[$column]$quarter.dt.strftime($text)",
            frame=frame.variable,
            short=short,
            column=names.column,
            quarter=Code('.dt.to_period("Q")' if names.freq == "Q" else ""),
            text=names.text,
        ),
    )
    return Group(short, names.title, "category", missing=names.missing)


def group(dimension: Dimension, frame: Frame, forms: Forms, use: Use = "axis") -> Group:
    """A dimension as the notebook has it. As a "name" numbers become texts; on an "axis" they stay in order."""
    column = frame.column(dimension.column)
    return replace(_group(dimension, column, frame, forms, use), missing=column.missing > 0)


def _group(dimension: Dimension, column: Column, frame: Frame, forms: Forms, use: Use) -> Group:
    if dimension.time_unit is not None and column.type in ("date", "datetime"):
        return _timed(dimension, column, frame)
    if dimension.bins is not None:
        return _binned(dimension, column, frame, forms)
    if column.type in ("date", "datetime"):
        return _moments(dimension, column, frame)
    if column.type in ("integer", "number") and use == "axis":
        return Group(
            frame.short[dimension.column],
            dimension.title or column.label,
            "number",
            form=forms.name(number_form(column)),
            ordered=True,
            whole=column.type == "integer",
            years=is_year(column),
        )
    return _named(dimension, column, frame)


def _timed(dimension: Dimension, column: Column, frame: Frame) -> Group:
    unit, source = dimension.time_unit or "day", frame.short[dimension.column]
    title = dimension.title or _TITLES[unit]
    wish = unit if unit not in frame.short.values() and _only_time(frame) else f"{source}_{unit}"
    key = ("time", dimension.column, unit)
    if unit in PERIODS:
        freq, text = PERIODS[unit]
        start = {"day": "dt.normalize()", "hour": 'dt.floor("h")'}.get(unit, f'dt.to_period("{freq}").dt.start_time')
        short = frame.derive(
            key,
            wish,
            lambda short: write(
                "$frame[$short] = $frame[$column].$start",
                frame=frame.variable,
                short=short,
                column=source,
                start=Code(start),
            ),
        )
        return Group(short, title, "period", ordered=True, freq=freq, text=text, regular=_regular(column, unit))
    value, order = {
        "month_of_year": ("dt.month.map(MONTHS)", "list(MONTHS.values())"),
        "day_of_week": ("dt.day_of_week.map(DAYS)", "list(DAYS.values())"),
        "hour_of_day": (
            'dt.hour.map("{:02.0f}".format, na_action="ignore")',
            'sorted(f"{hour:02}" for hour in range(24))',
        ),
    }[unit]
    if unit == "hour_of_day":
        order = '[f"{hour:02}" for hour in range(24)]'
    short = frame.derive(
        key,
        wish,
        lambda short: write(
            "$frame[$short] = in_order($frame[$column].$value, $order)",
            frame=frame.variable,
            short=short,
            column=source,
            value=Code(value),
            order=Code(order),
        ),
    )
    return Group(short, title, "category", ordered=True)


def _only_time(frame: Frame) -> bool:
    return sum(column.type in ("date", "datetime") for column in frame.columns.values()) == 1


def _regular(column: Column, unit: str) -> bool:
    times = column.times
    if times is None or times.grain not in _GRAINS or _GRAINS.index(unit) > _GRAINS.index(times.grain):
        return False
    return times.gaps <= times.periods


def _moments(dimension: Dimension, column: Column, frame: Frame) -> Group:
    """Dates as they are."""
    grain = column.times.grain if column.times and column.times.grain in PERIODS else "day"
    freq, text = PERIODS[grain]
    if column.type == "datetime" and grain == "hour":
        freq, text = "min", "%d %b %Y %H:%M"
    return Group(
        frame.short[dimension.column], dimension.title or column.label, "period", ordered=True, freq=freq, text=text
    )


def _binned(dimension: Dimension, column: Column, frame: Frame, forms: Forms) -> Group:
    source = frame.short[dimension.column]
    whole = Code(", whole=True" if column.type == "integer" else "")
    form = forms.name(number_form(column))
    short = frame.derive(
        ("bins", dimension.column, str(dimension.bins)),
        f"{source}_class",
        lambda short: write(
            "$frame[$short] = in_bins($frame[$column], $bins, $form$whole)",
            frame=frame.variable,
            short=short,
            column=source,
            bins=dimension.bins,
            form=form,
            whole=whole,
        ),
    )
    return Group(short, dimension.title or column.label, "category", ordered=True)


def _named(dimension: Dimension, column: Column, frame: Frame) -> Group:
    source, title = frame.short[dimension.column], dimension.title or column.label
    if column.type == "boolean":
        value = Code('map({True: "Yes", False: "No"})')
    elif column.type == "integer":
        value = Code('map("{:.0f}".format, na_action="ignore")')
    elif column.type in ("number", "time"):
        value = Code('map(str, na_action="ignore")')
    elif column.order:
        frame.improve(
            source,
            lambda: write(
                "$frame[$column] = in_order($frame[$column], $order)",
                frame=frame.variable,
                column=source,
                order=list(column.order),
            ),
        )
        return Group(source, title, "category", ordered=True)
    else:
        return Group(source, title, "category", ordered=column.role == "time")
    short = frame.derive(
        ("name", dimension.column),
        f"{source}_name",
        lambda short: write(
            "$frame[$short] = $frame[$column].$value", frame=frame.variable, short=short, column=source, value=value
        ),
    )
    return Group(short, title, "category", ordered=column.type == "time")
