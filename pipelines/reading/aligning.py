"""Rows with a cell too many or too few, put under the right columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .cells import filled, kind
from .dialects import Dialect
from .layouts import types, usual_width
from .parsing import split

_OTHER_DELIMITERS = (",", ";", "\t", "|", " ")


def respell(rows: Sequence[Sequence[str]], dialect: Dialect) -> Sequence[Sequence[str]]:
    """Rows that use another delimiter than the rest, parted by theirs where the cells then fit their columns."""
    width = usual_width(rows)
    alone = [position for position, row in enumerate(rows) if len(row) == 1 and row[0].strip()]
    if width < 3 or not alone or len(alone) > 0.2 * len(rows):
        return rows
    usual = types(rows, range(len(rows)), width)
    changed = list(rows)
    for position in alone:
        cells = _otherwise(rows[position][0], dialect, width, usual)
        if cells is not None:
            changed[position] = cells
    return changed


def _otherwise(text: str, dialect: Dialect, width: int, usual: Sequence[str]) -> list[str] | None:
    for delimiter in _OTHER_DELIMITERS:
        if delimiter == dialect.delimiter or delimiter not in text:
            continue
        cells = split(text, Dialect(delimiter, dialect.quote, dialect.escape), closed=True)
        if not width <= len(cells) <= width + 6 * (delimiter == " "):
            continue
        typed = [column for column, name in enumerate(usual) if name in ("number", "time")]
        fits = sum(1 for column in typed if kind(cells[column]) in (usual[column], ""))
        if typed and fits >= 0.7 * len(typed) and filled(cells) > 1:
            return cells
        if len(cells) == width and delimiter != " ":
            return cells
    return None


@dataclass
class Aligner:
    """Brings rows to one width and counts what it did."""

    width: int
    types: Sequence[str]
    dialect: Dialect | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def align(self, row: Sequence[str]) -> list[str]:
        if len(row) == self.width:
            return list(row)
        if len(row) > self.width:
            return self._narrow(list(row))
        return self._widen(list(row))

    def _narrow(self, row: list[str]) -> list[str]:
        surplus = len(row) - self.width
        trailing = not any(cell.strip() for cell in row[self.width :])
        if trailing and surplus > 1:
            return row[: self.width]
        best, best_fit = None, -1
        if surplus == 1:
            for position in range(len(row) - 1, -1, -1):
                if row[position].strip():
                    continue
                shorter = row[:position] + row[position + 1 :]
                fit = self._fit(shorter)
                if fit > best_fit:
                    best, best_fit = shorter, fit
        if trailing and self._fit(row[: self.width]) >= best_fit:
            return row[: self.width]
        if best is None and self.dialect is not None:
            best = self._joined(row, surplus)
        if best is not None:
            self._count("surplus_separator")
            return best
        if any(cell.strip() for cell in row[self.width :]):
            self._count("surplus_cells")
        return [*row[: self.width - 1], row[self.width - 1]]

    def _joined(self, row: list[str], surplus: int) -> list[str] | None:
        """A text with delimiters in it that should have been quoted: join the cells where the rest then fits."""
        delimiter = self.dialect.delimiter if self.dialect else ","
        best, best_fit = None, float(self._fit(row[: self.width]))
        for position in range(self.width):
            if self.types[position] not in ("text", ""):
                continue
            joined = delimiter.join(row[position : position + surplus + 1])
            candidate = [*row[:position], joined, *row[position + surplus + 1 :]]
            # A text that goes on after its comma goes on with a space.
            spaced = all(cell.startswith(" ") for cell in row[position + 1 : position + surplus + 1])
            fit = self._fit(candidate) + 0.5 * spaced
            if fit > best_fit:
                best, best_fit = candidate, fit
        return best

    def _widen(self, row: list[str]) -> list[str]:
        self._count("short_rows")
        return row + [""] * (self.width - len(row))

    def _fit(self, row: Sequence[str]) -> int:
        """Typed columns that hold what they should."""
        fit = 0
        for cell, expected in zip(row, self.types, strict=False):
            found = kind(cell)
            if expected in ("number", "time"):
                fit += 2 if found == expected else 0 if found else 1
            elif expected == "text":
                fit += 1 if found != "" else 0
        return fit

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
