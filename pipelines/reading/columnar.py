"""Parquet: columns that know their type already."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from pathlib import Path

import duckdb

from ..engine import first_row, literal, name
from ..errors import DataError
from ..step import Limits
from .delimited import check_width
from .raw import RawColumn, RawTable
from .staging import Staging

_MOST_SAMPLED = 20_000


def read(path: Path, file_name: str, title: str, staging: Staging, limits: Limits) -> list[RawTable]:
    """The table of a Parquet file; nested columns become one column a field, lists become text.

    Raises:
        DataError: it is no Parquet file, or has no rows.
    """
    source = f"read_parquet({literal(str(path))})"
    try:
        described = staging.connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        row = first_row(staging.connection, f"SELECT count(*) FROM {source}")
    except duckdb.Error as error:
        raise DataError(
            f"'{file_name}' cannot be read as Parquet: its content is damaged or another format."
        ) from error
    check_width(len(described), file_name, limits)
    if not row or not row[0]:
        names = ", ".join(str(column[0])[:40] for column in described[:5])
        raise DataError(f"'{file_name}' has columns ({names}) but no rows: there is nothing to show.")
    fields = [
        field
        for column in described
        for field in _fields(name(column[0]), str(column[0]), str(column[1]), staging, source)
    ]
    selected = ", ".join(f"{sql} AS c{number}" for number, (sql, _, _) in enumerate(fields))
    relation = f"(SELECT {selected} FROM {source})"
    columns = tuple(
        _column(f"c{number}", header, kind, relation, staging) for number, (_, header, kind) in enumerate(fields)
    )
    return [RawTable(title, relation, columns, complete=True)]


def _fields(sql: str, header: str, kind: str, staging: Staging, source: str) -> list[tuple[str, str, str]]:
    if kind.startswith("STRUCT") and not kind.endswith("[]"):
        inner = staging.connection.execute(f"DESCRIBE SELECT unnest({sql}) FROM {source} LIMIT 0").fetchall()
        return [
            field
            for part in inner
            for field in _fields(f"({sql}).{name(part[0])}", f"{header}.{part[0]}", str(part[1]), staging, source)
        ]
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        return [(f"CAST({sql} AS VARCHAR)", header, "VARCHAR")]
    if kind == "BLOB":
        return [(f"'(' || octet_length({sql}) || ' bytes)'", header, "TEXT")]
    if kind.endswith("]") or kind.startswith(("MAP", "UNION", "UUID", "INTERVAL", "BIT", "JSON")):
        return [(f"CAST({sql} AS VARCHAR)", header, "TEXT")]
    return [(sql, header, kind)]


def _column(key: str, header: str, kind: str, relation: str, staging: Staging) -> RawColumn:
    if kind != "VARCHAR":
        return RawColumn(key, header, native=kind)
    values = staging.connection.execute(
        f"SELECT DISTINCT {key} FROM (SELECT {key} FROM {relation} WHERE {key} IS NOT NULL LIMIT {5 * _MOST_SAMPLED}) "
        f"LIMIT {_MOST_SAMPLED}"
    ).fetchall()
    return RawColumn(key, header, tuple(str(value) for (value,) in values))
