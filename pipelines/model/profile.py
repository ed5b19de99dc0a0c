"""Profile: what is in a dataset, in terms a planner and a person can use."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .noun import Identifier, Noun

ColumnType = Literal["text", "integer", "number", "boolean", "date", "datetime", "time"]
Role = Literal[
    "time", "category", "ordered", "measure", "identifier", "place", "coordinate", "text", "boolean", "empty"
]
TimeUnit = Literal["year", "quarter", "month", "week", "day", "hour", "month_of_year", "day_of_week", "hour_of_day"]
PlaceLevel = Literal["country", "us_state", "latitude", "longitude", "city", "region", "postcode"]
Scalar = str | int | float | bool | None


class Repair(Noun):
    """One thing that reading changed or could not read, counted, in plain words."""

    kind: str
    sentence: str
    column: str | None = None
    count: int = 0


class ReadColumn(Noun):
    """A column as reading left it in the Parquet file."""

    name: str
    """Unique in the table and not empty; as in the data but for trimmed white space and control characters."""
    label: str
    """For people: "Flight date" for "flight_date"."""
    type: ColumnType
    unit: str | None = None
    """Where the header or the values name one: "Body Mass (g)", "$1,200"."""


class ReadTable(Noun):
    """One typed table in a Parquet file. `path` is relative to the job's folder."""

    name: Identifier
    title: str
    dataset: Identifier
    path: str
    rows: int
    columns: tuple[ReadColumn, ...] = Field(min_length=1)
    long_of: Identifier | None = None
    """For a wide table offered long: the name of the wide one."""
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()


class Tables(Noun):
    """The step file of *read*."""

    tables: tuple[ReadTable, ...] = Field(min_length=1)


class Value(Noun):
    """A value of a column with how often it occurs."""

    value: Scalar
    count: int


class Numbers(Noun):
    """Statistics of a column of numbers, missing values left out."""

    min: float
    max: float
    mean: float
    median: float
    std: float
    lower_quartile: float
    upper_quartile: float
    skew: float = 0.0
    zeros: int = 0
    negatives: int = 0
    outliers: int = 0
    """Values beyond three interquartile ranges of the quartiles."""


class Times(Noun):
    """Coverage of a column of times: ISO 8601 texts."""

    first: str
    last: str
    grain: TimeUnit
    """The finest unit in which neighbouring values differ."""
    periods: int
    """Distinct periods of that grain that have rows."""
    gaps: int = 0
    """Periods between first and last that have none."""


class Column(Noun):
    """One column of a table. `name` is its exact name in the Parquet file; `label` is for people."""

    name: str
    label: str
    type: ColumnType
    role: Role
    description: str = ""
    unit: str | None = None
    """As printed on an axis: "mm", "US$", "%", "kg", "thousand"."""
    scale: float = 1.0
    """What one unit of the value is worth: 1000 for "in thousands"."""
    additive: bool | None = None
    """Whether a sum over rows means something (counts and money do, rates and temperatures do not).
    None: not a measure."""
    place: PlaceLevel | None = None
    rows: int
    missing: int
    distinct: int
    """Exact up to 100,000, an estimate beyond."""
    unique: bool = False
    """No two rows have the same value and none is missing."""
    numbers: Numbers | None = None
    times: Times | None = None
    values: tuple[Value, ...] = ()
    """The most frequent values, at most 100, frequent first."""
    order: tuple[str, ...] = ()
    """For role "ordered": all values, lowest first."""
    examples: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Table(Noun):
    """One typed table. `path` is its Parquet file, relative to the job's folder."""

    name: Identifier
    """Also the variable of the data frame in the notebook."""
    title: str
    dataset: Identifier
    path: str
    rows: int
    columns: tuple[Column, ...] = Field(min_length=1)
    row_noun: str = "row"
    """What one row is, singular: "strike", "country and year"."""
    row_noun_plural: str = "rows"
    keys: tuple[tuple[str, ...], ...] = ()
    """Smallest sets of columns that tell rows apart, best first."""
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


class JoinCandidate(Noun):
    """Two columns whose values meet. Rates are shares of distinct values found on the other side."""

    left: Identifier
    right: Identifier
    on: tuple[tuple[str, str], ...] = Field(min_length=1)
    """Pairs of (left column, right column)."""
    left_matched: float = Field(ge=0, le=1)
    right_matched: float = Field(ge=0, le=1)
    cardinality: Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"]


class Profile(Noun):
    """The step file of *read, profile*."""

    tables: tuple[Table, ...] = Field(min_length=1)
    joins: tuple[JoinCandidate, ...] = ()
    warnings: tuple[str, ...] = ()

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)
