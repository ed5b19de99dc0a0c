"""Encodings: what a chart shows, in Vega-Lite's terms."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from .noun import Identifier, Noun
from .profile import Scalar, TimeUnit

Aggregate = Literal["count", "distinct", "sum", "mean", "median", "min", "max"]
ValueFormat = Literal["auto", "integer", "decimal", "percent", "share", "currency", "compact", "year", "date"]
"""percent: the value is already in percent (13 → 13%); share: a fraction (0.13 → 13%)."""
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "contains", "missing", "not missing"]


class ParameterValue(Noun):
    """A value taken from the parameters cell."""

    parameter: Identifier


Limit = int | ParameterValue


class Condition(Noun):
    """One test on a column. "in", "not in" take `values`; "between" takes two, both included; the rest take `value`.

    Dates and times are ISO 8601 texts. Text is compared as written in the data, "contains" without regard to case.
    """

    column: str
    operator: Operator
    value: Scalar | ParameterValue = None
    values: tuple[Scalar, ...] = Field((), max_length=1000)

    @model_validator(mode="after")
    def _operands(self) -> Self:
        if self.operator in ("in", "not in") and not self.values:
            raise ValueError(f"the condition on '{self.column}' needs at least one of values for '{self.operator}'")
        if self.operator == "between" and len(self.values) != 2:
            raise ValueError(f"the condition on '{self.column}' needs two values for 'between', not {len(self.values)}")
        if self.operator not in ("in", "not in", "between", "missing", "not missing") and self.value is None:
            raise ValueError(f"the condition on '{self.column}' needs a value for '{self.operator}'")
        return self


class Dimension(Noun):
    """What rows are grouped by: a column as it is, by a unit of time, or in bins."""

    column: str
    time_unit: TimeUnit | None = None
    bins: int | None = Field(None, ge=2, le=100)
    """At most this many bins of round width, for numbers."""
    title: str | None = Field(None, max_length=120)

    @model_validator(mode="after")
    def _one_grouping(self) -> Self:
        if self.time_unit and self.bins:
            raise ValueError(f"'{self.column}' has both time_unit and bins: choose one")
        return self


class Measure(Noun):
    """A number for each group; without `aggregate` the column's own values, one a row.

    `column` may be left out only for the count of rows. The mean of a boolean column is a share ("share of
    reports with damage"); its format is then "share".
    """

    column: str | None = None
    aggregate: Aggregate | None = None
    title: str | None = Field(None, max_length=120)
    format: ValueFormat = "auto"
    unit: str | None = Field(None, max_length=40)

    @model_validator(mode="after")
    def _column_or_count(self) -> Self:
        if self.column is None and self.aggregate != "count":
            raise ValueError(f"aggregate '{self.aggregate}' needs a column; only 'count' goes without")
        return self


class Sort(Noun):
    """Order of categories or rows: by the first dimension, by the value, or as the data has them."""

    by: Literal["x", "y", "none"] = "y"
    order: Literal["ascending", "descending"] = "descending"


class Position(Noun):
    """Place on the 12-column grid; `height` in grid rows."""

    x: int = Field(ge=0, le=11)
    y: int = Field(ge=0, le=999)
    width: int = Field(ge=1, le=12)
    height: int = Field(ge=1, le=40)

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.x + self.width > 12:
            raise ValueError(f"x {self.x} and width {self.width} reach past the 12 columns of the grid")
        return self

    def overlaps(self, other: Position) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )
