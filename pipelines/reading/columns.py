"""How each column of a table is to be written: its name, its kind, and the SQL that makes its values."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import re
from dataclasses import dataclass

from ..engine import literal, name
from ..model import ColumnType
from . import cells, kinds
from .kinds import Kind
from .naming import unique_names
from .raw import RawColumn, RawTable

_NATIVE: dict[str, ColumnType] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "integer"),
    **dict.fromkeys(
        ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"), "datetime"
    ),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "number"),
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
}
"""duckdb's types as ours; all others are text."""
SQL_TYPE = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    # Data frames take days as times without a loss; a column of their own type for days would be slow objects.
    "date": "TIMESTAMP",
    "datetime": "TIMESTAMP",
    "time": "TIME",
}


@dataclass(frozen=True)
class ColumnPlan:
    """How one column is written."""

    column: RawColumn
    name: str
    kind: Kind


def plan_columns(raw: RawTable) -> list[ColumnPlan]:
    """A name and a kind for every column."""
    names = unique_names([column.header for column in raw.columns])
    decimal_comma = _decimal_comma(raw)
    day_first = True if raw.decimal_comma else None
    plans = []
    for column, column_name in zip(raw.columns, names, strict=True):
        typed = column.native and column.native != "VARCHAR"
        kind = _native(column) if typed else kinds.judge(column, decimal_comma=decimal_comma, day_first=day_first)
        plans.append(ColumnPlan(column, column_name, kind))
    return plans


_WITH_COMMA = re.compile(r"\D{0,4}(?:\d{1,3}(?:\.\d{3})+|\d+),(?:\d{1,2}|\d{4,})\D{0,4}")
_WITH_POINT = re.compile(r"\D{0,4}(?:\d{1,3}(?:,\d{3})+|\d+)\.(?:\d{1,2}|\d{4,})\D{0,4}")
_MOST_ASKED = 200


def _decimal_comma(raw: RawTable) -> bool | None:
    """What columns without a doubt use for decimals holds for the others; else what the delimiter suggests."""
    commas = points = 0
    for column in raw.columns:
        said = [cell.strip() for cell in column.sample[:_MOST_ASKED] if cells.kind(cell)]
        numbers = [cell for cell in said if cells.kind(cell) == "number"]
        if numbers and len(numbers) >= 0.8 * len(said):
            commas += sum(1 for cell in numbers if _WITH_COMMA.fullmatch(cell))
            points += sum(1 for cell in numbers if _WITH_POINT.fullmatch(cell))
    if commas == points:
        return raw.decimal_comma
    return commas > points


def _native(column: RawColumn) -> Kind:
    """A column of a typed format, kept as it is as far as Parquet and pandas agree on it."""
    source = (column.native or "").upper()
    kind: ColumnType = (
        "number" if source.startswith(("DECIMAL", "HUGEINT", "UBIGINT", "UHUGEINT")) else _NATIVE.get(source, "text")
    )
    return Kind(kind, lambda text: text, frozenset(), strict=None)


def is_typed(plan: ColumnPlan) -> bool:
    return plan.column.native is not None and plan.column.native != "VARCHAR"


def parsed(raw: RawTable, plans: list[ColumnPlan]) -> str:
    """SQL of the raw table with a trimmed text t0 and what was parsed from it p0 for each column, in stages, because
    duckdb would compute again what an expression mentions twice."""
    texts = ", ".join(
        f"{name(plan.column.key) if is_typed(plan) else kinds.trimmed(plan.column.key)} AS t{number}"
        for number, plan in enumerate(plans)
    )
    parsed = ", ".join(
        f"t{number}, {plan.kind.parse(f't{number}') if plan.kind.type != 'text' else 'NULL'} AS p{number}"
        for number, plan in enumerate(plans)
    )
    return f"(SELECT {parsed} FROM (SELECT {texts} FROM {raw.relation}))"


def value(plan: ColumnPlan, number: int) -> str:
    """SQL of a column's value in the stage after `parsed`."""
    if is_typed(plan):
        return _native_value(plan, f"t{number}")
    return f"CAST({plan.kind.value(f't{number}', f'p{number}')} AS {SQL_TYPE[plan.kind.type]})"


def strictly(raw: RawTable, plans: list[ColumnPlan]) -> tuple[str, list[str]]:
    """SQL of the raw table and of its values, which raises at the first cell that is not of its column's kind."""
    staged = [
        f"{plan.kind.parse(_text(plan))} AS p{number}"
        for number, plan in enumerate(plans)
        if plan.kind.strict is None and not is_typed(plan)
    ]
    source = f"(SELECT *, {', '.join(staged)} FROM {raw.relation})" if staged else raw.relation
    values = [_strict_value(plan, number, empty=raw.staged) for number, plan in enumerate(plans)]
    return source, [f"CAST({sql} AS {SQL_TYPE[plan.kind.type]})" for sql, plan in zip(values, plans, strict=True)]


def _text(plan: ColumnPlan) -> str:
    """Trimmed only where the sample shows a need."""
    needed = any(cell != cell.strip() for cell in plan.column.sample)
    return kinds.trimmed(plan.column.key) if needed else name(plan.column.key)


def _strict_value(plan: ColumnPlan, number: int, *, empty: bool) -> str:
    """As little work a cell as the sample allows. `empty`: whether empty cells are texts rather than NULL."""
    if is_typed(plan):
        return _native_value(plan, name(plan.column.key))
    kind, text = plan.kind, _text(plan)
    said = {cell.strip() for cell in plan.column.sample}
    seen = sorted(cell for cell in said if cell and cell.lower() in kind.missing)
    if empty or text != name(plan.column.key):
        seen = ["", *seen]
    value = kind.strict(text) if kind.strict else f"coalesce({kind.check(f'p{number}')}, {kinds.failing(text)})"
    if not seen:
        return value if value == text else f"CASE WHEN {text} IS NULL THEN NULL ELSE {value} END"
    return f"CASE WHEN {text} IS NULL OR {text} IN ({', '.join(map(literal, seen))}) THEN NULL ELSE {value} END"


def _native_value(plan: ColumnPlan, value: str) -> str:
    kind = plan.kind.type
    if kind == "number":
        return f"CASE WHEN isfinite(CAST({value} AS DOUBLE)) THEN CAST({value} AS DOUBLE) END"
    if kind in ("date", "datetime"):
        moment = f"try_cast({value} AS TIMESTAMP)"
        return f"CASE WHEN year({moment}) BETWEEN 1 AND 9999 THEN {moment} END"
    return f"CAST({value} AS {SQL_TYPE[kind]})"
