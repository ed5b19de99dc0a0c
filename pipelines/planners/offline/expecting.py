"""Expecting: what refreshed data must still have for a plan to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model import Expectation, Widget
from .framing import Frame


def expectations(frames: Iterable[Frame], widgets: Sequence[Widget]) -> tuple[Expectation, ...]:
    """Every column that a widget or a join needs, in the table that has it."""
    frames = list(frames)
    needed: dict[str, list[str]] = {table: [] for frame in frames for table in frame.tables}
    for frame in frames:
        for name in dict.fromkeys(name for widget in widgets if widget.frame == frame.name for name in widget.columns):
            table, column = frame.sources[name]
            needed[table].append(column)
        for join in frame.joins:
            for left, right in join.on:
                table, column = frame.sources[left]
                needed[table].append(column)
                needed[join.right].append(right)
    return tuple(
        Expectation(frame=table, columns=tuple(dict.fromkeys(columns)), rows_at_least=1)
        for table, columns in needed.items()
    )
