"""Spelling: keys of countries and states as the places that they name, whatever a publisher calls them."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from ..engine import literal, name
from ..geography import standard
from ..model import Column, Table

_PLACES = "spelled_places"
_MOST = 5_000
"""Spellings of one column: there are not so many places, so more are something else."""


def learn(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], sources: Mapping[str, str]) -> None:
    """Look up what the columns of countries and states name, for `key`."""
    known: dict[tuple[str, str], str] = {}
    for table in tables:
        for column in table.columns:
            if (level := column.spelled) is not None:
                spelled = f"SELECT DISTINCT {name(column.name)} FROM {sources[table.name]} LIMIT {_MOST}"
                for (value,) in connection.execute(spelled).fetchall():
                    if value is not None and (place := standard(level, value)) is not None:
                        known[level, value] = place
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_PLACES} (spelled_level VARCHAR, spelled_value VARCHAR, spelled_place VARCHAR)"
    )
    if known:
        rows = [(level, value, place) for (level, value), place in known.items()]
        connection.executemany(f"INSERT INTO {_PLACES} VALUES (?, ?, ?)", rows)


def key(column: Column, other: Column) -> str:
    """SQL of a column's values, comparable with those of the other one."""
    own = name(column.name)
    if {column.type, other.type} == {"integer", "number"}:
        return f"CAST({own} AS DOUBLE)"
    level = column.spelled
    if level is None or other.spelled != level:
        return own
    place = f"SELECT spelled_place FROM {_PLACES} WHERE spelled_level = {literal(level)} AND spelled_value = {own}"
    return f"coalesce(({place}), {own})"
