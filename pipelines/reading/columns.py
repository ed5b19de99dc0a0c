"""How each column of a table is to be written: its name, its kind, and the SQL that makes its values."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass

from ..engine import literal, name
from ..model import ColumnType
from . import kinds
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
    names = unique_names([column.header for column in raw.columns])
    day_first = True if raw.decimal_comma else None
    plans = []
    for column, column_name in zip(raw.columns, names, strict=True):
        kind = (
            _native(column)
            if column.native and column.native != "VARCHAR"
            else kinds.judge(column, decimal_comma=raw.decimal_comma, day_first=day_first)
        )
        plans.append(ColumnPlan(column, column_name, kind))
    return plans


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
    """SQL of a column's value in the stage after `_parsed`."""
    if is_typed(plan):
        return _native_value(plan, f"t{number}")
    return f"CAST({plan.kind.value(f't{number}', f'p{number}')} AS {SQL_TYPE[plan.kind.type]})"


def strict_value(plan: ColumnPlan) -> str:
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


def _native_value(plan: ColumnPlan, value: str) -> str:
    kind = plan.kind.type
    if kind == "number":
        return f"CASE WHEN isfinite(CAST({value} AS DOUBLE)) THEN CAST({value} AS DOUBLE) END"
    if kind in ("date", "datetime"):
        moment = f"try_cast({value} AS TIMESTAMP)"
        return f"CASE WHEN year({moment}) BETWEEN 1 AND 9999 THEN {moment} END"
    return f"CAST({value} AS {SQL_TYPE[kind]})"
