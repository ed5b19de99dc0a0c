"""Wide tables, with a year or a month a column, offered long: one row a period."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from ..engine import first_row, literal, name
from ..model import ReadColumn, ReadTable, Repair
from .naming import humanize, table_name

_YEAR = re.compile(
    r"(?P<stub>.*?)[\s_.\-]*(?:(?<![a-z])(?:y|yr|year|fy|x))?[\s_]*(?P<year>(?:1[6-9]|20|21)\d{2})(?:\s*\[?(?:yr)?(?P=year)\]?)?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:[\s_\-/.']*(?P<year>\d{4}|\d{2}))?",
    re.IGNORECASE,
)
_ISO_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})[-_/.](?P<month>0[1-9]|1[0-2])(?:-01)?")
_LEAST_YEARS = 4
_MOST_WIDE = 1_500


@dataclass(frozen=True)
class _Period:
    column: ReadColumn
    sql: str


@dataclass(frozen=True)
class _Wide:
    """Columns of one quantity over time."""

    header: str
    label: str
    type: str
    value: str
    periods: tuple[_Period, ...]


def lengthen(
    connection: duckdb.DuckDBPyConnection, table: ReadTable, *, folder: Path, taken: set[str]
) -> list[ReadTable]:
    """The long form of a wide table, or nothing."""
    wide = _recognize(table)
    if wide is None:
        return []
    used = {period.column.name for period in wide.periods}
    kept = [column for column in table.columns if column.name not in used]
    header = _free(wide.header, kept)
    value = _free(wide.value, kept)
    long_name = table_name(f"{table.name}_long", taken=taken)
    path = folder / "data" / f"{long_name}.parquet"
    rows = _write(connection, folder / table.path, path, wide, [column.name for column in kept], header, value)
    numbers = {period.column.type for period in wide.periods}
    unit = {period.column.unit for period in wide.periods}
    columns = (
        *kept,
        ReadColumn(
            name=header,
            label=humanize(header),
            type="integer" if wide.type == "BIGINT" else "text" if wide.type == "VARCHAR" else "date",
        ),
        ReadColumn(
            name=value,
            label=_label(connection, table, folder, value),
            type="integer" if numbers == {"integer"} else "number",
            unit=next(iter(unit)) if len(unit) == 1 else None,
        ),
    )
    repair = Repair(
        kind="made_long",
        count=len(wide.periods),
        sentence=f"{len(wide.periods)} columns with one {wide.label} each were turned into rows, beside the table "
        "as it came.",
    )
    return [
        ReadTable(
            name=long_name,
            title=table.title,
            dataset=table.dataset,
            path=f"data/{long_name}.parquet",
            rows=rows,
            columns=columns,
            long_of=table.name,
            repairs=(*table.repairs, repair),
            warnings=table.warnings,
        )
    ]


_MEASURED = re.compile(r"(?:indicator|series|variable|measure|metric|statistic)(?:[ _]?name)?", re.IGNORECASE)


def _label(connection: duckdb.DuckDBPyConnection, table: ReadTable, folder: Path, value: str) -> str:
    """What the numbers are: said by a column with one indicator for all rows, or by the title."""
    if value != "value":
        return humanize(value)
    for column in table.columns:
        if column.type == "text" and _MEASURED.fullmatch(column.name):
            found = connection.execute(
                f"SELECT DISTINCT {name(column.name)} FROM read_parquet({literal(str(folder / table.path))}) LIMIT 2"
            ).fetchall()
            if len(found) == 1 and found[0][0]:
                return str(found[0][0])[:80]
    return humanize(table.title) if len(table.title) <= 40 else "Value"


def _free(wish: str, kept: list[ReadColumn]) -> str:
    names = {column.name.lower() for column in kept}
    while wish.lower() in names:
        wish += " (column)"
    return wish


def _recognize(table: ReadTable) -> _Wide | None:
    numbers = [column for column in table.columns if column.type in ("integer", "number")]
    if not 3 <= len(numbers) <= _MOST_WIDE:
        return None
    return _by_year(table, numbers) or _by_month(numbers)


def _by_year(table: ReadTable, numbers: list[ReadColumn]) -> _Wide | None:
    groups: dict[str, list[tuple[int, ReadColumn]]] = {}
    for column in numbers:
        found = _YEAR.fullmatch(column.name.strip())
        if found:
            groups.setdefault(found["stub"].strip(" _-.").lower(), []).append((int(found["year"]), column))
    if not groups:
        return None
    stub, columns = max(groups.items(), key=lambda item: len(item[1]))
    years = [year for year, _ in columns]
    least = 3 if not stub and all(after - before == 1 for before, after in pairwise(sorted(years))) else _LEAST_YEARS
    if len(set(years)) < max(least, len(columns)) or len(columns) < 0.3 * len(table.columns):
        return None
    value = stub if stub and len(stub) > 1 else "value"
    return _Wide(
        "year",
        "year",
        "BIGINT",
        value,
        tuple(_Period(column, str(year)) for year, column in sorted(columns, key=lambda item: item[0])),
    )


def _by_month(numbers: list[ReadColumn]) -> _Wide | None:
    dated: list[tuple[tuple[int, int], ReadColumn]] = []
    named: list[tuple[int, ReadColumn]] = []
    for column in numbers:
        text = column.name.strip()
        if found := _ISO_MONTH.fullmatch(text):
            dated.append(((int(found["year"]), int(found["month"])), column))
        elif found := _MONTH.fullmatch(text):
            month = _MONTHS.index(found["month"].lower()) + 1
            if found["year"]:
                year = int(found["year"])
                dated.append(((year if year > 99 else 2000 + year if year < 70 else 1900 + year, month), column))
            else:
                named.append((month, column))
    if len(dated) >= 4 and len({when for when, _ in dated}) == len(dated):
        periods = tuple(
            _Period(column, f"TIMESTAMP '{year:04}-{month:02}-01'")
            for (year, month), column in sorted(dated, key=lambda item: item[0])
        )
        return _Wide("month", "month", "TIMESTAMP", "value", periods)
    if len(named) >= 6 and len({month for month, _ in named}) == len(named):
        periods = tuple(
            _Period(column, literal(_MONTHS[month - 1].title()))
            for month, column in sorted(named, key=lambda item: item[0])
        )
        return _Wide("month", "month", "VARCHAR", "value", periods)
    return None


def _write(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    path: Path,
    wide: _Wide,
    kept: list[str],
    header: str,
    value: str,
) -> int:
    """One pass over the wide table. Rows without a value are left out: a wide table has a cell for every period."""
    starts = ", ".join(period.sql for period in wide.periods)
    cells = ", ".join(f"CAST({name(period.column.name)} AS DOUBLE)" for period in wide.periods)
    if all(period.column.type == "integer" for period in wide.periods):
        cells = ", ".join(name(period.column.name) for period in wide.periods)
    before = "".join(f"{name(column)}, " for column in kept)
    inner = (
        f"SELECT {before}unnest([{starts}]) AS {name(header)}, unnest([{cells}]) AS {name(value)} "
        f"FROM read_parquet({literal(str(source))})"
    )
    temporary = path.with_name(f".{path.name}.part")
    try:
        connection.execute(
            f"COPY (SELECT * FROM ({inner}) WHERE {name(value)} IS NOT NULL) TO {literal(str(temporary))} "
            "(FORMAT parquet, COMPRESSION snappy)"
        )
        row = first_row(connection, f"SELECT count(*) FROM read_parquet({literal(str(temporary))})")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return int(row[0]) if row else 0
