"""Frames of a notebook: the columns of each table that are loaded, their short names, and what is derived from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...notebook_templates import cells
from ...notebook_templates.naming import Names, plain
from ...notebook_templates.source import Code
from ..errors import PlanError
from ..model import Column, Join, Plan, Profile, Table
from .frame import Frame
from .rollups import needed, rolled_up
from .spelling import Values, spelled_alike

_MANY_ROWS = 100_000
Keys = Mapping[tuple[str, str], Sequence[str]]
"""All values of columns that name places and join tables, by the file and the column."""


@dataclass(frozen=True)
class Frames:
    """All frames of a plan, and the cells that make them."""

    by_name: dict[str, Frame]
    loading: tuple[cells.Source, ...]
    joining: tuple[Code, ...]
    partners: tuple[Code, ...]
    """For each side of each join, what tells of keys without a partner."""

    def __getitem__(self, name: str) -> Frame:
        return self.by_name[name]


def frames(plan: Plan, profile: Profile, names: Names, keys: Keys) -> Frames:
    """Raises: PlanError when a table or column is not there."""
    tables = {name: _table(profile, name) for name in plan.tables}
    used = _used(plan, tables)
    loaded = {name: table for name, table in tables.items() if table.rollup is None}
    rolled = {name: table.rollup for name, table in tables.items() if table.rollup is not None and used[name]}
    for name, rollup in rolled.items():
        loaded.setdefault(rollup.of, _table(profile, rollup.of))
        used.setdefault(rollup.of, set()).update(needed(rollup, used[name]))
    made: dict[str, Frame] = {}
    loading = []
    for name, table in loaded.items():
        columns = [column for column in table.columns if column.name in used[name]]
        if not used[name]:
            continue
        frame = _frame(table, columns or list(table.columns[:1]), names)
        made[name] = frame
        joined_by = {key for join in plan.joins for pair in join.on for key in pair}
        repeated = [frame.short[column.name] for column in columns if _repeats(column) and column.name not in joined_by]
        file = PurePosixPath(table.path).name
        loading.append(cells.Source(frame.variable, file, frame.short, repeated if table.rows > _MANY_ROWS else ()))
    values = _key_values(plan, tables, keys)
    joining: list[Code] = []
    for name, rollup in rolled.items():
        made[name], line = rolled_up(tables[name], rollup, used[name], made[rollup.of], names)
        joining.append(line)
    partners: list[Code] = []
    for join in plan.joins:
        if join.left in made and join.right in made and used[join.name]:
            left, right, spelled = spelled_alike(join, made[join.left], made[join.right], values, names)
            made[join.name], line = _joined(join, left, right, profile, names)
            joining += [*spelled, line]
            partners += _partners(join, left, right, tables, _validated(join, profile))
    made = {name: frame for name, frame in made.items() if name in plan.frames}
    return Frames(made, tuple(loading), tuple(joining), tuple(partners))


def _table(profile: Profile, name: str) -> Table:
    table = profile.table(name)
    if table is None:
        there = ", ".join(table.name for table in profile.tables)
        raise PlanError(f"Table '{name}' is not in the data. There is: {there}.")
    return table


def _repeats(column: Column) -> bool:
    return column.type == "text" and 0 < column.distinct <= column.rows / 20


def _frame(table: Table, columns: list[Column], names: Names) -> Frame:
    variable = names.take(table.name, otherwise="{}_data")
    short: dict[str, str] = {}
    for column in columns:
        short[column.name] = plain(column.label or column.name, short.values())
    return Frame(
        table.name,
        variable,
        table.rows,
        table.row_noun,
        table.row_noun_plural,
        {column.name: column for column in columns},
        short,
    )


def _used(plan: Plan, tables: dict[str, Table]) -> dict[str, set[str]]:
    """Columns of every frame that something needs; for a join also those of its sides."""
    sides = _sides(plan, tables)
    columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
    columns |= {name: list(origins) for name, origins in sides.items()}
    used: dict[str, set[str]] = {name: set() for name in columns}
    for widget in plan.widgets:
        if widget.frame is not None:
            used[widget.frame] |= {*widget.columns} or {columns[widget.frame][0]}
    for insight in plan.insights:
        used[insight.frame] |= {*insight.columns} or {columns[insight.frame][0]}
    for filter_ in plan.filters:
        for frame in filter_.frames:
            used[frame].add(filter_.column)
    for join in reversed(plan.joins):
        if not used[join.name]:
            continue
        for left, right in join.on:
            for side, key in ((join.left, left), (join.right, right)):
                used[side] |= {key, tables[side].naming(key)} if side in tables else {key}
        for name in used[join.name]:
            side, original = sides[join.name].get(name, (join.left, name))
            used[side].add(original)
    return used


def _sides(plan: Plan, tables: dict[str, Table]) -> dict[str, dict[str, tuple[str, str]]]:
    """Join → column → the side it comes from, and its name there."""
    columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
    sides: dict[str, dict[str, tuple[str, str]]] = {}
    for join in plan.joins:
        sides[join.name] = _origins(join, columns[join.left], columns[join.right])
        columns[join.name] = list(sides[join.name])
    return sides


def _key_values(plan: Plan, tables: dict[str, Table], keys: Keys) -> Values:
    """Values of keys, also of those that came into a join by its sides; the frequent ones where no others are known."""
    sides = _sides(plan, tables)

    def values(frame: str, column: str) -> Sequence[str]:
        while frame in sides:
            frame, column = sides[frame][column]
        table = tables[frame]
        told = table.column(column)
        frequent = [str(item.value) for item in told.values] if told is not None else []
        return keys.get((table.path, column), frequent)

    return values


def _origins(join: Join, left: list[str], right: list[str]) -> dict[str, tuple[str, str]]:
    """Column of a join → the side it comes from, and its name there."""
    origins = {name: (join.left, name) for name in left}
    keys = {key for _, key in join.on}
    for name in right:
        if name not in keys:
            origins[f"{name} ({join.right})" if name in left else name] = (join.right, name)
    return origins


def _joined(join: Join, left: Frame, right: Frame, profile: Profile, names: Names) -> tuple[Frame, Code]:
    variable = names.take(join.name, otherwise="{}_data")
    columns, short = dict(left.columns), dict(left.short)
    taken, suffix = set(left.short.values()), f"_{join.right}"
    keys = {key for _, key in join.on}
    for name, column in right.columns.items():
        if name not in keys:
            whole = f"{name} ({join.right})" if name in left.columns else name
            columns[whole] = column
            short[whole] = f"{right.short[name]}{suffix}" if right.short[name] in taken else right.short[name]
    pairs = [(left.short[a], right.short[b]) for a, b in join.on]
    dropped = [f"{b}{suffix}" if b in taken else b for a, b in pairs if a != b]
    same = {a for a, b in pairs if a == b}
    clash = bool(taken & set(right.short.values()) - same)
    line = cells.join(
        variable,
        left.variable,
        right.variable,
        pairs,
        how=join.how,
        suffix=suffix if clash else None,
        validate=_validated(join, profile),
        dropped=dropped,
    )
    return Frame(join.name, variable, left.rows, left.row, left.rows_noun, columns, short), line


def _partners(
    join: Join, left: Frame, right: Frame, tables: dict[str, Table], cardinality: str | None
) -> Iterator[Code]:
    """What tells of keys without a partner; not of a table in which the other one only looks things up."""
    pairs = [(_side(left, ours, tables), _side(right, theirs, tables)) for ours, theirs in join.on]
    if cardinality != "one_to_many":
        yield from (cells.side(ours, theirs) for ours, theirs in pairs)
    if cardinality in ("one_to_one", "one_to_many"):
        yield from (cells.side(theirs, ours) for ours, theirs in pairs)


def _side(frame: Frame, key: str, tables: dict[str, Table]) -> cells.Side:
    """A side that is a join itself has no words of its own for its keys."""
    table = tables.get(frame.name)
    if table is None:
        return cells.Side(frame.variable, frame.short[key], frame.short[key], "keys", frame.name)
    return cells.Side(
        frame.variable, frame.short[key], frame.short[table.naming(key)], table.key_noun(key), table.title
    )


def _validated(join: Join, profile: Profile) -> str | None:
    """What pandas is to check of the keys, as far as the profile knows that it holds."""
    for candidate in profile.joins:
        if candidate.left == join.left and candidate.right == join.right and set(candidate.on) == set(join.on):
            kind = candidate.cardinality
        elif (
            candidate.left == join.right
            and candidate.right == join.left
            and {(b, a) for a, b in candidate.on} == set(join.on)
        ):
            turned = {"many-to-one": "one-to-many", "one-to-many": "many-to-one"}
            kind = turned.get(candidate.cardinality, candidate.cardinality)  # type: ignore[assignment]
        else:
            continue
        return None if kind == "many-to-many" else kind.replace("-", "_")
    return None
