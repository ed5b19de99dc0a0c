"""Which columns of different tables hold the same things, so that the tables can be joined."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import duckdb

from ..engine import first_row
from ..model import Column, JoinCandidate, Table
from . import losing, series, spelling
from .words import singular, words

_ROLES = ("identifier", "category", "place", "time", "text", "ordered", "measure")
_MOST_PAIRS = 400
_MOST_DISTINCT = 200_000
_LEAST_MATCHED = 0.3
_MOST_TOLD = 40
"""Candidates, the best ones, whose keys without a partner are looked for."""
_Cardinality = Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"]


def joins(
    connection: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[Table, Table]], sources: dict[str, str]
) -> tuple[JoinCandidate, ...]:
    """Candidates for these pairs of tables, the best matching first."""
    by_name = {table.name: table for pair in pairs for table in pair}
    spelling.learn(connection, list(by_name.values()), sources)
    found: list[tuple[float, JoinCandidate]] = []
    tried = 0
    for left, right in pairs:
        apart = series.mismatch(left, right) is not None
        columns = sorted(_pairs(left, right), key=lambda pair: -pair[2])
        matched: list[tuple[Column, Column, JoinCandidate]] = []
        for one, other, score in columns:
            if tried >= _MOST_PAIRS:
                break
            tried += 1
            candidate = _match(connection, left, right, ((one, other),), sources)
            if candidate is None or not _convincing(one, other, candidate, score):
                continue
            if apart and ("time" in (one.role, other.role) or candidate.cardinality == "many-to-many"):
                continue
            matched.append((one, other, candidate))
            if _meets_by_period(candidate, left, right):
                found.append((score + min(candidate.left_matched, candidate.right_matched), candidate))
        together = _together(connection, left, right, matched, sources)
        if together is not None and _meets_by_period(together, left, right):
            found.append((5.0, together))
    ranked = [candidate for _, candidate in sorted(found, key=lambda item: -item[0])[:200]]
    looked = [losing.told(connection, item, by_name, sources) for item in ranked[:_MOST_TOLD]]
    return (*looked, *ranked[_MOST_TOLD:])


def _meets_by_period(candidate: JoinCandidate, left: Table, right: Table) -> bool:
    """Tables that were made for their periods are not joined by anything else alone."""
    periods = [table.rollup.period if table.rollup else None for table in (left, right)]
    return all(
        period is None or any(pair[side] == period for pair in candidate.on) for side, period in enumerate(periods)
    )


def _pairs(left: Table, right: Table) -> list[tuple[Column, Column, float]]:
    pairs = []
    for one in left.columns:
        for other in right.columns:
            if one.role in _ROLES and other.role in _ROLES and _comparable(one, other):
                score = _affinity(left, one, right, other)
                if score > 0:
                    pairs.append((one, other, score))
    return pairs


def _comparable(one: Column, other: Column) -> bool:
    if max(one.distinct, other.distinct) > _MOST_DISTINCT or not one.distinct or not other.distinct:
        return False
    kinds = {one.type, other.type}
    return one.type == other.type or kinds <= {"date", "datetime"} or kinds <= {"integer", "number"}


def _affinity(left: Table, one: Column, right: Table, other: Column) -> float:
    """How much names and roles speak for the same thing, from 0 to 3."""
    if "measure" in (one.role, other.role) and not (_is_key_name(one) or _is_key_name(other)):
        return 0
    first, second = _plain(one.name), _plain(other.name)
    if one.place and one.place == other.place and one.place in ("country", "us_state"):
        return 2.5 + (first == second) * 0.5
    if first == second:
        return 1.5 if first in (("id",), ("name",), ("code",)) else 3.0
    if _refers(first, right, second) or _refers(second, left, first):
        return 2.8
    if one.role == other.role == "time" and one.times and other.times and one.times.grain == other.times.grain:
        return 1.0
    if _specializes(one, first, other, second) or _specializes(other, second, one, first):
        return 1.5
    words_only = one.type == other.type == "text" and {one.role, other.role} <= {
        "category",
        "identifier",
        "place",
        "text",
    }
    return 0.5 if words_only and (one.unique or other.unique) else 0


def _specializes(one: Column, first: tuple[str, ...], other: Column, second: tuple[str, ...]) -> bool:
    """ "supplier_company_id" is a "company_id": the same word at the end, and the other is a key."""
    return (
        other.unique
        and not one.unique
        and one.type == other.type
        and len(second) > 1
        and first[-len(second) :] == second
    )


def _is_key_name(column: Column) -> bool:
    plain = _plain(column.name)
    return bool(plain) and (plain[-1] in ("id", "code", "key", "no", "number") or column.name.lower().endswith("id"))


def _plain(text: str) -> tuple[str, ...]:
    return tuple(singular(word) for word in words(text))


def _refers(name_words: tuple[str, ...], table: Table, key: tuple[str, ...]) -> bool:
    """ "airport_id", or "airport", where the other table is "airports" and its key is "id", "code" or "name"."""
    noun = tuple(singular(word) for word in words(table.name))
    if not name_words or key[-1:] not in (("id",), ("code",), ("name",), ("key",)):
        return False
    if name_words in (noun, noun[-1:]):
        return len(key) <= 2
    return len(key) == 1 and name_words in ((*noun, *key), (*noun[-1:], *key))


def _convincing(one: Column, other: Column, candidate: JoinCandidate, score: float) -> bool:
    best = max(candidate.left_matched, candidate.right_matched)
    if score < 1:
        return best >= 0.8 and min(one.distinct, other.distinct) >= 5
    if score <= 1.5 and _plain(one.name) == ("id",):
        return min(candidate.left_matched, candidate.right_matched) >= 0.8 and not (
            _counts_up(one) or _counts_up(other)
        )
    if {one.role, other.role} == {"category"} and candidate.cardinality == "many-to-many":
        return best >= 0.8 and min(one.distinct, other.distinct) >= 2
    return best >= _LEAST_MATCHED


def _counts_up(column: Column) -> bool:
    numbers = column.numbers
    return numbers is not None and numbers.min in (0, 1) and numbers.max - numbers.min + 1 == column.distinct


def _match(
    connection: duckdb.DuckDBPyConnection,
    left: Table,
    right: Table,
    on: tuple[tuple[Column, Column], ...],
    sources: dict[str, str],
) -> JoinCandidate | None:
    """Distinct values (or combinations) of each side and how many of them the other side has."""
    ours = ", ".join(f"{spelling.key(one, other)} AS k{number}" for number, (one, other) in enumerate(on))
    theirs = ", ".join(f"{spelling.key(other, one)} AS k{number}" for number, (one, other) in enumerate(on))
    keys = ", ".join(f"k{number}" for number in range(len(on)))
    present = " AND ".join(f"k{number} IS NOT NULL" for number in range(len(on)))
    row = first_row(
        connection,
        f"""
        WITH ours AS (SELECT {ours} FROM {sources[left.name]}), theirs AS (SELECT {theirs} FROM {sources[right.name]}),
             a AS (SELECT {keys}, count(*) AS n FROM ours WHERE {present} GROUP BY ALL),
             b AS (SELECT {keys}, count(*) AS n FROM theirs WHERE {present} GROUP BY ALL)
        SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM a SEMI JOIN b USING ({keys})),
               (SELECT max(n) FROM a), (SELECT max(n) FROM b)
        """,
    )
    if not row or not row[0] or not row[1] or not row[2]:
        return None
    return JoinCandidate(
        left=left.name,
        right=right.name,
        on=tuple((one.name, other.name) for one, other in on),
        left_matched=row[2] / row[0],
        right_matched=row[2] / row[1],
        cardinality=_cardinality(row[3] == 1, row[4] == 1),
    )


def _cardinality(left_once: bool, right_once: bool) -> _Cardinality:
    if left_once and right_once:
        return "one-to-one"
    if right_once:
        return "many-to-one"
    return "one-to-many" if left_once else "many-to-many"


def _together(
    connection: duckdb.DuckDBPyConnection,
    left: Table,
    right: Table,
    matched: Sequence[tuple[Column, Column, JoinCandidate]],
    sources: dict[str, str],
) -> JoinCandidate | None:
    """Country and year together, where neither alone tells rows apart."""
    if len(matched) < 2 or any(candidate.cardinality != "many-to-many" for _, _, candidate in matched[:1]):
        return None
    pairs: list[tuple[Column, Column]] = []
    for one, other, _ in sorted(matched, key=lambda item: _telling(*item)):
        taken = any(one is a or other is b or (one.place and one.place == a.place) for a, b in pairs)
        if one.role not in ("measure", "text") and not taken:
            pairs.append((one, other))
    # As few as tell rows apart: another column of both, as the region, may be spelt differently in each.
    for count in range(2, min(len(pairs), 3) + 1):
        candidate = _match(connection, left, right, tuple(pairs[:count]), sources)
        if candidate is None or max(candidate.left_matched, candidate.right_matched) < _LEAST_MATCHED:
            return None
        if candidate.cardinality != "many-to-many":
            return candidate
    return None


def _telling(one: Column, other: Column, candidate: JoinCandidate) -> tuple[int, float, float]:
    """Countries and times first; of several columns of countries the ones that more rows meet by, and codes before
    names."""
    kind = 0 if one.place in ("country", "us_state") else 1 if one.role == "time" else 2
    return (kind, -min(candidate.left_matched, candidate.right_matched), _length(one) + _length(other))


def _length(column: Column) -> float:
    return sum(map(len, map(str, column.examples))) / max(1, len(column.examples))
