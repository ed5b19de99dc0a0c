"""Which values of the keys of a join have no partner on the other side, by name."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ..engine import first_row, name
from ..model import JoinCandidate, Table, Unmatched
from . import spelling

MOST_NAMED = 12
_LONGEST = 80


def told(
    connection: duckdb.DuckDBPyConnection,
    candidate: JoinCandidate,
    tables: Mapping[str, Table],
    sources: Mapping[str, str],
) -> JoinCandidate:
    """The candidate with its losers. Each key column is looked at alone: that a country is missing says more than
    that each of its years is."""
    if candidate.left_matched == candidate.right_matched == 1.0:
        return candidate
    left, right = tables[candidate.left], tables[candidate.right]
    turned = [(theirs, ours) for ours, theirs in candidate.on]
    return candidate.model_copy(
        update={
            "left_unmatched": _unmatched(connection, left, right, candidate.on, sources),
            "right_unmatched": _unmatched(connection, right, left, turned, sources),
        }
    )


def _unmatched(
    connection: duckdb.DuckDBPyConnection,
    ours: Table,
    theirs: Table,
    on: tuple[tuple[str, str], ...] | list[tuple[str, str]],
    sources: Mapping[str, str],
) -> tuple[Unmatched, ...]:
    found = []
    for key, other in on:
        own, partner = ours.column(key), theirs.column(other)
        if own is None or partner is None:
            continue
        shown = ours.naming(key)
        column = ours.column(shown)
        told = f"CAST({name(shown)} AS DATE)" if column is not None and column.type == "date" else name(shown)
        query = f"""
            WITH a AS (SELECT {spelling.key(own, partner)} AS k, min({told}) AS n FROM {sources[ours.name]}
                       WHERE {name(key)} IS NOT NULL GROUP BY ALL),
                 b AS (SELECT DISTINCT {spelling.key(partner, own)} AS k FROM {sources[theirs.name]}),
                 lost AS (SELECT k, n FROM a ANTI JOIN b USING (k)),
                 named AS (SELECT coalesce(n::VARCHAR, k::VARCHAR) AS shown FROM lost ORDER BY n, k LIMIT {MOST_NAMED})
            SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM lost), (SELECT list(shown) FROM named)
        """
        row = first_row(connection, query)
        if row and row[1]:
            first = tuple(str(text)[:_LONGEST] for text in row[2])
            found.append(Unmatched(column=key, values=row[0], lost=row[1], first=first))
    return tuple(found)
