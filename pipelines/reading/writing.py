"""From columns of text to a typed Parquet file, in one pass when the sample told the truth."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb

from ..engine import first_row, literal, name
from ..model import ReadColumn, ReadTable, Repair
from .columns import ColumnPlan, parsed, plan_columns, strictly, value
from .naming import label_and_unit
from .raw import RawTable
from .settling import settle
from .staging import Staging
from .telling import doubts_of, gather, told


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
    plans = plan_columns(raw)
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
            plans = settle(connection, raw, plans, repairs)
            _copy(connection, raw, plans, temporary, strict=False)
        else:
            repairs += _tell(connection, raw, plans)
        rows = int(first_row(connection, f"SELECT count(*) FROM read_parquet({literal(str(temporary))})")[0])
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    warnings = doubts_of(plans)
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


def _copy(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[ColumnPlan], path: Path, *, strict: bool
) -> None:
    if strict:
        source, values = strictly(raw, plans)
    else:
        values = [value(plan, number) for number, plan in enumerate(plans)]
        source = parsed(raw, plans)
    selected = ", ".join(f"{value} AS {name(plan.name)}" for value, plan in zip(values, plans, strict=True))
    connection.execute(
        f"COPY (SELECT {selected} FROM {source}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"
    )


def _copy_strictly(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[ColumnPlan], path: Path) -> bool:
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


def _tell(connection: duckdb.DuckDBPyConnection, raw: RawTable, plans: list[ColumnPlan]) -> list[Repair]:
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
    return [repair for plan in plans for repair in told(plan, counts.get(plan.column.key, {}))]


def _described(plan: ColumnPlan) -> ReadColumn:
    label, unit = label_and_unit(plan.name)
    if unit is not None and plan.kind.type not in ("integer", "number"):
        label, unit = label_and_unit(plan.name)[0], None
    return ReadColumn(name=plan.name, label=label, type=plan.kind.type, unit=plan.kind.unit or unit)
