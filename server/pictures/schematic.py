"""Schematic: a plan drawn as a small page, where there is no picture of the real one."""

from __future__ import annotations

import unicodedata
from typing import Literal

from ...pipelines.model import Plan, Widget
from .canvas import Box, Canvas, Dice
from .glyphs import draw

WIDTH, HEIGHT = 480, 270
"""Twice what lists show."""
MARGIN, GAP = 18.0, 7.0
LONGEST_LINE = 36
"""Letters of a title in one line; those of East Asia count twice."""
LEAST_ROW, MOST_ROW = 16.0, 30.0
"""A row of the grid. Pages that are longer are cut at the foot, as a screen does."""

Theme = Literal["auto", "light", "dark"]


def schematic(plan: Plan, theme: Theme = "auto") -> str:
    """An SVG with nothing in it but shapes and the title."""
    canvas = Canvas()
    canvas.rectangle(Box(0, 0, WIDTH, HEIGHT), "page")
    top = _head(canvas, plan)
    rows = max(widget.position.y + widget.position.height for widget in plan.widgets)
    row = min(max((HEIGHT - 10 - top) / rows, LEAST_ROW), MOST_ROW)
    column = (WIDTH - 2 * MARGIN + GAP) / 12
    for widget in plan.widgets:
        place = widget.position
        tall = place.height * row - GAP
        card = Box(MARGIN + place.x * column, top + place.y * row, place.width * column - GAP, tall)
        if card.y < HEIGHT:
            _card(canvas, widget, card)
    return canvas.drawn(WIDTH, HEIGHT, plan.title, theme)


def _head(canvas: Canvas, plan: Plan) -> float:
    """The title and the filters; where the grid begins."""
    y = 16.0
    for line in lines(plan.title):
        y += 21
        canvas.text(MARGIN, y - 2, 20, line)
    y += 10
    if not plan.filters:
        return y
    count = min(len(plan.filters), 4)
    width = (WIDTH - 2 * MARGIN + GAP) / 4
    for place, item in enumerate(plan.filters[:count]):
        pill = Box(MARGIN + place * width, y, width - GAP, 15)
        canvas.rectangle(pill, "card", 4, "axis")
        canvas.rectangle(Box(pill.x + 7, y + 5.5, Dice(item.id).throw(26, 60), 4), "quiet", 2)
    return y + 15 + GAP + 1


def lines(title: str) -> tuple[str, ...]:
    """A title in two lines at most, cut where it is longer."""
    found: list[str] = []
    left = " ".join(title.split())
    while left and len(found) < 2:
        fitting = _fitting(left)
        if fitting == len(left):
            found.append(left)
            break
        cut = left.rfind(" ", 0, fitting + 1)
        if found or cut < fitting // 2:
            found.append(left[: fitting - 1].rstrip() + "…")
            break
        found.append(left[:cut])
        left = left[cut + 1 :]
    return tuple(found)


def _fitting(text: str) -> int:
    """How many letters of a text fit into a line."""
    width = 0
    for place, letter in enumerate(text):
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > LONGEST_LINE:
            return place
    return len(text)


def _card(canvas: Canvas, widget: Widget, card: Box) -> None:
    canvas.rectangle(card, "card", 4, "rule")
    air = min(8, card.height * 0.28)
    inner = card.inset(9, air, 9, air)
    if card.height >= 40:
        name = min(len(widget.title) * 2.6, inner.width * 0.8)
        canvas.rectangle(Box(inner.x, inner.y, name, 4), "quiet", 2)
        inner = inner.inset(0, 12, 0, 0)
    draw(canvas, widget, inner)
