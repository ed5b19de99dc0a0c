"""Links: words of a question and what of the data they speak of."""

from __future__ import annotations

from dataclasses import dataclass, field

from .words import Token


@dataclass(frozen=True, slots=True)
class Link:
    """A column that some words may mean; `score` is 1 for its full name."""

    table: str
    column: str
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `start` to `end` (excluded) mean one of the columns of `links`, best first."""

    start: int
    end: int
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class TableMention:
    start: int
    end: int
    table: str
    score: float


@dataclass(frozen=True, slots=True)
class ValueLink:
    table: str
    column: str
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class ValueMention:
    start: int
    end: int
    links: tuple[ValueLink, ...]


@dataclass(frozen=True)
class Links:
    """All that was found. `unknown`: content words that mean nothing in the data."""

    mentions: tuple[Mention, ...]
    tables: tuple[TableMention, ...]
    values: tuple[ValueMention, ...]
    unknown: tuple[Token, ...] = field(default=())
