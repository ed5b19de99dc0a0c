"""Profiles of all tables of a job, with the joins between them."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import duckdb

from ..engine import connect, name
from ..model import Column, Dataset, Datasets, Profile, ReadTable, Table, Tables
from ..step import JobFolder, Limits, Progress, Report
from . import cautions, coverage, figures, grains, matching, roles, rollups, series, units
from .figures import Figures
from .words import words

_START, _END = 65.0, 75.0
_IN_MEMORY = 2_000_000
"""Cells."""


def profile(folder: JobFolder, limits: Limits, report: Report) -> Profile:
    """What is in every table that was read.

    Raises:
        LimitError: the data needs more memory or disk than allowed.
    """
    tables = folder.read(Tables, folder.tables).tables
    datasets = {dataset.name: dataset for dataset in folder.read(Datasets, folder.datasets).datasets}
    sources = {table.name: figures.relation(str(folder.path / table.path)) for table in tables}
    profiled: list[Table] = []
    with connect(limits, folder.path) as connection:
        for number, table in enumerate(tables):
            done = _START + (_END - _START) * number / len(tables)
            report(Progress(step="analyze_datasets", percent=done, message=f"Looking into {table.title}"))
            if table.rows * len(table.columns) <= _IN_MEMORY:
                # Hundreds of small questions are answered much faster from memory than from a file.
                connection.execute(f"CREATE TABLE {name(table.name)} AS SELECT * FROM {sources[table.name]}")
                sources[table.name] = name(table.name)
            profiled.append(_table(connection, table, datasets.get(table.dataset), sources[table.name]))
        found = _together(connection, profiled, _pairs(tables, profiled), sources, datasets)
    folder.write(found, folder.profile)
    report(Progress(step="analyze_datasets", percent=_END, message="Looked into all columns"))
    return found


def _pairs(tables: Sequence[ReadTable], profiled: Sequence[Table]) -> list[tuple[Table, Table]]:
    """All that may be joined. A table and its long form are the same data."""
    long_of = {table.name: table.long_of for table in tables if table.long_of}
    return [
        (left, right)
        for left, right in combinations(profiled, 2)
        if long_of.get(left.name) != right.name and long_of.get(right.name) != left.name
    ]


def _together(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    pairs: Sequence[tuple[Table, Table]],
    sources: dict[str, str],
    datasets: dict[str, Dataset],
) -> Profile:
    """The profile with joins: between tables, and between those that are made where times are of other grains."""
    instead, made = rollups.made(connection, pairs, sources, datasets)
    known = {table.name: table for table in tables}
    for item in made:
        sources[item.table.name] = name(item.table.name)
        table = _table(connection, item.table, datasets.get(item.table.dataset), sources[item.table.name])
        known[table.name] = rollups.settled(table, known[item.rollup.of], item.rollup)
    brought = [(known[left], known[right]) for left, right in instead.values()]
    joins = matching.joins(connection, [*pairs, *brought], sources)
    met = {(join.left, join.right) for join in joins}
    apart = [(left, right) for left, right in pairs if instead.get((left.name, right.name)) not in met]
    useful = {side for join in joins for side in (join.left, join.right)}
    return Profile(
        tables=tuple(tables),
        rollups=tuple(known[item.table.name] for item in made if item.table.name in useful),
        joins=joins,
        warnings=series.mismatches(apart),
    )


def _table(connection: duckdb.DuckDBPyConnection, table: ReadTable, dataset: Dataset | None, source: str) -> Table:
    measured = figures.measure(connection, table, source)
    notes = _notes(dataset)
    about = dataset.description if dataset else ""
    columns = [_column(connection, item, notes, about, source) for item in measured]
    keys = grains.keys(connection, table, columns, source)
    singular, plural = grains.noun(table, columns, keys)
    return Table(
        name=table.name,
        title=table.title,
        dataset=table.dataset,
        path=table.path,
        rows=table.rows,
        columns=tuple(columns),
        row_noun=singular,
        row_noun_plural=plural,
        keys=keys,
        repairs=table.repairs,
        warnings=cautions.of_table(connection, table, bool(keys), source),
    )


def _notes(dataset: Dataset | None) -> dict[tuple[str, ...], str]:
    """What the publisher says of each column, found by its words."""
    return {tuple(words(name)): text for name, text in (dataset.notes if dataset else {}).items()}


def _column(
    connection: duckdb.DuckDBPyConnection, item: Figures, notes: dict[tuple[str, ...], str], about: str, source: str
) -> Column:
    judged = roles.judge(item)
    description = notes.get(tuple(words(item.column.name)), "")
    unit = (
        units.unit(item, description, about) if judged.role == "measure" else units.Unit(item.column.unit, 1.0, False)
    )
    times = None
    if judged.role == "time":
        times = coverage.of_years(item) if item.is_number else coverage.of_dates(connection, item, source)
    column = Column(
        name=item.column.name,
        label=item.column.label,
        type=item.column.type,
        role=judged.role,
        description=description,
        unit=unit.unit,
        scale=unit.scale,
        additive=unit.additive if judged.role == "measure" else None,
        place=judged.place,
        rows=item.rows,
        missing=item.missing,
        distinct=item.distinct,
        unique=item.unique,
        numbers=item.numbers,
        times=times,
        values=item.values,
        order=judged.order,
        examples=item.examples,
    )
    return column.model_copy(update={"warnings": cautions.of_column(item, column)})
