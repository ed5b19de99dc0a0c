"""From rows of cells to raw tables: regions, header names, alignment, totals; all repairs told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..model import Repair
from . import cells, layouts
from .aligning import Aligner, respell
from .dialects import Dialect
from .layouts import Region
from .naming import clean, known_unit

_SENTENCES = {
    "surplus_separator": "{count:,} rows had a cell too many; the stray separator was taken out.",
    "surplus_cells": "{count:,} rows had more cells than there are columns; what was beyond the last is left out.",
    "short_rows": "{count:,} rows had fewer cells than there are columns; the missing ones are empty.",
}


@dataclass
class Grid:
    """One table of text, all of it in memory."""

    title: str
    headers: list[str]
    rows: list[list[str]]
    header_parts: list[list[str]] = field(default_factory=list)
    """For each column, its cells in all header rows."""
    has_header: bool = True
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def grids(
    rows: Sequence[Sequence[str]], *, title: str, dialect: Dialect | None, drop_totals: bool = True
) -> list[Grid]:
    """Every table of a sheet."""
    found = []
    rows = respell(rows, dialect) if dialect is not None else rows
    for region in layouts.find(rows):
        grid = _grid(rows, region, title, dialect)
        if drop_totals:
            _drop_totals(grid)
        found.append(grid)
    return found


def _grid(rows: Sequence[Sequence[str]], region: Region, title: str, dialect: Dialect | None) -> Grid:
    width = region.width
    types = layouts.types(rows, region.body, width)
    names = [list(rows[position]) for position in region.header]
    if names:
        width, names = _header_width(names, rows, region)
        types = layouts.types(rows, region.body, width)
    aligner = Aligner(width, types, dialect)
    body = [[cell.strip() for cell in aligner.align(rows[position])] for position in region.body]
    parts = [[row[column].strip() if column < len(row) else "" for row in names] for column in range(width)]
    headers = [compose(part) for part in _filled_forward(parts)]
    grid = Grid(_title(rows, region, title), headers, body, parts, bool(names))
    _tell(grid, rows, region, aligner)
    return grid


def _header_width(names: list[list[str]], rows: Sequence[Sequence[str]], region: Region) -> tuple[int, list[list[str]]]:
    """How many columns there are when the header has a cell more or fewer than all rows."""
    widths: dict[int, int] = {}
    for position in region.body:
        widths[len(rows[position])] = widths.get(len(rows[position]), 0) + 1
    usual = max(widths, key=lambda width: widths[width]) if widths else len(names[-1])
    last = names[-1]
    if (
        len(names) == 1
        and len(last) == usual + 1
        and widths.get(usual, 0) == len(region.body)
        and "" in [c.strip() for c in last]
    ):
        spare = next(position for position in range(len(last) - 1, -1, -1) if not last[position].strip())
        return usual, [last[:spare] + last[spare + 1 :]]
    if (
        len(last) == usual - 1
        and all(len(row) == len(last) for row in names)
        and _first_names_rows(rows, region, usual)
    ):
        return usual, [["", *row] for row in names]
    extent = max((cells.extent(row) for row in names), default=0)
    return max(extent, min(usual, layouts.used_width(rows, region.body, usual))), names


def _first_names_rows(rows: Sequence[Sequence[str]], region: Region, usual: int) -> bool:
    """R writes row names without a header over them."""
    firsts = [rows[position][0].strip() for position in region.body if len(rows[position]) == usual]
    lasts = [rows[position][-1].strip() for position in region.body if len(rows[position]) == usual]
    return len(firsts) > 1 and len(set(firsts)) == len(firsts) and any(lasts)


def _filled_forward(parts: list[list[str]]) -> list[list[str]]:
    """A name over a group of columns stands in the first of them only; the others take it over."""
    if not parts or len(parts[0]) < 2:
        return parts
    levels = len(parts[0])
    filled = [list(part) for part in parts]
    for level in range(levels - 1):
        current = ""
        for column, part in enumerate(parts):
            if part[level]:
                current = part[level]
            elif current and any(part[level + 1 :]) and column and not _ends_group(parts, column, level):
                filled[column][level] = current
    return filled


def _ends_group(parts: list[list[str]], column: int, level: int) -> bool:
    """The lower names start anew, so the group above does not reach here."""
    return level > 0 and parts[column][level - 1] != "" and parts[column][level] == ""


def compose(parts: Sequence[str]) -> str:
    """One name from the cells of several header rows, each text once."""
    kept: list[str] = []
    for number, part in enumerate(clean(part) for part in parts):
        if part and part not in kept:
            kept.append(f"({part.strip('()[]')})" if number and kept and known_unit(part.strip("()[]")) else part)
    return " ".join(kept)


def _title(rows: Sequence[Sequence[str]], region: Region, default: str) -> str:
    """The line above a table, when it reads like a title: that is how people tell the tables of a file apart."""
    for position in region.above:
        words = [clean(cell) for cell in rows[position] if cell.strip()]
        text = ", ".join(words)
        # A comma inside a title parted it; then the text goes on with a space.
        adjoining = all(cell.startswith(" ") for cell in rows[position][1 : len(words)])
        if adjoining and len(words) <= 4 and 3 <= len(text) <= 120 and layouts.is_title(text):
            return text
    return default


def _tell(grid: Grid, rows: Sequence[Sequence[str]], region: Region, aligner: Aligner) -> None:
    above = [position for position in region.above if cells.filled(rows[position])]
    if above:
        grid.repairs.append(
            Repair(
                kind="preamble",
                count=len(above),
                sentence=f"{_rows(len(above))} above the table left out: {_quote(rows, above)}.",
            )
        )
    if len(region.header) > 1:
        grid.repairs.append(
            Repair(
                kind="header_rows",
                count=len(region.header),
                sentence=f"The names of the columns stand in {len(region.header)} rows, which were joined.",
            )
        )
    if not region.header:
        grid.repairs.append(
            Repair(kind="no_header", sentence="The table has no row with names; its columns are numbered.")
        )
    if region.repeated:
        grid.repairs.append(
            Repair(
                kind="repeated_header",
                count=len(region.repeated),
                sentence=f"The header was repeated {len(region.repeated)} times inside the table and left out there.",
            )
        )
    if region.below:
        grid.repairs.append(
            Repair(
                kind="footer",
                count=len(region.below),
                sentence=f"{_rows(len(region.below))} below the table left out: {_quote(rows, region.below)}.",
            )
        )
    tell_alignment(grid, aligner)


def tell_alignment(grid: Grid, aligner: Aligner) -> None:
    for what, count in aligner.counts.items():
        text = _SENTENCES[what].format(count=count)
        grid.repairs.append(
            Repair(kind=what, count=count, sentence=text.replace("1 rows", "1 row") if count == 1 else text)
        )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _quote(rows: Sequence[Sequence[str]], positions: Sequence[int]) -> str:
    words = " ".join(clean(cell) for cell in rows[positions[0]] if cell.strip())
    return f'"{words if len(words) <= 80 else words[:77] + "…"}"'


def _drop_totals(grid: Grid) -> None:
    """Rows of totals at the end would be counted twice in every sum."""
    dropped: list[str] = []
    while (
        len(grid.rows) > 2
        and layouts.is_total(grid.rows[-1])
        and not any(layouts.is_total(row) for row in grid.rows[:-4])
    ):
        row = grid.rows.pop()
        dropped.append(next(cell for cell in row if cell))
    if dropped:
        grid.repairs.append(
            Repair(
                kind="totals",
                count=len(dropped),
                sentence=f'{_rows(len(dropped))} with totals at the end left out: "{dropped[-1]}".',
            )
        )
