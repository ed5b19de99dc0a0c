"""Columns: what each frame of a plan has, and the sentences that list it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model import Column, Plan, Profile

Columns = Mapping[str, Column]
"""The columns of a frame by the name they have in it."""

NUMERIC = ("integer", "number")
DATED = ("date", "datetime")
_YEARS = range(10_000)


def frames(plan: Plan, profile: Profile) -> dict[str, dict[str, Column]]:
    """Columns of every frame of a plan, joins by the rule of `Join`; tables not in the profile are left out."""
    known = {table.name: {column.name: column for column in table.columns} for table in profile.offered}
    result = {name: known[name] for name in plan.tables if name in known}
    for join in plan.joins:
        if join.left in result and join.right in result:
            result[join.name] = joined(result[join.left], result[join.right], join.right, join.on)
    return result


def joined(left: Columns, right: Columns, right_name: str, on: Iterable[tuple[str, str]]) -> dict[str, Column]:
    """Columns after a join: the right key goes, and a right column that left has too gets the suffix " (right)"."""
    keys = {right_key for _, right_key in on}
    result = dict(left)
    for name, column in right.items():
        if name not in keys:
            result[f"{name} ({right_name})" if name in left else name] = column
    return result


def table_problems(plan: Plan, profile: Profile) -> Iterator[str]:
    there = [table.name for table in profile.offered]
    for name in plan.tables:
        if name not in there:
            yield f"Table '{name}' is not in the data. There is: {listed(there)}."


def listed(names: Iterable[object], most: int = 30) -> str:
    texts = [str(name) for name in names]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def existence(name: str, frame: str, columns: Columns) -> Iterator[str]:
    if name not in columns:
        yield f"Column '{name}' is not in '{frame}'. It has: {listed(columns)}."


def missing_columns(names: Iterable[str], frame: str | None, columns: Columns) -> Iterator[str]:
    for name in names:
        yield from existence(name, str(frame), columns)


def is_time(column: Column) -> bool:
    """Dates, and years written as numbers."""
    if column.type in DATED:
        return True
    if column.role != "time":
        return False
    if column.type == "integer" and column.numbers is not None:
        return column.numbers.min >= _YEARS.start and column.numbers.max < _YEARS.stop
    return column.type == "integer"


def needs_time(name: str, columns: Columns, owner: str) -> str:
    times = [other for other, column in columns.items() if is_time(column)]
    return (
        f"The {owner} needs a date or year, but '{name}' is {columns[name].type}. Times are: {listed(times) or 'none'}."
    )


def numbers(columns: Columns) -> str:
    """The numbers there are, for the end of a sentence."""
    return f"Numbers are: {listed(name for name, column in columns.items() if column.type in NUMERIC) or 'none'}."


def ordered(columns: Columns) -> list[str]:
    return [n for n, c in columns.items() if is_time(c) or c.type in NUMERIC or c.role == "ordered"]


def is_identifier(column: Column) -> bool:
    """Values that tell rows apart and mean nothing else."""
    return column.role == "identifier" or (column.unique and column.type == "text")
