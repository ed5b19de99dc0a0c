"""Filters: whether a control fits its column, and whether there is anything to choose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..model import (
    ChoiceFilter,
    ChoicesFilter,
    Column,
    DateRangeFilter,
    Filter,
    NumberRangeFilter,
    ParameterValue,
)
from .columns import NUMERIC, Columns, existence, is_identifier, is_time, needs_time
from .conditions import known_span, moments, range_text, unknown_value

MOST_CHOICES = 2_000
"""Values of a column that somebody may look through."""


def filter_problems(filter_: Filter, frame: str, columns: Columns) -> Iterator[str]:
    missing = list(existence(filter_.column, frame, columns))
    if missing:
        yield from missing
        return
    column, owner = columns[filter_.column], f"filter '{filter_.id}'"
    if column.distinct == 0:
        yield f"The {owner} has nothing to choose: '{filter_.column}' has no values."
    elif isinstance(filter_, ChoiceFilter | ChoicesFilter):
        yield from _choice_problems(filter_, column, owner)
    elif isinstance(filter_, DateRangeFilter) and not is_time(column):
        yield needs_time(filter_.column, columns, owner)
    elif isinstance(filter_, NumberRangeFilter) and column.type not in NUMERIC:
        yield f"The {owner} needs numbers, but '{filter_.column}' is {column.type}."
    else:
        yield from _range_problems(filter_, column, owner)


def _choice_problems(filter_: ChoiceFilter | ChoicesFilter, column: Column, owner: str) -> Iterator[str]:
    most = filter_.limit if is_identifier(column) else MOST_CHOICES
    if column.distinct > most:
        yield (
            f"The {owner} would have {column.distinct:,} choices from '{filter_.column}'; at most {most:,} can be "
            f"looked through: use a column with fewer values, or a range."
        )
        return
    start = filter_.start if isinstance(filter_, ChoicesFilter) else (filter_.start,)
    told = [value for value in start if value is not None and not isinstance(value, ParameterValue)]
    unknown = unknown_value(told, column)
    if unknown:
        yield f"The {owner} starts with nothing: {unknown}"


def _range_problems(filter_: DateRangeFilter | NumberRangeFilter, column: Column, owner: str) -> Iterator[str]:
    there = known_span(column)
    if filter_.start is None:
        return
    low, high = (_moment(value, column) for value in filter_.start)
    if low is None or high is None:
        yield f"The {owner} starts with {filter_.start[0]} and {filter_.start[1]}, which are no dates."
    elif low > high:
        yield f"The {owner} starts with {filter_.start[0]}, which is after {filter_.start[1]}: swap the two."
    elif there is not None and (low > there.high or high < there.low):
        yield (
            f"The {owner} starts with nothing: no value of '{filter_.column}' is between {filter_.start[0]} and "
            f"{filter_.start[1]}; its values are {range_text(column)}."
        )


def _moment(value: str | float, column: Column) -> Any:
    """A start as the column compares it: a moment, a year, a number."""
    if not isinstance(value, str):
        return value
    found = moments(value)
    if found is None:
        return None
    first: datetime = found[0]
    return first.year if column.type in NUMERIC else first
