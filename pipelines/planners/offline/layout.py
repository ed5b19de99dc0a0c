"""Layout: widgets onto the 12-column grid, in rows that are full."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import MapWidget, MetricWidget, Position, TableWidget, Widget

COLUMNS = 12
TILES_A_ROW = 4
TILE_HEIGHT, CHART_HEIGHT = 2, 5
_WISHES = {
    "line": 8, "area": 8, "bar": 6, "scatter": 7, "heatmap": 7, "table": 6, "histogram": 5, "box": 5, "pie": 4,
    "text": 12, "map": 6,
}  # fmt: skip
"""Columns that a chart looks best on."""


def placed(widgets: Sequence[Widget]) -> tuple[Widget, ...]:
    """The same widgets in the same order: tiles on top, then charts two a row, none overlapping."""
    tiles = [widget for widget in widgets if isinstance(widget, MetricWidget)]
    charts = [widget for widget in widgets if not isinstance(widget, MetricWidget)]
    positions: dict[str, Position] = {}
    y = _place_tiles(tiles, positions)
    _place_charts(charts, positions, y)
    return tuple(widget.model_copy(update={"position": positions[widget.id]}) for widget in widgets)


def _place_tiles(tiles: Sequence[Widget], positions: dict[str, Position]) -> int:
    y = 0
    for start in range(0, len(tiles), TILES_A_ROW):
        row = tiles[start : start + TILES_A_ROW]
        width = COLUMNS // len(row)
        for index, tile in enumerate(row):
            positions[tile.id] = Position(x=index * width, y=y, width=width, height=TILE_HEIGHT)
        y += TILE_HEIGHT
    return y


def _place_charts(charts: Sequence[Widget], positions: dict[str, Position], y: int) -> None:
    left = list(charts)
    while left:
        first = left.pop(0)
        if _needs_full_row(first) or not left or _is_large_map(first, charts):
            positions[first.id] = Position(x=0, y=y, width=COLUMNS, height=CHART_HEIGHT)
        else:
            second = left.pop(_partner(left))
            width = _share(first, second)
            positions[first.id] = Position(x=0, y=y, width=width, height=CHART_HEIGHT)
            positions[second.id] = Position(x=width, y=y, width=COLUMNS - width, height=CHART_HEIGHT)
            if _needs_full_row(second):
                positions[first.id] = Position(x=0, y=y, width=COLUMNS, height=CHART_HEIGHT)
                y += CHART_HEIGHT
                positions[second.id] = Position(x=0, y=y, width=COLUMNS, height=CHART_HEIGHT)
        y += CHART_HEIGHT


def _partner(left: Sequence[Widget]) -> int:
    """The next widget that can share a row."""
    return next((index for index, widget in enumerate(left) if not _needs_full_row(widget)), 0)


def _needs_full_row(widget: Widget) -> bool:
    """World maps and wide tables."""
    if isinstance(widget, MapWidget):
        return widget.level == "country"
    return isinstance(widget, TableWidget) and len(widget.show) + len(widget.by) + len(widget.values) > 6


def _is_large_map(widget: Widget, charts: Sequence[Widget]) -> bool:
    """Points on a map that is what the question asks for."""
    return isinstance(widget, MapWidget) and widget is charts[0]


def _share(first: Widget, second: Widget) -> int:
    """Columns of the first of two, by what both would like."""
    wish, other = _WISHES.get(first.type, 6), _WISHES.get(second.type, 6)
    width = round(COLUMNS * wish / (wish + other))
    return min(max(width, 4), 8)
