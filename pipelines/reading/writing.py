"""From columns of text to a typed Parquet file, with every value that could not be read counted."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ..engine import first_row, literal, name
from ..model import ColumnType, ReadColumn, ReadTable, Repair
from . import kinds
from .kinds import Kind
from .naming import label_and_unit, unique_names
from .raw import RawColumn, RawTable
from .staging import Staging

_NATIVE: dict[str, ColumnType] = {
    "BOOLEAN": "boolean", "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "UTINYINT": "integer",
    "USMALLINT": "integer", "UINTEGER": "integer", "FLOAT": "number", "DOUBLE": "number", "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP_S": "datetime", "TIMESTAMP_MS": "datetime", "TIMESTAMP_NS": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime", "TIME": "time",
}  # fmt: skip
_SQL_TYPE = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "TIMESTAMP",
"datetime": "TIMESTAMP", "time": "TIME"}  # fmt: skip
_MOST_UNREAD_MANY = 0.1
_MOST_UNREAD_FEW = 0.02


@dataclass(frozen=True)
class _Plan:
    """How one column is written."""

    column: RawColumn
    name: str
    kind: Kind


def write(
    staging: Staging,
    raw: RawTable,
    *,
    table: str,
    dataset: str,
    folder: Path,
    long_of: str | None = None,
) -> ReadTable:
    """Write `raw` to data/<table>.parquet under `folder`."""
    plans = _plan(raw)
    connection = staging.connection
    path = folder / "data" / f"{table}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    repairs: list[Repair] = list(raw.repairs)
    try:
        if raw.complete or not _copy_strictly(connection, raw, plans, temporary):
            if raw.otherwise is not None and not _is_readable(connection, raw):
                raw = raw.otherwise()
                repairs = list(raw.repairs)
            raw = raw if raw.complete or raw.staged else _stage(staging, raw)
            plans = _verify(connection, raw, plans, repairs)
            _copy(connection, raw, plans, temporary, strict=False)
        else:
            repairs += _tell(connection, raw, plans)
        rows = int(first_row(connection, f"SELECT count(*) FROM read_parquet({literal(str(temporary))})")[0])
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    warnings = _warnings(plans)
    return ReadTable(
        name=table,
        title=raw.title,
        dataset=dataset,
        path=f"data/{table}.parquet",
        rows=rows,
        columns=tuple(_described(plan) for plan in plans),
        long_of=long_of,
        repairs=tuple(gather(repairs)),
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


def _is_typed(plan: _Plan) -> bool:
    return plan.column.native is not None and plan.column.native != "VARCHAR"


def _parsed(raw: RawTable, plans: list[_Plan]) -> str:
    """SQL of the raw table with a trimmed text t0 and what was parsed from it p0 for each column, in stages, because
    duckdb would compute again what an expression mentions twice."""
    texts = ", ".join(
        f"{name(plan.column.key) if _is_typed(plan) else kinds.trimmed(plan.column.key)} AS t{number}"
        for number, plan in enumerate(plans)
    )
    parsed = ", ".join(
        f"t{number}, {plan.kind.parse(f't{number}') if plan.kind.type != 'text' else 'NULL'} AS p{number}"
        for number, plan in enumerate(plans)
    )
    return f"(SELECT {parsed} FROM (SELECT {texts} FROM {raw.relation}))"


def _value(plan: _Plan, number: int) -> str:
    """SQL of a column's value in the stage after `_parsed`."""
    if _is_typed(plan):
        return _native_value(plan, f"t{number}")
    return f"CAST({plan.kind.value(f't{number}', f'p{number}')} AS {_SQL_TYPE[plan.kind.type]})"


