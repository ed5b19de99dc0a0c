"""Places: names and codes of countries and US states → the numbers of the shapes of bqplot's maps."""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Literal

from ...notebook_templates.widgets.map import View
from ..model import Column

Level = Literal["country", "us_state"]

_TABLES = {"country": "countries.csv", "us_state": "us_states.csv"}


def plain(name: str) -> str:
    """A name without case, accents, punctuation and small words."""
    text = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in text).split()
    return " ".join("saint" if word == "st" else word for word in words if word not in ("the", "and", "of"))


@functools.cache
def _numbers(level: Level) -> dict[str, int]:
    """Every known spelling → the number of the shape; only places that the map has."""
    text = files(__package__).joinpath(_TABLES[level]).read_text(encoding="utf-8")
    found: dict[str, int] = {}
    for number, *names in csv.reader(text.splitlines()):
        found |= {plain(name): int(number) for name in names if name}
    return found


def numbers(values: Iterable[str], level: Level) -> dict[str, int]:
    """Those of the values that are on the map, with their numbers."""
    known = _numbers(level)
    return {value: known[plain(value)] for value in sorted(set(values)) if plain(value) in known}


def view(longitude: Column, latitude: Column) -> View:
    """The part of the world where points are, in the shape of its figure; all of it where they are far apart."""
    west, east = _reach(longitude, -180, 180)
    south, north = _reach(latitude, -60, 84)
    if east - west > 150:
        return View(-180, 180, -60, 90, ("WorldMap.json",), "world-map")
    ratio, squeeze = 1.65, 0.8
    width = max((east - west) * 1.1, (north - south) * 1.1 * ratio / squeeze, 2.0)
    height = width * squeeze / ratio
    middle, centre = (west + east) / 2, (south + north) / 2
    in_us = -130 < middle < -65 and 24 < centre < 50
    files = ("WorldMap.json", "USStatesMap.json") if in_us else ("WorldMap.json",)
    return View(
        west=round(middle - width / 2, 1),
        east=round(middle + width / 2, 1),
        south=round(centre - height / 2, 1),
        north=round(centre + height / 2, 1),
        files=files,
        style="us-map",
    )


def _reach(column: Column, lowest: float, highest: float) -> tuple[float, float]:
    """From the lowest to the highest, but for a few that are far from all others."""
    numbers = column.numbers
    if numbers is None:
        return lowest, highest
    spread = max(numbers.upper_quartile - numbers.lower_quartile, 0.5)
    first = max(numbers.min, numbers.lower_quartile - 3 * spread, lowest)
    last = min(numbers.max, numbers.upper_quartile + 3 * spread, highest)
    return first, max(last, first + 0.5)
