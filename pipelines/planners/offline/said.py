"""Said: columns that words of the question name, what kind of values they have, and the conditions on them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...model import Column, Condition


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


def is_flag(column: Column) -> bool:
    """Yes and no, in whatever spelling: its mean is a share."""
    return column.type == "boolean" or column.role == "boolean"


def is_date(column: Column) -> bool:
    return column.type in ("date", "datetime")


def is_year(column: Column) -> bool:
    """Years written as whole numbers."""
    return column.type == "integer" and column.role == "time"


@dataclass
class Conditions:
    """Conditions found, the words they used, and sentences about those that could not be applied."""

    where: list[Condition] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    years: bool = False
    """Whether a condition speaks of years."""
    compared: list[str] = field(default_factory=list)
    """Columns of which several values are named: they are to be compared."""
