"""Glyphs: a small sign for each kind of chart. Their shapes are no data; they differ so that dashboards do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...pipelines.model import (
    AreaWidget,
    BarWidget,
    HeatmapWidget,
    LineWidget,
    MapWidget,
    MetricWidget,
    TableWidget,
    Widget,
)
from .canvas import CLASSES, SERIES, Box, Canvas, Dice

WORLD = (
    ((3, 12), (12, 5), (27, 6), (31, 13), (23, 22), (20, 29), (13, 22), (7, 19)),
    ((22, 31), (30, 32), (34, 39), (28, 50), (25, 56), (23, 44)),
    ((44, 16), (47, 8), (55, 5), (58, 12), (53, 19), (46, 20)),
    ((44, 24), (54, 22), (61, 29), (57, 43), (52, 49), (49, 36), (43, 31)),
    ((58, 13), (62, 5), (80, 4), (95, 8), (92, 18), (84, 24), (80, 33), (75, 25), (70, 32), (63, 23)),
    ((80, 40), (90, 38), (94, 46), (84, 49)),
)
"""Continents, roughly, on 100 by 58."""
STATES = (
    ((6, 10), (30, 6), (31, 22), (5, 24)),
    ((32, 6), (58, 7), (57, 21), (33, 21)),
    ((60, 8), (72, 12), (84, 10), (96, 5), (93, 18), (60, 20)),
    ((6, 26), (31, 24), (31, 40), (16, 42)),
    ((33, 23), (57, 23), (57, 38), (52, 50), (33, 41)),
    ((59, 22), (90, 21), (82, 36), (86, 51), (80, 42), (59, 40)),
)
"""Parts of the United States, roughly, likewise."""


def draw(canvas: Canvas, widget: Widget, box: Box) -> None:
    """The sign of a widget, within its card."""
    dice = Dice(f"{widget.id} {widget.title}")
    GLYPHS[widget.type](canvas, widget, box, dice)


def _count_of_colours(widget: Any) -> int:
    return 3 if getattr(widget, "color", None) is not None else 1


def _base(canvas: Canvas, box: Box) -> None:
    canvas.line([(box.x, box.y + box.height), (box.x + box.width, box.y + box.height)], "axis")


def _along(box: Box, heights: list[float]) -> list[tuple[float, float]]:
    step = box.width / max(len(heights) - 1, 1)
    return [(box.x + at * step, box.y + box.height * (1 - height)) for at, height in enumerate(heights)]


def _line(canvas: Canvas, widget: LineWidget, box: Box, dice: Dice) -> None:
    for part in (0.25, 0.5, 0.75):
        y = box.y + box.height * part
        canvas.line([(box.x, y), (box.x + box.width, y)], "rule")
    _base(canvas, box)
    for colour in reversed(SERIES[: _count_of_colours(widget)]):
        canvas.line(_along(box, dice.walk(max(6, int(box.width / 16)))), colour, 2.4)


def _area(canvas: Canvas, widget: AreaWidget, box: Box, dice: Dice) -> None:
    count = max(6, int(box.width / 20))
    whole = [1.0] * count if widget.stack == "normalized" else [0.35 + 0.6 * height for height in dice.walk(count)]
    colours = SERIES[: _count_of_colours(widget)]
    for place, colour in enumerate(colours):
        share = 1 - place / len(colours)
        tops = [height * max(share - dice.throw(0, 0.06) * place, 0.08) for height in whole]
        foot = [(box.x + box.width, box.y + box.height), (box.x, box.y + box.height)]
        canvas.area([*_along(box, tops), *foot], colour, 0.9 if place else 0.85)
    _base(canvas, box)


def _bar(canvas: Canvas, widget: BarWidget, box: Box, dice: Dice) -> None:
    is_time = widget.x.time_unit is not None
    is_level = widget.orientation == "horizontal" or (widget.orientation == "auto" and not is_time)
    colours = SERIES[: _count_of_colours(widget)]
    length, breadth = (box.width, box.height) if is_level else (box.height, box.width)
    count = max(3, min(int(breadth / (13 if is_level else 15)), 7 if is_level else 12))
    heights = dice.walk(count) if is_time else sorted((dice.throw(0.18, 1) for _ in range(count)), reverse=True)
    band = breadth / count
    for place, height in enumerate(heights):
        begin = 0.0
        for share, colour in zip(_shares(dice, len(colours)), colours, strict=True):
            part = height * share * length
            offset = place * band + band * 0.16
            bar = (
                Box(box.x + begin, box.y + offset, part, band * 0.68)
                if is_level
                else Box(box.x + offset, box.y + box.height - begin - part, band * 0.68, part)
            )
            canvas.rectangle(bar, colour, 0 if len(colours) > 1 else 1.5)
            begin += part
    if is_level:
        canvas.line([(box.x, box.y), (box.x, box.y + box.height)], "axis")
    else:
        _base(canvas, box)


def _shares(dice: Dice, count: int) -> list[float]:
    parts = [dice.throw(0.3, 1) for _ in range(count)]
    return [part / sum(parts) for part in parts]


def _pie(canvas: Canvas, _: Widget, box: Box, dice: Dice) -> None:
    radius = min(box.width, box.height) / 2
    x, y = box.x + box.width / 2, box.y + box.height / 2
    turned = -math.pi / 2
    for share, colour in zip(sorted(_shares(dice, 4), reverse=True), SERIES, strict=True):
        steps = [turned + 2 * math.pi * share * step / 12 for step in range(13)]
        outer = [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in steps]
        inner = [(x + radius * 0.62 * math.cos(turn), y + radius * 0.62 * math.sin(turn)) for turn in reversed(steps)]
        canvas.area([*outer, *inner], colour)
        turned = steps[-1]


def _scatter(canvas: Canvas, widget: Widget, box: Box, dice: Dice) -> None:
    _base(canvas, box)
    canvas.line([(box.x, box.y), (box.x, box.y + box.height)], "axis")
    colours, tilt = SERIES[: _count_of_colours(widget)], dice.throw(-0.8, 0.8)
    for place in range(min(60, int(box.width * box.height / 160))):
        right = dice.throw(0.03, 0.97)
        up = min(max(0.5 + tilt * (right - 0.5) + dice.throw(-0.24, 0.24), 0.05), 0.95)
        radius = dice.throw(1.8, 4.5) if getattr(widget, "size", None) else 2.3
        canvas.dot(box.x + right * box.width, box.y + up * box.height, radius, colours[place % len(colours)], 0.75)


def _heatmap(canvas: Canvas, _: HeatmapWidget, box: Box, dice: Dice) -> None:
    columns, rows = max(4, min(int(box.width / 16), 14)), max(3, min(int(box.height / 12), 6))
    peak = dice.throw(0, columns), dice.throw(0, rows)
    for row in range(rows):
        for column in range(columns):
            away = math.hypot((column - peak[0]) / columns, (row - peak[1]) / rows)
            level = int(min(max((1 - away * 1.2) * 5 + dice.throw(-1.3, 1.3), 0), 5))
            width, height = box.width / columns, box.height / rows
            cell = Box(box.x + column * width, box.y + row * height, width - 1.5, height - 1.5)
            canvas.rectangle(cell, CLASSES[level], 1)


def _histogram(canvas: Canvas, _: Widget, box: Box, dice: Dice) -> None:
    count, middle, width = max(7, min(int(box.width / 11), 18)), dice.throw(0.25, 0.6), dice.throw(0.14, 0.26)
    band = box.width / count
    for place in range(count):
        height = math.exp(-(((place + 0.5) / count - middle) ** 2) / (2 * width**2)) * dice.throw(0.85, 1)
        part = max(height, 0.03) * box.height
        canvas.rectangle(Box(box.x + place * band, box.y + box.height - part, band - 1, part), "s1")
    _base(canvas, box)


def _box(canvas: Canvas, _: Widget, box: Box, dice: Dice) -> None:
    count = max(2, min(int(box.width / 30), 6))
    band = box.width / count
    _base(canvas, box)
    for place in range(count):
        low, high = dice.throw(0.05, 0.25), dice.throw(0.7, 0.95)
        first, third = low + 0.16, high - 0.2
        x = box.x + (place + 0.5) * band
        ends = [(x, box.y + box.height * (1 - end)) for end in (low, high)]
        canvas.line(ends, "axis", 1.5)
        width = min(band * 0.5, 22)
        canvas.rectangle(
            Box(x - width / 2, box.y + box.height * (1 - third), width, box.height * (third - first)), "s1", 1
        )
        y = box.y + box.height * (1 - dice.throw(first + 0.05, third - 0.05))
        canvas.line([(x - width / 2, y), (x + width / 2, y)], "card", 1.8)


def _map(canvas: Canvas, widget: MapWidget, box: Box, dice: Dice) -> None:
    shapes = STATES if widget.level == "us_state" else WORLD
    scale = min(box.width / 100, box.height / 58)
    left, top = box.x + (box.width - 100 * scale) / 2, box.y + (box.height - 58 * scale) / 2
    for shape in shapes:
        colour = "quiet" if widget.level == "point" else CLASSES[int(dice.throw(1, 6))]
        canvas.area([(left + x * scale, top + y * scale) for x, y in shape], colour)
    if widget.level == "point":
        for _ in range(14):
            shape = shapes[int(dice.throw(0, len(shapes)))]
            x, y = (sum(point[at] for point in shape) / len(shape) for at in (0, 1))
            spot = left + (x + dice.throw(-7, 7)) * scale, top + (y + dice.throw(-6, 6)) * scale
            canvas.dot(*spot, dice.throw(1.6, 3.6), "s1", 0.8)


def _metric(canvas: Canvas, widget: MetricWidget, box: Box, dice: Dice) -> None:
    size = min(box.height, 11)
    canvas.rectangle(Box(box.x, box.y, min(dice.throw(32, 54), box.width * 0.45), size), "ink", 2)
    if widget.x is not None and box.width > 80:
        right = Box(box.x + box.width * 0.6, box.y - 2, box.width * 0.4, size + 2)
        canvas.line(_along(right, dice.walk(9)), "s1", 1.8)


def _table(canvas: Canvas, widget: TableWidget, box: Box, dice: Dice) -> None:
    columns = min(max(len(widget.show) or len(widget.by) + len(widget.values), 2), 6)
    rows = max(2, min(int(box.height / 11), 9))
    width, height = box.width / columns, box.height / rows
    for row in range(rows):
        y = box.y + row * height
        for column in range(columns):
            part = width * (dice.throw(0.5, 0.8) if column == 0 else dice.throw(0.25, 0.5))
            x = box.x + column * width if column == 0 else box.x + (column + 1) * width - part
            canvas.rectangle(
                Box(x, y + height * 0.28, part, min(height * 0.4, 5)), "axis" if row == 0 else "quiet", 1.5
            )
        if row:
            canvas.line([(box.x, y), (box.x + box.width, y)], "rule")


def _words(canvas: Canvas, _: Widget, box: Box, dice: Dice) -> None:
    for row in range(max(1, min(int(box.height / 10), 6))):
        canvas.rectangle(Box(box.x, box.y + row * 10, box.width * dice.throw(0.7, 1), 4), "quiet", 2)


GLYPHS: dict[str, Callable[[Canvas, Any, Box, Dice], None]] = {
    "line": _line,
    "area": _area,
    "bar": _bar,
    "pie": _pie,
    "scatter": _scatter,
    "heatmap": _heatmap,
    "histogram": _histogram,
    "box": _box,
    "map": _map,
    "metric": _metric,
    "table": _table,
    "text": _words,
}
