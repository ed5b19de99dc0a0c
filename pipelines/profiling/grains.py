"""What one row of a table is: its keys, and the word for it."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import duckdb

from ..engine import first_row, name
from ..model import Column, ReadTable
from .words import plural, singular, vocabulary, words

_MOST_ROWS = 1_000_000
_MOST_TRIED = 40
_GRAINS = {"year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day", "hour": "hour"}
_FULL = 0.3
"""Share of the combinations of a key's values that have a row; below it rows are no grid of readings."""
_NAMING = vocabulary(
    """
    name code id ids key identification identifier title number no nr index iata icao iso
    """
)
_NO_NOUN = vocabulary(
    """
    data dataset table file list long wide raw clean final export report statistics stats series news sheet
    analysis results summary info by per in of and the weather
    """
)


def keys(
    connection: duckdb.DuckDBPyConnection, table: ReadTable, columns: Sequence[Column], source: str
) -> tuple[tuple[str, ...], ...]:
    """Smallest sets of columns that tell rows apart, best first: at most three columns, none of them a measure."""
    if table.rows < 2:
        return ()
    alone = sorted((c for c in columns if c.unique and c.role not in ("measure", "coordinate", "empty")), key=_rank)
    found: list[tuple[str, ...]] = [(column.name,) for column in alone[:4]]
    if found or table.rows > _MOST_ROWS:
        return tuple(found)
    usable = [
        c
        for c in columns
        if c.role in ("time", "category", "place", "identifier", "ordered", "text") and not c.missing and c.distinct > 1
    ]
    usable = sorted(usable, key=_rank)[:10]
    for size in (2, 3):
        tried = 0
        for group in combinations(usable, size):
            possible = 1
            for column in group:
                possible *= column.distinct
            if possible < table.rows or tried >= _MOST_TRIED:
                continue
            tried += 1
            if _distinct(connection, group, source) == table.rows:
                found.append(tuple(column.name for column in group))
                if len(found) >= 3:
                    return tuple(found)
        if found:
            break
    return tuple(found)


def _rank(column: Column) -> int:
    """Identifiers and times make better keys than words that happen to differ."""
    return {"identifier": 0, "time": 1, "place": 1, "category": 2, "ordered": 3, "text": 4}.get(column.role, 5)


def _distinct(connection: duckdb.DuckDBPyConnection, group: Sequence[Column], source: str) -> int:
    listed = ", ".join(name(column.name) for column in group)
    row = first_row(connection, f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {source})")
    return int(row[0]) if row else 0


def noun(table: ReadTable, columns: Sequence[Column], found: Sequence[tuple[str, ...]]) -> tuple[str, str]:
    """What one row is, singular and plural."""
    by_name = {column.name: column for column in columns}
    named = _from_name(table, columns)
    for key in sorted(found, key=len):
        if len(key) > 2 and table.rows < _FULL * math.prod(by_name[part].distinct for part in key):
            # Things that happened, such as matches: what tells them apart is no name for them.
            break
        parts = [_part(by_name[part]) for part in _time_last(key, by_name)]
        timed = any(by_name[part].role == "time" for part in key)
        if named and not (timed and (len(key) > 1 or len(found) == 1)):
            break
        if all(parts):
            return _listed(parts), _listed([plural(part) for part in parts])
    if not named and any(len(key) == 1 for key in found):
        named = _own_word(table)
    return (named, plural(named)) if named else ("row", "rows")


def _time_last(key: Sequence[str], by_name: dict[str, Column]) -> list[str]:
    return sorted(key, key=lambda part: by_name[part].role == "time")


def _part(column: Column) -> str:
    if column.role == "time" and column.times is not None:
        return _GRAINS.get(column.times.grain, "time")
    kept = [word for word in words(column.label) if word not in _NAMING]
    if kept:
        return singular(" ".join(kept[-2:]))
    return {"country": "country", "us_state": "state", "city": "city"}.get(column.place or "", "")


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _own_word(table: ReadTable) -> str:
    """ "battle" for the table "battle" whose rows have numbers of their own."""
    kept = words(table.name.replace("_", " "))
    return kept[0] if len(kept) == 1 and kept[0] not in _NO_NOUN else ""


def _from_name(table: ReadTable, columns: Sequence[Column]) -> str:
    """The table's own name when it is a plural, "airports" → "airport", and no measure has that name."""
    counted = {singular(word) for column in columns if column.role == "measure" for word in words(column.name)}
    for text in (table.name, table.title):
        kept = [word for word in words(text.replace("_", " ")) if not word.isdigit()]
        while kept and kept[-1] in _NO_NOUN:
            kept.pop()
        if (
            kept
            and kept[-1] not in _NO_NOUN
            and singular(kept[-1]) != kept[-1]
            and len(kept) <= 3
            and singular(kept[-1]) not in counted
        ):
            return singular(kept[-1])
    return ""
