"""How commands talk: results on stdout, everything else on stderr; for people by rich, for programs as JSON."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from ..nouns import Spending

LEAST_WRAPPED = 16
"""Characters that the column that gives way must have, else there is no table."""


@cache
def result_console() -> Console:
    """For what was asked for. In a pipe lines keep their whole length."""
    from rich.console import Console

    return Console(
        width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 200, highlight=False, soft_wrap=False
    )


@cache
def note_console() -> Console:
    """For progress, notes and errors."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """A note for the person, beside the result."""
    note_console().print(printable(sentence), markup=False)


def show(line: str = "") -> None:
    """A line of the result."""
    result_console().print(printable(line), markup=False, soft_wrap=True)


def show_json(value: Any) -> None:
    """The result for a program: one JSON document, and nothing else, on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, wrap: int = -1) -> None:
    """A table without lines; where the terminal is too narrow for it, a paragraph for each row.

    `wrap` is the column that gives way; no other is cut, least of all the first, which people copy.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    console, gives_way = result_console(), wrap % len(columns)
    texts = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, cells)) for cells in zip(columns, *texts, strict=True)]
    if sum(widths) - widths[gives_way] + min(widths[gives_way], LEAST_WRAPPED) + 2 * len(columns) > console.width:
        _show_paragraphs(columns, texts)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for position, column in enumerate(columns):
        table.add_column(column, no_wrap=position != gives_way, overflow="fold")
    for row in texts:
        table.add_row(*map(Text, row))
    console.print(table)


def _show_paragraphs(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for first, *others in rows:
        result_console().print(Text(first, overflow="fold"))
        for column, cell in zip(columns[1:], others, strict=True):
            if cell:
                result_console().print(Padding(Text(f"{column}: {cell}", overflow="fold"), (0, 0, 0, 2), expand=False))


def printable(text: str) -> str:
    """Without characters that steer a terminal: titles and messages may come from anywhere."""
    return "".join(
        character if character == "\n" or unicodedata.category(character) not in ("Cc", "Cs") else "�"
        for character in text
    )


def dollars(amount: float) -> str:
    """An amount of US dollars: "$0", "$0.0123", "$4.20", "under $0.0001"."""
    if 0 < amount < 0.0001:
        return "under $0.0001"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.4f}".rstrip("0").rstrip(".")


def spent(spending: Spending) -> str:
    """What calls of AI providers took, in words: "2 calls, 5,210 tokens (of them 1,200 of thinking), $0.0123"."""
    tokens = spending.input_tokens + spending.output_tokens
    thinking = f" (of them {spending.thinking_tokens:,} of thinking)" if spending.thinking_tokens else ""
    parts = [f"{spending.calls:,} call{'s' if spending.calls != 1 else ''}"]
    if spending.cached:
        parts.append(f"{spending.cached:,} answered from before")
    parts += [f"{tokens:,} tokens{thinking}", dollars(spending.cost_usd)]
    if spending.unpriced:
        parts.append(f"{spending.unpriced:,} of the calls without a known price")
    return ", ".join(parts)


def age(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in words: "just now", "5 min ago", "2 h ago", "3 days ago", then the date."""
    if moment is None:
        return "never"
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 48 * 3600:
        return f"{seconds // 3600:.0f} h ago"
    if seconds < 30 * 86400:
        return f"{seconds // 86400:.0f} days ago"
    return f"{moment:%Y-%m-%d}"


def moment(when: datetime | None) -> str:
    """A point in time to come: "2026-12-02 08:15 UTC", or "never"."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if when else "never"
