"""Titles: what a chart shows, said neutrally; findings are computed, never claimed."""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Condition, Dimension, Measure, ParameterValue, Scalar
from . import periods
from .ground import Ground, capital, lower_first
from .measuring import aggregate_text

_UNITS = {
    "year": "a year", "quarter": "a quarter", "month": "a month", "week": "a week", "day": "a day", "hour": "an hour",
    "month_of_year": "by month of the year", "day_of_week": "by day of the week", "hour_of_day": "by hour of the day",
}  # fmt: skip
_CYCLES = {"month_of_year": "month of the year", "day_of_week": "day of the week", "hour_of_day": "hour of the day"}
_OPERATORS = {
    "=": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least",
    "contains": "contains", "missing": "is missing", "not missing": "is known", "in": "is one of",
    "not in": "is none of",
}  # fmt: skip


def of_measure(ground: Ground, measure: Measure) -> str:
    """ "Life expectancy", "Strikes" for their count."""
    if measure.column is None:
        return capital(ground.row_nouns)
    return measure.title or capital(ground.label(measure.column))


def of_dimension(ground: Ground, dimension: Dimension) -> str:
    if dimension.time_unit in _CYCLES:
        return _CYCLES[dimension.time_unit]
    return lower_first(ground.label(dimension.column))


def grouped(ground: Ground, measure: Measure, x: Dimension, color: Dimension | None = None) -> str:
    over = "over time" if _is_flow(ground, x) else f"by {of_dimension(ground, x)}"
    by = f" {'by' if over == 'over time' else 'and'} {of_dimension(ground, color)}" if color else ""
    return f"{of_measure(ground, measure)} {over}{by}"[:255]


def _is_flow(ground: Ground, x: Dimension) -> bool:
    column = ground.column(x.column)
    return x.time_unit not in _CYCLES and (column.role == "time" or column.type in ("date", "datetime"))


def subtitle(
    ground: Ground, measure: Measure | None, *parts: str | None, where: Iterable[Condition] = ()
) -> str | None:
    """Aggregate and unit, then period, conditions and other remarks."""
    first = aggregate_text(measure) if measure is not None else ""
    told = [part for part in (first, *parts, *(condition_text(ground, c) for c in where)) if part]
    text = ", ".join(dict.fromkeys(told))
    shown = text if len(text) <= 255 else text[:254] + "…"
    return (shown if measure is not None and first == measure.unit else capital(shown)) or None


def unit_text(x: Dimension) -> str | None:
    """ "a month" for what is counted or summed by months."""
    return _UNITS.get(x.time_unit or "") if x.time_unit not in _CYCLES else None


def condition_text(ground: Ground, condition: Condition) -> str:
    """ "price is above 100", in words."""
    label = lower_first(ground.label(condition.column))
    if condition in ground.latest:
        return ground.latest_text or label
    if condition.operator == "=" and ground.column(condition.column).role == "time":
        return f"in {condition.value}"
    if ground.column(condition.column).role == "time" and (text := _time_text(condition)):
        return text
    if condition.operator == "between":
        return f"{label} from {_value(condition.values[0])} to {_value(condition.values[1])}"
    if condition.operator in ("in", "not in"):
        shown = ", ".join(_value(value) for value in condition.values[:4])
        more = f" and {len(condition.values) - 4} more" if len(condition.values) > 4 else ""
        return f"{label} {_OPERATORS[condition.operator]} {shown}{more}"
    if isinstance(condition.value, ParameterValue) or condition.value is None:
        return f"{label} {_OPERATORS[condition.operator]}"
    return f"{label} {_OPERATORS[condition.operator]} {_value(condition.value)}"


def _time_text(condition: Condition) -> str | None:
    """ "in March 2020", "since 2015": as people say it, not as a comparison of dates."""
    if condition.operator == "between":
        first, last = (str(value) for value in condition.values)
        return periods.text_of(first, last)
    edges = {">=": "since", "<": "before"}
    if condition.operator in edges:
        return f"{edges[condition.operator]} {periods.text_of_start(str(condition.value))}"
    days = {">": "after", "<=": "until"}
    return (
        f"{days[condition.operator]} {periods.text_of_day(str(condition.value))}"
        if condition.operator in days
        else None
    )


def _value(value: Scalar) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
