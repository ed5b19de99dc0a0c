"""Rows with a cell too many or too few, put under the right columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .dialects import Dialect
from .layouts import kind
from .parsing import split

_OTHER_DELIMITERS = (",", ";", "\t", "|", " ")


@dataclass
class Aligner:
    """Brings rows to one width and counts what it did."""

    width: int
    types: Sequence[str]
    dialect: Dialect | None = None
    counts: dict[str, int] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)

    def align(self, row: Sequence[str]) -> list[str]:
        if len(row) == self.width:
            return list(row)
        if len(row) > self.width:
            return self._narrow(list(row))
        return self._widen(list(row))

    def _narrow(self, row: list[str]) -> list[str]:
        surplus = len(row) - self.width
        if not any(cell.strip() for cell in row[self.width :]) and self._fit(row[: self.width]) >= self._best_fit:
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
        best, best_fit = None, self._fit(row[: self.width])
        for position in range(self.width):
            if self.types[position] not in ("text", ""):
                continue
            joined = delimiter.join(row[position : position + surplus + 1])
            candidate = [*row[:position], joined, *row[position + surplus + 1 :]]
            fit = self._fit(candidate)
            if fit > best_fit:
                best, best_fit = candidate, fit
        return best

    def _widen(self, row: list[str]) -> list[str]:
        if len(row) == 1 and self.width > 2 and self.dialect is not None:
            for delimiter in _OTHER_DELIMITERS:
                if delimiter == self.dialect.delimiter:
                    continue
                cells = split(row[0], Dialect(delimiter, self.dialect.quote, self.dialect.escape), closed=True)
                if len(cells) == self.width:
                    self._count("other_delimiter")
                    return cells
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

    @property
    def _best_fit(self) -> int:
        return sum({"number": 2, "time": 2, "text": 1}.get(name, 0) for name in self.types)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
