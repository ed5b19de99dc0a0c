"""What a person should know before trusting a column or table, in plain words."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import duckdb

from ..engine import first_row
from ..model import Column, ReadTable
from .figures import WHOLE, Figures


def of_column(figures: Figures, column: Column) -> tuple[str, ...]:
    found: list[str] = []
    share = figures.missing / figures.rows if figures.rows else 0
    if column.role == "empty":
        found.append(f"Column '{column.name}' is empty.")
    elif share >= 0.2:
        found.append(f"Column '{column.name}' is missing in {_percent(share)} of the rows.")
    if figures.present > 10 and figures.distinct == 1:
        found.append(f"Column '{column.name}' has the same value in every row: '{_short(column)}'.")
    if column.role == "measure" and column.numbers is not None:
        numbers = column.numbers
        if (
            numbers.outliers
            and numbers.outliers <= 0.01 * figures.present
            and abs(numbers.max) > 50 * max(abs(numbers.upper_quartile), abs(numbers.lower_quartile)) > 0
        ):
            found.append(
                f"Column '{column.name}' has a few values far from the others: the largest is {numbers.max:,.6g}, "
                f"the middle one {numbers.median:,.6g}."
            )
    if column.times is not None and 0.02 * column.times.periods < column.times.gaps < column.times.periods:
        times = column.times
        found.append(
            f"Column '{column.name}' has no rows for {times.gaps:,} of the {times.gaps + times.periods:,} "
            f"{times.grain}s from {times.first} to {times.last}."
        )
    return tuple(found)


def of_table(connection: duckdb.DuckDBPyConnection, table: ReadTable, keyed: bool, source: str) -> tuple[str, ...]:
    found = list(table.warnings)
    if not keyed and 1 < table.rows <= WHOLE and len(table.columns) <= 200:
        row = first_row(connection, f"SELECT count(*) FROM (SELECT DISTINCT * FROM {source})")
        doubled = table.rows - (int(row[0]) if row else table.rows)
        if doubled:
            found.append(f"{doubled:,} of {table.rows:,} rows are exact copies of others.")
    return tuple(found)


def _percent(share: float) -> str:
    return "nearly all" if share >= 0.995 else f"{share:.0%}"


def _short(column: Column) -> str:
    value = str(column.values[0].value) if column.values else ""
    return value if len(value) <= 60 else value[:57] + "…"
