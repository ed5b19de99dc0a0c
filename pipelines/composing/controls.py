"""Controls: each filter of a plan as a control, and for every frame the function that says which rows are left."""

from __future__ import annotations

import datetime as dt

from ...notebook_templates import filters
from ...notebook_templates.filters import Control
from ...notebook_templates.source import Code
from ..model import (
    ChoiceFilter,
    ChoicesFilter,
    Column,
    DateRangeFilter,
    Dimension,
    Filter,
    NumberRangeFilter,
    ParameterValue,
    Scalar,
    Times,
)
from .amounts import number_form
from .drawing import Canvas
from .frame import Frame
from .groups import PERIODS, group

_MOST_STEPS = 400
_DAYS = {"year": 365, "quarter": 91, "month": 30, "week": 7, "day": 1, "hour": 1 / 24}


class Controls:
    """All controls of a page, in the order of the plan."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._made: list[tuple[Filter, Control, dict[str, str]]] = []
        for filter_ in canvas.plan.filters:
            self._made.append((filter_, *self._control(filter_)))
        self.selections = {
            frame: canvas.names.take(f"selected_{canvas.frames[frame].variable}")
            for frame in canvas.plan.frames
            if any(frame in filter_.frames for filter_ in canvas.plan.filters)
        }

    @property
    def cell(self) -> Code:
        functions = []
        for name, selected in self.selections.items():
            frame = self._canvas.frames[name]
            narrowing = [
                control.narrowing(frame.variable, columns[name])
                for filter_, control, columns in self._made
                if name in filter_.frames
            ]
            functions.append(filters.selection(selected, frame.variable, frame.rows_noun, narrowing))
        return filters.bar([control for _, control, _ in self._made], functions)

    def _control(self, filter_: Filter) -> tuple[Control, dict[str, str]]:
        """The control, and its column in each frame."""
        canvas = self._canvas
        frames = {name: canvas.frames[name] for name in filter_.frames}
        first = next(iter(frames.values()))
        column = first.column(filter_.column)
        name = canvas.names.take(f"{filter_.id.removesuffix('_filter')}_filter")
        if isinstance(filter_, ChoiceFilter | ChoicesFilter):
            groups = {
                key: group(Dimension(column=filter_.column), frame, canvas.forms, use="name")
                for key, frame in frames.items()
            }
            shown = next(iter(groups.values()))
            columns = {key: item.column for key, item in groups.items()}
            options = canvas.names.take(_plural(first.short[filter_.column]), otherwise="{}_options")
            return self._choice(filter_, name, options, shown.column, first, shown.ordered), columns
        columns = {key: frame.short[filter_.column] for key, frame in frames.items()}
        return self._range(filter_, name, column, first), columns

    def _choice(
        self, filter_: ChoiceFilter | ChoicesFilter, name: Code, options: Code, column: str, frame: Frame, ordered: bool
    ) -> Control:
        if isinstance(filter_, ChoicesFilter):
            start = [_text(value) for value in filter_.start]
            return filters.choices(name, options, filter_.label, column, frame.variable, start, filter_.limit, ordered)
        chosen: object = None
        if isinstance(filter_.start, ParameterValue):
            chosen = self._canvas.parameters[filter_.start.parameter]
        elif filter_.start is not None:
            chosen = _text(filter_.start)
        known = {str(value.value) for value in frame.column(filter_.column).values}
        everything = "All" if "All" not in known else "(all)"
        return filters.choice(
            name, options, filter_.label, column, frame.variable, chosen, everything, filter_.limit, ordered
        )

    def _range(self, filter_: DateRangeFilter | NumberRangeFilter, name: Code, column: Column, frame: Frame) -> Control:
        canvas, short = self._canvas, frame.short[filter_.column]
        if isinstance(filter_, NumberRangeFilter):
            options = canvas.names.take(f"{short}_steps")
            form = number_form(column)
            readout = f"{'$' if form.before == '$' else ''}{form.comma}.{form.decimals}f"
            whole = column.type == "integer"
            return filters.number_range(
                name, options, filter_.label, short, frame.variable, filter_.start, whole, readout
            )
        if column.type not in ("date", "datetime"):
            options = canvas.names.take(_plural(short), otherwise="{}_options")
            start = (int(filter_.start[0][:4]), int(filter_.start[1][:4])) if filter_.start else None
            return filters.year_range(name, options, filter_.label, short, frame.variable, start)
        unit = _unit(column.times)
        options = canvas.names.take(f"{unit}s", otherwise=f"{short}_{{}}")
        freq, text = PERIODS[unit]
        return filters.period_range(name, options, filter_.label, short, frame.variable, filter_.start, freq, text)


def _unit(times: Times | None) -> str:
    """The finest unit in which a slider still has few enough steps; coarser for long times, as years are remembered."""
    if times is None:
        return "month"
    first, last = (dt.datetime.fromisoformat(text) for text in (times.first, times.last))
    days = (last - first).total_seconds() / 86400
    for unit in ("year", "quarter", "month", "week", "day"):
        if days / _DAYS[unit] >= 12 or unit == times.grain:
            return unit
    return "hour" if days < _MOST_STEPS / 24 else "day"


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return word if word.endswith("s") else f"{word}s"


def _text(value: Scalar) -> str:
    """A value as the control shows it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)
