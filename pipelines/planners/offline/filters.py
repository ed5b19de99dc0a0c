"""Filters: the controls that matter for a dashboard, two to four of them."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import ChoiceFilter, ChoicesFilter, DateRangeFilter, Filter, NumberRangeFilter, Widget
from .ground import Ground, capital, lower_first
from .said import is_date, is_number, is_year

MAX_FILTERS = 4
MOST_CHOICES = 200


def filters(ground: Ground, widgets: Sequence[Widget]) -> tuple[Filter, ...]:
    """What a reader would want to narrow: the time, the categories shown, the places, the measure."""
    fixed = {c.column for widget in widgets for c in widget.where}
    fixed |= {name for name in (ground.time,) if name and ground.latest}
    shown = {name for widget in widgets for name in widget.columns}
    found: list[Filter] = []
    if ground.time is not None and ground.time not in fixed:
        found.append(time_filter(ground, ground.time))
    for name in _choices(ground, shown):
        if name not in fixed and len(found) < MAX_FILTERS - 1:
            found.append(choice_filter(ground, name))
    measure = next((n for n in ground.measures if n in shown and n not in fixed and _worth_a_slider(ground, n)), None)
    if measure is not None and len(found) < MAX_FILTERS:
        found.append(number_filter(ground, measure))
    return tuple(found)


def _choices(ground: Ground, shown: set[str]) -> list[str]:
    """Categories to choose from: named ones, then those of few values, then entities and places."""
    entity = [ground.panel.entity] if ground.panel else []
    names = [n for n in [*ground.categories, *entity] if ground.column(n).distinct <= MOST_CHOICES and n != ground.time]
    names = [n for n in names if not is_number(ground.column(n)) or ground.column(n).role in ("category", "ordered")]

    def weight(name: str) -> tuple[bool, bool, bool]:
        return (name not in ground.focus, name not in shown, ground.column(name).distinct > 30)

    return sorted(dict.fromkeys(names), key=weight)[:3]


def time_filter(ground: Ground, name: str) -> Filter:
    label = "Years" if is_year(ground.column(name)) else capital(ground.label(name))
    return DateRangeFilter(
        id=ground.identifier("filter", name),
        column=name,
        frames=(ground.frame.name,),
        label=label[:120],
        why="The data has times, so a part of them can be looked at alone.",
    )


def choice_filter(ground: Ground, name: str) -> Filter:
    column = ground.column(name)
    label = capital(ground.label(name))[:120]
    why = f"Every chart can be seen for one {lower_first(label)} alone."
    identifier = ground.identifier("filter", name)
    frames = (ground.frame.name,)
    if column.distinct <= 12 and column.type != "boolean":
        return ChoicesFilter(
            id=identifier, column=name, frames=frames, label=label, why=why.replace("one", "some", 1)[:500]
        )
    return ChoiceFilter(id=identifier, column=name, frames=frames, label=label, why=why[:500])


def _worth_a_slider(ground: Ground, name: str) -> bool:
    column = ground.column(name)
    return is_number(column) and not is_date(column) and column.distinct >= 10 and ground.rows >= 20


def number_filter(ground: Ground, name: str) -> Filter:
    column = ground.column(name)
    unit = f", {column.unit}" if column.unit else ""
    return NumberRangeFilter(
        id=ground.identifier("filter", name),
        column=name,
        frames=(ground.frame.name,),
        label=f"{capital(ground.label(name))}{unit}"[:120],
        why="Extreme values can be left out to see the rest better.",
    )
