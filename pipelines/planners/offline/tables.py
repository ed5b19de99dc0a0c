"""Tables: rows as they are, or one row a group."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Condition, Dimension, Limit, Measure, TableWidget
from . import titles
from .charting import NOWHERE, RANKING
from .ground import Ground, capital, lower_first
from .said import is_number


def rows_table(
    ground: Ground,
    names: Sequence[str],
    *,
    where: tuple[Condition, ...] = (),
    sort_by: str | None = None,
    order: str = "descending",
    limit: Limit = RANKING,
    why: str = "",
) -> TableWidget:
    """Rows as they are."""
    by = f"by {lower_first(ground.label(sort_by))}" if sort_by else None
    direction = "Highest" if order == "descending" else "Lowest"
    if sort_by and not is_number(ground.column(sort_by)):
        direction = "Latest" if ground.column(sort_by).role == "time" else "First"
    return TableWidget(
        id=ground.identifier(ground.frame.main.name, "rows"),
        title=capital(ground.row_nouns)[:255],
        subtitle=titles.subtitle(ground, None, f"{direction} {by}" if by else "The first ones", where=where),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        show=tuple(names)[:20],
        sort_by=sort_by,
        order="descending" if order == "descending" else "ascending",
        limit=limit,
    )


def groups_table(
    ground: Ground,
    by: Sequence[Dimension],
    values: Sequence[Measure],
    *,
    where: tuple[Condition, ...] = (),
    order: str = "descending",
    limit: Limit = RANKING,
    why: str = "",
) -> TableWidget:
    """One row a group."""
    groups = " and ".join(titles.of_dimension(ground, dimension) for dimension in by)
    return TableWidget(
        id=ground.identifier(by[0].column, "table"),
        title=capital(f"{titles.of_measure(ground, values[0])} by {groups}")[:255],
        subtitle=titles.subtitle(
            ground, None, "largest first" if order == "descending" else "smallest first", where=where
        ),
        why=why,
        frame=ground.frame.name,
        where=where,
        position=NOWHERE,
        by=tuple(by)[:6],
        values=tuple(values)[:12],
        order="descending" if order == "descending" else "ascending",
        limit=limit,
    )
