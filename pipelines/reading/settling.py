"""Every column read in full before it is written: what does not fit its kind is counted, or the column stays text."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb

from ..engine import first_row, literal, name
from ..model import Repair
from . import kinds
from .columns import ColumnPlan, is_typed, parsed, value
from .raw import RawTable
from .telling import shortened, told

_MOST_UNREAD_MANY = 0.1
_MOST_UNREAD_FEW = 0.02
"""Shares of values that may be unreadable before a column stays text: columns of few different values hold codes."""


@dataclass(frozen=True)
class _Counted:
    read: int
    unread: int
    marks: dict[str, int]
    """Marks for missing that occur, in lower case, with their counts."""


def settle(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[ColumnPlan], repairs: list[Repair]
) -> list[ColumnPlan]:
    """Read every column in full and settle its kind: what does not fit is counted, or the column stays text."""
    settled: list[ColumnPlan] = []
    counts = _counts(connection, raw, plans)
    for plan in plans:
        counted = counts.get(plan.column.key)
        if counted is not None:
            if counted.unread:
                plan = _settled(connection, raw, plan, counted, repairs)
            if plan.kind.type == "text":
                marked = {mark: count for mark, count in counted.marks.items() if mark in plan.kind.missing}
                plan = replace(plan, kind=replace(plan.kind, missing=frozenset({"", *marked})))
                counted = replace(counted, marks=marked)
            repairs += told(plan, counted.marks)
        settled.append(plan)
    return settled


def _counts(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[ColumnPlan]) -> dict[str, _Counted]:
    """What is in each column of text."""
    judged = [plan for plan in plans if not is_typed(plan)]
    counts: dict[str, _Counted] = {}
    for start in range(0, len(judged), 50):
        part = judged[start : start + 50]
        selected = ", ".join(
            f"count({_plain_value(plan, n)}), count(*) FILTER (WHERE t{n} <> '' AND {_plain_value(plan, n)} IS NULL)"
            for n, plan in enumerate(part)
        )
        row = first_row(connection, f"SELECT {selected} FROM {parsed(raw, part)}")
        for position, plan in enumerate(part):
            read, other = int(row[2 * position]), int(row[2 * position + 1])
            found = _marks(connection, raw, plan) if other or plan.kind.type == "text" else {}
            unread = other - sum(found.values()) if plan.kind.type != "text" else 0
            counts[plan.column.key] = _Counted(read, unread, found)
    return counts


def _plain_value(plan: ColumnPlan, number: int) -> str:
    return f"t{number}" if plan.kind.type == "text" else value(plan, number)


def _marks(connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: ColumnPlan) -> dict[str, int]:
    """The marks for missing that occur in a column, with how often."""
    missing = plan.kind.missing - {""}
    if raw.complete:
        missing &= {value.strip().lower() for value in plan.column.sample}
    if not missing:
        return {}
    rows = connection.execute(
        f"SELECT lower(t0), count(*) FROM {parsed(raw, [plan])} WHERE {_is_mark(plan, missing)} "
        "GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    return {str(mark): int(count) for mark, count in rows}


def _is_mark(plan: ColumnPlan, missing: Iterable[str]) -> str:
    listed = ", ".join(literal(mark) for mark in sorted(missing))
    found = f"lower(t0) IN ({listed})"
    return found if plan.kind.type == "text" else f"{value(plan, 0)} IS NULL AND {found}"


def _settled(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: ColumnPlan, counted: _Counted, repairs: list[Repair]
) -> ColumnPlan:
    read, unread = counted.read, counted.unread
    present = read + unread
    if plan.kind.type == "integer":
        plan, unread = _widened(connection, raw, plan, read, unread)
    if not unread:
        return plan
    key, kind = plan.column.key, plan.kind
    missed = connection.execute(
        f"SELECT t0, count(*) FROM {parsed(raw, [plan])} WHERE t0 <> '' AND {value(plan, 0)} IS NULL "
        f"AND NOT ({_is_mark(plan, kind.missing)}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4"
    ).fetchall()
    distinct = first_row(connection, f"SELECT approx_count_distinct({name(key)}) FROM {raw.relation}")[0]
    allowed = _MOST_UNREAD_MANY if distinct > 20 or present < 20 else _MOST_UNREAD_FEW
    examples = ", ".join(f'"{shortened(str(value))}"' for value, _ in missed[:3])
    if unread > allowed * present and not _out_of_bounds(missed):
        repairs.append(
            Repair(
                kind="kept_as_text",
                column=plan.name,
                count=unread,
                sentence=f"Column '{plan.name}' stays text: {unread:,} of its {present:,} values, such as {examples}, "
                f"are no {_NOUNS[kind.type]}.",
            )
        )
        return replace(plan, kind=kinds.words(plan.column))
    repairs.append(
        Repair(
            kind="unread",
            column=plan.name,
            count=unread,
            sentence=f"{unread:,} of {present:,} values of column '{plan.name}' could not be read as "
            f"{_NOUNS[kind.type]} "
            f"and are missing, such as {examples}.",
        )
    )
    return plan


def _widened(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: ColumnPlan, read: int, unread: int
) -> tuple[ColumnPlan, int]:
    """A column of whole numbers that turns out to hold decimals, too."""
    sample = (*plan.column.sample, "0.5")
    wider = kinds.judge(replace(plan.column, sample=sample), decimal_comma=raw.decimal_comma, day_first=None)
    if wider.type != "number":
        return plan, unread
    changed = replace(plan, kind=replace(wider, unit=plan.kind.unit))
    row = first_row(connection, f"SELECT count({value(changed, 0)}) FROM {parsed(raw, [changed])}")
    return (changed, read + unread - int(row[0])) if int(row[0]) > read else (plan, unread)


_NOUNS = {
    "integer": "numbers",
    "number": "numbers",
    "boolean": "yes or no",
    "date": "dates",
    "datetime": "times",
    "time": "times",
    "text": "text",
}


_BEYOND = re.compile(r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?|\d{1,6}[-/.]\d{1,2}[-/.]\d{1,6}(?:[ T].*)?", re.IGNORECASE)


def _out_of_bounds(missed: list[tuple[str, int]]) -> bool:
    """Only numbers too large for a float, or dates no calendar has, are in the way: the kind is right all the same."""
    return all(_BEYOND.fullmatch(str(value).strip()) for value, _ in missed)
