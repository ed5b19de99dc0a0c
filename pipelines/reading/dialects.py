"""How a text file parts its cells: delimiter, quote and escape, chosen by how regular the cells become."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from . import marks
from .parsing import records

SPACES = "  "
"""Stands for two spaces or more, as in columns aligned for the eye."""
_DELIMITERS = (",", ";", "\t", "|", "\x1f", "\x01", "§", "¦", "^", "~", SPACES, " ", ":")
_UNLIKELY = {" ": 0.6, SPACES: 0.8, ":": 0.5}
"""Texts hold these, too: they are tried last, and not when another delimiter parts all lines alike."""
_SEP_LINE = re.compile(r"^\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)
_KNOWN = re.compile(
    r"[-+(]?[$€£¥]?\s?[-+]?\d[\d.,' \u00a0]*(?:[eE][-+]?\d+)?\s?(?:%|[$€£])?\)?"  # numbers, money
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
    r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp][Mm])?Z?(?:[+-]\d\d:?\d\d)?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?"
    r"|(?:https?|ftp)://\S+|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?i:true|false|yes|no)"
    r"|[A-Za-zÀ-ɏͰ-ϿЀ-ӿ][\w.&'’/()-]{0,30}(?:[ _][\w.&'’/()+-]{1,25}){0,4}"  # a few words
    r"|[A-Z]{1,4}[-_]?\d[\w-]*"
)
_LONG = 60
_MOST_CHARACTERS = 500_000
_MOST_CELLS = 200_000
"""In one row; a character that is more frequent is part of a text."""


@dataclass(frozen=True)
class Dialect:
    """Delimiter "" is for lines that are one cell each."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    """A character that protects a quote inside quotes; "" when the quote is doubled."""
    skip: int = 0
    """Lines before the data that only name the delimiter."""

    @property
    def decimal_comma(self) -> bool | None:
        """A semicolon is used where the comma is taken by decimals."""
        return True if self.delimiter == ";" else None


def detect(text: str) -> Dialect:
    """The dialect that makes the sample look most like a table."""
    lines = [line for line in islice(text.split("\n"), 2_000) if line.strip()]
    if not lines:
        return Dialect()
    named = _SEP_LINE.match(lines[0].rstrip("\r"))
    if named:
        quote = _quote(lines[1:], named[1])
        return Dialect(named[1], quote, _escape(lines, quote), skip=1)
    sample = _bounded(_spread(lines, 300))
    best, best_score = Dialect(""), _score([[line] for line in sample]) * 0.5
    for delimiter in _DELIMITERS:
        found = max(line.count(delimiter) for line in sample)
        if not 0 < found <= _MOST_CELLS:
            continue
        if delimiter in _UNLIKELY and best.delimiter and _is_regular(sample, best):
            break
        quote = _quote(sample, delimiter)
        dialect = Dialect(delimiter, quote, _escape(sample, quote))
        score = _score(list(records(sample, dialect))) * _UNLIKELY.get(delimiter, 1.0)
        if score > best_score * 1.0001:
            best, best_score = dialect, score
    return best if best.delimiter else replace(best, quote=_quote(sample, ","))


def _spread(lines: Sequence[str], most: int) -> list[str]:
    """The first lines, and some from further on in unbroken runs (a cell may hold a line end)."""
    if len(lines) <= most:
        return list(lines)
    middle = len(lines) // 2
    return [*lines[: most // 2], *lines[middle : middle + most // 4], *lines[-most // 4 :]]


def _is_regular(sample: Sequence[str], dialect: Dialect) -> bool:
    widths = Counter(len(row) for row in records(sample, dialect))
    width, count = widths.most_common(1)[0]
    return width > 1 and count >= 0.95 * widths.total()


def _bounded(lines: list[str]) -> list[str]:
    """As many of the lines as are quickly looked at; a few in any case."""
    size = 0
    for number, line in enumerate(lines):
        size += len(line)
        if size > _MOST_CHARACTERS and number >= 3:
            return lines[:number]
    return lines


def _quote(lines: Sequence[str], delimiter: str) -> str:
    """The quote that stands at the borders of cells, in pairs."""
    text = "\n".join(lines)
    border = re.escape(delimiter)
    counts = {}
    for quote in ('"', "'", "`"):
        opening = len(re.findall(rf"(?:^|{border}) ?{quote}(?=[^{quote}]|{quote})", text, re.MULTILINE))
        closing = len(re.findall(rf"{quote} ?(?:$|{border}|\r)", text, re.MULTILINE))
        counts[quote] = min(opening, closing)
    if counts["'"] > 1 and counts["'"] > 2 * counts['"']:
        return "'"
    if counts["`"] > 1 and counts["`"] > 2 * counts['"']:
        return "`"
    return '"'


def _escape(lines: Sequence[str], quote: str) -> str:
    """A backslash, where it stands before quotes that do not end their cell."""
    text = "\n".join(lines)
    escaped = len(re.findall(rf"\\{quote}[^,;\t|\n\r]|\\{quote}{quote}", text))
    doubled = len(re.findall(rf"[^{quote}\n,;\t|]{quote}{quote}[^{quote}]", text))
    return "\\" if escaped > doubled else ""


def _score(rows: Sequence[Sequence[str]]) -> float:
    """Regularity of the number of cells × how many cells are of a known type."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    total = len(rows)
    if total > 1 and not any(len(row) == len(below) > 1 for row, below in pairwise(rows)) and max(widths) > 1:
        return 0.0
    regular = sum((count / total) ** 2 * _gain(width) for width, count in widths.items())
    width = max(widths, key=lambda item: (widths[item] * (item > 1), item))
    cells = [cell.strip() for row in rows if len(row) == width for cell in row][:4_000]
    cells = cells or [cell.strip() for row in rows for cell in row][:4_000]
    typed = sum(1.0 if _is_known(cell) else 0.0 for cell in cells) / len(cells)
    return regular * (0.1 + typed)


def _gain(width: int) -> float:
    return 0.2 if width == 1 else (width - 1) / width


def _is_known(cell: str) -> bool:
    if marks.is_missing(cell):
        return True
    if len(cell) > _LONG:
        return False
    return _KNOWN.fullmatch(cell) is not None
