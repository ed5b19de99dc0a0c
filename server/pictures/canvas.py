"""Canvas: shapes as SVG text. Only numbers and escaped text get into it, and colours are names of classes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

COLOURS: dict[str, tuple[str, str]] = {
    "page": ("#f6f7f8", "#101418"),
    "card": ("#ffffff", "#181d23"),
    "ink": ("#16202b", "#eceff3"),
    "quiet": ("#c9d0d7", "#39424d"),
    "rule": ("#e3e7eb", "#2b323b"),
    "axis": ("#c3cbd3", "#46515d"),
    "s1": ("#0b6bb0", "#62b0ee"),
    "s2": ("#d55e00", "#ff8a4c"),
    "s3": ("#009e73", "#2fc79a"),
    "s4": ("#c4689c", "#eaa0cb"),
    "q1": ("#e3edf8", "#182c42"),
    "q2": ("#c2d8ef", "#1d4066"),
    "q3": ("#93bbe1", "#27588c"),
    "q4": ("#5f98cf", "#3a76b5"),
    "q5": ("#3274b6", "#5794d2"),
    "q6": ("#14508f", "#82b4e6"),
}
"""Light and dark, as the tokens of the page template have them."""
SERIES = ("s1", "s2", "s3", "s4")
CLASSES = ("q1", "q2", "q3", "q4", "q5", "q6")


class Box(NamedTuple):
    """A rectangle in units of the picture."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, left: float, top: float, right: float, bottom: float) -> Box:
        return Box(self.x + left, self.y + top, max(self.width - left - right, 1), max(self.height - top - bottom, 1))


Points = Sequence[tuple[float, float]]


class Dice:
    """Numbers that look like chance, the same for the same name each time."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def throw(self, low: float = 0, high: float = 1) -> float:
        self._count += 1
        digest = hashlib.sha256(f"{self._count} {self._name}".encode()).digest()
        return low + (high - low) * int.from_bytes(digest[:4]) / 2**32

    def walk(self, count: int) -> list[float]:
        """A course between 0 and 1 that goes somewhere."""
        slope, wave = self.throw(-0.5, 0.9) / max(count - 1, 1), self.throw(1.5, 6)
        low, high = self.throw(0.08, 0.4), self.throw(0.72, 0.96)
        course = [
            slope * place + 0.12 * math.sin(wave * place / max(count, 1)) + self.throw(-0.06, 0.06)
            for place in range(count)
        ]
        reach = max(max(course) - min(course), 0.01)
        return [low + (high - low) * (height - min(course)) / reach for height in course]


class Canvas:
    def __init__(self) -> None:
        self._parts: list[str] = []

    def rectangle(self, box: Box, fill: str, radius: float = 0, edge: str | None = None) -> None:
        x, y, width, height = (_number(value) for value in box)
        round_ = f' rx="{_number(radius)}"' if radius else ""
        style = f"f-{fill} l-{edge}" if edge else f"f-{fill}"
        self._parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{round_} class="{style}"/>')

    def line(self, points: Points, colour: str, width: float = 1) -> None:
        self._parts.append(
            f'<polyline points="{_pairs(points)}" fill="none" class="l-{colour}" stroke-width="{_number(width)}" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )

    def area(self, points: Points, fill: str, opacity: float = 1) -> None:
        self._parts.append(f'<polygon points="{_pairs(points)}" class="f-{fill}" fill-opacity="{_number(opacity)}"/>')

    def dot(self, x: float, y: float, radius: float, fill: str, opacity: float = 1) -> None:
        self._parts.append(
            f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}" class="f-{fill}" '
            f'fill-opacity="{_number(opacity)}"/>'
        )

    def text(self, x: float, y: float, size: float, words: str, weight: int = 650) -> None:
        self._parts.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}" font-weight="{weight}" '
            f'class="f-ink">{_text(words)}</text>'
        )

    def drawn(self, width: int, height: int, title: str, theme: str) -> str:
        """The whole picture. `theme`: light, dark, or auto, which is as the reader's system wants it."""
        name = _text(title)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{name}"><title>{name}</title><style>text{{font-family:Inter,"Helvetica Neue",'
            f"Helvetica,Arial,sans-serif;letter-spacing:-.01em}}{_styles(theme)}</style>{''.join(self._parts)}</svg>"
        )


def _styles(theme: str) -> str:
    light, dark = (
        "".join(f".f-{name}{{fill:{pair[at]}}}.l-{name}{{stroke:{pair[at]}}}" for name, pair in COLOURS.items())
        for at in (0, 1)
    )
    if theme == "auto":
        return f"{light}@media(prefers-color-scheme:dark){{{dark}}}"
    return dark if theme == "dark" else light


def _text(words: str) -> str:
    """Without what XML cannot hold; there is no way to write it."""
    kept = "".join(letter for letter in words if letter.isprintable() and not 0xD800 <= ord(letter) <= 0xDFFF)
    return escape(kept.replace("\ufffe", "").replace("\uffff", ""))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _pairs(points: Points) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
