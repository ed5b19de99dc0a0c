"""Tables of readings at regular times, and why two of them are not joined: their times do not mean the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast, get_args

from ..model import Column, Table

MOST_TOLD = 10
Grain = Literal["hour", "day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = get_args(Grain)


def time_of(table: Table) -> Column | None:
    """The column of times that tells rows apart, alone or with others; None: the rows are no readings."""
    for key in table.keys:
        for name in key:
            column = table.column(name)
            if column is not None and column.role == "time" and column.times and column.times.grain in GRAINS:
                return column
    return None


def grain(time: Column) -> Grain:
    """Of a column that `time_of` found."""
    return cast(Grain, time.times.grain if time.times else "year")


def mismatch(left: Table, right: Table) -> str | None:
    """Why the times of two tables of readings cannot be joined, as one sentence; None: they can, or there are none.

    The first of January as the date of a month, a quarter and a year are three different times: joined as equal dates,
    one month would stand for a whole year.
    """
    one, other = time_of(left), time_of(right)
    if one is None or other is None or one.times is None or other.times is None:
        return None
    if one.times.grain != other.times.grain:
        fine, coarse = sorted(
            ((left, one.times.grain), (right, other.times.grain)), key=lambda item: GRAINS.index(item[1])
        )
        return (
            f"'{fine[0].title}' has values by {fine[1]} and '{coarse[0].title}' by {coarse[1]}, so they are not "
            f"combined: bring '{fine[0].title}' by {coarse[1]} as well."
        )
    if "integer" in {one.type, other.type} and one.type != other.type:
        dated, numbered = (left, right) if other.type == "integer" else (right, left)
        return (
            f"'{dated.title}' has dates and '{numbered.title}' has {one.times.grain}s as numbers, so they are "
            f"not combined: bring both in the same form."
        )
    return None


def mismatches(pairs: Iterable[tuple[Table, Table]]) -> tuple[str, ...]:
    found = (mismatch(left, right) for left, right in pairs)
    return tuple(dict.fromkeys(text for text in found if text))[:MOST_TOLD]
