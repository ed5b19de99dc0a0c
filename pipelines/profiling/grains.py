"""What one row of a table is: its keys, and the word for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import duckdb

from ..engine import name
from ..model import Column, ReadTable
from .words import plural, singular, words

_MOST_ROWS = 1_000_000
_MOST_TRIED = 40
_GRAINS = {"year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day", "hour": "hour"}
_NO_NOUN = frozenset("data dataset table file list long wide raw clean final export report statistics stats series news sheet analysis results summary info by per in of and the weather".split())  # fmt: skip


def keys(
    connection: duckdb.DuckDBPyConnection, table: ReadTable, columns: Sequence[Column], source: str
) -> tuple[tuple[str, ...], ...]:
    """Smallest sets of columns that tell rows apart, best first: at most three columns, none of them a measure."""
    if table.rows < 2:
        return ()
    alone = sorted((c for c in columns if c.unique and c.role not in ("measure", "coordinate", "empty")), key=_rank)
    found = [(column.name,) for column in alone[:4]]
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
    row = connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {source})").fetchone()
    return int(row[0]) if row else 0


def noun(table: ReadTable, columns: Sequence[Column], found: Sequence[tuple[str, ...]]) -> tuple[str, str]:
    """What one row is, singular and plural."""
    by_name = {column.name: column for column in columns}
    named = _from_name(table)
    best = min(found, key=len, default=())
    if len(best) == 1:
        column = by_name[best[0]]
        if column.role == "time" and column.times is not None:
            word = _GRAINS.get(column.times.grain, "time")
            return word, plural(word)
        if named:
            return named, plural(named)
        if column.role in ("place", "category", "text"):
            word = _word(column)
            return word, plural(word)
    if len(best) > 1:
        parts = [_part(by_name[part]) for part in _time_last(best, by_name)]
        return _listed(parts), _listed([plural(part) for part in parts])
    return (named, plural(named)) if named else ("row", "rows")


def _time_last(key: Sequence[str], by_name: dict[str, Column]) -> list[str]:
    return sorted(key, key=lambda part: by_name[part].role == "time")


def _part(column: Column) -> str:
    if column.role == "time" and column.times is not None:
        return _GRAINS.get(column.times.grain, "time")
    return _word(column)


def _word(column: Column) -> str:
    kept = [word for word in words(column.label) if word not in ("name", "code", "id", "title")]
    return singular(" ".join(kept[-2:])) if kept else column.label.lower()


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _from_name(table: ReadTable) -> str:
    """The table's own name when it is a plural: "airports" → "airport"."""
    for text in (table.name, table.title):
        kept = [word for word in words(text.replace("_", " ")) if not word.isdigit()]
        if kept and kept[-1] not in _NO_NOUN and singular(kept[-1]) != kept[-1] and len(kept) <= 3:
            return singular(kept[-1])
    return ""
