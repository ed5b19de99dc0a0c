"""From columns of text to a typed Parquet file, with every value that could not be read counted."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ..engine import literal, name
from ..model import ColumnType, ReadColumn, ReadTable, Repair
from . import kinds, marks
from .kinds import Kind
from .naming import label_and_unit, unique_names
from .raw import RawColumn, RawTable

_NATIVE: dict[str, ColumnType] = {
    "BOOLEAN": "boolean", "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer", "UTINYINT": "integer",
    "USMALLINT": "integer", "UINTEGER": "integer", "FLOAT": "number", "DOUBLE": "number", "DATE": "date", "TIMESTAMP": "datetime",
    "TIMESTAMP_S": "datetime", "TIMESTAMP_MS": "datetime", "TIMESTAMP_NS": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime", "TIME": "time",
}  # fmt: skip
_SQL_TYPE = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "TIMESTAMP", "datetime": "TIMESTAMP", "time": "TIME"}  # fmt: skip
_MOST_UNREAD_MANY = 0.1
_MOST_UNREAD_FEW = 0.02


@dataclass(frozen=True)
class _Plan:
    """How one column is written."""

    column: RawColumn
    name: str
    kind: Kind


def write(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    *,
    table: str,
    dataset: str,
    folder: Path,
    long_of: str | None = None,
) -> ReadTable:
    """Write `raw` to data/<table>.parquet under `folder`."""
    plans = _plan(raw)
    path = folder / "data" / f"{table}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    repairs: list[Repair] = list(raw.repairs)
    try:
        if raw.complete or not _copy_strictly(connection, raw, plans, temporary):
            plans = _verify(connection, raw, plans, repairs)
            _copy(connection, raw, plans, temporary, strict=False)
        else:
            repairs += _tell(connection, raw, plans)
        rows = int(_one(connection, f"SELECT count(*) FROM read_parquet({literal(str(temporary))})")[0])
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    warnings = [f"Column '{plan.name}': {plan.kind.warning}." for plan in plans if plan.kind.warning]
    return ReadTable(
        name=table,
        title=raw.title,
        dataset=dataset,
        path=f"data/{table}.parquet",
        rows=rows,
        columns=tuple(_described(plan) for plan in plans),
        long_of=long_of,
        repairs=tuple(repairs),
        warnings=(*raw.warnings, *warnings),
    )


def _plan(raw: RawTable) -> list[_Plan]:
    names = unique_names([column.header for column in raw.columns])
    day_first = True if raw.decimal_comma else None
    plans = []
    for column, column_name in zip(raw.columns, names, strict=True):
        kind = (
            _native(column)
            if column.native and column.native != "VARCHAR"
            else kinds.judge(column, decimal_comma=raw.decimal_comma, day_first=day_first)
        )
        plans.append(_Plan(column, column_name, kind))
    return plans


def _native(column: RawColumn) -> Kind:
    """A column of a typed format, kept as it is as far as Parquet and pandas agree on it."""
    source = (column.native or "").upper()
    kind: ColumnType = (
        "number" if source.startswith(("DECIMAL", "HUGEINT", "UBIGINT", "UHUGEINT")) else _NATIVE.get(source, "text")
    )
    return Kind(kind, lambda text: text, frozenset(), strict=None)


def _value(plan: _Plan, strict: bool) -> str:
    kind, key = plan.kind, plan.column.key
    target = _SQL_TYPE[kind.type]
    if plan.column.native and plan.column.native != "VARCHAR":
        return _native_value(plan)
    if strict and kind.strict is not None:
        text = f"trim({name(key)})"
        seen = sorted({value for value in plan.column.sample if value.strip().lower() in kind.missing} | {""})
        listed = ", ".join(literal(mark) for mark in seen)
        return f"CAST(CASE WHEN {text} IN ({listed}) THEN NULL ELSE {kind.strict(text)} END AS {target})"
    return f"CAST({kind.value(key)} AS {target})"


def _native_value(plan: _Plan) -> str:
    key, kind = name(plan.column.key), plan.kind.type
    if kind == "number":
        return f"CASE WHEN isfinite(CAST({key} AS DOUBLE)) THEN CAST({key} AS DOUBLE) END"
    if kind in ("date", "datetime"):
        moment = f"try_cast({key} AS TIMESTAMP)"
        return f"CASE WHEN year({moment}) BETWEEN 1 AND 9999 THEN {moment} END"
    return f"CAST({key} AS {_SQL_TYPE[kind]})"


def _copy(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan], path: Path, *, strict: bool
) -> None:
    selected = ", ".join(f"{_value(plan, strict)} AS {name(plan.name)}" for plan in plans)
    connection.execute(
        f"COPY (SELECT {selected} FROM {raw.relation}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"  # noqa: S608
    )


def _copy_strictly(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan], path: Path) -> bool:
    """One pass that gives up at the first surprise; most large files have none."""
    try:
        _copy(connection, raw, plans, path, strict=True)
        numbers = [name(plan.name) for plan in plans if plan.kind.type == "number"]
        if numbers:
            finite = " AND ".join(f"coalesce(bool_and(isfinite({column})), true)" for column in numbers)
            return bool(_one(connection, f"SELECT {finite} FROM read_parquet({literal(str(path))})")[0])  # noqa: S608
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException):
        return False
    return True


def _verify(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan], repairs: list[Repair]
) -> list[_Plan]:
    """Read every column in full and settle its kind: what does not fit is counted, or the column stays text."""
    settled: list[_Plan] = []
    counts = _counts(connection, raw, plans)
    for plan in plans:
        present, read, marked = counts.get(plan.column.key, (0, 0, 0))
        if plan.kind.type != "text" and present and present - read > 0:
            plan = _settle(connection, raw, plan, present, read, repairs)
        repairs += _told(plan, marked)
        settled.append(plan)
    return settled


def _counts(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan]
) -> dict[str, tuple[int, int, int]]:
    """For each column of text: cells that say something, those that could be read, and marks for missing."""
    judged = [plan for plan in plans if not plan.column.native or plan.column.native == "VARCHAR"]
    counts: dict[str, tuple[int, int, int]] = {}
    for start in range(0, len(judged), 50):
        part = judged[start : start + 50]
        selected = ", ".join(
            f"count(*) FILTER (WHERE {plan.kind.present(plan.column.key)}), count({plan.kind.value(plan.column.key)}), "
            f"count(*) FILTER (WHERE trim({name(plan.column.key)}) <> '' AND NOT ({plan.kind.present(plan.column.key)}))"
            for plan in part
        )
        row = _one(connection, f"SELECT {selected} FROM {raw.relation}")  # noqa: S608
        for position, plan in enumerate(part):
            counts[plan.column.key] = (int(row[3 * position]), int(row[3 * position + 1]), int(row[3 * position + 2]))
    return counts


def _settle(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: _Plan, present: int, read: int, repairs: list[Repair]
) -> _Plan:
    unread = present - read
    if plan.kind.type == "integer":
        wider = kinds.judge(
            replace(plan.column, sample=(*plan.column.sample, "0.5")), decimal_comma=raw.decimal_comma, day_first=None
        )
        if wider.type == "number":
            wider = replace(wider, unit=plan.kind.unit)
            row = _one(connection, f"SELECT count({wider.value(plan.column.key)}) FROM {raw.relation}")  # noqa: S608
            if int(row[0]) > read:
                plan, unread = replace(plan, kind=wider), present - int(row[0])
    if not unread:
        return plan
    key, kind = plan.column.key, plan.kind
    missed = connection.execute(
        f"SELECT {name(key)}, count(*) FROM {raw.relation} WHERE {kind.present(key)} AND ({kind.value(key)}) IS NULL "  # noqa: S608
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4"
    ).fetchall()
    distinct = _one(connection, f"SELECT approx_count_distinct({name(key)}) FROM {raw.relation}")[0]  # noqa: S608
    allowed = _MOST_UNREAD_MANY if distinct > 20 or present < 20 else _MOST_UNREAD_FEW
    examples = ", ".join(f'"{_short(str(value))}"' for value, _ in missed[:3])
    if unread > allowed * present and not _infinite(missed):
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
            sentence=f"{unread:,} of {present:,} values of column '{plan.name}' could not be read as {_NOUNS[kind.type]} "
            f"and are missing, such as {examples}.",
        )
    )
    return plan


_NOUNS = {"integer": "numbers", "number": "numbers", "boolean": "yes or no", "date": "dates", "datetime": "times", "time": "times", "text": "text"}  # fmt: skip


def _infinite(missed: list[tuple[str, int]]) -> bool:
    """Only numbers too large for a float are in the way: the column is one of numbers all the same."""
    return all(
        str(value).strip().lower().lstrip("+-").replace(".", "").replace("e", "").replace("+", "").isdigit()
        for value, _ in missed
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _told(plan: _Plan, marked: int) -> list[Repair]:
    """What reading changed in a column that went well."""
    told = []
    if plan.kind.sentence:
        told.append(
            Repair(kind="converted", column=plan.name, sentence=f"{plan.kind.sentence} in column '{plan.name}'.")
        )
    seen = [
        value
        for value in dict.fromkeys(v.strip() for v in plan.column.sample)
        if value and value.lower() in plan.kind.missing
    ]
    if marked and not (set(seen) <= {"null", "NULL"}):
        listed = ", ".join(f'"{value}"' for value in seen[:3]) or "marks"
        told.append(
            Repair(
                kind="missing_marks",
                column=plan.name,
                count=marked,
                sentence=f"{marked:,} cells of column '{plan.name}' that say {listed} count as missing.",
            )
        )
    return told


def _tell(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan]) -> list[Repair]:
    """The same for a table that was written in one pass; counting reads only the columns with marks."""
    marked: dict[str, str] = {}
    for plan in plans:
        seen = {v.strip() for v in plan.column.sample if v.strip() and v.strip().lower() in plan.kind.missing}
        if seen:
            listed = ", ".join(literal(mark) for mark in sorted(seen))
            marked[plan.column.key] = f"count(*) FILTER (WHERE trim({name(plan.column.key)}) IN ({listed}))"
    counts: dict[str, int] = {}
    if marked:
        row = _one(connection, f"SELECT {', '.join(marked.values())} FROM {raw.relation}")  # noqa: S608
        counts = dict(zip(marked, (int(count) for count in row), strict=True))
    return [repair for plan in plans for repair in _told(plan, counts.get(plan.column.key, 0))]


def _described(plan: _Plan) -> ReadColumn:
    label, unit = label_and_unit(plan.name)
    if unit is not None and plan.kind.type not in ("integer", "number"):
        label, unit = label_and_unit(plan.name)[0], None
    return ReadColumn(name=plan.name, label=label, type=plan.kind.type, unit=plan.kind.unit or unit)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = connection.execute(query).fetchone()
    return row if row is not None else (0,)


__all__ = ["marks", "write"]
