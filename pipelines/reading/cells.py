"""What a single cell and a row of cells look like, before any column has a type."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import marks

Row = Sequence[str]

_NUMBER = re.compile(
    r"[-+(]?\s?(?:US)?[$€£¥]?\s?[-+]?(?:\d[\d.,'’ \u00a0]*|[.,]\d+)(?:[eE][-+]?\d+)?"
    r"\s?(?:%|[$€£]|[kKMB]|bn|mn)?\)?\*{0,2}"
)
_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.{0,20}|\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
    r"|\d{4}-\d{2}|\d{4}[- ]?Q[1-4]"
)


def filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def kind(cell: str) -> str:
    """ "number", "time", "text" or "" for a missing value."""
    text = cell.strip()
    if marks.is_missing(text):
        return ""
    if len(text) <= 40:
        if _TIME.fullmatch(text):
            return "time"
        if _NUMBER.fullmatch(text):
            return "number"
    return "text"


def extent(row: Row) -> int:
    """Cells up to the last one that says something."""
    for position in range(len(row) - 1, -1, -1):
        if row[position].strip():
            return position + 1
    return 0
