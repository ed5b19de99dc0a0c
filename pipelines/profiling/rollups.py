"""Rollups: tables of readings with coarser times, made so that they can be joined with others of such times."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from ..engine import first_row, literal, name
from ..model import Column, Dataset, ReadColumn, ReadTable, Rollup, Table
from . import series
from .words import vocabulary, words

MOST = 12
_MOST_ROWS = 5_000_000
_MOST_LOOKED_AT = 40
_FULL = {("month", "year"): 12, ("month", "quarter"): 3, ("quarter", "year"): 4}
"""Readings of a whole period. Days, weeks and hours are counted: their numbers differ."""
_NEARLY_ALL = 0.85
"""Of the usual number of days, weeks or hours in a period: Februaries are short, and exchanges close on holidays."""
_LEVELS = vocabulary(
    """
    population pop people persons inhabitants employed unemployed employment unemployment employees workers jobs
    payrolls workforce staff headcount households homes houses vehicles cars fleet stock stocks inventory inventories
    debt debts balance assets liabilities reserves loans exposure outstanding deposits currency m1 m2 holdings
    enrolled enrollment beds seats rooms members subscribers users followers capacity area acres listings
    cumulative cum running ytd todate
    """
)
"""What is counted at a moment, or since a beginning: its values of twelve months are not added up."""
_ANNUALIZED = re.compile(r"\bannual rate|\bannuali[sz]ed|\bper annum|\bmoving average|\brolling\b", re.IGNORECASE)
_STAYING = ("category", "ordered", "place", "identifier", "boolean", "text")


@dataclass(frozen=True)
class Made:
    """A table that `connection` has under the name of `table`, with what it is made of."""

    rollup: Rollup
    table: ReadTable


@dataclass(frozen=True)
class _Form:
    """How times of a table are to be written, so that they mean the same as those of another one."""

    grain: series.Grain
    numbered: bool


Pair = tuple[Table, Table]


def made(
    connection: duckdb.DuckDBPyConnection, pairs: Iterable[Pair], sources: dict[str, str], datasets: dict[str, Dataset]
) -> tuple[dict[tuple[str, str], tuple[str, str]], tuple[Made, ...]]:
    """The names of the tables to be joined instead of those of each pair, where there are such, and the tables made."""
    instead: dict[tuple[str, str], tuple[str, str]] = {}
    found: dict[tuple[str, _Form], Made | None] = {}
    pairs = list(pairs)
    # In one form, so that three tables can be joined as well as two.
    numbered = any(time.type == "integer" for pair in pairs for table in pair if (time := series.time_of(table)))
    for left, right in pairs:
        forms = _forms(connection, left, right, sources, numbered=numbered)
        if forms is None or not any(forms):
            continue
        names = []
        for table, form in zip((left, right), forms, strict=True):
            if form is not None and (table.name, form) not in found:
                full = len([item for item in found.values() if item]) >= MOST
                taken = {*sources, *(item.table.name for item in found.values() if item)}
                about = datasets[table.dataset].description if table.dataset in datasets else ""
                found[table.name, form] = None if full else _made(connection, table, form, sources, taken, about)
            one = found[table.name, form] if form is not None else None
            names.append(table.name if form is None else one.table.name if one else None)
        if names[0] is not None and names[1] is not None:
            instead[left.name, right.name] = (names[0], names[1])
    return instead, tuple(item for item in found.values() if item)


def settled(table: Table, origin: Table, rollup: Rollup) -> Table:
    """The profiled table with what is known of its columns from where it was made of."""
    kept = ("role", "unit", "scale", "additive", "place", "order", "description")
    columns = tuple(
        column.model_copy(update={field: getattr(before, field) for field in kept})
        if column.name != rollup.period and (before := origin.column(column.name)) is not None
        else column.model_copy(update={"role": "time", "additive": None})
        for column in table.columns
    )
    told = _told(rollup, origin, table)
    return table.model_copy(update={"columns": columns, "rollup": rollup, "warnings": (told, *table.warnings)})


def _told(rollup: Rollup, origin: Table, table: Table) -> str:
    """What was done, in words for people."""
    time = origin.column(rollup.time)
    fine = series.grain(time) if time is not None else rollup.grain
    if fine == rollup.grain:
        form = f"its {fine}s are joined as numbers" if rollup.numbered else f"the first day of each {fine} is joined"
        return f"'{origin.title}' has dates by {fine}, so {form}."
    sums, means = (_listed(table, names) for names in (rollup.sums, rollup.means))
    coarse = "daily" if rollup.grain == "day" else f"{rollup.grain}ly"
    whole = f"of {rollup.grain}s with at least {rollup.readings} {fine}s"
    if not sums:
        return f"'{origin.title}' has values by {fine}, so its {coarse} means are joined."
    if not means:
        return f"'{origin.title}' has values by {fine}, so its {coarse} sums are joined, {whole}."
    return (
        f"'{origin.title}' has values by {fine}, so {coarse} means of {means} and sums of {sums} are joined, {whole}."
    )


def _listed(table: Table, names: Sequence[str]) -> str:
    labels = [f"'{column.label}'" for name in names[:4] if (column := table.column(name))]
    if len(names) > 4:
        return f"{', '.join(labels)} and {len(names) - 4} more"
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}" if labels else ""


def _forms(
    connection: duckdb.DuckDBPyConnection, left: Table, right: Table, sources: dict[str, str], *, numbered: bool
) -> tuple[_Form | None, _Form | None] | None:
    """How each of two tables of readings has to be written; None: they cannot be brought together."""
    found = series.time_of(left), series.time_of(right)
    times = [column for column in found if column is not None]
    if len(times) < 2:
        return None
    grains = [series.grain(column) for column in times]
    coarse = max(grains, key=series.GRAINS.index)
    if "week" in grains and coarse in ("month", "quarter"):
        return None
    form = _Form(coarse, coarse == "year" and numbered)
    begins = [
        column.type == "integer" or _begin(connection, column, coarse, sources[table.name])
        for column, table in zip(times, (left, right), strict=True)
    ]
    alike = begins[0] == begins[1] or coarse in ("hour", "day", "week")
    if grains[0] == grains[1] and (times[0].type == "integer") == (times[1].type == "integer") and alike:
        return None, None
    one, other = (
        None if grain == coarse and (column.type == "integer" if form.numbered else begin) else form
        for column, grain, begin in zip(times, grains, begins, strict=True)
    )
    return one, other


def _begin(connection: duckdb.DuckDBPyConnection, time: Column, grain: str, source: str) -> bool:
    """Whether all times are the beginnings of periods."""
    column = name(time.name)
    row = first_row(connection, f"SELECT bool_and(date_trunc({literal(grain)}, {column}) = {column}) FROM {source}")
    return bool(row and row[0])


def _made(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    form: _Form,
    sources: dict[str, str],
    taken: set[str],
    about: str,
) -> Made | None:
    """None: it has nothing that could be added up or averaged, or too many rows."""
    time, source = series.time_of(table), sources[table.name]
    if time is None or table.rows > _MOST_ROWS:
        return None
    is_fine = series.grain(time) != form.grain
    rollup = _rolled_up(connection, table, time, form, source, about) if is_fine else _rewritten(table, time, form)
    if rollup is None:
        return None
    read = _table(table, rollup, _free(f"{table.name[:45]}_by_{form.grain}", taken))
    connection.execute(f"CREATE TABLE {name(read.name)} AS {_query(rollup, source)}")
    row = first_row(connection, f"SELECT count(*) FROM {name(read.name)}")
    return Made(rollup, read.model_copy(update={"rows": row[0]})) if row[0] else None


def _rewritten(table: Table, time: Column, form: _Form) -> Rollup:
    """All rows, with their times in another form."""
    keys = tuple(column.name for column in table.columns if column is not time)
    return Rollup(
        of=table.name,
        time=time.name,
        grain=form.grain,
        period=_period(time, form, keys),
        numbered=form.numbered,
        attributes=keys,
    )


def _rolled_up(
    connection: duckdb.DuckDBPyConnection, table: Table, time: Column, form: _Form, source: str, about: str
) -> Rollup | None:
    measures = [column for column in table.columns if column.role == "measure" and column.type in ("integer", "number")]
    if not measures:
        return None
    telling = next(key for key in table.keys if time.name in key)
    others = [part for part in telling if part != time.name]
    attributes = _attributes(connection, table, others, source)
    taken = (*others, *attributes, *(column.name for column in measures))
    sums = tuple(column.name for column in measures if _adds_up(column, about))
    rollup = Rollup(
        of=table.name,
        time=time.name,
        grain=form.grain,
        period=_period(time, form, taken),
        numbered=form.numbered,
        keys=tuple(others),
        attributes=attributes,
        sums=sums,
        means=tuple(column.name for column in measures if column.name not in sums),
    )
    return rollup.model_copy(update={"readings": _readings(connection, rollup, series.grain(time), source)})


def _attributes(
    connection: duckdb.DuckDBPyConnection, table: Table, keys: Sequence[str], source: str
) -> tuple[str, ...]:
    """Further columns that say the same in every row of a thing: the name of a country beside its code. What changes
    from reading to reading, as a season, has no value for a longer period."""
    asked = [c for c in table.columns if c.role in _STAYING and c.name not in keys][:_MOST_LOOKED_AT]
    if not asked:
        return ()
    group = f"GROUP BY {', '.join(map(name, keys))}" if keys else ""
    counts = ", ".join(f"count(DISTINCT {name(c.name)}) AS n{number}" for number, c in enumerate(asked))
    most = ", ".join(f"max(n{number})" for number in range(len(asked)))
    row = first_row(connection, f"SELECT {most} FROM (SELECT {counts} FROM {source} {group})")
    return tuple(c.name for c, count in zip(asked, row, strict=True) if count == 1 and not c.missing)


def _adds_up(column: Column, about: str) -> bool:
    """Whether values of several times may be added up: sales may, the number of inhabitants may not, though it may be
    added up over countries."""
    text = f"{column.label} {column.description}"
    named = set(words(text))
    return bool(column.additive) and not named & _LEVELS and not _ANNUALIZED.search(f"{text} {about}")


def _readings(connection: duckdb.DuckDBPyConnection, rollup: Rollup, grain: str, source: str) -> int:
    if not rollup.sums:
        return 1
    groups = ", ".join(map(name, (*rollup.keys, *rollup.attributes, rollup.period)))
    counts = f"SELECT count(*) AS n FROM ({_readings_by_period(rollup, source)}) GROUP BY {groups}"
    usual = float(first_row(connection, f"SELECT median(n) FROM ({counts})")[0] or 1)
    full = _FULL.get((grain, rollup.grain))
    return max(1, min(full, int(usual)) if full else int(_NEARLY_ALL * usual))


def _period(time: Column, form: _Form, taken: Iterable[str]) -> str:
    if not form.numbered:
        return time.name
    return _free(form.grain, {item.casefold() for item in taken})


def _free(wish: str, taken: Iterable[str]) -> str:
    number, candidate = 2, wish
    while candidate in taken:
        candidate, number = f"{wish}_{number}", number + 1
    return candidate


def _table(origin: Table, rollup: Rollup, wish: str) -> ReadTable:
    columns = {column.name: column for column in origin.columns}
    time = columns[rollup.time]
    made = [_read(columns[key]) for key in (*rollup.keys, *rollup.attributes)]
    made.append(
        ReadColumn(
            name=rollup.period,
            label=rollup.grain.capitalize() if rollup.numbered else time.label,
            type="integer" if rollup.numbered else "datetime" if time.type == "datetime" else "date",
        )
    )
    made += [_read(columns[item]) for item in rollup.sums]
    made += [_read(columns[item]).model_copy(update={"type": "number"}) for item in rollup.means]
    return ReadTable(
        name=wish,
        title=f"{origin.title} by {rollup.grain}",
        dataset=origin.dataset,
        path=origin.path,
        rows=0,
        columns=tuple(made),
    )


def _read(column: Column) -> ReadColumn:
    return ReadColumn(name=column.name, label=column.label, type=column.type, unit=column.unit)


def _readings_by_period(rollup: Rollup, source: str) -> str:
    time = name(rollup.time)
    period = f"CAST(year({time}) AS BIGINT)" if rollup.numbered else f"date_trunc({literal(rollup.grain)}, {time})"
    columns = [
        *map(name, (*rollup.keys, *rollup.attributes, *rollup.sums, *rollup.means)),
        f"{period} AS {name(rollup.period)}",
    ]
    return f"SELECT {', '.join(columns)} FROM {source} WHERE {time} IS NOT NULL"


def _query(rollup: Rollup, source: str) -> str:
    readings = _readings_by_period(rollup, source)
    keys = ", ".join(map(name, (*rollup.keys, *rollup.attributes, rollup.period)))
    if not rollup.sums and not rollup.means:
        return f"SELECT {keys} FROM ({readings})"
    sums = [f"CASE WHEN count({m}) >= {rollup.readings} THEN sum({m}) END AS {m}" for m in map(name, rollup.sums)]
    means = [f"avg({m}) AS {m}" for m in map(name, rollup.means)]
    some = " OR ".join(f"{name(item)} IS NOT NULL" for item in (*rollup.sums, *rollup.means))
    return f"SELECT * FROM (SELECT {keys}, {', '.join([*sums, *means])} FROM ({readings}) GROUP BY {keys}) WHERE {some}"
