"""Describing: what a model is told of the data. A compact profile, never the data.

With sample values: the most frequent values of columns with few of them, and ranges. Without: no value of any cell;
ranges are rounded to one figure, times to their year.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...checking import joined
from ...model import Column, Dataset, JoinCandidate, Profile, Repair, Table
from .choosing import Place, by_relevance
from .fencing import encoded

CHARACTERS_A_TOKEN = 3.5
"""Of JSON with names in it; services count between three and four."""
MOST_VALUES, FEW_VALUES = 8, 3
MOST_NAMED = 300
"""Columns that are only named."""
_SAMPLED = ("category", "ordered", "place", "boolean")
"""Never names of people, addresses, free text or keys: they help no plan."""


@dataclass(frozen=True)
class Described:
    """A profile as a model sees it."""

    tables: list[dict[str, Any]]
    joins: list[dict[str, Any]]
    columns: tuple[str, ...]
    """Every column name that was told, and those that joins may make of them; empty when some were left out."""
    frames: tuple[str, ...]
    """The tables, where they are all the frames there can be: with a second one a model may name joins."""


@dataclass(frozen=True)
class Detail:
    """How much is said of a column."""

    values: int
    descriptions: bool
    cells: bool
    """Whether values of cells may be told at all."""


def described(profile: Profile, question: str, *, cells: bool, tokens: int) -> Described:
    """As much as fits into so many tokens; the columns that matter for the question first."""
    room = tokens * CHARACTERS_A_TOKEN
    detail = Detail(MOST_VALUES, True, cells)
    told = _all(profile, detail)
    if _size(told) > room:
        detail = Detail(FEW_VALUES, False, cells)
        told = _all(profile, detail)
    if _size(told) > room:
        told = _first(told, by_relevance(profile, question), room)
    left_out = sum(len(table.columns) for table in profile.offered) - len(told)
    return Described(
        tables=[_table(table, told, detail) for table in profile.offered],
        joins=[_join(join) for join in profile.joins[:40]],
        columns=() if left_out else _names(profile),
        frames=(profile.tables[0].name,) if len(profile.tables) == 1 else (),
    )


def datasets_told(datasets: Sequence[Dataset]) -> list[dict[str, Any]]:
    """Titles and descriptions. Not the reference or the address: either may hold a secret."""
    return [
        _without_empty(
            {
                "title": item.title[:200],
                "description": item.description[:500],
                "publisher": (item.publisher or "")[:100],
            }
        )
        for item in datasets[:20]
    ]


Told = Mapping[Place, dict[str, Any]]


def _all(profile: Profile, detail: Detail) -> Told:
    return {(table.name, column.name): _column(column, detail) for table in profile.offered for column in table.columns}


def _size(told: Told) -> int:
    return sum(len(encoded(column)) for column in told.values())


def _first(told: Told, order: Sequence[Place], room: float) -> Told:
    kept: dict[Place, dict[str, Any]] = {}
    for place in order:
        room -= len(encoded(told[place]))
        if room < 0 and kept:
            break
        kept[place] = told[place]
    return kept


def _names(profile: Profile) -> tuple[str, ...]:
    """All column names of tables and of their joins."""
    names = dict.fromkeys(column.name for table in profile.offered for column in table.columns)
    columns = {table.name: {column.name: column for column in table.columns} for table in profile.offered}
    for left in columns:
        for right in columns:
            if left != right:
                names |= dict.fromkeys(joined(columns[left], columns[right], right, ()))
    return tuple(names)


def _table(table: Table, told: Told, detail: Detail) -> dict[str, Any]:
    others = [column.name for column in table.columns if (table.name, column.name) not in told]
    named = [name[:80] for name in others[:MOST_NAMED]]
    return _without_empty(
        {
            "table": table.name,
            "title": table.title[:200] if table.title != table.name else "",
            "rows": table.rows,
            "one_row_is": table.row_noun if table.row_noun != "row" else "",
            "key": list(table.keys[0]) if table.keys else [],
            "columns": [told[table.name, c.name] for c in table.columns if (table.name, c.name) in told],
            "more_columns": named,
            "columns_not_named": len(others) - len(named) or None,
            "remarks": _remarks(table, detail),
        }
    )


def _remarks(table: Table, detail: Detail) -> list[str]:
    if not detail.cells:
        return [_counted(repair) for repair in table.repairs[:4]]
    return [text[:160] for text in (*table.warnings[:4], *(repair.sentence for repair in table.repairs[:4]))]


def _counted(repair: Repair) -> str:
    """A repair without its sentence, which may quote cells."""
    return f"{repair.kind}: {repair.count}"


def _column(column: Column, detail: Detail) -> dict[str, Any]:
    same = column.label.casefold() == column.name.replace("_", " ").casefold()
    return _without_empty(
        {
            "name": column.name,
            "label": "" if same else column.label[:80],
            "type": column.type,
            "role": column.role if column.role != column.type else "",
            "unit": (column.unit or "")[:40],
            "adds_up": column.additive if column.role == "measure" else None,
            "place": column.place,
            "distinct": column.distinct,
            "missing": _share(column.missing, column.rows),
            "range": _range(column, detail),
            "grain": column.times.grain if column.times else None,
            "values": _values(column, detail),
            "about": column.description[:160] if detail.descriptions else "",
            "remarks": [text[:120] for text in column.warnings[:2]] if detail.cells and detail.descriptions else [],
        }
    )


def _share(part: int, whole: int) -> str:
    if not part or not whole:
        return ""
    return f"{100 * part / whole:.0f}%" if 100 * part >= whole else "under 1%"


def _range(column: Column, detail: Detail) -> list[Any]:
    if column.role == "identifier":
        return []
    if column.times is not None and column.type in ("date", "datetime"):
        first, last = column.times.first, column.times.last
        return [first[:10], last[:10]] if detail.cells else [first[:4], last[:4]]
    if column.numbers is None:
        return []
    ends = (column.numbers.min, column.numbers.max)
    if not all(math.isfinite(end) for end in ends):
        return []
    figures = 6 if detail.cells or column.role == "time" else 1
    return [_rounded(end, figures) for end in ends]


def _rounded(value: float, figures: int) -> float | int:
    rounded = float(f"{value:.{figures}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _values(column: Column, detail: Detail) -> list[Any]:
    if not detail.cells or column.role not in _SAMPLED or column.type == "boolean" or column.unique:
        return []
    if column.order:
        return [text[:40] for text in column.order[: 2 * detail.values]]
    return [str(item.value)[:40] for item in column.values[: detail.values] if item.value is not None]


def _join(join: JoinCandidate) -> dict[str, Any]:
    return {
        "left": join.left,
        "right": join.right,
        "on": [list(pair) for pair in join.on],
        "left_matched": f"{100 * join.left_matched:.0f}%",
        "right_matched": f"{100 * join.right_matched:.0f}%",
        "cardinality": join.cardinality,
    }


def _without_empty(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value not in ("", None, [])}