def _strict_value(plan: _Plan) -> str:
    """As little work a cell as the sample allows: no trimming where nothing needs it, no marks that were not seen."""
    kind, sample = plan.kind, plan.column.sample
    text = name(plan.column.key)
    if any(value != value.strip() for value in sample):
        text = f"trim({text})"
    seen = sorted({value.strip() for value in sample if value.strip().lower() in kind.missing and value.strip()})
    if text != name(plan.column.key):
        seen = ["", *seen]
    value = kind.strict(text) if kind.strict is not None else text
    if not seen:
        return value if value == text else f"CASE WHEN {text} IS NULL THEN NULL ELSE {value} END"
    return f"CASE WHEN {text} IS NULL OR {text} IN ({', '.join(map(literal, seen))}) THEN NULL ELSE {value} END"


def _native_value(plan: _Plan, value: str) -> str:
    kind = plan.kind.type
    if kind == "number":
        return f"CASE WHEN isfinite(CAST({value} AS DOUBLE)) THEN CAST({value} AS DOUBLE) END"
    if kind in ("date", "datetime"):
        moment = f"try_cast({value} AS TIMESTAMP)"
        return f"CASE WHEN year({moment}) BETWEEN 1 AND 9999 THEN {moment} END"
    return f"CAST({value} AS {_SQL_TYPE[kind]})"


def _copy(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan], path: Path, *, strict: bool
) -> None:
    if strict:
        values = [f"CAST({_strict_value(plan)} AS {_SQL_TYPE[plan.kind.type]})" for plan in plans]
        source = raw.relation
    else:
        values = [_value(plan, number) for number, plan in enumerate(plans)]
        source = _parsed(raw, plans)
    selected = ", ".join(f"{value} AS {name(plan.name)}" for value, plan in zip(values, plans, strict=True))
    connection.execute(
        f"COPY (SELECT {selected} FROM {source}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"
    )


def _copy_strictly(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan], path: Path) -> bool:
    """One pass that gives up at the first surprise; most large files have none."""
    try:
        _copy(connection, raw, plans, path, strict=True)
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException):
        return False
    checks = [f"coalesce(bool_and(isfinite({name(plan.name)})), true)" for plan in plans if plan.kind.type == "number"]
    checks += [
        f"coalesce(year(min({name(plan.name)})) >= 1 AND year(max({name(plan.name)})) <= 9999, true)"
        for plan in plans
        if plan.kind.type in ("date", "datetime")
    ]
    if not checks:
        return True
    return bool(first_row(connection, f"SELECT {' AND '.join(checks)} FROM read_parquet({literal(str(path))})")[0])


def _is_readable(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> bool:
    """Whether duckdb, which forgives nothing, parses the whole file."""
    try:
        first_row(connection, f"SELECT count({name(raw.columns[-1].key)}) FROM {raw.relation}")
    except duckdb.InvalidInputException:
        return False
    return True


def _stage(staging: Staging, raw: RawTable) -> RawTable:
    """All cells as text in Parquet, so that one column can be looked at without parsing the others again."""
    target = staging.file("raw.parquet")
    staging.connection.execute(f"COPY (SELECT * FROM {raw.relation}) TO {literal(str(target))} (FORMAT parquet)")
    return replace(raw, relation=f"read_parquet({literal(str(target))})", staged=True, otherwise=None)


@dataclass(frozen=True)
class _Counted:
    read: int
    unread: int
    marks: dict[str, int]
    """Marks for missing that occur, in lower case, with their counts."""


def _verify(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan], repairs: list[Repair]
) -> list[_Plan]:
    """Read every column in full and settle its kind: what does not fit is counted, or the column stays text."""
    settled: list[_Plan] = []
    counts = _counts(connection, raw, plans)
    for plan in plans:
        counted = counts.get(plan.column.key)
        if counted is not None:
            if counted.unread:
                plan = _settle(connection, raw, plan, counted, repairs)
            if plan.kind.type == "text":
                marked = {mark: count for mark, count in counted.marks.items() if mark in plan.kind.missing}
                plan = replace(plan, kind=replace(plan.kind, missing=frozenset({"", *marked})))
                counted = replace(counted, marks=marked)
            repairs += _told(plan, counted.marks)
        settled.append(plan)
    return settled


