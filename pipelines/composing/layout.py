"""Layout: the plan's positions as spans of the page's 12-column grid, in rows that are full."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..model import MetricWidget, Widget

COLUMNS = 12
LEAST = 3
"""Columns that a chart needs to be read."""


def ordered(widgets: Sequence[Widget]) -> list[Widget]:
    """Cards in reading order. Metrics are in the row of tiles."""
    cards = [widget for widget in widgets if not isinstance(widget, MetricWidget)]
    return sorted(cards, key=lambda widget: (widget.position.y, widget.position.x))


def spans(widgets: Sequence[Widget]) -> dict[str, int]:
    """Columns of each card, widened so that no row has a hole."""
    result: dict[str, int] = {}
    for _, row in groupby(ordered(widgets), key=lambda widget: widget.position.y):
        cards = list(row)
        wished = [max(card.position.width, LEAST) for card in cards]
        free = COLUMNS - sum(wished)
        if free > 0:
            shares = [width * free // sum(wished) for width in wished]
            shares[0] += free - sum(shares)
            wished = [width + share for width, share in zip(wished, shares, strict=True)]
        result |= {card.id: min(width, COLUMNS) for card, width in zip(cards, wished, strict=True)}
    return result
