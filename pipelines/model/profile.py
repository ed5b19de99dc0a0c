"""Profile: what is in a dataset, in terms a planner and a person can use."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from .noun import Identifier, Noun

ColumnType = Literal["text", "integer", "number", "boolean", "date", "datetime", "time"]
Role = Literal[
    "time", "category", "ordered", "measure", "identifier", "place", "coordinate", "text", "boolean", "empty"
]
TimeUnit = Literal["year", "quarter", "month", "week", "day", "hour", "month_of_year", "day_of_week", "hour_of_day"]
PlaceLevel = Literal["country", "us_state", "latitude", "longitude", "city", "region", "postcode"]
PLACE_NOUNS: dict[PlaceLevel | None, str] = {"country": "countries", "us_state": "states", "city": "cities"}
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

    @property
    def spelled(self) -> Literal["country", "us_state"] | None:
        """For names and codes of places: the kind of place, of which `geography` knows how else it is called."""
        return self.place if self.type == "text" and self.place in ("country", "us_state") else None


class Rollup(Noun):
    """How a table is made of one with finer times, or with times in another form, so that both sides of a join mean
    the same by a time. Without `sums` and `means` every row stays, and only its time is written otherwise."""

    of: Identifier
    """The table that is brought to coarser times."""
    time: str
    """Its column of times."""
    grain: TimeUnit
    """What becomes one row for each value of `keys`."""
    period: str
    """The column of periods of the table that is made."""
    numbered: bool = False
    """Periods are years as integers; else the day that a period begins with."""
    keys: tuple[str, ...] = ()
    """What tells the readings of one time apart; it stays."""
    attributes: tuple[str, ...] = ()
    """Further columns that stay: those that always say the same of what `keys` name."""
    sums: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    readings: int = Field(1, ge=1)
    """What a period needs to have a sum: that of three months is none of a year."""


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
    rollup: Rollup | None = None
    """For a table that a notebook makes of another one; `path` is that of the other."""
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def naming(self, key: str) -> str:
        """The column by which people know the values of a key: the names of countries beside their codes."""
        column = self.column(key)
        if column is None or column.place not in ("country", "us_state"):
            return key
        alike = [item for item in self.columns if item.type == "text" and item.place == column.place]
        return max(
            alike, key=lambda item: sum(map(len, item.examples)) / max(1, len(item.examples)), default=column
        ).name

    def key_noun(self, key: str) -> str:
        """What the values of a key column are, in the plural: "countries", "years", "values of 'Airport'"."""
        column = self.column(key)
        if column is None:
            return "keys"
        if column.place in PLACE_NOUNS:
            return PLACE_NOUNS[column.place]
        if column.times is not None and column.times.grain in get_args(TimeUnit)[:6]:
            return f"{column.times.grain}s"
        return f"values of '{column.label}'"


class Unmatched(Noun):
    """Distinct values of one key column that the other side of a join does not have."""

    column: str
    values: int
    """All distinct ones."""
    lost: int = Field(ge=1)
    first: tuple[str, ...] = ()
    """The first of them in order, at most 12; countries by their names where the table has both codes and names."""


class JoinCandidate(Noun):
    """Two columns whose values meet. Rates are shares of distinct values found on the other side."""

    left: Identifier
    right: Identifier
    on: tuple[tuple[str, str], ...] = Field(min_length=1)
    """Pairs of (left column, right column)."""
    left_matched: float = Field(ge=0, le=1)
    right_matched: float = Field(ge=0, le=1)
    cardinality: Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"]
    left_unmatched: tuple[Unmatched, ...] = ()
    """One for each key column that loses values; empty: none does, or there are too many candidates to look."""
    right_unmatched: tuple[Unmatched, ...] = ()


class Profile(Noun):
    """The step file of *read, profile*."""

    tables: tuple[Table, ...] = Field(min_length=1)
    rollups: tuple[Table, ...] = ()
    """Tables that can be made of those for a join, each with a candidate among `joins`."""
    joins: tuple[JoinCandidate, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[Table, ...]:
        """Everything that a plan may name."""
        return (*self.tables, *self.rollups)

    def table(self, name: str) -> Table | None:
        return next((table for table in self.offered if table.name == name), None)