def _counts(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan]) -> dict[str, _Counted]:
    """What is in each column of text."""
    judged = [plan for plan in plans if not _is_typed(plan)]
    counts: dict[str, _Counted] = {}
    for start in range(0, len(judged), 50):
        part = judged[start : start + 50]
        selected = ", ".join(
            f"count({_plain_value(plan, n)}), count(*) FILTER (WHERE t{n} <> '' AND {_plain_value(plan, n)} IS NULL)"
            for n, plan in enumerate(part)
        )
        row = first_row(connection, f"SELECT {selected} FROM {_parsed(raw, part)}")
        for position, plan in enumerate(part):
            read, other = int(row[2 * position]), int(row[2 * position + 1])
            found = _marks(connection, raw, plan) if other or plan.kind.type == "text" else {}
            unread = other - sum(found.values()) if plan.kind.type != "text" else 0
            counts[plan.column.key] = _Counted(read, unread, found)
    return counts


def _plain_value(plan: _Plan, number: int) -> str:
    return f"t{number}" if plan.kind.type == "text" else _value(plan, number)


def _marks(connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: _Plan) -> dict[str, int]:
    """The marks for missing that occur in a column, with how often."""
    missing = plan.kind.missing - {""}
    if raw.complete:
        missing &= {value.strip().lower() for value in plan.column.sample}
    if not missing:
        return {}
    rows = connection.execute(
        f"SELECT lower(t0), count(*) FROM {_parsed(raw, [plan])} WHERE {_is_mark(plan, missing)} "
        "GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    return {str(mark): int(count) for mark, count in rows}


def _is_mark(plan: _Plan, missing: Iterable[str]) -> str:
    listed = ", ".join(literal(mark) for mark in sorted(missing))
    found = f"lower(t0) IN ({listed})"
    return found if plan.kind.type == "text" else f"{_value(plan, 0)} IS NULL AND {found}"


def _settle(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: _Plan, counted: _Counted, repairs: list[Repair]
) -> _Plan:
    read, unread = counted.read, counted.unread
    present = read + unread
    if plan.kind.type == "integer":
        plan, unread = _widened(connection, raw, plan, read, unread)
    if not unread:
        return plan
    key, kind = plan.column.key, plan.kind
    missed = connection.execute(
        f"SELECT t0, count(*) FROM {_parsed(raw, [plan])} WHERE t0 <> '' AND {_value(plan, 0)} IS NULL "
        f"AND NOT ({_is_mark(plan, kind.missing)}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4"
    ).fetchall()
    distinct = first_row(connection, f"SELECT approx_count_distinct({name(key)}) FROM {raw.relation}")[0]
    allowed = _MOST_UNREAD_MANY if distinct > 20 or present < 20 else _MOST_UNREAD_FEW
    examples = ", ".join(f'"{_short(str(value))}"' for value, _ in missed[:3])
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
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: _Plan, read: int, unread: int
) -> tuple[_Plan, int]:
    """A column of whole numbers that turns out to hold decimals, too."""
    sample = (*plan.column.sample, "0.5")
    wider = kinds.judge(replace(plan.column, sample=sample), decimal_comma=raw.decimal_comma, day_first=None)
    if wider.type != "number":
        return plan, unread
    changed = replace(plan, kind=replace(wider, unit=plan.kind.unit))
    row = first_row(connection, f"SELECT count({_value(changed, 0)}) FROM {_parsed(raw, [changed])}")
    return (changed, read + unread - int(row[0])) if int(row[0]) > read else (plan, unread)


_NOUNS = {"integer": "numbers", "number": "numbers", "boolean": "yes or no", "date": "dates", "datetime": "times",
"time": "times", "text": "text"}  # fmt: skip


