"""Said: a column of the frame that words of the question name, and what kind of values it has."""

from __future__ import annotations

from dataclasses import dataclass

from ...model import Column


@dataclass(frozen=True)
class Said:
    """A column of the frame that words `start` to `end` (excluded) name."""

    start: int
    end: int
    name: str
    column: Column
    score: float = 1.0


def is_number(column: Column) -> bool:
    return column.type in ("integer", "number")


def is_date(column: Column) -> bool:
    return column.type in ("date", "datetime")


def is_year(column: Column) -> bool:
    """Years written as whole numbers."""
    return column.type == "integer" and column.role == "time"
