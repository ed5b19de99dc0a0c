"""Figures of the columns, computed by duckdb over Parquet in few passes and bounded memory."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import duckdb
import pyarrow as pa

from ..engine import first_row, literal, name
from ..model import Numbers, ReadColumn, ReadTable, Scalar, Value

WHOLE = 200_000
"""Tables up to this many rows are looked at whole; of larger ones quartiles and skew come from a sample."""
_SAMPLED = 100_000
_EXACT = 100_000
"""Distinct values up to this number are counted, more are estimated."""
_MOST_VALUES = 100
_LONGEST_VALUE = 200
_MOST_KEPT = 5_000
_MOST_EXAMPLES = 5
_AT_ONCE = 40


@dataclass
class Figures:
    """What was counted in one column."""

    column: ReadColumn
    rows: int
    present: int = 0
    distinct: int = 0
    low: Any = None
    high: Any = None
    numbers: Numbers | None = None
    mean_length: float = 0.0
    max_length: int = 0
    mean_words: float = 0.0
    increasing: bool = False
    """Every value is larger than the one in the row before."""
    unique: bool = False
    values: tuple[Value, ...] = ()
    all_values: tuple[Scalar, ...] = ()
    """Every distinct value, frequent first, when there are at most 5,000; else those of a sample."""
    complete: bool = False
    """Whether `all_values` is every one."""
    examples: tuple[str, ...] = ()
    integral: bool = False
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return self.rows - self.present

    @property
    def is_number(self) -> bool:
        return self.column.type in ("integer", "number")


def measure(connection: duckdb.DuckDBPyConnection, table: ReadTable, source: str) -> list[Figures]:
    """Figures of every column of `table`; `source` is SQL that can stand after FROM."""
    figures = [Figures(column, table.rows) for column in table.columns]
    sample = _sample(connection, table, source)
    for start in range(0, len(figures), _AT_ONCE):
        part = figures[start : start + _AT_ONCE]
        _count(connection, part, source)
        _spread(connection, part, source, sample)
    held = _held(connection, source) if source == name(table.name) else None
    for item in figures:
        if item.present and held is None:
            _values(connection, item, source, sample)
        elif item.present and held is not None:
            # A table of one column: duckdb takes its time to look at the names of hundreds that are not asked for.
            connection.register("profiled_column", held.select([item.column.name]))
            _values(connection, item, "profiled_column", "profiled_column")
    connection.execute("DROP TABLE IF EXISTS profiled_sample")
    return figures


def _held(connection: duckdb.DuckDBPyConnection, source: str) -> pa.Table:
    with connection.cursor() as cursor:
        return cursor.sql(f"SELECT * FROM {source}").to_arrow_table()


def _sample(connection: duckdb.DuckDBPyConnection, table: ReadTable, source: str) -> str:
    if table.rows <= WHOLE:
        return source
    percent = max(0.05, min(100.0, 100.0 * _SAMPLED / table.rows * 1.5))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE profiled_sample AS "
        f"SELECT * FROM {source} TABLESAMPLE system({percent} PERCENT) REPEATABLE (7)"
    )
    row = first_row(connection, "SELECT count(*) FROM profiled_sample")
    if row is None or row[0] < 1000:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE profiled_sample AS SELECT * FROM {source} LIMIT {_SAMPLED}")
    return "profiled_sample"


def _count(connection: duckdb.DuckDBPyConnection, part: Sequence[Figures], source: str) -> None:
    selected: list[str] = []
    for item in part:
        column = name(item.column.name)
        text = item.column.type == "text"
        shown = f"left({column}, 100)" if text else column
        selected += [f"count({column})", f"approx_count_distinct({column})", f"min({shown})", f"max({shown})"]
        selected += [f"avg(length({column}))", f"max(length({column}))"] if text else ["0", "0"]
    row = first_row(connection, f"SELECT {', '.join(selected)} FROM {source}")
    for position, item in enumerate(part):
        present, distinct, low, high, mean_length, max_length = row[6 * position : 6 * position + 6]
        item.present, item.distinct = int(present), min(int(distinct), int(present))
        item.low, item.high = low, high
        item.mean_length, item.max_length = float(mean_length or 0), int(max_length or 0)


def _spread(connection: duckdb.DuckDBPyConnection, part: Sequence[Figures], source: str, sample: str) -> None:
    """Statistics of the numbers among the columns."""
    numbers = [item for item in part if item.is_number and item.present]
    if not numbers:
        return
    moments = ", ".join(
        f"avg({c}), stddev_pop({c}), count(*) FILTER ({c} = 0), count(*) FILTER ({c} < 0)"
        for c in (f"CAST({name(item.column.name)} AS DOUBLE)" for item in numbers)
    )
    first = first_row(connection, f"SELECT {moments} FROM {source}")
    shape = ", ".join(
        f"quantile_cont({c}, [0.25, 0.5, 0.75]), bool_and({c} = floor({c}))"
        for c in (f"CAST({name(item.column.name)} AS DOUBLE)" for item in numbers)
    )
    second = first_row(connection, f"SELECT {shape} FROM {sample}")
    fences: list[str] = []
    for position, item in enumerate(numbers):
        mean, std, zeros, negatives = first[4 * position : 4 * position + 4]
        quartiles, integral = second[2 * position : 2 * position + 2]
        lower, median, upper = quartiles or (item.low, item.low, item.low)
        item.integral = bool(integral)
        reach = 3 * (upper - lower)
        column = f"CAST({name(item.column.name)} AS DOUBLE)"
        fences.append(
            f"count(*) FILTER ({column} < {lower - reach!r} OR {column} > {upper + reach!r})" if reach > 0 else "0"
        )
        skew = f"avg(power(({column} - {mean!r}) / {std!r}, 3))" if std and math.isfinite(std) else "0"
        fences.append(skew)
        item.numbers = Numbers(
            min=float(item.low),
            max=float(item.high),
            mean=_finite(mean),
            median=_finite(median),
            std=_finite(std),
            lower_quartile=_finite(lower),
            upper_quartile=_finite(upper),
            zeros=int(zeros),
            negatives=int(negatives),
        )
    outliers = ", ".join(fences[0::2])
    skews = ", ".join(fences[1::2])
    counted = first_row(connection, f"SELECT {outliers} FROM {source}")
    skewed = first_row(connection, f"SELECT {skews} FROM {sample}")
    for item, count, skew in zip(numbers, counted, skewed, strict=True):
        if item.numbers is not None:
            item.numbers = item.numbers.model_copy(update={"outliers": int(count), "skew": _finite(skew)})


def _finite(value: float | None) -> float:
    return float(value) if value is not None and math.isfinite(value) else 0.0


def _values(connection: duckdb.DuckDBPyConnection, item: Figures, source: str, sample: str) -> None:
    """Distinct and frequent values: counted over all rows while that is cheap, else over the sample."""
    column = name(item.column.name)
    shown = f"left({column}, {_LONGEST_VALUE + 1})" if item.max_length > _LONGEST_VALUE else column
    counted = item.distinct <= _EXACT * 1.05
    frequent = connection.execute(
        f"SELECT v, n, count(*) OVER () FROM (SELECT {shown} AS v, count(*) AS n FROM {source if counted else sample} "
        f"WHERE {column} IS NOT NULL GROUP BY 1) ORDER BY n DESC, v LIMIT {_MOST_KEPT}"
    ).fetchall()
    if counted:
        item.distinct = int(frequent[0][2])
        item.complete = item.distinct <= _MOST_KEPT and item.max_length <= _LONGEST_VALUE
        item.unique = item.distinct == item.rows and item.missing == 0
    else:
        item.unique = item.missing == 0 and item.distinct >= 0.9 * item.rows and _is_unique(connection, item, source)
        item.distinct = item.rows if item.unique else item.distinct
    short = [(value, int(n)) for value, n, _ in frequent if not isinstance(value, str) or len(value) <= _LONGEST_VALUE]
    item.all_values = tuple(_scalar(value) for value, _ in short)
    if counted:
        item.values = tuple(Value(value=_scalar(value), count=count) for value, count in short[:_MOST_VALUES])
    item.mean_words = _mean_words(item.all_values)
    item.examples = tuple(_shown(str(_scalar(value))) for value, _, _ in frequent[:_MOST_EXAMPLES])


def _is_unique(connection: duckdb.DuckDBPyConnection, item: Figures, source: str) -> bool:
    column = name(item.column.name)
    if item.column.type in ("integer", "date", "datetime"):
        # Values in growing order need no memory to be told apart.
        row = first_row(
            connection,
            "SELECT bool_and(coalesce(v > before, true)) "
            f"FROM (SELECT {column} AS v, lag({column}) OVER () AS before FROM {source})",
        )
        item.increasing = bool(row and row[0])
        if item.increasing:
            return True
    if item.rows > 3_000_000 or item.mean_length > 100:
        return False
    row = first_row(connection, f"SELECT count(DISTINCT {column}) FROM {source}")
    return bool(row and row[0] == item.rows)


def _mean_words(values: Sequence[Scalar]) -> float:
    texts = [value for value in values[:500] if isinstance(value, str)]
    return sum(len(text.split()) for text in texts) / len(texts) if texts else 0.0


def _shown(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _scalar(value: Any) -> Scalar:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return value  # type: ignore[no-any-return]


def relation(path: str) -> str:
    return f"read_parquet({literal(path)})"
