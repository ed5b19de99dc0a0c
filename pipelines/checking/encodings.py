"""Encodings: whether a column can be grouped and measured as a widget or an insight wants."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Dimension, Measure
from .columns import DATED, NUMERIC, Columns, is_time, listed, needs_time, numbers, ordered

_AMOUNTS = ("sum", "mean", "median")
"""What means nothing of a number that only names something."""


def dimension_problems(dimension: Dimension, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[dimension.column]
    if dimension.time_unit is not None and not is_time(column):
        yield needs_time(dimension.column, columns, owner)
    elif dimension.time_unit not in (None, "year") and column.type in (*NUMERIC, "text"):
        yield (
            f"The {owner} takes '{dimension.time_unit}' of '{dimension.column}', which holds years only: "
            f"leave time_unit out or use 'year'."
        )
    if dimension.bins is not None and column.type not in NUMERIC:
        yield (f"The {owner} bins '{dimension.column}', which is {column.type}, not a number. {numbers(columns)}")


def measure_problems(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    if measure.column is None or measure.aggregate in (None, "count", "distinct"):
        return
    column = columns[measure.column]
    if measure.aggregate in ("min", "max") and column.type in DATED:
        return
    if measure.aggregate in ("mean", "sum") and column.type == "boolean":
        return
    if column.type not in NUMERIC:
        yield (
            f"The {owner} takes the {measure.aggregate} of '{measure.column}', which is {column.type}. "
            f"{numbers(columns)}"
        )
    elif measure.aggregate in _AMOUNTS and column.role == "identifier":
        yield (
            f"The {owner} takes the {measure.aggregate} of '{measure.column}', whose numbers only tell things apart: "
            f"use distinct, or count rows."
        )
    elif measure.aggregate == "sum" and column.additive is False:
        yield (
            f"The {owner} sums '{measure.column}', whose values do not add up"
            f"{f' ({column.unit})' if column.unit else ''}: use mean or median."
        )


def ordered_axis(dimension: Dimension, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[dimension.column]
    if not (is_time(column) or column.type in NUMERIC or column.role == "ordered" or column.type == "time"):
        yield (
            f"The {owner} draws a line along '{dimension.column}', whose values have no order: use a bar chart, "
            f"or one of: {listed(ordered(columns)) or 'none'}."
        )


def number_only(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    if measure.column is not None and columns[measure.column].type not in NUMERIC:
        yield (
            f"The {owner} needs numbers, but '{measure.column}' is {columns[measure.column].type}. {numbers(columns)}"
        )


def number_or_time(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    if measure.aggregate is None and measure.column is not None and columns[measure.column].type not in DATED:
        yield from number_only(measure, columns, owner)


def log_problems(scale: str, measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[measure.column] if measure.column else None
    if scale == "log" and column is not None and column.numbers is not None and column.numbers.max <= 0:
        yield f"The {owner} has a logarithmic scale, but '{measure.column}' has no value above zero."


def parts_of_whole(measure: Measure, columns: Columns, owner: str) -> Iterator[str]:
    column = columns[measure.column] if measure.column else None
    if column is not None and column.numbers is not None and measure.aggregate == "sum" and column.numbers.negatives:
        yield (
            f"The {owner} shows '{measure.column}' as parts of a whole, but "
            f"{column.numbers.negatives:,} values are negative."
        )