_BEYOND = re.compile(r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?|\d{1,6}[-/.]\d{1,2}[-/.]\d{1,6}(?:[ T].*)?", re.IGNORECASE)


def _out_of_bounds(missed: list[tuple[str, int]]) -> bool:
    """Only numbers too large for a float, or dates no calendar has, are in the way: the kind is right all the same."""
    return all(_BEYOND.fullmatch(str(value).strip()) for value, _ in missed)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _told(plan: _Plan, marked: dict[str, int]) -> list[Repair]:
    """What reading changed in a column that went well."""
    told = []
    if plan.kind.sentence:
        told.append(
            Repair(kind="converted", column=plan.name, sentence=f"{plan.kind.sentence} in column '{plan.name}'.")
        )
    if marked and set(marked) != {"null"}:
        count = sum(marked.values())
        listed = ", ".join(f'"{_as_written(plan, mark)}"' for mark in list(marked)[:3])
        told.append(
            Repair(
                kind="missing_marks",
                column=plan.name,
                count=count,
                sentence=f"{count:,} {'cell' if count == 1 else 'cells'} of column '{plan.name}' that "
                f"{'says' if count == 1 else 'say'} {listed} {'counts' if count == 1 else 'count'} as missing.",
            )
        )
    return told


def _as_written(plan: _Plan, mark: str) -> str:
    return next((value.strip() for value in plan.column.sample if value.strip().lower() == mark), mark)


def _tell(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[_Plan]) -> list[Repair]:
    """The same for a table that was written in one pass; counting reads only the columns with marks."""
    seen = {
        plan.column.key: sorted(
            {v.strip() for v in plan.column.sample if v.strip() and v.strip().lower() in plan.kind.missing}
        )
        for plan in plans
    }
    asked = [
        (key, mark, f"count(*) FILTER (WHERE trim({name(key)}) = {literal(mark)})")
        for key, found in seen.items()
        for mark in found
    ]
    counts: dict[str, dict[str, int]] = {}
    if asked:
        row = first_row(connection, f"SELECT {', '.join(sql for _, _, sql in asked)} FROM {raw.relation}")
        for (key, mark, _), count in zip(asked, row, strict=True):
            counts.setdefault(key, {})[mark.lower()] = int(count)
    return [repair for plan in plans for repair in _told(plan, counts.get(plan.column.key, {}))]


def _warnings(plans: list[_Plan]) -> list[str]:
    """Each kind of doubt once, with its columns."""
    doubts: dict[str, list[_Plan]] = {}
    for plan in plans:
        if plan.kind.warning:
            doubts.setdefault(_EXAMPLE.sub("", plan.kind.warning), []).append(plan)
    return [
        f"{'Columns' if len(group) > 1 else 'Column'} {_listed(plan.name for plan in group[:5])}: {group[0].kind.warning}."
        for group in doubts.values()
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def gather(repairs: list[Repair]) -> list[Repair]:
    """One sentence for the same repair in many columns."""
    groups: dict[str, list[Repair]] = {}
    for repair in repairs:
        alike = f"{repair.kind} {_EXAMPLE.sub('', repair.sentence.split(' in column ')[0])}" if repair.column else ""
        groups.setdefault(alike if repair.kind in ("converted", "missing_marks") else repair.sentence, []).append(
            repair
        )
    gathered: list[Repair] = []
    for group in groups.values():
        if len(group) < 3 or group[0].column is None:
            gathered += group
            continue
        listed = ", ".join(f"'{repair.column}'" for repair in group[:3])
        more = f" and {len(group) - 3} more" if len(group) > 3 else ""
        count = sum(repair.count for repair in group)
        text = group[0].sentence.split(" in column ")[0] + f" in {len(group)} columns: {listed}{more}."
        if group[0].kind == "missing_marks":
            said = group[0].sentence.split(" that say ")[1]
            text = f"{count:,} cells in {len(group)} columns ({listed}{more}) that say {said}"
        gathered.append(Repair(kind=group[0].kind, sentence=text, count=count))
    return gathered


_EXAMPLE = re.compile(r'"[^"]*"|[\d,]+ cells of column .* that')


def _described(plan: _Plan) -> ReadColumn:
    label, unit = label_and_unit(plan.name)
    if unit is not None and plan.kind.type not in ("integer", "number"):
        label, unit = label_and_unit(plan.name)[0], None
    return ReadColumn(name=plan.name, label=label, type=plan.kind.type, unit=plan.kind.unit or unit)
