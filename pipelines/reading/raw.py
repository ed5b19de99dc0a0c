"""What every format is turned into before typing: columns of text with their headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..model import Repair


@dataclass(frozen=True)
class RawColumn:
    """A column in `RawTable.relation`."""

    key: str
    """Its name there."""
    header: str
    """As found in the data; may be empty or repeated."""
    sample: tuple[str, ...] = ()
    """Distinct values: all of them when the table's sample is complete."""
    native: str | None = None
    """The duckdb type of a column that needs no reading of text."""


@dataclass(frozen=True)
class RawTable:
    """A table whose cells are still text."""

    title: str
    relation: str
    """SQL that can stand after FROM."""
    columns: tuple[RawColumn, ...]
    complete: bool
    """Whether the samples hold every value."""
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    decimal_comma: bool | None = None
    """What the delimiter suggests where the values leave it open."""
    staged: bool = False
    """Whether the relation is quick to read again, one column at a time."""
    otherwise: Callable[[], RawTable] | None = field(default=None, repr=False)
    """The same table by a slower way that forgives more, for when the relation cannot be read to its end."""
