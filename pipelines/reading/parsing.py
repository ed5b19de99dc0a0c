"""Lines into rows of cells, forgiving what other programs write wrongly: stray, unclosed and unescaped quotes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dialects import Dialect

_MOST_LINES_IN_A_CELL = 2_000
_MOST_CHARACTERS_IN_A_CELL = 4_000_000


class _OpenCellError(Exception):
    """The text ends inside quotes."""


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Rows of cells. A line comes without its end; a row takes several of them when a quoted cell holds line ends."""
    delimiter, quote = dialect.delimiter, dialect.quote
    ahead = _Ahead(iter(lines))
    while (line := ahead.take()) is not None:
        if delimiter == "  ":
            yield re.split(" {2,}", line.strip())
            continue
        if quote not in line:
            yield line.split(delimiter) if delimiter else [line]
            continue
        try:
            yield split(line, dialect)
        except _OpenCellError:
            yield _across_lines(line, ahead, dialect)


class _Ahead:
    """Lines that can be looked at before they are taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self.most = _MOST_LINES_IN_A_CELL
        """How far to look; less after many quotes that nothing closed, so that a bad file does not take for ever."""

    def take(self) -> str | None:
        line = self._waiting.popleft() if self._waiting else next(self._lines, None)
        return line.removesuffix("\r") if line is not None else None

    def look(self, number: int) -> str | None:
        """The line after `number` others."""
        while len(self._waiting) <= number:
            line = next(self._lines, None)
            if line is None:
                return None
            self._waiting.append(line.removesuffix("\r"))
        return self._waiting[number]

    def drop(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popleft()


def _across_lines(line: str, ahead: _Ahead, dialect: Dialect) -> list[str]:
    """A row whose quoted cell goes on in the next lines; or this line alone, when no line closes it."""
    grown = [line]
    size = len(line)
    next_try = 1
    while len(grown) <= ahead.most and size < _MOST_CHARACTERS_IN_A_CELL:
        following = ahead.look(len(grown) - 1)
        if following is None:
            break
        grown.append(following)
        size += len(following)
        if dialect.quote not in following or len(grown) <= next_try:
            continue
        try:
            cells = split("\n".join(grown), dialect, trusting=False)
        except _OpenCellError:
            next_try = len(grown) + len(grown) // 8
            continue
        if not cells or _swallows_rows(grown, len(cells), dialect):
            break
        ahead.drop(len(grown) - 1)
        return cells
    ahead.most = max(20, ahead.most // 2)
    return split(line, dialect, closed=True)


def _swallows_rows(lines: list[str], width: int, dialect: Dialect) -> bool:
    """The lines inside the cell look like rows of their own, so the quote before them was stray."""
    inner = lines[1:-1]
    if not dialect.delimiter or width < 2 or len(inner) < 2:
        return False
    return sum(1 for line in inner if line.count(dialect.delimiter) >= width - 1) >= 0.8 * len(inner)


def split(text: str, dialect: Dialect, *, closed: bool = False, trusting: bool = True) -> list[str]:
    """The cells of one row.

    `closed`: a quote that nothing closes is a character like others. Without `trusting`, a row that holds a stray quote
    is refused: the answer is empty.
    """
    cells: list[str] = []
    position = 0
    while True:
        cell, position = _cell(text, position, dialect, closed)
        if cell is None:
            if not trusting:
                return []
            cell, position = _bare(text, position, dialect)
        cells.append(cell)
        if position > len(text):
            return cells


def _cell(text: str, start: int, dialect: Dialect, closed: bool) -> tuple[str | None, int]:
    """A cell and where the next one starts (past the end: there is none). None for a cell whose quote is stray."""
    quote = dialect.quote
    first = start
    while first < len(text) and text[first] == " " and dialect.delimiter != " ":
        first += 1
    if first < len(text) and text[first] == quote:
        return _quoted(text, first, start, dialect, closed)
    return _bare(text, start, dialect)


def _bare(text: str, start: int, dialect: Dialect) -> tuple[str, int]:
    end = text.find(dialect.delimiter, start) if dialect.delimiter else -1
    if end < 0:
        return text[start:], len(text) + 1
    return text[start:end], end + len(dialect.delimiter)


def _quoted(text: str, opening: int, start: int, dialect: Dialect, closed: bool) -> tuple[str | None, int]:
    quote, delimiter = dialect.quote, dialect.delimiter
    uncertain: int | None = None
    position = opening + 1
    for found in _quotes(quote).finditer(text, position):
        at = found.start()
        if at < position:
            continue
        if dialect.escape and _escaped(text, at, opening, dialect.escape):
            continue
        following = text[at + 1 : at + 2]
        if following == quote:
            after = _after_blanks(text, at + 2, delimiter)
            if uncertain is None and at > opening + 1 and _is_border(text, after, delimiter):
                uncertain = at + 1
            position = at + 2
            continue
        after = _after_blanks(text, at + 1, delimiter)
        if _is_border(text, after, delimiter):
            return _content(text[opening + 1 : at], dialect), _next(text, after, delimiter)
        if at > opening + 1 and (text[at - 1] == "\n" or (delimiter and text[at - len(delimiter) : at] == delimiter)):
            # A quote that opens a cell, seen inside quotes: the cell ended before, or its own quote was stray.
            if uncertain is not None:
                after = _after_blanks(text, uncertain + 1, delimiter)
                return _content(text[opening + 1 : uncertain], dialect), _next(text, after, delimiter)
            return None, start
    if uncertain is not None and closed:
        after = _after_blanks(text, uncertain + 1, delimiter)
        return _content(text[opening + 1 : uncertain], dialect), _next(text, after, delimiter)
    if closed:
        return None, start
    raise _OpenCellError


@lru_cache(maxsize=8)
def _quotes(quote: str) -> re.Pattern[str]:
    return re.compile(re.escape(quote))


def _escaped(text: str, at: int, opening: int, escape: str) -> bool:
    count = 0
    while at - 1 - count > opening and text[at - 1 - count] == escape:
        count += 1
    return count % 2 == 1


def _after_blanks(text: str, position: int, delimiter: str) -> int:
    while position < len(text) and text[position] == " " and delimiter != " ":
        position += 1
    return position


def _is_border(text: str, position: int, delimiter: str) -> bool:
    return position >= len(text) or (bool(delimiter) and text.startswith(delimiter, position))


def _next(text: str, position: int, delimiter: str) -> int:
    return len(text) + 1 if position >= len(text) else position + len(delimiter)


def _content(inner: str, dialect: Dialect) -> str:
    quote = dialect.quote
    if dialect.escape:
        inner = inner.replace(dialect.escape + quote, quote)
    return inner.replace(quote * 2, quote)
